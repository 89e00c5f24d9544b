use crate::Timestamp;

/// One-time codes by time (RFC 6238), as every authenticator app makes them: HMAC-SHA-1, six digits, thirty seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totp {
    /// Seconds for which a code stands.
    pub step: i64,
    /// So many steps before and after now are taken, for clocks that differ.
    pub window: i64,
}

impl Default for Totp {
    fn default() -> Self {
        Self { step: 30, window: 1 }
    }
}

/// The six digits of an HMAC-SHA-1 (RFC 4226, 5.3).
#[must_use]
pub fn totp_code(hmac: &[u8; 20]) -> String {
    let [.., last] = hmac;
    let four = hmac.iter().skip(usize::from(last & 15)).take(4);
    let number = four.fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

impl Totp {
    /// The step of a code that is good now: within the window, and later than the last one that was accepted, so that none is
    /// accepted twice. `code_of` makes the code of a step.
    #[must_use]
    pub fn accepted(&self, given: &str, now: Timestamp, last: i64, code_of: impl Fn(i64) -> String) -> Option<i64> {
        let current = now.timestamp().div_euclid(self.step);
        let window = (current - self.window)..=(current + self.window);
        window.filter(|step| *step > last).find(|step| same(&code_of(*step), given))
    }
}

/// Compares without telling by its time where the first difference is.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |differs, (one, other)| differs | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::{Totp, totp_code};
    use crate::Timestamp;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn digits_are_cut_out_as_the_standard_shows() {
        // RFC 4226, 5.4.
        let hmac = [0x1f, 0x86, 0x98, 0x69, 0x0e, 0x02, 0xca, 0x16, 0x61, 0x85, 0x50, 0xef, 0x7f, 0x19, 0xda, 0x8e, 0x94, 0x5b, 0x55, 0x5a];
        assert_eq!(totp_code(&hmac), "872921");
    }

    #[test]
    fn a_code_is_good_one_step_early_and_late_and_once() {
        let code_of = |step: i64| format!("{step:06}");
        let accepted = |given: &str, now, last| Totp::default().accepted(given, at(now), last, code_of);
        assert_eq!(accepted("000002", 60, 0), Some(2));
        assert_eq!(accepted("000002", 30, 0), Some(2), "their clock is ahead");
        assert_eq!(accepted("000002", 119, 0), Some(2), "their clock is behind");
        assert_eq!((accepted("000002", 29, 0), accepted("000002", 120, 0)), (None, None));
        assert_eq!(accepted("000002", 60, 2), None, "a second time");
        assert_eq!(accepted("000001", 60, 2), None, "an older one after a newer one");
        assert_eq!((accepted("2", 60, 0), accepted("", 60, 0)), (None, None));
    }

    proptest! {
        #[test]
        fn no_step_is_accepted_twice(now in 0..4_000_000_000_i64, offsets in proptest::collection::vec(-3..=3_i64, 1..20)) {
            let (mut last, mut seen) = (-1, std::collections::BTreeSet::new());
            for offset in offsets {
                let given = format!("{:06}", (now / 30 + offset) % 1_000_000);
                if let Some(step) = Totp::default().accepted(&given, at(now), last, |step| format!("{:06}", step % 1_000_000)) {
                    prop_assert!(seen.insert(step) && step > last && (step - now / 30).abs() <= 1);
                    last = step;
                }
            }
        }
    }
}
