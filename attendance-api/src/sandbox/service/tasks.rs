//! Results of people over days, the largest answer of all: written straight into bytes.

use serde_json::Value;

use super::changes::{shift_id, task_id};
use super::flows::check_result;
use super::written::Writer;
use super::{Call, strings, unknown_user};
use crate::sandbox::answer::{Failure, Outcome, Reply, invalid};
use crate::sandbox::world::World;
use crate::sandbox::world::calendar::{Day, Zone, to_yyyymmdd};
use crate::sandbox::world::flows::Flow;
use crate::sandbox::world::people::IdKind;
use crate::sandbox::world::results::{DayResult, Pair, Side, add_overtime, judge};

/// Whom a query names.
#[derive(Default)]
struct Named {
    users: Vec<usize>,
    unknown: Vec<String>,
    hidden: Vec<String>,
}

pub(super) fn query(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let (from, to) = (call.day("check_date_from")?, call.day("check_date_to")?);
    check_days(call, from, to)?;
    let named = named(call, kind);
    let ignored = call.parameters.get("ignore_invalid_users") == Some(&Value::Bool(true));
    let refused = named.unknown.len() + named.hidden.len();
    if refused > 0 && !ignored {
        return unknown_user();
    }
    let overtime = call.body["need_overtime_result"] == true;
    Ok(Reply::Written(write(
        call,
        kind,
        &named,
        (from, to),
        overtime,
    )))
}

fn check_days(call: &Call<'_>, from: Day, to: Day) -> Result<(), Failure> {
    let most = if call.switches.guesses.thirty_one_days_pass {
        31
    } else {
        30
    };
    super::schedules::check_span(from, to, most)?;
    let tomorrow = Zone::SHANGHAI.day_of(call.now) + 1;
    if from > tomorrow {
        return invalid("check_date_from is later than tomorrow");
    }
    if call.world.began.is_some_and(|began| from < began) {
        return invalid("check_date_from is before the tenant began with attendance");
    }
    Ok(())
}

fn named(call: &Call<'_>, kind: IdKind) -> Named {
    let people = &call.world.people;
    let mut named = Named::default();
    let all = call.parameters.get("include_terminated_user") == Some(&Value::Bool(true));
    for id in strings(&call.body["user_ids"]) {
        let holders = people.holders(kind, id);
        let Some(current) = people.find(kind, id) else {
            named.unknown.push(id.to_owned());
            continue;
        };
        if people.get(current).hidden {
            named.hidden.push(id.to_owned());
            continue;
        }
        let holders = holders.iter().map(|user| *user as usize);
        named
            .users
            .extend(holders.filter(|user| all || *user == current));
    }
    // Who comes with a token of his own and names nobody means himself.
    if let Some(own) = call
        .caller
        .user
        .as_deref()
        .filter(|_| strings(&call.body["user_ids"]).next().is_none())
    {
        named.users.extend(people.find(IdKind::EmployeeId, own));
    }
    named
}

fn write(
    call: &Call<'_>,
    kind: IdKind,
    named: &Named,
    days: (Day, Day),
    overtime: bool,
) -> Vec<u8> {
    let world = &*call.world;
    let count = named.users.len() * usize::try_from(days.1 - days.0 + 1).unwrap_or(1);
    let mut out = Writer::with_capacity(256 + count * 1400);
    out.open(b'{');
    out.key("user_task_results");
    out.open(b'[');
    for user in &named.users {
        for day in days.0..=days.1 {
            let Some(mut result) = judge(world, call.now, *user, day) else {
                continue;
            };
            if overtime {
                add_overtime(world, call.now, *user, &mut result);
            }
            write_result(&mut out, world, kind, *user, &result);
        }
    }
    out.close(b']');
    for (name, ids) in [
        ("invalid_user_ids", &named.unknown),
        ("unauthorized_user_ids", &named.hidden),
    ] {
        out.key(name);
        out.open(b'[');
        ids.iter().for_each(|id| out.text(id));
        out.close(b']');
    }
    out.close(b'}');
    out.finish()
}

fn write_result(out: &mut Writer, world: &World, kind: IdKind, user: usize, result: &DayResult) {
    out.open(b'{');
    out.member("result_id", &task_id(user, result.day));
    out.member("user_id", world.people.write(kind, user));
    out.member("employee_name", &world.people.get(user).name);
    out.key("day");
    out.bare(to_yyyymmdd(result.day));
    out.member(
        "group_id",
        result
            .group
            .map_or("1", |group| &world.groups.get(group).id),
    );
    out.member("shift_id", shift_id(world, result.shift));
    out.key("records");
    out.open(b'[');
    for pair in &result.pairs {
        write_pair(out, world, kind, user, pair);
    }
    out.close(b']');
    out.close(b'}');
}

fn write_pair(out: &mut Writer, world: &World, kind: IdKind, user: usize, pair: &Pair) {
    out.open(b'{');
    let names = [
        ("check_in_record_id", "check_in_record", &pair.on),
        ("check_out_record_id", "check_out_record", &pair.off),
    ];
    for (id_name, name, side) in names {
        out.key(id_name);
        match side.flow {
            None => out.text(""),
            Some(flow) => {
                out.digits(flow.id);
                out.key(name);
                write_flow(out, world, kind, user, flow);
            }
        }
    }
    write_side(
        out,
        &pair.on,
        [
            "check_in_result",
            "check_in_result_supplement",
            "check_in_shift_time",
        ],
    );
    write_side(
        out,
        &pair.off,
        [
            "check_out_result",
            "check_out_result_supplement",
            "check_out_shift_time",
        ],
    );
    out.key("task_shift_type");
    out.bare(u8::from(pair.overtime));
    out.close(b'}');
}

fn write_side(out: &mut Writer, side: &Side, [result, supplement, due]: [&str; 3]) {
    out.member(result, side.verdict.as_str());
    out.member(supplement, side.supplement);
    out.key(due);
    out.digits(side.due);
}

fn write_flow(out: &mut Writer, world: &World, kind: IdKind, user: usize, flow: Flow) {
    let detail = world.flows.detail(flow);
    out.open(b'{');
    out.member("user_id", world.people.write(kind, user));
    out.member(
        "creator_id",
        world.people.write(kind, detail.creator.unwrap_or(user)),
    );
    out.member("location_name", &detail.location_name);
    out.key("check_time");
    out.digits(flow.time);
    out.member("comment", &detail.comment);
    out.key("record_id");
    out.digits(flow.id);
    out.member("ssid", &detail.ssid);
    out.member("bssid", &detail.bssid);
    for (name, flag) in [("is_field", detail.is_field), ("is_wifi", detail.is_wifi)] {
        out.key(name);
        out.bare(flag);
    }
    out.key("type");
    out.bare(detail.kind);
    out.key("photo_urls");
    out.open(b'[');
    out.close(b']');
    out.member("device_id", "");
    out.member("check_result", check_result(detail));
    out.member("external_id", &detail.external_id);
    out.member("idempotent_id", &detail.idempotent_id);
    out.close(b'}');
}
