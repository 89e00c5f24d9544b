//! How this process checks content: whom it asks, and who tells it that there is something to ask.

use tokio::sync::Notify;

use crate::wechat::message::MessageKeys;

/// The set-up of the content check in this process.
#[derive(Debug)]
pub struct Desk {
    /// Whether there is a WeChat to ask; where there is none, staff look at everything.
    pub(super) asks: bool,
    /// The secrets of the message server; without them no verdict on a photo can come.
    pub(super) messages: Option<MessageKeys>,
    /// Where WeChat can fetch photos, without a slash at its end.
    pub(super) public: String,
    kicked: Notify,
}

impl Desk {
    /// Asks WeChat about texts; `public` is where the service is reached from outside.
    #[must_use]
    pub fn new(public: impl Into<String>) -> Self {
        let public = public.into().trim_end_matches('/').to_owned();
        Self { asks: true, messages: None, public, kicked: Notify::new() }
    }

    /// The same, which also takes WeChat's verdicts on photos.
    #[must_use]
    pub fn hearing(self, messages: MessageKeys) -> Self {
        Self { messages: Some(messages), ..self }
    }

    /// The same without a WeChat: everything goes to staff at once.
    #[must_use]
    pub fn silent(self) -> Self {
        Self { asks: false, ..self }
    }

    /// Says that there may be something to check, after it was committed. Nothing is lost where nobody hears it: the worker
    /// also looks by itself.
    pub fn kick(&self) {
        self.kicked.notify_one();
    }

    /// Waits for that.
    pub(super) async fn kicked(&self) {
        self.kicked.notified().await;
    }
}
