//! Statistics: columns, views, cells.

use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::office::{TYPE, at, office, seed, with};

fn body(kind: &str, users: Value) -> Value {
    json!({
        "locale": "en", "stats_type": kind, "start_date": 20260302, "end_date": 20260304, "user_ids": users, "user_id": "boss",
    })
}

fn data(caller: &Caller, body: Value) -> Answer {
    caller.post(&format!("/user_stats_datas/query?{TYPE}"), body)
}

fn view(caller: &Caller, user: &str) -> Value {
    let body = json!({"locale": "en", "stats_type": "month", "user_id": user});
    caller
        .post(&format!("/user_stats_views/query?{TYPE}"), body)
        .ok()["view"]
        .clone()
}

fn cell<'a>(row: &'a Value, code: &str) -> &'a Value {
    row["datas"]
        .as_array()
        .unwrap()
        .iter()
        .find(|cell| cell["code"] == code)
        .unwrap()
}

#[test]
fn without_an_operator_the_text_is_need_user_id() {
    let caller = office();
    let mut body = body("month", json!(["e1"]));
    body.as_object_mut().unwrap().remove("user_id");
    data(&caller, body).refused(400, 1_220_001, "Need user_id");
}

#[test]
fn people_and_days_have_limits() {
    let caller = office();
    data(&caller, body("month", json!(vec!["e1"; 201]))).refused(400, 1_220_001, "user_ids");
    let mut long = body("month", json!(["e1"]));
    long["start_date"] = json!(20260101);
    long["end_date"] = json!(20260131);
    data(&caller, long.clone()).ok();
    long["end_date"] = json!(20260201);
    data(&caller, long).refused(400, 1_220_001, "interval is larger than 31");
    let mut none = body("month", json!([]));
    data(&caller, none.clone()).refused(400, 1_220_001, "user_ids");
    none.as_object_mut().unwrap().remove("user_ids");
    data(&caller, none).refused(400, 1_220_001, "user_ids");
}

#[test]
fn more_than_1000_rows_are_cut_without_a_sign() {
    let mut seed = seed();
    seed["generate_users"] = json!({"count": 200, "departments": ["od-x"]});
    seed["groups"][0]["bind_dept_ids"] = json!(["od-x"]);
    let caller = with(seed);
    let users: Vec<String> = (1..=200).map(|number| format!("u{number}")).collect();
    let mut body = body("daily", json!(users));
    body["start_date"] = json!(20260226);
    let rows = data(&caller, body).ok();
    assert_eq!(rows["user_datas"].as_array().unwrap().len(), 1000);
}

#[test]
fn who_cannot_be_seen_is_listed_and_the_rest_answered() {
    let data = data(&office(), body("month", json!(["ghost", "e1", "hidden"]))).ok();
    assert_eq!(data["invalid_user_list"], json!(["ghost", "hidden"]));
    assert_eq!(data["user_datas"].as_array().unwrap().len(), 1);
}

#[test]
fn days_without_a_group_are_in_no_report() {
    let data = data(&office(), body("daily", json!(["nobody"]))).ok();
    assert_eq!(data["user_datas"], json!([]));
}

