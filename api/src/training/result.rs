//! Who was there and who has passed, and what passing gives.

use actix_web::web::{Data, Path};
use chrono::{Days, Months};
use domain::identity::Actor as Acting;
use domain::training::EnrolmentStep;
use persistence::person::Person;
use persistence::training::{self, Certifies, Enrolment, Outcome, Scheduled};
use persistence::{Tx, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::refused;
use super::view::{EnrolmentView, enrolment_view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::second_person::{First, about_another};
use crate::once::{Conditions, Once};
use crate::person::certification::{Granted, grant};
use crate::person::input::day;
use crate::problem::{Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of attendance and results.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["training": attendance, result]
}

/// Whether somebody was there.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordAttendance {
    /// Whether they were; it can be corrected until there is a result.
    attended: bool,
}

/// Whether somebody has passed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordResult {
    /// Whether they have; who failed may pass later, what was passed stays passed.
    passed: bool,
}

/// Keep on record whether somebody was there.
///
/// 登记到场:场次开始后由开课区划的社工登记,可在有结果前更正;不能登记自己。
#[utoipa::path(post, path = "/v1/training-enrolments/{id}/attendance", operation_id = "recordTrainingAttendance",
    request_body = RecordAttendance, params(("id" = Uuid, Path, description = "报名")),
    responses((status = 200, description = "报名", body = EnrolmentView)))]
pub async fn attendance(
    services: Data<Services>,
    actor: Actor<may::RecordTraining>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<RecordAttendance>,
) -> Answer<EnrolmentView> {
    let step = if body.value.attended { EnrolmentStep::Attend } else { EnrolmentStep::Miss };
    take(services, actor, conditions, reads, *id, body.digest, step).await
}

/// Keep on record whether somebody has passed.
///
/// 登记结果:场次结束后,到场者合格即得课程学时;课程另授技能认证的,同时按认证规则发证(须为志愿者,认证自登记之日起算);不能登记自己。
#[utoipa::path(post, path = "/v1/training-enrolments/{id}/result", operation_id = "recordTrainingResult",
    request_body = RecordResult, params(("id" = Uuid, Path, description = "报名")),
    responses((status = 200, description = "报名", body = EnrolmentView)))]
pub async fn result(
    services: Data<Services>,
    actor: Actor<may::RecordTraining>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<RecordResult>,
) -> Answer<EnrolmentView> {
    let step = if body.value.passed { EnrolmentStep::Pass } else { EnrolmentStep::Fail };
    take(services, actor, conditions, reads, *id, body.digest, step).await
}

async fn take(
    services: Data<Services>,
    actor: Actor<may::RecordTraining>,
    conditions: Conditions,
    reads: Reads,
    id: Uuid,
    digest: Vec<u8>,
    step: EnrolmentStep,
) -> Answer<EnrolmentView> {
    let (shared, who, certification) = (services.clone(), actor.actor, Uuid::now_v7());
    let work = move |tx: &mut Tx| -> Result<(EnrolmentView, bool), Fault> {
        let (enrolment, scheduled, person) = of_another(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) && enrolment.state != step.to() {
            conditions.expect_version(enrolment.version)?;
            let session = &scheduled.session;
            let state = step.take(enrolment.state, &session.time(), tx.now()).map_err(|refusal| refused(refusal, session))?;
            let mut outcome = Outcome::plain(state);
            if step == EnrolmentStep::Pass {
                outcome.credit_hours = Some(scheduled.course.credit_hours);
                outcome.certification = certify(tx, &shared, &who, &scheduled, &person, certification)?;
            }
            training::change_enrolment(tx, &enrolment, outcome, who.account)?;
        }
        let enrolment = training::load_enrolment(tx, id)?;
        Ok((enrolment_view(tx, enrolment, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    // Who is certified may do more from now on.
    services.forget();
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// The enrolment of somebody else in a course of the actor's divisions; others are not there.
fn of_another(tx: &mut Tx, actor: &Acting, id: Uuid) -> Result<(Enrolment, Scheduled, Person), Fault> {
    let enrolment = training::load_enrolment(tx, id)?;
    let scheduled = training::load_session(tx, enrolment.session)?;
    region::within::<may::RecordTraining>(tx, actor, &scheduled.course.division)?;
    let person = person::load(tx, enrolment.person)?;
    about_another::<may::RecordTraining>(tx, actor, &First::person(person.id))?;
    Ok((enrolment, scheduled, person))
}

/// Certifies who has passed, where the course does: as [`crate::person::certification::certify`] would.
fn certify(
    tx: &mut Tx,
    services: &Services,
    actor: &Acting,
    scheduled: &Scheduled,
    person: &Person,
    id: Uuid,
) -> Result<Option<Uuid>, Fault> {
    let Some(Certifies { craft, level, valid_months }) = scheduled.course.certifies else { return Ok(None) };
    region::within::<may::Certify>(tx, actor, &person.division)?;
    let today = day(services, &scheduled.course.region, tx.now());
    let months = Months::new(valid_months.unsigned_abs());
    let valid_until = today.checked_add_months(months).and_then(|after| after.checked_sub_days(Days::new(1)));
    let valid_until = valid_until.ok_or_else(|| Problem::field("/passed", Rule::NotADate))?;
    let held_on = day(services, &scheduled.course.region, scheduled.session.starts_at);
    let evidence = format!("{held_on} 培训合格：{}", scheduled.course.title);
    let granted = Granted { id, craft, level, evidence: &evidence, valid_from: None, valid_until, pointer: "/passed" };
    grant(tx, services, actor.account, person.id, granted)?;
    Ok(Some(id))
}
