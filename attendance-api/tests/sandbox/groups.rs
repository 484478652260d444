//! Groups and their members.

use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::office::{DAY_SHIFT, FIXED, at, group, import, import_all, office, result, verdicts};

const IDS: &str = "employee_type=employee_id&dept_type=open_id";

fn create(caller: &Caller, group: Value) -> Answer {
    create_by(caller, group, "boss")
}

fn create_by(caller: &Caller, group: Value, operator: &str) -> Answer {
    caller.post(
        &format!("/groups?{IDS}"),
        json!({"group": group, "operator_id": operator}),
    )
}

fn read(caller: &Caller, id: &str) -> Value {
    caller.get(&format!("/groups/{id}?{IDS}")).ok()
}

#[test]
fn create_stores_a_group_under_a_new_id() {
    let caller = office();
    let data = create(&caller, group("New", &["nobody"])).ok();
    let id = data["group"]["group_id"].as_str().unwrap();
    assert_eq!(read(&caller, id)["bind_user_ids"], json!(["nobody"]));
}

#[test]
fn create_without_effect_now_rules_from_the_next_day() {
    let caller = office();
    let mut body = group("New", &["nobody"]);
    body["effect_now"] = json!(false);
    let id = create(&caller, body).ok()["group"]["group_id"].clone();
    assert_eq!(result(&caller, "nobody", 20260304)["group_id"], "1");
    assert_eq!(result(&caller, "nobody", 20260305)["group_id"], id);
}

#[test]
fn create_with_effect_now_rules_at_once() {
    let caller = office();
    caller
        .sandbox
        .switch(|switches| switches.guesses.new_group_rules_the_past = false);
    let id = create(&caller, group("New", &["nobody"])).ok()["group"]["group_id"].clone();
    assert_eq!(result(&caller, "nobody", 20260303)["group_id"], "1");
    assert_eq!(result(&caller, "nobody", 20260304)["group_id"], id);
}

#[test]
fn a_fixed_group_needs_seven_days() {
    let caller = office();
    for days in [6, 8] {
        let mut body = group("New", &[]);
        body["punch_day_shift_ids"] = json!(vec![DAY_SHIFT; days]);
        create(&caller, body).refused(400, 1_220_001, "punch_day_shift_ids");
    }
}

#[test]
fn a_plan_for_another_type_is_refused_or_dropped() {
    let caller = office();
    let mut body = group("New", &[]);
    body["group_type"] = json!(2);
    create(&caller, body.clone()).refused(400, 1_220_001, "punch_day_shift_ids");
    caller
        .sandbox
        .switch(|switches| switches.guesses.plan_of_other_types_refused = false);
    create(&caller, body).ok();
}

#[test]
fn a_group_type_that_is_not_listed_is_1220001() {
    let mut body = group("New", &[]);
    body["group_type"] = json!(7);
    create(&office(), body).refused(400, 1_220_001, "group_type");
}

#[test]
fn a_time_zone_that_nobody_knows_is_1220001() {
    let mut body = group("New", &[]);
    body["time_zone"] = json!("Mars/Olympus");
    create(&office(), body).refused(400, 1_220_001, "time_zone");
}

#[test]
fn a_plan_with_an_unknown_shift_is_refused() {
    let mut body = group("New", &[]);
    body["punch_day_shift_ids"][3] = json!("123");
    create(&office(), body).refused(400, 1_220_600, "shift does not exist");
}

#[test]
fn more_than_3000_places_are_refused_also_when_they_add_up() {
    let caller = office();
    let places = |count: usize| vec![json!({"location_name": "x", "location_type": 1}); count];
    let mut body = group("New", &[]);
    body["locations"] = json!(places(3001));
    create(&caller, body.clone()).refused(400, 1_220_600, "env count illegal");
    body["locations"] = json!(places(2000));
    let id = create(&caller, body.clone()).ok()["group"]["group_id"].clone();
    body["group_id"] = id;
    create(&caller, body).refused(400, 1_220_600, "env count illegal");
}

