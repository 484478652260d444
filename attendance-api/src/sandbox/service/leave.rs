//! Leave grants: changed, and listed when they expire in a span. Codes mean other things here than elsewhere.

use serde_json::{Value, json};

use super::{Call, rows, text};
use crate::sandbox::answer::{Failure, Outcome, Reply, fail, general};
use crate::sandbox::world::calendar::{Day, from_dashed};
use crate::sandbox::world::records::Grant;

const MOST_QUANTITY: u64 = 9999;
const MOST_DECIMALS: usize = 6;
const MOST_REASON: usize = 3000;
/// A grant that the system made.
const BY_SYSTEM: i64 = 1;

fn check_edition(call: &Call<'_>) -> Result<(), Failure> {
    if call.switches.people_enterprise {
        return Ok(());
    }
    general("This API can only be accessed by Feishu People Enterprise Edition users.")
}

pub(super) fn patch(call: &mut Call<'_>) -> Outcome {
    check_edition(call)?;
    let now = call.now;
    let body = call.body;
    let quantity = body["quantity"].as_str().map(check_quantity).transpose()?;
    let expires = body["expiration_date"]
        .as_str()
        .map(read_date)
        .transpose()?;
    if rows(&body["reason"]).any(|reason| text(reason, "value").chars().count() > MOST_REASON) {
        return fail(1_220_027, "Reason is too long");
    }
    let (id, employment) = (
        text(body, "leave_granting_record_id"),
        text(body, "employment_id"),
    );
    let leave = call.parameter("leave_id").to_owned();
    if !call
        .world
        .leave
        .grants
        .iter()
        .any(|grant| grant.employment_id == employment)
    {
        return fail(1_220_006, "Employment not found");
    }
    let Some(grant) = call.world.leave.grants.iter_mut().find(|grant| {
        grant.id == id && grant.employment_id == employment && grant.leave_type_id == leave
    }) else {
        return fail(1_220_005, "Accessed data object not found");
    };
    if grant.source == BY_SYSTEM {
        return fail(
            1_220_031,
            "A record granted by the system can not be changed",
        );
    }
    if let Some(expires) = expires {
        if from_dashed(&grant.effective).is_some_and(|effective| expires < effective) {
            return fail(
                1_220_032,
                "The expiration date is earlier than the effective date",
            );
        }
        grant.expires = text(body, "expiration_date").to_owned();
    }
    if let Some(quantity) = quantity {
        (grant.quantity, grant.left) = (quantity.to_owned(), quantity.to_owned());
    }
    (grant.reason, grant.updated, grant.from_outside) = (body["reason"].clone(), now, true);
    Ok(Reply::Data(json!({ "record": changed(grant) })))
}

/// A decimal number that is neither too large nor too fine.
fn check_quantity(text: &str) -> Result<&str, Failure> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return fail(1_220_004, "Invalid granting quantity");
    }
    let size = whole.parse::<u64>().unwrap_or(u64::MAX);
    if size > MOST_QUANTITY || (size == MOST_QUANTITY && fraction.bytes().any(|byte| byte != b'0'))
    {
        return fail(1_220_025, "The granting quantity is out of range");
    }
    if fraction.len() > MOST_DECIMALS {
        return fail(1_220_026, "The granting quantity has too many decimals");
    }
    Ok(text)
}

fn read_date(text: &str) -> Result<Day, Failure> {
    match from_dashed(text) {
        Some(day) => Ok(day),
        None => fail(1_220_003, "Invalid effective date"),
    }
}

fn changed(grant: &Grant) -> Value {
    json!({
        "id": grant.id,
        "employment_id": grant.employment_id,
        "leave_type_id": grant.leave_type_id,
        "granting_quantity": grant.quantity,
        "granting_unit": grant.unit,
        "effective_date": grant.effective,
        "expiration_date": grant.expires,
        "granted_by": grant.source,
        "reason": grant.reason,
        "created_at": grant.created.to_string(),
        "created_by": grant.employment_id,
        "updated_at": grant.updated.to_string(),
        "updated_by": grant.employment_id,
    })
}

pub(super) fn expiring(call: &mut Call<'_>) -> Outcome {
    check_edition(call)?;
    let from = read_date(text(call.body, "start_expiration_date"))?;
    let to = read_date(text(call.body, "end_expiration_date"))?;
    let (employment, leave) = (text(call.body, "employment_id"), call.parameter("leave_id"));
    let records: Vec<Value> = call
        .world
        .leave
        .grants
        .iter()
        .filter(|grant| grant.employment_id == employment && grant.leave_type_id == leave)
        .filter(|grant| from_dashed(&grant.expires).is_some_and(|day| (from..=to).contains(&day)))
        .map(expiring_row)
        .collect();
    Ok(Reply::Data(json!({ "records": records })))
}

fn expiring_row(grant: &Grant) -> Value {
    json!({
        "id": grant.id,
        "employment_id": grant.employment_id,
        "leave_type_id": grant.leave_type_id,
        "granting_quantity": grant.quantity,
        "left_granting_quantity": grant.left,
        "granting_unit": grant.unit,
        "effective_date": grant.effective,
        "expiration_date": grant.expires,
        "reason": grant.reason,
        "is_update_by_external": grant.from_outside,
        "accrual_source": grant.source,
        "leave_sub_type_id": "",
        "section_type": 1,
    })
}
