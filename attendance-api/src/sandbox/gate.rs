//! The gate's rules: whose tokens an operation takes, what of a wrong shape is the gateway's business, and what the
//! service's.

use super::answer::{Failure, general, invalid};
use super::contract::{Checked, Operation, Requirement, Violation, Weight};
use super::switches::Switches;

/// Members that the description requires, while the gateway lets them be missing and the service asks for them.
const ASKED_BY_SERVICE: [(&str, &str); 2] = [
    ("user_stats_data.query", "user_id"),
    ("user_stats_data.query", "user_ids"),
];

pub(super) fn check_shape(operation: &Operation, checked: &Checked) -> Result<(), Failure> {
    if checked.unreadable {
        return Err(Failure::new(400, 9499, "Bad Request: the body is not JSON"));
    }
    let mut found = of_weight(checked, Weight::Shape);
    found.retain(|violation| {
        let place = (operation.id.as_str(), violation.field.as_str());
        !(violation.missing && ASKED_BY_SERVICE.contains(&place))
    });
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::field_violations(&found))
}

/// Limits of body members are the service's business: 1220001, with the first one in the text.
pub(super) fn check_limits(operation: &Operation, checked: &Checked) -> Result<(), Failure> {
    let found = of_weight(checked, Weight::Limit);
    let Some(first) = found.first() else {
        return Ok(());
    };
    if operation.id == "user_flow.batch_create" && first.field == "flow_records" {
        return general("operate too much flow");
    }
    invalid(format!(
        "param is invalid: {} {}",
        first.field, first.description
    ))
}

/// Whose tokens an operation takes: what its description says, but for one operation of which the sources disagree.
pub(super) fn accepted(operation: &Operation, switches: &Switches) -> Vec<Requirement> {
    let mut accepted = operation.security.clone();
    if operation.id == "user_task.query" {
        accepted.retain(|one| one.scheme != USER);
        if switches.user_token_for_own_results {
            let own: Vec<Requirement> = accepted
                .iter()
                .map(|one| Requirement {
                    scheme: USER.to_owned(),
                    scopes: one.scopes.clone(),
                })
                .collect();
            accepted.extend(own);
        }
    }
    accepted
}

const USER: &str = "user_access_token";

fn of_weight(checked: &Checked, weight: Weight) -> Vec<&Violation> {
    checked
        .violations
        .iter()
        .filter(|violation| violation.weight == weight)
        .collect()
}
