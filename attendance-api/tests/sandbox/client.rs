//! The crate's own client on the sandbox: what both must read the same way.

use attendance_api::user_daily_shift::UserDailyShiftInput;
use attendance_api::user_flow::UserFlowInput;
use attendance_api::{Date, ErrorKind, YearMonth};

use crate::office::{DAY_SHIFT, SCHEDULED, at, office, seed, with};

#[tokio::test]
async fn rows_lost_inside_a_success_are_problems() {
    let mut seed = seed();
    seed["users"][1]["left"] = 20_260_302.into();
    let caller = with(seed);
    let client = caller.sandbox.client().unwrap();

    let punch = |user: &str| UserFlowInput::new(user, "boss", "gate", at(3, 9, 0), "");
    let answer = client
        .user_flow()
        .batch_create([punch("e1"), punch("e2")])
        .send()
        .await
        .unwrap();
    let subjects: Vec<&str> = answer
        .problems()
        .iter()
        .map(|problem| problem.subject.as_str())
        .collect();
    assert_eq!(subjects, ["e2-boss"]);

    let month = YearMonth::new(2026, 3).unwrap();
    let plan = |user: &str, day| UserDailyShiftInput::new(SCHEDULED, DAY_SHIFT, month, user, day);
    let rows = [plan("s1", 5), plan("e1", 5), plan("e1", 6)];
    let answer = client
        .user_daily_shift()
        .batch_create(rows)
        .send()
        .await
        .unwrap();
    assert!(!answer.is_complete());
    assert!(
        answer
            .problems()
            .iter()
            .all(|problem| problem.subject == "e1"),
        "{:?}",
        answer.problems()
    );

    let answer = client.user_flow().batch_del(["5"]).send().await.unwrap();
    assert!(
        answer
            .problems()
            .iter()
            .any(|problem| problem.subject == "5"),
        "{:?}",
        answer.problems()
    );
}

#[tokio::test]
async fn a_refusal_has_its_kind_and_a_revoked_token_is_renewed() {
    let caller = office();
    let client = caller.sandbox.client().unwrap();
    let error = client.shift().delete(DAY_SHIFT).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ShiftInUse);
    caller.sandbox.revoke_tokens();
    client.shift().get(DAY_SHIFT).send().await.unwrap();
    let error = client.shift().get("1").send().await.unwrap_err();
    let log_id = caller.sandbox.requests().last().unwrap().log_id.clone();
    assert_eq!(error.log_id(), Some(log_id.as_str()));
}

#[tokio::test]
async fn results_come_typed() {
    let caller = office();
    caller.sandbox.punch("e1", at(3, 9, 30));
    let client = caller.sandbox.client().unwrap();
    let day = Date::new(2026, 3, 3).unwrap();
    let answer = client
        .user_task()
        .query(["e1"], day, day)
        .send()
        .await
        .unwrap()
        .strict()
        .unwrap();
    let record = &answer.user_task_results[0].records[0];
    assert_eq!(record.check_in_result.as_ref().unwrap().as_str(), "Late");
    assert_eq!(record.check_in_shift_time.unwrap().get(), Some(at(3, 9, 0)));
    assert!(record.check_out_record.is_none());
}
