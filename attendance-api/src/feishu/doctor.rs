//! The doctor: why does it not work?
//!
//! A few calls that change nothing, and what their answers say about credentials, brand, allowed
//! addresses, scopes and the state of the application. Each but the token counts against the
//! monthly quota.

use std::fmt;

use serde_json::Value;
use tokio::time::{Duration, Instant};

use super::Region;
use crate::auth::{Credential, Need};
use crate::call::RawCall;
use crate::client::Client;
use crate::error::{Error, ErrorClass};
use crate::error_table::{ErrorCategory, Lang};
use crate::exchange::Http;
use crate::operation::{Method, OperationInfo, TokenKind};

/// What the doctor found.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "read what the doctor found"]
pub struct Report {
    /// One finding for each thing looked at, in the order in which they depend on each other.
    pub findings: Vec<Finding>,
}

/// One thing looked at.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finding {
    /// What was looked at.
    pub subject: Subject,
    /// How it is.
    pub state: State,
    /// What was seen, for people.
    pub detail: String,
    /// What to do, in English; empty if nothing.
    remedy_en: String,
    /// What to do, in Chinese; empty if nothing.
    remedy_zh: String,
    /// The error that told it.
    pub error: Option<Error>,
}

/// What the doctor looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// Id and secret of the application.
    Credentials,
    /// Whether application and server are of one brand.
    Brand,
    /// Whether this machine's address is allowed.
    Address,
    /// Whether the application is on, and has its bot.
    Application,
    /// Whether a version is published.
    Version,
    /// Whether the scopes of the operations are granted.
    Scopes,
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// As it should be.
    Good,
    /// Something must be done.
    Bad,
    /// It could not be seen.
    Unknown,
}

impl Report {
    /// Whether nothing must be done.
    #[must_use]
    #[inline]
    pub fn is_healthy(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.state != State::Bad)
    }

    /// The finding on a subject.
    #[must_use]
    #[inline]
    pub fn finding(&self, subject: Subject) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|finding| finding.subject == subject)
    }

    #[inline]
    fn add(&mut self, subject: Subject, state: State, detail: impl Into<String>) -> &mut Finding {
        self.findings.push(Finding {
            subject,
            state,
            detail: detail.into(),
            remedy_en: String::new(),
            remedy_zh: String::new(),
            error: None,
        });
        self.findings.last_mut().expect("a finding was just added")
    }
}

impl Finding {
    /// What to do; empty if nothing.
    #[must_use]
    #[inline]
    pub fn remedy(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh if !self.remedy_zh.is_empty() => &self.remedy_zh,
            _ => &self.remedy_en,
        }
    }

    #[inline]
    fn advise(&mut self, en: &str, zh: &str) -> &mut Self {
        en.clone_into(&mut self.remedy_en);
        zh.clone_into(&mut self.remedy_zh);
        self
    }

    #[inline]
    fn told_by(&mut self, error: Error) {
        if self.remedy_en.is_empty() {
            error.remedy(Lang::En).clone_into(&mut self.remedy_en);
            error.remedy(Lang::Zh).clone_into(&mut self.remedy_zh);
        }
        self.error = Some(error);
    }
}

impl fmt::Display for Report {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            let mark = match finding.state {
                State::Good => "ok     ",
                State::Bad => "PROBLEM",
                State::Unknown => "unknown",
            };
            writeln!(
                f,
                "{mark}  {:<12} {}",
                finding.subject.name(),
                finding.detail
            )?;
            if !finding.remedy_en.is_empty() {
                writeln!(f, "         {:<12} {}", "", finding.remedy_en)?;
            }
        }
        Ok(())
    }
}

impl Subject {
    #[inline]
    fn name(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Brand => "brand",
            Self::Address => "address",
            Self::Application => "application",
            Self::Version => "version",
            Self::Scopes => "scopes",
        }
    }
}

