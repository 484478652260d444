//! One call of each operation through the typed client, with every parameter that the description knows and the
//! body of its example, put together by arguments and setters.

use std::future::Future;
use std::pin::Pin;

use attendance_api::rt::{File, from_value};
use attendance_api::{
    Client, EmployeeType, Error, approval_info, archive_rule, common, group, leave_accrual_record,
    leave_employ_expire_record, shift, user_approval, user_daily_shift, user_flow, user_setting,
    user_stats_data, user_stats_field, user_stats_view, user_task, user_task_remedy,
};

use crate::documents;

/// What the file of an upload holds.
pub(crate) const FACE: &[u8] = b"\x89PNG\r\n\x1a\n\0 a face";

/// A call that begins when it is polled.
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    /// What must arrive in the query, in any order.
    pub(crate) query: &'static [(&'static str, &'static str)],
    pub(crate) sent: Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>,
}

macro_rules! calls {
    ($($operation:literal [$($name:literal = $value:literal),*] => $call:expr;)*) => {
        vec![$(Call {
            operation: $operation,
            query: &[$(($name, $value)),*],
            sent: {
                let call = $call;
                Box::pin(async move { call.send().await.map(drop) })
            },
        }),*]
    };
}

/// All operations.
pub(crate) fn all(client: &Client) -> Vec<Call> {
    let mut calls = masters(client);
    calls.extend(schedules(client));
    calls.extend(records(client));
    calls.extend(approvals(client));
    calls.extend(reports(client));
    calls
}

fn masters(client: &Client) -> Vec<Call> {
    let (shift, group) = (client.shift(), client.group());
    let body: group::GroupCreateBody = body("group.create");
    let dept = common::DeptType::OpenDepartmentId;
    calls! {
        "shift.create" ["employee_type" = "employee_no"] => shift_create(&shift);
        "shift.list" ["page_size" = "20", "page_token" = "p+/= &"] => shift.list().page_size(20).page_token("p+/= &");
        "shift.get" [] => shift.get("6919358778597097404");
        "shift.delete" [] => shift.delete("6919358778597097404");
        "shift.query" ["shift_name" = "早班 & more?"] => shift.query("早班 & more?");
        "group.create" ["employee_type" = "employee_no", "dept_type" = "open_id"] =>
            group.create(dept.clone(), body.group).employee_type(EmployeeType::EmployeeNo)
                .operator_id(body.operator_id.expect("the example has it"));
        "group.list" ["page_size" = "10", "page_token" = "p"] => group.list().page_size(10).page_token("p");
        "group.get" ["employee_type" = "employee_id", "dept_type" = "open_id"] => group.get("6919358128597097404", dept.clone());
        "group.delete" [] => group.delete("6919358128597097404");
        "group.list_user" ["employee_type" = "employee_no", "dept_type" = "open_id", "member_clock_type" = "1", "page_size" = "5", "page_token" = "p"] =>
            group.list_user("6919358128597097404", dept, 1).employee_type(EmployeeType::EmployeeNo).page_size(5).page_token("p");
        "group.search" [] => group.search("Head office");
    }
}

fn shift_create(api: &shift::ShiftApi) -> shift::ShiftCreate {
    let body: shift::ShiftCreateBody = body("shift.create");
    api.create(body.shift_name, body.punch_times, body.punch_time_rule)
        .employee_type(EmployeeType::EmployeeNo)
        .sub_shift_leader_ids(body.sub_shift_leader_ids)
        .is_flexible(body.is_flexible.expect("in the example"))
        .flexible_minutes(body.flexible_minutes.expect("in the example"))
        .flexible_rule(body.flexible_rule)
        .no_need_off(body.no_need_off.expect("in the example"))
        .late_off_late_on_rule(body.late_off_late_on_rule)
        .rest_time_rule(body.rest_time_rule)
        .overtime_rule(body.overtime_rule)
        .day_type(body.day_type.expect("in the example"))
        .overtime_rest_time_rule(body.overtime_rest_time_rule)
        .late_minutes_as_serious_late(body.late_minutes_as_serious_late.expect("in the example"))
        .shift_middle_time_rule(body.shift_middle_time_rule.expect("in the example"))
        .shift_attendance_time_config(body.shift_attendance_time_config.expect("in the example"))
        .late_off_late_on_setting(body.late_off_late_on_setting.expect("in the example"))
        .rest_time_flexible_configs(body.rest_time_flexible_configs)
}

