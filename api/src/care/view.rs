//! Care plans as a caller sees them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::care::{CarePlanEnd, CarePlanState, CarePlanStep, SkipReason, VisitState};
use domain::identity::Actor;
use domain::language::Language;
use domain::order::{Basis, Urgency};
use persistence::care::{self, Plan, Visit};
use persistence::{Tx, person};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Ground, unusable};
use crate::actor::may;
use crate::order::view::NamedPerson;
use crate::problem::Fault;
use crate::region::may_in;
use crate::services::Services;

/// So many coming visits are shown.
const COMING: usize = 10;

/// A visit of a care plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CareVisit)]
pub struct VisitView {
    /// The local day.
    day: NaiveDate,
    /// When it is to begin.
    starts_at: DateTime<Utc>,
    /// When it is to end.
    ends_at: DateTime<Utc>,
    /// Where it stands.
    state: VisitState,
    /// Its order; null where none was placed.
    order: Option<Uuid>,
    /// Why it is left out.
    skip_reason: Option<SkipReason>,
    /// When it was found to be missed; it stays also where somebody came later.
    missed_at: Option<DateTime<Utc>>,
    /// The version of the policy by which it was decided.
    policy_version: String,
}

impl From<Visit> for VisitView {
    fn from(visit: Visit) -> Self {
        Self {
            day: visit.day,
            starts_at: visit.starts_at,
            ends_at: visit.ends_at,
            state: visit.state,
            order: visit.order,
            skip_reason: visit.skip,
            missed_at: visit.missed_at,
            policy_version: visit.policy_version,
        }
    }
}

/// A visit that is yet to be placed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ComingVisit)]
pub struct ComingView {
    /// The local day.
    day: NaiveDate,
    /// When it is to begin.
    starts_at: DateTime<Utc>,
    /// When it is to end.
    ends_at: DateTime<Utc>,
}

/// A care plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CarePlan)]
pub struct CarePlanView {
    /// Its id.
    pub(super) id: Uuid,
    /// The need that it serves.
    demand: Uuid,
    /// Where.
    division: String,
    /// Who is visited.
    person: NamedPerson,
    /// The service of the catalogue.
    service: Uuid,
    /// What the service is called, in the caller's language.
    service_name: String,
    /// How pressing each order is.
    urgency: Urgency,
    /// On what basis it was made.
    basis: Basis,
    /// On which days: an RRULE of RFC 5545.
    #[schema(example = "FREQ=WEEKLY;BYDAY=TU")]
    rule: String,
    /// The first day that counts.
    first_day: NaiveDate,
    /// The last day that counts.
    last_day: NaiveDate,
    /// When a visit begins, by the clock of the region.
    #[schema(example = "09:30")]
    starts: String,
    /// How long a visit is, in minutes.
    minutes: i32,
    /// What whoever comes must know; null once the plan is over, and for those who only look on.
    note: Option<String>,
    /// Where, in words; as the note.
    address: Option<String>,
    /// Where it stands.
    state: CarePlanState,
    /// Why it is over.
    end_reason: Option<CarePlanEnd>,
    /// How many visits were missed and not made up for.
    missed: usize,
    /// Its visits, oldest first; in the answer about one plan only.
    #[serde(skip_serializing_if = "Option::is_none")]
    visits: Option<Vec<VisitView>>,
    /// The visits to come whose orders are not placed, ten at most; in the answer about one plan only.
    #[serde(skip_serializing_if = "Option::is_none")]
    coming: Option<Vec<ComingView>>,
    /// The steps that the caller may take now.
    allowed: Vec<CarePlanStep>,
    /// The version of the policy of its last decision.
    policy_version: String,
    /// The account that has made it.
    made_by: Uuid,
    /// When.
    made_at: DateTime<Utc>,
    /// When it was over.
    ended_at: Option<DateTime<Utc>>,
    /// One more with every change, also of the clock.
    pub(super) version: i32,
}

