//! The service: one function an operation, from a request that has the right shape to data or a refusal.

mod approvals;
mod archive;
pub(crate) mod changes;
mod extra;
mod faces;
mod flows;
mod groups;
mod leave;
mod members;
mod remedies;
mod schedules;
mod shifts;
mod stats;
mod stats_cells;
mod stats_columns;
mod tasks;
mod written;

use serde_json::{Map, Value};

pub(crate) use extra::endpoint as extra_endpoint;
pub(crate) use extra::serve as serve_extra;

use super::answer::{Failure, Outcome, fail, general, invalid};
use super::contract::{Operation, Place};
use super::core::Incoming;
use super::switches::Switches;
use super::tokens::Caller;
use super::world::World;
use super::world::calendar::{Day, from_yyyymmdd};
use super::world::people::IdKind;

/// A request on its way through the service.
pub(crate) struct Call<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) parameters: &'a Map<String, Value>,
    pub(crate) body: &'a Value,
    pub(crate) incoming: &'a Incoming,
    pub(crate) caller: &'a Caller,
    pub(crate) switches: &'a Switches,
    pub(crate) now: i64,
    pub(crate) world: &'a mut World,
}

type Handler = fn(&mut Call<'_>) -> Outcome;

/// The function of an operation; none for one that the sandbox only has an example for.
pub(crate) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "shift.create" => shifts::create,
        "shift.get" => shifts::get,
        "shift.query" => shifts::query,
        "shift.list" => shifts::list,
        "shift.delete" => shifts::delete,
        "group.create" => groups::create,
        "group.get" => groups::get,
        "group.list" => groups::list,
        "group.search" => groups::search,
        "group.list_user" => members::list_user,
        "group.delete" => groups::delete,
        "user_daily_shift.batch_create" => schedules::batch_create,
        "user_daily_shift.batch_create_temp" => schedules::batch_create_temp,
        "user_daily_shift.query" => schedules::query,
        "user_flow.batch_create" => flows::batch_create,
        "user_flow.batch_del" => flows::batch_del,
        "user_flow.get" => flows::get,
        "user_flow.query" => flows::query,
        "user_task.query" => tasks::query,
        "user_approval.create" => approvals::create,
        "user_approval.query" => approvals::query,
        "approval_info.process" => approvals::process,
        "user_task_remedy.create" => remedies::create,
        "user_task_remedy.query" => remedies::query,
        "user_task_remedy.query_user_allowed_remedys" => remedies::allowed,
        "user_stats_field.query" => stats::fields,
        "user_stats_view.query" => stats::view,
        "user_stats_view.update" => stats::update_view,
        "user_stats_data.query" => stats::data,
        "archive_rule.list" => archive::list,
        "archive_rule.user_stats_fields_query" => archive::fields,
        "archive_rule.upload_report" => archive::upload,
        "archive_rule.del_report" => archive::delete,
        "leave_accrual_record.patch" => leave::patch,
        "leave_employ_expire_record.get" => leave::expiring,
        "file.upload" => faces::upload,
        "file.download" => faces::download,
        "user_setting.modify" => faces::modify,
        "user_setting.query" => faces::query,
        _ => return None,
    })
}

/// Operations whose own code for a wrong `employee_type` is 1220003.
const OWN_TYPE_CODE: [&str; 4] = [
    "group.create",
    "group.get",
    "group.list_user",
    "user_flow.batch_del",
];

/// Operations that take open ids as well.
const TAKES_OPEN_IDS: [&str; 2] = ["user_approval.create", "user_approval.query"];

