use crate::Timestamp;

/// Failed attempts of one kind since the last that counts no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: i32,
    /// When the last was.
    pub last: Option<Timestamp>,
}

/// How many failures lock what they were counted for, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// So many lock it; each further one locks it again.
    pub failures: i32,
    /// For how many seconds; twice as long with each failure more.
    pub seconds: i64,
    /// But for no more than so many seconds.
    pub longest: i64,
}

impl Limit {
    /// The first moment at which an attempt is looked at again; `None` where nothing is locked.
    fn locked_until(&self, failures: Failures) -> Option<Timestamp> {
        let last = failures.last.filter(|_| failures.count >= self.failures)?;
        // Doubled 20 times every limit is at its longest.
        let doublings = u32::try_from(failures.count.saturating_sub(self.failures).clamp(0, 20)).unwrap_or(0);
        let seconds = self.seconds.saturating_mul(1 << doublings).min(self.longest);
        last.checked_add_signed(chrono::TimeDelta::try_seconds(seconds)?)
    }
}

/// What is known of attempts like the one that is made: the same name from the same address, the same name from anywhere,
/// any name from the same address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// This name from this address.
    pub pair: Failures,
    /// This name from whatever address.
    pub account: Failures,
    /// Whatever name from this address.
    pub address: Failures,
    /// Whether the account has signed in from this address before.
    pub known: bool,
}

/// When failed attempts are turned away for a while (等保 GB/T 22239: failed-login limit; practice: 5 and 300 s).
///
/// Nobody can lock others out for long: strangers' failures slow an account down, and never where it has signed in before.
/// Neighbours at an address slow those names only that have failed there, but for a storm of failures, and that for a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lockout {
    /// For a name from an address.
    pub pair: Limit,
    /// For a name from anywhere: it only slows.
    pub account: Limit,
    /// For an address, whatever the name: many people may share it, so it slows only names that have failed there.
    pub address: Limit,
    /// For an address where so much fails that somebody tries name after name: it slows every name that is not known there.
    pub storm: Limit,
    /// After so many seconds without a failure those before count no more.
    pub forget_seconds: i64,
    /// An address is known for so many days after the last sign-in from it.
    pub known_days: i64,
    /// So many known addresses an account has at most; the oldest goes.
    pub known_addresses: i64,
}

impl Default for Lockout {
    fn default() -> Self {
        Self {
            pair: Limit { failures: 5, seconds: 300, longest: 300 },
            account: Limit { failures: 50, seconds: 30, longest: 30 },
            address: Limit { failures: 30, seconds: 60, longest: 60 },
            storm: Limit { failures: 300, seconds: 60, longest: 60 },
            forget_seconds: 7200,
            known_days: 90,
            known_addresses: 20,
        }
    }
}

impl Lockout {
    /// Since when failures count.
    #[must_use]
    pub fn counting_since(&self, now: Timestamp) -> Timestamp {
        let forget = chrono::TimeDelta::try_seconds(self.forget_seconds).unwrap_or_default();
        now.checked_sub_signed(forget).unwrap_or(Timestamp::MIN_UTC)
    }

    /// The first moment at which such an attempt is looked at again; `None` where it is now. Where the account is known at the
    /// address, only what went wrong with it there counts.
    #[must_use]
    pub fn locked_until(&self, tried: &Tried, now: Timestamp) -> Option<Timestamp> {
        let since = self.counting_since(now);
        let recent = |failures: Failures| failures.last.is_some_and(|last| last >= since);
        let has_failed = tried.pair.count > 0 && recent(tried.pair);
        let limits = [
            (self.pair, tried.pair, true),
            (self.account, tried.account, !tried.known),
            (self.address, tried.address, !tried.known && has_failed),
            (self.storm, tried.address, !tried.known),
        ];
        let counted = limits.into_iter().filter(|(_, failures, counts)| *counts && recent(*failures));
        counted.filter_map(|(limit, failures, _)| limit.locked_until(failures)).filter(|until| now < *until).max()
    }
}

