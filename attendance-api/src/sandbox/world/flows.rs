//! Punch records: sixteen bytes each for the plain ones, a detail beside them for those that say more.

use std::collections::HashSet;

/// A punch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) time: u32,
    detail: u32,
    pub(crate) id: u64,
}

/// What a punch may say beside its time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Detail {
    pub(crate) creator: Option<usize>,
    pub(crate) location_name: String,
    pub(crate) comment: String,
    pub(crate) ssid: String,
    pub(crate) bssid: String,
    pub(crate) external_id: String,
    pub(crate) idempotent_id: String,
    pub(crate) is_field: bool,
    pub(crate) is_wifi: bool,
    pub(crate) kind: i64,
    pub(crate) state: State,
}

/// Whether a punch counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum State {
    #[default]
    Valid,
    /// A field punch that waits for approval.
    Pending,
    Invalid,
}

#[derive(Debug)]
pub(crate) struct Flows {
    /// By employee, in order of time.
    flows: Vec<Vec<Flow>>,
    made: Vec<u32>,
    details: Vec<Detail>,
    /// Idempotency keys that were used.
    pub(crate) keys: HashSet<String>,
}

impl Default for Flows {
    fn default() -> Self {
        // The first detail is that of a punch that says nothing.
        Self {
            flows: Vec::new(),
            made: Vec::new(),
            details: vec![Detail::default()],
            keys: HashSet::new(),
        }
    }
}

const FIRST_ID: u64 = 6_900_000_000_000_000_000;
/// Records an employee can have before the next one's ids begin.
const IDS_EACH: u64 = 1 << 32;

impl Flows {
    pub(crate) fn add(&mut self, user: usize, time: u32, detail: Detail) -> Flow {
        let place = u32::try_from(self.details.len()).expect("fewer records than addresses");
        self.details.push(detail);
        self.insert(user, time, place)
    }

    /// A punch that says nothing but its time.
    pub(crate) fn add_plain(&mut self, user: usize, time: u32) -> Flow {
        self.insert(user, time, 0)
    }

    fn insert(&mut self, user: usize, time: u32, detail: u32) -> Flow {
        if self.flows.len() <= user {
            self.flows.resize(user + 1, Vec::new());
            self.made.resize(user + 1, 0);
        }
        self.made[user] += 1;
        let id = FIRST_ID + user as u64 * IDS_EACH + u64::from(self.made[user]);
        let flow = Flow { time, detail, id };
        let flows = &mut self.flows[user];
        let place = flows.partition_point(|other| other.time <= time);
        flows.insert(place, flow);
        flow
    }

    pub(crate) fn detail(&self, flow: Flow) -> &Detail {
        &self.details[flow.detail as usize]
    }

    /// An employee's punches from one second up to, and without, another.
    pub(crate) fn between(&self, user: usize, from: i64, to: i64) -> &[Flow] {
        let flows = self.flows.get(user).map_or(&[][..], Vec::as_slice);
        let begin = flows.partition_point(|flow| i64::from(flow.time) < from);
        let end = flows.partition_point(|flow| i64::from(flow.time) < to);
        flows.get(begin..end).unwrap_or(&[])
    }

    pub(crate) fn find(&self, id: &str) -> Option<(usize, Flow)> {
        let id: u64 = id.parse().ok()?;
        let user = usize::try_from(id.checked_sub(FIRST_ID)? / IDS_EACH).ok()?;
        let flow = self.flows.get(user)?.iter().find(|flow| flow.id == id)?;
        Some((user, *flow))
    }

    pub(crate) fn remove(&mut self, user: usize, id: u64) {
        if let Some(flows) = self.flows.get_mut(user) {
            flows.retain(|flow| flow.id != id);
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.flows.iter().map(Vec::len).sum()
    }
}
