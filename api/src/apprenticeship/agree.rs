//! The answer of the other side.

use actix_web::web::{Data, Path};
use domain::apprenticeship::{ApprenticeshipPolicy, ApprenticeshipSide, ApprenticeshipState, ApprenticeshipStep};
use domain::identity::Actor as Acting;
use domain::message::MessageKind;
use domain::person::ConsentChannel;
use persistence::apprenticeship::{self, Agreed, Apprenticeship};
use persistence::{Tx, identity, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rule::{certified, has_room, hold_both, may_take_part, possible, stands, tell_others, visible};
use super::view::{ApprenticeshipView, view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::identity::second_person::{First, about_another};
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region::{self, policy::of_version};
use crate::services::Services;

/// Every endpoint of answering a proposal.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["apprenticeships": agree, refuse]
}

/// How an apprentice without an account has agreed; nothing of it where one agrees for oneself.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreeToApprenticeship {
    /// How.
    channel: Option<ConsentChannel>,
    /// Where the evidence lies, such as the number of a form.
    #[schema(min_length = 1, max_length = 200)]
    evidence: Option<String>,
}

/// Agree to an apprenticeship.
///
/// 同意师徒关系:由对方本人同意;没有账号的学徒由社工代录,须写明方式与凭证;双方同意后第一阶段即开始。
#[utoipa::path(post, path = "/v1/apprenticeships/{id}/agree", operation_id = "agreeToApprenticeship", request_body = AgreeToApprenticeship,
    params(("id" = Uuid, Path, description = "师徒关系")), responses((status = 200, description = "师徒关系", body = ApprenticeshipView)))]
pub async fn agree(
    services: Data<Services>,
    actor: Actor<may::AgreeApprenticeship>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<AgreeToApprenticeship>,
) -> Answer<ApprenticeshipView> {
    let (shared, who, digest, asked, id) = (services.clone(), actor.actor, body.digest, body.value, *id);
    let work = move |tx: &mut Tx| -> Result<(ApprenticeshipView, bool), Fault> {
        let found = visible::<may::AgreeApprenticeship>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(found.version)?;
            say_yes(tx, &shared, &who, found, &asked)?;
        }
        let found = apprenticeship::load(tx, id)?;
        Ok((view(tx, found, &who, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// For which side the actor speaks: their own, or that of an apprentice who has no account, whom somebody of the staff has asked.
fn speaks_for(tx: &mut Tx, who: &Acting, found: &Apprenticeship) -> Result<ApprenticeshipSide, Fault> {
    if let Some(own) = who.person.and_then(|person| found.side_of(person)) {
        return Ok(own);
    }
    about_another::<may::AgreeApprenticeship>(tx, who, &First { persons: vec![found.master], ..First::default() })?;
    if identity::accounts_behind(tx, &[found.apprentice], &[])?.is_empty() {
        return Ok(ApprenticeshipSide::Apprentice);
    }
    Err(Code::SpeaksForThemselves.into())
}

fn say_yes(tx: &mut Tx, services: &Services, who: &Acting, found: Apprenticeship, asked: &AgreeToApprenticeship) -> Result<(), Fault> {
    possible(&found, ApprenticeshipStep::Agree)?;
    let side = speaks_for(tx, who, &found)?;
    if found.agreement_of(side).is_some() {
        return Err(stands(&found).into());
    }
    let is_own = who.person == Some(found.person_of(side));
    let (channel, evidence) = how(asked, is_own)?;
    let policy: ApprenticeshipPolicy = of_version(tx, &found.region, &found.policy_version)?;
    hold_both(tx, found.master, found.apprentice)?;
    for id in [found.master, found.apprentice] {
        let person = person::load(tx, id)?;
        may_take_part(tx, services, &person)?;
    }
    let held = certified(tx, &policy, found.master, found.craft)?;
    if side == ApprenticeshipSide::Master {
        has_room(tx, &policy, found.master)?;
    }
    let yes = Some(Agreed { by: who.account, at: tx.now() });
    let begun = Apprenticeship {
        state: ApprenticeshipState::Running,
        stage: policy.stages.first().map(|rule| rule.stage),
        stage_since: Some(tx.now()),
        master_agreed: found.master_agreed.or(yes),
        apprentice_agreed: found.apprentice_agreed.or(yes),
        channel,
        evidence,
        certification: Some(held.id),
        ..found
    };
    apprenticeship::save(tx, &begun, who.account)?;
    tell_others(tx, MessageKind::ApprenticeshipAgreed, &begun, who.person)
}

/// How it was agreed: said where staff keep it on record, and only there.
fn how(asked: &AgreeToApprenticeship, is_own: bool) -> Result<(Option<ConsentChannel>, Option<String>), Problem> {
    if is_own {
        let said = [("/channel", asked.channel.is_some()), ("/evidence", asked.evidence.is_some())];
        return match said.iter().find(|(_, said)| *said) {
            Some((pointer, _)) => Err(Problem::field(*pointer, Rule::AgreesThemselves)),
            None => Ok((None, None)),
        };
    }
    let channel = asked.channel.ok_or_else(|| Problem::field("/channel", Rule::Required))?;
    let evidence = asked.evidence.as_deref().ok_or_else(|| Problem::field("/evidence", Rule::Required))?;
    Ok((Some(channel), Some(region::line("/evidence", evidence)?)))
}

/// Refuse an apprenticeship.
///
/// 不同意师徒关系:由尚未同意的一方,或社工代没有账号的学徒。
#[utoipa::path(post, path = "/v1/apprenticeships/{id}/refuse", operation_id = "refuseApprenticeship", request_body = Empty,
    params(("id" = Uuid, Path, description = "师徒关系")), responses((status = 200, description = "师徒关系", body = ApprenticeshipView)))]
pub async fn refuse(
    services: Data<Services>,
    actor: Actor<may::AgreeApprenticeship>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<ApprenticeshipView> {
    let (who, digest, id) = (actor.actor, body.digest, *id);
    let work = move |tx: &mut Tx| -> Result<(ApprenticeshipView, bool), Fault> {
        let found = visible::<may::AgreeApprenticeship>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(found.version)?;
            possible(&found, ApprenticeshipStep::Refuse)?;
            let side = speaks_for(tx, &who, &found)?;
            if found.agreement_of(side).is_some() {
                return Err(stands(&found).into());
            }
            let refused = Apprenticeship { state: ApprenticeshipState::Refused, ended_at: Some(tx.now()), ..found };
            apprenticeship::save(tx, &refused, who.account)?;
            tell_others(tx, MessageKind::ApprenticeshipEnded, &refused, who.person)?;
        }
        let found = apprenticeship::load(tx, id)?;
        Ok((view(tx, found, &who, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
