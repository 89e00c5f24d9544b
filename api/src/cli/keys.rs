//! `linli keys`: renewing keys while everything runs.

use chrono::TimeDelta;
use clap::{Args, Subcommand};
use domain::identity::IdentityPolicy;
use persistence::{Store, Tx, identity};
use uuid::Uuid;

use super::stop::Stop;
use super::{open, say};
use crate::problem::Fault;
use crate::settings::Settings;
use crate::token::SigningKey;

/// Flags of `linli keys`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli keys list
  linli keys rotate --signing

A new signing key is published at once and signs ten minutes later, when every process and everybody else has read the
published keys again. The old one is retired by itself when the last token that it signed is over. Nobody is signed out.")]
pub(super) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show the keys that sign tokens
    List,
    /// Make a new key in the place of the one in use
    Rotate(Rotate),
}

/// Which key is renewed.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Rotate {
    /// The key that signs access tokens
    #[arg(long)]
    signing: bool,
}

/// Runs the command.
pub(super) async fn run(settings: &Settings, flags: Flags) -> Result<(), Stop> {
    let store = open::store(settings).await?;
    match flags.what {
        What::List => list(&store).await,
        What::Rotate(Rotate { signing: _ }) => rotate_signing(&store).await,
    }
}

async fn list(store: &Store) -> Result<(), Stop> {
    let now = store.clock().now();
    for key in store.read::<_, Fault>(|tx| Ok(identity::signing_keys(tx)?)).await.map_err(crate::problem::Problem::from)? {
        let state = match key.retired_at {
            Some(at) => format!("retired at {}", at.to_rfc3339()),
            None if key.activates_at > now => format!("published, signs from {}", key.activates_at.to_rfc3339()),
            None => format!("signs or checks since {}", key.activates_at.to_rfc3339()),
        };
        say(&format!("{}  {state}", key.id));
    }
    Ok(())
}

async fn rotate_signing(store: &Store) -> Result<(), Stop> {
    let (private, public) = SigningKey::generate()?;
    let (id, times) = (Uuid::now_v7(), IdentityPolicy::default().keys);
    let work = move |tx: &mut Tx| -> Result<Option<domain::Timestamp>, Fault> {
        let waiting = identity::signing_keys(tx)?.iter().any(|key| key.retired_at.is_none() && key.activates_at > tx.now());
        if waiting {
            return Ok(None);
        }
        let activates = tx.now() + TimeDelta::try_seconds(times.published).unwrap_or_default();
        identity::publish_signing_key(tx, id, (&private, &public), activates)?;
        Ok(Some(activates))
    };
    let activates = store.write(work).await.map_err(crate::problem::Problem::from)?;
    let activates = activates.ok_or_else(|| Stop::failed("a new key is published already and waits for its time: linli keys list".to_owned()))?;
    say(&format!("{id} is published, and signs from {}", activates.to_rfc3339()));
    Ok(())
}
