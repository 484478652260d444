//! First calls: a group, a shift, a week's results of two people, and an error that says what to do about it.
//!
//! With `FEISHU_APP_ID` and `FEISHU_APP_SECRET` set it reads from the real service; otherwise it starts the embedded sandbox and
//! reads what that holds. It changes nothing.
//!
//! ```text
//! cargo run -p attendance-api --features sandbox --example quickstart
//! cargo run -p attendance-api --features sandbox --example quickstart -- GROUP_ID SHIFT_ID EMPLOYEE_ID EMPLOYEE_ID
//! ```

use std::error::Error as StdError;
use std::fmt::Display;
use std::time::SystemTime;

use attendance_api::common::DeptType;
use attendance_api::sandbox::Sandbox;
use attendance_api::{Client, Date, EmployeeType, Lang, UnixSeconds};

/// What to read.
struct Wanted {
    group_id: String,
    shift_id: String,
    people: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let wanted = Wanted::from_command_line();
    if std::env::var_os("FEISHU_APP_ID").is_some() {
        let client = Client::builder()
            .env()?
            .employee_type(EmployeeType::EmployeeId)
            .build()?;
        return show(&client, &wanted).await;
    }
    let sandbox = Sandbox::start().await?;
    println!("sandbox  {} (FEISHU_APP_ID is not set)", sandbox.base_url());
    show(&sandbox.client()?, &wanted).await
}

impl Wanted {
    fn from_command_line() -> Self {
        let mut words = std::env::args().skip(1);
        let mut next = |sample: &str| words.next().unwrap_or_else(|| sample.to_owned());
        Self {
            group_id: next("6919358128597097404"),
            shift_id: next("6919358778597097404"),
            people: vec![next("abd754f7"), next("52aa1fa1")],
        }
    }
}

async fn show(client: &Client, wanted: &Wanted) -> Result<(), Box<dyn StdError>> {
    let group = client
        .group()
        .get(&wanted.group_id, DeptType::OpenDepartmentId)
        .send()
        .await?;
    println!("group    {}", group.group_name);

    let shift = client.shift().get(&wanted.shift_id).send().await?;
    for rule in &shift.punch_time_rule {
        let (on, off) = (or_dash(&rule.on_time), or_dash(&rule.off_time));
        println!("shift    {}, {on} to {off}", shift.shift_name);
    }
    results(client, &wanted.people).await?;
    mistake(client).await;
    Ok(())
}

/// The last seven days, one line a person, day and stretch of work.
async fn results(client: &Client, people: &[String]) -> Result<(), Box<dyn StdError>> {
    let (from, to) = last_days(7).ok_or("the clock of this machine is out of range")?;
    let (answer, problems) = client
        .user_task()
        .query(people, from, to)
        .ignore_invalid_users(true)
        .send()
        .await?
        .into_parts();

    println!(
        "\n{:<12} {:<10} {:<14} {:<14}",
        "person", "day", "clock-in", "clock-out"
    );
    for task in &answer.user_task_results {
        for record in &task.records {
            println!(
                "{:<12} {:<10} {:<14} {:<14}",
                or_dash(&task.employee_name),
                task.day.to_string(),
                or_dash(&record.check_in_result),
                or_dash(&record.check_out_result),
            );
        }
    }
    for problem in problems {
        println!("{:<12} left out: {}", problem.subject, problem.meaning);
    }
    Ok(())
}

/// Asks for a shift that does not exist.
async fn mistake(client: &Client) {
    println!("\nAnd when something is wrong:");
    match client.shift().get("6919000000000000404").send().await {
        Ok(shift) => println!("there is a shift {}", shift.shift_name),
        Err(error) => {
            println!("error    {error}");
            println!("kind     {:?}", error.kind());
            println!("remedy   {}", error.remedy(Lang::En));
            println!("处理办法 {}", error.remedy(Lang::Zh));
        }
    }
}

fn last_days(days: i64) -> Option<(Date, Date)> {
    let seconds = UnixSeconds::from(SystemTime::now()).get()?;
    let today = seconds.div_euclid(86_400);
    Date::from_days_since_epoch(today - days).zip(Date::from_days_since_epoch(today - 1))
}

fn or_dash(value: &Option<impl Display>) -> String {
    value
        .as_ref()
        .map_or_else(|| "-".to_owned(), ToString::to_string)
}