impl Client {
    /// Looks for what keeps calls from working. Changes nothing.
    #[inline]
    pub async fn doctor(&self) -> Report {
        let mut report = Report {
            findings: Vec::new(),
        };
        if self.credentials(&mut report).await {
            if self.application(&mut report).await {
                self.version(&mut report).await;
            }
            self.scopes(&mut report).await;
        }
        report
    }

    #[inline]
    async fn token_from(&self, http: &Http) -> Result<Option<Credential>, Error> {
        static INFO: OperationInfo = OperationInfo {
            id: "doctor",
            tokens: &[TokenKind::Tenant],
            ..OperationInfo::EMPTY
        };
        let Some(provider) = &self.inner().provider else {
            return Err(crate::auth::no_credential(INFO.tokens));
        };
        let deadline = Instant::now() + Duration::from_secs(30);
        let need = Need {
            operation: &INFO,
            tenant: None,
            http,
            deadline,
        };
        provider.credential(&need).await
    }

    /// Whether there is a token.
    #[inline]
    async fn credentials(&self, report: &mut Report) -> bool {
        let http = &self.inner().http;
        let error = match self.token_from(http).await {
            Ok(_) => {
                report.add(Subject::Credentials, State::Good, "a token was given");
                return true;
            }
            Err(error) => error,
        };
        if !matches!(error.class(), ErrorClass::Auth | ErrorClass::Api) {
            let detail = format!("the server cannot be asked: {error}");
            report
                .add(Subject::Credentials, State::Unknown, detail)
                .told_by(error);
            return false;
        }
        let other = [Region::Feishu, Region::Lark]
            .into_iter()
            .find(|region| region.base_url() != http.base_url() && is_official(http.base_url()));
        if let Some(other) = other
            && self.token_from(&http.at(other.base_url())).await.is_ok()
        {
            let detail = format!("the application belongs to {other:?}");
            let en = format!("Use `.region(Region::{other:?})`.");
            let zh = format!("请使用 `.region(Region::{other:?})`。");
            report
                .add(Subject::Brand, State::Bad, detail)
                .advise(&en, &zh)
                .told_by(error);
            return false;
        }
        report
            .add(Subject::Credentials, State::Bad, error.to_string())
            .told_by(error);
        false
    }

    /// Whether the application answers; false if no further call will.
    #[inline]
    async fn application(&self, report: &mut Report) -> bool {
        let answer = self.look("/open-apis/bot/v3/info").await;
        let error = match answer {
            Ok(answer) => {
                report.add(
                    Subject::Address,
                    State::Good,
                    "this machine's address is allowed",
                );
                bot(report, &answer["bot"]);
                return true;
            }
            Err(error) => error,
        };
        match (error.code().map(|code| code.0), error.category()) {
            (_, Some(ErrorCategory::IpDenied)) => {
                report
                    .add(Subject::Address, State::Bad, error.message().to_owned())
                    .told_by(error);
                false
            }
            (Some(11_205), _) => {
                report.add(
                    Subject::Address,
                    State::Good,
                    "this machine's address is allowed",
                );
                let finding = report.add(Subject::Application, State::Bad, "the bot is off");
                let en = "Switch the bot on in the developer console, and publish a version.";
                finding
                    .advise(en, "请在开发者后台启用机器人能力并发布版本。")
                    .told_by(error);
                true
            }
            _ => {
                report
                    .add(Subject::Application, State::Unknown, error.to_string())
                    .told_by(error);
                true
            }
        }
    }