#[test]
fn modify_replaces_everything_but_the_places_which_grow() {
    let caller = office();
    let mut body = group("New", &["nobody"]);
    body["allow_pc_punch"] = json!(true);
    body["locations"] = json!([{"location_name": "a", "location_type": 1}]);
    let id = create(&caller, body).ok()["group"]["group_id"].clone();
    let mut body = group("Changed", &[]);
    body.as_object_mut().unwrap().remove("bind_user_ids");
    body["group_id"] = id.clone();
    body["locations"] = json!([{"location_name": "b", "location_type": 1}]);
    create(&caller, body).ok();
    let read = read(&caller, id.as_str().unwrap());
    assert_eq!(read["group_name"], "Changed");
    assert!(read.get("allow_pc_punch").is_none());
    assert!(read.get("bind_user_ids").is_none());
    assert_eq!(read["locations"].as_array().unwrap().len(), 2);
    assert_eq!(result(&caller, "nobody", 20260304)["group_id"], "1");
}

#[test]
fn modify_of_an_unknown_group_is_rule_not_exist() {
    let mut body = group("New", &[]);
    body["group_id"] = json!("1234");
    create(&office(), body).refused(400, 1_220_600, "rule not exist");
}

#[test]
fn modify_by_somebody_who_does_not_lead_it_is_1220005() {
    let caller = office();
    let mut body = group("New", &["e1"]);
    body["group_id"] = json!(FIXED);
    create_by(&caller, body.clone(), "e2").refused(400, 1_220_005, "No permission");
    assert_eq!(read(&caller, FIXED)["group_name"], "Office");
    create_by(&caller, body, "root").ok();
}

#[test]
fn a_stale_write_can_be_injected_and_repeated() {
    let caller = office();
    let fault =
        attendance_api::sandbox::Fault::default().and_refusal(400, 1_220_600, "no row affected");
    caller.sandbox.fault("group.create", fault);
    create(&caller, group("New", &[])).refused(400, 1_220_600, "no row affected");
    create(&caller, group("New", &[])).ok();
}

#[test]
fn without_api_access_the_operator_must_be_named() {
    let caller = office();
    caller
        .sandbox
        .switch(|switches| switches.operator_required = true);
    let body = json!({"group": group("New", &[])});
    caller
        .post(&format!("/groups?{IDS}"), body)
        .refused(400, 1_220_001, "operator_id");
}

#[test]
fn who_joins_a_second_group_leaves_the_first() {
    let caller = office();
    let id = create(&caller, group("New", &["e1"])).ok()["group"]["group_id"].clone();
    assert_eq!(read(&caller, FIXED)["bind_user_ids"], json!(["e2"]));
    assert_eq!(result(&caller, "e1", 20260304)["group_id"], id);
    assert_eq!(result(&caller, "e1", 20260303)["group_id"], FIXED);
}

#[test]
fn unknown_people_are_1220004_and_wrong_types_1220003() {
    let caller = office();
    create(&caller, group("New", &["ghost"])).refused(400, 1_220_004, "user_id is not exist");
    create(&caller, group("New", &["hidden"])).refused(400, 1_220_004, "user_id is not exist");
    let path = "/groups?employee_type=open_id&dept_type=open_id";
    let body = json!({"group": group("New", &[]), "operator_id": "boss"});
    caller.post(path, body).refused(
        400,
        1_220_003,
        "user_id type is not employee_id or employee_no",
    );
}

#[test]
fn get_speaks_the_identifiers_that_were_asked_for() {
    let caller = office();
    let read = caller
        .get(&format!(
            "/groups/{FIXED}?employee_type=employee_no&dept_type=open_id"
        ))
        .ok();
    assert_eq!(read["bind_user_ids"], json!(["1001", "1002"]));
    assert_eq!(read["except_user_ids"], json!([]));
    assert_eq!(read["need_punch_members"], json!([{}]));
}

#[test]
fn get_of_an_unknown_group_is_rule_not_exist() {
    office()
        .get(&format!("/groups/1?{IDS}"))
        .refused(400, 1_220_600, "rule not exist");
}

#[test]
fn list_tells_only_ids_and_names() {
    let data = office().get("/groups").ok();
    assert_eq!(
        data["group_list"][0],
        json!({"group_id": FIXED, "group_name": "Office"})
    );
    assert_eq!(data["has_more"], false);
}

