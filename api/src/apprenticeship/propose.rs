//! Proposing an apprenticeship, from either side.

use actix_web::web::Data;
use domain::apprenticeship::{ApprenticeshipPolicy, ApprenticeshipSide, ApprenticeshipState};
use domain::message::MessageKind;
use domain::person::PersonName;
use domain::region::DivisionCode;
use persistence::apprenticeship::{self, Agreed, Apprenticeship};
use persistence::person::Person;
use persistence::{StoreError, Tx, catalogue, message, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rule::{certified, has_room, hold_both, may_take_part};
use super::view::{ApprenticeshipView, view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region::{self, policy::in_force};
use crate::services::Services;

/// Every endpoint of proposing.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["apprenticeships": propose]
}

/// An apprenticeship to propose.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeApprenticeship {
    /// What the caller is to be.
    side: ApprenticeshipSide,
    /// The other one of the two.
    other: Uuid,
    /// The full name of the other one: who does not know it may not.
    #[schema(min_length = 1, max_length = 50, example = "王秀英")]
    other_name: String,
    /// The craft, of the region.
    craft: Uuid,
    /// Where it is passed on.
    #[schema(min_length = 2, max_length = 15, example = "230822106001")]
    division: String,
}

/// Propose an apprenticeship.
///
/// 拜师或收徒:师傅或学徒任一方提出,须写明对方姓名;师傅须为在岗志愿者且持有该技能达到政策等级的有效认证,在带学徒不超过政策上限;
/// 未成年学徒须监护人同意;对方同意后开始第一阶段。
#[utoipa::path(post, path = "/v1/apprenticeships", operation_id = "proposeApprenticeship", request_body = ProposeApprenticeship,
    responses((status = 201, description = "师徒关系", body = ApprenticeshipView)))]
pub async fn propose(
    services: Data<Services>,
    actor: Actor<may::ProposeApprenticeship>,
    conditions: Conditions,
    reads: Reads,
    body: Json<ProposeApprenticeship>,
) -> Answer<ApprenticeshipView> {
    let (shared, who, digest, asked, id) = (services.clone(), actor.actor, body.digest, body.value, Uuid::now_v7());
    let me = who.person.ok_or(Code::PersonRequired)?;
    let division = region::code("/division", &asked.division)?;
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?.division.clone();
    let work = move |tx: &mut Tx| -> Result<(ApprenticeshipView, bool), Fault> {
        let once = conditions.once(tx, who.account, &digest, 201, id)?;
        let kept = match once {
            Once::First => {
                let division = region::known(tx, "/division", &division)?.code;
                let proposing = Proposing { id, me, account: who.account, region: &region, division };
                enter(tx, &shared, proposing, &asked)?;
                id
            }
            Once::Before(before) => before,
        };
        let found = apprenticeship::load(tx, kept)?;
        Ok((view(tx, found, &who, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/apprenticeships/{}", view.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Who proposes, and where.
struct Proposing<'a> {
    id: Uuid,
    me: Uuid,
    account: Uuid,
    region: &'a DivisionCode,
    division: DivisionCode,
}

/// Keeps a proposal against which nothing stands.
fn enter(tx: &mut Tx, services: &Services, proposing: Proposing<'_>, asked: &ProposeApprenticeship) -> Result<(), Fault> {
    let me = person::load(tx, proposing.me)?;
    let craft = refers(catalogue::load_craft(tx, asked.craft), "/craft", Rule::UnknownCraft)?;
    if !craft.active || craft.region != *proposing.region {
        return Err(Problem::field("/craft", Rule::UnknownCraft).into());
    }
    if !proposing.region.covers(&me.division) {
        return Err(Problem::field("/division", Rule::OutsideDivision).into());
    }
    let policy: ApprenticeshipPolicy = in_force(tx, proposing.region, tx.now())?;
    // One's own side first: who could propose nothing learns nothing of others.
    may_take_part(tx, services, &me)?;
    if asked.side == ApprenticeshipSide::Master {
        certified(tx, &policy, me.id, asked.craft)?;
    }
    let other = the_other(tx, &proposing, asked)?;
    hold_both(tx, me.id, other.id)?;
    let (master, apprentice) = match asked.side {
        ApprenticeshipSide::Master => (&me, &other),
        ApprenticeshipSide::Apprentice => (&other, &me),
    };
    may_take_part(tx, services, &other)?;
    let held = certified(tx, &policy, master.id, asked.craft)?;
    if asked.side == ApprenticeshipSide::Master {
        has_room(tx, &policy, master.id)?;
    }
    let (now, yes) = (tx.now(), Agreed { by: proposing.account, at: tx.now() });
    let agreed = |side| (asked.side == side).then_some(yes);
    let new = Apprenticeship {
        id: proposing.id,
        region: proposing.region.clone(),
        division: proposing.division,
        craft: asked.craft,
        master: master.id,
        apprentice: apprentice.id,
        state: ApprenticeshipState::Proposed,
        stage: None,
        stage_since: None,
        master_agreed: agreed(ApprenticeshipSide::Master),
        apprentice_agreed: agreed(ApprenticeshipSide::Apprentice),
        channel: None,
        evidence: None,
        certification: Some(held.id),
        lapsed_at: None,
        asked: None,
        end: None,
        policy_version: policy.version,
        version: 1,
        created_by: proposing.account,
        created_at: now,
        ended_at: None,
    };
    apprenticeship::add(tx, &new).map_err(taken)?;
    Ok(message::tell(tx, MessageKind::ApprenticeshipProposed, new.id, other.id)?)
}

/// The other one of the two, whom the caller knows by name, of the same region. Nobody is found by an id alone.
fn the_other(tx: &mut Tx, proposing: &Proposing<'_>, asked: &ProposeApprenticeship) -> Result<Person, Fault> {
    let unknown = || Problem::field("/other", Rule::UnknownPerson);
    let other = refers(person::load(tx, asked.other), "/other", Rule::UnknownPerson)?;
    let named = PersonName::parse(&asked.other_name).is_ok_and(|name| name == other.name);
    let near = proposing.region.covers(&other.division);
    if !named || !near || other.id == proposing.me || person::erasure(tx, other.id)?.is_some() {
        return Err(unknown().into());
    }
    Ok(other)
}

fn taken(error: StoreError) -> Fault {
    // SQLite names the columns, PostgreSQL the index.
    if matches!(&error, StoreError::Duplicate(which) if which.contains("apprenticeships")) {
        Code::AlreadyExists.into()
    } else {
        error.into()
    }
}
