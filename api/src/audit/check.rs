//! Walking along a chain in the database: to verify it, and to export it.

use std::io::Write;

use domain::retention::RecordKind;
use persistence::audit::{self, Entry, Link, Report, Verifier};
use persistence::{Store, StoreError, Tx, retention};
use uuid::Uuid;

use super::file::{FileError, Writer};
use super::keys::public_keys;
use super::witness::Evidence;
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
    /// What is past its time was erased while the chain was read.
    #[error("entries whose time is over were erased meanwhile: the file is not of one piece, export it again")]
    ErasedMeanwhile,
}

/// Recomputes a chain and compares it with its checkpoints and those that were kept elsewhere. Where no keys are given, those
/// of the database must do. `progress` is told the number of each link that was read.
///
/// # Errors
/// The database's. What does not hold is no error: it stands in the report.
pub async fn verify(store: &Store, region: &str, evidence: &Evidence, progress: impl Fn(i64)) -> Result<Report, CheckError> {
    let keys = match &evidence.keys {
        Some(keys) => keys.clone(),
        None => store.read::<_, StoreError>(public_keys).await?,
    };
    loop {
        let before = erased(store, region).await?;
        let report = verify_once(store, region, evidence, &keys, &progress).await?;
        if erased(store, region).await? == before {
            return Ok(report);
        }
    }
}

async fn verify_once(
    store: &Store,
    region: &str,
    evidence: &Evidence,
    keys: &[PublicKey],
    progress: impl Fn(i64),
) -> Result<Report, CheckError> {
    let chain = region.to_owned();
    let kept = store.read::<_, StoreError>(move |tx| audit::checkpoints(tx, &chain, None, i64::MAX)).await?;
    let mut verifier = Verifier::new(evidence.witnesses(region, kept, Some(keys)));
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

/// How far entries of a chain were erased: what changes while the chain is read is not of one piece.
async fn erased(store: &Store, region: &str) -> Result<Vec<(Uuid, i64)>, CheckError> {
    let chain = region.to_owned();
    let read = move |tx: &mut Tx| -> Result<Vec<(Uuid, i64)>, StoreError> {
        let mut all = Vec::new();
        for kind in [RecordKind::Audit, RecordKind::Provisions] {
            all.extend(retention::last(tx, &chain, kind)?.filter(|run| run.erased > 0).map(|run| (run.id, run.erased)));
        }
        Ok(all)
    };
    Ok(store.read(read).await?)
}

/// Writes a chain and its checkpoints to a file, and gives back what it was written to.
///
/// # Errors
/// The database's, the file cannot be written, or entries were erased meanwhile.
pub async fn export<W: Write>(store: &Store, region: &str, out: W, progress: impl Fn(i64)) -> Result<W, CheckError> {
    let before = erased(store, region).await?;
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
    if erased(store, region).await? != before {
        return Err(CheckError::ErasedMeanwhile);
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
