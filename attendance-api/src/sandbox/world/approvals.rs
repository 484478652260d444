//! Approvals (leave, errand, overtime, trip) and corrections of punches, with their states.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::calendar::Day;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Out,
    Leave,
    Overtime,
    Trip,
}

/// States, as `user_approval.query` numbers them.
pub(crate) const PENDING: i64 = 0;
pub(crate) const REJECTED: i64 = 1;
pub(crate) const APPROVED: i64 = 2;
pub(crate) const WITHDRAWN: i64 = 3;
pub(crate) const REVOKED: i64 = 4;

#[derive(Debug)]
pub(crate) struct Approval {
    pub(crate) id: String,
    pub(crate) user: usize,
    pub(crate) what: What,
    /// The day that it was written under.
    pub(crate) date: Day,
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) status: i64,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    /// As it is answered.
    pub(crate) row: Value,
}

#[derive(Debug, Default)]
pub(crate) struct Approvals {
    rows: Vec<Approval>,
    by_id: HashMap<String, usize>,
    by_user: HashMap<usize, Vec<usize>>,
    /// Idempotency keys that were used.
    pub(crate) keys: HashSet<String>,
    /// Days on which Feishu's own approval already keeps the overtime of somebody.
    pub(crate) own_overtime: HashSet<(usize, Day)>,
}

impl Approvals {
    pub(crate) fn add(&mut self, approval: Approval) {
        let place = self.rows.len();
        self.by_id.insert(approval.id.clone(), place);
        self.by_user.entry(approval.user).or_default().push(place);
        self.rows.push(approval);
    }

    pub(crate) fn find(&mut self, id: &str) -> Option<&mut Approval> {
        let place = *self.by_id.get(id)?;
        Some(&mut self.rows[place])
    }

    pub(crate) fn of(&self, user: usize) -> impl Iterator<Item = &Approval> {
        self.by_user
            .get(&user)
            .into_iter()
            .flatten()
            .map(|place| &self.rows[*place])
    }

    /// Approved absence that covers a moment; `ends` says whether its last second counts, or its first.
    pub(crate) fn absence(&self, user: usize, moment: i64, ends: bool) -> Option<What> {
        let covers = |approval: &&Approval| {
            approval.what != What::Overtime
                && approval.status == APPROVED
                && if ends {
                    approval.start < moment && moment <= approval.end
                } else {
                    approval.start <= moment && moment < approval.end
                }
        };
        self.of(user).find(covers).map(|approval| approval.what)
    }

    pub(crate) fn count(&self) -> usize {
        self.rows.len()
    }
}

/// A correction of one punch.
#[derive(Debug, Clone)]
pub(crate) struct Remedy {
    pub(crate) id: String,
    pub(crate) user: usize,
    pub(crate) day: Day,
    pub(crate) punch_no: i64,
    /// 1 on, 2 off, 0 a free group.
    pub(crate) work_type: i64,
    pub(crate) time: i64,
    pub(crate) time_text: String,
    pub(crate) time_zone: String,
    pub(crate) reason: String,
    pub(crate) status: i64,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    /// The punch that its approval put in.
    pub(crate) flow: Option<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Remedies {
    rows: Vec<Remedy>,
    by_user: HashMap<usize, Vec<usize>>,
}

impl Remedies {
    pub(crate) fn add(&mut self, remedy: Remedy) {
        let place = self.rows.len();
        self.by_user.entry(remedy.user).or_default().push(place);
        self.rows.push(remedy);
    }

    pub(crate) fn find(&mut self, id: &str) -> Option<&mut Remedy> {
        self.rows.iter_mut().find(|remedy| remedy.id == id)
    }

    pub(crate) fn of(&self, user: usize) -> impl Iterator<Item = &Remedy> {
        let places = self.by_user.get(&user).into_iter().flatten();
        places.map(|place| &self.rows[*place])
    }

    /// Whether a side of a day waits for its correction.
    pub(crate) fn pending(&self, user: usize, day: Day, punch_no: i64, work_type: i64) -> bool {
        self.of(user).any(|remedy| {
            remedy.day == day
                && remedy.status == PENDING
                && (remedy.punch_no, remedy.work_type) == (punch_no, work_type)
        })
    }

    pub(crate) fn count(&self) -> usize {
        self.rows.len()
    }
}
