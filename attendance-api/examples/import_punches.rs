//! Imports punches from a CSV file, and may be run again after an interruption.
//!
//! ```text
//! cargo run -p attendance-api --features sandbox --example import_punches FILE CREATOR_ID
//! ```
//!
//! A line is `employee id,seconds since 1970,place`. Every punch gets a key made of its own content, so a second run does
//! not double what the first one stored. The service may refuse a whole batch for one key that it knows; then the punches
//! of that batch go one by one, and those that are there already count as done.

mod support;

use std::error::Error;

use attendance_api::user_flow::UserFlowInput;
use attendance_api::{Client, ErrorKind};

/// What became of the lines.
#[derive(Default)]
struct Tally {
    stored: usize,
    there: usize,
    failed: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let session = support::Session::open().await?;
    let file = session.word(1, "")?;
    let creator = session.word(2, "2bg4a9be")?;
    let text = if file.is_empty() {
        sample()?
    } else {
        std::fs::read_to_string(&file)?
    };
    let rows = rows(&text, &creator)?;
    // The second run shows that nothing is doubled.
    for run in 1..=if file.is_empty() { 2 } else { 1 } {
        let tally = import(&session.client, &rows).await;
        println!(
            "run {run}: {} stored, {} there already, {} failed",
            tally.stored,
            tally.there,
            tally.failed.len()
        );
        for failure in &tally.failed {
            println!("  {failure}");
        }
        if !tally.failed.is_empty() {
            return Err("not every punch was imported".into());
        }
    }
    Ok(())
}

/// Three days of two people, for a sandbox.
fn sample() -> Result<String, Box<dyn Error>> {
    let today = support::today()?.days_since_epoch().ok_or("no day")?;
    let mut lines = String::new();
    for day in today - 3..today {
        for person in ["abd754f7", "52aa1fa1"] {
            for hour in [9, 18] {
                let seconds = day * 86_400 + hour * 3600 - support::SHANGHAI;
                lines.push_str(&format!("{person},{seconds},north gate\n"));
            }
        }
    }
    Ok(lines)
}

fn rows(text: &str, creator: &str) -> Result<Vec<UserFlowInput>, Box<dyn Error>> {
    let mut rows = Vec::new();
    for (index, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let mut cells = line.splitn(3, ',').map(str::trim);
        let (Some(person), Some(time), Some(place)) = (cells.next(), cells.next(), cells.next())
        else {
            return Err(format!("line {}: three cells are needed", index + 1).into());
        };
        let seconds: i64 = time
            .parse()
            .map_err(|_| format!("line {}: `{time}` is no time", index + 1))?;
        let row = UserFlowInput::new(person, creator, place, seconds, "import")
            .idempotent_id(format!("import-{person}-{seconds}"));
        rows.push(row);
    }
    Ok(rows)
}

async fn import(client: &Client, rows: &[UserFlowInput]) -> Tally {
    let mut tally = Tally::default();
    for batch in rows.chunks(50) {
        match store(client, batch, &mut tally).await {
            Err(error) if error.kind() == ErrorKind::ObjectAlreadyExists => {
                for row in batch.chunks(1) {
                    one_by_one(client, row, &mut tally).await;
                }
            }
            Err(error) => tally.failed.push(error.to_string()),
            Ok(()) => {}
        }
    }
    tally
}

async fn one_by_one(client: &Client, row: &[UserFlowInput], tally: &mut Tally) {
    match store(client, row, tally).await {
        Err(error) if error.kind() == ErrorKind::ObjectAlreadyExists => tally.there += 1,
        Err(error) => tally.failed.push(error.to_string()),
        Ok(()) => {}
    }
}

/// A success may hide rows that were not taken.
async fn store(
    client: &Client,
    rows: &[UserFlowInput],
    tally: &mut Tally,
) -> attendance_api::Result<()> {
    let answer = client
        .user_flow()
        .batch_create(rows.to_vec())
        .send()
        .await?;
    tally.stored += rows.len() - answer.problems().len();
    let lost = answer.problems().iter();
    tally
        .failed
        .extend(lost.map(|problem| format!("{} {}", problem.subject, problem.meaning)));
    Ok(())
}
