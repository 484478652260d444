//! Asks the platform where to connect: app id and secret against the address of one connection.

use reqwest::Url;
use serde_json::Value;
use zeroize::Zeroizing;

use super::error::{ConnectError, ConnectErrorKind};
use super::settings::Settings;
use crate::auth::Secret;

const PATH: &str = "/callback/ws/endpoint";
/// An answer is some hundred bytes long.
const MAX_ANSWER: usize = 64 << 10;

/// Who asks, and whom.
#[derive(Clone)]
pub(super) struct Application {
    pub(super) base_url: Url,
    pub(super) app_id: String,
    pub(super) app_secret: Secret,
}

/// Where to connect, for one time.
pub(super) struct Endpoint {
    /// Holds a ticket: never to be shown.
    pub(super) url: Url,
    /// What pings must carry.
    pub(super) service_id: i32,
    /// Names the connection in logs.
    pub(super) device_id: String,
    /// The server's wishes, if it has told any.
    pub(super) settings: Option<Settings>,
}

/// Gets the address of a new connection.
pub(super) async fn discover(
    http: &reqwest::Client,
    application: &Application,
) -> Result<Endpoint, ConnectError> {
    let url = application
        .base_url
        .join(PATH)
        .map_err(|_| ConnectError::new(ConnectErrorKind::Address, "no base URL"))?;
    let secret = application.app_secret.expose();
    let body = Zeroizing::new(
        serde_json::json!({ "AppID": application.app_id, "AppSecret": secret }).to_string(),
    );
    let request = http
        .post(url)
        .header("content-type", "application/json")
        .header("locale", "zh");
    let mut response = request
        .body(body.as_bytes().to_vec())
        .send()
        .await
        .map_err(transport)?;
    let status = response.status();
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(transport)? {
        if answer.len() + chunk.len() > MAX_ANSWER {
            return Err(ConnectError::new(ConnectErrorKind::Answer, "too long"));
        }
        answer.extend_from_slice(&chunk);
    }
    if status != reqwest::StatusCode::OK {
        return Err(ConnectError::new(ConnectErrorKind::Server, status.as_str()));
    }
    read_answer(&answer)
}

pub(super) fn transport(error: reqwest::Error) -> ConnectError {
    // The address of the connection holds its ticket.
    ConnectError::new(ConnectErrorKind::Transport, "").with_source(error.without_url())
}

