//! Enrolling in a session, and withdrawing from it.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use domain::identity::Actor as Acting;
use domain::training::EnrolmentStep;
use persistence::person::Person;
use persistence::training::{self, Course, Outcome};
use persistence::{Tx, person};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::view::{EnrolmentView, enrolment_view};
use super::{is_for, refused};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::person::view::volunteer_of;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of enrolling.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["training": enrol, list, withdraw]
}

/// Who enrols.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    /// Who, where somebody else enrols them; oneself where it is left out.
    person: Option<Uuid>,
}

/// Somebody whom the actor may enrol and withdraw: themselves, or people of their divisions. Others are not there.
fn enrollee(tx: &mut Tx, actor: &Acting, person: Uuid) -> Result<Person, Fault> {
    let found = person::load(tx, person)?;
    if actor.person != Some(found.id) {
        region::within::<may::EnrolInTraining>(tx, actor, &found.division)?;
    }
    Ok(found)
}

/// Whether a course is for somebody.
fn check_course(tx: &mut Tx, course: &Course, person: &Person) -> Result<(), Fault> {
    if !course.active {
        return Err(Code::CourseClosed.into());
    }
    if !is_for(tx, &course.division, &person.division)? {
        return Err(Problem::field("/person", Rule::OutsideDivision).into());
    }
    if course.certifies.is_some() && volunteer_of(tx, person.id)?.is_none() {
        return Err(Code::VolunteerRequired.into());
    }
    if person::erasure(tx, person.id)?.is_some() {
        return Err(Code::NotFound.into());
    }
    Ok(person::hold(tx, person.id, person.version)?)
}

/// Enrol in a session of a training.
///
/// 报名培训场次:有名额即为已报名,满员则进入候补,按先后自动转正;退出后再报名排到最后;可为本辖区居民代报。
#[utoipa::path(post, path = "/v1/training-sessions/{id}/enrolments", operation_id = "enrolInTraining", request_body = Enrol,
    params(("id" = Uuid, Path, description = "场次")), responses((status = 201, description = "报名", body = EnrolmentView)))]
pub async fn enrol(
    services: Data<Services>,
    actor: Actor<may::EnrolInTraining>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Enrol>,
) -> Answer<EnrolmentView> {
    let (digest, who, session, fresh) = (body.digest, actor.actor, *id, Uuid::now_v7());
    let person = body.value.person.or(who.person).ok_or(Code::PersonRequired)?;
    let work = move |tx: &mut Tx| -> Result<(EnrolmentView, bool), Fault> {
        let scheduled = training::load_session(tx, session)?;
        let person = enrollee(tx, &who, person)?;
        let known = training::enrolment_of(tx, session, person.id)?;
        let id = known.map_or(fresh, |known| known.id);
        let once = conditions.once(tx, who.account, &digest, 201, id)?;
        let id = match once {
            Once::First => {
                check_course(tx, &scheduled.course, &person)?;
                line_up(tx, &who, session, person.id, id)?;
                id
            }
            Once::Before(before) => before,
        };
        let enrolment = training::load_enrolment(tx, id)?;
        Ok((enrolment_view(tx, enrolment, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/persons/{}/training", view.person.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Puts somebody at the end of the line and lets it move up.
fn line_up(tx: &mut Tx, actor: &Acting, session: Uuid, person: Uuid, id: Uuid) -> Result<(), Fault> {
    let session = training::take_turn(tx, session)?;
    session.time().admits(tx.now()).map_err(|refusal| refused(refusal, &session))?;
    match training::enrolment_of(tx, session.id, person)? {
        None => training::line_up(tx, id, &session, person, actor.account)?,
        Some(known) if EnrolmentStep::Return.from().contains(&known.state) => {
            training::line_up_again(tx, &known, &session, actor.account)?;
        }
        Some(_) => return Err(Code::AlreadyExists.into()),
    }
    Ok(training::fill(tx, &session, actor.account)?)
}

/// Which enrolments.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEnrolments {
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List who is enrolled in a session.
///
/// 场次报名名单:按报名先后,含候补、退出与结果;姓名脱敏。
#[utoipa::path(get, path = "/v1/training-sessions/{id}/enrolments", operation_id = "listTrainingEnrolments",
    params(("id" = Uuid, Path, description = "场次"), ListEnrolments),
    responses((status = 200, description = "报名", body = Page<EnrolmentView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadEnrolments>,
    reads: Reads,
    id: Path<Uuid>,
    query: Query<ListEnrolments>,
) -> Answer<Page<EnrolmentView>> {
    let (asked, keys, who, id) = (query.0, services.store.keys(), actor.actor, *id);
    let (limit, name) = (page::limit(asked.limit)?, format!("enrolments {id}"));
    let after = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<EnrolmentView>, Fault> {
        let scheduled = training::load_session(tx, id)?;
        region::within::<may::ReadEnrolments>(tx, &who, &scheduled.course.division)?;
        let found = training::enrolments(tx, id, after, limit + 1)?;
        found.into_iter().map(|enrolment| enrolment_view(tx, enrolment, reads.0)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &EnrolmentView| view.place_in_line)
}

/// Withdraw from a session that has not begun.
///
/// 退出尚未开始的培训场次:空出的名额由候补者依次自动补上;已退出的保持原样。
#[utoipa::path(post, path = "/v1/training-enrolments/{id}/withdraw", operation_id = "withdrawFromTraining", request_body = Empty,
    params(("id" = Uuid, Path, description = "报名")), responses((status = 200, description = "报名", body = EnrolmentView)))]
pub async fn withdraw(
    services: Data<Services>,
    actor: Actor<may::EnrolInTraining>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<EnrolmentView> {
    let (digest, who, id) = (body.digest, actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<(EnrolmentView, bool), Fault> {
        let known = training::load_enrolment(tx, id)?;
        enrollee(tx, &who, known.person)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        let session = training::take_turn(tx, known.session)?;
        let enrolment = training::load_enrolment(tx, id)?;
        let step = EnrolmentStep::Withdraw;
        if matches!(once, Once::First) && enrolment.state != step.to() {
            conditions.expect_version(enrolment.version)?;
            let state = step.take(enrolment.state, &session.time(), tx.now()).map_err(|refusal| refused(refusal, &session))?;
            training::change_enrolment(tx, &enrolment, Outcome::plain(state), who.account)?;
            training::fill(tx, &session, who.account)?;
        }
        let enrolment = training::load_enrolment(tx, id)?;
        Ok((enrolment_view(tx, enrolment, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
