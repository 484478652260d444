//! The token endpoints: what they are sent, and what their answers mean.
//!
//! Their fields stand at the top of the answer, not under `data`; a failure may come with HTTP 200.

use serde_json::json;
use tokio::time::Instant;

use super::cache::{FETCH_TIME, Fetched};
use crate::auth::Secret;
use crate::envelope::{Names, judge_members};
use crate::error::{Error, ErrorClass, Result};
use crate::exchange::{Answer, Http};
use crate::operation::{OperationInfo, Service};
use crate::wire::{Field, Json, Members, PLAIN, Slot, View};

pub(crate) const TENANT_INTERNAL: &str = "/open-apis/auth/v3/tenant_access_token/internal";
pub(crate) const APP_STORE: &str = "/open-apis/auth/v3/app_access_token";
pub(crate) const TENANT_STORE: &str = "/open-apis/auth/v3/tenant_access_token";
pub(crate) const TICKET_RESEND: &str = "/open-apis/auth/v3/app_ticket/resend";
pub(crate) const OAUTH: &str = "/open-apis/authen/v2/oauth/token";

static INFO: OperationInfo = OperationInfo {
    id: "token",
    ..OperationInfo::EMPTY
};

/// The members of the answers of all token endpoints.
#[derive(Debug, Default)]
pub(crate) struct Grant {
    pub(crate) tenant_access_token: Option<String>,
    pub(crate) app_access_token: Option<String>,
    pub(crate) access_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
    /// Any JSON: a life that cannot be read is no reason to lose the token.
    pub(crate) expire: Json,
    pub(crate) expires_in: Json,
    pub(crate) refresh_token_expires_in: Json,
    pub(crate) scope: Option<String>,
}

impl Members for Grant {
    const FIELDS: &'static [Field] = &[
        Field("tenant_access_token", PLAIN),
        Field("app_access_token", PLAIN),
        Field("access_token", PLAIN),
        Field("refresh_token", PLAIN),
        Field("expire", PLAIN),
        Field("expires_in", PLAIN),
        Field("refresh_token_expires_in", PLAIN),
        Field("scope", PLAIN),
    ];

    fn slot(&mut self, index: usize) -> Option<&mut dyn Slot> {
        Some(match index {
            0 => &mut self.tenant_access_token,
            1 => &mut self.app_access_token,
            2 => &mut self.access_token,
            3 => &mut self.refresh_token,
            4 => &mut self.expire,
            5 => &mut self.expires_in,
            6 => &mut self.refresh_token_expires_in,
            7 => &mut self.scope,
            _ => return None,
        })
    }

    fn view(&self, _: usize) -> Option<&dyn View> {
        None
    }
}

impl Grant {
    /// One of the tokens, with its life.
    pub(crate) fn token(token: Option<String>, life: &Json) -> Result<Fetched> {
        match token.filter(|token| !token.is_empty()) {
            Some(token) => Ok(Fetched {
                secret: Secret::from(token),
                seconds: seconds(life),
            }),
            None => Err(Error::new(ErrorClass::Auth, "the server gave no token")),
        }
    }
}

/// Whole seconds, as a number or as text.
pub(crate) fn seconds(life: &Json) -> Option<i64> {
    life.as_i64().or_else(|| life.as_str()?.trim().parse().ok())
}

/// Asks a token endpoint once.
pub(crate) async fn ask(http: &Http, path: &str, body: Json) -> Result<Grant> {
    let deadline = Instant::now() + FETCH_TIME;
    let answer = http
        .post_json(path, body.to_string().into_bytes(), deadline)
        .await?;
    read(http.service(), &answer)
}

fn read(service: &'static Service, answer: &Answer) -> Result<Grant> {
    let mut grant = Grant::default();
    let names = Names {
        code: "code",
        message: "msg",
        data: "data",
    };
    judge_members(service, &INFO, &names, answer, &mut grant)?;
    Ok(grant)
}

pub(crate) fn app_body(app_id: &str, app_secret: &Secret) -> Json {
    json!({ "app_id": app_id, "app_secret": app_secret.expose() })
}