fn schedules(client: &Client) -> Vec<Call> {
    let api = client.user_daily_shift();
    let create: user_daily_shift::UserDailyShiftBatchCreateBody =
        body("user_daily_shift.batch_create");
    let temp: user_daily_shift::UserDailyShiftBatchCreateTempBody =
        body("user_daily_shift.batch_create_temp");
    let query: user_daily_shift::UserDailyShiftQueryBody = body("user_daily_shift.query");
    let setting: user_setting::UserSettingModifyBody = body("user_setting.modify");
    let users: user_setting::UserSettingQueryBody = body("user_setting.query");
    calls! {
        "user_daily_shift.batch_create" ["employee_type" = "employee_id"] =>
            api.batch_create(create.user_daily_shifts).operator_id(create.operator_id.expect("in the example"));
        "user_daily_shift.batch_create_temp" ["employee_type" = "employee_no"] =>
            api.batch_create_temp(temp.user_tmp_daily_shifts).employee_type(EmployeeType::EmployeeNo)
                .operator_id(temp.operator_id.expect("in the example"));
        "user_daily_shift.query" ["employee_type" = "employee_id"] =>
            api.query(query.user_ids, query.check_date_from, query.check_date_to);
        "user_setting.modify" ["employee_type" = "employee_id"] => client.user_setting().modify(setting.user_setting);
        "user_setting.query" ["employee_type" = "employee_no"] =>
            client.user_setting().query(users.user_ids).employee_type(EmployeeType::EmployeeNo);
        "file.upload" ["file_name" = "脸 1.png"] => client.file().upload("脸 1.png", File::bytes("脸 1.png", FACE));
        "file.download" [] => client.file().download("6f1b306842b1c189bc5212eefa3d90c7");
    }
}

fn records(client: &Client) -> Vec<Call> {
    let (flow, task, remedy) = (
        client.user_flow(),
        client.user_task(),
        client.user_task_remedy(),
    );
    let create: user_flow::UserFlowBatchCreateBody = body("user_flow.batch_create");
    let del: user_flow::UserFlowBatchDelBody = body("user_flow.batch_del");
    let query: user_flow::UserFlowQueryBody = body("user_flow.query");
    let results: user_task::UserTaskQueryBody = body("user_task.query");
    let allowed: user_task_remedy::UserTaskRemedyQueryUserAllowedRemedysBody =
        body("user_task_remedy.query_user_allowed_remedys");
    let write: user_task_remedy::UserTaskRemedyCreateBody = body("user_task_remedy.create");
    let read: user_task_remedy::UserTaskRemedyQueryBody = body("user_task_remedy.query");
    calls! {
        "user_flow.batch_create" ["employee_type" = "employee_id"] => flow.batch_create(create.flow_records);
        "user_flow.batch_del" [] => flow.batch_del(del.record_ids);
        "user_flow.query" ["employee_type" = "employee_no", "include_terminated_user" = "true"] =>
            flow.query(query.user_ids, query.check_time_from, query.check_time_to)
                .employee_type(EmployeeType::EmployeeNo).include_terminated_user(true);
        "user_flow.get" ["employee_type" = "employee_no"] => flow.get("6708236686834352397").employee_type(EmployeeType::EmployeeNo);
        "user_task.query" ["employee_type" = "employee_id", "ignore_invalid_users" = "true", "include_terminated_user" = "false"] =>
            task.query(results.user_ids, results.check_date_from, results.check_date_to)
                .need_overtime_result(results.need_overtime_result.expect("in the example"))
                .ignore_invalid_users(true).include_terminated_user(false);
        "user_task_remedy.create" ["employee_type" = "employee_id"] =>
            remedy.create(write.user_id, write.remedy_date, write.punch_no, write.work_type, write.remedy_time, write.reason);
        "user_task_remedy.query" ["employee_type" = "employee_id"] =>
            remedy.query(read.user_ids, read.check_time_from, read.check_time_to)
                .check_date_type(read.check_date_type.expect("in the example")).status(read.status.expect("in the example"));
        "user_task_remedy.query_user_allowed_remedys" ["employee_type" = "employee_no"] =>
            remedy.query_user_allowed_remedys(allowed.user_id, allowed.remedy_date).employee_type(EmployeeType::EmployeeNo);
    }
}

