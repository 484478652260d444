//! Shifts.

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::office::{DAY_SHIFT, SCHEDULED, SPLIT_SHIFT, TYPE, office};

fn shift(name: &str) -> Value {
    json!({
        "shift_name": name,
        "punch_times": 1,
        "punch_time_rule": [{
            "on_time": "9:00", "off_time": "26:00", "late_minutes_as_late": 5, "late_minutes_as_lack": 60,
            "on_advance_minutes": 60, "early_minutes_as_early": 5, "early_minutes_as_lack": 60,
            "off_delay_minutes": 60, "no_need_off": true,
        }],
    })
}

fn create(caller: &Caller, body: Value) -> crate::caller::Answer {
    caller.post(&format!("/shifts?{TYPE}"), body)
}

#[test]
fn create_stores_a_shift_under_a_new_id_of_19_digits() {
    let caller = office();
    let data = create(&caller, shift("Late")).ok();
    let id = data["shift"]["shift_id"].as_str().unwrap();
    assert_eq!(id.len(), 19);
    let read = caller.get(&format!("/shifts/{id}")).ok();
    assert_eq!(read["shift_name"], "Late");
    assert_eq!(read["punch_time_rule"][0]["off_time"], "26:00");
}

#[test]
fn create_with_a_name_in_use_is_1226002() {
    let caller = office();
    create(&caller, shift("Day")).refused(400, 1_226_002, "Shift name has been used");
}

#[test]
fn create_over_a_limit_of_minutes_is_1220001() {
    let caller = office();
    for (name, value) in [("on_advance_minutes", 721), ("off_delay_minutes", 961)] {
        let mut body = shift("Late");
        body["punch_time_rule"][0][name] = json!(value);
        create(&caller, body.clone()).refused(400, 1_220_001, name);
        body["punch_time_rule"][0][name] = json!(value - 1);
        body["shift_name"] = json!(name);
        create(&caller, body).ok();
    }
}

#[test]
fn create_with_a_first_on_that_is_not_needed_is_1220001() {
    let mut body = shift("Late");
    body["punch_time_rule"][0]["no_need_on"] = json!(true);
    create(&office(), body).refused(400, 1_220_001, "no_need_on");
}

#[test]
fn create_flexible_with_day_type_2_is_1220001() {
    let mut body = shift("Late");
    body["is_flexible"] = json!(true);
    body["day_type"] = json!(2);
    create(&office(), body).refused(400, 1_220_001, "day_type");
}

#[test]
fn create_with_a_bad_time_text_is_time_is_invalid() {
    for text in ["nine", "9:75", "48:00"] {
        let mut body = shift("Late");
        body["punch_time_rule"][0]["off_time"] = json!(text);
        create(&office(), body).refused(400, 1_220_600, "time is invalid");
    }
}

#[test]
fn create_takes_the_count_of_pairs_not_punch_times() {
    let mut body = shift("Late");
    body["punch_times"] = json!(3);
    assert_eq!(create(&office(), body).ok()["shift"]["punch_times"], 1);
}

