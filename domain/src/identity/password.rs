/// What a password must be (等保 GB/T 22239, 8.1.4.1: complexity; usual practice asks for eight characters or more).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The least number of characters.
    pub min: usize,
    /// The greatest number of characters.
    pub max: usize,
    /// How many of the four kinds (upper case, lower case, digit, other) it must have.
    pub kinds: usize,
    /// From this number of characters the kinds do not matter.
    pub long: usize,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min: 10, max: 128, kinds: 3, long: 16 }
    }
}

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Fewer characters than the policy asks for.
    #[error("a password has {min} characters or more")]
    TooShort {
        /// The least number.
        min: usize,
    },
    /// More characters than the policy lets through.
    #[error("a password has {max} characters or fewer")]
    TooLong {
        /// The greatest number.
        max: usize,
    },
    /// Too few kinds of characters for its length.
    #[error("a password of fewer than {long} characters has {kinds} of upper case, lower case, digits and others")]
    TooFewKinds {
        /// How many kinds it must have.
        kinds: usize,
        /// From which length on they do not matter.
        long: usize,
    },
    /// Fewer than five different characters.
    #[error("a password has five different characters or more")]
    Monotonous,
    /// The user name is part of it.
    #[error("a password does not contain the user name")]
    ContainsUserName,
    /// Everybody tries this one first.
    #[error("the password is too common")]
    Common,
}

/// Fewer different characters than this are a pattern, however long it is.
const DIFFERENT: usize = 5;

/// Passwords that would pass the other rules and stand on every list of leaked ones; compared in lower case.
const COMMON: &[&str] = &[
    "1234567890abcdef",
    "1234567890123456",
    "1qaz2wsx3edc4rfv",
    "1qaz@wsx3edc",
    "aa12345678",
    "aa123456789",
    "aa@12345678",
    "abc@123456",
    "abc@12345678",
    "abcd@123456",
    "abcd1234!@#$",
    "abcdefghijklmnop",
    "admin@1234",
    "admin@12345",
    "admin@123456",
    "admin12345",
    "admin123456",
    "admin@2024",
    "admin@2025",
    "admin@2026",
    "asdf1234!@#$",
    "changeme123",
    "huawei@123",
    "iloveyou123",
    "letmein123",
    "linli@123456",
    "p@ssw0rd123",
    "p@ssw0rd1234",
    "passw0rd123",
    "password@1",
    "password@123",
    "password1!",
    "password12",
    "password123",
    "password123!",
    "password1234",
    "qaz@123456",
    "qazwsx@123",
    "qq@123456789",
    "qwe@123456",
    "qwer@123456",
    "qwer1234!@#$",
    "qwerty@123",
    "qwerty123!",
    "qwerty12345",
    "qwertyuiopasdfgh",
    "root@123456",
    "test@123456",
    "welcome@123",
    "welcome123",
    "woaini1314",
    "woaini@1314",
    "zhang@123456",
    "zxcvbnm@123",
];

impl PasswordPolicy {
    /// Checks a new password of the account with this user name.
    ///
    /// # Errors
    /// [`PasswordRefusal`] names the first rule that is broken.
    pub fn check(&self, password: &str, user_name: &str) -> Result<(), PasswordRefusal> {
        let length = password.chars().count();
        if length < self.min {
            return Err(PasswordRefusal::TooShort { min: self.min });
        }
        if length > self.max {
            return Err(PasswordRefusal::TooLong { max: self.max });
        }
        if length < self.long && kinds(password) < self.kinds {
            return Err(PasswordRefusal::TooFewKinds { kinds: self.kinds, long: self.long });
        }
        if password.chars().collect::<std::collections::BTreeSet<_>>().len() < DIFFERENT {
            return Err(PasswordRefusal::Monotonous);
        }
        let (lower, user_name) = (password.to_lowercase(), user_name.trim().to_lowercase());
        if !user_name.is_empty() && lower.contains(&user_name) {
            return Err(PasswordRefusal::ContainsUserName);
        }
        if COMMON.contains(&lower.as_str()) {
            return Err(PasswordRefusal::Common);
        }
        Ok(())
    }
}

/// How many of upper case, lower case, digits and others there are. Chinese characters are others.
fn kinds(password: &str) -> usize {
    let upper = password.chars().any(char::is_uppercase);
    let lower = password.chars().any(char::is_lowercase);
    let digit = password.chars().any(|c| c.is_ascii_digit());
    let other = password.chars().any(|c| !c.is_uppercase() && !c.is_lowercase() && !c.is_ascii_digit());
    [upper, lower, digit, other].into_iter().filter(|kind| *kind).count()
}

#[cfg(test)]
mod tests {
    use super::{COMMON, PasswordPolicy, PasswordRefusal};
    use proptest::prelude::*;

    fn check(password: &str) -> Result<(), PasswordRefusal> {
        PasswordPolicy::default().check(password, "wang.li")
    }

    #[test]
    fn each_rule_is_named() {
        assert_eq!(check("Ab1!Ab1!x"), Err(PasswordRefusal::TooShort { min: 10 }));
        assert_eq!(check(&"Ab1!x".repeat(26)), Err(PasswordRefusal::TooLong { max: 128 }));
        assert_eq!(check("abcdefgh12"), Err(PasswordRefusal::TooFewKinds { kinds: 3, long: 16 }));
        assert_eq!(check("Aa1Aa1Aa1Aa1"), Err(PasswordRefusal::Monotonous));
        assert_eq!(check("xWang.Li2026"), Err(PasswordRefusal::ContainsUserName));
        assert_eq!(check("Password@123"), Err(PasswordRefusal::Common));
    }

    #[test]
    fn good_ones_pass() {
        assert_eq!(check("Huanan-2026"), Ok(()));
        assert_eq!(check("correct horse battery"), Ok(()), "long ones need no kinds");
        assert_eq!(check("邻里守望相助Aa一二三"), Ok(()), "characters are counted, not bytes");
    }

    #[test]
    fn the_list_of_common_ones_is_in_lower_case_and_long_enough_to_matter() {
        for common in COMMON {
            assert_eq!(*common, common.to_lowercase());
            assert!(common.chars().count() >= PasswordPolicy::default().min, "{common} is refused by its length already");
        }
    }

    proptest! {
        #[test]
        fn what_passes_keeps_the_rules(password in "[a-dA-D0-3!?]{8,20}") {
            if check(&password).is_ok() {
                prop_assert!(password.len() >= 10);
                prop_assert!(password.len() >= 16 || super::kinds(&password) >= 3);
            }
        }
    }
}