#[cfg(test)]
mod tests {
    use super::{Failures, Lockout, Tried};
    use crate::Timestamp;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    fn failed(count: i32, seconds: i64) -> Failures {
        Failures { count, last: Some(at(seconds)) }
    }

    fn locked_for(tried: Tried, seconds: i64) -> Option<i64> {
        Lockout::default().locked_until(&tried, at(seconds)).map(|until| (until - at(seconds)).num_seconds())
    }

    #[test]
    fn five_failures_lock_a_name_at_an_address_for_five_minutes() {
        let after = |count| Tried { pair: failed(count, 0), ..Tried::default() };
        assert_eq!(locked_for(after(4), 0), None);
        assert_eq!(locked_for(after(5), 0), Some(300));
        assert_eq!(locked_for(after(9), 299), Some(1), "no longer than that, however many there were");
        assert_eq!(locked_for(after(5), 300), None);
    }

    #[test]
    fn neighbours_slow_only_names_that_have_failed_at_their_address() {
        let after = |count| Tried { pair: failed(1, 0), address: failed(count, 0), ..Tried::default() };
        assert_eq!([29, 30, 31, 299, i32::MAX].map(|count| locked_for(after(count), 0)), [None, Some(60), Some(60), Some(60), Some(60)]);
        let other = |count| Tried { pair: Failures::default(), ..after(count) };
        assert_eq!([30, 299, 300, i32::MAX].map(|count| locked_for(other(count), 0)), [None, None, Some(60), Some(60)]);
        let long_ago = |count| Tried { pair: failed(4, -7201), ..after(count) };
        assert_eq!([30, 300].map(|count| locked_for(long_ago(count), 0)), [None, Some(60)]);
        assert_eq!(locked_for(Tried { known: true, ..after(i32::MAX) }, 0), None);
    }

    #[test]
    fn strangers_only_slow_an_account_and_never_where_it_is_known() {
        let attacked = Tried { account: failed(5000, 0), address: failed(5000, 0), ..Tried::default() };
        assert_eq!(locked_for(Tried { address: Failures::default(), ..attacked }, 0), Some(30));
        assert_eq!(locked_for(Tried { known: true, ..attacked }, 0), None);
        assert_eq!(locked_for(Tried { known: true, pair: failed(5, 0), ..attacked }, 0), Some(300), "but its own mistakes count");
    }

    #[test]
    fn what_is_long_ago_counts_no_more() {
        let tried = Tried { address: failed(1000, 0), ..Tried::default() };
        assert_eq!(locked_for(tried, 59), Some(1));
        assert_eq!(locked_for(tried, 60), None);
        let lockout = Lockout { forget_seconds: 10, ..Lockout::default() };
        assert_eq!(lockout.locked_until(&tried, at(11)), None);
    }

    proptest! {
        #[test]
        fn nobody_is_locked_out_for_longer_than_the_longest_limit(
            pair in 0..i32::MAX, account in 0..i32::MAX, address in 0..i32::MAX, known: bool, ago in 0..10_000_i64,
        ) {
            let tried = Tried { pair: failed(pair, -ago), account: failed(account, -ago), address: failed(address, -ago), known };
            let left = locked_for(tried, 0);
            prop_assert!(left.is_none_or(|left| 0 < left && left <= 300));
            if pair < 5 {
                prop_assert!(left.is_none_or(|left| left <= 60), "only one's own name locks longer than a minute");
            }
            if pair < 5 && account < 50 && address < 30 {
                prop_assert_eq!(left, None);
            }
        }

        #[test]
        fn more_failures_never_unlock(count in 0..1000_i32, more in 0..1000_i32) {
            let until = |count| Lockout::default().locked_until(&Tried { address: failed(count, 0), ..Tried::default() }, at(1));
            prop_assert!(until(count) <= until(count + more));
        }
    }
}
