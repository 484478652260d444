//! Tokens in Redis: values that end with their time, taken away by value only; a lock that ends by itself.
//!
//! A token is `token:<key>`, the right to renew it `lock:<key>`. What compares and changes is a script, so that nothing
//! comes between the two.

use std::time::Duration;

use redis::{Cmd, cmd};

use super::RedisStore;
use super::link::Failure;
use crate::auth::Secret;
use crate::feishu::{StoreError, StoredToken, TokenStore};
use crate::transport::BoxFuture;

/// The value with the milliseconds that it has left; nothing if it has no end, as then it is not ours.
const GET: &str = "local value = redis.call('GET', KEYS[1])
if not value then return false end
return {value, redis.call('PTTL', KEYS[1])}";

const DELETE_IF_EQUAL: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0";

/// The value is owner and attempt: a command that is sent again, since its connection broke, finds its own lock.
const LOCK: &str = "local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then return 1 end
if holder then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1";

const UNLOCK: &str = "local holder = redis.call('GET', KEYS[1])
if holder and string.sub(holder, 1, #ARGV[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0";

impl RedisStore {
    async fn get_token(&self, key: &str) -> Result<Option<StoredToken>, Failure> {
        let found: Option<(String, i64)> = self
            .0
            .link
            .run(&script(GET, &self.key("token", key)))
            .await?;
        Ok(found.and_then(|(text, millis)| {
            let remaining = Duration::from_millis(u64::try_from(millis).ok()?);
            Some(StoredToken {
                secret: Secret::from(text),
                remaining,
            })
        }))
    }

    async fn put_token(&self, key: &str, token: &StoredToken) -> Result<(), Failure> {
        let mut command = cmd("SET");
        command
            .arg(self.key("token", key))
            .arg(token.secret.expose())
            .arg("PX")
            .arg(millis(token.remaining));
        self.0.link.run(&command).await
    }

    async fn delete_token(&self, key: &str, secret: &Secret) -> Result<(), Failure> {
        let mut command = script(DELETE_IF_EQUAL, &self.key("token", key));
        command.arg(secret.expose());
        self.0.link.run(&command).await
    }

    async fn take_lock(&self, key: &str, owner: &str, time: Duration) -> Result<bool, Failure> {
        let mut command = script(LOCK, &self.key("lock", key));
        command
            .arg(format!("{owner}:{:016x}", crate::random::next()))
            .arg(millis(time));
        self.0.link.run(&command).await
    }

    async fn give_lock(&self, key: &str, owner: &str) -> Result<(), Failure> {
        let mut command = script(UNLOCK, &self.key("lock", key));
        command.arg(format!("{owner}:"));
        self.0.link.run(&command).await
    }
}

impl TokenStore for RedisStore {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
        Box::pin(async move { Ok(self.get_token(key).await?) })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        token: &'a StoredToken,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { Ok(self.put_token(key, token).await?) })
    }

    fn delete_if_equal<'a>(
        &'a self,
        key: &'a str,
        secret: &'a Secret,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { Ok(self.delete_token(key, secret).await?) })
    }

    fn lock<'a>(
        &'a self,
        key: &'a str,
        owner: &'a str,
        time: Duration,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move { Ok(self.take_lock(key, owner, time).await?) })
    }

    fn unlock<'a>(&'a self, key: &'a str, owner: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { Ok(self.give_lock(key, owner).await?) })
    }
}

/// A script on one key. Redis keeps scripts by their text, so that it is read once.
pub(super) fn script(text: &str, key: &str) -> Cmd {
    let mut command = cmd("EVAL");
    command.arg(text).arg(1).arg(key);
    command
}

/// Redis refuses a life of nothing.
pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis())
        .unwrap_or(u64::MAX / 2)
        .max(1)
}
