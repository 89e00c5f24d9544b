//! Partnerships: proposed, agreed to by each party, ended.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::NaiveDate;
use domain::identity::Actor as Acting;
use domain::organisation::{OrganisationKind, OrganisationState, PartnershipEnd, PartnershipKind, PartnershipState, Term};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary as _;
use persistence::organisation::{self, NewPartnership, Partnership, PartnershipsOf, Pledge};
use persistence::{StoreError, Tx};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::pledge::PledgeInput;
use super::view::{PartnershipView, view};
use super::{for_any, for_party};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::days;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::second_person::{First, two_minds};
use crate::once::{Conditions, Once};
use crate::organisation::may_do;
use crate::page::{self, Page};
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region;
use crate::services::Services;

/// Every endpoint of partnerships.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["partnerships": propose, list, show, agree, end]
}

/// A term ends after so many years at the latest.
const YEARS: u32 = 5;

/// A partnership to propose.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposePartnership {
    /// What kind it is.
    kind: PartnershipKind,
    /// For whom it is.
    #[schema(min_length = 2, max_length = 15, example = "230822106001")]
    division: String,
    /// What it is called.
    #[schema(min_length = 1, max_length = 100, example = "县医院进社区义诊")]
    title: String,
    /// The first day on which what was pledged can be used.
    valid_from: NaiveDate,
    /// The last day; not before today.
    valid_until: NaiveDate,
    /// Who takes part: active organisations of the region, one of them at least of the kind that the partnership is with.
    #[schema(min_items = 2, max_items = 10)]
    parties: Vec<Uuid>,
    /// What they pledge.
    #[serde(default)]
    #[schema(max_items = 20)]
    pledges: Vec<PledgeInput>,
}

/// Propose a partnership.
///
/// 提议共建:社医、社校、社商或村社;各方须为本地区正常状态的组织,其中至少一方为相应类型;各方均同意后生效。
#[utoipa::path(post, path = "/v1/partnerships", operation_id = "proposePartnership", request_body = ProposePartnership,
    responses((status = 201, description = "共建", body = PartnershipView)))]
