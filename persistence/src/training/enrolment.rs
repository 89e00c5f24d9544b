//! Who takes part, and who waits to.

use diesel::prelude::*;
use domain::message::MessageKind;
use domain::training::{EnrolmentState, EnrolmentStep, SessionState, moving_up};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::session::{Session, set_taken, take_turn};
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::message;
use crate::order::value;
use crate::schema::{training_enrolments, training_sessions};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// That somebody takes part in a session, or waits to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Its id.
    pub id: Uuid,
    /// Which session.
    pub session: Uuid,
    /// Who.
    pub person: Uuid,
    /// Whoever has lined up earlier has a smaller one.
    pub place_in_line: i32,
    /// Where it stands.
    pub state: EnrolmentState,
    /// The credit hours that passing gave.
    pub credit_hours: Option<i32>,
    /// The certification that passing gave.
    pub certification: Option<Uuid>,
    /// One more with every change; a new one has 1.
    pub version: i32,
    /// When it was last changed.
    pub changed_at: domain::Timestamp,
}

/// A row of `training_enrolments`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = training_enrolments, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    session_id: Uid,
    person_id: Uid,
    place_in_line: i32,
    state: String,
    credit_hours: Option<i32>,
    certification_id: Option<Uid>,
    version: i32,
    by_account: Option<Uid>,
    created_at: Instant,
    changed_at: Instant,
}

impl Row {
    fn into_enrolment(self) -> Result<Enrolment, StoreError> {
        Ok(Enrolment {
            id: self.id.0,
            session: self.session_id.0,
            person: self.person_id.0,
            place_in_line: self.place_in_line,
            state: value(&self.state)?,
            credit_hours: self.credit_hours,
            certification: self.certification_id.map(Into::into),
            version: self.version,
            changed_at: self.changed_at.get(),
        })
    }
}

/// Puts somebody at the end of the line, in one's turn.
///
/// # Errors
/// [`StoreError::Duplicate`] where the person is written down for the session already.
pub fn line_up(tx: &mut Tx, id: Uuid, session: &Session, person: Uuid, by: Uuid) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let row = Row {
        id: id.into(),
        session_id: session.id.into(),
        person_id: person.into(),
        place_in_line: session.turn,
        state: EnrolmentState::Waiting.as_str().to_owned(),
        credit_hours: None,
        certification_id: None,
        version: 1,
        by_account: Some(by.into()),
        created_at: now,
        changed_at: now,
    };
    diesel::insert_into(training_enrolments::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// Puts somebody who had withdrawn at the end of the line again, in one's turn.
///
/// # Errors
/// [`StoreError::Stale`] where it has changed meanwhile.
pub fn line_up_again(tx: &mut Tx, enrolment: &Enrolment, session: &Session, by: Uuid) -> Result<(), StoreError> {
    let place = training_enrolments::place_in_line.eq(session.turn);
    diesel::update(training_enrolments::table.find(Uid(enrolment.id))).set(place).execute(&mut tx.conn)?;
    change_enrolment(tx, enrolment, Outcome::plain(EnrolmentStep::Return.to()), by)
}

/// What an enrolment becomes.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Where it stands.
    pub state: EnrolmentState,
    /// The credit hours that it gives.
    pub credit_hours: Option<i32>,
    /// The certification that it gives.
    pub certification: Option<Uuid>,
}

impl Outcome {
    /// A state that gives nothing.
    #[must_use]
    pub const fn plain(state: EnrolmentState) -> Self {
        Self { state, credit_hours: None, certification: None }
    }
}

