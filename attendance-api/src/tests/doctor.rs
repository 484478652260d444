//! The doctor, on answers of a server in each kind of trouble.

use super::sample;
use super::script::{Script, Sent, Step, code};
use crate::error_table::Lang;
use crate::feishu::doctor::{Report, State, Subject};

const GRANT: &str = r#"{"code":0,"msg":"ok","tenant_access_token":"t-1","expire":7200}"#;
const BOT: &str = r#"{"code":0,"msg":"ok","bot":{"activate_status":2,"app_name":"x"}}"#;
const APP: &str = r#"{"code":0,"msg":"ok","data":{"app":{"online_version_id":"oav_1"}}}"#;
const SCOPES: &str = r#"{"code":0,"msg":"ok","data":{"scopes":[{"scope_name":"attendance:rule","grant_status":1},{"scope_name":"attendance:task","grant_status":2}]}}"#;

fn json(body: &str) -> Step {
    Step::Json(200, body.to_owned())
}

fn healthy(sent: &Sent) -> Step {
    match sent.target.split('?').next().unwrap_or_default() {
        "/open-apis/auth/v3/tenant_access_token/internal" => json(GRANT),
        "/open-apis/bot/v3/info" => json(BOT),
        "/open-apis/application/v6/applications/me" => json(APP),
        "/open-apis/application/v6/scopes" => json(SCOPES),
        other => panic!("the doctor asked for {other}"),
    }
}

async fn examine(answer: impl Fn(&Sent) -> Step + Send + Sync + 'static) -> Report {
    let script = Script::answering(answer);
    let client = sample::builder()
        .transport(script)
        .app("cli_a", "the-app-secret")
        .build()
        .unwrap();
    client.doctor().await
}

/// A healthy server but for one path.
async fn but_for(path: &'static str, step: Step) -> Report {
    examine(move |sent| {
        if sent.target.starts_with(path) {
            step.clone()
        } else {
            healthy(sent)
        }
    })
    .await
}

fn bad(report: &Report) -> Vec<Subject> {
    let bad = report
        .findings
        .iter()
        .filter(|finding| finding.state == State::Bad);
    bad.map(|finding| finding.subject).collect()
}

#[tokio::test(start_paused = true)]
async fn a_healthy_application_is_left_in_peace() {
    let report = examine(healthy).await;
    assert!(report.is_healthy(), "{report}");
    assert_eq!(report.findings.len(), 5);
    assert!(
        report.to_string().starts_with("ok       credentials"),
        "{report}"
    );
}

#[tokio::test(start_paused = true)]
async fn wrong_credentials_are_the_first_thing_told() {
    let report = examine(|_| code(200, 10_015, "wrong app secret")).await;
    assert_eq!(bad(&report), [Subject::Credentials]);
    assert!(!format!("{report} {report:?}").contains("the-app-secret"));
}

#[tokio::test(start_paused = true)]
async fn the_other_brand_is_recognized() {
    let report = examine(|sent| match sent.host.as_str() {
        "open.larksuite.com" => healthy(sent),
        _ => code(200, 10_015, "app id not exists"),
    })
    .await;
    assert_eq!(bad(&report), [Subject::Brand]);
    let finding = report.finding(Subject::Brand).unwrap();
    assert!(finding.remedy(Lang::En).contains("Region::Lark"));
}

#[tokio::test(start_paused = true)]
async fn a_denied_address_is_named() {
    let denied = code(400, 99_991_401, "ip 1.2.3.4 is denied by app setting");
    let report = but_for("/open-apis/bot/v3/info", denied).await;
    assert!(bad(&report).contains(&Subject::Address), "{report}");
    assert!(
        report
            .finding(Subject::Address)
            .unwrap()
            .detail
            .contains("1.2.3.4")
    );
}

#[tokio::test(start_paused = true)]
async fn an_application_that_is_off_or_unpublished_is_told() {
    let off = json(r#"{"code":0,"bot":{"activate_status":1}}"#);
    assert_eq!(
        bad(&but_for("/open-apis/bot/v3/info", off).await),
        [Subject::Application]
    );
    let no_bot = code(400, 11_205, "app do not have bot");
    assert_eq!(
        bad(&but_for("/open-apis/bot/v3/info", no_bot).await),
        [Subject::Application]
    );
    for (app, word) in [
        (r#"{"online_version_id":""}"#, "was ever"),
        (r#"{"unaudit_version_id":"1"}"#, "review"),
    ] {
        let answer = json(&format!(r#"{{"code":0,"data":{{"app":{app}}}}}"#));
        let report = but_for("/open-apis/application/v6/applications", answer).await;
        assert_eq!(bad(&report), [Subject::Version]);
        assert!(
            report
                .finding(Subject::Version)
                .unwrap()
                .detail
                .contains(word),
            "{report}"
        );
    }
    let hidden = code(
        400,
        99_991_672,
        "Access denied. [application:application:self_manage]",
    );
    let report = but_for("/open-apis/application/v6/applications", hidden).await;
    assert!(
        report.is_healthy(),
        "what cannot be seen is no problem: {report}"
    );
}

#[tokio::test(start_paused = true)]
async fn missing_scopes_are_told_with_their_operations() {
    let none = json(r#"{"code":0,"data":{"scopes":[]}}"#);
    let report = but_for("/open-apis/application/v6/scopes", none).await;
    assert_eq!(bad(&report), [Subject::Scopes]);
    let finding = report.finding(Subject::Scopes).unwrap();
    assert!(finding.detail.contains("shift.get"), "{report}");
    assert!(finding.remedy(Lang::Zh).contains("attendance:rule"));
}
