//! The steps of an organisation's life: it is submitted, and a second person decides.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, TimeDelta, Utc};
use domain::identity::Actor as Acting;
use domain::organisation::{FundAccount, OrganisationStep, StepRefusal};
use persistence::organisation::{self, Event, Organisation, Profile};
use persistence::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::paper::check_sponsor;
use super::permitted;
use super::record::{OrganisationView, view};
use crate::actor::{Actor, Permission, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::identity::second_person::{First, neither_in_hand, two_minds};
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::problem::{Code, Fault, FieldError, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of steps.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["organisations": submit, decide, list]
}

/// Submit an organisation.
///
/// 提交组织审核:须有统一社会信用代码或主管组织;由他人审核。
#[utoipa::path(post, path = "/v1/organisations/{id}/submit", operation_id = "submitOrganisation", request_body = Empty,
    params(("id" = Uuid, Path, description = "组织")), responses((status = 200, description = "待审核的组织", body = OrganisationView)))]
pub async fn submit(
    services: Data<Services>,
    actor: Actor<may::EditOrganisation>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<OrganisationView> {
    let asked = Asked { id: *id, step: OrganisationStep::Submit, reason: None, digest: body.digest, event: Uuid::now_v7() };
    take::<may::EditOrganisation>(services, actor, conditions, reads, asked).await
}

/// A decision on an organisation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideOrganisation {
    /// The step: everything but `submit`.
    step: OrganisationStep,
    /// Why; `refuse`, `suspend`, `resume` and `dissolve` need it.
    #[schema(min_length = 1, max_length = 500)]
    reason: Option<String>,
}

/// Decide on an organisation.
///
/// 组织审核与处置:通过、不予通过、暂停、恢复、注销。除暂停外须由第二人办理:不得是提交人,也不得是该组织的管理者;除通过外须说明理由。
/// 有未了结订单的组织不能注销。
#[utoipa::path(post, path = "/v1/organisations/{id}/decisions", operation_id = "decideOrganisation", request_body = DecideOrganisation,
    params(("id" = Uuid, Path, description = "组织")), responses((status = 200, description = "组织", body = OrganisationView)))]
pub async fn decide(
    services: Data<Services>,
    actor: Actor<may::DecideOrganisation>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<DecideOrganisation>,
) -> Answer<OrganisationView> {
    let DecideOrganisation { step, reason } = body.value;
    if !step.is_decision() {
        return Err(Problem::field_with("/step", Rule::NotInList, vec!["activate, refuse, suspend, resume, dissolve".to_owned()]));
    }
    let reason = reason.as_deref().map(|reason| region::line("/reason", reason)).transpose()?;
    let asked = Asked { id: *id, step, reason, digest: body.digest, event: Uuid::now_v7() };
    take::<may::DecideOrganisation>(services, actor, conditions, reads, asked).await
}

/// A step that somebody asks for.
struct Asked {
    id: Uuid,
    step: OrganisationStep,
    reason: Option<String>,
    digest: Vec<u8>,
    event: Uuid,
}