/// Changes where an enrolment stands, if it is still of that version; it gets the next one.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn change_enrolment(tx: &mut Tx, enrolment: &Enrolment, outcome: Outcome, by: Uuid) -> Result<(), StoreError> {
    let values = (
        training_enrolments::state.eq(outcome.state.as_str()),
        training_enrolments::credit_hours.eq(outcome.credit_hours),
        training_enrolments::certification_id.eq(outcome.certification.map(Uid)),
        training_enrolments::by_account.eq(Some(Uid(by))),
        training_enrolments::changed_at.eq(Instant::from(tx.now())),
        training_enrolments::version.eq(enrolment.version + 1),
    );
    let its = training_enrolments::table.find(Uid(enrolment.id)).filter(training_enrolments::version.eq(enrolment.version));
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Lets those who wait move up to the free seats of a session that has not begun, in one's turn, tells them, and counts the seats that
/// are taken anew.
///
/// # Errors
/// The database's.
pub fn fill(tx: &mut Tx, session: &Session, by: Uuid) -> Result<(), StoreError> {
    let its = || training_enrolments::table.filter(training_enrolments::session_id.eq(Uid(session.id)));
    let seated: Vec<&str> = EnrolmentState::ALL.iter().filter(|state| state.holds_a_seat()).map(|state| state.as_str()).collect();
    let taken: i64 = its().filter(training_enrolments::state.eq_any(seated)).count().get_result(&mut tx.conn)?;
    let mut taken = i32::try_from(taken).map_err(|error| StoreError::Bug(error.to_string()))?;
    if session.time().admits(tx.now()).is_ok() {
        let rows: Vec<Row> = its()
            .filter(training_enrolments::state.eq(EnrolmentState::Waiting.as_str()))
            .order(training_enrolments::place_in_line)
            .limit(i64::from(session.capacity))
            .select(Row::as_select())
            .load(&mut tx.conn)?;
        let waiting = rows.into_iter().map(Row::into_enrolment).collect::<Result<Vec<_>, _>>()?;
        for enrolment in moving_up(session.capacity, taken, &waiting) {
            change_enrolment(tx, enrolment, Outcome::plain(EnrolmentStep::MoveUp.to()), by)?;
            // Who has lined up just now sees it in the answer.
            if enrolment.place_in_line < session.turn {
                message::tell(tx, MessageKind::TrainingSeat, session.id, enrolment.person)?;
            }
            taken += 1;
        }
    }
    set_taken(tx, session.id, taken)
}

/// One enrolment.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_enrolment(tx: &mut Tx, id: Uuid) -> Result<Enrolment, StoreError> {
    let row: Row = training_enrolments::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_enrolment()
}

/// The enrolment of somebody in a session, where there is one.
///
/// # Errors
/// The database's.
pub fn enrolment_of(tx: &mut Tx, session: Uuid, person: Uuid) -> Result<Option<Enrolment>, StoreError> {
    let row: Option<Row> = training_enrolments::table
        .filter(training_enrolments::session_id.eq(Uid(session)))
        .filter(training_enrolments::person_id.eq(Uid(person)))
        .select(Row::as_select())
        .first(&mut tx.conn)
        .optional()?;
    row.map(Row::into_enrolment).transpose()
}

/// The enrolments in a session in the order in which they lined up, from after a place on.
///
/// # Errors
/// The database's.
pub fn enrolments(tx: &mut Tx, session: Uuid, after: Option<i32>, limit: i64) -> Result<Vec<Enrolment>, StoreError> {
    let mut query = training_enrolments::table.into_boxed::<MultiBackend>();
    query = query.filter(training_enrolments::session_id.eq(Uid(session)));
    if let Some(after) = after {
        query = query.filter(training_enrolments::place_in_line.gt(after));
    }
    let query = query.order(training_enrolments::place_in_line).limit(limit);
    let rows: Vec<Row> = query.select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_enrolment).collect()
}

/// The enrolments of somebody under any of these records, the newest first.
///
/// # Errors
/// The database's.
pub fn enrolments_of(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<Enrolment>, StoreError> {
    let persons: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let rows: Vec<Row> = training_enrolments::table
        .filter(training_enrolments::person_id.eq_any(persons))
        .order(training_enrolments::id.desc())
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_enrolment).collect()
}

/// Whoever waits for a session or has a seat of it that can still be given up.
///
/// # Errors
/// The database's.
pub fn open_enrolments(tx: &mut Tx, session: Uuid) -> Result<Vec<Enrolment>, StoreError> {
    let open: Vec<&str> = EnrolmentState::ALL.iter().filter(|state| state.is_open()).map(|state| state.as_str()).collect();
    let rows: Vec<Row> = training_enrolments::table
        .filter(training_enrolments::session_id.eq(Uid(session)))
        .filter(training_enrolments::state.eq_any(open))
        .order(training_enrolments::place_in_line)
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_enrolment).collect()
}