#[test]
fn search_finds_ten_at_most_latest_change_first() {
    let caller = office();
    for number in 0..12 {
        create(&caller, group(&format!("Team {number}"), &[])).ok();
        caller.sandbox.advance(std::time::Duration::from_secs(1));
    }
    let hits = caller
        .post("/groups/search", json!({"group_name": "Team"}))
        .ok();
    assert_eq!(hits["group_list"].as_array().unwrap().len(), 10);
    assert_eq!(hits["group_list"][0]["group_name"], "Team 11");
    let exact = json!({"group_name": "Team 1", "exactly_matched": true});
    let hits = caller.post("/groups/search", exact).ok();
    assert_eq!(hits["group_list"].as_array().unwrap().len(), 1);
}

#[test]
fn search_sees_a_change_late() {
    let caller = office();
    caller
        .sandbox
        .switch(|switches| switches.search_lag_seconds = 2);
    create(&caller, group("Team", &[])).ok();
    let search = || {
        caller
            .post("/groups/search", json!({"group_name": "Team"}))
            .ok()["group_list"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(search(), 0);
    caller.sandbox.advance(std::time::Duration::from_secs(2));
    assert_eq!(search(), 1);
}

#[test]
fn list_user_expands_departments_and_tells_their_path() {
    let data = office()
        .get(&format!("/groups/8002/list_user?{IDS}&member_clock_type=0"))
        .ok();
    assert_eq!(
        data["users"][0],
        json!({"user_id": "s1", "department_ids": ["od-b", "od-root"]})
    );
    assert_eq!(data["users"].as_array().unwrap().len(), 2);
}

#[test]
fn list_user_pages() {
    let caller = office();
    let page = caller
        .get(&format!(
            "/groups/8002/list_user?{IDS}&member_clock_type=0&page_size=1"
        ))
        .ok();
    assert_eq!(
        (
            page["has_more"].clone(),
            page["users"][0]["user_id"].clone()
        ),
        (json!(true), json!("s1"))
    );
    let token = page["page_token"].as_str().unwrap().replace('+', "%2B");
    let page = caller
        .get(&format!(
            "/groups/8002/list_user?{IDS}&member_clock_type=0&page_size=1&page_token={token}"
        ))
        .ok();
    assert_eq!(
        (
            page["has_more"].clone(),
            page["users"][0]["user_id"].clone()
        ),
        (json!(false), json!("s2"))
    );
}

#[test]
fn list_user_tells_who_must_punch_and_who_need_not() {
    let caller = office();
    let mut body = group("New", &["e1", "e2"]);
    body["no_need_punch_members"] =
        json!([{"rule_scope_type": 2, "scope_group_list": {"member_ids": ["e2"]}}]);
    let id = create(&caller, body).ok()["group"]["group_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let users = |kind: i64| {
        let data = caller
            .get(&format!(
                "/groups/{id}/list_user?{IDS}&member_clock_type={kind}"
            ))
            .ok();
        let ids: Vec<String> = data["users"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["user_id"].as_str().unwrap().to_owned())
            .collect();
        ids.join(" ")
    };
    assert_eq!(
        (users(0), users(1), users(2)),
        ("e1 e2".into(), "e1".into(), "e2".into())
    );
    assert_eq!(
        verdicts(&caller, "e2", 20260304),
        ("NoNeedCheck".into(), "NoNeedCheck".into())
    );
}

#[test]
fn list_user_without_the_capability_can_be_injected() {
    let caller = office();
    for code in [1_220_006, 1_220_007] {
        caller.sandbox.fail_next("group.list_user", 400, code);
        caller
            .get(&format!("/groups/8002/list_user?{IDS}&member_clock_type=0"))
            .refused(400, code, "");
    }
}

#[test]
fn delete_leaves_the_members_in_no_group() {
    let caller = office();
    import_all(&caller, &[import("e1", at(3, 9, 0))]);
    assert_eq!(caller.delete(&format!("/groups/{FIXED}")).ok(), json!({}));
    assert_eq!(result(&caller, "e1", 20260304)["group_id"], "1");
    assert_eq!(result(&caller, "e1", 20260304)["shift_id"], "9");
    assert_eq!(result(&caller, "e1", 20260303)["group_id"], FIXED);
    caller
        .delete(&format!("/groups/{FIXED}"))
        .refused(400, 1_220_600, "rule not exist");
}
