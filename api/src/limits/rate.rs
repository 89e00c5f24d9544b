//! How much one client may ask: a bucket for each client and kind of request, which fills again steadily.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota as Bucket, RateLimiter};
use uuid::Uuid;

use super::Class;
use crate::actor;
use crate::address::{self, Neighbourhood};

/// Who is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// An account, by a valid token.
    Account(Uuid),
    /// Whoever asks from one address or network.
    At(Neighbourhood),
    /// Addresses that share a bucket, because more of them ask than are kept apart.
    Crowd(u16),
}

impl Client {
    /// Who asks.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        actor::account(request).map_or_else(|| Self::At(address::neighbourhood(request)), Self::Account)
    }
}

/// So many requests in so many seconds. They may come at once; then they come back one by one, evenly over the seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests.
    pub requests: NonZeroU32,
    /// Seconds.
    pub seconds: NonZeroU32,
}

impl Quota {
    /// So many requests in so many seconds; at least one in one.
    #[must_use]
    pub const fn new(requests: u32, seconds: u32) -> Self {
        const fn at_least_one(number: u32) -> NonZeroU32 {
            match NonZeroU32::new(number) {
                Some(number) => number,
                None => NonZeroU32::MIN,
            }
        }
        Self { requests: at_least_one(requests), seconds: at_least_one(seconds) }
    }

    /// The time after which one request has come back.
    fn each(self) -> Duration {
        Duration::from_secs(u64::from(self.seconds.get())).checked_div(self.requests.get()).unwrap_or_default().max(Duration::from_nanos(1))
    }

    fn bucket(self) -> Bucket {
        Bucket::with_period(self.each()).unwrap_or_else(|| Bucket::per_second(self.requests)).allow_burst(self.requests)
    }
}

/// The quotas of a kind of request: of an account, and of an address without a valid token. Many households share one IPv4
/// address at a mobile network's, so an address may ask more than an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Of an account.
    pub account: Quota,
    /// Of an address.
    pub address: Quota,
}

/// The quotas of every kind of request.
#[derive(Clone, Copy, Debug)]
pub struct Quotas(pub fn(Class) -> Option<Pair>);

impl Default for Quotas {
    fn default() -> Self {
        Self(default_quotas)
    }
}

/// What holds where nobody says otherwise; a mini-program's page asks ten times at most, a person opens one every few seconds.
const fn default_quotas(class: Class) -> Option<Pair> {
    const fn pair(account: Quota, address: Quota) -> Option<Pair> {
        Some(Pair { account, address })
    }
    match class {
        Class::SignIn => pair(Quota::new(30, 60), Quota::new(300, 60)),
        Class::Read => pair(Quota::new(600, 60), Quota::new(1200, 60)),
        Class::Write => pair(Quota::new(300, 60), Quota::new(600, 60)),
        Class::Upload => pair(Quota::new(60, 60), Quota::new(60, 60)),
        Class::Export => pair(Quota::new(60, 60), Quota::new(10, 60)),
        Class::Page => pair(Quota::new(600, 60), Quota::new(600, 60)),
        Class::Probe => None,
    }
}

/// How a client stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    class: Class,
    quota: Quota,
    remaining: u32,
    /// Until one more request may come; `None` where one may come now.
    wait: Option<Duration>,
}

impl Standing {
    /// Seconds after which the refused request may come again; `None` where it was not refused.
    #[must_use]
    pub fn refused(&self) -> Option<i64> {
        self.wait.map(|wait| i64::try_from(seconds_up(wait)).unwrap_or(i64::MAX).max(1))
    }

