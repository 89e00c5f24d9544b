//! `linli serve`.

use std::io;
use std::net::{SocketAddr, TcpListener};

use actix_web::web;
use clap::Args;
use persistence::{Clock, Location};

use super::stop::Stop;
use super::{lock, open};
use crate::app;
use crate::content::Desk;
use crate::photo_store::PhotoStore;
use crate::services::Services;
use crate::settings::{Layer, Secret, Settings, WechatMode};
use crate::trace::Traces;
use crate::wechat::message::MessageKeys;
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
Secrets come from the environment or the settings file, never from flags: LINLI_KEY, LINLI_WECHAT_SECRET,
LINLI_WECHAT_TOKEN, LINLI_WECHAT_AES_KEY.")]
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
    let (wechat, content) = wechat(&settings, local_url(settings.listen, Some(&listener))).await?;
    let photos = photos(&settings)?;
    let services = Services::new(store, &settings.issuer, wechat, photos).await?.with_content(content);
    let operation = &settings.operation;
    let services = services.traced(traces(&settings)?);
    let services = web::Data::new(services.limited(operation.limits()).watched(operation.watching(&settings.data)));
    raise_open_files();
    tracing::info!(listen = %settings.listen, database = %settings.database.redacted(), "serving");
    app::serve(services, listener, settings.workers).await.map_err(|error| Stop::failed(error.to_string()))
}

/// The way to the collector of traces, where there is one.
fn traces(settings: &Settings) -> Result<Option<Traces>, Stop> {
    let Some(collector) = &settings.operation.traces else { return Ok(None) };
    let database = match &settings.database {
        Location::Sqlite(_) => "sqlite",
        Location::Postgres(_) => "postgresql",
    };
    let traces = Traces::to(collector, settings.operation.traces_share, database);
    traces.map(Some).map_err(|error| Stop::usage(format!("traces: {error}")))
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

/// Where the service can be reached from this machine.
pub(super) fn local_url(listen: SocketAddr, listener: Option<&TcpListener>) -> String {
    let mut address = listener.and_then(|listener| listener.local_addr().ok()).unwrap_or(listen);
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    format!("http://{address}")
}

/// A client of WeChat, or of what stands in for it, and how content is checked with it.
async fn wechat(settings: &Settings, local: String) -> Result<(WechatClient, Desk), Stop> {
    match settings.wechat {
        WechatMode::StandIn => {
            let stand_in = LocalWechat::start(&local).await?;
            Ok((stand_in.client()?, stand_in.desk()?))
        }
        WechatMode::Off => {
            tracing::warn!("sign-in through WeChat is off: residents cannot sign in (set LINLI_WECHAT_APPID and LINLI_WECHAT_SECRET)");
            let nobody = WechatClient::off().map_err(|error| Stop::failed(error.to_string()))?;
            Ok((nobody, Desk::new(&settings.issuer).silent()))
        }
        WechatMode::Live => {
            let (Some(appid), Some(secret)) = (&settings.wechat_appid, &settings.wechat_secret) else {
                return Err(Stop::usage("sign-in through WeChat needs LINLI_WECHAT_APPID and LINLI_WECHAT_SECRET"));
            };
            Ok((client(&settings.wechat_base_url, appid, secret.reveal())?, live_desk(settings, appid)?))
        }
    }
}

/// How content is checked with the real service.
fn live_desk(settings: &Settings, appid: &str) -> Result<Desk, Stop> {
    let desk = Desk::new(&settings.issuer);
    let Some(token) = &settings.wechat_token else {
        if settings.wechat_aes_key.is_some() {
            return Err(Stop::usage("wechat_aes_key is of no use without wechat_token"));
        }
        tracing::warn!("WeChat's verdicts on photos cannot arrive: staff must look at every photo (set LINLI_WECHAT_TOKEN)");
        return Ok(desk);
    };
    if !settings.issuer.starts_with("https://") {
        tracing::warn!(issuer = settings.issuer, "WeChat fetches photos from the public address: issuer should be https");
    }
    let key = settings.wechat_aes_key.as_ref().map(Secret::reveal);
    let keys = MessageKeys::new(token.reveal(), key, appid).map_err(|error| Stop::usage(format!("wechat_aes_key: {error}")))?;
    Ok(desk.hearing(keys))
}

/// A stand-in for WeChat inside the program, whose messages come to the program itself.
pub(super) struct LocalWechat {
    base_url: String,
    public: String,
    token: String,
}

impl LocalWechat {
    const APPID: &str = "stand-in";

    /// Starts it on a free loopback port. It fetches photos from `public`, and sends its messages there.
    pub(super) async fn start(public: &str) -> Result<Self, Stop> {
        let started = stand_in::start(SocketAddr::from(([127, 0, 0, 1], 0))).await;
        let stand_in = started.map_err(|error| Stop::failed(format!("cannot start the WeChat stand-in: {error}")))?;
        let local = Self { base_url: stand_in.base_url, public: public.to_owned(), token: uuid::Uuid::new_v4().simple().to_string() };
        stand_in.control.send_messages_to(format!("{public}/v1/wechat/messages"), local.keys()?, Clock::System);
        Ok(local)
    }

    /// A client of it.
    pub(super) fn client(&self) -> Result<WechatClient, Stop> {
        client(&self.base_url, Self::APPID, "stand-in")
    }

    /// How content is checked with it.
    pub(super) fn desk(&self) -> Result<Desk, Stop> {
        Ok(Desk::new(&self.public).hearing(self.keys()?))
    }

    fn keys(&self) -> Result<MessageKeys, Stop> {
        MessageKeys::new(&self.token, None, Self::APPID).map_err(|error| Stop::failed(error.to_string()))
    }
}

fn client(base_url: &str, appid: &str, secret: &str) -> Result<WechatClient, Stop> {
    WechatClient::new(base_url, appid, secret, Timeouts::default()).map_err(|error| Stop::usage(error.to_string()))
}
