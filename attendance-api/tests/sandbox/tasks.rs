//! Results.

use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::office::{
    FIXED, SCHEDULED, SPLIT_SHIFT, TYPE, at, group, import, import_all, office, result, seed,
    verdicts, with,
};

fn ask(caller: &Caller, users: Value, from: i64, to: i64, more: &str) -> Answer {
    let body = json!({"user_ids": users, "check_date_from": from, "check_date_to": to});
    caller.post(&format!("/user_tasks/query?{TYPE}{more}"), body)
}

fn pair(on: &str, off: &str) -> (String, String) {
    (on.to_owned(), off.to_owned())
}

#[test]
fn more_than_50_people_are_1220001() {
    ask(&office(), json!(vec!["e1"; 51]), 20260304, 20260304, "")
        .refused(400, 1_220_001, "user_ids");
}

#[test]
fn more_than_30_days_are_1220001() {
    let caller = office();
    ask(&caller, json!(["e1"]), 20260201, 20260302, "").ok();
    ask(&caller, json!(["e1"]), 20260201, 20260303, "").refused(
        400,
        1_220_001,
        "interval is larger than 30",
    );
    caller
        .sandbox
        .switch(|switches| switches.guesses.thirty_one_days_pass = true);
    ask(&caller, json!(["e1"]), 20260201, 20260303, "").ok();
}

#[test]
fn days_after_tomorrow_or_before_the_tenant_began_are_1220001() {
    let mut seed = seed();
    seed["began"] = json!(20260302);
    let caller = with(seed);
    ask(&caller, json!(["e1"]), 20260306, 20260306, "").refused(
        400,
        1_220_001,
        "later than tomorrow",
    );
    ask(&caller, json!(["e1"]), 20260301, 20260304, "").refused(400, 1_220_001, "began");
    ask(&caller, json!(["e1"]), 20260302, 20260305, "").ok();
}

#[test]
fn an_unknown_or_hidden_person_refuses_the_call() {
    let caller = office();
    ask(&caller, json!(["e1", "ghost"]), 20260304, 20260304, "").refused(400, 1_220_004, "");
    ask(
        &caller,
        json!(["e1", "hidden"]),
        20260304,
        20260304,
        "&ignore_invalid_users=false",
    )
    .refused(400, 1_220_004, "");
}

#[test]
fn with_ignore_invalid_users_the_others_are_answered() {
    let users = json!(["ghost", "e1", "hidden"]);
    let data = ask(
        &office(),
        users,
        20260304,
        20260304,
        "&ignore_invalid_users=true",
    )
    .ok();
    assert_eq!(data["invalid_user_ids"], json!(["ghost"]));
    assert_eq!(data["unauthorized_user_ids"], json!(["hidden"]));
    assert_eq!(data["user_task_results"].as_array().unwrap().len(), 1);
}

