//! One call of each operation, with what the description requires, against a server that answers with its examples.
//!
//! `ATTENDANCE_E2E_URL` names another server that does the same, such as a mock that a tool makes of the description.

use std::collections::BTreeSet;

use attendance_api::rt::{Date, File, LocalDateTime, UnixSeconds, YearMonth};
use attendance_api::{
    Client, EmployeeType, approval_info, common, group, leave_accrual_record, shift, user_approval,
    user_daily_shift, user_flow, user_setting, user_stats_view, user_task_remedy,
};
use codegen::resolve::api::{Api, BodyKind};
use serde::de::DeserializeOwned;

use crate::example_server::ExampleServer;

/// The member of an operation's example body, as the type that the client wants.
fn example<T: DeserializeOwned>(api: &Api, operation: &str, member: &str) -> T {
    let operation = api
        .operations
        .iter()
        .find(|one| one.id == operation)
        .expect("the operation is described");
    let body = operation.body.as_ref().map(|body| &body.kind);
    let Some(BodyKind::Json {
        example: Some(example),
        ..
    }) = body
    else {
        panic!("{} has an example", operation.id)
    };
    serde_json::from_value(example[member].clone())
        .unwrap_or_else(|error| panic!("{} {member}: {error}", operation.id))
}

fn day(day: u8) -> Date {
    Date::new(2026, 3, day).expect("March has that day")
}