#[test]
fn flags_come_back_inverted() {
    let caller = office();
    let data = create(&caller, shift("Late")).ok();
    assert_eq!(data["shift"]["punch_time_rule"][0]["no_need_off"], true);
    let id = data["shift"]["shift_id"].as_str().unwrap();
    let by_id = caller.get(&format!("/shifts/{id}")).ok();
    let by_name = caller.post("/shifts/query?shift_name=Late", json!({})).ok();
    let listed = caller.get("/shifts?page_size=50").ok();
    let last = listed["shift_list"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    for read in [by_id, by_name, last] {
        assert_eq!(read["punch_time_rule"][0]["no_need_off"], false);
        assert_eq!(read["punch_time_rule"][0]["no_need_on"], true);
    }
}

#[test]
fn an_unknown_id_or_name_is_shift_does_not_exist() {
    let caller = office();
    caller
        .get("/shifts/1")
        .refused(400, 1_220_600, "shift does not exist");
    let answer = caller.post("/shifts/query?shift_name=none", json!({}));
    answer.refused(400, 1_220_600, "shift does not exist");
    caller
        .delete("/shifts/1")
        .refused(400, 1_220_600, "shift does not exist");
}

#[test]
fn list_pages_with_a_token_only_while_there_is_more() {
    let caller = office();
    for number in 0..20 {
        create(&caller, shift(&format!("s{number}"))).ok();
    }
    let first = caller.get("/shifts").ok();
    assert_eq!(first["shift_list"].as_array().unwrap().len(), 10);
    assert_eq!(first["has_more"], true);
    let mut seen = 10;
    let mut token = first["page_token"].as_str().unwrap().to_owned();
    loop {
        let page = caller
            .get(&format!(
                "/shifts?page_size=9&page_token={}",
                token.replace('+', "%2B")
            ))
            .ok();
        seen += page["shift_list"].as_array().unwrap().len();
        if page["has_more"] == false {
            assert!(page.get("page_token").is_none());
            break;
        }
        token = page["page_token"].as_str().unwrap().to_owned();
    }
    assert_eq!(seen, 23);
    caller
        .get("/shifts?page_token=abc")
        .refused(400, 1_220_001, "page_token");
    let of_groups = token.replace('+', "%2B");
    caller
        .get(&format!("/groups?page_token={of_groups}"))
        .refused(400, 1_220_001, "page_token");
}

#[test]
fn delete_of_a_shift_that_a_group_uses_is_refused() {
    let caller = office();
    caller
        .delete(&format!("/shifts/{DAY_SHIFT}"))
        .refused(400, 1_220_600, "shift can not be del");
    caller.get(&format!("/shifts/{DAY_SHIFT}")).ok();
}

#[test]
fn delete_of_a_scheduled_shift_is_refused_from_today_on() {
    let caller = office();
    let row = |day: i64| json!({"user_daily_shifts": [{"group_id": SCHEDULED, "shift_id": SPLIT_SHIFT, "month": 202603, "user_id": "s1", "day_no": day}]});
    let path = format!("/user_daily_shifts/batch_create?{TYPE}");
    caller.post(&path, row(3)).ok();
    caller.post(&path, row(4)).ok();
    caller.delete(&format!("/shifts/{SPLIT_SHIFT}")).refused(
        400,
        1_220_600,
        "shift can not be del",
    );
    caller
        .sandbox
        .switch(|switches| switches.guesses.schedule_holds_shift = false);
    caller.delete(&format!("/shifts/{SPLIT_SHIFT}")).ok();
}

#[test]
fn delete_of_the_default_shift_is_1226003() {
    let caller = office();
    caller.get("/shifts/9").ok();
    caller
        .delete("/shifts/9")
        .refused(400, 1_226_003, "default shift are not allowed to change.");
}

#[test]
fn delete_of_a_free_shift_takes_it_from_get_list_and_query() {
    let caller = office();
    assert_eq!(
        caller.delete(&format!("/shifts/{SPLIT_SHIFT}")).ok(),
        json!({})
    );
    caller
        .get(&format!("/shifts/{SPLIT_SHIFT}"))
        .refused(400, 1_220_600, "");
    caller
        .post("/shifts/query?shift_name=Split", json!({}))
        .refused(400, 1_220_600, "");
    let listed = caller.get("/shifts").ok();
    assert!(!listed.to_string().contains("Split"));
}

#[test]
fn codes_that_are_only_history_are_not_reached() {
    let caller = office();
    assert_ne!(
        caller.delete(&format!("/shifts/{DAY_SHIFT}")).code(),
        1_226_001
    );
    assert_ne!(
        caller
            .get("/groups/1?employee_type=employee_id&dept_type=open_id")
            .code(),
        1_227_000
    );
}