pub async fn propose(
    services: Data<Services>,
    actor: Actor<may::ProposePartnership>,
    conditions: Conditions,
    reads: Reads,
    body: Json<ProposePartnership>,
) -> Answer<PartnershipView> {
    let (shared, who, digest, asked, id) = (services.clone(), actor.actor, body.digest, body.value, Uuid::now_v7());
    let division = region::code("/division", &asked.division)?;
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    days::check_validity(asked.valid_from, asked.valid_until, YEARS)?;
    if asked.valid_until < crate::person::input::today(&services, &division) {
        return Err(Problem::field("/valid_until", Rule::InPast));
    }
    let new = NewPartnership {
        id,
        region: region.division.clone(),
        division,
        kind: asked.kind,
        title: region::line("/title", &asked.title)?,
        term: Term { from: asked.valid_from, until: asked.valid_until },
        parties: crate::person::profile::unique("/parties", &asked.parties)?,
        by: who.account,
    };
    let pledged = asked.pledges.iter().enumerate().map(|(index, pledge)| pledge.read(&format!("/pledges/{index}"), id, &asked.parties));
    let pledged: Vec<Pledge> = pledged.collect::<Result<_, Problem>>()?;
    let work = move |tx: &mut Tx| -> Result<(PartnershipView, bool), Fault> {
        may_propose(tx, &who, &new)?;
        let once = conditions.once(tx, who.account, &digest, 201, new.id)?;
        let id = match once {
            Once::First => {
                let division = region::known(tx, "/division", &new.division)?.code;
                check_parties(tx, &new)?;
                organisation::add_partnership(tx, &NewPartnership { division, ..new.clone() })?;
                pledged.iter().try_for_each(|pledge| organisation::add_pledge(tx, pledge, who.account))?;
                new.id
            }
            Once::Before(before) => before,
        };
        let found = organisation::load_partnership(tx, id)?;
        Ok((view(tx, &shared, found, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/partnerships/{}", view.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// It is proposed by who speaks for a party, or works where one of them is at home.
fn may_propose(tx: &mut Tx, who: &Acting, new: &NewPartnership) -> Result<(), Fault> {
    for party in &new.parties {
        let found = match organisation::load(tx, *party) {
            Ok(found) => found,
            Err(StoreError::Missing) => continue,
            Err(error) => return Err(error.into()),
        };
        if may_do::<may::ProposePartnership>(tx, who, &found)? {
            return Ok(());
        }
    }
    Err(Code::Forbidden.into())
}

fn check_parties(tx: &mut Tx, new: &NewPartnership) -> Result<(), Fault> {
    let mut kinds = Vec::new();
    for (index, party) in new.parties.iter().enumerate() {
        let pointer = format!("/parties/{index}");
        let found = refers(organisation::load(tx, *party), &pointer, Rule::UnknownOrganisation)?;
        if found.region != new.region {
            return Err(Problem::field(pointer, Rule::UnknownOrganisation).into());
        }
        if found.state != OrganisationState::Active {
            return Err(Problem::field(pointer, Rule::NotActive).into());
        }
        kinds.extend(OrganisationKind::from_text(&found.kind));
    }
    if new.kind.fits(&kinds) {
        return Ok(());
    }
    let wanted: Vec<&str> = new.kind.partners().iter().map(|kind| kind.as_str()).collect();
    Err(Problem::field_with("/parties", Rule::UnfitParties, vec![wanted.join(", ")]).into())
}

/// Which partnerships.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListPartnerships {
    /// For whom they are.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// Only of this kind.
    kind: Option<PartnershipKind>,
    /// Only in this state.
    state: Option<PartnershipState>,
    /// Only those in which this organisation takes part.
    organisation: Option<Uuid>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the partnerships of a division.
///
/// 共建清单:新的在前,含各方、承诺资源及已用、剩余数量。
#[utoipa::path(get, path = "/v1/partnerships", operation_id = "listPartnerships", params(ListPartnerships),
    responses((status = 200, description = "共建", body = Page<PartnershipView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    _actor: Actor<may::ReadPartnership>,
    reads: Reads,
    query: Query<ListPartnerships>,
) -> Answer<Page<PartnershipView>> {
    let (asked, shared, keys) = (query.0, services.clone(), services.store.keys());
    let (limit, division) = (page::limit(asked.limit)?, region::code("division", &asked.division)?);
    let (kind, state, organisation) = (asked.kind, asked.state, asked.organisation);
    let name = format!("partnerships {division} {kind:?} {state:?} {organisation:?}");
    let before: Option<Uuid> = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<PartnershipView>, Fault> {
        let within: DivisionCode = region::known(tx, "division", &division)?.code;
        let of = PartnershipsOf { within: &within, kind, state, organisation };
        let found = organisation::partnerships(tx, &of, before, limit + 1)?;
        Ok(found.into_iter().map(|one| view(tx, &shared, one, reads.0)).collect::<Result<_, StoreError>>()?)
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &PartnershipView| view.id)
}

/// Read a partnership.
///
/// 查看共建:各方、期限、承诺资源及已用、剩余数量。
#[utoipa::path(get, path = "/v1/partnerships/{id}", operation_id = "readPartnership", params(("id" = Uuid, Path, description = "共建")),
    responses((status = 200, description = "共建", body = PartnershipView)))]
pub async fn show(services: Data<Services>, _actor: Actor<may::ReadPartnership>, reads: Reads, id: Path<Uuid>) -> Answer<PartnershipView> {
    let (shared, id) = (services.clone(), *id);
    let work = move |tx: &mut Tx| -> Result<PartnershipView, Fault> {
        let found = organisation::load_partnership(tx, id)?;
        Ok(view(tx, &shared, found, reads.0)?)
    };
    Ok(Reply::ok(services.store.read(work).await?))
}

/// For which party.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreeToPartnership {
    /// The party for which the actor speaks.
    organisation: Uuid,
}

/// Give a party's word to a partnership.
///
/// 同意共建:由该方组织管理员、负责人或管理人员办理;同一人不得代表两方;各方均同意后生效。
#[utoipa::path(post, path = "/v1/partnerships/{id}/agree", operation_id = "agreeToPartnership", request_body = AgreeToPartnership,
    params(("id" = Uuid, Path, description = "共建")), responses((status = 200, description = "共建", body = PartnershipView)))]
pub async fn agree(
    services: Data<Services>,
    actor: Actor<may::AgreePartnership>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<AgreeToPartnership>,
) -> Answer<PartnershipView> {
    let (shared, who, digest, party, id) = (services.clone(), actor.actor, body.digest, body.value.organisation, *id);
    let work = move |tx: &mut Tx| -> Result<(PartnershipView, bool), Fault> {
        let found = organisation::load_partnership(tx, id)?;
        let parties = organisation::parties(tx, id)?;
        let party = for_party::<may::AgreePartnership>(tx, &who, &parties, party)?;
        for other in parties.iter().filter(|other| other.organisation != party.organisation) {
            if let Some((by, at)) = other.agreed {
                two_minds(tx, &who, &First::account(by), at)?;
            }
        }
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) && party.agreed.is_none() {
            if found.state != PartnershipState::Proposed {
                return Err(stands(&found));
            }
            organisation::agree(tx, id, party.organisation, who.account)?;
            let all = organisation::parties(tx, id)?.iter().all(|party| party.agreed.is_some());
            let state = if all { PartnershipState::Active } else { PartnershipState::Proposed };
            organisation::change_partnership(tx, &found, state, None, who.account)?;
        }
        let found = organisation::load_partnership(tx, id)?;
        Ok((view(tx, &shared, found, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    Ok(Reply::ok(view).replayed(replayed))
}

/// Why it ends.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndPartnership {
    /// Why.
    reason: PartnershipEnd,
}

/// End a partnership.
///
/// 终止共建:任一方的管理员、负责人、管理人员或区划社工、管理员可办理,须说明原因;已终止的保持原样;已用的资源仍记录在案。
#[utoipa::path(post, path = "/v1/partnerships/{id}/end", operation_id = "endPartnership", request_body = EndPartnership,
    params(("id" = Uuid, Path, description = "共建")), responses((status = 200, description = "共建", body = PartnershipView)))]
pub async fn end(
    services: Data<Services>,
    actor: Actor<may::EndPartnership>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<EndPartnership>,
) -> Answer<PartnershipView> {
    let (shared, who, digest, reason, id) = (services.clone(), actor.actor, body.digest, body.value.reason, *id);
    let work = move |tx: &mut Tx| -> Result<(PartnershipView, bool), Fault> {
        let found = organisation::load_partnership(tx, id)?;
        let parties = organisation::parties(tx, id)?;
        for_any::<may::EndPartnership>(tx, &who, &parties)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) && found.state != PartnershipState::Ended {
            organisation::change_partnership(tx, &found, PartnershipState::Ended, Some(reason), who.account)?;
        }
        let found = organisation::load_partnership(tx, id)?;
        Ok((view(tx, &shared, found, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    Ok(Reply::ok(view).replayed(replayed))
}

/// What a caller is told where a partnership does not stand as it should.
pub(super) fn stands(found: &Partnership) -> Fault {
    Problem::stands_against(Code::PartnershipState, Rule::PartnershipState, vec![found.state.to_string()]).into()
}
