//! Tokens: apps with their secrets, and the tenant, app and user tokens handed out to them.
//!
//! A token lives two hours. With half an hour or more left the endpoint hands the same one out again; with less it
//! makes a new one, and both work until the old one ends.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use super::answer::{Answer, Failure};
use super::contract::Requirement;
use super::switches::Switches;
use super::text::Scatter;

const LIFE_SECONDS: i64 = 7200;
const RENEW_BELOW_SECONDS: i64 = 1800;

/// The tenant of the sandbox.
pub(crate) const TENANT_KEY: &str = "2f0a5b1c9d3e4876";

/// Who may call, with which secret and which scopes.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) scopes: BTreeSet<String>,
    /// A store app, which needs an app ticket.
    pub(crate) store: bool,
    /// Addresses that may call; empty lets everyone in.
    pub(crate) addresses: Vec<String>,
    pub(crate) ticket: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Tenant,
    App,
    User,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) app: usize,
    pub(crate) user: Option<String>,
    expires: i64,
    revoked: bool,
}

#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) apps: Vec<App>,
    issued: HashMap<String, Token>,
    current: HashMap<(usize, Kind), String>,
    codes: HashMap<String, (usize, String)>,
    refresh: HashMap<String, (usize, String)>,
    resent: Option<String>,
    scatter: Scatter,
}

/// Who calls.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) app: usize,
    /// The employee behind a user token.
    pub(crate) user: Option<String>,
}

impl Tokens {
    pub(crate) fn new(app: App) -> Self {
        Self {
            apps: vec![app],
            issued: HashMap::new(),
            current: HashMap::new(),
            codes: HashMap::new(),
            refresh: HashMap::new(),
            resent: None,
            scatter: Scatter::new(0x746f_6b65),
        }
    }

    /// Finds out who sent this `Authorization` header, or refuses.
    pub(crate) fn caller(
        &self,
        authorization: Option<&str>,
        accepted: &[Requirement],
        now: i64,
    ) -> Result<Caller, Failure> {
        let header = authorization.unwrap_or_default();
        let token = header.strip_prefix("Bearer").unwrap_or(header).trim_start();
        if token.is_empty() {
            return refuse(99_991_661, MISSING);
        }
        let Some(entry) = self.issued.get(token) else {
            return Err(unknown_token(token));
        };
        let takes =
            |scheme: &str| accepted.is_empty() || accepted.iter().any(|one| one.scheme == scheme);
        if entry.revoked || entry.expires <= now {
            return Err(unknown_token(token));
        }
        match entry.kind {
            Kind::Tenant if takes("tenant_access_token") => {}
            Kind::User if takes("user_access_token") => {}
            Kind::Tenant => return refuse(99_991_663, INVALID),
            Kind::User => {
                return refuse(
                    99_991_668,
                    "Invalid access token for authorization. user access token not support",
                );
            }
            Kind::App => return refuse(99_991_664, "Invalid app access token for authorization."),
        }
        Ok(Caller {
            app: entry.app,
            user: entry.user.clone(),
        })
    }

    /// Makes every token handed out so far useless. The next call of the token endpoint makes a new one.
    pub(crate) fn revoke_all(&mut self, keep_handing_out: bool) {
        for token in self.issued.values_mut() {
            token.revoked = true;
        }
        if !keep_handing_out {
            self.current.clear();
        }
    }

    /// The app ticket that is to be sent by event.
    pub(crate) fn take_resent(&mut self) -> Option<String> {
        self.resent.take()
    }

    /// The code of a user who has just agreed on the sign-in page.
    pub(crate) fn authorization_code(&mut self, user: &str) -> String {
        let code = self.scatter.hex(32);
        self.codes.insert(code.clone(), (0, user.to_owned()));
        code
    }

    pub(crate) fn find(&self, id: &str, secret: &str) -> Result<usize, (i64, &'static str)> {
        if id.is_empty() || secret.is_empty() {
            return Err((10_003, "invalid param"));
        }
        let place = self
            .apps
            .iter()
            .position(|app| app.id == id)
            .ok_or((10_014, "app id not exists"))?;
        if self.apps[place].secret == secret {
            Ok(place)
        } else {
            Err((10_015, "app secret invalid"))
        }
    }

