//! `linli client`: machine clients, for whoever can open the database with its key.

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand};
use domain::identity::{ClientAuthentication, ClientScope, IdentityPolicy};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use persistence::secret::sha256;
use persistence::{Store, Tx, client};
use uuid::Uuid;

use super::stop::Stop;
use super::{open, say};
use crate::client::{Registered, Registration, register};
use crate::problem::{Fault, Problem};
use crate::settings::Settings;

/// Flags of `linli client`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli client add evaluator --division 230822 --scope statistics.read --days 180
  linli client list
  linli client rotate CLIENT-ID --overlap-hours 0
  linli client disable CLIENT-ID
  linli client enable CLIENT-ID

A secret is printed once. Clients that sign with a key of their own are registered over the API, by POST /v1/clients.")]
pub(super) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Register a client and print its secret
    Add {
        /// What people call it
        name: String,
        /// Division within which its scopes hold
        #[arg(long, value_name = "CODE")]
        division: DivisionCode,
        /// What it may ask for; may be given several times
        #[arg(long = "scope", value_parser = scope, required = true)]
        scopes: Vec<ClientScope>,
        /// For how many days it is registered: 1 to 366
        #[arg(long, default_value_t = 365)]
        days: i64,
    },
    /// Show every client
    List,
    /// Give a client another secret and print it
    Rotate {
        /// The client
        id: Uuid,
        /// For how many hours the old secret holds beside the new one [default: 24]
        #[arg(long, value_name = "N")]
        overlap_hours: Option<i64>,
    },
    /// Switch a client off: its tokens are over at once
    Disable {
        /// The client
        id: Uuid,
    },
    /// Switch a client on again
    Enable {
        /// The client
        id: Uuid,
    },
}

fn scope(raw: &str) -> Result<ClientScope, String> {
    let known = || ClientScope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
    ClientScope::from_text(raw).ok_or_else(|| format!("must be one of {}", known()))
}

/// Runs the command.
pub(super) async fn run(settings: &Settings, flags: Flags) -> Result<(), Stop> {
    let store = open::store(settings).await?;
    match flags.what {
        What::Add { name, division, scopes, days } => {
            let most = IdentityPolicy::default().client_days;
            if !(1..=most).contains(&days) {
                return Err(Stop::usage(format!("--days must be 1 to {most}")));
            }
            let expires_at = store.clock().now() + TimeDelta::days(days);
            add(&store, name, division, scopes, expires_at).await
        }
        What::List => list(&store).await,
        What::Rotate { id, overlap_hours } => rotate(&store, id, overlap_hours).await,
        What::Disable { id } => switch(&store, id, true).await,
        What::Enable { id } => switch(&store, id, false).await,
    }
}

/// One that is there already stays as it is.
async fn switch(store: &Store, id: Uuid, off: bool) -> Result<(), Stop> {
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        let known = client::load(tx, id)?;
        if known.disabled_at.is_some() == off { Ok(()) } else { Ok(client::set_disabled(tx, id, off)?) }
    };
    change(store, work).await?;
    say(&format!("{id} is switched {}", if off { "off" } else { "on" }));
    Ok(())
}

async fn change(store: &Store, work: impl Fn(&mut Tx) -> Result<(), Fault> + Send + 'static) -> Result<(), Stop> {
    Ok(store.write::<_, Fault>(move |tx| work(tx)).await.map_err(Problem::from)?)
}

async fn add(store: &Store, name: String, division: DivisionCode, scopes: Vec<ClientScope>, expires_at: DateTime<Utc>) -> Result<(), Stop> {
    let (registered, policy) = (Registered::new()?, IdentityPolicy::default());
    let authentication = ClientAuthentication::SecretBasic;
    let asked = Registration { name, division, scopes, expires_at, authentication, keys: Vec::new(), by: None };
    let (id, secret) = (registered.id, registered.secret.clone());
    change(store, move |tx| register(tx, &registered, &asked, &policy).map(drop)).await?;
    say(&format!("client_id: {id}"));
    say(&format!("client_secret, shown only now: {secret}"));
    Ok(())
}

async fn list(store: &Store) -> Result<(), Stop> {
    /// More than anybody registers by hand.
    const MOST: i64 = 10_000;
    let clients = store.read::<_, Fault>(|tx| Ok(client::all(tx, MOST)?)).await.map_err(Problem::from)?;
    for client in clients {
        let scopes = client.scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let off = if client.disabled_at.is_some() { ", switched off" } else { "" };
        say(&format!("{}  {}  {scopes} in {}, until {}{off}", client.id, client.name, client.division, client.expires_at.to_rfc3339()));
    }
    Ok(())
}

async fn rotate(store: &Store, id: Uuid, overlap_hours: Option<i64>) -> Result<(), Stop> {
    let policy = IdentityPolicy::default();
    let hours = overlap_hours.unwrap_or(policy.secret_overlap_hours);
    if !(0..=policy.longest_overlap_hours).contains(&hours) {
        return Err(Stop::usage(format!("--overlap-hours must be 0 to {}", policy.longest_overlap_hours)));
    }
    let renewed = Registered::new()?;
    let (secret, credential, digest) = (renewed.secret.clone(), renewed.id, sha256(renewed.secret.as_bytes()));
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        if client::load(tx, id)?.authentication != ClientAuthentication::SecretBasic {
            return Err(crate::problem::Code::NoClientSecret.into());
        }
        let until = tx.now() + TimeDelta::hours(hours);
        client::limit_secrets(tx, id, until)?;
        Ok(client::add_secret(tx, credential, id, &digest)?)
    };
    change(store, work).await?;
    say(&format!("client_secret, shown only now: {secret}"));
    Ok(())
}
