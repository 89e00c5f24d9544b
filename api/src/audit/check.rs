//! Walking along a chain in the database: to verify it, and to export it.

use std::io::Write;

use persistence::audit::{self, Entry, Link, Report, Verifier};
use persistence::{Store, StoreError, Tx, identity};

use super::file::{FileError, Writer, forged};
use crate::token::PublicKey;

/// How many links are read at once.
const LINKS: i64 = 50;

/// Why a chain could not be read, or written to a file.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// From the database.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// From the file.
    #[error("{0}")]
    File(#[from] FileError),
}

/// Recomputes a chain and compares it with its checkpoints. `progress` is told the number of each link that was read.
///
/// # Errors
/// The database's. What does not hold is no error: it stands in the report.
pub async fn verify(store: &Store, region: &str, progress: impl Fn(i64)) -> Result<Report, CheckError> {
    let keys = store.read::<_, StoreError>(identity::signing_keys).await?;
    let keys: Vec<PublicKey> = keys.into_iter().map(|key| PublicKey { id: key.id.to_string(), bytes: key.public_key }).collect();
    let chain = region.to_owned();
    let checkpoints = store.read::<_, StoreError>(move |tx| audit::checkpoints(tx, &chain, None, i64::MAX)).await?;
    let forged = forged(&checkpoints, &keys);
    let mut verifier = Verifier::new(checkpoints);
    verifier.distrust(forged);
    let visit = |link: Link, entries: Vec<Entry>| {
        verifier.step(&link, &entries);
        progress(link.number);
        Ok(())
    };
    walk(store, region, visit).await?;
    let chain = region.to_owned();
    verifier.strays(store.read::<_, StoreError>(move |tx| audit::strays(tx, &chain)).await?);
    Ok(verifier.finish())
}

/// Writes a chain and its checkpoints to a file, and gives back what it was written to.
///
/// # Errors
/// The database's, or the file cannot be written.
pub async fn export<W: Write>(store: &Store, region: &str, out: W, progress: impl Fn(i64)) -> Result<W, CheckError> {
    let mut writer = Writer::begin(out, region, store.clock().now())?;
    let visit = |link: Link, entries: Vec<Entry>| {
        progress(link.number);
        Ok(writer.link(&link, entries)?)
    };
    walk(store, region, visit).await?;
    let chain = region.to_owned();
    for checkpoint in store.read::<_, StoreError>(move |tx| audit::checkpoints(tx, &chain, None, i64::MAX)).await? {
        writer.checkpoint(checkpoint)?;
    }
    Ok(writer.end()?)
}

/// Hands every link of a chain, with its entries, to `visit`; memory does not grow with the chain.
async fn walk(store: &Store, region: &str, mut visit: impl FnMut(Link, Vec<Entry>) -> Result<(), CheckError>) -> Result<(), CheckError> {
    let mut next = i64::MIN;
    loop {
        let chain = region.to_owned();
        let read = move |tx: &mut Tx| -> Result<Vec<(Link, Vec<Entry>)>, StoreError> {
            let links = audit::links(tx, &chain, next, LINKS)?;
            links.into_iter().map(|link| Ok((link.clone(), audit::entries_of(tx, &chain, link.number)?))).collect()
        };
        let page = store.read(read).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        next = last.number + 1;
        for (link, entries) in page {
            visit(link, entries)?;
        }
    }
}
