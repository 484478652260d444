//! Plans the next 30 days of a scheduled group: two days of work, one of rest, and checks what was stored.
//!
//! ```text
//! cargo run -p attendance-api --features sandbox --example schedule_month [GROUP_ID SHIFT_ID OPERATOR_ID]
//! ```

mod support;

use std::error::Error;

use attendance_api::common::DeptType;
use attendance_api::group::MemberClockType;
use attendance_api::user_daily_shift::UserDailyShiftInput;

/// The shift that stands for rest.
const REST: &str = "0";
const DAYS: i64 = 30;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let session = support::Session::open().await?;
    let group = session.word(1, "6737202939523236110")?;
    let shift = session.word(2, "6753520403404030215")?;
    let operator = session.word(3, "2bg4a9be")?;
    let client = &session.client;
    let members = client
        .group()
        .list_user(&group, DeptType::OpenDepartmentId, MemberClockType::All)
        .page_size(50)
        .items()
        .try_collect()
        .await?;
    let people: Vec<String> = members.into_iter().map(|member| member.user_id).collect();

    let today = support::today()?;
    let mut rows = Vec::new();
    for (turn, person) in people.iter().enumerate() {
        for day in 1..=DAYS {
            let date = today.plus_days(day).ok_or("the calendar ends")?;
            let (month, (_, _, number)) = date.year_month().zip(date.ymd()).ok_or("no day")?;
            // People take turns, so that somebody is always there.
            let works = (day + turn as i64) % 3 != 0;
            let shift = if works { shift.as_str() } else { REST };
            rows.push(UserDailyShiftInput::new(
                &group,
                shift,
                month,
                person,
                i64::from(number),
            ));
        }
    }
    let planned = rows.len();
    let written = client
        .user_daily_shift()
        .batch_create(rows)
        .operator_id(operator)
        .batches()
        .collect()
        .await;
    for problem in &written.problems {
        println!(
            "not planned: {} {}: {}",
            problem.subject, problem.detail, problem.meaning
        );
    }
    for part in &written.failed {
        println!("not planned: {part}: {}", part.error);
    }

    let (from, to) = today
        .plus_days(1)
        .zip(today.plus_days(DAYS))
        .ok_or("the calendar ends")?;
    let stored = client
        .user_daily_shift()
        .query(&people, from, to)
        .batches()
        .collect()
        .await
        .strict()?;
    println!(
        "{} of {planned} days of {} people are planned, {from} to {to}",
        stored.len(),
        people.len()
    );
    if !written.is_complete() || stored.len() != planned {
        return Err("the plan is not complete".into());
    }
    Ok(())
}
