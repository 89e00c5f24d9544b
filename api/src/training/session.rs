//! Sessions: when and where a course takes place, and how many seats there are.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, TimeDelta, Utc};
use domain::identity::Actor as Acting;
use domain::training::{EnrolmentStep, SessionState};
use persistence::Tx;
use persistence::training::{self, Outcome, Session, SessionFilter};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::refused;
use super::view::{SessionView, session_view};
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::days;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of sessions.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["training": create, list, show, update, cancel]
}

/// When and where a course takes place.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanTrainingSession {
    /// Where.
    #[schema(min_length = 1, max_length = 100, example = "红旗社区活动室")]
    place: String,
    /// When it begins; until then people can enrol and withdraw.
    starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// How many seats there are.
    #[schema(minimum = 1, maximum = 10_000, example = 30)]
    capacity: i32,
}

/// What is shorter teaches nobody, and what is longer is several sessions: a slip of the keyboard in either case.
const SHORTEST: TimeDelta = TimeDelta::minutes(15);
const LONGEST: TimeDelta = TimeDelta::days(366);

impl PlanTrainingSession {
    /// Checks what needs no database; the place.
    fn check(&self, now: DateTime<Utc>) -> Result<String, Problem> {
        if self.starts_at <= now {
            return Err(Problem::field("/starts_at", Rule::InPast));
        }
        if self.ends_at <= self.starts_at {
            return Err(Problem::field("/ends_at", Rule::EndBeforeStart));
        }
        days::check("/starts_at", self.starts_at.date_naive())?;
        days::check("/ends_at", self.ends_at.date_naive())?;
        let (earliest, latest) = (self.starts_at + SHORTEST, self.starts_at + LONGEST);
        if self.ends_at < earliest {
            return Err(Problem::field_with("/ends_at", Rule::TooSmall, vec![earliest.to_rfc3339()]));
        }
        if self.ends_at > latest {
            return Err(Problem::field_with("/ends_at", Rule::TooBig, vec![latest.to_rfc3339()]));
        }
        region::line("/place", &self.place)
    }
}

/// Plan a session of a course.
///
/// 安排培训场次:地点、起止时间与名额;开始前可报名与退出,满员后进入候补,有空位时自动依次转正。
#[utoipa::path(post, path = "/v1/training-courses/{id}/sessions", operation_id = "planTrainingSession", request_body = PlanTrainingSession,
    params(("id" = Uuid, Path, description = "课程")), responses((status = 201, description = "新场次", body = SessionView)))]
