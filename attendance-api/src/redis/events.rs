//! The memory of events in Redis: one key an event, claimed by one worker, and the documents of those that are not handled yet.
//!
//! `event:<id>` is `done` for as long as the event may come again, or the claim of a worker for as long as its lease. The
//! hash `events` keeps the document of each event from its claim to its end, so that after a crash another worker finds it.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redis::cmd;

use super::RedisStore;
use super::link::Failure;
use super::tokens::millis;
use crate::events::{Claim, EventStore, StoreFuture};

/// A document that nobody could handle for so long is given up.
const DOCUMENT_LIFE: Duration = Duration::from_secs(7 * 86_400);

/// 0: claimed; 1: another's; 2: handled.
const CLAIM: &str = "local holder = redis.call('GET', KEYS[1])
if holder == 'done' then return 2 end
if holder and holder ~= ARGV[1] then return 1 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
return 0";

const COMPLETE: &str = "redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('SET', KEYS[1], 'done', 'PX', ARGV[2])
return 0";

/// A claim that ran out may be another's by now.
const RELEASE: &str = "local holder = redis.call('GET', KEYS[1])
if not holder or string.sub(holder, 1, #ARGV[2]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('DEL', KEYS[1])";

impl RedisStore {
    fn on_event(&self, text: &str, event_id: &str) -> redis::Cmd {
        let mut command = cmd("EVAL");
        command
            .arg(text)
            .arg(2)
            .arg(self.key("event", event_id))
            .arg(self.documents());
        command
    }

    fn documents(&self) -> String {
        format!("{}events", self.0.prefix)
    }

    async fn claim_event(
        &self,
        event_id: &str,
        document: &str,
        lease: Duration,
    ) -> Result<Claim, Failure> {
        let mut command = self.on_event(CLAIM, event_id);
        let until = unix_millis().saturating_add(millis(lease));
        command
            .arg(format!("{}:{:016x}", self.0.owner, crate::random::next()))
            .arg(millis(lease))
            .arg(event_id)
            .arg(format!("{until} {document}"));
        Ok(match self.0.link.run::<i64>(&command).await? {
            0 => Claim::New,
            1 => Claim::Busy,
            _ => Claim::Done,
        })
    }

    async fn complete_event(&self, event_id: &str) -> Result<(), Failure> {
        let mut command = self.on_event(COMPLETE, event_id);
        command.arg(event_id).arg(millis(self.0.event_memory));
        self.0.link.run(&command).await
    }

    async fn release_event(&self, event_id: &str) -> Result<(), Failure> {
        let mut command = self.on_event(RELEASE, event_id);
        command.arg(event_id).arg(format!("{}:", self.0.owner));
        self.0.link.run(&command).await
    }

    async fn left_over(&self) -> Result<Vec<String>, Failure> {
        let mut command = cmd("HGETALL");
        command.arg(self.documents());
        let all: HashMap<String, String> = self.0.link.run(&command).await?;
        let now = unix_millis();
        let mut left = Vec::new();
        for (event_id, entry) in all {
            let (until, document) = entry.split_once(' ').unwrap_or(("0", &entry));
            let until = until.parse::<u64>().unwrap_or(0);
            if now >= until.saturating_add(millis(DOCUMENT_LIFE)) {
                tracing::error!(
                    event_id,
                    "nobody could handle an event for a week: it is given up"
                );
                let mut command = cmd("HDEL");
                command.arg(self.documents()).arg(&event_id);
                self.0.link.run::<()>(&command).await?;
            } else if now >= until && self.is_free(&event_id).await? {
                left.push(document.to_owned());
            }
        }
        Ok(left)
    }

    /// Clocks differ: what counts is whether Redis still holds the claim.
    async fn is_free(&self, event_id: &str) -> Result<bool, Failure> {
        let mut command = cmd("EXISTS");
        command.arg(self.key("event", event_id));
        Ok(!self.0.link.run::<bool>(&command).await?)
    }
}

impl EventStore for RedisStore {
    fn claim<'a>(
        &'a self,
        event_id: &'a str,
        document: &'a str,
        lease: Duration,
    ) -> StoreFuture<'a, Claim> {
        Box::pin(async move { Ok(self.claim_event(event_id, document, lease).await?) })
    }

    fn complete<'a>(&'a self, event_id: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move { Ok(self.complete_event(event_id).await?) })
    }

    fn release<'a>(&'a self, event_id: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move { Ok(self.release_event(event_id).await?) })
    }

    fn pending(&self) -> StoreFuture<'_, Vec<String>> {
        Box::pin(async move { Ok(self.left_over().await?) })
    }
}

fn unix_millis() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    millis(since)
}
