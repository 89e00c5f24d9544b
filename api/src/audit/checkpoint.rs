//! Checkpoints: the last link of a chain, signed, so that it can be deposited where this installation cannot change it.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use persistence::audit::{self, Checkpoint, last_link};
use persistence::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::chain_of;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::{Code, Fault, Problem};
use crate::services::Services;

/// Every endpoint of checkpoints.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["audit": state, list, make]
}

/// The type in the header of a signed checkpoint.
pub const TOKEN_TYPE: &str = "linli-audit-checkpoint+jwt";

/// What a signed checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The installation.
    pub iss: String,
    /// The region; empty for the installation's own chain.
    pub region: String,
    /// The link that it vouches for.
    pub link: i64,
    /// That link's hash, in hexadecimal.
    pub hash: String,
    /// When it was signed, in seconds since 1970.
    pub iat: i64,
}

impl Claims {
    /// Whether they say the same as the checkpoint.
    #[must_use]
    pub fn fit(&self, checkpoint: &Checkpoint) -> bool {
        let hash = persistence::secret::hex(&checkpoint.hash);
        self.region == checkpoint.region && self.link == checkpoint.link && self.hash == hash && self.iat == checkpoint.at.timestamp()
    }
}

/// A checkpoint.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AuditCheckpoint)]
pub struct CheckpointView {
    /// The link that it vouches for, and with it all before.
    #[schema(example = "42")]
    link: String,
    /// That link's hash, in hexadecimal.
    hash: String,
    /// When it was made.
    at: DateTime<Utc>,
    /// The same as a signed token (JWS, EdDSA; the keys are at `/v1/audit/keys`): keep it elsewhere.
    token: String,
}

impl From<Checkpoint> for CheckpointView {
    fn from(checkpoint: Checkpoint) -> Self {
        let Checkpoint { link, hash, at, token, .. } = checkpoint;
        Self { link: link.to_string(), hash: persistence::secret::hex(&hash), at, token }
    }
}

/// How far a chain has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AuditChain)]
pub struct ChainView {
    /// The region; null for the installation's own chain.
    region: Option<String>,
    /// The number of the last link; `0` before the first.
    #[schema(example = "42")]
    links: String,
    /// The last link's hash, in hexadecimal.
    hash: Option<String>,
    /// Since when the oldest entry of any chain waits for its link; null where none waits.
    waiting_since: Option<DateTime<Utc>>,
    /// How long that is, in milliseconds.
    lag_milliseconds: i64,
}

/// Which chain.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfChain {
    /// The region; the installation's own chain where it is left out (only for operators of every region).
    #[param(min_length = 2, max_length = 15, example = "230822")]
    region: Option<String>,
}

/// Read how far the audit log's chain has come.
///
/// 审计链状态:最后一环及其哈希,尚待入链的最早记录与滞后毫秒数。
#[utoipa::path(get, path = "/v1/audit/chain", operation_id = "readAuditChain", params(OfChain),
    responses((status = 200, description = "审计链", body = ChainView)))]
pub async fn state(services: Data<Services>, actor: Actor<may::ReadAudit>, query: Query<OfChain>) -> Answer<ChainView> {
    let region = chain_of::<may::ReadAudit>(&services, &actor.actor, "region", query.0.region.as_deref())?;
    let read = move |tx: &mut Tx| -> Result<ChainView, Fault> {
        let (last, waiting_since) = (last_link(tx, &region)?, audit::waiting_since(tx)?);
        Ok(ChainView {
            region: query.0.region,
            links: last.as_ref().map_or(0, |last| last.number).to_string(),
            hash: last.map(|last| persistence::secret::hex(&last.hash)),
            waiting_since,
            lag_milliseconds: waiting_since.map_or(0, |since| (tx.now() - since).num_milliseconds()),
        })
    };
    Ok(Reply::ok(services.store.read(read).await?))
}

/// The checkpoints of a chain.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AuditCheckpoints)]
pub struct Checkpoints {
    /// The newest first, at most a hundred.
    items: Vec<CheckpointView>,
}

/// How many checkpoints are listed: those of the last three months.
const LISTED: i64 = 100;

