//! Seeds: from a description of a tenant, as JSON or YAML, to a world that holds it.
//!
//! Days are `yyyyMMdd`, or small numbers that count from today: `-1` is yesterday.

use serde_json::{Map, Value, json};

use super::text::mix;
use super::world::World;
use super::world::calendar::{DAY_SECONDS, Day, Zone, from_yyyymmdd, local_seconds, to_dashed};
use super::world::flows::{Detail, State};
use super::world::groups::Plan;
use super::world::people::{IdKind, User};
use super::world::records::{ArchiveRule, Grant};
use super::world::results::planned_times;
use super::world::schedules::Row;
use super::world::shifts::{REST_ID, Shift, Times};

/// The tenant of a sandbox that was given no other.
pub(crate) const DEFAULT: &str = include_str!("seed.json");

/// Members that a seed may have.
const KEYS: [&str; 12] = [
    "now",
    "users",
    "generate_users",
    "shifts",
    "groups",
    "schedules",
    "fill_punches",
    "punches",
    "archive_rules",
    "leave_grants",
    "sealed",
    "began",
];

/// Adds what a seed describes. What it added before a mistake stays.
pub(crate) fn plant(world: &mut World, seed: &Value, now: i64) -> Result<(), String> {
    let Value::Object(members) = seed else {
        return Err("the seed must be an object".to_owned());
    };
    if let Some(unknown) = members.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!(
            "`{unknown}` is not a member of a seed; there are {}",
            KEYS.join(", ")
        ));
    }
    let ground = Ground {
        today: Zone::SHANGHAI.day_of(now),
        now,
    };
    each(seed, "users", |row| ground.user(world, row))?;
    if let Some(row) = members.get("generate_users") {
        generate_users(world, row)?;
    }
    each(seed, "shifts", |row| shift(world, row))?;
    each(seed, "groups", |row| group(world, row, now))?;
    world.groups.assign(&world.people, Day::MIN);
    each(seed, "schedules", |row| ground.schedule(world, row))?;
    if let Some(row) = members.get("fill_punches") {
        ground.fill(world, row)?;
    }
    each(seed, "punches", |row| punch(world, row))?;
    each(seed, "archive_rules", |row| archive_rule(world, row))?;
    each(seed, "leave_grants", |row| ground.grant(world, row))?;
    each(seed, "sealed", |row| {
        world
            .sealed
            .push((ground.day(&row["from"])?, ground.day(&row["to"])?));
        Ok(())
    })?;
    if let Some(began) = members.get("began") {
        world.began = Some(ground.day(began)?);
    }
    Ok(())
}

/// The moment at which a seed begins, if it names one.
pub(crate) fn begins(seed: &Value) -> Result<Option<i64>, String> {
    match &seed["now"] {
        Value::Null => Ok(None),
        Value::String(text) => match local_seconds(text) {
            Some(local) => Ok(Some(Zone::SHANGHAI.to_unix(local))),
            None => Err(format!("`now`: `{text}` is not like 2026-03-02 09:00:00")),
        },
        other => other
            .as_i64()
            .map(Some)
            .ok_or_else(|| "`now` must be a text or seconds".to_owned()),
    }
}

fn each(
    seed: &Value,
    name: &str,
    mut plant: impl FnMut(&Value) -> Result<(), String>,
) -> Result<(), String> {
    match &seed[name] {
        Value::Null => Ok(()),
        Value::Array(rows) => {
            for (index, row) in rows.iter().enumerate() {
                plant(row).map_err(|message| format!("`{name}[{index}]`: {message}"))?;
            }
            Ok(())
        }
        _ => Err(format!("`{name}` must be a list")),
    }
}

struct Ground {
    today: Day,
    now: i64,
}

impl Ground {
    fn day(&self, value: &Value) -> Result<Day, String> {
        let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        match number {
            Some(offset @ -9999..=9999) => Ok(self.today + offset as Day),
            Some(number) => from_yyyymmdd(number).ok_or_else(|| format!("{number} is not a day")),
            None => Err(format!("{value} is not a day")),
        }
    }

    fn optional_day(&self, value: &Value) -> Result<Option<Day>, String> {
        if value.is_null() {
            Ok(None)
        } else {
            self.day(value).map(Some)
        }
    }

    fn user(&self, world: &mut World, row: &Value) -> Result<(), String> {
        let id = required(row, "id")?.to_owned();
        let user = world.people.add(User {
            employee_no: optional(row, "employee_no"),
            open_id: match optional(row, "open_id") {
                given if !given.is_empty() => given,
                _ => open_id(&id),
            },
            name: match optional(row, "name") {
                given if !given.is_empty() => given,
                _ => id.clone(),
            },
            departments: texts(&row["departments"]),
            hidden: row["hidden"] == true,
            joined: self.optional_day(&row["joined"])?,
            left: self.optional_day(&row["left"])?,
            id,
        });
        if row["admin"] == true {
            world.people.admins.push(user);
        }
        Ok(())
    }

