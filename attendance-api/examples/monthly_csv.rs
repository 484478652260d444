//! The results of a group for a month as CSV, with a progress bar.
//!
//! ```text
//! cargo run -p attendance-api --features sandbox --example monthly_csv [GROUP_ID] > results.csv
//! ```
//!
//! It lists the members page by page and asks for their results in as many calls as the limits need, side by side. What
//! could not be read is told at the end and makes the program fail: a file that only looks complete is worse than none.

mod support;

use std::error::Error;
use std::io::Write;

use attendance_api::common::DeptType;
use attendance_api::group::MemberClockType;
use attendance_api::user_task::{UserTask, UserTaskQuery};
use attendance_api::{Date, FailedBatch, Problem, Progress};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let session = support::Session::open().await?;
    let group = session.word(1, "6919358128597097404")?;
    let mut members = session
        .client
        .group()
        .list_user(group, DeptType::OpenDepartmentId, MemberClockType::All)
        .page_size(50)
        .items();
    let mut people = Vec::new();
    while let Some(member) = members.try_next().await? {
        people.push(member.user_id);
    }

    let (from, to) = last_30_days()?;
    let mut parts = session
        .client
        .user_task()
        .query(people, from, to)
        .ignore_invalid_users(true)
        .batches();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "employee,name,day,shift,part,in,in_result,out,out_result"
    )?;
    let (mut failed, mut left_out) = (Vec::new(), Vec::new());
    while let Some(part) = parts.next().await {
        bar(parts.progress());
        match part {
            Ok(batch) => {
                for task in &batch.data.user_task_results {
                    write_rows(&mut out, task)?;
                }
                left_out.extend(batch.problems);
            }
            Err(part) => failed.push(part),
        }
    }
    eprintln!();
    report(&failed, &left_out)
}

/// Thirty days up to yesterday.
fn last_30_days() -> Result<(Date, Date), Box<dyn Error>> {
    let today = support::today()?;
    let span = today.plus_days(-30).zip(today.plus_days(-1));
    span.ok_or_else(|| "the clock of this machine is out of range".into())
}

fn bar(progress: Progress) {
    const WIDTH: usize = 30;
    let full = WIDTH * progress.done / progress.total.max(1);
    let (done, total) = (progress.done, progress.total);
    eprint!(
        "\r[{}{}] {done} of {total} calls",
        "#".repeat(full),
        " ".repeat(WIDTH - full)
    );
}

fn write_rows(out: &mut impl Write, task: &UserTask) -> std::io::Result<()> {
    for (index, record) in task.records.iter().enumerate() {
        let time = |punch: &Option<attendance_api::user_flow::UserFlow>| {
            let seconds = punch.as_ref().and_then(|punch| punch.check_time?.get());
            seconds.map_or_else(String::new, clock)
        };
        let cells = [
            task.user_id.clone(),
            support::or_dash(&task.employee_name),
            task.day.to_string(),
            support::or_dash(&task.shift_id),
            (index + 1).to_string(),
            time(&record.check_in_record),
            support::or_dash(&record.check_in_result),
            time(&record.check_out_record),
            support::or_dash(&record.check_out_result),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}

/// `HH:MM` in Shanghai.
fn clock(seconds: i64) -> String {
    let of_day = (seconds + support::SHANGHAI).rem_euclid(86_400);
    format!("{:02}:{:02}", of_day / 3600, of_day / 60 % 60)
}

/// A cell that a spreadsheet takes for a formula is made a text.
fn quoted(cell: &str) -> String {
    let guard = if cell.len() > 1 && cell.starts_with(['=', '+', '-', '@']) {
        "'"
    } else {
        ""
    };
    if guard.is_empty() && !cell.contains([',', '"', '\n', '\r']) {
        return cell.to_owned();
    }
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

fn report(
    failed: &[FailedBatch<UserTaskQuery>],
    left_out: &[Problem],
) -> Result<(), Box<dyn Error>> {
    for part in failed {
        eprintln!("not read: {part}: {}", part.error);
    }
    for problem in left_out {
        eprintln!("left out: {}: {}", problem.subject, problem.meaning);
    }
    if failed.is_empty() && left_out.is_empty() {
        return Ok(());
    }
    Err("the file is not complete".into())
}