/// List the checkpoints of a chain.
///
/// 审计检查点:每日及按需签署,可存放于他处以备核对。
#[utoipa::path(get, path = "/v1/audit/checkpoints", operation_id = "listAuditCheckpoints", params(OfChain),
    responses((status = 200, description = "检查点,新者在前", body = Checkpoints)))]
pub async fn list(services: Data<Services>, actor: Actor<may::ReadAudit>, query: Query<OfChain>) -> Answer<Checkpoints> {
    let region = chain_of::<may::ReadAudit>(&services, &actor.actor, "region", query.0.region.as_deref())?;
    let found = services.store.read::<_, Fault>(move |tx| Ok(audit::checkpoints(tx, &region, None, LISTED)?)).await?;
    Ok(Reply::ok(Checkpoints { items: found.into_iter().map(Into::into).collect() }))
}

/// A chain to sign.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeCheckpoint {
    /// The region; the installation's own chain where it is left out (only for operators of every region).
    #[schema(min_length = 2, max_length = 15, example = "230822")]
    region: Option<String>,
}

/// Sign the last link of a chain.
///
/// 即时签署审计检查点;最后一环已签署的,返回原检查点。
#[utoipa::path(post, path = "/v1/audit/checkpoints", operation_id = "makeAuditCheckpoint", request_body = MakeCheckpoint,
    responses((status = 200, description = "检查点", body = CheckpointView)))]
pub async fn make(services: Data<Services>, actor: Actor<may::CheckpointAudit>, body: Json<MakeCheckpoint>) -> Answer<CheckpointView> {
    let region = chain_of::<may::CheckpointAudit>(&services, &actor.actor, "/region", body.value.region.as_deref())?;
    let shared = services.clone();
    let made = services.store.write(move |tx: &mut Tx| sign(tx, &shared, &region)).await?;
    // A chain without a link has nothing to vouch for.
    Ok(Reply::ok(made.ok_or(Code::NotFound)?.into()))
}

/// Signs the last link of a chain; what was signed before stays as it is.
fn sign(tx: &mut Tx, services: &Services, region: &str) -> Result<Option<Checkpoint>, Fault> {
    let Some(last) = last_link(tx, region)? else { return Ok(None) };
    let newest = audit::checkpoints(tx, region, None, 1)?.into_iter().next();
    if let Some(newest) = newest.filter(|newest| newest.link == last.number) {
        return Ok(Some(newest));
    }
    let (at, hash) = (tx.now(), persistence::secret::hex(&last.hash));
    let claims =
        Claims { iss: services.tokens.issuer().to_owned(), region: region.to_owned(), link: last.number, hash, iat: at.timestamp() };
    let token = services.tokens.state(TOKEN_TYPE, &claims, at)?;
    let checkpoint = Checkpoint { region: region.to_owned(), link: last.number, hash: last.hash, at, token };
    audit::add_checkpoint(tx, checkpoint.clone())?;
    Ok(Some(checkpoint))
}

/// Signs the last link of a chain now.
///
/// # Errors
/// The database's.
pub async fn renew(services: &Data<Services>, region: String) -> Result<(), Problem> {
    let shared = services.clone();
    match services.store.tally(move |tx: &mut Tx| sign(tx, &shared, &region)).await {
        // Another replica was quicker.
        Ok(_) | Err(Fault::Store(StoreError::Duplicate(_))) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Signs each chain that has not been signed today, by the region's calendar.
///
/// # Errors
/// The database's.
pub async fn daily(services: &Data<Services>) -> Result<(), Problem> {
    let mut chains: Vec<(String, chrono_tz::Tz)> =
        services.book.regions().into_iter().map(|region| (region.division.to_string(), region.zone)).collect();
    chains.push((String::new(), chrono_tz::Tz::UTC));
    for (region, zone) in chains {
        let chain = region.clone();
        let is_due = move |tx: &mut Tx| -> Result<bool, Fault> {
            let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
            let newest = audit::checkpoints(tx, &chain, None, 1)?.into_iter().next();
            let last = last_link(tx, &chain)?;
            Ok(last.is_some_and(|last| newest.is_none_or(|newest| newest.link < last.number && day(newest.at) < day(tx.now()))))
        };
        if services.store.read(is_due).await? {
            renew(services, region).await?;
        }
    }
    Ok(())
}
