//! Archive rules and reports.

use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::office::{TYPE, seed, with};

fn archive() -> Caller {
    let mut seed = seed();
    let columns = json!([{"code": "1", "title": "Number", "upper_titles": ["Basics"]}, {"code": "c2", "title": "Days"}]);
    seed["archive_rules"] =
        json!([{"id": "1", "name": "Month", "columns": columns}, {"id": "2", "name": "Other"}]);
    with(seed)
}

fn upload(caller: &Caller, rows: Value) -> Answer {
    let body = json!({"month": "202602", "operator_id": "boss", "archive_rule_id": "1", "archive_report_datas": rows});
    caller.post(&format!("/archive_rule/upload_report?{TYPE}"), body)
}

fn row(member: &str, cells: &[(&str, &str)]) -> Value {
    let cells: Vec<Value> = cells
        .iter()
        .map(|(code, value)| json!({"code": code, "value": value}))
        .collect();
    json!({"member_id": member, "start_time": "20260201", "end_time": "20260228", "field_datas": cells})
}

#[test]
fn more_than_50_rows_or_200_fields_or_none_are_1220001() {
    let caller = archive();
    upload(&caller, json!(vec![row("e1", &[("1", "x")]); 51])).refused(400, 1_220_001, "");
    upload(&caller, json!([row("e1", &[("1", "x"); 201])])).refused(400, 1_220_001, "");
    upload(&caller, json!([row("e1", &[])])).refused(400, 1_220_001, "");
    upload(&caller, json!([])).refused(400, 1_220_001, "");
}

#[test]
fn unknown_codes_and_members_are_told_in_a_success() {
    let caller = archive();
    let rows = json!([
        row("e1", &[("1", "x"), ("zz", "y")]),
        row("ghost", &[("1", "x")])
    ]);
    let data = upload(&caller, rows).ok();
    assert_eq!(
        data,
        json!({"invalid_code": ["zz"], "invalid_member_id": ["ghost"]})
    );
    let cells = caller.sandbox.archived("1", "202602", "e1").unwrap();
    assert_eq!(
        cells.into_iter().collect::<Vec<_>>(),
        [("1".to_owned(), "x".to_owned())]
    );
}

#[test]
fn rows_replace_those_of_the_same_member_and_month() {
    let caller = archive();
    upload(&caller, json!([row("e1", &[("1", "x")])])).ok();
    upload(&caller, json!([row("e1", &[("c2", "5")])])).ok();
    let cells = caller.sandbox.archived("1", "202602", "e1").unwrap();
    assert_eq!(cells.keys().collect::<Vec<_>>(), ["c2"]);
}

#[test]
fn an_unknown_rule_is_archive_rule_id_not_exist() {
    let caller = archive();
    let body = json!({"month": "202602", "operator_id": "boss", "archive_rule_id": "9", "user_ids": ["e1"],
        "archive_report_datas": [row("e1", &[("1", "x")])]});
    for path in ["upload_report", "del_report", "user_stats_fields_query"] {
        let answer = caller.post(&format!("/archive_rule/{path}?{TYPE}"), body.clone());
        answer.refused(400, 1_220_600, "archive_rule_id not exist");
    }
}

#[test]
fn delete_takes_rows_away() {
    let caller = archive();
    upload(&caller, json!([row("e1", &[("1", "x")])])).ok();
    let body = json!({"month": "202602", "operator_id": "boss", "archive_rule_id": "1", "user_ids": ["e1"]});
    assert_eq!(
        caller
            .post(&format!("/archive_rule/del_report?{TYPE}"), body)
            .ok(),
        json!({})
    );
    assert!(caller.sandbox.archived("1", "202602", "e1").is_none());
}

#[test]
fn list_needs_a_page_size_of_1_to_50() {
    let caller = archive();
    caller.get("/archive_rule").refused(400, 99_992_402, "");
    caller
        .get("/archive_rule?page_size=51")
        .refused(400, 99_992_402, "");
    let page = caller.get("/archive_rule?page_size=1").ok();
    assert_eq!(
        (
            page["items"][0]["archive_rule_id"].clone(),
            page["has_more"].clone()
        ),
        (json!("1"), json!(true))
    );
}

#[test]
fn fields_tell_the_columns_of_a_rule() {
    let body =
        json!({"locale": "zh", "month": "202602", "archive_rule_id": "1", "operator_id": "boss"});
    let data = archive()
        .post(
            &format!("/archive_rule/user_stats_fields_query?{TYPE}"),
            body,
        )
        .ok();
    assert_eq!(
        data["archive_report_fields"][0],
        json!({"code": "1", "title": "Number", "upper_titles": ["Basics"]})
    );
}
