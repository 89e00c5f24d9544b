//! Planning who is on duty at a site.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::appointment::{AppointmentPolicy, DutyPost, ShiftState, Span, overlap};
use domain::identity::Actor as Acting;
use domain::message::MessageKind;
use domain::order::Window;
use domain::person::VolunteerState;
use persistence::appointment::{self, Shift};
use persistence::person::Person;
use persistence::site::Site;
use persistence::{Tx, identity, message, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{ShiftView, shift_view};
use super::{check_active, site_of, wrong_time};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::Page;
use crate::person::view::volunteer_of;
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region::{self, policy::in_force};
use crate::services::Services;

/// Every endpoint of planning.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["appointments": plan]
}

/// Somebody's shift.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanShift {
    /// Who: an active volunteer or somebody of the staff, known in the planner's divisions.
    person: Uuid,
    /// What they do.
    post: DutyPost,
    /// When it begins: with a quarter of an hour, in the future.
    starts_at: DateTime<Utc>,
    /// When it ends: with a quarter of an hour.
    ends_at: DateTime<Utc>,
}

/// Shifts to plan.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanShifts {
    /// The shifts; all of them are planned, or none.
    #[schema(min_items = 1, max_items = 100)]
    shifts: Vec<PlanShift>,
}

fn at(place: usize, part: &str) -> String {
    format!("/shifts/{place}{part}")
}

impl PlanShifts {
    /// Checks what needs no database.
    fn check(&self, policy: &AppointmentPolicy, now: DateTime<Utc>) -> Result<(), Problem> {
        for (place, shift) in self.shifts.iter().enumerate() {
            let pointers = (at(place, "/starts_at"), at(place, "/ends_at"));
            crate::days::check(&pointers.0, shift.starts_at.date_naive())?;
            let span = shift.span().plan(now, policy.days_ahead, policy.shift_minutes);
            span.map_err(|error| wrong_time(error, (&pointers.0, &pointers.1)))?;
        }
        let shifts: Vec<(Uuid, Span)> = self.shifts.iter().map(|shift| (shift.person, shift.span())).collect();
        overlap(&shifts).map_or(Ok(()), |place| Err(Problem::field(at(place, ""), Rule::ShiftOverlap)))
    }
}

impl PlanShift {
    const fn span(&self) -> Span {
        Span { starts_at: self.starts_at, ends_at: self.ends_at }
    }
}

/// Plan shifts at a site.
///
/// 排班:人员(在岗志愿者、工匠或工作人员)、岗位与起止时间,须为整刻钟、尚未开始、不超过政策时长;占用本人该时段,与订单、预约、其他班次冲突即全部不排。
#[utoipa::path(post, path = "/v1/sites/{id}/shifts", operation_id = "planShifts", request_body = PlanShifts,
    params(("id" = Uuid, Path, description = "阵地")), responses((status = 201, description = "新班次", body = Page<ShiftView>)))]
pub async fn plan(
    services: Data<Services>,
    actor: Actor<may::PlanShifts>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<PlanShifts>,
) -> Answer<Page<ShiftView>> {
    let (asked, digest, who, id, roster) = (body.value, body.digest, actor.actor, *id, Uuid::now_v7());
    let work = move |tx: &mut Tx| -> Result<(Vec<ShiftView>, bool), Fault> {
        let site = site_of(tx, id)?;
        region::within::<may::PlanShifts>(tx, &who, &site.division)?;
        let once = conditions.once(tx, who.account, &digest, 201, roster)?;
        let roster = match once {
            Once::First => {
                add(tx, &who, &site, &asked, roster)?;
                roster
            }
            Once::Before(before) => before,
        };
        let shifts = appointment::shifts_of_roster(tx, roster)?;
        let views = shifts.into_iter().map(|shift| shift_view(tx, shift, reads.0)).collect::<Result<_, _>>()?;
        Ok((views, matches!(once, Once::Before(_))))
    };
    let (items, replayed) = services.store.write(work).await?;
    Ok(Reply::created(Page { items, next_cursor: None }, &format!("/v1/sites/{id}/shifts")).replayed(replayed))
}

fn add(tx: &mut Tx, actor: &Acting, site: &Site, asked: &PlanShifts, roster: Uuid) -> Result<(), Fault> {
    check_active(site)?;
    let policy: AppointmentPolicy = in_force(tx, &site.region, tx.now())?;
    asked.check(&policy, tx.now())?;
    let mut people: BTreeMap<Uuid, Person> = BTreeMap::new();
    let mut planned = Vec::with_capacity(asked.shifts.len());
    for (place, shift) in asked.shifts.iter().enumerate() {
        let person = on_duty(tx, actor, site, place, shift.person)?;
        planned.push(Shift {
            id: Uuid::now_v7(),
            roster,
            site: site.id,
            person: person.id,
            post: shift.post,
            starts_at: shift.starts_at,
            ends_at: shift.ends_at,
            state: ShiftState::Planned,
            release_reason: None,
            policy_version: policy.version.clone(),
            version: 1,
            created_by: actor.account,
        });
        people.insert(person.id, person);
    }
    // In one order whoever plans: not while somebody is being erased or merged.
    for person in people.values() {
        person::hold(tx, person.id, person.version)?;
    }
    for (place, shift) in planned.iter().enumerate() {
        if appointment::is_bound(tx, shift.person, Window { start: shift.starts_at, end: shift.ends_at })? {
            let mut problem = Problem::field(at(place, ""), Rule::BoundThen);
            problem.code = Code::DoubleBooked;
            return Err(problem.into());
        }
    }
    appointment::add_shifts(tx, &planned)?;
    for shift in planned.iter().filter(|shift| actor.person != Some(shift.person)) {
        message::tell(tx, MessageKind::ShiftPlanned, shift.id, shift.person)?;
    }
    Ok(())
}

/// Somebody who can be on duty: known in the divisions of the actor, and an active volunteer or of the staff of the region.
fn on_duty(tx: &mut Tx, actor: &Acting, site: &Site, place: usize, id: Uuid) -> Result<Person, Fault> {
    let pointer = at(place, "/person");
    let person = refers(person::load(tx, id), &pointer, Rule::UnknownPerson)?;
    let known = actor.person == Some(person.id) || region::may_in::<may::PlanShifts>(tx, actor, &person.division)?;
    if !known || person::erasure(tx, person.id)?.is_some() {
        return Err(Problem::field(pointer, Rule::UnknownPerson).into());
    }
    let volunteers = volunteer_of(tx, person.id)?.is_some_and(|volunteer| volunteer.state == VolunteerState::Active);
    if volunteers || is_staff(tx, site, person.id)? { Ok(person) } else { Err(Problem::field(pointer, Rule::NotForDuty).into()) }
}

/// Whether somebody holds a role in the region of a site, or in one above it.
fn is_staff(tx: &mut Tx, site: &Site, person: Uuid) -> Result<bool, Fault> {
    for account in identity::accounts_behind(tx, &[person], &[])? {
        let grants = identity::grants(tx, account)?;
        let here = |scope: &domain::region::DivisionCode| site.region.covers(scope) || scope.covers(&site.division);
        if grants.iter().any(|held| held.grant.organisation.is_none() && here(&held.grant.scope)) {
            return Ok(true);
        }
    }
    Ok(false)
}
