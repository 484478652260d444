//! Records that stand alone: report views, archive rules with their reports, leave grants, face files.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

/// Columns that an operator's report shows, by operator and kind of report.
#[derive(Debug, Default)]
pub(crate) struct Views {
    shown: HashMap<(String, String), HashSet<String>>,
}

impl Views {
    /// `None` if the operator never saved a view.
    pub(crate) fn get(&self, operator: &str, kind: &str) -> Option<&HashSet<String>> {
        self.shown.get(&(operator.to_owned(), kind.to_owned()))
    }

    pub(crate) fn set(&mut self, operator: &str, kind: &str, shown: HashSet<String>) {
        self.shown
            .insert((operator.to_owned(), kind.to_owned()), shown);
    }
}

/// An archive rule: a report of which rows can be written.
#[derive(Debug, Clone)]
pub(crate) struct ArchiveRule {
    pub(crate) id: String,
    /// By language.
    pub(crate) name: Value,
    /// Code, title, titles above.
    pub(crate) columns: Vec<(String, String, Vec<String>)>,
}

#[derive(Debug, Default)]
pub(crate) struct Archive {
    pub(crate) rules: Vec<ArchiveRule>,
    /// By rule, month and employee: cells by code.
    pub(crate) reports: BTreeMap<(String, String, usize), BTreeMap<String, String>>,
}

impl Archive {
    pub(crate) fn rule(&self, id: &str) -> Option<&ArchiveRule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

/// A grant of leave.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) id: String,
    pub(crate) employment_id: String,
    pub(crate) leave_type_id: String,
    pub(crate) quantity: String,
    pub(crate) left: String,
    /// 1 days, 2 hours.
    pub(crate) unit: i64,
    pub(crate) effective: String,
    pub(crate) expires: String,
    /// 1 the system, 2 by hand, 3 from outside.
    pub(crate) source: i64,
    pub(crate) reason: Value,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) from_outside: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Leave {
    pub(crate) grants: Vec<Grant>,
}

/// Files and which face belongs to whom.
#[derive(Debug, Default)]
pub(crate) struct Faces {
    pub(crate) files: HashMap<String, (String, Vec<u8>)>,
    /// By employee: file and when it was set.
    pub(crate) of: HashMap<usize, (String, String)>,
}
