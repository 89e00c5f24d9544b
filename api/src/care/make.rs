//! A need becomes a care plan, in one call.

use actix_web::web::{Data, Path};
use chrono::{NaiveDate, TimeDelta};
use domain::care::{CarePlanState, CareRule, RuleFault};
use domain::days::local_day;
use domain::demand::{Command, Item, decide};
use domain::identity::Actor as Acting;
use domain::order::{Basis, Urgency};
use domain::person::{ConsentKind, DayTime};
use persistence::care::{self, Plan};
use persistence::demand::{self, Recorded};
use persistence::{Tx, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Ground;
use super::view::{CarePlanView, one};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::demand::plan::served;
use crate::demand::{in_scope, region_of, with_facts};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::person::consent::require;
use crate::problem::{Fault, Problem, Rule, refers};
use crate::region;
use crate::services::Services;

/// Every endpoint of making plans.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["care-plans": make_care_plan]
}

/// When and how a need is served again and again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeCarePlan {
    /// The service of the catalogue.
    service: Uuid,
    /// On which days, as an RRULE of RFC 5545: at most once a day, without hours and without UNTIL.
    #[schema(min_length = 1, max_length = 200, example = "FREQ=WEEKLY;BYDAY=TU")]
    rule: String,
    /// The first day that counts, in the region's zone; not in the past.
    first_day: NaiveDate,
    /// The last day that counts.
    last_day: NaiveDate,
    /// When a visit begins, by the clock of the region.
    #[schema(min_length = 5, max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "09:30")]
    starts: String,
    /// How long a visit is, in minutes.
    #[schema(minimum = 15, maximum = 720, example = 60)]
    minutes: i32,
    /// What whoever comes must know, in words: the text of each visit's order.
    #[schema(min_length = 1, max_length = 2000)]
    note: String,
    /// Where, in words.
    #[schema(max_length = 200)]
    address: Option<String>,
    /// How pressing each order is; as the need is where it is left out.
    urgency: Option<Urgency>,
    /// Who is visited: of a need of a household or of the grid. A person's need is theirs.
    subject: Option<Uuid>,
    /// On what basis the plan is made for them.
    basis: Basis,
}

/// Make a care plan of a need.
///
/// 需求转为照护计划:按 RFC 5545 重复规则定期上门,系统提前自动点单;漏访当日提醒网格与站点工作人员。
#[utoipa::path(post, path = "/v1/demands/{id}/care-plan", operation_id = "makeCarePlan", request_body = MakeCarePlan,
    params(("id" = Uuid, Path, description = "需求")), responses((status = 201, description = "照护计划", body = CarePlanView)))]