    /// `{group_id, users: [..] or absent for all members, from, to, shift_ids: [..]}`; shifts take turns.
    fn schedule(&self, world: &mut World, row: &Value) -> Result<(), String> {
        let id = required(row, "group_id")?;
        let group = world
            .groups
            .find(id)
            .ok_or_else(|| format!("there is no group {id}"))?;
        let mut shifts = Vec::new();
        for id in texts(&row["shift_ids"]) {
            shifts.push(match id.as_str() {
                REST_ID => None,
                id => Some(
                    world
                        .shifts
                        .find(id)
                        .ok_or_else(|| format!("there is no shift {id}"))?,
                ),
            });
        }
        if shifts.is_empty() {
            return Err("`shift_ids` is empty".to_owned());
        }
        let (from, to) = (self.day(&row["from"])?, self.day(&row["to"])?);
        let users = self.users(world, &row["users"])?;
        for user in users {
            for day in from..=to {
                if world.groups.of_user(user, day) == Some(group) {
                    let shift = shifts[(day - from) as usize % shifts.len()];
                    world.schedules.set(user, Row::new(day, group, shift));
                }
            }
        }
        Ok(())
    }

    fn users(&self, world: &World, value: &Value) -> Result<Vec<usize>, String> {
        if value.is_null() {
            return Ok((0..world.people.len()).collect());
        }
        texts(value).iter().map(|id| find_user(world, id)).collect()
    }