/// How many wait for a seat of a session.
///
/// # Errors
/// The database's.
pub fn waiting_in(tx: &mut Tx, session: Uuid) -> Result<i64, StoreError> {
    count_waiting(tx, session, i32::MAX)
}

/// The place of somebody who waits, 1 for who is next; none for others.
///
/// # Errors
/// The database's.
pub fn place_in_queue(tx: &mut Tx, enrolment: &Enrolment) -> Result<Option<i64>, StoreError> {
    if enrolment.state != EnrolmentState::Waiting {
        return Ok(None);
    }
    count_waiting(tx, enrolment.session, enrolment.place_in_line).map(Some)
}

fn count_waiting(tx: &mut Tx, session: Uuid, up_to: i32) -> Result<i64, StoreError> {
    let waiting = training_enrolments::table
        .filter(training_enrolments::session_id.eq(Uid(session)))
        .filter(training_enrolments::state.eq(EnrolmentState::Waiting.as_str()))
        .filter(training_enrolments::place_in_line.le(up_to));
    Ok(waiting.count().get_result(&mut tx.conn)?)
}

/// What somebody, under any of these records, has passed: the end of the session, and its enrolment.
///
/// # Errors
/// The database's.
pub fn passed_in(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<(domain::Timestamp, Enrolment)>, StoreError> {
    let persons: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let rows: Vec<(Instant, Row)> = training_enrolments::table
        .inner_join(training_sessions::table.on(training_sessions::id.eq(training_enrolments::session_id)))
        .filter(training_enrolments::person_id.eq_any(persons))
        .filter(training_enrolments::state.eq(EnrolmentState::Passed.as_str()))
        .order(training_enrolments::id)
        .select((training_sessions::ends_at, Row::as_select()))
        .load(&mut tx.conn)?;
    rows.into_iter().map(|(ended, row)| Ok((ended.get(), row.into_enrolment()?))).collect()
}

/// Gives up what somebody waits for or has a seat of, in sessions that have not begun. What has happened stays on record.
pub(crate) fn forget_enrolments(tx: &mut Tx, person: Uuid, by: Uuid) -> Result<(), StoreError> {
    let upcoming = upcoming(tx, person)?;
    upcoming.into_iter().try_for_each(|session| give_up(tx, session, person, by))
}

/// Hands the enrolments of one record over to another. Where both are written down for a session, that of the record that is given
/// up stays with it; it gives its place up where the other one has one.
pub(crate) fn hand_over_enrolments(tx: &mut Tx, from: Uuid, into: Uuid, by: Uuid) -> Result<(), StoreError> {
    for session in upcoming(tx, from)? {
        if enrolment_of(tx, session, into)?.is_some_and(|kept| kept.state.is_open()) {
            give_up(tx, session, from, by)?;
        }
    }
    let held: Vec<Uid> = training_enrolments::table
        .filter(training_enrolments::person_id.eq(Uid(into)))
        .select(training_enrolments::session_id)
        .load(&mut tx.conn)?;
    let given = training_enrolments::table.filter(training_enrolments::person_id.eq(Uid(from)));
    diesel::update(given.filter(training_enrolments::session_id.ne_all(held)))
        .set((training_enrolments::person_id.eq(Uid(into)), training_enrolments::version.eq(training_enrolments::version + 1)))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// The sessions for which somebody is written down and that have not begun, in one order whoever asks.
fn upcoming(tx: &mut Tx, person: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Uid> = training_enrolments::table
        .inner_join(training_sessions::table.on(training_sessions::id.eq(training_enrolments::session_id)))
        .filter(training_enrolments::person_id.eq(Uid(person)))
        .filter(training_sessions::state.eq(SessionState::Open.as_str()))
        .filter(training_sessions::starts_at.gt(Instant::from(tx.now())))
        .order(training_sessions::id)
        .select(training_sessions::id)
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

fn give_up(tx: &mut Tx, session: Uuid, person: Uuid, by: Uuid) -> Result<(), StoreError> {
    let session = take_turn(tx, session)?;
    let Some(enrolment) = enrolment_of(tx, session.id, person)?.filter(|enrolment| enrolment.state.is_open()) else { return Ok(()) };
    change_enrolment(tx, &enrolment, Outcome::plain(EnrolmentStep::Withdraw.to()), by)?;
    fill(tx, &session, by)
}