pub async fn make_care_plan(
    services: Data<Services>,
    actor: Actor<may::PlanDemand>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<MakeCarePlan>,
) -> Answer<CarePlanView> {
    let (shared, who, digest, asked, id) = (services.clone(), actor.actor, body.digest, body.value, *id);
    let new = Uuid::now_v7();
    let work = move |tx: &mut Tx| -> Result<(CarePlanView, bool), Fault> {
        let need = in_scope::<may::PlanDemand>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 201, new)?;
        let made = match once {
            Once::First => {
                conditions.expect_version(need.version)?;
                let plan = planned(tx, &shared, (&who, &need), &asked, new)?;
                let decision = with_facts(tx, &shared, &need.region, |facts| Ok(decide(&need, &Command::Plan, facts)?))?;
                care::add(tx, &plan)?;
                demand::save(tx, &need, &decision, Recorded::by(who.account).on(Some(asked.basis)))?;
                new
            }
            Once::Before(before) => before,
        };
        let plan = care::load(tx, made)?;
        Ok((one(tx, &shared, plan, &who, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/care-plans/{}", view.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// The plan that is asked for, where nothing stands against it.
fn planned(tx: &mut Tx, services: &Services, (who, need): (&Acting, &Item), asked: &MakeCarePlan, id: Uuid) -> Result<Plan, Fault> {
    let person = visited(tx, services, (who, need), asked)?;
    let service = refers(services.service(tx, asked.service), "/service", Rule::UnknownService)?;
    if !service.active || service.region != need.region {
        return Err(Problem::field("/service", Rule::UnknownService).into());
    }
    let starts =
        DayTime::parse(&asked.starts).ok_or_else(|| Problem::field_with("/starts", Rule::WrongFormat, vec!["HH:MM".to_owned()]))?;
    CareRule::parse(&asked.rule).map_err(wrong_rule)?;
    let (now, address) = (tx.now(), asked.address.as_deref().map(str::trim).filter(|text| !text.is_empty()));
    let plan = Plan {
        id,
        demand: need.id,
        region: need.region.clone(),
        division: need.division.clone(),
        person,
        service: asked.service,
        urgency: asked.urgency.unwrap_or(need.urgency),
        basis: asked.basis,
        rule: asked.rule.trim().to_owned(),
        first_day: asked.first_day,
        last_day: asked.last_day,
        starts_minute: i32::from(starts.minutes()),
        minutes: asked.minutes,
        note: Some(asked.note.trim().to_owned()),
        address: address.map(ToOwned::to_owned),
        state: CarePlanState::Active,
        end: None,
        next_day: None,
        act_at: None,
        policy_version: String::new(),
        version: 1,
        made_by: who.account,
        made_at: now,
        changed_at: now,
        ended_at: None,
    };
    let ground = Ground::of(tx, services, &plan)?;
    within_bounds(asked, local_day(now, region_of(services, &need.region)?.zone), ground.policy.care_plans.longest_days)?;
    if asked.note.trim().is_empty() {
        return Err(Problem::field("/note", Rule::Required).into());
    }
    let next = ground.schedule.beginning_after(now).map_err(wrong_rule)?;
    let next = next.ok_or_else(|| Problem::field("/rule", Rule::CareNever))?;
    Ok(ground.awaiting(plan, Some(next)))
}

/// Who is visited: somebody whose need it is, or of whom the caller may know, with the consent to be served or a basis for going without.
fn visited(tx: &mut Tx, services: &Services, (who, need): (&Acting, &Item), asked: &MakeCarePlan) -> Result<Uuid, Fault> {
    let id = served(need, asked.subject)?;
    let person = refers(person::load(tx, id), "/subject", Rule::UnknownPerson)?;
    let known = asked.subject.is_none() || region::may_in::<may::PlanDemand>(tx, who, &person.division)?;
    if !known || !need.region.covers(&person.division) || person::erasure(tx, person.id)?.is_some() {
        return Err(Problem::field("/subject", Rule::UnknownPerson).into());
    }
    require(tx, services, &person, ConsentKind::BeServed, Some(asked.basis))?;
    person::hold(tx, person.id, person.version)?;
    Ok(person.id)
}

fn within_bounds(asked: &MakeCarePlan, today: NaiveDate, longest_days: i32) -> Result<(), Problem> {
    if asked.first_day < today {
        return Err(Problem::field("/first_day", Rule::InPast));
    }
    crate::days::check("/first_day", asked.first_day)?;
    if asked.last_day < asked.first_day {
        return Err(Problem::field("/last_day", Rule::EndBeforeStart));
    }
    let latest = asked.first_day.checked_add_signed(TimeDelta::days(i64::from(longest_days) - 1)).unwrap_or(asked.first_day);
    if asked.last_day > latest {
        return Err(Problem::field_with("/last_day", Rule::TooBig, vec![latest.to_string()]));
    }
    Ok(())
}

fn wrong_rule(fault: RuleFault) -> Problem {
    let rule = match fault {
        RuleFault::Unreadable => Rule::CareRule,
        RuleFault::TooFrequent => Rule::CareTooFrequent,
        RuleFault::OwnEnd => Rule::CareOwnEnd,
    };
    Problem::field("/rule", rule).because(fault)
}
