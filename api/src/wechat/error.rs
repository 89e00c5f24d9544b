//! How a call to WeChat can fail, and what each of its error numbers means for us.

use thiserror::Error;

/// Why WeChat gave no answer that can be used.
///
/// The numbers are those of WeChat's own list of return codes; its message text is neither kept nor logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WechatError {
    /// The code is unknown, malformed, or older than five minutes (40029, 41008).
    #[error("WeChat does not know this code, or it has expired")]
    CodeInvalid,
    /// The code was exchanged before; every code works once (40163).
    #[error("this WeChat code was used before")]
    CodeUsed,
    /// Too many calls: of this user in a minute, or of the mini-program in a day (45011, 45009).
    #[error("WeChat asks for fewer calls")]
    RateLimited,
    /// WeChat holds this user for a risk and lets nobody sign in with the account (40226).
    #[error("WeChat has blocked this user's sign-in")]
    RiskBlocked,
    /// WeChat judges only what users write who were active in the last two hours, and knows no such user (61010, 40003).
    #[error("WeChat does not know this user as active")]
    NotActive,
    /// WeChat is busy; the same call may succeed later (-1).
    #[error("WeChat is busy")]
    Busy,
    /// Our appid, secret, address list or permissions are not what WeChat expects: the operator has to act.
    #[error("WeChat refuses our settings (errcode {errcode})")]
    Misconfigured {
        /// WeChat's number, such as 40013 (appid), 40125 (secret), 40164 (our address is not in its list).
        errcode: i64,
    },
    /// No usable answer came back.
    #[error("WeChat cannot be reached: {fault}")]
    Unreachable {
        /// What went wrong on the way.
        fault: Fault,
    },
    /// This installation has no mini-program.
    #[error("sign-in through WeChat is off")]
    Off,
    /// A number that this program knows no rule for.
    #[error("WeChat refused (errcode {errcode})")]
    Other {
        /// WeChat's number.
        errcode: i64,
    },
}

/// What went wrong between us and WeChat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// The time for the call was over.
    #[error("no answer in time")]
    Timeout,
    /// No connection, or it broke.
    #[error("the connection failed")]
    Network,
    /// An HTTP status other than success; WeChat itself always answers 200, so something stands in between.
    #[error("HTTP status {0}")]
    Status(u16),
    /// An answer that is too long, is not JSON, or lacks what the interface promises.
    #[error("the answer is not what the interface promises")]
    Answer,
}

impl WechatError {
    /// What WeChat's `errcode` (never 0) means for the caller.
    pub(super) const fn from_errcode(errcode: i64) -> Self {
        match errcode {
            40029 | 41008 => Self::CodeInvalid,
            40163 => Self::CodeUsed,
            45009 | 45011 => Self::RateLimited,
            40226 => Self::RiskBlocked,
            61010 | 40003 => Self::NotActive,
            -1 => Self::Busy,
            // Credential, grant type, appid, access token, URL, secret, address list, missing credentials, permission.
            40001 | 40002 | 40013 | 40014 | 40066 | 40125 | 40164 | 41001 | 41002 | 41004 | 42001 | 45035 | 48001 | 48004 | 61004 => {
                Self::Misconfigured { errcode }
            }
            errcode => Self::Other { errcode },
        }
    }
}

/// A failed call before it is judged: who asks may still want the number.
pub(super) enum Failure {
    /// WeChat answered with this number.
    Errcode(i64),
    /// WeChat did not answer.
    Fault(Fault),
}

impl Failure {
    /// True when the access token was refused (invalid 40001, malformed 40014, expired 42001): a newer one may help.
    pub(super) const fn refuses_token(&self) -> bool {
        matches!(self, Self::Errcode(40001 | 40014 | 42001))
    }

    /// Judges the failure of `call`, and tells the operator in the log what only the operator can mend.
    pub(super) fn judged(self, call: &'static str) -> WechatError {
        let error = match self {
            Self::Errcode(errcode) => WechatError::from_errcode(errcode),
            Self::Fault(fault) => WechatError::Unreachable { fault },
        };
        match error {
            WechatError::CodeInvalid | WechatError::CodeUsed | WechatError::RiskBlocked | WechatError::NotActive => {
                tracing::info!(call, %error)
            }
            WechatError::RateLimited | WechatError::Busy | WechatError::Unreachable { .. } | WechatError::Other { .. } => {
                tracing::warn!(call, %error);
            }
            WechatError::Misconfigured { .. } => tracing::error!(call, %error),
            WechatError::Off => tracing::debug!(call, %error),
        }
        error
    }
}
