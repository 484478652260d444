//! Turns in Redis: when the last calls of an operation start, by the clock of Redis.
//!
//! `rate:<key>` is the list of the last turns given out, newest first, as many as the limit has; `pause:<key>`, until when
//! there are none. A turn may lie ahead; whoever takes it waits for it.

use std::time::Duration;

use redis::cmd;

use super::RedisStore;
use super::link::Failure;
use super::tokens::{millis, script};
use crate::rate_store::{Rate, RateStore, RateStoreError, Turn};
use crate::transport::BoxFuture;

/// Arguments: calls, then in microseconds: window, distance, how far ahead at most. Numbers of this size must be written out,
/// as Lua would round them. A list that holds more turns than the limit comes from a time of another limit.
const TURN: &str = "local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local calls, window, spacing, latest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local start = math.max(now, tonumber(redis.call('GET', KEYS[2]) or 0))
local last = redis.call('LINDEX', KEYS[1], 0)
if last then start = math.max(start, last + spacing) end
local first = redis.call('LINDEX', KEYS[1], calls - 1)
if first then start = math.max(start, first + window) end
if start - now > latest then return {0, start - now} end
redis.call('LPUSH', KEYS[1], string.format('%.0f', start))
redis.call('LTRIM', KEYS[1], 0, calls - 1)
redis.call('PEXPIRE', KEYS[1], math.ceil((start - now + window) / 1000))
return {1, start - now}";

/// Argument: microseconds. The longer of two pauses holds.
const PAUSE: &str = "local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local till = now + tonumber(ARGV[1])
if tonumber(redis.call('GET', KEYS[1]) or 0) < till then
  redis.call('SET', KEYS[1], string.format('%.0f', till), 'PX', math.ceil((till - now) / 1000))
end
return 0";

impl RedisStore {
    async fn take_turn(&self, key: &str, rate: Rate, latest: Duration) -> Result<Turn, Failure> {
        let mut command = cmd("EVAL");
        command
            .arg(TURN)
            .arg(2)
            .arg(self.key("rate", key))
            .arg(self.key("pause", key));
        command
            .arg(rate.calls)
            .arg(micros(rate.window))
            .arg(micros(rate.spacing))
            .arg(micros(latest));
        let (taken, wait): (bool, u64) = self.0.link.run(&command).await?;
        let wait = Duration::from_micros(wait);
        Ok(if taken {
            Turn::After(wait)
        } else {
            Turn::TooLate(wait)
        })
    }

    async fn pause_turns(&self, key: &str, time: Duration) -> Result<(), Failure> {
        let mut command = script(PAUSE, &self.key("pause", key));
        command.arg(micros(time));
        self.0.link.run(&command).await
    }
}

impl RateStore for RedisStore {
    fn turn<'a>(
        &'a self,
        key: &'a str,
        rate: Rate,
        latest: Duration,
    ) -> BoxFuture<'a, Result<Turn, RateStoreError>> {
        Box::pin(async move { Ok(self.take_turn(key, rate, latest).await?) })
    }

    fn pause<'a>(
        &'a self,
        key: &'a str,
        time: Duration,
    ) -> BoxFuture<'a, Result<(), RateStoreError>> {
        Box::pin(async move { Ok(self.pause_turns(key, time).await?) })
    }
}

/// A thousand years at most, which the numbers of Lua can hold.
fn micros(time: Duration) -> u64 {
    millis(time)
        .min(31_536_000_000_000)
        .saturating_mul(1_000)
        .saturating_add(u64::from(time.subsec_micros() % 1_000))
}
