//! What one client may ask of the program, and how long anybody may take: all numbers in one place.

mod class;
pub mod gate;
mod pace;
mod rate;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use class::Class;
pub use pace::Paced;
pub use rate::{Client, Limiter, Pair, Quota, Quotas, Standing};

use crate::address::Proxies;

/// Every limit that the front of the program keeps.
#[derive(Debug)]
pub struct Limits {
    /// The proxies that are believed when they say for whom they ask.
    pub proxies: Proxies,
    /// How much a client may ask; `None` where nobody is limited.
    pub rates: Option<Limiter>,
    /// How long things may take.
    pub deadlines: Deadlines,
    /// Connections that may be open at once; further ones wait in the queue of the operating system.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            proxies: Proxies::default(),
            rates: Some(Limiter::new(&Quotas::default())),
            deadlines: Deadlines::default(),
            connections: CONNECTIONS,
        }
    }
}

/// Connections that may be open at once, where no setting says otherwise.
pub const CONNECTIONS: usize = 4096;

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// The head of a request, from its first byte on; on a new connection from the connection on.
    pub head: Duration,
    /// A connection that is kept and on which nothing is asked.
    pub idle: Duration,
    /// A JSON body.
    pub body: Duration,
    /// A whole request, uploads too: from its head to its answer.
    pub request: Duration,
    /// Uploads and answers may be slower than [`Self::pace`] for this long.
    pub grace: Duration,
    /// Bytes a second that an upload must bring and that an answer must be taken with.
    pub pace: u32,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            body: Duration::from_secs(15),
            request: Duration::from_secs(60),
            grace: Duration::from_secs(10),
            pace: 8 * 1024,
        }
    }
}

impl Deadlines {
    /// How long so many bytes may take on their way.
    #[must_use]
    pub fn on_the_way(&self, bytes: u64) -> Duration {
        self.grace.saturating_add(Duration::from_millis(bytes.saturating_mul(1000) / u64::from(self.pace.max(1))))
    }
}
