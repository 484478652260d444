//! What the server says about pings and reconnecting, within bounds, and the pauses that follow from it.

use std::time::Duration;

use serde_json::Value;

/// The settings of a connection. Each value of the server is clamped: it is a wish of the other side, not an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Settings {
    /// Tries after a loss; `None` is without end.
    reconnect_count: Option<u32>,
    reconnect_interval: Duration,
    reconnect_nonce: Duration,
    pub(super) ping_interval: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reconnect_count: None,
            reconnect_interval: Duration::from_secs(120),
            reconnect_nonce: Duration::from_secs(30),
            ping_interval: Duration::from_secs(120),
        }
    }
}

impl Settings {
    /// The settings of a `ClientConfig`; what is missing or odd keeps its default.
    pub(super) fn read(config: &Value) -> Self {
        let default = Self::default();
        let seconds = |name: &str, default: Duration, least: u64, most: u64| match config
            .get(name)
            .and_then(Value::as_i64)
        {
            Some(seconds) => Duration::from_secs(seconds.clamp(least as i64, most as i64) as u64),
            None => default,
        };
        Self {
            reconnect_count: config
                .get("ReconnectCount")
                .and_then(Value::as_i64)
                .filter(|count| *count >= 0)
                .map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
            reconnect_interval: seconds("ReconnectInterval", default.reconnect_interval, 1, 600),
            reconnect_nonce: seconds("ReconnectNonce", default.reconnect_nonce, 0, 300),
            ping_interval: seconds("PingInterval", default.ping_interval, 1, 600),
        }
    }

    /// After how long without a sign of life the connection counts as dead.
    pub(super) fn patience(&self) -> Duration {
        self.ping_interval * 2 + Duration::from_secs(10)
    }
}

/// Counts tries, and says how long to wait before the next one.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Tries that failed since the last connection.
    tries: u32,
    /// Connections in a row that broke without having brought anything.
    barren: u32,
}

/// The longest pause, unless the server wishes a longer one.
const MAX_PAUSE: Duration = Duration::from_secs(600);

impl Pace {
    /// A connection broke. `settings` are the server's; `random` is in `0.0..1.0`. `None`: give up.
    pub(super) fn lost(
        &mut self,
        settings: &Settings,
        was_barren: bool,
        random: f64,
    ) -> Option<Duration> {
        self.tries = 0;
        self.barren = if was_barren {
            self.barren.saturating_add(1)
        } else {
            0
        };
        if settings.reconnect_count == Some(0) {
            return None;
        }
        let spread = settings.reconnect_nonce.mul_f64(random);
        // A server that accepts and hangs up at once must not be called in a tight loop, whatever it wishes.
        let floor = match self.barren {
            0 => Duration::ZERO,
            barren => {
                grown(Duration::from_millis(100), barren - 1, MAX_PAUSE).mul_f64(0.5 + random / 2.0)
            }
        };
        Some(spread.max(floor))
    }

    /// A try to connect failed. `settings` are the server's, if it has told any. `None`: give up.
    pub(super) fn failed(&mut self, settings: Option<&Settings>, random: f64) -> Option<Duration> {
        self.tries = self.tries.saturating_add(1);
        let pause = match settings {
            Some(settings)
                if settings
                    .reconnect_count
                    .is_some_and(|count| self.tries >= count) =>
            {
                return None;
            }
            Some(settings) => grown(settings.reconnect_interval, self.tries - 1, MAX_PAUSE),
            None => grown(
                Duration::from_secs(1),
                self.tries - 1,
                Settings::default().reconnect_interval,
            ),
        };
        Some(pause.mul_f64(1.0 + random / 4.0))
    }
}

fn grown(start: Duration, doublings: u32, most: Duration) -> Duration {
    start
        .saturating_mul(1 << doublings.min(20))
        .min(most.max(start))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn settings_are_taken_over_within_bounds() {
        let usual = json!({"ReconnectCount": 3, "ReconnectInterval": 20, "ReconnectNonce": 5, "PingInterval": 90});
        let read = Settings::read(&usual);
        assert_eq!(
            (read.reconnect_count, read.reconnect_interval),
            (Some(3), seconds(20))
        );
        assert_eq!(
            (read.reconnect_nonce, read.ping_interval),
            (seconds(5), seconds(90))
        );
        for odd in [
            json!(null),
            json!([]),
            json!({}),
            json!({"PingInterval": "120", "ReconnectCount": -1}),
        ] {
            assert_eq!(Settings::read(&odd), Settings::default());
        }
        let (low, high) = (i64::MIN, i64::MAX);
        let low = Settings::read(
            &json!({"ReconnectInterval": low, "ReconnectNonce": low, "PingInterval": 0}),
        );
        assert_eq!(
            (
                low.reconnect_interval,
                low.reconnect_nonce,
                low.ping_interval
            ),
            (seconds(1), seconds(0), seconds(1))
        );
        let high = Settings::read(
            &json!({"ReconnectCount": high, "ReconnectInterval": high, "ReconnectNonce": high, "PingInterval": high}),
        );
        assert_eq!(
            (
                high.reconnect_interval,
                high.reconnect_nonce,
                high.ping_interval
            ),
            (seconds(600), seconds(300), seconds(600))
        );
        assert_eq!(high.reconnect_count, Some(u32::MAX));
    }

    #[test]
    fn pauses_grow_from_what_the_server_wishes() {
        let settings = Settings {
            reconnect_interval: seconds(10),
            ..Settings::default()
        };
        let mut pace = Pace::default();
        let pauses: Vec<u64> = (0..9)
            .filter_map(|_| pace.failed(Some(&settings), 0.0))
            .map(|pause| pause.as_secs())
            .collect();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
        let mut unheard = Pace::default();
        let pauses: Vec<u64> = (0..9)
            .filter_map(|_| unheard.failed(None, 0.0))
            .map(|pause| pause.as_secs())
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 120, 120]);
        assert!(pace.failed(Some(&settings), 0.99) > Some(MAX_PAUSE));
    }

    #[test]
    fn the_first_try_after_a_loss_waits_a_random_part_of_the_nonce() {
        let settings = Settings {
            reconnect_nonce: seconds(30),
            ..Settings::default()
        };
        assert_eq!(
            Pace::default().lost(&settings, false, 0.5),
            Some(seconds(15))
        );
        assert_eq!(
            Pace::default().lost(&settings, false, 0.0),
            Some(seconds(0))
        );
    }

    #[test]
    fn connections_that_bring_nothing_are_paced_too() {
        let settings = Settings {
            reconnect_nonce: seconds(0),
            ..Settings::default()
        };
        let mut pace = Pace::default();
        let mut pause = |was_barren| {
            pace.lost(&settings, was_barren, 0.0)
                .map(|pause| pause.as_millis())
        };
        assert_eq!(
            [pause(true), pause(true), pause(true)],
            [Some(50), Some(100), Some(200)]
        );
        assert_eq!([pause(false), pause(true)], [Some(0), Some(50)]);
        assert_eq!((0..40).filter_map(|_| pause(true)).max(), Some(300_000));
    }

    #[test]
    fn a_count_of_tries_is_kept() {
        let twice = Settings {
            reconnect_count: Some(2),
            ..Settings::default()
        };
        let mut pace = Pace::default();
        assert!(pace.lost(&twice, false, 0.0).is_some());
        assert!(pace.failed(Some(&twice), 0.0).is_some());
        assert!(pace.failed(Some(&twice), 0.0).is_none());
        let never = Settings {
            reconnect_count: Some(0),
            ..Settings::default()
        };
        assert!(pace.lost(&never, false, 0.0).is_none());
    }
}
