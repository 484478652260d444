//! Seeds, and the page that shows what grew of them.

use attendance_api::sandbox::{Sandbox, User};
use serde_json::json;

use crate::caller::Caller;
use crate::office::{TYPE, office, result};

#[test]
fn a_sandbox_begins_with_people_a_group_and_punches() {
    let caller = Caller::new();
    let groups = caller.get("/groups").ok();
    assert_eq!(groups["group_list"].as_array().unwrap().len(), 2);
    caller.get("/shifts/6919358778597097404").ok();
    assert_ne!(
        result(&caller, "abd754f7", today(-3))["user_id"],
        json!(null)
    );
}

fn today(offset: i64) -> i64 {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let days = (now.as_secs() as i64 + 8 * 3600).div_euclid(86_400) + offset;
    // Civil from days, by way of the seed's own clock text.
    let sandbox = Sandbox::builder()
        .empty()
        .now(days * 86_400)
        .start_blocking()
        .unwrap();
    let state = Caller::with(sandbox)
        .raw("GET", "/__sandbox/state", &[], b"")
        .unwrap()
        .json;
    let digits: String = state["now"]
        .as_str()
        .unwrap()
        .chars()
        .take(10)
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap()
}

#[test]
fn a_seed_may_be_yaml() {
    let text = "
now: 2026-03-04 12:00:00
users:
  - {id: a1, name: Ann, employee_no: '007'}
groups:
  - {group_name: All, bind_user_ids: [a1], punch_day_shift_ids: ['9', '9', '9', '9', '9', '0', '0']}
punches:
  - {user_id: a1, time: '2026-03-03 09:00'}
";
    let caller = Caller::with(
        Sandbox::builder()
            .seed_yaml(text)
            .unwrap()
            .start_blocking()
            .unwrap(),
    );
    let row = result(&caller, "a1", 20260303);
    assert_eq!(row["records"][0]["check_in_result"], "Normal");
    assert_eq!(row["employee_name"], "Ann");
}

#[test]
fn a_mistake_in_a_seed_is_named_with_its_place() {
    for (seed, expected) in [
        (json!({"user": []}), "`user` is not a member"),
        (json!({"users": [{"name": "x"}]}), "`users[0]`: `id`"),
        (
            json!({"groups": [{"group_name": "g", "punch_day_shift_ids": ["5"]}]}),
            "`groups[0]`: there is no shift 5",
        ),
        (
            json!({"shifts": [{"shift_name": "s", "punch_time_rule": [{"on_time": "x", "off_time": "9:00"}]}]}),
            "`shifts[0]`: a time is wrong",
        ),
        (
            json!({"punches": [{"user_id": "x", "time": "2026-03-03 09:00"}]}),
            "there is no user x",
        ),
        (json!([]), "must be an object"),
    ] {
        let error = Sandbox::builder().seed(seed).start_blocking().unwrap_err();
        assert!(
            error.to_string().contains(expected),
            "{error} lacks {expected}"
        );
    }
    assert!(Sandbox::builder().seed_yaml("a: [").is_err());
}

#[test]
fn people_are_added_later_too() {
    let caller = office();
    caller.sandbox.add_users([User::new("new")
        .name("New")
        .employee_no("77")
        .departments(["od-b"])]);
    let row = result(&caller, "new", 20260304);
    assert_eq!(
        (row["employee_name"].clone(), row["group_id"].clone()),
        (json!("New"), json!("8002"))
    );
}

#[test]
fn filled_punches_are_the_same_in_every_run_and_never_in_the_future() {
    let ask = || {
        let mut seed = crate::office::seed();
        seed["fill_punches"] = json!({"from": 20260223, "to": 20260310});
        let caller = crate::office::with(seed);
        let body = json!({"user_ids": ["e1", "e2"], "check_time_from": "0", "check_time_to": "1800000000"});
        caller.post(&format!("/user_flows/query?{TYPE}"), body).ok()
    };
    let first = ask();
    assert_eq!(first, ask());
    let rows = first["user_flow_results"].as_array().unwrap();
    assert!(rows.len() > 20, "{}", rows.len());
    let latest = rows
        .iter()
        .map(|row| row["check_time"].as_str().unwrap().parse::<i64>().unwrap())
        .max()
        .unwrap();
    assert!(latest <= crate::office::NOW);
}

#[test]
fn the_page_is_static_and_its_state_tells_requests_and_counts() {
    let caller = office();
    caller.get("/shifts/1");
    let page = caller.raw("GET", "/", &[], b"").unwrap();
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    assert!(String::from_utf8_lossy(&page.bytes).contains("/__sandbox/state"));
    let state = caller
        .raw("GET", "/__sandbox/state", &[], b"")
        .unwrap()
        .json;
    assert_eq!(caller.sandbox.requests().len(), 2);
    assert_eq!(state["counts"]["users"], 8);
    assert_eq!(state["now"], "2026-03-04 12:00:00");
    assert_eq!(state["requests"][0]["operation"], "shift.get");
    assert_eq!(state["requests"][0]["code"], 1_220_600);
}