pub async fn create(
    services: Data<Services>,
    actor: Actor<may::EditTraining>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<PlanTrainingSession>,
) -> Answer<SessionView> {
    let (asked, digest, who, course, id) = (body.value, body.digest, actor.actor, *id, Uuid::now_v7());
    let work = move |tx: &mut Tx| -> Result<(SessionView, bool), Fault> {
        let course = training::load_course(tx, course)?;
        region::within::<may::EditTraining>(tx, &who, &course.division)?;
        let once = conditions.once(tx, who.account, &digest, 201, id)?;
        let session = match once {
            Once::First => {
                if !course.active {
                    return Err(Code::CourseClosed.into());
                }
                let session = Session {
                    id,
                    course: course.id,
                    place: asked.check(tx.now())?,
                    starts_at: asked.starts_at,
                    ends_at: asked.ends_at,
                    capacity: asked.capacity,
                    taken: 0,
                    turn: 0,
                    state: SessionState::Open,
                    version: 1,
                    created_by: who.account,
                };
                training::add_session(tx, &session)?;
                id
            }
            Once::Before(before) => before,
        };
        let scheduled = training::load_session(tx, session)?;
        Ok((session_view(tx, scheduled)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/training-sessions/{}", view.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Which sessions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSessions {
    /// For whom: sessions of courses of this division, of those in it and of those above it.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// Only those of this course.
    course: Option<Uuid>,
    /// Only those that take place and have not begun.
    upcoming: Option<bool>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the sessions for a division.
///
/// 培训场次:本区划、其下级与上级开设的课程的场次,新安排的在前;可只看尚未开始的。
#[utoipa::path(get, path = "/v1/training-sessions", operation_id = "listTrainingSessions", params(ListSessions),
    responses((status = 200, description = "场次", body = Page<SessionView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    _actor: Actor<may::ReadTraining>,
    query: Query<ListSessions>,
) -> Answer<Page<SessionView>> {
    let (asked, keys) = (query.0, services.store.keys());
    let (limit, division) = (page::limit(asked.limit)?, region::code("division", &asked.division)?);
    let (course, upcoming) = (asked.course, asked.upcoming.unwrap_or(false));
    let name = format!("training sessions {division} {course:?} {upcoming}");
    let before = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<SessionView>, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        let filter = SessionFilter { within, course, upcoming_at: upcoming.then_some(tx.now()) };
        let found = training::list_sessions(tx, &filter, before, limit + 1)?;
        found.into_iter().map(|scheduled| session_view(tx, scheduled)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &SessionView| view.id)
}

/// Read a session.
///
/// 查看培训场次:名额、已占名额与候补人数。
#[utoipa::path(get, path = "/v1/training-sessions/{id}", operation_id = "readTrainingSession",
    params(("id" = Uuid, Path, description = "场次")), responses((status = 200, description = "场次", body = SessionView)))]
pub async fn show(services: Data<Services>, _actor: Actor<may::ReadTraining>, id: Path<Uuid>) -> Answer<SessionView> {
    let id = *id;
    let work = move |tx: &mut Tx| -> Result<SessionView, Fault> {
        let scheduled = training::load_session(tx, id)?;
        session_view(tx, scheduled)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// A session of a division where the actor plans them, in one's turn; others are not there.
fn to_change(tx: &mut Tx, actor: &Acting, id: Uuid) -> Result<Session, Fault> {
    let scheduled = training::load_session(tx, id)?;
    region::within::<may::EditTraining>(tx, actor, &scheduled.course.division)?;
    Ok(training::take_turn(tx, id)?)
}

/// Change a session that has not begun.
///
/// 修改尚未开始的培训场次:整体更新,须携带所依据版本的 If-Match;名额不得少于已占名额,增加的名额由候补者依次补上。
#[utoipa::path(put, path = "/v1/training-sessions/{id}", operation_id = "updateTrainingSession", request_body = PlanTrainingSession,
    params(("id" = Uuid, Path, description = "场次")), responses((status = 200, description = "修改后的场次", body = SessionView)))]
pub async fn update(
    services: Data<Services>,
    actor: Actor<may::EditTraining>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<PlanTrainingSession>,
) -> Answer<SessionView> {
    let (asked, who, id) = (body.value, actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<SessionView, Fault> {
        let session = to_change(tx, &who, id)?;
        conditions.require_version(session.version)?;
        session.time().admits(tx.now()).map_err(|refusal| refused(refusal, &session))?;
        let place = asked.check(tx.now())?;
        if asked.capacity < session.taken {
            return Err(Problem::field_with("/capacity", Rule::SeatsTaken, vec![session.taken.to_string()]).into());
        }
        let PlanTrainingSession { starts_at, ends_at, capacity, .. } = asked;
        let session = Session { place, starts_at, ends_at, capacity, ..session };
        training::update_session(tx, &session)?;
        training::fill(tx, &session, who.account)?;
        let scheduled = training::load_session(tx, id)?;
        session_view(tx, scheduled)
    };
    let view = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Cancel a session that has not begun.
///
/// 取消尚未开始的培训场次:全部报名与候补随之取消;已取消的保持原样。
#[utoipa::path(post, path = "/v1/training-sessions/{id}/cancel", operation_id = "cancelTrainingSession", request_body = Empty,
    params(("id" = Uuid, Path, description = "场次")), responses((status = 200, description = "已取消的场次", body = SessionView)))]
pub async fn cancel(
    services: Data<Services>,
    actor: Actor<may::EditTraining>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<SessionView> {
    let (digest, who, id) = (body.digest, actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<(SessionView, bool), Fault> {
        let session = to_change(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) && session.state == SessionState::Open {
            conditions.expect_version(session.version)?;
            session.time().admits(tx.now()).map_err(|refusal| refused(refusal, &session))?;
            for enrolment in training::open_enrolments(tx, id)? {
                training::change_enrolment(tx, &enrolment, Outcome::plain(EnrolmentStep::Cancel.to()), who.account)?;
            }
            training::cancel_session(tx, id)?;
        }
        let scheduled = training::load_session(tx, id)?;
        Ok((session_view(tx, scheduled)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
