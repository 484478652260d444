//! Events that changes cause.

use std::sync::{Arc, Mutex};

use attendance_api::sandbox::EmittedEvent;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::office::{DAY_SHIFT, FIXED, at, import, import_all, office};

fn types(caller: &Caller) -> Vec<String> {
    caller
        .sandbox
        .events()
        .iter()
        .map(|event| event.event_type.clone())
        .collect()
}

#[test]
fn a_punch_raises_both_events_with_their_headers() {
    let caller = office();
    let id = caller.sandbox.punch("e1", at(3, 9, 30));
    assert_eq!(
        types(&caller),
        [
            "attendance.user_task.updated_v1",
            "attendance.user_flow.created_v1"
        ]
    );
    let flow = &caller.sandbox.events()[1];
    assert_eq!(flow.document["schema"], "2.0");
    assert_eq!(flow.document["header"]["event_id"], flow.event_id.as_str());
    assert_eq!(
        flow.document["header"]["token"],
        caller.sandbox.verification_token()
    );
    assert_eq!(flow.document["header"]["app_id"], caller.sandbox.app_id());
    assert_eq!(flow.document["event"]["record_id"], id.as_str());
    assert_eq!(
        flow.document["event"]["check_time"],
        at(3, 9, 30).to_string()
    );
    assert!(flow.document["event"].get("longitude").is_none());
}

#[test]
fn a_side_that_changes_is_told_with_before_and_after() {
    let caller = office();
    caller.sandbox.punch("e1", at(3, 9, 30));
    let event = caller.sandbox.events()[0].document["event"].clone();
    assert_eq!(
        (event["date"].clone(), event["employee_id"].clone()),
        (json!(20260303), json!("e1"))
    );
    assert_eq!(
        (event["group_id"].clone(), event["shift_id"].clone()),
        (json!(FIXED), json!(DAY_SHIFT))
    );
    let expected = json!([{
        "index": 1, "work_type": "on", "before_status": "Lack", "before_supplement": "None",
        "current_status": "Late", "current_supplement": "None",
    }]);
    assert_eq!(event["status_changes"], expected);
}

#[test]
fn a_change_that_changes_nothing_is_not_told() {
    let caller = office();
    caller.sandbox.punch("e1", at(3, 9, 0));
    caller.sandbox.punch("e1", at(3, 9, 5));
    let updates = types(&caller)
        .iter()
        .filter(|name| name.contains("user_task"))
        .count();
    assert_eq!(updates, 1);
}

#[test]
fn imports_raise_events_unless_switched_off() {
    let caller = office();
    import_all(&caller, &[import("e1", at(3, 9, 0))]);
    assert_eq!(types(&caller).len(), 2);
    caller
        .sandbox
        .switch(|switches| switches.guesses.events_for_imports = false);
    import_all(&caller, &[import("e2", at(3, 9, 0))]);
    assert_eq!(types(&caller)[2..], ["attendance.user_task.updated_v1"]);
}

#[test]
fn forms_that_the_sources_disagree_on_are_switches() {
    let caller = office();
    caller.sandbox.switch(|switches| {
        switches.event_index_as_text = true;
        switches.event_positions = true;
    });
    caller.sandbox.punch("e1", at(3, 9, 0));
    let events = caller.sandbox.events();
    assert_eq!(
        events[0].document["event"]["status_changes"][0]["index"],
        "1"
    );
    assert!(events[1].document["event"]["longitude"].is_number());
}

#[test]
fn a_sink_is_told_and_may_ask_the_sandbox() {
    let caller = Arc::new(office());
    let seen: Arc<Mutex<Vec<Value>>> = Arc::default();
    let (kept, asked) = (Arc::clone(&seen), Arc::downgrade(&caller));
    caller.sandbox.on_event(move |event: &EmittedEvent| {
        // No lock is held: the sandbox answers from inside.
        let count = asked
            .upgrade()
            .map_or(0, |caller| caller.sandbox.events().len());
        kept.lock().unwrap().push(json!([event.event_type, count]));
    });
    caller.sandbox.punch("e1", at(3, 9, 0));
    assert_eq!(seen.lock().unwrap().len(), 2);
    assert_eq!(
        seen.lock().unwrap()[0],
        json!(["attendance.user_task.updated_v1", 2])
    );
}
