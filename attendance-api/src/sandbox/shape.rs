//! The shape of answers: what the switches make of a `data` member after the service has made it.

use serde_json::{Value, json};

use super::switches::Switches;

/// Members whose integers are days, months or stamps.
const STAMPS: [&str; 7] = [
    "day",
    "month",
    "date",
    "punch_day",
    "remedy_date",
    "start_time_stamp",
    "end_time_stamp",
];
const POSITIONS: [&str; 2] = ["latitude", "longitude"];
const RESULTS: [&str; 3] = ["check_in_result", "check_out_result", "punch_status"];

pub(crate) fn shape(switches: &Switches, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| shape(switches, item)),
        Value::Object(members) => {
            if switches.omit_empty_lists {
                members.retain(|_, member| !is_empty_list(member));
            }
            for (name, member) in members.iter_mut() {
                shape_member(switches, name, member);
            }
            if switches.extra_fields {
                members.insert("sandbox_extra".to_owned(), json!({"more": [1, null]}));
            }
        }
        _ => {}
    }
}

fn shape_member(switches: &Switches, name: &str, member: &mut Value) {
    if switches.null_lists && is_empty_list(member) {
        *member = Value::Null;
    } else if switches.numbers_as_text && STAMPS.contains(&name) && member.is_number() {
        *member = Value::String(member.to_string());
    } else if switches.positions_as_int && POSITIONS.contains(&name) {
        if let Some(number) = member.as_f64().filter(|number| number.fract() == 0.0) {
            *member = json!(number as i64);
        }
    } else if switches.unknown_enum && RESULTS.contains(&name) && member.is_string() {
        *member = json!("SandboxUnknown");
    } else {
        shape(switches, member);
    }
}

fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}
