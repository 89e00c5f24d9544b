//! `linli serve`.

use std::io;
use std::net::{SocketAddr, TcpListener};

use actix_web::web;
use clap::Args;

use super::stop::Stop;
use super::{lock, open};
use crate::app;
use crate::photo_store::PhotoStore;
use crate::services::Services;
use crate::settings::{Layer, Settings, WechatMode};
use crate::wechat::{Timeouts, WechatClient, stand_in};

/// Flags of `linli serve`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli serve
  linli serve --listen 0.0.0.0:8080 --issuer https://linli.example.org
  LINLI_KEY_FILE=/etc/linli/key linli serve --database postgres://linli@localhost/linli
  linli serve --wechat stand-in            (try residents' sign-in without WeChat: anybody can be anybody)

The schema must be current: `linli migrate up` before the first start and after every update.
Secrets come from the environment or the settings file, never from flags: LINLI_KEY, LINLI_WECHAT_SECRET.")]
pub(super) struct Flags {
    /// Address and port [env: LINLI_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Public address, named in tokens [env: LINLI_ISSUER] [default: the listening address]
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// live, stand-in or off [env: LINLI_WECHAT] [default: live where there is an appid]
    #[arg(long, value_name = "MODE")]
    wechat: Option<String>,
    /// Where WeChat answers [env: LINLI_WECHAT_BASE_URL]
    #[arg(long, value_name = "URL")]
    wechat_base_url: Option<String>,
    /// The mini-program [env: LINLI_WECHAT_APPID]
    #[arg(long, value_name = "APPID")]
    wechat_appid: Option<String>,
    /// Connections to PostgreSQL [env: LINLI_POOL] [default: 8]
    #[arg(long, value_name = "N")]
    pool: Option<u32>,
    /// Threads that serve [env: LINLI_WORKERS] [default: one for each core]
    #[arg(long, value_name = "N")]
    workers: Option<u32>,
}

impl Flags {
    /// What the flags set.
    pub(super) fn layer(&self) -> Layer {
        Layer::default()
            .flag("listen", self.listen.as_ref())
            .flag("issuer", self.issuer.as_ref())
            .flag("wechat", self.wechat.as_ref())
            .flag("wechat_base_url", self.wechat_base_url.as_ref())
            .flag("wechat_appid", self.wechat_appid.as_ref())
            .flag("pool", self.pool)
            .flag("workers", self.workers)
    }
}

/// Serves until it is told to stop.
pub(super) async fn run(settings: Settings) -> Result<(), Stop> {
    let listener = bind(settings.listen)?;
    open::require_schema(&settings.database)?;
    let _held = lock::hold(&settings.database)?;
    let store = open::store(&settings).await?;
    let wechat = wechat(&settings).await?;
    let photos = photos(&settings)?;
    let services = Services::new(store, &settings.issuer, wechat, photos).await?;
    let operation = &settings.operation;
    let services = web::Data::new(services.limited(operation.limits()).watched(operation.watching(&settings.data)));
    raise_open_files();
    tracing::info!(listen = %settings.listen, database = %settings.database.redacted(), "serving");
    app::serve(services, listener, settings.workers).await.map_err(|error| Stop::failed(error.to_string()))
}

/// Raises the limit of open files as far as the process may: every connection of a client is one, also while nothing is asked.
fn raise_open_files() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Nofile).maximum;
        if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
            tracing::warn!(%error, "the limit of open files stays as it is");
        }
    }
}

/// Takes the port.
pub(super) fn bind(address: SocketAddr) -> Result<TcpListener, Stop> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            Stop::failed(format!("another program already serves on {address}: stop it, or choose another port with --listen"))
        }
        _ => Stop::failed(format!("cannot serve on {address}: {error}")),
    })
}

/// Opens the folder of photos.
pub(super) fn photos(settings: &Settings) -> Result<PhotoStore, Stop> {
    let folder = settings.data.join("photos");
    PhotoStore::open(&folder).map_err(|error| Stop::failed(format!("cannot keep photos in {}: {error}", folder.display())))
}

/// A client of WeChat, or of what stands in for it.
async fn wechat(settings: &Settings) -> Result<WechatClient, Stop> {
    match settings.wechat {
        WechatMode::StandIn => stand_in_client().await,
        WechatMode::Off => {
            tracing::warn!("sign-in through WeChat is off: residents cannot sign in (set LINLI_WECHAT_APPID and LINLI_WECHAT_SECRET)");
            WechatClient::off().map_err(|error| Stop::failed(error.to_string()))
        }
        WechatMode::Live => {
            let (Some(appid), Some(secret)) = (&settings.wechat_appid, &settings.wechat_secret) else {
                return Err(Stop::usage("sign-in through WeChat needs LINLI_WECHAT_APPID and LINLI_WECHAT_SECRET"));
            };
            client(&settings.wechat_base_url, appid, secret.reveal())
        }
    }
}

/// Starts the stand-in on a free loopback port and gives a client of it.
pub(super) async fn stand_in_client() -> Result<WechatClient, Stop> {
    let started = stand_in::start(SocketAddr::from(([127, 0, 0, 1], 0))).await;
    let stand_in = started.map_err(|error| Stop::failed(format!("cannot start the WeChat stand-in: {error}")))?;
    client(&stand_in.base_url, "stand-in", "stand-in")
}

fn client(base_url: &str, appid: &str, secret: &str) -> Result<WechatClient, Stop> {
    WechatClient::new(base_url, appid, secret, Timeouts::default()).map_err(|error| Stop::usage(error.to_string()))
}
