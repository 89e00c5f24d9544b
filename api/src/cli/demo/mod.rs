//! `linli demo`: two real regions with made-up people and orders in every state, and a token for each role.

mod appointments;
mod apprenticeships;
mod care;
mod catalogue;
mod catalogue_data;
mod cavalry;
mod guide;
mod imports;
mod manifest;
mod needs;
mod partnerships;
mod people;
mod people_data;
mod regions;
mod seed;
mod sites;
mod social_workers;
mod stories_chongzuo;
mod stories_huanan;
mod story;
mod teller;
mod tokens;
mod training;
mod volunteers;

use std::time::Duration;

use actix_web::web;
use clap::Args;
use domain::identity::IdentityPolicy;
use persistence::{Clock, Location, Store, StoreError, identity, migration, region};

use super::open::{self, KEY_FILE, KeySource};
use super::serve::{self, LocalWechat};
use super::stop::Stop;
use super::{Common, lock, logging, say, say_err};
use crate::app;
use crate::services::{Services, Watching};
use crate::settings::{Layer, Settings, from_environment};
use manifest::Manifest;

/// Flags of `linli demo`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli demo
  linli demo --listen 0.0.0.0:9000 --data /tmp/linli
  linli demo --database postgres://linli@localhost/linli_demo

Makes a database in the data folder (--data, linli-data where nothing is said), loads the 1,281 real divisions of Huanan
(230822) and Chongzuo (4514), makes up people of each role and orders in every state, and serves. A later start reuses
what is there. Tokens are good for a day and made anew at each start: one file a role in the folder tokens, ready for
`curl -H @FILE`, and all of them in demo-tokens.json. Sign-in through WeChat goes to a stand-in inside the program.
The demo reads no settings file, and no database from the environment. Never use it for real people's data.")]
pub(super) struct Flags {
    /// Address and port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Prepare everything, print, and do not serve
    #[arg(long, hide = true)]
    once: bool,
}

/// What the demo takes from the environment; above all no database, which may be somebody else's.
const FROM_ENVIRONMENT: [&str; 7] = ["data", "listen", "log", "log_format", "pool", "rate_limits", "workers"];

/// Runs the demo.
pub(super) async fn run(common: &Common, flags: Flags) -> Result<(), Stop> {
    if common.config.is_some() {
        return Err(Stop::usage("the demo reads no settings file: leave --config away, or use `linli serve`"));
    }
    let settings = settings(common, &flags)?;
    logging::start(&settings.log, settings.log_format)?;
    open::make_private(&settings.data)?;
    open::make_folder(&settings.database)?;
    // The port first: who has to choose another one should not wait for the data.
    let listener = if flags.once { None } else { Some(serve::bind(settings.listen)?) };
    let _held = lock::hold(&settings.database)?;
    migration::up(&settings.database)?;
    let base_url = serve::local_url(settings.listen, listener.as_ref());
    let wechat = LocalWechat::start(&base_url).await?;
    let manifest = prepare(&settings, &wechat).await?;
    let store = store(&settings, Clock::System).await?;
    let services = Services::new(store, &base_url, wechat.client()?, serve::photos(&settings)?).await?.with_content(wechat.desk()?);
    let watching = Watching { drain: Duration::ZERO, ..settings.operation.watching(&settings.data) };
    let services =
        web::Data::new(services.with_identity(IdentityPolicy::demonstration()).limited(settings.operation.limits()).watched(watching));
    let handed_out = tokens::hand_out(&services, &manifest, &settings.data, &base_url).await?;
    let first = manifest::named(&manifest.0, tokens::FIRST)?;
    guide::lines(&handed_out, &first, &settings.data, &base_url).iter().for_each(|line| say(line));
    match listener {
        Some(listener) => app::serve(services, listener, settings.workers).await.map_err(|error| Stop::failed(error.to_string())),
        None => Ok(()),
    }
}

fn settings(common: &Common, flags: &Flags) -> Result<Settings, Stop> {
    let (environment, _) = from_environment(std::env::vars_os())?;
    let own = Layer::default().flag("listen", flags.listen.as_ref());
    let defaults = Layer::default().flag("log", Some("warn,api::wechat::stand_in=error")).flag("log_format", Some("text"));
    Ok(Settings::resolve(&[own, common.layer(), environment.only(&FROM_ENVIRONMENT), defaults])?)
}

/// The store of the demo. Its key always lies in the data folder.
async fn store(settings: &Settings, clock: Clock) -> Result<Store, Stop> {
    let key = settings.key_file.clone().unwrap_or_else(|| settings.data.join(KEY_FILE));
    open::with_key(&settings.database, KeySource::Made(key), clock, &settings.tuning()).await
}

/// Finds the data of an earlier start, or makes it.
async fn prepare(settings: &Settings, wechat: &LocalWechat) -> Result<Manifest, Stop> {
    let now = Clock::System.now();
    let clock = Clock::manual(now);
    let store = store(settings, clock.clone()).await?;
    let (kept, empty) = store.read::<_, StoreError>(|tx| Ok((identity::fact(tx, manifest::FACT)?, region::roots(tx)?.is_empty()))).await?;
    if let Some(kept) = kept {
        return Manifest::from_text(&kept);
    }
    if !empty {
        return Err(foreign(&settings.database));
    }
    say_err("making the demo data …");
    seed::fill(&seed::Ground { store, clock, now, wechat, settings }).await
}

/// The data is not the demo's, or an earlier start was interrupted.
fn foreign(database: &Location) -> Stop {
    let place = database.redacted();
    Stop::failed(format!(
        "{place} holds data that is not a complete demo (an earlier start may have been interrupted).\n\
         Delete the data folder (or the database) if nobody needs it, or choose another one with --data or --database"
    ))
}
