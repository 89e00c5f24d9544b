//! What parties pledge.

use actix_web::web::{Data, Path};
use domain::organisation::PartnershipState;
use persistence::organisation::{self, Drawn, Pledge};
use persistence::{StoreError, Tx};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::for_party;
use super::life::stands;
use super::view::PledgeView;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of pledges.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["partnerships": pledge, show, set_quota]
}

/// What a party pledges.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PledgeInput {
    /// The party.
    organisation: Uuid,
    /// What.
    #[schema(min_length = 1, max_length = 100, example = "入户义诊")]
    resource: String,
    /// In what it is counted.
    #[schema(min_length = 1, max_length = 20, example = "人次")]
    unit: String,
    /// How much.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 120)]
    quota: i64,
}

impl PledgeInput {
    /// Reads it; `at` is where it stands in the body.
    pub(super) fn read(&self, at: &str, partnership: Uuid, parties: &[Uuid]) -> Result<Pledge, Problem> {
        if !parties.contains(&self.organisation) {
            return Err(Problem::field(format!("{at}/organisation"), Rule::NotAParty));
        }
        Ok(Pledge {
            id: Uuid::now_v7(),
            partnership,
            organisation: self.organisation,
            resource: region::line(&format!("{at}/resource"), &self.resource)?,
            unit: region::line(&format!("{at}/unit"), &self.unit)?,
            quota: self.quota,
            used: 0,
            version: 1,
        })
    }
}

/// Pledge something in a partnership.
///
/// 承诺资源:由该方管理员、负责人或管理人员办理;名称、计量单位与数量。
#[utoipa::path(post, path = "/v1/partnerships/{id}/pledges", operation_id = "addPledge", request_body = PledgeInput,
    params(("id" = Uuid, Path, description = "共建")), responses((status = 201, description = "承诺", body = PledgeView)))]
pub async fn pledge(
    services: Data<Services>,
    actor: Actor<may::AgreePartnership>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<PledgeInput>,
) -> Answer<PledgeView> {
    let (who, digest, asked, id) = (actor.actor, body.digest, body.value, *id);
    let new = asked.read("", id, &[asked.organisation])?;
    let work = move |tx: &mut Tx| -> Result<(PledgeView, bool), Fault> {
        let found = organisation::load_partnership(tx, id)?;
        let parties = organisation::parties(tx, id)?;
        for_party::<may::AgreePartnership>(tx, &who, &parties, new.organisation)?;
        let once = conditions.once(tx, who.account, &digest, 201, new.id)?;
        let pledge = match once {
            Once::First => {
                if found.state == PartnershipState::Ended {
                    return Err(stands(&found));
                }
                organisation::add_pledge(tx, &new, who.account)?;
                new.id
            }
            Once::Before(before) => before,
        };
        Ok((organisation::load_pledge(tx, pledge)?.into(), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/pledges/{}", view.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Read a pledge.
///
/// 查看承诺资源:数量、已用与剩余。
#[utoipa::path(get, path = "/v1/pledges/{id}", operation_id = "readPledge", params(("id" = Uuid, Path, description = "承诺")),
    responses((status = 200, description = "承诺", body = PledgeView)))]
pub async fn show(services: Data<Services>, _actor: Actor<may::ReadPartnership>, id: Path<Uuid>) -> Answer<PledgeView> {
    let id = *id;
    let pledge = services.store.glance::<_, StoreError>(move |tx| organisation::load_pledge(tx, id)).await.map_err(Fault::from)?;
    let version = pledge.version;
    Ok(Reply::ok(pledge.into()).tagged(version))
}

/// How much is promised from now on.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPledgeQuota {
    /// How much; not less than is used.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 200)]
    quota: i64,
}

/// Promise more or less.
///
/// 调整承诺数量:由该方办理,须携带所依据版本的 If-Match;不得少于已用数量。
#[utoipa::path(put, path = "/v1/pledges/{id}", operation_id = "setPledgeQuota", request_body = SetPledgeQuota,
    params(("id" = Uuid, Path, description = "承诺")), responses((status = 200, description = "承诺", body = PledgeView)))]
pub async fn set_quota(
    services: Data<Services>,
    actor: Actor<may::AgreePartnership>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<SetPledgeQuota>,
) -> Answer<PledgeView> {
    conditions.must_match()?;
    let (who, quota, id) = (actor.actor, body.value.quota, *id);
    let work = move |tx: &mut Tx| -> Result<PledgeView, Fault> {
        let pledge = organisation::load_pledge(tx, id)?;
        let found = organisation::load_partnership(tx, pledge.partnership)?;
        let parties = organisation::parties(tx, pledge.partnership)?;
        for_party::<may::AgreePartnership>(tx, &who, &parties, pledge.organisation)?;
        conditions.require_version(pledge.version)?;
        if found.state == PartnershipState::Ended {
            return Err(stands(&found));
        }
        match organisation::set_quota(tx, &pledge, quota)? {
            Drawn::Done => Ok(organisation::load_pledge(tx, id)?.into()),
            Drawn::Short => {
                let used = organisation::load_pledge(tx, id)?.used;
                Err(Problem::field_with("/quota", Rule::QuotaUsed, vec![used.to_string()]).into())
            }
        }
    };
    let view = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}