#[test]
fn leavers_are_there_only_with_history() {
    let mut seed = seed();
    seed["users"][0]["left"] = json!(20260303);
    let caller = with(seed);
    let mut body = body("daily", json!(["e1"]));
    assert_eq!(data(&caller, body.clone()).ok()["user_datas"], json!([]));
    body["need_history"] = json!(true);
    assert_eq!(
        data(&caller, body).ok()["user_datas"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn a_month_counts_what_the_days_were() {
    let caller = office();
    caller.sandbox.punch("e1", at(2, 9, 30));
    caller.sandbox.punch("e1", at(2, 18, 0));
    caller.sandbox.punch("e1", at(3, 9, 0));
    let data = data(&caller, body("month", json!(["e1"]))).ok();
    let row = &data["user_datas"][0];
    assert_eq!(
        (row["name"].clone(), row["user_id"].clone()),
        (json!("One"), json!("e1"))
    );
    assert_eq!(cell(row, "52201")["value"], "1");
    assert_eq!(cell(row, "52206")["value"], "1");
    assert_eq!(cell(row, "52104")["duration_num"]["hour"], "27");
    assert_eq!(
        cell(row, "2026-03-02")["value"],
        "Late(09:30),Normal(18:00)"
    );
    assert_eq!(
        cell(row, "2026-03-02")["features"][0],
        json!({"key": "Abnormal", "value": "true"})
    );
    assert_eq!(cell(row, "2026-03-04")["value"], "Open(-),Open(-)");
}

#[test]
fn a_day_has_a_row_of_its_own_and_punches_by_segment_and_side() {
    let caller = office();
    caller.sandbox.punch("e1", at(2, 9, 30));
    let data = data(&caller, body("daily", json!(["e1"]))).ok();
    assert_eq!(data["user_datas"].as_array().unwrap().len(), 3);
    let row = &data["user_datas"][0];
    assert_eq!(cell(row, "51502-1-1")["value"], "09:30");
    assert_eq!(cell(row, "51503-1-2")["value"], "Missing");
    assert_eq!(cell(row, "51201")["value"], "20260302");
    assert_eq!(cell(row, "51202")["value"], "Day 09:00-18:00");
}

#[test]
fn a_view_is_replaced_as_a_whole_and_rules_later_queries() {
    let caller = office();
    let before = view(&caller, "boss");
    let id = before["view_id"]
        .as_str()
        .unwrap()
        .replace('+', "%2B")
        .replace('/', "%2F");
    let body = json!({"view": {
        "view_id": before["view_id"], "stats_type": "month", "user_id": "boss",
        "items": [{"code": "522", "child_items": [{"code": "52202", "value": "1"}, {"code": "52201", "value": "0"}]}],
    }});
    let answer = caller.send(
        "PUT",
        &format!("/user_stats_views/{id}?{TYPE}"),
        body.to_string().as_bytes(),
    );
    assert_eq!(answer.ok()["view"]["user_id"], "boss");
    let shown: Vec<String> = view(&caller, "boss")["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|item| item["child_items"].as_array().unwrap().clone())
        .filter(|child| child["value"] == "1")
        .map(|child| child["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(shown, ["50101", "52202"]);
    let data = data(&caller, self::body("month", json!(["e1"]))).ok();
    let codes: Vec<&str> = data["user_datas"][0]["datas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| cell["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["50101", "52202"]);
    assert_eq!(view(&caller, "root"), {
        let mut other = before;
        other["view_id"] = view(&caller, "root")["view_id"].clone();
        other["user_id"] = json!("root");
        other
    });
}

#[test]
fn an_unknown_view_is_1220001() {
    let body =
        json!({"view": {"view_id": "x", "stats_type": "month", "user_id": "boss", "items": []}});
    let answer = office().send(
        "PUT",
        &format!("/user_stats_views/x?{TYPE}"),
        body.to_string().as_bytes(),
    );
    answer.refused(400, 1_220_001, "user_stats_view_id");
}

#[test]
fn fields_list_what_can_be_chosen_with_a_column_a_day() {
    let caller = office();
    let path = format!("/user_stats_fields/query?{TYPE}");
    let body = json!({"locale": "zh", "stats_type": "month", "start_date": 20260302, "end_date": 20260303});
    let data = caller.post(&path, body).ok();
    let fields = data["user_stats_field"]["fields"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(
        fields.last().unwrap()["child_fields"][1],
        json!({"code": "2026-03-03", "title": "2026-03-03 星期二"})
    );
    let body = json!({"locale": "fr", "stats_type": "month", "start_date": 20260302, "end_date": 20260303});
    caller.post(&path, body).refused(400, 1_220_001, "locale");
    let body =
        json!({"locale": "zh", "stats_type": "year", "start_date": 20260302, "end_date": 20260303});
    caller
        .post(&path, body)
        .refused(400, 1_220_001, "stats_type");
}
