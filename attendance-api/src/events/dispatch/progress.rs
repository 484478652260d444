//! How far an event has come, and how its sender waits for the end of it.

use tokio::sync::watch;

use super::Outcome;

/// How far an event has come.
#[derive(Debug, Clone, Copy)]
pub(super) enum Progress {
    Queued,
    /// Claimed: it will be handled, now or after a failure.
    Accepted,
    Ended(Outcome),
}

/// Until when the sender of an event is kept waiting, which decides who repeats it after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Until the handler has ended: after a failure Feishu delivers again.
    UntilEnd,
    /// Until the event is claimed: after a failure we try again ourselves.
    #[cfg_attr(
        not(feature = "webhook"),
        allow(dead_code, reason = "only the callback can acknowledge early")
    )]
    UntilAccepted,
}

/// An event that was queued, or was not.
pub(crate) struct Submitted {
    pub(super) progress: Result<watch::Receiver<Progress>, Outcome>,
    pub(super) is_copy: bool,
}

impl Submitted {
    /// Waits for the end of the handler.
    pub(crate) async fn ended(self) -> Outcome {
        self.wait(|progress| match progress {
            Progress::Ended(outcome) => Some(outcome),
            Progress::Queued | Progress::Accepted => None,
        })
        .await
    }

    /// Waits until the event is claimed. `Handled` then stands for "will be handled".
    #[cfg_attr(
        not(feature = "webhook"),
        allow(dead_code, reason = "only the callback can acknowledge early")
    )]
    pub(crate) async fn accepted(self) -> Outcome {
        self.wait(|progress| match progress {
            Progress::Ended(outcome) => Some(outcome),
            Progress::Accepted => Some(Outcome::Handled),
            Progress::Queued => None,
        })
        .await
    }

    async fn wait(self, mut pick: impl FnMut(Progress) -> Option<Outcome>) -> Outcome {
        let mut progress = match self.progress {
            Ok(progress) => progress,
            Err(outcome) => return outcome,
        };
        let outcome = match progress
            .wait_for(|progress| pick(*progress).is_some())
            .await
        {
            Ok(progress) => *progress,
            Err(_) => return Outcome::Interrupted,
        };
        match pick(outcome).unwrap_or(Outcome::Interrupted) {
            Outcome::Handled if self.is_copy => Outcome::Duplicate,
            outcome => outcome,
        }
    }
}