    /// Tells the client, in the form of draft-ietf-httpapi-ratelimit-headers-10: `q` requests in `w` seconds, of which `r`
    /// remain, and all will have come back in `t` seconds.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let (name, quota) = (self.class.name(), self.quota);
        let reset = match self.wait {
            Some(wait) => seconds_up(wait),
            None => seconds_up(quota.each().saturating_mul(quota.requests.get().saturating_sub(self.remaining))),
        };
        let policy = format!("\"{name}\";q={};w={}", quota.requests, quota.seconds);
        let standing = format!("\"{name}\";r={};t={reset}", self.remaining);
        for (name, text) in [("ratelimit-policy", policy), ("ratelimit", standing)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// Whole seconds, rounded up.
fn seconds_up(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// More clients than this are not kept apart, for each kind of request.
const CLIENTS: usize = 50_000;

/// Into so many crowds further addresses fall.
const CROWDS: u64 = 1024;

/// Buckets that are full again are forgotten after so many requests.
const SWEEP: u32 = 1024;

type Buckets = RateLimiter<Client, DashMapStateStore<Client>, DefaultClock, StateInformationMiddleware>;

/// The buckets of a kind of request.
#[derive(Debug)]
struct Kept {
    pair: Pair,
    accounts: Buckets,
    addresses: Buckets,
}

/// Counts what clients ask. Its memory is bounded: idle clients are forgotten, and a flood of addresses shares buckets.
#[derive(Debug)]
pub struct Limiter {
    kept: Vec<(Class, Kept)>,
    clock: DefaultClock,
    hasher: RandomState,
    asked: AtomicU32,
    crowded: AtomicBool,
    most: usize,
}

impl Limiter {
    /// With these quotas.
    #[must_use]
    pub fn new(quotas: &Quotas) -> Self {
        Self::for_clients(quotas, CLIENTS)
    }

    /// Which keeps at most about so many clients apart.
    pub(super) fn for_clients(quotas: &Quotas, most: usize) -> Self {
        let buckets = |quota: Quota| RateLimiter::keyed(quota.bucket()).with_middleware::<StateInformationMiddleware>();
        let kept = |class: Class| {
            let pair = quotas.0(class)?;
            Some((class, Kept { pair, accounts: buckets(pair.account), addresses: buckets(pair.address) }))
        };
        Self {
            kept: Class::ALL.into_iter().filter_map(kept).collect(),
            clock: DefaultClock::default(),
            hasher: RandomState::new(),
            asked: AtomicU32::new(0),
            crowded: AtomicBool::new(false),
            most,
        }
    }

    /// Takes one request from a client's bucket; `None` where such requests are not limited.
    pub fn take(&self, class: Class, client: Client) -> Option<Standing> {
        let (_, kept) = self.kept.iter().find(|(known, _)| *known == class)?;
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.sweep();
        }
        let client = if self.crowded.load(Ordering::Relaxed) { self.in_crowd(client) } else { client };
        let (quota, buckets) = match client {
            Client::Account(_) => (kept.pair.account, &kept.accounts),
            Client::At(_) | Client::Crowd(_) => (kept.pair.address, &kept.addresses),
        };
        Some(match buckets.check_key(&client) {
            Ok(left) => Standing { class, quota, remaining: left.remaining_burst_capacity(), wait: None },
            Err(refused) => Standing { class, quota, remaining: 0, wait: Some(refused.wait_time_from(self.clock.now())) },
        })
    }

    fn in_crowd(&self, client: Client) -> Client {
        match client {
            Client::Account(_) | Client::Crowd(_) => client,
            Client::At(_) => Client::Crowd(u16::try_from(self.hasher.hash_one(client) % CROWDS).unwrap_or_default()),
        }
    }

    /// Forgets those whose bucket is full again, and sees whether still too many are kept apart.
    fn sweep(&self) {
        let mut largest = 0;
        for (_, kept) in &self.kept {
            for buckets in [&kept.accounts, &kept.addresses] {
                buckets.retain_recent();
                buckets.shrink_to_fit();
                largest = largest.max(buckets.len());
            }
        }
        self.crowded.store(largest >= self.most, Ordering::Relaxed);
    }

    /// How many buckets are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.iter().map(|(_, kept)| kept.accounts.len() + kept.addresses.len()).sum()
    }

    /// Whether nobody is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