fn read_answer(answer: &[u8]) -> Result<Endpoint, ConnectError> {
    let unknown = |what| ConnectError::new(ConnectErrorKind::Answer, what);
    let answer: Value = serde_json::from_slice(answer).map_err(|_| unknown("not JSON"))?;
    let code = match &answer["code"] {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    match code.ok_or_else(|| unknown("no code"))? {
        0 => {}
        code => {
            return Err(ConnectError::new(
                kind_of(code),
                answer["msg"].as_str().unwrap_or_default(),
            )
            .with_code(code));
        }
    }
    let data = &answer["data"];
    let url = data["URL"].as_str().ok_or_else(|| unknown("no URL"))?;
    let url = Url::parse(url).map_err(|_| unknown("a URL that is none"))?;
    let parameter = |name| {
        url.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    Ok(Endpoint {
        service_id: parameter("service_id")
            .and_then(|id| id.parse().ok())
            .unwrap_or_default(),
        device_id: parameter("device_id").unwrap_or_default(),
        settings: data
            .get("ClientConfig")
            .filter(|config| config.is_object())
            .map(Settings::read),
        url: http_url(url)?,
    })
}

fn kind_of(code: i64) -> ConnectErrorKind {
    match code {
        1 | 1_000_040_343 => ConnectErrorKind::Server,
        1_000_040_350 => ConnectErrorKind::TooManyConnections,
        1_000_040_351 => ConnectErrorKind::WrongDomain,
        _ => ConnectErrorKind::Credentials,
    }
}

/// The address for the HTTP request that turns into the connection. Plain only on this machine.
fn http_url(mut url: Url) -> Result<Url, ConnectError> {
    let refused = |what| ConnectError::new(ConnectErrorKind::Address, what);
    let scheme = match url.scheme() {
        "wss" => "https",
        "ws" => "http",
        _ => return Err(refused("neither wss nor ws")),
    };
    url.set_scheme(scheme).map_err(|()| refused("no host"))?;
    check_plain(&url)?;
    Ok(url)
}

/// Refuses plain HTTP to other machines.
pub(super) fn check_plain(url: &Url) -> Result<(), ConnectError> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_local = host == "localhost"
        || host
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    if url.scheme() == "https" || (url.scheme() == "http" && is_local) {
        return Ok(());
    }
    Err(ConnectError::new(
        ConnectErrorKind::Address,
        "not encrypted, and not on this machine",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(answer: &str) -> Option<ConnectErrorKind> {
        read_answer(answer.as_bytes())
            .err()
            .map(|error| error.kind())
    }

    #[test]
    fn a_good_answer_gives_address_ids_and_settings() {
        let answer = r#"{"code":0,"msg":"","data":{"URL":"wss://h.example/ws/v2?fpid=493&device_id=d7&access_key=k&service_id=33554678&ticket=t","ClientConfig":{"ReconnectCount":-1,"ReconnectInterval":120,"ReconnectNonce":30,"PingInterval":90}}}"#;
        let endpoint = read_answer(answer.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            endpoint.url.as_str(),
            "https://h.example/ws/v2?fpid=493&device_id=d7&access_key=k&service_id=33554678&ticket=t"
        );
        assert_eq!(
            (endpoint.service_id, &*endpoint.device_id),
            (33_554_678, "d7")
        );
        assert_eq!(
            endpoint
                .settings
                .map(|settings| settings.ping_interval.as_secs()),
            Some(90)
        );
    }

    #[test]
    fn settings_and_ids_may_be_missing() {
        let answer = r#"{"code":"0","data":{"URL":"ws://127.0.0.1:9/?service_id=99999999999"}}"#;
        let endpoint = read_answer(answer.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((endpoint.service_id, endpoint.settings), (0, None));
    }

    #[test]
    fn refusals_have_their_kinds() {
        use ConnectErrorKind as Kind;
        let cases = [
            (r#"{"code":1,"msg":"busy"}"#, Kind::Server),
            (r#"{"code":1000040343}"#, Kind::Server),
            (r#"{"code":1000040350}"#, Kind::TooManyConnections),
            (
                r#"{"code":1000040351,"msg":"Incorrect domain name"}"#,
                Kind::WrongDomain,
            ),
            (r#"{"code":10003,"msg":"invalid param"}"#, Kind::Credentials),
            ("", Kind::Answer),
            ("[]", Kind::Answer),
            (r#"{"code":0}"#, Kind::Answer),
            (r#"{"code":0,"data":{"URL":"nonsense"}}"#, Kind::Answer),
            (
                r#"{"code":0,"data":{"URL":"ftp://h.example/"}}"#,
                Kind::Address,
            ),
            (
                r#"{"code":0,"data":{"URL":"ws://h.example/"}}"#,
                Kind::Address,
            ),
        ];
        for (answer, expected) in cases {
            assert_eq!(kind(answer), Some(expected), "{answer}");
        }
    }

    #[test]
    fn plain_addresses_are_for_this_machine_only() {
        let is_good = |url: &str| check_plain(&Url::parse(url).expect("a URL")).is_ok();
        assert!(
            is_good("https://h.example/")
                && is_good("http://127.0.0.1:1/")
                && is_good("http://[::1]/")
                && is_good("http://localhost/")
        );
        assert!(
            !is_good("http://h.example/")
                && !is_good("http://127.0.0.1.example/")
                && !is_good("ftp://localhost/")
        );
    }
}
