//! Stages that were done, each with what that was found by.

use diesel::prelude::*;
use domain::apprenticeship::ApprenticeStage;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::Agreed;
use crate::error::StoreError;
use crate::order::value;
use crate::schema::apprenticeship_stages;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A stage that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageDone {
    /// The apprenticeship.
    pub apprenticeship: Uuid,
    /// The stage.
    pub stage: ApprenticeStage,
    /// When it began.
    pub began_at: domain::Timestamp,
    /// When it was confirmed to be done.
    pub done_at: domain::Timestamp,
    /// Full days since it began.
    pub days: i64,
    /// Works that were made in it.
    pub works: i64,
    /// How many days it asked for.
    pub days_needed: i64,
    /// How many works it asked for.
    pub works_needed: i64,
    /// The certification of the master.
    pub certification: Uuid,
    /// The version of the policy that asked for it.
    pub policy_version: String,
    /// Who has asked, and when.
    pub asked: Agreed,
    /// The account that has confirmed it.
    pub confirmed_by: Uuid,
}

/// A row of `apprenticeship_stages`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = apprenticeship_stages)]
struct Row {
    apprenticeship_id: Uid,
    stage: String,
    began_at: Instant,
    done_at: Instant,
    days: i64,
    works: i64,
    days_needed: i64,
    works_needed: i64,
    certification_id: Uid,
    policy_version: String,
    asked_by: Uid,
    asked_at: Instant,
    confirmed_by: Uid,
}

/// Keeps a stage that was done.
///
/// # Errors
/// [`StoreError::Duplicate`] where it is on record.
pub fn add_stage(tx: &mut Tx, done: &StageDone) -> Result<(), StoreError> {
    let row = Row {
        apprenticeship_id: done.apprenticeship.into(),
        stage: done.stage.as_str().to_owned(),
        began_at: done.began_at.into(),
        done_at: done.done_at.into(),
        days: done.days,
        works: done.works,
        days_needed: done.days_needed,
        works_needed: done.works_needed,
        certification_id: done.certification.into(),
        policy_version: done.policy_version.clone(),
        asked_by: done.asked.by.into(),
        asked_at: done.asked.at.into(),
        confirmed_by: done.confirmed_by.into(),
    };
    diesel::insert_into(apprenticeship_stages::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// The stages of an apprenticeship that were done, in order.
///
/// # Errors
/// The database's.
pub fn stages_of(tx: &mut Tx, apprenticeship: Uuid) -> Result<Vec<StageDone>, StoreError> {
    let rows: Vec<Row> = apprenticeship_stages::table
        .filter(apprenticeship_stages::apprenticeship_id.eq(Uid(apprenticeship)))
        .order((apprenticeship_stages::done_at, apprenticeship_stages::stage))
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    let read = |row: Row| {
        Ok(StageDone {
            apprenticeship: row.apprenticeship_id.0,
            stage: value(&row.stage)?,
            began_at: row.began_at.get(),
            done_at: row.done_at.get(),
            days: row.days,
            works: row.works,
            days_needed: row.days_needed,
            works_needed: row.works_needed,
            certification: row.certification_id.0,
            policy_version: row.policy_version,
            asked: Agreed { by: row.asked_by.0, at: row.asked_at.get() },
            confirmed_by: row.confirmed_by.0,
        })
    };
    rows.into_iter().map(read).collect()
}
