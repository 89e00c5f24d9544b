//! `linli keys`: renewing keys while everything runs.

mod data;
mod signing;

use clap::{Args, Subcommand};
use persistence::secret::KeyId;

use super::open::{self, KeySource};
use super::stop::Stop;
use crate::settings::Settings;

/// Flags of `linli keys`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli keys status
  linli keys rotate --personal-data   a new key for personal data; everything is sealed anew under it
  linli keys drop 1                   once nothing is sealed under the key 1 any more
  linli keys rotate --signing         a new key for access tokens

A new key for personal data is written into the key file. Copy the file to every process that serves this database on another
machine, and into your backup. Where the keys come from LINLI_KEY, add a line ID:KEY to it everywhere, restart, and then rotate.
Sealing anew goes on while Linli serves; it can be broken off, and goes on with the same command or in a process that serves.

A new signing key is published at once and signs ten minutes later, when every process and everybody else has read the
published keys again. The old one is retired by itself when the last token that it signed is over. Nobody is signed out.")]
pub(super) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show the keys: which seals how many values, which signs
    Status,
    /// Let a new key take over
    Rotate(Rotate),
    /// Give up a key under which nothing is sealed any more
    Drop {
        /// Its id
        id: KeyId,
    },
}

/// Which key is to be new.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Rotate {
    /// The key that seals personal data
    #[arg(long)]
    personal_data: bool,
    /// The key that signs access tokens
    #[arg(long)]
    signing: bool,
}

/// Runs the command.
pub(super) async fn run(settings: &Settings, flags: Flags) -> Result<(), Stop> {
    let store = open::store(settings).await?;
    let source = KeySource::of(settings)?;
    match flags.what {
        What::Status => {
            data::status(&store).await?;
            signing::list(&store).await
        }
        What::Rotate(Rotate { signing: true, .. }) => signing::rotate_signing(&store).await,
        What::Rotate(Rotate { .. }) => {
            data::rotate_data(&store, &source).await?;
            data::seal_anew(&store).await?;
            data::status(&store).await
        }
        What::Drop { id } => data::drop_data(&store, &source, id).await,
    }
}
