//! Registrations for the examination.

use diesel::prelude::*;
use domain::region::DivisionCode;
use domain::social_worker::{ExamState, Qualification};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division, value};
use crate::region::{in_ranges, ranges};
use crate::schema::exam_registrations;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// That somebody sits for an examination, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExamRegistration {
    /// Its id.
    pub id: Uuid,
    /// Who.
    pub person: Uuid,
    /// The region.
    pub region: DivisionCode,
    /// Where they are counted: at home when they registered.
    pub division: DivisionCode,
    /// The year of the examination.
    pub year: i32,
    /// For which level.
    pub level: Qualification,
    /// Where it stands.
    pub state: ExamState,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

/// A row of `exam_registrations`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = exam_registrations, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    person_id: Uid,
    region: String,
    division: String,
    year: i32,
    level: String,
    state: String,
    version: i32,
    by_account: Uid,
    created_at: Instant,
    changed_at: Instant,
}

impl Row {
    fn into_exam(self) -> Result<ExamRegistration, StoreError> {
        Ok(ExamRegistration {
            id: self.id.0,
            person: self.person_id.0,
            region: division(&self.region)?,
            division: division(&self.division)?,
            year: self.year,
            level: value(&self.level)?,
            state: value(&self.state)?,
            version: self.version,
        })
    }
}

/// Keeps a registration.
///
/// # Errors
/// [`StoreError::Duplicate`] of `exam_registrations` where the person has registered for that year and level already.
pub fn add_exam(tx: &mut Tx, exam: &ExamRegistration, by: Uuid) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let row = Row {
        id: exam.id.into(),
        person_id: exam.person.into(),
        region: exam.region.as_str().to_owned(),
        division: exam.division.as_str().to_owned(),
        year: exam.year,
        level: exam.level.as_str().to_owned(),
        state: exam.state.as_str().to_owned(),
        version: exam.version,
        by_account: by.into(),
        created_at: now,
        changed_at: now,
    };
    diesel::insert_into(exam_registrations::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One registration.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_exam(tx: &mut Tx, id: Uuid) -> Result<ExamRegistration, StoreError> {
    let row: Row = exam_registrations::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_exam()
}

/// What somebody has registered for in a year, at a level, under any of their records.
///
/// # Errors
/// The database's.
pub fn exam_of(tx: &mut Tx, persons: &[Uuid], year: i32, level: Qualification) -> Result<Option<ExamRegistration>, StoreError> {
    let persons: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let row: Option<Row> = exam_registrations::table
        .filter(exam_registrations::person_id.eq_any(persons))
        .filter(exam_registrations::year.eq(year))
        .filter(exam_registrations::level.eq(level.as_str()))
        .order(exam_registrations::id.desc())
        .select(Row::as_select())
        .first(&mut tx.conn)
        .optional()?;
    row.map(Row::into_exam).transpose()
}

/// Everything that somebody has registered for under any of their records, the newest first.
///
/// # Errors
/// The database's.
pub fn exams_of(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<ExamRegistration>, StoreError> {
    let persons: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let rows: Vec<Row> = exam_registrations::table
        .filter(exam_registrations::person_id.eq_any(persons))
        .order((exam_registrations::year.desc(), exam_registrations::id.desc()))
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_exam).collect()
}

/// Who in a division has registered for a year, after one.
///
/// # Errors
/// The database's.
pub fn list_exams(
    tx: &mut Tx,
    within: &DivisionCode,
    year: i32,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ExamRegistration>, StoreError> {
    let near = in_ranges!(exam_registrations::table, exam_registrations::division, ranges(tx, within)?);
    let mut query = exam_registrations::table.into_boxed::<MultiBackend>().filter(near).filter(exam_registrations::year.eq(year));
    if let Some(after) = after {
        query = query.filter(exam_registrations::id.gt(Uid(after)));
    }
    let rows: Vec<Row> = query.order(exam_registrations::id).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_exam).collect()
}

/// Changes where a registration stands, if it is still of that version; it gets the next one.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn change_exam(tx: &mut Tx, exam: &ExamRegistration, state: ExamState, by: Uuid) -> Result<(), StoreError> {
    let values = (
        exam_registrations::state.eq(state.as_str()),
        exam_registrations::by_account.eq(Uid(by)),
        exam_registrations::changed_at.eq(Instant::from(tx.now())),
        exam_registrations::version.eq(exam.version + 1),
    );
    let its = exam_registrations::table.find(Uid(exam.id)).filter(exam_registrations::version.eq(exam.version));
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Hands over the registrations of one record to another. One that both have stays with the record that is given up.
pub(super) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    let held: Vec<(i32, String)> = exam_registrations::table
        .filter(exam_registrations::person_id.eq(Uid(into)))
        .select((exam_registrations::year, exam_registrations::level))
        .load(&mut tx.conn)?;
    for given in exams_of(tx, &[from])? {
        if held.iter().any(|(year, level)| *year == given.year && level == given.level.as_str()) {
            continue;
        }
        diesel::update(exam_registrations::table.find(Uid(given.id)))
            .set((exam_registrations::person_id.eq(Uid(into)), exam_registrations::version.eq(given.version + 1)))
            .execute(&mut tx.conn)?;
    }
    Ok(())
}

/// Whoever is erased sits for nothing any more; what came of earlier examinations stays for the totals.
pub(super) fn forget(tx: &mut Tx, person: Uuid, by: Uuid) -> Result<(), StoreError> {
    let open = exams_of(tx, &[person])?.into_iter().filter(|exam| exam.state.may_withdraw());
    open.collect::<Vec<_>>().into_iter().try_for_each(|exam| change_exam(tx, &exam, ExamState::Withdrawn, by))
}