/// A plan without its visits.
pub(super) fn listed(tx: &mut Tx, services: &Services, plan: Plan, actor: &Actor, language: Language) -> Result<CarePlanView, Fault> {
    let visits = care::visits(tx, plan.id)?;
    let may = may_in::<may::PlanDemand>(tx, actor, &plan.division)?;
    let own = actor.person == Some(plan.person);
    view(tx, services, plan, &visits, (May { read: may || own, plan: may }, language))
}

/// A plan with its visits.
pub(super) fn one(tx: &mut Tx, services: &Services, plan: Plan, actor: &Actor, language: Language) -> Result<CarePlanView, Fault> {
    let visits = care::visits(tx, plan.id)?;
    let may = may_in::<may::PlanDemand>(tx, actor, &plan.division)?;
    let own = actor.person == Some(plan.person);
    full(tx, services, plan, visits, (May { read: may || own, plan: may }, language))
}

fn full(tx: &mut Tx, services: &Services, plan: Plan, visits: Vec<Visit>, shown: (May, Language)) -> Result<CarePlanView, Fault> {
    let coming = coming(tx, services, &plan, &visits)?;
    let view = view(tx, services, plan, &visits, shown)?;
    Ok(CarePlanView { visits: Some(visits.into_iter().map(Into::into).collect()), coming: Some(coming), ..view })
}

/// Everything about the plans of somebody, for themselves.
///
/// # Errors
/// The database's.
pub(crate) fn of_people(tx: &mut Tx, services: &Services, persons: &[Uuid], language: Language) -> Result<Vec<CarePlanView>, Fault> {
    let mut views = Vec::new();
    for plan in care::of_people(tx, persons)? {
        let visits = care::visits(tx, plan.id)?;
        views.push(full(tx, services, plan, visits, (May { read: true, plan: false }, language))?);
    }
    Ok(views)
}

/// What the caller may do with a plan.
#[derive(Clone, Copy)]
struct May {
    /// Read its texts.
    read: bool,
    /// Change it.
    plan: bool,
}

fn coming(tx: &mut Tx, services: &Services, plan: &Plan, visits: &[Visit]) -> Result<Vec<ComingView>, Fault> {
    if plan.state == CarePlanState::Ended {
        return Ok(Vec::new());
    }
    let now = tx.now();
    let due = Ground::of(tx, services, plan)?.schedule.occurrences().map_err(unusable)?;
    let open = |day: NaiveDate| visits.iter().find(|visit| visit.day == day).is_none_or(|visit| visit.state.can_become(VisitState::Placed));
    let next = due.into_iter().filter(|next| next.window.start > now && open(next.day)).take(COMING);
    Ok(next.map(|next| ComingView { day: next.day, starts_at: next.window.start, ends_at: next.window.end }).collect())
}

fn view(tx: &mut Tx, services: &Services, plan: Plan, visits: &[Visit], (may, language): (May, Language)) -> Result<CarePlanView, Fault> {
    let person = person::load(tx, plan.person)?;
    Ok(CarePlanView {
        id: plan.id,
        demand: plan.demand,
        division: plan.division.to_string(),
        person: NamedPerson { id: person.id, name: person.name.masked(), phone: None },
        service: plan.service,
        service_name: services.service(tx, plan.service)?.names.shown_in(language).to_owned(),
        urgency: plan.urgency,
        basis: plan.basis,
        rule: plan.rule,
        first_day: plan.first_day,
        last_day: plan.last_day,
        starts: format!("{:02}:{:02}", plan.starts_minute / 60, plan.starts_minute % 60),
        minutes: plan.minutes,
        note: plan.note.filter(|_| may.read),
        address: plan.address.filter(|_| may.read),
        state: plan.state,
        end_reason: plan.end,
        missed: visits.iter().filter(|visit| visit.state == VisitState::Missed).count(),
        visits: None,
        coming: None,
        allowed: if may.plan { plan.state.allowed() } else { Vec::new() },
        policy_version: plan.policy_version,
        made_by: plan.made_by,
        made_at: plan.made_at,
        ended_at: plan.ended_at,
        version: plan.version,
    })
}