#[test]
fn an_id_that_was_reused_means_the_present_holder_or_all() {
    let mut seed = seed();
    seed["users"][0]["left"] = json!(20260302);
    seed["users"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "e1", "name": "Younger"}));
    let caller = with(seed);
    let names = |more: &str| {
        let data = ask(&caller, json!(["e1"]), 20260302, 20260302, more).ok();
        let rows = data["user_task_results"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["employee_name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(""), ["Younger"]);
    assert_eq!(names("&include_terminated_user=true"), ["One", "Younger"]);
}

#[test]
fn of_leavers_only_the_last_holder_answers() {
    let mut seed = seed();
    seed["users"][0]["left"] = json!(20260303);
    let caller = with(seed);
    let data = ask(&caller, json!(["e1"]), 20260303, 20260304, "").ok();
    assert_eq!(data["user_task_results"].as_array().unwrap().len(), 1);
}

#[test]
fn somebody_in_no_group_has_group_1_and_shift_9() {
    let row = result(&office(), "nobody", 20260304);
    assert_eq!(
        (row["group_id"].clone(), row["shift_id"].clone()),
        (json!("1"), json!("9"))
    );
}

#[test]
fn a_rest_day_asks_for_nothing_and_shows_punches() {
    let caller = office();
    caller.sandbox.punch("e1", at(1, 10, 0));
    let row = result(&caller, "e1", 20260301);
    assert_eq!(row["shift_id"], "0");
    assert_eq!(row["records"].as_array().unwrap().len(), 1);
    let record = &row["records"][0];
    assert_eq!(record["check_in_result"], "NoNeedCheck");
    assert_eq!(record["check_out_result"], "NoNeedCheck");
    assert_eq!(
        record["check_in_record"]["check_time"],
        at(1, 10, 0).to_string()
    );
    assert_eq!(record["check_out_record_id"], "");
}

#[test]
fn tomorrow_has_a_row_without_records() {
    let row = result(&office(), "e1", 20260305);
    assert_eq!(row["records"], json!([]));
    assert_eq!(row["shift_id"], "7001");
}

#[test]
fn today_without_a_punch_is_open_and_has_no_record() {
    let mut caller = office();
    let record = result(&caller, "e1", 20260304)["records"][0].clone();
    assert_eq!(record["check_in_result"], "Todo");
    assert_eq!(record["check_in_record_id"], "");
    assert!(record.get("check_in_record").is_none());
    caller.sandbox.set_now(at(4, 21, 0));
    caller.renew();
    assert_eq!(verdicts(&caller, "e1", 20260304), pair("Lack", "Lack"));
}

#[test]
fn of_several_punches_the_first_on_and_the_last_off_are_shown() {
    let caller = office();
    for (hour, minute) in [(9, 30), (8, 50), (18, 10), (17, 0)] {
        caller.sandbox.punch("e1", at(3, hour, minute));
    }
    let record = result(&caller, "e1", 20260303)["records"][0].clone();
    assert_eq!(
        record["check_in_record"]["check_time"],
        at(3, 8, 50).to_string()
    );
    assert_eq!(
        record["check_out_record"]["check_time"],
        at(3, 18, 10).to_string()
    );
    assert_eq!(record["check_in_shift_time"], at(3, 9, 0).to_string());
}

#[test]
fn every_segment_has_its_record_and_may_pass_midnight() {
    let caller = office();
    let row = json!({"group_id": SCHEDULED, "shift_id": SPLIT_SHIFT, "month": 202603, "user_id": "s1", "day_no": 2});
    let path = format!("/user_daily_shifts/batch_create?{TYPE}");
    caller
        .post(
            &path,
            json!({"user_daily_shifts": [row], "operator_id": "boss"}),
        )
        .ok();
    for (day, hour, minute) in [(2, 7, 59), (2, 11, 50), (2, 20, 1), (3, 2, 0)] {
        caller.sandbox.punch("s1", at(day, hour, minute));
    }
    let records = result(&caller, "s1", 20260302)["records"].clone();
    let sides: Vec<&str> = records
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|record| {
            ["check_in_result", "check_out_result"].map(|name| record[name].as_str().unwrap())
        })
        .collect();
    assert_eq!(sides, ["Normal", "Early", "Late", "Normal"]);
}

#[test]
fn a_free_group_may_have_several_pairs_with_the_same_times() {
    let caller = office();
    let mut body = group("Free", &["e1"]);
    body["group_type"] = json!(3);
    body["punch_day_shift_ids"] = json!([]);
    body["free_punch_cfg"] =
        json!({"free_start_time": "7:00", "free_end_time": "22:00", "punch_day": 1111100});
    let body = json!({"group": body, "operator_id": "boss"});
    caller
        .post("/groups?employee_type=employee_id&dept_type=open_id", body)
        .ok();
    for hour in [9, 10, 11] {
        caller.sandbox.punch("e1", at(4, hour, 0));
    }
    let records = result(&caller, "e1", 20260304)["records"].clone();
    assert_eq!(records.as_array().unwrap().len(), 2);
    assert_eq!(
        records[0]["check_in_shift_time"],
        records[1]["check_in_shift_time"]
    );
    assert_eq!(records[1]["check_out_result"], "Todo");
}

#[test]
fn overtime_is_added_on_request_and_shares_the_punch_of_a_touching_shift() {
    let caller = office();
    let body = json!({"user_approval": {"user_id": "e1", "date": "20260303", "overtime_works": [
        {"duration": 2.0, "unit": 2, "category": 1, "type": 0, "start_time": "2026-03-03 18:00:00", "end_time": "2026-03-03 20:00:00"},
    ]}});
    caller.post(&format!("/user_approvals?{TYPE}"), body).ok();
    for (hour, minute) in [(9, 0), (20, 0)] {
        caller.sandbox.punch("e1", at(3, hour, minute));
    }
    let body = json!({"user_ids": ["e1"], "check_date_from": 20260303, "check_date_to": 20260303, "need_overtime_result": true});
    let data = caller.post(&format!("/user_tasks/query?{TYPE}"), body).ok();
    let records = &data["user_task_results"][0]["records"];
    assert_eq!(
        (
            records[0]["task_shift_type"].clone(),
            records[1]["task_shift_type"].clone()
        ),
        (json!(0), json!(1))
    );
    assert_eq!(
        records[1]["check_in_record_id"],
        records[0]["check_out_record_id"]
    );
    assert_eq!(records[1]["check_out_result"], "Normal");
    assert_eq!(
        result(&caller, "e1", 20260303)["records"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    caller.sandbox.own_overtime("e1", 20260303);
    let body = json!({"user_ids": ["e1"], "check_date_from": 20260303, "check_date_to": 20260303, "need_overtime_result": true});
    let data = caller.post(&format!("/user_tasks/query?{TYPE}"), body).ok();
    assert_eq!(
        data["user_task_results"][0]["records"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_field_punch_that_waits_is_pending_approval() {
    let caller = office();
    caller.sandbox.punch_outside("e1", at(4, 9, 0));
    let record = result(&caller, "e1", 20260304)["records"][0].clone();
    assert_eq!(record["check_in_record"]["check_result"], "PendingApproval");
    assert_eq!(record["check_in_result_supplement"], "FieldPunch");
    caller.sandbox.punch("e2", at(4, 9, 0));
    let record = result(&caller, "e2", 20260304)["records"][0].clone();
    assert_eq!(record["check_in_record"]["check_result"], "");
}

#[test]
fn a_punch_is_judged_by_the_limits_of_its_shift() {
    // Late from 10, seriously from 40, missing from 60 minutes on; early from 10, missing from 60.
    for (on, off, expected) in [
        ((9, 10), (17, 50), pair("Normal", "Normal")),
        ((9, 11), (17, 49), pair("Late", "Early")),
        ((9, 40), (17, 0), pair("Late", "Early")),
        ((9, 41), (16, 59), pair("SeriousLate", "Lack")),
        ((10, 1), (20, 0), pair("Lack", "Normal")),
        ((7, 59), (20, 1), pair("Lack", "Lack")),
    ] {
        let caller = office();
        caller.sandbox.punch("e1", at(3, on.0, on.1));
        caller.sandbox.punch("e1", at(3, off.0, off.1));
        assert_eq!(
            verdicts(&caller, "e1", 20260303),
            expected,
            "{on:?} {off:?}"
        );
    }
}

#[test]
fn times_are_those_of_the_groups_zone() {
    let caller = office();
    let mut body = group("Tokyo", &["e1"]);
    body["time_zone"] = json!("Asia/Tokyo");
    let body = json!({"group": body, "operator_id": "boss"});
    caller
        .post("/groups?employee_type=employee_id&dept_type=open_id", body)
        .ok();
    let record = result(&caller, "e1", 20260304)["records"][0].clone();
    assert_eq!(record["check_in_shift_time"], at(4, 8, 0).to_string());
}

#[test]
fn a_user_token_without_ids_answers_the_callers_own_results() {
    let mut caller = office();
    let code = caller.sandbox.authorization_code("e2");
    let body = json!({
        "grant_type": "authorization_code", "code": code,
        "client_id": caller.sandbox.app_id(), "client_secret": caller.sandbox.app_secret(),
    });
    let answer = caller
        .raw(
            "POST",
            "/open-apis/authen/v2/oauth/token",
            &[],
            body.to_string().as_bytes(),
        )
        .unwrap();
    caller.token = answer.json["access_token"].as_str().unwrap().to_owned();
    let own = json!({"user_ids": [], "check_date_from": 20260304, "check_date_to": 20260304});
    let path = "/user_tasks/query?employee_type=employee_no";
    let data = caller.post(path, own.clone()).ok();
    assert_eq!(data["user_task_results"][0]["user_id"], "1002");
    caller
        .sandbox
        .switch(|switches| switches.user_token_for_own_results = false);
    caller.post(path, own).refused(400, 99_991_668, "");
}

#[test]
fn employee_numbers_are_spoken_when_asked_for() {
    let caller = office();
    import_all(&caller, &[import("e1", at(3, 9, 0))]);
    let body =
        json!({"user_ids": ["1001"], "check_date_from": 20260303, "check_date_to": 20260303});
    let data = caller
        .post("/user_tasks/query?employee_type=employee_no", body)
        .ok();
    let row = &data["user_task_results"][0];
    assert_eq!(
        (row["user_id"].clone(), row["group_id"].clone()),
        (json!("1001"), json!(FIXED))
    );
    assert_eq!(row["records"][0]["check_in_record"]["creator_id"], "1005");
}

#[test]
fn flexible_hours_move_both_ends_of_a_day() {
    let mut seed = seed();
    seed["shifts"][0]["is_flexible"] = json!(true);
    seed["shifts"][0]["flexible_rule"] =
        json!([{"flexible_early_minutes": 30, "flexible_late_minutes": 30}]);
    for (on, off, expected) in [
        ((8, 30), (17, 30), pair("Normal", "Normal")),
        ((9, 30), (18, 30), pair("Normal", "Normal")),
        ((9, 30), (18, 0), pair("Normal", "Early")),
        ((9, 41), (18, 41), pair("Late", "Normal")),
    ] {
        let caller = with(seed.clone());
        caller.sandbox.punch("e1", at(3, on.0, on.1));
        caller.sandbox.punch("e1", at(3, off.0, off.1));
        assert_eq!(
            verdicts(&caller, "e1", 20260303),
            expected,
            "{on:?} {off:?}"
        );
    }
}
