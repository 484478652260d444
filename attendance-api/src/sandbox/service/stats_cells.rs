//! Cells of a report: what a column says about one person and one or many days.

use serde_json::{Value, json};

use super::stats::day_title;
use super::stats_columns::{Column, PER_DAY};
use crate::sandbox::world::World;
use crate::sandbox::world::calendar::{local_text, to_dashed, to_yyyymmdd};
use crate::sandbox::world::results::{DayResult, ShiftOf, Side, Verdict, add_overtime};

/// A person's days of one report row, added up.
pub(super) struct Period {
    user: usize,
    days: Vec<DayResult>,
    required: i64,
    actual: i64,
    overtime: i64,
    late: Sum,
    serious: Sum,
    early: Sum,
    missing_on: i64,
    missing_off: i64,
    corrected: i64,
    field: i64,
    required_days: i64,
    attended_days: i64,
    attended_rest_days: i64,
}

#[derive(Default, Clone, Copy)]
struct Sum {
    times: i64,
    minutes: i64,
}

impl Sum {
    fn add(&mut self, minutes: i64) {
        self.times += 1;
        self.minutes += minutes;
    }
}

impl Period {
    pub(super) fn new(world: &World, now: i64, user: usize, days: Vec<DayResult>) -> Self {
        let mut period = Self {
            user,
            days: Vec::new(),
            required: 0,
            actual: 0,
            overtime: 0,
            late: Sum::default(),
            serious: Sum::default(),
            early: Sum::default(),
            missing_on: 0,
            missing_off: 0,
            corrected: 0,
            field: 0,
            required_days: 0,
            attended_days: 0,
            attended_rest_days: 0,
        };
        for day in &days {
            period.count(day);
            let mut with_overtime = day.clone();
            add_overtime(world, now, user, &mut with_overtime);
            period.overtime += with_overtime
                .pairs
                .iter()
                .filter(|pair| pair.overtime)
                .map(|pair| worked(&pair.on, &pair.off))
                .sum::<i64>();
        }
        period.days = days;
        period
    }

    fn count(&mut self, day: &DayResult) {
        let works = day.shift != ShiftOf::Rest;
        let came = day
            .pairs
            .iter()
            .any(|pair| pair.on.flow.or(pair.off.flow).is_some());
        self.required_days += i64::from(works);
        self.attended_days += i64::from(works && came);
        self.attended_rest_days += i64::from(!works && came);
        for pair in &day.pairs {
            if works {
                self.required += (pair.off.due - pair.on.due) / 60;
            }
            self.actual += worked(&pair.on, &pair.off);
            self.missing_on += i64::from(pair.on.verdict == Verdict::Lack);
            self.missing_off += i64::from(pair.off.verdict == Verdict::Lack);
            for side in [&pair.on, &pair.off] {
                match side.verdict {
                    Verdict::Late => self.late.add(side.missed),
                    Verdict::SeriousLate => self.serious.add(side.missed),
                    Verdict::Early => self.early.add(side.missed),
                    _ => {}
                }
                self.corrected += i64::from(side.supplement == "CardReplacement");
                self.field += i64::from(side.supplement == "FieldPunch");
            }
        }
    }
}

/// Minutes between two punches, as far as they lie inside what was due.
fn worked(on: &Side, off: &Side) -> i64 {
    match (on.flow, off.flow) {
        (Some(from), Some(to)) => {
            let (from, to) = (
                i64::from(from.time).max(on.due),
                i64::from(to.time).min(off.due),
            );
            ((to - from) / 60).max(0)
        }
        _ => 0,
    }
}

/// The cells of a column: one, or one a segment side, or one a day.
pub(super) fn cells(world: &World, period: &Period, column: &Column, locale: &str) -> Vec<Value> {
    match column.code {
        PER_DAY => period
            .days
            .iter()
            .map(|day| day_cell(day, locale))
            .collect(),
        "51502" | "51503" => punch_cells(period, column, locale),
        code => vec![plain(world, period, code, column.title(locale), locale)],
    }
}

fn plain(world: &World, period: &Period, code: &str, title: &str, locale: &str) -> Value {
    let mut cell = json!({"code": code, "title": title, "features": []});
    let value = match amount(period, code) {
        Some(Amount::Minutes(minutes)) => {
            cell["duration_num"] = duration(minutes);
            minutes_text(minutes, locale)
        }
        Some(Amount::Count(count)) => dash_if_none(count),
        Some(Amount::Days(days)) => {
            if locale == "zh" {
                format!("{days} 天")
            } else {
                format!("{days} days")
            }
        }
        None => words(world, period, code),
    };
    cell["value"] = json!(value);
    cell
}

enum Amount {
    Minutes(i64),
    Count(i64),
    Days(i64),
}

fn amount(period: &Period, code: &str) -> Option<Amount> {
    Some(match code {
        "51302" | "52104" => Amount::Minutes(period.required),
        "51303" | "52105" => Amount::Minutes(period.actual),
        "51305" | "52202" => Amount::Minutes(period.late.minutes),
        "51313" => Amount::Minutes(period.serious.minutes),
        "51306" | "52204" => Amount::Minutes(period.early.minutes),
        "51307" | "52107" => Amount::Minutes(period.overtime),
        "51308" | "52101" => Amount::Days(period.required_days),
        "51309" | "52102" => Amount::Days(period.attended_days),
        "52103" => Amount::Days(period.attended_rest_days),
        "51311" | "52201" => Amount::Count(period.late.times),
        "51312" => Amount::Count(period.serious.times),
        "51314" | "52203" => Amount::Count(period.early.times),
        "51408" | "52205" => Amount::Count(period.missing_on),
        "51409" | "52206" => Amount::Count(period.missing_off),
        "51407" | "52212" => Amount::Count(period.corrected),
        "52213" => Amount::Count(period.field),
        _ => return None,
    })
}

