//! Sessions of courses.

use diesel::prelude::*;
use domain::region::DivisionCode;
use domain::training::{SessionState, SessionTime};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::course::{self, Course};
use crate::both;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::value;
use crate::region::{in_ranges, ranges};
use crate::schema::{training_courses, training_sessions};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// When and where a course takes place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// Which course.
    pub course: Uuid,
    /// Where.
    pub place: String,
    /// When it begins.
    pub starts_at: domain::Timestamp,
    /// When it ends.
    pub ends_at: domain::Timestamp,
    /// How many seats there are.
    pub capacity: i32,
    /// How many of them are taken.
    pub taken: i32,
    /// One more with every change of who has a seat.
    pub turn: i32,
    /// Whether it takes place.
    pub state: SessionState,
    /// One more with every change of anything else; a new one has 1.
    pub version: i32,
    /// The account that has made it.
    pub created_by: Uuid,
}

impl Session {
    /// What decides which steps can be taken.
    #[must_use]
    pub const fn time(&self) -> SessionTime {
        SessionTime { state: self.state, starts_at: self.starts_at, ends_at: self.ends_at }
    }
}

/// A session with its course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// The session.
    pub session: Session,
    /// What is taught.
    pub course: Course,
}

/// A row of `training_sessions`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = training_sessions)]
pub(super) struct Row {
    id: Uid,
    course_id: Uid,
    place: String,
    starts_at: Instant,
    ends_at: Instant,
    capacity: i32,
    taken: i32,
    turn: i32,
    state: String,
    version: i32,
    created_by: Uid,
    created_at: Instant,
}

impl Row {
    pub(super) fn into_session(self) -> Result<Session, StoreError> {
        Ok(Session {
            id: self.id.0,
            course: self.course_id.0,
            place: self.place,
            starts_at: self.starts_at.get(),
            ends_at: self.ends_at.get(),
            capacity: self.capacity,
            taken: self.taken,
            turn: self.turn,
            state: value(&self.state)?,
            version: self.version,
            created_by: self.created_by.0,
        })
    }
}

/// Keeps a new session.
///
/// # Errors
/// [`StoreError::Unknown`] where the course is not there.
pub fn add_session(tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
    let row = Row {
        id: session.id.into(),
        course_id: session.course.into(),
        place: session.place.clone(),
        starts_at: session.starts_at.into(),
        ends_at: session.ends_at.into(),
        capacity: session.capacity,
        taken: session.taken,
        turn: session.turn,
        state: session.state.as_str().to_owned(),
        version: session.version,
        created_by: session.created_by.into(),
        created_at: tx.now().into(),
    };
    diesel::insert_into(training_sessions::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One session with its course.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_session(tx: &mut Tx, id: Uuid) -> Result<Scheduled, StoreError> {
    let (session, course): (Row, course::Row) = training_sessions::table
        .inner_join(training_courses::table.on(training_courses::id.eq(training_sessions::course_id)))
        .filter(training_sessions::id.eq(Uid(id)))
        .select((Row::as_select(), course::Row::as_select()))
        .first(&mut tx.conn)?;
    Ok(Scheduled { session: session.into_session()?, course: course.into_course()? })
}

/// Waits until nobody else changes who has a seat of a session, until this transaction ends; the session as it is then.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn take_turn(tx: &mut Tx, id: Uuid) -> Result<Session, StoreError> {
    let row: Row = both!(tx, |c| diesel::update(training_sessions::table.find(Uid(id)))
        .set(training_sessions::turn.eq(training_sessions::turn + 1))
        .returning(Row::as_returning())
        .get_result(c))?;
    row.into_session()
}

/// Sets how many seats are taken, in one's turn.
pub(super) fn set_taken(tx: &mut Tx, id: Uuid, taken: i32) -> Result<(), StoreError> {
    diesel::update(training_sessions::table.find(Uid(id))).set(training_sessions::taken.eq(taken)).execute(&mut tx.conn)?;
    Ok(())
}

/// Replaces when and where a session takes place, if it is still of that version; it gets the next one.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn update_session(tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
    let values = (
        training_sessions::place.eq(&session.place),
        training_sessions::starts_at.eq(Instant::from(session.starts_at)),
        training_sessions::ends_at.eq(Instant::from(session.ends_at)),
        training_sessions::capacity.eq(session.capacity),
        training_sessions::version.eq(session.version + 1),
    );
    let its = training_sessions::table.find(Uid(session.id)).filter(training_sessions::version.eq(session.version));
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Notes that a session does not take place; nobody has a seat of it then.
///
/// # Errors
/// [`StoreError::Stale`] where it was cancelled before.
pub fn cancel_session(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    let its = training_sessions::table.find(Uid(id)).filter(training_sessions::state.eq(SessionState::Open.as_str()));
    let values = (
        training_sessions::state.eq(SessionState::Cancelled.as_str()),
        training_sessions::taken.eq(0),
        training_sessions::version.eq(training_sessions::version + 1),
    );
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Which sessions.
#[derive(Clone, Debug)]
pub struct SessionFilter {
    /// For the people of which division: those of courses of what lies in it, and of what it lies in.
    pub within: DivisionCode,
    /// Only those of this course.
    pub course: Option<Uuid>,
    /// Only those that take place and begin after this moment.
    pub upcoming_at: Option<domain::Timestamp>,
}

type Joined = diesel::dsl::InnerJoinQuerySource<
    training_sessions::table,
    training_courses::table,
    diesel::dsl::Eq<training_courses::id, training_sessions::course_id>,
>;

/// The sessions that are asked for, the newest first, from before one on.
///
/// # Errors
/// The database's.
pub fn list_sessions(tx: &mut Tx, filter: &SessionFilter, before: Option<Uuid>, limit: i64) -> Result<Vec<Scheduled>, StoreError> {
    let near = in_ranges!(Joined, training_courses::division, ranges(tx, &filter.within)?);
    let above: Vec<String> = filter.within.lineage().iter().map(|code| code.as_str().to_owned()).collect();
    let mut query = training_sessions::table
        .inner_join(training_courses::table.on(training_courses::id.eq(training_sessions::course_id)))
        .filter(near.or(training_courses::division.eq_any(above)))
        .into_boxed::<MultiBackend>();
    if let Some(course) = filter.course {
        query = query.filter(training_sessions::course_id.eq(Uid(course)));
    }
    if let Some(at) = filter.upcoming_at {
        let open = training_sessions::state.eq(SessionState::Open.as_str());
        query = query.filter(open.and(training_sessions::starts_at.gt(Instant::from(at))));
    }
    if let Some(before) = before {
        query = query.filter(training_sessions::id.lt(Uid(before)));
    }
    let query = query.order(training_sessions::id.desc()).limit(limit);
    let rows: Vec<(Row, course::Row)> = query.select((Row::as_select(), course::Row::as_select())).load(&mut tx.conn)?;
    let read = |(session, course): (Row, course::Row)| Ok(Scheduled { session: session.into_session()?, course: course.into_course()? });
    rows.into_iter().map(read).collect()
}