    /// The token of this kind with its seconds left.
    fn hand_out(&mut self, app: usize, kind: Kind, now: i64) -> (String, i64) {
        if let Some(text) = self.current.get(&(app, kind)) {
            let left = self.issued[text].expires - now;
            if left >= RENEW_BELOW_SECONDS {
                return (text.clone(), left);
            }
        }
        let letter = if kind == Kind::App { 'a' } else { 't' };
        let text = format!("{letter}-g{}", self.scatter.hex(39).to_uppercase());
        self.issue(&text, kind, app, None, now);
        self.current.insert((app, kind), text.clone());
        (text, LIFE_SECONDS)
    }

    fn issue(&mut self, text: &str, kind: Kind, app: usize, user: Option<String>, now: i64) {
        self.issued.retain(|_, token| token.expires > now);
        self.issued.insert(
            text.to_owned(),
            Token {
                kind,
                app,
                user,
                expires: now.saturating_add(LIFE_SECONDS),
                revoked: false,
            },
        );
    }

    /// Answers the token endpoints; `None` for any other path.
    pub(crate) fn serve(&mut self, operation: &str, body: &[u8], now: i64) -> Answer {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let answer = match operation {
            "auth.tenant_access_token_internal" => self.internal(&body, now, Kind::Tenant),
            "auth.app_access_token_internal" => self.internal(&body, now, Kind::App),
            "auth.app_ticket_resend" => self.resend(&body),
            "auth.app_access_token" => self.store_app(&body, now),
            "auth.tenant_access_token" => self.store_tenant(&body, now),
            _ => return self.oauth(&body, now),
        };
        let value =
            answer.unwrap_or_else(|(code, msg)| json!({ "code": code, "msg": msg, "data": {} }));
        written(200, &value)
    }

    fn app_of(&self, body: &Value) -> Result<usize, (i64, &'static str)> {
        self.find(text(body, "app_id"), text(body, "app_secret"))
    }

    fn internal(
        &mut self,
        body: &Value,
        now: i64,
        kind: Kind,
    ) -> Result<Value, (i64, &'static str)> {
        let app = self.app_of(body)?;
        let (token, left) = self.hand_out(app, Kind::Tenant, now);
        let mut answer = json!({
            "code": 0,
            "msg": "ok",
            "tenant_access_token": token,
            "expire": left,
        });
        if kind == Kind::App {
            answer["app_access_token"] = answer["tenant_access_token"].clone();
        }
        Ok(answer)
    }

    fn resend(&mut self, body: &Value) -> Result<Value, (i64, &'static str)> {
        let app = self.app_of(body)?;
        if !self.apps[app].store {
            return Err((10_016, "not a store app"));
        }
        self.apps[app].ticket = self.scatter.hex(40);
        self.resent = Some(self.apps[app].ticket.clone());
        Ok(json!({ "code": 0, "msg": "success" }))
    }

    fn store_app(&mut self, body: &Value, now: i64) -> Result<Value, (i64, &'static str)> {
        let app = self.app_of(body)?;
        if text(body, "app_ticket").is_empty() || text(body, "app_ticket") != self.apps[app].ticket
        {
            return Err((10_012, "app ticket invalid"));
        }
        let (token, left) = self.hand_out(app, Kind::App, now);
        Ok(json!({ "code": 0, "msg": "success", "app_access_token": token, "expire": left }))
    }

    fn store_tenant(&mut self, body: &Value, now: i64) -> Result<Value, (i64, &'static str)> {
        let app = match self.issued.get(text(body, "app_access_token")) {
            Some(token) if token.kind == Kind::App && token.expires > now && !token.revoked => {
                token.app
            }
            _ => return Err((10_013, "app access token invalid")),
        };
        if text(body, "tenant_key") != TENANT_KEY {
            return Err((10_003, "invalid param"));
        }
        let (token, left) = self.hand_out(app, Kind::Tenant, now);
        Ok(json!({ "code": 0, "msg": "success", "tenant_access_token": token, "expire": left }))
    }