async fn take<P: Permission>(
    services: Data<Services>,
    actor: Actor<P>,
    conditions: Conditions,
    reads: Reads,
    asked: Asked,
) -> Answer<OrganisationView> {
    let who = actor.actor;
    let work = move |tx: &mut Tx| -> Result<(OrganisationView, bool), Fault> {
        let organisation = permitted::<P>(tx, &who, asked.id)?;
        let profile = organisation::profile(tx, asked.id)?;
        if asked.step.needs_second_person() {
            second_person(tx, &who, &organisation, &profile)?;
        }
        let once = conditions.once(tx, who.account, &asked.digest, 200, asked.id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(organisation.version)?;
            step(tx, &who, &organisation, &profile, &asked)?;
        }
        let organisation = organisation::load(tx, asked.id)?;
        Ok((view(tx, &who, organisation, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Refuses who has submitted it, who manages or leads it, and who is in their hands.
fn second_person(tx: &mut Tx, who: &Acting, organisation: &Organisation, profile: &Profile) -> Result<(), Fault> {
    let leading = organisation::members(tx, organisation.id)?.into_iter().filter(|member| member.role.decides_on_fund());
    let first =
        First { accounts: Vec::new(), persons: leading.map(|member| member.person).collect(), organisations: vec![organisation.id] };
    let began = profile.submitted.map_or(tx.now(), |(_, at)| at);
    if let Some((by, _)) = profile.submitted {
        two_minds(tx, who, &First::account(by), began)?;
    }
    neither_in_hand(tx, who, &first, began)
}

fn step(tx: &mut Tx, who: &Acting, organisation: &Organisation, profile: &Profile, asked: &Asked) -> Result<(), Fault> {
    let identified = profile.credit_code.is_some() || profile.sponsor.is_some();
    let to = asked.step.take(organisation.state, identified, asked.reason.is_some()).map_err(refused)?;
    if matches!(asked.step, OrganisationStep::Submit | OrganisationStep::Activate) {
        check_sponsor(tx, organisation.id, &organisation.region, profile.sponsor)?;
    }
    if asked.step == OrganisationStep::Dissolve {
        nothing_is_open(tx, organisation.id)?;
    }
    let event = Event {
        id: asked.event,
        step: asked.step,
        reason: asked.reason.clone(),
        version: organisation.version + 1,
        by: who.account,
        at: tx.now(),
    };
    Ok(organisation::change_state(tx, organisation, to, &event)?)
}

/// Refuses to dissolve what still has orders, money, or entries that wait for a second person.
fn nothing_is_open(tx: &mut Tx, organisation: Uuid) -> Result<(), Fault> {
    let pending = organisation::has_pending_until(tx, organisation, (tx.now() + TimeDelta::days(2)).date_naive())?;
    let cash = organisation::balances(tx, organisation)?.get(&FundAccount::Cash).copied().unwrap_or_default();
    let open =
        [("未了结的派单或订单", organisation::is_bound(tx, organisation)?), ("待复核的记账", pending.into()), ("资金结存(分)", cash)];
    let open = open.into_iter().filter(|(_, left)| *left > 0).map(|(what, left)| FieldError {
        pointer: "/step".to_owned(),
        rule: Rule::OpenMatter,
        words: vec![what.to_owned(), left.to_string()],
    });
    let mut problem = Problem::from(Code::OpenMatters);
    problem.facts.errors = open.collect();
    if problem.facts.errors.is_empty() { Ok(()) } else { Err(problem.into()) }
}

fn refused(refusal: StepRefusal) -> Problem {
    match refusal {
        StepRefusal::State => Code::OrganisationState.into(),
        StepRefusal::Reason => Problem::field("/reason", Rule::Required),
        StepRefusal::Identity => Problem::field("/credit_code", Rule::IdentityNeeded),
    }
}

/// A step that was taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrganisationEvent)]
pub struct EventView {
    /// Its id.
    id: Uuid,
    /// Which.
    step: OrganisationStep,
    /// Why.
    reason: Option<String>,
    /// The version that the organisation has had since.
    version: i32,
    /// The account that has taken it.
    by: Uuid,
    /// When.
    at: DateTime<Utc>,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        let Event { id, step, reason, version, by, at } = event;
        Self { id, step, reason, version, by, at }
    }
}

/// Which part of a list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganisationPart {
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    pub(super) limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    pub(super) cursor: Option<String>,
}

/// List the decisions on an organisation.
///
/// 组织审核与处置记录:按时间先后,含理由与办理账号。
#[utoipa::path(get, path = "/v1/organisations/{id}/decisions", operation_id = "listOrganisationDecisions",
    params(("id" = Uuid, Path, description = "组织"), OrganisationPart),
    responses((status = 200, description = "记录", body = Page<EventView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadOrganisationFile>,
    id: Path<Uuid>,
    query: Query<OrganisationPart>,
) -> Answer<Page<EventView>> {
    let (who, id, limit) = (actor.actor, *id, page::limit(query.0.limit)?);
    let keys = services.store.keys();
    let after = query.0.cursor.as_deref().map(|cursor| page::read_cursor(keys, "organisation-decisions", cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<EventView>, Fault> {
        permitted::<may::ReadOrganisationFile>(tx, &who, id)?;
        let events: Result<Vec<Event>, StoreError> = organisation::events(tx, id, after, limit + 1);
        Ok(events?.into_iter().map(Into::into).collect())
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), "organisation-decisions", views, limit, |event| event.version)
}
