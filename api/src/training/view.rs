//! Courses, sessions and enrolments as callers see them.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::person::CraftLevel;
use domain::training::{EnrolmentState, EnrolmentStep, SessionState};
use domain::vocabulary::Vocabulary as _;
use persistence::training::{self, Certifies, Course, Enrolment, Scheduled};
use persistence::{Tx, person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::order::view::NamedPerson;
use crate::problem::Fault;

/// What a course certifies.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CourseCertifies)]
pub struct CertifiesBody {
    /// The craft, of the region.
    craft: Uuid,
    /// The level.
    level: CraftLevel,
    /// For how many months from the day of the result.
    #[schema(minimum = 1, maximum = 120, example = 36)]
    valid_months: i32,
}

impl From<CertifiesBody> for Certifies {
    fn from(body: CertifiesBody) -> Self {
        Self { craft: body.craft, level: body.level, valid_months: body.valid_months }
    }
}

/// A course.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TrainingCourse)]
pub struct CourseView {
    /// Its id.
    pub(super) id: Uuid,
    /// The region that it belongs to.
    region: String,
    /// For the people of which division it is.
    division: String,
    /// What it is called.
    title: String,
    /// What it is about.
    description: Option<String>,
    /// The credit hours of who passes.
    credit_hours: i32,
    /// What who passes is certified for.
    certifies: Option<CertifiesBody>,
    /// Whether it is offered.
    active: bool,
    /// One more with every change.
    pub(super) version: i32,
}

impl From<Course> for CourseView {
    fn from(course: Course) -> Self {
        let certifies = course.certifies.map(|Certifies { craft, level, valid_months }| CertifiesBody { craft, level, valid_months });
        Self {
            id: course.id,
            region: course.region.to_string(),
            division: course.division.to_string(),
            title: course.title,
            description: course.description,
            credit_hours: course.credit_hours,
            certifies,
            active: course.active,
            version: course.version,
        }
    }
}

/// A session of a course.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TrainingSession)]
pub struct SessionView {
    /// Its id.
    pub(super) id: Uuid,
    /// The course.
    course: Uuid,
    /// What the course is called.
    title: String,
    /// Where it takes place.
    place: String,
    /// When it begins.
    starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// How many seats there are.
    capacity: i32,
    /// How many of them are taken.
    taken: i32,
    /// How many wait for a seat.
    waiting: i64,
    /// Whether it takes place.
    state: SessionState,
    /// One more with every change but of who takes part.
    pub(super) version: i32,
}

/// The view of a session.
///
/// # Errors
/// The database's.
pub(super) fn session_view(tx: &mut Tx, scheduled: Scheduled) -> Result<SessionView, Fault> {
    let Scheduled { session, course } = scheduled;
    Ok(SessionView {
        id: session.id,
        course: session.course,
        title: course.title,
        waiting: training::waiting_in(tx, session.id)?,
        place: session.place,
        starts_at: session.starts_at,
        ends_at: session.ends_at,
        capacity: session.capacity,
        taken: session.taken,
        state: session.state,
        version: session.version,
    })
}

/// That somebody takes part in a session, or waits to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TrainingEnrolment)]
pub struct EnrolmentView {
    /// Its id.
    pub(super) id: Uuid,
    /// The session.
    session: Uuid,
    /// What the course is called.
    title: String,
    /// Where the session takes place.
    place: String,
    /// When it begins.
    starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// Who, masked.
    pub(super) person: NamedPerson,
    /// Where it stands.
    pub(super) state: EnrolmentState,
    /// The same in the caller's language.
    label: String,
    /// The place on the waiting list, 1 for who is next; null for who does not wait.
    place_in_queue: Option<i64>,
    /// The steps that can be taken now, whoever takes them.
    next: Vec<EnrolmentStep>,
    /// The credit hours that passing gave.
    credit_hours: Option<i32>,
    /// The certification that passing gave.
    certification: Option<Uuid>,
    /// One more with every change.
    pub(super) version: i32,
    /// Whoever has lined up earlier has a smaller one.
    #[serde(skip)]
    pub(super) place_in_line: i32,
}

/// The view of an enrolment.
///
/// # Errors
/// The database's.
pub(super) fn enrolment_view(tx: &mut Tx, enrolment: Enrolment, language: Language) -> Result<EnrolmentView, Fault> {
    let Scheduled { session, course } = training::load_session(tx, enrolment.session)?;
    let person = person::load(tx, enrolment.person)?;
    let can = |step: &EnrolmentStep| step.take(enrolment.state, &session.time(), tx.now()).is_ok();
    let next = EnrolmentStep::ALL.iter().copied().filter(can).collect();
    Ok(EnrolmentView {
        id: enrolment.id,
        session: session.id,
        title: course.title,
        place: session.place,
        starts_at: session.starts_at,
        ends_at: session.ends_at,
        person: NamedPerson { id: person.id, name: person.name.masked(), phone: None },
        state: enrolment.state,
        label: enrolment.state.label(language).to_owned(),
        place_in_queue: training::place_in_queue(tx, &enrolment)?,
        next,
        credit_hours: enrolment.credit_hours,
        certification: enrolment.certification,
        version: enrolment.version,
        place_in_line: enrolment.place_in_line,
    })
}
