//! What the office examples share: a client of the real service or of a sandbox, and the calendar of Shanghai.

#![allow(dead_code, reason = "each example takes what it needs")]

use std::error::Error;
use std::time::SystemTime;

use attendance_api::sandbox::Sandbox;
use attendance_api::{Client, Date, EmployeeType, UnixSeconds};

/// The offset of Asia/Shanghai, which has no summer time.
pub(crate) const SHANGHAI: i64 = 8 * 3600;

/// A client, and the sandbox behind it if there is one.
pub(crate) struct Session {
    pub(crate) client: Client,
    sandbox: Option<Sandbox>,
}

impl Session {
    /// The real service if `FEISHU_APP_ID` is set, otherwise a sandbox.
    pub(crate) async fn open() -> Result<Self, Box<dyn Error>> {
        if std::env::var_os("FEISHU_APP_ID").is_some() {
            let client = Client::builder()
                .env()?
                .employee_type(EmployeeType::EmployeeId)
                .build()?;
            return Ok(Self {
                client,
                sandbox: None,
            });
        }
        let sandbox = Sandbox::start().await?;
        eprintln!(
            "a sandbox at {} (FEISHU_APP_ID is not set)",
            sandbox.base_url()
        );
        Ok(Self {
            client: sandbox.client()?,
            sandbox: Some(sandbox),
        })
    }

    /// The word of the command line at this place, or, for a sandbox, what its tenant has.
    pub(crate) fn word(&self, place: usize, of_sandbox: &str) -> Result<String, Box<dyn Error>> {
        match (std::env::args().nth(place), &self.sandbox) {
            (Some(word), _) => Ok(word),
            (None, Some(_)) => Ok(of_sandbox.to_owned()),
            (None, None) => {
                Err(format!("argument {place} is missing; see the top of the example").into())
            }
        }
    }
}

/// Today in Shanghai.
pub(crate) fn today() -> Result<Date, Box<dyn Error>> {
    let now = UnixSeconds::from(SystemTime::now()).get();
    now.and_then(|seconds| Date::from_days_since_epoch((seconds + SHANGHAI).div_euclid(86_400)))
        .ok_or_else(|| "the clock of this machine is out of range".into())
}

/// A value as text, or a dash.
pub(crate) fn or_dash(value: &Option<impl std::fmt::Display>) -> String {
    value
        .as_ref()
        .map_or_else(|| "-".to_owned(), ToString::to_string)
}