    /// Lets people punch on every day on which they have a shift: most in time, some late, early or not at all.
    fn fill(&self, world: &mut World, row: &Value) -> Result<(), String> {
        let (from, to) = (self.day(&row["from"])?, self.day(&row["to"])?);
        for user in self.users(world, &row["users"])? {
            for day in from..=to {
                let zone = world.zone_of(user, day);
                let due: Vec<(i64, i64)> = planned_times(world, user, day)
                    .map(|times| {
                        times
                            .segments
                            .iter()
                            .map(|segment| (segment.on, segment.off))
                            .collect()
                    })
                    .unwrap_or_default();
                for (index, (on, off)) in due.into_iter().enumerate() {
                    let chance = mix((user as u64) << 32 | (day as u64) << 4 | index as u64);
                    let midnight = i64::from(day) * DAY_SECONDS;
                    for time in [on_minutes(chance, on), off_minutes(chance, off)]
                        .into_iter()
                        .flatten()
                    {
                        let unix = zone.to_unix(midnight + time * 60 + (chance >> 40) as i64 % 60);
                        if unix <= self.now {
                            world
                                .flows
                                .add_plain(user, u32::try_from(unix).unwrap_or(0));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn grant(&self, world: &mut World, row: &Value) -> Result<(), String> {
        let quantity = match &row["quantity"] {
            Value::Null => "1".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let id = match optional(row, "id") {
            given if !given.is_empty() => given,
            _ => world.new_id(),
        };
        let grant = Grant {
            id,
            employment_id: required(row, "employment_id")?.to_owned(),
            leave_type_id: required(row, "leave_type_id")?.to_owned(),
            left: match optional(row, "left") {
                given if !given.is_empty() => given,
                _ => quantity.clone(),
            },
            quantity,
            unit: row["unit"].as_i64().unwrap_or(1),
            effective: to_dashed(self.day(&row["effective"])?),
            expires: to_dashed(self.day(&row["expires"])?),
            source: row["source"].as_i64().unwrap_or(2),
            reason: json!([]),
            created: self.now,
            updated: self.now,
            from_outside: false,
        };
        world.leave.grants.push(grant);
        Ok(())
    }
}

/// In 100 days: two without a punch, six late, the rest up to a quarter of an hour before.
fn on_minutes(chance: u64, due: i64) -> Option<i64> {
    match chance % 100 {
        0..2 => None,
        2..8 => Some(due + 5 + (chance >> 8) as i64 % 50),
        _ => Some(due - 1 - (chance >> 8) as i64 % 15),
    }
}

fn off_minutes(chance: u64, due: i64) -> Option<i64> {
    match (chance >> 16) % 100 {
        0..3 => None,
        3..6 => Some(due - 5 - (chance >> 24) as i64 % 50),
        _ => Some(due + (chance >> 24) as i64 % 30),
    }
}

fn generate_users(world: &mut World, row: &Value) -> Result<(), String> {
    let count = row["count"]
        .as_u64()
        .ok_or("`generate_users`: `count` must be a number")?;
    if count > 1_000_000 {
        return Err("`generate_users`: `count` is over a million".to_owned());
    }
    let prefix = match optional(row, "prefix") {
        given if !given.is_empty() => given,
        _ => "u".to_owned(),
    };
    let departments = texts(&row["departments"]);
    for number in 1..=count {
        let id = format!("{prefix}{number}");
        world.people.add(User {
            employee_no: format!("{number:05}"),
            open_id: open_id(&id),
            name: format!("Person {number}"),
            departments: departments.clone(),
            id,
            ..User::default()
        });
    }
    Ok(())
}

fn open_id(id: &str) -> String {
    let sum = id.bytes().fold(1, |sum, byte| mix(sum ^ u64::from(byte)));
    format!("ou_{:016x}{:016x}", sum, mix(sum))
}

fn shift(world: &mut World, row: &Value) -> Result<(), String> {
    let name = required(row, "shift_name")?.to_owned();
    let mut members: Map<String, Value> = row.as_object().cloned().unwrap_or_default();
    let id = match members.remove("shift_id") {
        Some(Value::String(id)) => id,
        _ => world.new_id(),
    };
    let times = Times::read(&members).ok_or("a time is wrong")?;
    members.insert("punch_times".to_owned(), json!(times.segments.len()));
    world.shifts.add(Shift {
        id,
        name,
        members,
        times,
        deleted: false,
        temporary: false,
    });
    Ok(())
}

fn group(world: &mut World, row: &Value, now: i64) -> Result<(), String> {
    let name = required(row, "group_name")?.to_owned();
    let mut members: Map<String, Value> = row.as_object().cloned().unwrap_or_default();
    let id = match optional(row, "group_id") {
        given if !given.is_empty() => given,
        _ => world.new_id(),
    };
    members
        .entry("time_zone")
        .or_insert_with(|| json!("Asia/Shanghai"));
    members.entry("group_type").or_insert_with(|| json!(1));
    members.entry("locations").or_insert_with(|| json!([]));
    members.insert("group_id".to_owned(), json!(id));
    for shift in texts(&row["punch_day_shift_ids"]) {
        if shift != REST_ID && world.shifts.find(&shift).is_none() {
            return Err(format!("there is no shift {shift}"));
        }
    }
    let plan = Plan::read(&members, &world.shifts).ok_or("a time or the time zone is wrong")?;
    let number = world.groups.add(id, now);
    let group = world.groups.get_mut(number);
    (group.name, group.members) = (name, members);
    world.groups.rule(number, Day::MIN, plan);
    world.groups.claim(number);
    Ok(())
}

fn punch(world: &mut World, row: &Value) -> Result<(), String> {
    let user = find_user(world, required(row, "user_id")?)?;
    let text = required(row, "time")?;
    let local =
        local_seconds(text).ok_or_else(|| format!("`{text}` is not like 2026-03-02 08:55"))?;
    let unix = world.zone_at(user, local).to_unix(local);
    let detail = Detail {
        location_name: optional(row, "location_name"),
        comment: optional(row, "comment"),
        is_field: row["is_field"] == true,
        state: if row["pending"] == true {
            State::Pending
        } else {
            State::Valid
        },
        ..Detail::default()
    };
    world.flows.add(
        user,
        u32::try_from(unix).map_err(|_| "the time is out of range")?,
        detail,
    );
    Ok(())
}

fn archive_rule(world: &mut World, row: &Value) -> Result<(), String> {
    let id = match optional(row, "id") {
        given if !given.is_empty() => given,
        _ => world.new_id(),
    };
    let name = required(row, "name")?;
    let columns = row["columns"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|column| {
            Ok((
                required(column, "code")?.to_owned(),
                optional(column, "title"),
                texts(&column["upper_titles"]),
            ))
        })
        .collect::<Result<_, String>>()?;
    world.archive.rules.push(ArchiveRule {
        id,
        name: json!({"zh": name, "en": name, "ja": name}),
        columns,
    });
    Ok(())
}

fn find_user(world: &World, id: &str) -> Result<usize, String> {
    world
        .people
        .find(IdKind::EmployeeId, id)
        .ok_or_else(|| format!("there is no user {id}"))
}

fn required<'a>(row: &'a Value, name: &str) -> Result<&'a str, String> {
    match row[name].as_str() {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(format!("`{name}` must be a text")),
    }
}

/// A text, or a number that YAML took for one.
fn optional(row: &Value, name: &str) -> String {
    match &row[name] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect()
}
