//! Shifts: the members as they were written, and the times that results are judged by.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::calendar::clock_minutes;

/// The id of the shift that every tenant has from the start.
pub(crate) const DEFAULT_ID: &str = "9";
/// The id that stands for a day of rest.
pub(crate) const REST_ID: &str = "0";

#[derive(Debug)]
pub(crate) struct Shift {
    pub(crate) id: String,
    pub(crate) name: String,
    /// As written, with the flags as the request means them.
    pub(crate) members: Map<String, Value>,
    pub(crate) times: Times,
    pub(crate) deleted: bool,
    /// Made for one day only; in no list.
    pub(crate) temporary: bool,
}

/// What a day of this shift asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times {
    pub(crate) segments: Vec<Segment>,
    /// Minutes by which on and off may both move.
    pub(crate) flexible_early: i64,
    pub(crate) flexible_late: i64,
}

/// One pair of punches, in minutes after midnight and minutes of grace. Zero in a `lack` or `serious` limit is none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Segment {
    pub(crate) on: i64,
    pub(crate) off: i64,
    pub(crate) late: i64,
    pub(crate) serious_late: i64,
    pub(crate) late_lack: i64,
    pub(crate) early: i64,
    pub(crate) early_lack: i64,
    pub(crate) advance: i64,
    pub(crate) delay: i64,
    pub(crate) on_not_needed: bool,
    pub(crate) off_not_needed: bool,
}

#[derive(Debug)]
pub(crate) struct Shifts {
    shifts: Vec<Shift>,
    by_id: HashMap<String, usize>,
}

impl Default for Shifts {
    fn default() -> Self {
        let mut shifts = Self {
            shifts: Vec::new(),
            by_id: HashMap::new(),
        };
        let members = json!({
            "shift_name": "Default shift",
            "punch_times": 1,
            "is_flexible": false,
            "day_type": 1,
            "punch_time_rule": [{
                "on_time": "9:00",
                "off_time": "18:00",
                "late_minutes_as_late": 0,
                "late_minutes_as_lack": 240,
                "on_advance_minutes": 240,
                "early_minutes_as_early": 0,
                "early_minutes_as_lack": 240,
                "off_delay_minutes": 480,
            }],
        });
        let Value::Object(members) = members else {
            unreachable!("it is written as an object")
        };
        let times = Times::read(&members).expect("the times are written right");
        shifts.add(Shift {
            id: DEFAULT_ID.to_owned(),
            name: "Default shift".to_owned(),
            members,
            times,
            deleted: false,
            temporary: false,
        });
        shifts
    }
}

impl Shifts {
    pub(crate) fn add(&mut self, shift: Shift) -> usize {
        let number = self.shifts.len();
        self.by_id.insert(shift.id.clone(), number);
        self.shifts.push(shift);
        number
    }

    pub(crate) fn get(&self, shift: usize) -> &Shift {
        &self.shifts[shift]
    }

    pub(crate) fn get_mut(&mut self, shift: usize) -> &mut Shift {
        &mut self.shifts[shift]
    }

    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.by_id
            .get(id)
            .copied()
            .filter(|shift| !self.shifts[*shift].deleted)
    }

    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.listed()
            .find(|(_, shift)| shift.name == name)
            .map(|(number, _)| number)
    }

    /// Those that lists and searches show.
    pub(crate) fn listed(&self) -> impl Iterator<Item = (usize, &Shift)> {
        self.shifts
            .iter()
            .enumerate()
            .filter(|(_, shift)| !shift.deleted && !shift.temporary)
    }
}

impl Times {
    /// Reads the times of a shift; `None` if a time text is wrong.
    pub(crate) fn read(members: &Map<String, Value>) -> Option<Self> {
        let serious = members
            .get("late_minutes_as_serious_late")
            .and_then(Value::as_i64)
            .unwrap_or(0);
        let mut segments = Vec::new();
        for rule in list(members.get("punch_time_rule")) {
            segments.push(Segment {
                on: clock_minutes(rule["on_time"].as_str()?)?,
                off: clock_minutes(rule["off_time"].as_str()?)?,
                late: minutes(rule, "late_minutes_as_late"),
                serious_late: rule["late_minutes_as_serious_late"]
                    .as_i64()
                    .unwrap_or(serious),
                late_lack: minutes(rule, "late_minutes_as_lack"),
                early: minutes(rule, "early_minutes_as_early"),
                early_lack: minutes(rule, "early_minutes_as_lack"),
                advance: minutes(rule, "on_advance_minutes"),
                delay: minutes(rule, "off_delay_minutes"),
                on_not_needed: rule["no_need_on"] == true,
                off_not_needed: rule["no_need_off"] == true,
            });
        }
        if members.get("no_need_off") == Some(&Value::Bool(true))
            && let Some(last) = segments.last_mut()
        {
            last.off_not_needed = true;
        }
        // The other lists hold times that only have to be times.
        for (name, from, to) in [
            ("rest_time_rule", "rest_begin_time", "rest_end_time"),
            ("overtime_rule", "on_overtime", "off_overtime"),
            (
                "overtime_rest_time_rule",
                "rest_begin_time",
                "rest_end_time",
            ),
        ] {
            for rule in list(members.get(name)) {
                clock_minutes(rule[from].as_str()?)?;
                clock_minutes(rule[to].as_str()?)?;
            }
        }
        let (flexible_early, flexible_late) = flexibility(members);
        Some(Self {
            segments,
            flexible_early,
            flexible_late,
        })
    }

    /// A shift made of plain pairs of times.
    pub(crate) fn simple(pairs: &[(i64, i64)]) -> Self {
        let segments = pairs
            .iter()
            .map(|(on, off)| Segment {
                on: *on,
                off: *off,
                advance: 120,
                delay: 240,
                ..Segment::default()
            })
            .collect();
        Self {
            segments,
            ..Self::default()
        }
    }
}

fn flexibility(members: &Map<String, Value>) -> (i64, i64) {
    if members.get("is_flexible") != Some(&Value::Bool(true)) {
        return (0, 0);
    }
    if let Some(rule) = list(members.get("flexible_rule")).next() {
        return (
            minutes(rule, "flexible_early_minutes"),
            minutes(rule, "flexible_late_minutes"),
        );
    }
    let both = members
        .get("flexible_minutes")
        .and_then(Value::as_i64)
        .unwrap_or(0);
    (both, both)
}

fn minutes(rule: &Value, name: &str) -> i64 {
    rule[name].as_i64().unwrap_or(0)
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}
