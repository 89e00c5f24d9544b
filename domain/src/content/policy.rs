use chrono::TimeDelta;

use super::ContentKind;
use crate::Timestamp;

/// The numbers of the content check. A check keeps the version under which it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentPolicy {
    /// The name of this version.
    pub version: &'static str,
    /// Minutes after which a text without a verdict goes to staff.
    pub text_patience_minutes: i32,
    /// Minutes after which a photo without a verdict goes to staff. WeChat promises its verdicts on photos within 30.
    pub photo_patience_minutes: i32,
    /// Seconds until the second attempt; each further one waits twice as long.
    pub first_retry_seconds: i32,
    /// Seconds that no wait between two attempts is longer than.
    pub longest_retry_seconds: i32,
    /// Minutes for which WeChat can fetch a photo that it was asked to judge.
    pub address_minutes: i32,
}

impl Default for ContentPolicy {
    fn default() -> Self {
        Self {
            version: "content-1",
            text_patience_minutes: 30,
            photo_patience_minutes: 60,
            first_retry_seconds: 5,
            longest_retry_seconds: 300,
            address_minutes: 60,
        }
    }
}

impl ContentPolicy {
    /// When somebody has to look at it if there is no verdict.
    #[must_use]
    pub fn patience_ends(&self, kind: ContentKind, since: Timestamp) -> Timestamp {
        let minutes = match kind {
            ContentKind::Text => self.text_patience_minutes,
            ContentKind::Photo => self.photo_patience_minutes,
        };
        since + TimeDelta::minutes(i64::from(minutes))
    }

    /// When to try again if this attempt, counted from 1, brings nothing: never after the patience ends, so that it is then
    /// given to staff at once.
    #[must_use]
    pub fn next_try(&self, kind: ContentKind, since: Timestamp, attempt: i32, now: Timestamp) -> Timestamp {
        let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(16);
        let wait = i64::from(self.first_retry_seconds).saturating_mul(1 << doublings).min(i64::from(self.longest_retry_seconds));
        (now + TimeDelta::seconds(wait)).min(self.patience_ends(kind, since).max(now))
    }
}
