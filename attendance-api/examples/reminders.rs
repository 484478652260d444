//! A list of yesterday's anomalies: whom to remind, and of what.
//!
//! ```text
//! cargo run -p attendance-api --features sandbox --example reminders [GROUP_ID]
//! ```

mod support;

use std::error::Error;

use attendance_api::common::{DeptType, PunchResult};
use attendance_api::group::MemberClockType;
use attendance_api::user_task::UserTask;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let session = support::Session::open().await?;
    let group = session.word(1, "6919358128597097404")?;
    let members = session
        .client
        .group()
        .list_user(
            group,
            DeptType::OpenDepartmentId,
            MemberClockType::MustPunch,
        )
        .page_size(50)
        .items()
        .try_collect()
        .await?;
    let people: Vec<String> = members.into_iter().map(|member| member.user_id).collect();

    let yesterday = support::today()?
        .plus_days(-1)
        .ok_or("the clock of this machine is out of range")?;
    let collected = session
        .client
        .user_task()
        .query(people, yesterday, yesterday)
        .ignore_invalid_users(true)
        .batches()
        .collect()
        .await;
    let is_complete = collected.is_complete();
    let mut found = 0;
    for task in &collected.items {
        for line in reminders(task) {
            found += 1;
            println!("{line}");
        }
    }
    println!(
        "{yesterday}: {found} reminders, {} people",
        collected.items.len()
    );
    if !is_complete {
        return Err("some results could not be read; the list is not complete".into());
    }
    Ok(())
}

fn reminders(task: &UserTask) -> Vec<String> {
    let name = support::or_dash(&task.employee_name);
    let mut lines = Vec::new();
    for record in &task.records {
        for (side, result) in [
            ("in", &record.check_in_result),
            ("out", &record.check_out_result),
        ] {
            if let Some(what) = result.as_ref().and_then(anomaly) {
                lines.push(format!("{name} ({}): {what}, clock-{side}", task.user_id));
            }
        }
    }
    lines
}

/// What is wrong with a side, in words; nothing for a side that is right, waived or still open.
fn anomaly(result: &PunchResult) -> Option<String> {
    match result {
        PunchResult::Late => Some("late".to_owned()),
        PunchResult::SeriousLate => Some("seriously late".to_owned()),
        PunchResult::Early => Some("left early".to_owned()),
        PunchResult::Lack => Some("no punch".to_owned()),
        PunchResult::Normal
        | PunchResult::NoNeedCheck
        | PunchResult::SystemCheck
        | PunchResult::Todo => None,
        // A result that this version does not know is told, not dropped.
        other => Some(other.to_string()),
    }
}
