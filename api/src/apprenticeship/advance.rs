//! From one stage to the next: the master asks, somebody else of the staff confirms.

use actix_web::web::{Data, Path};
use domain::apprenticeship::{ApprenticeStage, ApprenticeshipPolicy, ApprenticeshipState, ApprenticeshipStep, Progress, Shortfall};
use domain::identity::Actor as Acting;
use domain::message::MessageKind;
use persistence::Tx;
use persistence::apprenticeship::{self, Agreed, Apprenticeship, StageDone};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rule::{certified, possible, tell_others, tell_staff, visible};
use super::view::{ApprenticeshipView, view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::identity::second_person::{First, about_another, neither_in_hand};
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region::{self, policy::of_version};
use crate::services::Services;

/// Every endpoint of advancing.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["apprenticeships": ask, decide]
}

/// The stage in which an apprentice is, and how far they have come.
pub(super) struct Standing {
    /// The policy that holds for the apprenticeship.
    policy: ApprenticeshipPolicy,
    /// The stage.
    stage: ApprenticeStage,
    /// Since when.
    since: domain::Timestamp,
    /// How far.
    pub(super) progress: Progress,
    /// What the stage asks for.
    pub(super) needed: Progress,
    lacks: Option<Shortfall>,
}

impl Standing {
    /// How far an apprentice has come now; nothing before the first stage.
    pub(super) fn of(tx: &mut Tx, found: &Apprenticeship) -> Result<Option<Self>, Fault> {
        let Some((stage, since)) = found.stage.zip(found.stage_since) else { return Ok(None) };
        let policy: ApprenticeshipPolicy = of_version(tx, &found.region, &found.policy_version)?;
        let rule = policy.rule(stage).ok_or_else(|| Problem::internal(format!("{} has no stage {}", policy.version, found.id)))?;
        let works = apprenticeship::count_works(tx, found.id, stage)?;
        let progress = Progress { days: (tx.now() - since).num_days(), works };
        let needed = Progress { days: rule.days, works: rule.works };
        Ok(Some(Self { lacks: rule.is_done(progress).err(), policy, stage, since, progress, needed }))
    }

    /// The same, of a stage that is done.
    fn done(tx: &mut Tx, found: &Apprenticeship) -> Result<Self, Fault> {
        let standing = Self::of(tx, found)?.ok_or_else(|| Problem::internal("a running apprenticeship has a stage"))?;
        match standing.lacks {
            None => Ok(standing),
            Some(Shortfall { days, works }) => {
                let words = vec![days.to_string(), works.to_string(), standing.policy.version];
                Err(Problem::stands_against(Code::StageNotDone, Rule::StageNotDone, words).into())
            }
        }
    }
}

/// Ask for the next stage of an apprentice.
///
/// 申请进阶:由师傅提出;该阶段须满政策规定的天数与作品数,师傅认证须有效;之后由社工或管理员确认。
#[utoipa::path(post, path = "/v1/apprenticeships/{id}/ask-for-stage", operation_id = "askForStage", request_body = Empty,
    params(("id" = Uuid, Path, description = "师徒关系")), responses((status = 200, description = "师徒关系", body = ApprenticeshipView)))]
