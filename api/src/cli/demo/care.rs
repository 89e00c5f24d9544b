//! Somebody who lives alone is visited every week; yesterday nobody came, and the grid was told.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use domain::care::{CarePlanState, CareRule, CareSchedule, VisitState};
use domain::days::{later, local_day};
use domain::demand::{Command, DemandPolicy, Facts, Subject, decide};
use domain::message::MessageKind;
use domain::order::{Basis, Urgency};
use persistence::care::{self, Plan, Visit};
use persistence::demand::{self, Recorded};
use persistence::{Tx, message};
use uuid::Uuid;

use super::manifest::{Cast, Manifest};
use super::seed::Ground;
use crate::cli::stop::Stop;
use crate::problem::{Fault, Problem};

/// The time zone of the demo's regions.
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;

/// When a visit begins, in minutes since midnight, and how long it is.
const STARTS: i32 = 9 * 60 + 30;
const MINUTES: i32 = 60;

/// Plans weekly visits in each region two days before the demo begins, of which the first was to be yesterday.
pub(super) async fn plan_all(ground: &Ground<'_>, manifest: &Manifest) -> Result<(), Stop> {
    for cast in manifest.0.values() {
        let (planned, id) = (cast.clone(), Uuid::now_v7());
        ground.set_days_ago(2);
        ground.store.write::<_, Fault>(move |tx| plan(tx, &planned, id)).await?;
        ground.set_days_ago(0);
        let told = cast.clone();
        ground.store.write::<_, Fault>(move |tx| miss(tx, &told, id)).await?;
    }
    Ok(())
}

fn plan(tx: &mut Tx, cast: &Cast, id: Uuid) -> Result<(), Fault> {
    let need = demand::load(tx, known(cast.needs.get("visits"), "a need of visits")?)?;
    let Subject::Person(person) = need.subject else { return Err(Problem::internal("the demo visits nobody").into()) };
    let by = known(cast.accounts.get("grid_member"), "a grid member")?;
    let (now, policy) = (tx.now(), DemandPolicy::default());
    let planned = decide(&need, &Command::Plan, &Facts { policy: &policy, zone: ZONE, now })?;
    let first_day = local_day(now, ZONE) + Days::new(1);
    let schedule = schedule(first_day)?;
    let next = schedule.on(first_day + Days::new(7));
    let act_at = next.map(|next| later(next.window.start, -policy.care_plans.place_ahead_days * 24 * 60));
    care::add(
        tx,
        &Plan {
            id,
            demand: need.id,
            region: need.region.clone(),
            division: need.division.clone(),
            person,
            service: known(cast.services.values().next(), "a service")?,
            urgency: Urgency::Normal,
            basis: Basis::StatutoryDuty,
            rule: "FREQ=WEEKLY".to_owned(),
            first_day,
            last_day: schedule.last_day,
            starts_minute: STARTS,
            minutes: MINUTES,
            note: Some("独居老人，敲门要久一些".to_owned()),
            address: None,
            state: CarePlanState::Active,
            end: None,
            next_day: next.map(|next| next.day),
            act_at,
            policy_version: policy.version.clone(),
            version: 1,
            made_by: by,
            made_at: now,
            changed_at: now,
            ended_at: None,
        },
    )?;
    Ok(demand::save(tx, &need, &planned, Recorded::by(by).on(Some(Basis::StatutoryDuty)))?)
}

/// Nobody came to the first visit.
fn miss(tx: &mut Tx, cast: &Cast, id: Uuid) -> Result<(), Fault> {
    let plan = care::load(tx, id)?;
    let first = schedule(plan.first_day)?.on(plan.first_day).ok_or_else(|| Problem::internal("the demo has no first visit"))?;
    let missed_at = later(first.window.end, DemandPolicy::default().care_plans.grace_minutes);
    care::keep(
        tx,
        &Visit {
            plan: id,
            day: first.day,
            starts_at: first.window.start,
            ends_at: first.window.end,
            state: VisitState::Missed,
            order: None,
            skip: None,
            ask_at: None,
            missed_at: Some(missed_at),
            policy_version: plan.policy_version,
            changed_at: missed_at,
        },
    )?;
    let staff = ["grid_member", "social_worker", "dispatcher"];
    let accounts: Vec<Uuid> = staff.iter().filter_map(|key| cast.accounts.get(*key).copied()).collect();
    Ok(message::tell_accounts(tx, MessageKind::VisitMissed, id, &accounts)?)
}

fn schedule(first_day: NaiveDate) -> Result<CareSchedule, Problem> {
    let rule = CareRule::parse("FREQ=WEEKLY").map_err(|fault| Problem::internal(fault.to_string()))?;
    let starts = NaiveTime::MIN + TimeDelta::minutes(i64::from(STARTS));
    Ok(CareSchedule { rule, first_day, last_day: first_day + Days::new(180), starts, minutes: MINUTES, zone: ZONE })
}

fn known(id: Option<&Uuid>, what: &str) -> Result<Uuid, Problem> {
    id.copied().ok_or_else(|| Problem::internal(format!("the demo has no {what}")))
}