type Answer = (&'static str, Result<(), String>);

/// Sends each call and keeps what came of it.
macro_rules! send {
    ($answers:ident: $($name:literal => $call:expr,)*) => {
        $($answers.push(($name, $call.send().await.map(drop).map_err(|error| error.to_string())));)*
    };
}

async fn call_everything(client: &Client, api: &Api) -> Vec<Answer> {
    let mut answers = Vec::new();
    masters(client, api, &mut answers).await;
    records(client, api, &mut answers).await;
    reports(client, api, &mut answers).await;
    answers
}

/// Shifts, groups, schedules, settings and files.
async fn masters(client: &Client, api: &Api, answers: &mut Vec<Answer>) {
    let dept = common::DeptType::OpenDepartmentId;
    send! { answers:
        "shift.create" => client.shift().create("Early", 1, example::<Vec<shift::PunchTimeRuleInput>>(api, "shift.create", "punch_time_rule")),
        "shift.list" => client.shift().list(),
        "shift.get" => client.shift().get("6919358778597097404"),
        "shift.delete" => client.shift().delete("6919358778597097404"),
        "shift.query" => client.shift().query("Early"),
        "group.create" => client.group().create(dept.clone(), example::<group::GroupInput>(api, "group.create", "group")),
        "group.list" => client.group().list(),
        "group.get" => client.group().get("6919358128597097404", dept.clone()),
        "group.delete" => client.group().delete("6919358128597097404"),
        "group.list_user" => client.group().list_user("6919358128597097404", dept, group::MemberClockType::All),
        "group.search" => client.group().search("Office"),
        "user_daily_shift.batch_create" => client.user_daily_shift().batch_create(example::<Vec<user_daily_shift::UserDailyShiftInput>>(api, "user_daily_shift.batch_create", "user_daily_shifts")),
        "user_daily_shift.batch_create_temp" => client.user_daily_shift().batch_create_temp(example::<Vec<user_daily_shift::UserTmpDailyShiftInput>>(api, "user_daily_shift.batch_create_temp", "user_tmp_daily_shifts")),
        "user_daily_shift.query" => client.user_daily_shift().query(["ada"], day(1), day(2)),
        "user_setting.modify" => client.user_setting().modify(example::<user_setting::UserSettingInput>(api, "user_setting.modify", "user_setting")),
        "user_setting.query" => client.user_setting().query(["ada"]),
        "file.upload" => client.file().upload("face.png", File::from(vec![1, 2, 3])),
        "file.download" => client.file().download("xx"),
    }
}

/// Punches, results, corrections, approvals and leave.
async fn records(client: &Client, api: &Api, answers: &mut Vec<Answer>) {
    let nine = LocalDateTime::to_the_minute(day(1), 9, 0).expect("nine is an hour");
    let (from, to) = (
        UnixSeconds::new(1_772_323_200),
        UnixSeconds::new(1_772_409_600),
    );
    send! { answers:
        "user_flow.batch_create" => client.user_flow().batch_create(example::<Vec<user_flow::UserFlowInput>>(api, "user_flow.batch_create", "flow_records")),
        "user_flow.batch_del" => client.user_flow().batch_del(["6708236686834352397"]),
        "user_flow.query" => client.user_flow().query(["ada"], from, to),
        "user_flow.get" => client.user_flow().get("6708236686834352397"),
        "user_task.query" => client.user_task().query(["ada"], day(1), day(2)),
        "user_task_remedy.create" => client.user_task_remedy().create("ada", day(1), example::<user_task_remedy::PunchNo>(api, "user_task_remedy.create", "punch_no"), example::<common::ClockSide>(api, "user_task_remedy.create", "work_type"), nine, "forgot"),
        "user_task_remedy.query" => client.user_task_remedy().query(["ada"], from, to),
        "user_task_remedy.query_user_allowed_remedys" => client.user_task_remedy().query_user_allowed_remedys("ada", day(1)),
        "user_approval.create" => client.user_approval().create(example::<user_approval::UserApprovalInput>(api, "user_approval.create", "user_approval")),
        "user_approval.query" => client.user_approval().query(["ada"], day(1), day(2)),
        "approval_info.process" => client.approval_info().process("6737202939523236113", approval_info::ApprovalType::Leave, approval_info::ApprovalAction::Revoke),
        "leave_accrual_record.patch" => client.leave_accrual_record().patch("6893014062142064135", "6893014062142064136", "6982509313466189342", "6893014062142064135", example::<Vec<leave_accrual_record::LangTextInput>>(api, "leave_accrual_record.patch", "reason")),
        "leave_employ_expire_record.get" => client.leave_employ_expire_record().get("6893014062142064135", "6982509313466189342", "6893014062142064135", day(1), day(2)),
    }
}

/// Statistics and archives.
async fn reports(client: &Client, api: &Api, answers: &mut Vec<Answer>) {
    let locale = common::Locale::English;
    let daily = user_stats_view::StatsType::Daily;
    let month = YearMonth::new(2026, 3).expect("March is a month");
    send! { answers:
        "user_stats_view.query" => client.user_stats_view().query(locale.clone(), daily.clone(), "ada"),
        "user_stats_view.update" => client.user_stats_view().update("TmpZNU5qTTJORFF6T1RnNU5UTTNOakV6TWl0dGIyNTBhQT09", example::<user_stats_view::UserStatsViewInput>(api, "user_stats_view.update", "view")),
        "user_stats_field.query" => client.user_stats_field().query(locale.clone(), daily.clone(), day(1), day(2)),
        "user_stats_data.query" => client.user_stats_data().query(locale, daily, day(1), day(2), ["ada"], "ada"),
        "archive_rule.list" => client.archive_rule().list(10),
        "archive_rule.user_stats_fields_query" => client.archive_rule().user_stats_fields_query(month, "1", "ada"),
        "archive_rule.upload_report" => client.archive_rule().upload_report(month, "1", "ada"),
        "archive_rule.del_report" => client.archive_rule().del_report(month, "1", "ada"),
    }
}

#[tokio::test]
async fn every_operation_is_called_and_answered() {
    let api = crate::own_api();
    let server = ExampleServer::start(&api);
    let url = std::env::var("ATTENDANCE_E2E_URL").unwrap_or_else(|_| server.url());
    let client = Client::builder()
        .base_url(url)
        .token("t-1")
        .employee_type(EmployeeType::EmployeeId)
        .no_proxy();
    let client = client.build().expect("the client can be built");
    let answers = call_everything(&client, &api).await;
    let failed: Vec<_> = answers
        .iter()
        .filter(|(_, result)| result.is_err())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let called: BTreeSet<_> = answers.iter().map(|(name, _)| *name).collect();
    let described: BTreeSet<_> = api
        .operations
        .iter()
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(called, described);
}
