//! A county in miniature: a server on its own port and database, with a clock that the test sets.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use api::content::Desk;
use api::limits::Limits;
use api::photo_store::PhotoStore;
use api::services::{Services, Watching};
use api::wechat::message::MessageKeys;
use api::wechat::stand_in::content::Control;
use api::wechat::stand_in::{self, StandIn};
use api::wechat::{Timeouts, WechatClient};
use chrono::{DateTime, TimeDelta, Utc};
use domain::identity::{IdentityPolicy, KeyTimes};
use domain::region::DivisionCode;
use persistence::{Clock, Keyring, Store, StoreError, Tuning, Tx, TxContext, data_key};
use uuid::Uuid;

use crate::client::Client;
use crate::database::{Database, Kind};
use crate::ground::fill;
pub use crate::ground::{Catalogue, fixed};

/// The community in which most things happen.
pub const COMMUNITY: &str = "230822106001";
/// A grid of it.
pub const GRID: &str = "230822106001001";
/// Its township.
pub const TOWNSHIP: &str = "230822106";
/// Its county: the region.
pub const COUNTY: &str = "230822";
/// A community of the same township.
pub const OTHER_COMMUNITY: &str = "230822106002";
/// Another region.
pub const OTHER_REGION: &str = "4514";

/// A county in miniature.
pub struct World {
    /// Nobody, at the server.
    pub anyone: Client,
    /// What the server runs on.
    pub services: Data<Services>,
    /// The clock.
    pub clock: Clock,
    /// Services and crafts.
    pub catalogue: Catalogue,
    /// Its database, dropped last.
    pub database: Arc<Database>,
    server: actix_web::dev::ServerHandle,
    wechat: StandIn,
}

/// The mini-program of every world.
pub const APPID: &str = "wx-test";

/// The secret that WeChat's messages are signed with.
pub const MESSAGE_TOKEN: &str = "message-token";

/// Who issues the tokens of every world.
pub const ISSUER: &str = "http://linli.test";

/// How long the stand-in may take: a machine that is busy with other tests is no outage of WeChat's.
const UNHURRIED: Timeouts = Timeouts { connect: Duration::from_secs(60), total: Duration::from_secs(60) };

/// What a world is made on.
pub struct Ground {
    /// An empty database.
    pub database: Database,
    /// The clock.
    pub clock: Clock,
    /// The key of personal data.
    pub secret: String,
    /// Threads of the server.
    pub workers: usize,
    /// What one client may ask, and how long anybody may take.
    pub limits: Limits,
    /// Who may watch, and what being ready needs.
    pub watching: Watching,
    /// The sizes of the store.
    pub tuning: Tuning,
    /// The key under which WeChat's messages are encrypted, if they are.
    pub message_key: Option<&'static str>,
}

impl Ground {
    /// On an empty database of this kind.
    ///
    /// # Panics
    /// It cannot be made.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self::of(Database::new(kind))
    }

    /// On this database. Nobody is limited, because a test asks more in a second than people do in an hour.
    ///
    /// # Panics
    /// There is no key.
    #[must_use]
    pub fn of(database: Database) -> Self {
        let secret = Keyring::generate().expect("a key");
        let limits = Limits { rates: None, ..Limits::default() };
        let clock = Clock::manual(monday_morning());
        Self { database, clock, secret, workers: 2, limits, watching: Watching::default(), tuning: Tuning::default(), message_key: None }
    }
}

/// Where the clock stands at first: a Monday morning in Huanan.
#[must_use]
pub fn monday_morning() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-09-07T09:00:00+08:00").expect("a moment").to_utc()
}

/// Runs a test in a world of its own.
///
/// # Panics
/// When the test fails.
pub fn run<F: Future<Output = ()>>(kind: Kind, test: impl FnOnce(Arc<World>) -> F) {
    run_on(|| Ground::new(kind), test);
}

/// Runs a test in a world on a ground of its own.
///
/// # Panics
/// When the test fails.
pub fn run_on<F: Future<Output = ()>>(ground: impl FnOnce() -> Ground, test: impl FnOnce(Arc<World>) -> F) {
    actix_web::rt::System::new().block_on(async {
        let world = Arc::new(World::on(ground()).await);
        test(Arc::clone(&world)).await;
        world.stop().await;
    });
}

impl World {
    /// A new one.
    ///
    /// # Panics
    /// Something of it cannot be set up.
    pub async fn new(kind: Kind) -> Self {
        Self::with_workers(kind, 2).await
    }

    /// A new one whose server has this many workers.
    ///
    /// # Panics
    /// Something of it cannot be set up.
    pub async fn with_workers(kind: Kind, workers: usize) -> Self {
        Self::on(Ground { workers, ..Ground::new(kind) }).await
    }