fn approvals(client: &Client) -> Vec<Call> {
    let api = client.user_approval();
    let create: user_approval::UserApprovalCreateBody = body("user_approval.create");
    let query: user_approval::UserApprovalQueryBody = body("user_approval.query");
    let info: approval_info::ApprovalInfoProcessBody = body("approval_info.process");
    let patch: leave_accrual_record::LeaveAccrualRecordPatchBody =
        body("leave_accrual_record.patch");
    let get: leave_employ_expire_record::LeaveEmployExpireRecordGetBody =
        body("leave_employ_expire_record.get");
    calls! {
        "user_approval.create" ["employee_type" = "open_id"] => api.create(create.user_approval).employee_type(EmployeeType::OpenId);
        "user_approval.query" ["employee_type" = "employee_id"] =>
            api.query(query.user_ids, query.check_date_from, query.check_date_to)
                .check_date_type(query.check_date_type.expect("in the example")).status(query.status.expect("in the example"));
        "approval_info.process" [] => client.approval_info().process(info.approval_id, info.approval_type, info.status);
        "leave_accrual_record.patch" ["user_id_type" = "people_corehr_id"] =>
            client.leave_accrual_record()
                .patch("7111688079785723001", patch.leave_granting_record_id, patch.employment_id, patch.leave_type_id, patch.reason)
                .user_id_type("people_corehr_id")
                .time_offset(patch.time_offset.expect("in the example"))
                .expiration_date(patch.expiration_date.expect("in the example"))
                .quantity(patch.quantity.expect("in the example"));
        "leave_employ_expire_record.get" ["user_id_type" = "people_corehr_id"] =>
            client.leave_employ_expire_record()
                .get("7111688079785723001", get.employment_id, get.leave_type_id, get.start_expiration_date, get.end_expiration_date)
                .user_id_type("people_corehr_id").time_offset(get.time_offset.expect("in the example"));
    }
}

fn reports(client: &Client) -> Vec<Call> {
    let (view, archive) = (client.user_stats_view(), client.archive_rule());
    let read: user_stats_view::UserStatsViewQueryBody = body("user_stats_view.query");
    let update: user_stats_view::UserStatsViewUpdateBody = body("user_stats_view.update");
    let field: user_stats_field::UserStatsFieldQueryBody = body("user_stats_field.query");
    let data: user_stats_data::UserStatsDataQueryBody = body("user_stats_data.query");
    let columns: archive_rule::ArchiveRuleUserStatsFieldsQueryBody =
        body("archive_rule.user_stats_fields_query");
    let upload: archive_rule::ArchiveRuleUploadReportBody = body("archive_rule.upload_report");
    let del: archive_rule::ArchiveRuleDelReportBody = body("archive_rule.del_report");
    calls! {
        "user_stats_view.query" ["employee_type" = "employee_id"] => view.query(read.locale, read.stats_type, read.user_id);
        "user_stats_view.update" ["employee_type" = "employee_id"] => view.update("TmpZNU5qTTJORFF2MT09", update.view);
        "user_stats_field.query" ["employee_type" = "employee_no"] =>
            client.user_stats_field().query(field.locale, field.stats_type, field.start_date, field.end_date)
                .employee_type(EmployeeType::EmployeeNo);
        "user_stats_data.query" ["employee_type" = "employee_id"] =>
            client.user_stats_data()
                .query(data.locale, data.stats_type, data.start_date, data.end_date, data.user_ids, data.user_id)
                .need_history(data.need_history.expect("in the example"))
                .current_group_only(data.current_group_only.expect("in the example"));
        "archive_rule.list" ["page_size" = "30", "page_token" = "p"] => archive.list(30).page_token("p");
        "archive_rule.user_stats_fields_query" ["employee_type" = "employee_id"] =>
            archive.user_stats_fields_query(columns.month, columns.archive_rule_id, columns.operator_id)
                .locale(columns.locale.expect("in the example"));
        "archive_rule.upload_report" ["employee_type" = "employee_no"] =>
            archive.upload_report(upload.month, upload.archive_rule_id, upload.operator_id)
                .archive_report_datas(upload.archive_report_datas).employee_type(EmployeeType::EmployeeNo);
        "archive_rule.del_report" ["employee_type" = "employee_id"] =>
            archive.del_report(del.month, del.archive_rule_id, del.operator_id).user_ids(del.user_ids);
    }
}

/// The example of a request, in parts that arguments and setters take.
fn body<T: attendance_api::rt::Slot + Default>(operation: &str) -> T {
    let example =
        documents::request(operation).unwrap_or_else(|| panic!("{operation} has no example"));
    from_value(&example).unwrap_or_else(|error| panic!("{operation}: {error}"))
}
