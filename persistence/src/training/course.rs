//! Courses.

use diesel::prelude::*;
use domain::person::CraftLevel;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division, optional};
use crate::region::{in_ranges, ranges};
use crate::schema::training_courses;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What a course certifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certifies {
    /// For which craft.
    pub craft: Uuid,
    /// At which level.
    pub level: CraftLevel,
    /// For how many months.
    pub valid_months: i32,
}

/// Something that is taught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Its id.
    pub id: Uuid,
    /// The region that it belongs to.
    pub region: DivisionCode,
    /// For the people of which division it is.
    pub division: DivisionCode,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// The credit hours of who passes.
    pub credit_hours: i32,
    /// What who passes is certified for.
    pub certifies: Option<Certifies>,
    /// Whether it is offered.
    pub active: bool,
    /// One more with every change; a new one has 1.
    pub version: i32,
    /// The account that has made it.
    pub created_by: Uuid,
}

/// A row of `training_courses`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = training_courses, treat_none_as_default_value = false)]
pub(super) struct Row {
    id: Uid,
    region: String,
    division: String,
    title: String,
    description: Option<String>,
    credit_hours: i32,
    craft_id: Option<Uid>,
    craft_level: Option<String>,
    valid_months: Option<i32>,
    active: bool,
    version: i32,
    created_by: Uid,
    created_at: Instant,
}

impl Row {
    pub(super) fn into_course(self) -> Result<Course, StoreError> {
        let level: Option<CraftLevel> = optional(self.craft_level.as_deref())?;
        let certifies = match (self.craft_id, level, self.valid_months) {
            (Some(craft), Some(level), Some(valid_months)) => Some(Certifies { craft: craft.0, level, valid_months }),
            _ => None,
        };
        Ok(Course {
            id: self.id.0,
            region: division(&self.region)?,
            division: division(&self.division)?,
            title: self.title,
            description: self.description,
            credit_hours: self.credit_hours,
            certifies,
            active: self.active,
            version: self.version,
            created_by: self.created_by.0,
        })
    }
}

/// Keeps a new course.
///
/// # Errors
/// [`StoreError::Unknown`] where a division or the craft is not there.
pub fn add_course(tx: &mut Tx, course: &Course) -> Result<(), StoreError> {
    let row = Row {
        id: course.id.into(),
        region: course.region.as_str().to_owned(),
        division: course.division.as_str().to_owned(),
        title: course.title.clone(),
        description: course.description.clone(),
        credit_hours: course.credit_hours,
        craft_id: course.certifies.map(|certifies| certifies.craft.into()),
        craft_level: course.certifies.map(|certifies| certifies.level.as_str().to_owned()),
        valid_months: course.certifies.map(|certifies| certifies.valid_months),
        active: course.active,
        version: course.version,
        created_by: course.created_by.into(),
        created_at: tx.now().into(),
    };
    diesel::insert_into(training_courses::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One course.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_course(tx: &mut Tx, id: Uuid) -> Result<Course, StoreError> {
    let row: Row = training_courses::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_course()
}

/// Replaces what a course is, if it is still of that version; it gets the next one.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn update_course(tx: &mut Tx, course: &Course) -> Result<(), StoreError> {
    let values = (
        training_courses::title.eq(&course.title),
        training_courses::description.eq(&course.description),
        training_courses::credit_hours.eq(course.credit_hours),
        training_courses::craft_id.eq(course.certifies.map(|certifies| Uid(certifies.craft))),
        training_courses::craft_level.eq(course.certifies.map(|certifies| certifies.level.as_str())),
        training_courses::valid_months.eq(course.certifies.map(|certifies| certifies.valid_months)),
        training_courses::active.eq(course.active),
        training_courses::version.eq(course.version + 1),
    );
    let its = training_courses::table.find(Uid(course.id)).filter(training_courses::version.eq(course.version));
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The courses for people of a division: those of what lies in it, and those of what it lies in. The newest first, from before
/// one on.
///
/// # Errors
/// The database's.
pub fn list_courses(tx: &mut Tx, within: &DivisionCode, before: Option<Uuid>, limit: i64) -> Result<Vec<Course>, StoreError> {
    let near = in_ranges!(training_courses::table, training_courses::division, ranges(tx, within)?);
    let above: Vec<String> = within.lineage().iter().map(|code| code.as_str().to_owned()).collect();
    let mut query = training_courses::table.into_boxed::<MultiBackend>();
    query = query.filter(near.or(training_courses::division.eq_any(above)));
    if let Some(before) = before {
        query = query.filter(training_courses::id.lt(Uid(before)));
    }
    let rows: Vec<Row> = query.order(training_courses::id.desc()).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_course).collect()
}
