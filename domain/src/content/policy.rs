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
    /// A message of WeChat is taken for so many minutes after it was signed, and so many before, for clocks that differ.
    pub message_minutes: i32,
}

impl Default for ContentPolicy {
    fn default() -> Self {
        Self {
            version: "content-2",
            text_patience_minutes: 30,
            photo_patience_minutes: 60,
            first_retry_seconds: 5,
            longest_retry_seconds: 300,
            address_minutes: 60,
            message_minutes: 10,
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

    /// Until when a message that was signed at a moment is taken; `None` where it is too old now, or from too far ahead.
    #[must_use]
    pub fn taken_until(&self, signed: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let minutes = TimeDelta::minutes(i64::from(self.message_minutes));
        let until = signed.checked_add_signed(minutes)?;
        (now <= until && signed <= now.checked_add_signed(minutes)?).then_some(until)
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::ContentPolicy;
    use crate::Timestamp;

    #[test]
    fn a_message_is_taken_around_its_time_only() {
        let (policy, signed) = (ContentPolicy::default(), Timestamp::from_timestamp(1_790_000_000, 0).unwrap());
        let (minutes, one) = (TimeDelta::minutes(10), TimeDelta::seconds(1));
        for now in [signed - minutes, signed, signed + minutes] {
            assert_eq!(policy.taken_until(signed, now), Some(signed + minutes));
        }
        for now in [signed - minutes - one, signed + minutes + one, Timestamp::MAX_UTC, Timestamp::MIN_UTC] {
            assert_eq!(policy.taken_until(signed, now), None);
        }
        assert_eq!(policy.taken_until(Timestamp::MAX_UTC, signed), None);
    }
}