impl Call<'_> {
    /// A text parameter of the path or the query; empty if it was not sent.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Which identifiers the call speaks. The description has one list of kinds for all operations; open ids are
    /// taken by a few.
    pub(crate) fn id_kind(&self) -> Result<IdKind, Failure> {
        let Some(text) = self.parameters.get("employee_type").and_then(Value::as_str) else {
            return Ok(IdKind::EmployeeId);
        };
        let kind = match text {
            "employee_id" => Some(IdKind::EmployeeId),
            "employee_no" => Some(IdKind::EmployeeNo),
            "open_id" if TAKES_OPEN_IDS.contains(&self.operation.id.as_str()) => {
                Some(IdKind::OpenId)
            }
            _ => None,
        };
        match kind {
            Some(kind) => Ok(kind),
            None if OWN_TYPE_CODE.contains(&self.operation.id.as_str()) => {
                fail(1_220_003, "user_id type is not employee_id or employee_no")
            }
            None => invalid("employee_type invalid"),
        }
    }

    /// Whether the description lists this value of a query parameter.
    pub(crate) fn allows(&self, name: &str, value: &str) -> bool {
        self.operation
            .parameters
            .iter()
            .filter(|parameter| parameter.place == Place::Query && parameter.name == name)
            .filter_map(|parameter| self.contract_values(&parameter.schema))
            .any(|values| values.iter().any(|one| one == value))
    }

    fn contract_values<'b>(&self, schema: &'b Value) -> Option<&'b Vec<Value>>
    where
        Self: 'b,
    {
        let schema = super::contract::resolve(&super::contract::Contract::bundled().root, schema);
        schema["enum"].as_array()
    }

    /// An employee whom the app may see, or 1220004.
    pub(crate) fn user(&self, kind: IdKind, id: &str) -> Result<usize, Failure> {
        match self.world.people.find_visible(kind, id) {
            Some(user) => Ok(user),
            None => unknown_user(),
        }
    }

    /// All of them, or 1220004.
    pub(crate) fn users(&self, kind: IdKind, ids: &Value) -> Result<Vec<usize>, Failure> {
        strings(ids).map(|id| self.user(kind, id)).collect()
    }

    /// The operator of a write, if there must be or is one.
    pub(crate) fn operator(&self, kind: IdKind) -> Result<Option<usize>, Failure> {
        match text(self.body, "operator_id") {
            "" if self.switches.operator_required => invalid("operator_id is required"),
            "" => Ok(None),
            id => self.user(kind, id).map(Some),
        }
    }

    /// A day of the body, `yyyyMMdd` in a number or in a text.
    pub(crate) fn day(&self, name: &str) -> Result<Day, Failure> {
        read_day(&self.body[name])
    }

    /// Refuses a change of a sealed day.
    pub(crate) fn check_unsealed(&self, day: Day) -> Result<(), Failure> {
        if self.world.is_sealed(day) {
            return general("the attendance result has been sealed and can not modify");
        }
        Ok(())
    }

    /// Refuses what is not one of these values, with the member's name.
    pub(crate) fn one_of(&self, name: &str, value: &Value, values: &[i64]) -> Result<(), Failure> {
        match value.as_i64() {
            None => Ok(()),
            Some(number) if values.contains(&number) => Ok(()),
            Some(_) => invalid(format!("{name} invalid")),
        }
    }
}

pub(crate) fn unknown_user<T>() -> Result<T, Failure> {
    fail(
        1_220_004,
        "user_id is not exist or does not have permission",
    )
}

pub(crate) fn read_day(value: &Value) -> Result<Day, Failure> {
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    match number.and_then(from_yyyymmdd) {
        Some(day) => Ok(day),
        None => general("time is invalid"),
    }
}

/// Unix seconds, written as text.
pub(crate) fn read_seconds(value: &Value) -> Result<i64, Failure> {
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    match number {
        // A stamp in milliseconds is a common slip, and no day that anybody plans for.
        Some(seconds) if (0..=i64::from(u32::MAX)).contains(&seconds) => Ok(seconds),
        _ => general("time is invalid"),
    }
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

pub(crate) fn rows(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(crate) fn strings(value: &Value) -> impl Iterator<Item = &str> {
    rows(value).filter_map(Value::as_str)
}