    #[inline]
    async fn version(&self, report: &mut Report) {
        let answer = self
            .look("/open-apis/application/v6/applications/me?lang=zh_cn")
            .await;
        let app = match &answer {
            Ok(answer) => &answer["data"]["app"],
            Err(error) => {
                let detail = format!("cannot be seen: {}", error.message());
                report.add(Subject::Version, State::Unknown, detail);
                return;
            }
        };
        let has = |name: &str| app[name].as_str().is_some_and(|text| !text.is_empty());
        if has("online_version_id") {
            report.add(Subject::Version, State::Good, "a version is published");
        } else if has("unaudit_version_id") {
            let finding = report.add(
                Subject::Version,
                State::Bad,
                "a version waits for its review",
            );
            finding.advise(
                "Ask an administrator to approve it.",
                "请企业管理员审核该版本。",
            );
        } else {
            let finding = report.add(
                Subject::Version,
                State::Bad,
                "no version was ever published",
            );
            let en = "Create and publish a version in the developer console.";
            finding.advise(en, "请在开发者后台创建并发布版本。");
        }
    }

    #[inline]
    async fn scopes(&self, report: &mut Report) {
        let answer = self.look("/open-apis/application/v6/scopes").await;
        let granted: Vec<String> = match &answer {
            Ok(answer) => {
                let scopes = answer["data"]["scopes"].as_array().into_iter().flatten();
                let granted = scopes.filter(|scope| scope["grant_status"] == 1);
                granted
                    .filter_map(|scope| scope["scope_name"].as_str().map(str::to_owned))
                    .collect()
            }
            Err(error) => {
                let detail = format!("cannot be seen: {}", error.message());
                report.add(Subject::Scopes, State::Unknown, detail);
                return;
            }
        };
        // Some answers shorten the names.
        let has = |scope: &str| {
            granted
                .iter()
                .any(|name| name == scope || scope.ends_with(&format!(":{name}")))
        };
        let operations = self.inner().service.operations;
        let lacking: Vec<&&OperationInfo> = operations
            .iter()
            .filter(|info| !info.scopes.is_empty() && !info.scopes.iter().any(|scope| has(scope)))
            .collect();
        if lacking.is_empty() {
            report.add(
                Subject::Scopes,
                State::Good,
                "every operation has a scope that lets it in",
            );
            return;
        }
        let mut wanted: Vec<&str> = lacking
            .iter()
            .filter_map(|info| info.scopes.first().copied())
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let ids: Vec<&str> = lacking.iter().map(|info| info.id).collect();
        let detail = format!(
            "{} of {} operations lack a scope: {}",
            ids.len(),
            operations.len(),
            ids.join(", ")
        );
        let en = format!(
            "Grant {} and publish a version, if you need these operations.",
            wanted.join(", ")
        );
        let zh = format!("如需这些接口，请开通 {} 并发布版本。", wanted.join("、"));
        report
            .add(Subject::Scopes, State::Bad, detail)
            .advise(&en, &zh);
    }

    /// A whole answer, as these endpoints put their fields in different places.
    #[inline]
    async fn look(&self, path: &str) -> Result<Value, Error> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut call =
            RawCall::new(self, Method::Get, path.to_owned()).token_kind(TokenKind::Tenant);
        if let Some((name, value)) = query.split_once('=') {
            call = call.query(name, value);
        }
        call.send_whole().await
    }
}

#[inline]
fn is_official(base_url: &str) -> bool {
    [Region::Feishu, Region::Lark]
        .iter()
        .any(|region| region.base_url() == base_url)
}

#[inline]
fn bot(report: &mut Report, bot: &Value) {
    let (state, detail) = match bot["activate_status"].as_i64() {
        Some(2) => (State::Good, "the application is on"),
        Some(0) => (State::Bad, "the application is not installed"),
        Some(1) => (State::Bad, "the application is disabled"),
        Some(3) => (State::Bad, "the application is installed, but not enabled"),
        Some(4) => (State::Bad, "the application waits for an upgrade"),
        Some(5) => (State::Bad, "the licence of the application has ended"),
        Some(6) => (State::Bad, "the plan of the organisation has ended"),
        _ => (
            State::Unknown,
            "the state of the application cannot be seen",
        ),
    };
    let finding = report.add(Subject::Application, state, detail);
    if state == State::Bad {
        let en = "Ask an administrator to install and enable the application.";
        finding.advise(en, "请企业管理员安装并启用该应用。");
    }
}
