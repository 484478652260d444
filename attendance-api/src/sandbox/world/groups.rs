//! Groups: their settings as written, the plans that ruled from which day on, and who belonged where when.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::calendar::{Day, Zone, clock_minutes, from_yyyymmdd, weekday};
use super::people::People;
use super::shifts::{REST_ID, Shifts};

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    /// As written; employees stand in it by their employee id.
    pub(crate) members: Map<String, Value>,
    /// In order of the days from which they rule.
    plans: Vec<(Day, Plan)>,
    pub(crate) deleted: bool,
    /// When it was last changed, to sort and to delay what a search shows.
    pub(crate) changed: i64,
}

/// What a group asks of its members on a day.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    pub(crate) zone: Zone,
    /// Monday first; `None` is rest.
    pub(crate) week: Vec<Option<usize>>,
    pub(crate) special: HashMap<Day, Option<usize>>,
    pub(crate) free: Free,
    /// Employee ids of those who need not punch.
    pub(crate) exempt: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Fixed,
    Scheduled,
    Free,
}

/// A group without shift times.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Free {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) days: [bool; 7],
    pub(crate) lack: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Groups {
    groups: Vec<Group>,
    by_id: HashMap<String, usize>,
    /// By employee: the group from a day on.
    membership: Vec<Vec<(Day, Option<usize>)>>,
}

impl Groups {
    pub(crate) fn add(&mut self, id: String, changed: i64) -> usize {
        let number = self.groups.len();
        self.by_id.insert(id.clone(), number);
        self.groups.push(Group {
            id,
            name: String::new(),
            members: Map::new(),
            plans: Vec::new(),
            deleted: false,
            changed,
        });
        number
    }

    pub(crate) fn get(&self, group: usize) -> &Group {
        &self.groups[group]
    }

    pub(crate) fn get_mut(&mut self, group: usize) -> &mut Group {
        &mut self.groups[group]
    }

    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.by_id
            .get(id)
            .copied()
            .filter(|group| !self.groups[*group].deleted)
    }

    pub(crate) fn listed(&self) -> impl Iterator<Item = (usize, &Group)> {
        self.groups
            .iter()
            .enumerate()
            .filter(|(_, group)| !group.deleted)
    }

    /// The group of an employee on a day.
    pub(crate) fn of_user(&self, user: usize, day: Day) -> Option<usize> {
        let spans = self.membership.get(user)?;
        let place = spans.partition_point(|(from, _)| *from <= day);
        spans.get(place.checked_sub(1)?)?.1
    }

    /// The plan of a group on a day; none before its first.
    pub(crate) fn plan(&self, group: usize, day: Day) -> Option<&Plan> {
        let plans = &self.groups[group].plans;
        let place = plans.partition_point(|(from, _)| *from <= day);
        plans.get(place.checked_sub(1)?).map(|(_, plan)| plan)
    }

    /// Lets a plan rule from a day on.
    pub(crate) fn rule(&mut self, group: usize, from: Day, plan: Plan) {
        let plans = &mut self.groups[group].plans;
        plans.retain(|(day, _)| *day < from);
        plans.push((from, plan));
    }

    /// Works out anew who belongs where from a day on. Somebody's first group begins when its first plan does.
    pub(crate) fn assign(&mut self, people: &People, from: Day) {
        let places = Places::read(&self.groups);
        self.membership.resize(people.len(), Vec::new());
        for (number, user) in people.all() {
            let group = places.of(&user.id, &user.departments);
            let spans = &mut self.membership[number];
            let before = spans.last().and_then(|(_, group)| *group);
            if before == group {
                continue;
            }
            let first = spans.is_empty();
            let begin = match group.and_then(|group| self.groups[group].plans.first()) {
                Some((day, _)) if first => *day,
                _ => from,
            };
            spans.retain(|(day, _)| *day < begin);
            spans.push((begin, group));
        }
    }

    /// Takes employees and departments from every other group: nobody is in two.
    pub(crate) fn claim(&mut self, group: usize) {
        for name in ["bind_user_ids", "bind_dept_ids"] {
            let claimed: Vec<String> = texts(&self.groups[group].members, name)
                .map(str::to_owned)
                .collect();
            for (number, other) in self.groups.iter_mut().enumerate() {
                if number == group || other.deleted {
                    continue;
                }
                if let Some(Value::Array(bound)) = other.members.get_mut(name) {
                    bound.retain(|id| {
                        !id.as_str()
                            .is_some_and(|id| claimed.iter().any(|one| one == id))
                    });
                }
            }
        }
    }
}