fn words(world: &World, period: &Period, code: &str) -> String {
    let person = world.people.get(period.user);
    let last = period.days.last();
    let group = last
        .and_then(|day| day.group)
        .map(|group| world.groups.get(group));
    let text = match code {
        "50101" => person.name.clone(),
        "50102" => person.departments.first().cloned().unwrap_or_default(),
        "50111" => person
            .departments
            .iter()
            .rev()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("/"),
        "50103" => person.employee_no.clone(),
        "50107" => person.joined.map(to_dashed).unwrap_or_default(),
        "50108" => person.left.map(to_dashed).unwrap_or_default(),
        "51203" | "52108" => group.map(|group| group.name.clone()).unwrap_or_default(),
        "51201" => last
            .map(|day| to_yyyymmdd(day.day).to_string())
            .unwrap_or_default(),
        "51205" => last
            .map(|day| day_title(day.day, "en")[11..].to_owned())
            .unwrap_or_default(),
        "51204" => group
            .and_then(|group| group.members.get("time_zone")?.as_str())
            .unwrap_or_default()
            .to_owned(),
        "51202" => last.map(|day| shift_text(world, day)).unwrap_or_default(),
        _ => String::new(),
    };
    if text.is_empty() {
        "-".to_owned()
    } else {
        text
    }
}

/// `Name 09:00-18:00`.
fn shift_text(world: &World, day: &DayResult) -> String {
    let ShiftOf::Shift(shift) = day.shift else {
        return String::new();
    };
    let times: Vec<String> = day
        .pairs
        .iter()
        .map(|pair| format!("{}-{}", clock(day, pair.on.due), clock(day, pair.off.due)))
        .collect();
    format!("{} {}", world.shifts.get(shift).name, times.join(" "))
}

fn clock(day: &DayResult, unix: i64) -> String {
    local_text(day.zone.to_local(unix), false)[11..].to_owned()
}

fn punch_time(day: &DayResult, side: &Side) -> String {
    side.flow
        .map_or_else(|| "-".to_owned(), |flow| clock(day, flow.time.into()))
}

/// One cell a segment and side, coded `51502-1-2`.
fn punch_cells(period: &Period, column: &Column, locale: &str) -> Vec<Value> {
    let mut cells = Vec::new();
    for day in &period.days {
        for (index, pair) in day.pairs.iter().enumerate() {
            for (number, side) in [(1, &pair.on), (2, &pair.off)] {
                let code = format!("{}-{}-{number}", column.code, index + 1);
                let mut features = Vec::new();
                let value = if column.code == "51502" {
                    punch_time(day, side)
                } else {
                    features = vec![
                        json!({"key": "StatusMsg", "value": verdict_text(side.verdict, locale)}),
                        json!({"key": "ShiftTime", "value": clock(day, side.due)}),
                        json!({"key": "PunchTime", "value": punch_time(day, side)}),
                        json!({"key": "TaskId", "value": super::changes::task_id(period.user, day.day)}),
                    ];
                    verdict_text(side.verdict, locale).to_owned()
                };
                cells.push(json!({"code": code, "value": value, "title": column.title(locale), "features": features}));
            }
        }
    }
    cells
}

/// `Normal(08:55),Normal(18:05)`.
fn day_cell(day: &DayResult, locale: &str) -> Value {
    let sides: Vec<String> = day
        .pairs
        .iter()
        .flat_map(|pair| [&pair.on, &pair.off])
        .map(|side| {
            format!(
                "{}({})",
                verdict_text(side.verdict, locale),
                punch_time(day, side)
            )
        })
        .collect();
    let fine = [Verdict::Normal, Verdict::NoNeedCheck, Verdict::Todo];
    let abnormal = day
        .pairs
        .iter()
        .any(|pair| !fine.contains(&pair.on.verdict) || !fine.contains(&pair.off.verdict));
    json!({
        "code": to_dashed(day.day),
        "value": if sides.is_empty() { "-".to_owned() } else { sides.join(",") },
        "title": day_title(day.day, locale),
        "features": [{"key": "Abnormal", "value": abnormal.to_string()}],
    })
}

fn verdict_text(verdict: Verdict, locale: &str) -> &'static str {
    let (zh, en) = match verdict {
        Verdict::NoNeedCheck => ("无需打卡", "No need"),
        Verdict::Normal => ("正常", "Normal"),
        Verdict::Early => ("早退", "Early"),
        Verdict::Late => ("迟到", "Late"),
        Verdict::SeriousLate => ("严重迟到", "Seriously late"),
        Verdict::Lack => ("缺卡", "Missing"),
        Verdict::Todo => ("未打卡", "Open"),
    };
    if locale == "zh" { zh } else { en }
}

fn minutes_text(minutes: i64, locale: &str) -> String {
    match (minutes, locale) {
        (0, _) => "-".to_owned(),
        (_, "zh") => format!("{minutes} 分钟"),
        (..60, _) => format!("{minutes} min"),
        _ => format!("{} hours", tenths(minutes, 60)),
    }
}

fn dash_if_none(count: i64) -> String {
    if count == 0 {
        "-".to_owned()
    } else {
        count.to_string()
    }
}

/// A working day counts as eight hours.
fn duration(minutes: i64) -> Value {
    json!({
        "day": tenths(minutes, 480),
        "half_day": tenths(minutes, 240),
        "hour": tenths(minutes, 60),
        "half_hour": tenths(minutes, 30),
        "minute": minutes.to_string(),
    })
}

/// Rounded down to tenths, without a needless zero.
fn tenths(minutes: i64, unit: i64) -> String {
    let tenths = minutes * 10 / unit;
    if tenths % 10 == 0 {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}
