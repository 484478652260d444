//! The world: everything the tenant holds, in memory, and nothing that knows of HTTP.
//!
//! Employees, shifts and groups are numbered by their place in a list and never removed from it, so that a number
//! stays good; a deleted one is marked.

pub(crate) mod approvals;
pub(crate) mod calendar;
pub(crate) mod flows;
pub(crate) mod groups;
pub(crate) mod people;
pub(crate) mod records;
pub(crate) mod results;
pub(crate) mod schedules;
pub(crate) mod shifts;

use serde_json::Value;

use approvals::{Approvals, Remedies};
use calendar::{Day, Zone};
use flows::Flows;
use groups::Groups;
use people::People;
use records::{Archive, Faces, Leave, Views};
use schedules::Schedules;
use shifts::Shifts;

#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) people: People,
    pub(crate) shifts: Shifts,
    pub(crate) groups: Groups,
    pub(crate) schedules: Schedules,
    pub(crate) flows: Flows,
    pub(crate) approvals: Approvals,
    pub(crate) remedies: Remedies,
    pub(crate) views: Views,
    pub(crate) archive: Archive,
    pub(crate) leave: Leave,
    pub(crate) faces: Faces,
    /// Periods whose results can no longer be changed.
    pub(crate) sealed: Vec<(Day, Day)>,
    /// The day on which the tenant began with attendance.
    pub(crate) began: Option<Day>,
    /// What happened since the events were last taken: type and payload.
    pub(crate) happened: Vec<(&'static str, Value)>,
    ids: Ids,
}

/// Identifiers of 19 digits, as the service makes them.
#[derive(Debug, Default)]
struct Ids(u64);

impl World {
    pub(crate) fn new_id(&mut self) -> String {
        self.ids.0 += 1;
        // Steps of an odd width look less like a counter and never meet.
        (7_300_000_000_000_000_000 + self.ids.0 * 1_048_583).to_string()
    }

    pub(crate) fn is_sealed(&self, day: Day) -> bool {
        self.sealed
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&day))
    }

    /// The zone that counts for an employee on a day: that of the group, or the tenant's.
    pub(crate) fn zone_of(&self, user: usize, day: Day) -> Zone {
        self.groups
            .of_user(user, day)
            .map_or(Zone::SHANGHAI, |group| {
                self.groups
                    .plan(group, day)
                    .map_or(Zone::SHANGHAI, |plan| plan.zone)
            })
    }

    /// The zone of an employee at a moment.
    pub(crate) fn zone_at(&self, user: usize, unix: i64) -> Zone {
        self.zone_of(user, Zone::SHANGHAI.day_of(unix))
    }
}