/// Who is bound where, to look up.
struct Places<'a> {
    users: HashMap<&'a str, usize>,
    departments: HashMap<&'a str, usize>,
    except: Vec<(usize, &'a str)>,
}

impl<'a> Places<'a> {
    fn read(groups: &'a [Group]) -> Self {
        let mut places = Self {
            users: HashMap::new(),
            departments: HashMap::new(),
            except: Vec::new(),
        };
        for (number, group) in groups
            .iter()
            .enumerate()
            .filter(|(_, group)| !group.deleted)
        {
            for id in texts(&group.members, "bind_user_ids") {
                places.users.insert(id, number);
            }
            for id in texts(&group.members, "bind_dept_ids") {
                places.departments.insert(id, number);
            }
            for name in ["except_user_ids", "except_dept_ids"] {
                places
                    .except
                    .extend(texts(&group.members, name).map(|id| (number, id)));
            }
        }
        places
    }

    /// A person bound by name stands above one bound by department, a near department above a far one.
    fn of(&self, id: &str, departments: &[String]) -> Option<usize> {
        if let Some(group) = self.users.get(id) {
            return Some(*group);
        }
        let bound = departments
            .iter()
            .find_map(|department| self.departments.get(department.as_str()))?;
        let out = self.except.iter().any(|(group, one)| {
            group == bound && (*one == id || departments.iter().any(|department| department == one))
        });
        (!out).then_some(*bound)
    }
}

impl Plan {
    /// Reads the plan of a group whose shifts are known to exist; `None` if a time text or the zone is wrong.
    pub(crate) fn read(members: &Map<String, Value>, shifts: &Shifts) -> Option<Self> {
        let kind = match members.get("group_type").and_then(Value::as_i64) {
            Some(2) => Kind::Scheduled,
            Some(3) => Kind::Free,
            _ => Kind::Fixed,
        };
        let mut special = HashMap::new();
        for (name, works) in [
            ("need_punch_special_days", true),
            ("no_need_punch_special_days", false),
        ] {
            for row in members
                .get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                let day = from_yyyymmdd(row["punch_day"].as_i64()?)?;
                let shift = works
                    .then(|| shifts.find(row["shift_id"].as_str().unwrap_or(REST_ID)))
                    .flatten();
                special.insert(day, shift);
            }
        }
        Some(Self {
            kind,
            zone: Zone::named(members.get("time_zone").and_then(Value::as_str)?)?,
            week: texts(members, "punch_day_shift_ids")
                .map(|id| shifts.find(id))
                .collect(),
            special,
            free: members
                .get("free_punch_cfg")
                .map_or(Some(Free::default()), Free::read)?,
            exempt: exempt(members),
        })
    }

    pub(crate) fn uses_shift(&self, shift: usize) -> bool {
        self.week.contains(&Some(shift)) || self.special.values().any(|one| *one == Some(shift))
    }

    /// The shift of a fixed group on a day; `None` is rest.
    pub(crate) fn shift_on(&self, day: Day) -> Option<usize> {
        match self.special.get(&day) {
            Some(shift) => *shift,
            None => self.week.get(weekday(day)).copied().flatten(),
        }
    }
}

impl Free {
    fn read(value: &Value) -> Option<Self> {
        if value.is_null() {
            return Some(Self::default());
        }
        // Seven digits, Monday first, in a number that has lost its leading zeros.
        let mask = value["punch_day"].as_i64().unwrap_or(0);
        let mut days = [false; 7];
        for (place, day) in days.iter_mut().rev().enumerate() {
            *day = mask / 10_i64.pow(place as u32) % 10 == 1;
        }
        Some(Self {
            from: clock_minutes(value["free_start_time"].as_str()?)?,
            to: clock_minutes(value["free_end_time"].as_str()?)?,
            days,
            lack: value["work_day_no_punch_as_lack"] == true,
        })
    }
}

fn exempt(members: &Map<String, Value>) -> Vec<String> {
    members
        .get("no_need_punch_members")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .flat_map(|row| {
            row["scope_group_list"]["member_ids"]
                .as_array()
                .into_iter()
                .flatten()
        })
        .filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}

pub(crate) fn texts<'a>(
    members: &'a Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a str> {
    members
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}