    /// A new one on this ground.
    ///
    /// # Panics
    /// Something of it cannot be set up.
    pub async fn on(ground: Ground) -> Self {
        let Ground { database, clock, secret, workers, limits, watching, tuning, message_key } = ground;
        let database = Arc::new(database);
        let keys = Arc::new(Keyring::from_base64(&secret).expect("a key"));
        let context = TxContext { clock: clock.clone(), keys };
        let store = Store::open(&database.location, context, &tuning).expect("the store opens");
        data_key::settle(&store).await.expect("the key fits");
        let catalogue = store.write(fill).await.expect("the miniature can be kept");
        let wechat = stand_in::start(([127, 0, 0, 1], 0).into()).await.expect("the stand-in starts");
        let client = WechatClient::new(&wechat.base_url, APPID, "secret", UNHURRIED).expect("a WeChat client");
        let photos = PhotoStore::open(database.folder.path().join("photos")).expect("a folder for photos");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let messages = || MessageKeys::new(MESSAGE_TOKEN, message_key, APPID).expect("keys");
        wechat.control.send_messages_to(format!("{base}/v1/wechat/messages"), messages(), clock.clone());
        let services = Services::new(store, ISSUER, client, photos).await.expect("services");
        let services =
            services.with_identity(patient()).limited(limits).watched(watching).with_content(Desk::new(&base).hearing(messages()));
        let services = Data::new(services);
        let server = api::app::server(services.clone(), listener, Some(workers)).expect("a server");
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { anyone: Client::new(&base), services, clock, catalogue, database, server: handle, wechat }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Lets time pass and does what is then due.
    ///
    /// # Panics
    /// The database fails.
    pub async fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
        self.tick().await;
    }

    /// Does what is due now.
    ///
    /// # Panics
    /// The database fails.
    pub async fn tick(&self) {
        api::worker::turn(&self.services, Uuid::from_u128(1)).await.expect("the clock's work");
    }

    /// Loads the tables that wait.
    ///
    /// # Panics
    /// The database fails.
    pub async fn import(&self) {
        api::import::job::turn(&self.services, Uuid::from_u128(1)).await.expect("the imports");
    }

    /// What stands in for WeChat.
    #[must_use]
    pub fn wechat(&self) -> &Control {
        &self.wechat.control
    }

    /// Makes the content checks that are due, and waits for the verdicts on photos.
    ///
    /// # Panics
    /// The database fails.
    pub async fn check_content(&self) {
        api::content::worker::turn(&self.services).await.expect("the content check");
        self.wechat().sent().await;
    }

    /// The services of another process on the same database, which has just started and checks content in its own way.
    ///
    /// # Panics
    /// They cannot be set up.
    pub async fn checking(&self, content: Desk) -> Data<Services> {
        Data::new(self.process().await.with_content(content))
    }

    /// The services of another process on the same database.
    async fn process(&self) -> Services {
        let client = WechatClient::new(&self.wechat.base_url, APPID, "secret", UNHURRIED).expect("a WeChat client");
        let photos = PhotoStore::open(self.database.folder.path().join("photos")).expect("a folder for photos");
        let services = Services::new(self.services.store.clone(), ISSUER, client, photos).await.expect("services");
        services.limited(Limits { rates: None, ..Limits::default() })
    }

    /// Something done to the database directly.
    ///
    /// # Panics
    /// It fails.
    pub async fn keep<T: Send + 'static>(&self, work: impl FnMut(&mut Tx) -> Result<T, StoreError> + Send + 'static) -> T {
        let kept = self.services.store.write(work).await.expect("it can be kept");
        self.services.forget();
        kept
    }

    /// Where what stands in for WeChat answers.
    #[must_use]
    pub fn stand_in(&self) -> &str {
        &self.wechat.base_url
    }

    /// Stops the server; the database stays.
    pub async fn stop(&self) {
        self.server.stop(false).await;
        self.wechat.handle.stop(false).await;
    }
}

/// The program's own numbers, but for what would end when a test lets days pass: sessions and signing keys.
fn patient() -> IdentityPolicy {
    let keys = KeyTimes { kept: 60 * 60 * 24 * 400, ..KeyTimes::default() };
    IdentityPolicy { idle_minutes: 60 * 24 * 400, keys, ..IdentityPolicy::default() }
}

/// Another process that serves the same database.
pub struct Replica {
    /// Nobody, at its server.
    pub anyone: Client,
    /// What it runs on.
    pub services: Data<Services>,
    server: actix_web::dev::ServerHandle,
}

impl Replica {
    /// Does what is due now, as its clock would.
    ///
    /// # Panics
    /// The database fails.
    pub async fn tick(&self) {
        api::worker::turn(&self.services, Uuid::from_u128(2)).await.expect("the clock's work");
    }

    /// Stops its server.
    pub async fn stop(&self) {
        self.server.stop(false).await;
    }
}

impl World {
    /// Another server of this database, with these numbers of signing in.
    ///
    /// # Panics
    /// Something of it cannot be set up.
    pub async fn replica(&self, identity: IdentityPolicy) -> Replica {
        let services = Data::new(self.process().await.with_identity(identity));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let server = api::app::server(services.clone(), listener, Some(2)).expect("a server");
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Replica { anyone: Client::new(&base), services, server: handle }
    }
}

/// Reads a code that the tests know to be one.
///
/// # Panics
/// It is none.
#[must_use]
pub fn code(text: &str) -> DivisionCode {
    DivisionCode::parse(text).expect("a division code")
}
