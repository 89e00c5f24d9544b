//! The access token: kept while it is good, fetched by one caller for all.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use super::error::WechatError;

/// A token is replaced this long before it ends. WeChat hands out the next one five minutes early and honours both meanwhile.
const EARLY: Duration = Duration::from_secs(300);

/// WeChat documents no longer life than this; a longer one is not believed.
const LONGEST_LIFE: Duration = Duration::from_secs(7200);

/// What WeChat grants.
pub(super) struct Granted {
    /// The token; WeChat asks for room for 512 characters.
    pub(super) token: String,
    /// How long it lives from now.
    pub(super) life: Duration,
}

struct Current {
    token: Arc<str>,
    obtained: Instant,
    refresh_at: Instant,
}

impl Current {
    /// A token that came while the caller was waiting serves even if it is short-lived or equals the refused one:
    /// there is none newer. Otherwise it must have time left and not be the one that was just refused.
    fn serves(&self, asked: Instant, refused: Option<&str>) -> bool {
        self.obtained > asked || (Instant::now() < self.refresh_at && refused != Some(&*self.token))
    }
}

/// The place of the one token. It has no `Debug`, so that no token can reach a log.
#[derive(Default)]
pub(super) struct TokenSlot {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Current>,
    failed: Option<(Instant, WechatError)>,
}

impl TokenSlot {
    /// The token in force. `refused` is the token that WeChat has just turned down, if any. When a token is needed,
    /// one caller runs `fetch`; whoever waits meanwhile shares its outcome, also a failure, instead of queueing up
    /// to fail one after the other.
    pub(super) async fn get(
        &self,
        refused: Option<&str>,
        fetch: impl AsyncFnOnce() -> Result<Granted, WechatError>,
    ) -> Result<Arc<str>, WechatError> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        if let Some(current) = state.current.as_ref().filter(|current| current.serves(asked, refused)) {
            return Ok(Arc::clone(&current.token));
        }
        if let Some((at, error)) = state.failed
            && at > asked
        {
            return Err(error);
        }
        let sent = Instant::now();
        match fetch().await {
            Ok(granted) => {
                let token: Arc<str> = granted.token.into();
                let refresh_at = sent + granted.life.min(LONGEST_LIFE).saturating_sub(EARLY);
                state.current = Some(Current { token: Arc::clone(&token), obtained: Instant::now(), refresh_at });
                Ok(token)
            }
            Err(error) => {
                state.failed = Some((Instant::now(), error));
                Err(error)
            }
        }
    }
}
