use uuid::Uuid;

use crate::Timestamp;

/// When a key that signs tokens is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// Which.
    pub id: Uuid,
    /// From when on it signs; before, it is only published.
    pub activates: Timestamp,
}

/// How long a key is published before it signs, and kept after another has taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTimes {
    /// Seconds between publishing and signing: longer than replicas and others take to read the published keys again.
    pub published: i64,
    /// Seconds for which a key checks tokens after its successor signs: longer than any token lives.
    pub kept: i64,
}

impl Default for KeyTimes {
    /// The published keys may be kept by others for five minutes, and a token lives for fifteen.
    fn default() -> Self {
        Self { published: 600, kept: 1200 }
    }
}

impl KeyTimes {
    /// The key that signs now: of those whose time has come the last; before the first one's time, the first.
    #[must_use]
    pub fn signs(keys: &[KeyUse], now: Timestamp) -> Option<Uuid> {
        let active = keys.iter().filter(|key| key.activates <= now).max_by_key(|key| (key.activates, key.id));
        active.or_else(|| keys.iter().min_by_key(|key| (key.activates, key.id))).map(|key| key.id)
    }

    /// The keys with which nothing that still holds can have been signed.
    #[must_use]
    pub fn over(&self, keys: &[KeyUse], now: Timestamp) -> Vec<Uuid> {
        let kept = chrono::TimeDelta::try_seconds(self.kept).unwrap_or_default();
        let until = now.checked_sub_signed(kept).unwrap_or(Timestamp::MIN_UTC);
        let succeeded =
            |key: &&KeyUse| keys.iter().any(|other| (other.activates, other.id) > (key.activates, key.id) && other.activates <= until);
        keys.iter().filter(succeeded).map(|key| key.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyTimes, KeyUse};
    use crate::Timestamp;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    fn key(id: u128, activates: i64) -> KeyUse {
        KeyUse { id: Uuid::from_u128(id), activates: at(activates) }
    }

    #[test]
    fn a_new_key_signs_when_its_time_has_come_and_the_old_one_is_kept_for_a_while() {
        let (keys, times) = ([key(1, 0), key(2, 600)], KeyTimes::default());
        let signs = |now| KeyTimes::signs(&keys, at(now));
        assert_eq!((signs(599), signs(600)), (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2))));
        assert_eq!(signs(-1), Some(Uuid::from_u128(1)), "a clock that is a little behind signs all the same");
        assert!(times.over(&keys, at(1799)).is_empty());
        assert_eq!(times.over(&keys, at(1800)), [Uuid::from_u128(1)]);
        assert_eq!(KeyTimes::signs(&[], at(0)), None);
    }

    proptest! {
        #[test]
        fn what_was_signed_can_be_checked_for_as_long_as_a_token_lives(
            activates in proptest::collection::vec(0..10_000_i64, 1..6), signed in 0..20_000_i64, later in 0..=1200_i64,
        ) {
            let keys: Vec<KeyUse> = activates.iter().enumerate().map(|(id, activates)| key(id as u128, *activates)).collect();
            let signer = KeyTimes::signs(&keys, at(signed)).unwrap();
            // A key that is added meanwhile activates later than it is published.
            let over = KeyTimes { published: 600, kept: 1201 }.over(&keys, at(signed + later));
            prop_assert!(!over.contains(&signer));
        }
    }
}