    fn oauth(&mut self, body: &Value, now: i64) -> Answer {
        match self.user_token(body, now) {
            Ok(value) => written(200, &value),
            Err((code, error)) => written(
                400,
                &json!({ "code": code, "error": error, "error_description": "refused by the sandbox" }),
            ),
        }
    }

    fn user_token(&mut self, body: &Value, now: i64) -> Result<Value, (i64, &'static str)> {
        let app = self
            .find(text(body, "client_id"), text(body, "client_secret"))
            .map_err(|_| (20_002, "invalid_client"))?;
        let user = match text(body, "grant_type") {
            "authorization_code" => {
                self.codes
                    .remove(text(body, "code"))
                    .ok_or((20_003, "invalid_grant"))?
                    .1
            }
            "refresh_token" => {
                self.refresh
                    .remove(text(body, "refresh_token"))
                    .ok_or((20_026, "invalid_grant"))?
                    .1
            }
            _ => return Err((20_036, "unsupported_grant_type")),
        };
        let access = format!("u-{}", self.scatter.hex(40));
        let refresh = format!("ur-{}", self.scatter.hex(40));
        self.issue(&access, Kind::User, app, Some(user.clone()), now);
        self.refresh.insert(refresh.clone(), (app, user));
        let scope: Vec<&str> = self.apps[app].scopes.iter().map(String::as_str).collect();
        Ok(json!({
            "code": 0,
            "access_token": access,
            "expires_in": LIFE_SECONDS,
            "refresh_token": refresh,
            "refresh_token_expires_in": 604_800,
            "scope": scope.join(" "),
            "token_type": "Bearer",
        }))
    }
}

/// The operation name of a token endpoint.
pub(crate) fn endpoint(method: &str, path: &str) -> Option<&'static str> {
    if method != "POST" {
        return None;
    }
    Some(
        match path.strip_prefix("/open-apis/")?.trim_end_matches('/') {
            "auth/v3/tenant_access_token/internal" => "auth.tenant_access_token_internal",
            "auth/v3/app_access_token/internal" => "auth.app_access_token_internal",
            "auth/v3/app_ticket/resend" => "auth.app_ticket_resend",
            "auth/v3/app_access_token" => "auth.app_access_token",
            "auth/v3/tenant_access_token" => "auth.tenant_access_token",
            "authen/v2/oauth/token" => "auth.user_access_token",
            _ => return None,
        },
    )
}

/// Refuses a caller whose app lacks every scope that would do.
pub(crate) fn check_scopes(
    app: &App,
    user: bool,
    accepted: &[Requirement],
    switches: &Switches,
) -> Result<(), Failure> {
    let scheme = if user {
        "user_access_token"
    } else {
        "tenant_access_token"
    };
    let mut wanted: Vec<String> = Vec::new();
    for requirement in accepted.iter().filter(|one| one.scheme == scheme) {
        if requirement
            .scopes
            .iter()
            .all(|scope| app.scopes.contains(scope))
        {
            return Ok(());
        }
        for scope in &requirement.scopes {
            if !wanted.contains(scope) {
                wanted.push(scope.clone());
            }
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    Err(Failure::missing_scope(&wanted, user, switches))
}

const MISSING: &str =
    "Missing access token for authorization. Please make a request with token attached.";
const INVALID: &str =
    "Invalid access token for authorization. Please make a request with token attached.";

fn unknown_token(token: &str) -> Failure {
    let code = match token.get(..2) {
        Some("t-") => 99_991_663,
        Some("u-") => 99_991_668,
        Some("a-") => 99_991_664,
        _ if token.starts_with("eyJ") => 99_991_668,
        _ => return Failure::new(400, 99_991_671, "Invalid token: must start with t-/u-"),
    };
    Failure::new(400, code, INVALID)
}

fn refuse<T>(code: i64, message: &str) -> Result<T, Failure> {
    Err(Failure::new(400, code, message))
}

fn written(status: u16, value: &Value) -> Answer {
    let body = serde_json::to_vec(value).expect("a JSON value can always be written");
    Answer::json(status, value["code"].as_i64().unwrap_or_default(), body)
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}