pub async fn ask(
    services: Data<Services>,
    actor: Actor<may::AskForStage>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<ApprenticeshipView> {
    let (who, digest, id) = (actor.actor, body.digest, *id);
    let work = move |tx: &mut Tx| -> Result<(ApprenticeshipView, bool), Fault> {
        let found = visible::<may::AskForStage>(tx, &who, id)?;
        if who.person != Some(found.master) {
            return Err(Code::Forbidden.into());
        }
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(found.version)?;
            possible(&found, ApprenticeshipStep::Ask)?;
            let standing = Standing::done(tx, &found)?;
            let held = certified(tx, &standing.policy, found.master, found.craft)?;
            let asked = Some(Agreed { by: who.account, at: tx.now() });
            let after = Apprenticeship { asked, certification: Some(held.id), lapsed_at: None, ..found };
            apprenticeship::save(tx, &after, who.account)?;
            tell_staff(tx, MessageKind::ApprenticeshipAsked, &after)?;
        }
        let found = apprenticeship::load(tx, id)?;
        Ok((view(tx, found, &who, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Whether the next stage is confirmed.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideStage {
    /// Whether it is; otherwise the stage goes on, and the master may ask again.
    confirmed: bool,
}

/// Confirm the next stage of an apprentice, or not.
///
/// 确认进阶:由区划内的社工或管理员确认,不得为师徒本人或其关联账号;确认时重新核对天数、作品数与师傅认证,并记下依据;
/// 最后阶段确认后即出师。不确认则退回,可再次申请。
#[utoipa::path(post, path = "/v1/apprenticeships/{id}/decide-stage", operation_id = "decideStage", request_body = DecideStage,
    params(("id" = Uuid, Path, description = "师徒关系")), responses((status = 200, description = "师徒关系", body = ApprenticeshipView)))]
pub async fn decide(
    services: Data<Services>,
    actor: Actor<may::ConfirmStage>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<DecideStage>,
) -> Answer<ApprenticeshipView> {
    let (who, digest, confirmed, id) = (actor.actor, body.digest, body.value.confirmed, *id);
    let work = move |tx: &mut Tx| -> Result<(ApprenticeshipView, bool), Fault> {
        let found = apprenticeship::load(tx, id)?;
        region::within::<may::ConfirmStage>(tx, &who, &found.division)?;
        let first = First {
            accounts: found.asked.map(|asked| asked.by).into_iter().collect(),
            persons: vec![found.master, found.apprentice],
            ..First::default()
        };
        about_another::<may::ConfirmStage>(tx, &who, &first)?;
        neither_in_hand(tx, &who, &first, found.asked.map_or(tx.now(), |asked| asked.at))?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(found.version)?;
            let step = if confirmed { ApprenticeshipStep::Confirm } else { ApprenticeshipStep::Decline };
            possible(&found, step)?;
            if confirmed { confirm(tx, &who, found)? } else { decline(tx, &who, found)? }
        }
        let found = apprenticeship::load(tx, id)?;
        Ok((view(tx, found, &who, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

fn confirm(tx: &mut Tx, who: &Acting, found: Apprenticeship) -> Result<(), Fault> {
    let standing = Standing::done(tx, &found)?;
    let held = certified(tx, &standing.policy, found.master, found.craft)?;
    let asked = found.asked.ok_or_else(|| Problem::internal("nobody has asked"))?;
    let next = standing.policy.after(standing.stage);
    let (now, last) = (tx.now(), next.is_none());
    let after = Apprenticeship {
        state: ApprenticeshipStep::Confirm.to(last),
        stage: Some(next.unwrap_or(standing.stage)),
        stage_since: Some(if last { standing.since } else { now }),
        asked: None,
        certification: Some(held.id),
        lapsed_at: None,
        ended_at: last.then_some(now),
        ..found
    };
    // First the row that only one of two at once can change.
    apprenticeship::save(tx, &after, who.account)?;
    apprenticeship::add_stage(
        tx,
        &StageDone {
            apprenticeship: after.id,
            stage: standing.stage,
            began_at: standing.since,
            done_at: now,
            days: standing.progress.days,
            works: standing.progress.works,
            days_needed: standing.needed.days,
            works_needed: standing.needed.works,
            certification: held.id,
            policy_version: standing.policy.version,
            asked,
            confirmed_by: who.account,
        },
    )?;
    tell_others(tx, MessageKind::ApprenticeshipAdvanced, &after, None)
}

fn decline(tx: &mut Tx, who: &Acting, found: Apprenticeship) -> Result<(), Fault> {
    let after = Apprenticeship { state: ApprenticeshipState::Running, asked: None, ..found };
    apprenticeship::save(tx, &after, who.account)?;
    tell_others(tx, MessageKind::ApprenticeshipNotAdvanced, &after, None)
}
