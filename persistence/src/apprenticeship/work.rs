//! What apprentices have made.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::apprenticeship::{ApprenticeStage, Exhibition};
use domain::person::ConsentKind;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division, optional, value};
use crate::region::{in_ranges, ranges};
use crate::schema::{apprentice_works, apprenticeships, consents};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What the title is sealed for.
pub(crate) const TITLE: &str = "apprentice_works.title";

/// What the description is sealed for.
pub(crate) const DESCRIPTION: &str = "apprentice_works.description";

/// Something that an apprentice has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Its id.
    pub id: Uuid,
    /// The apprenticeship in which it was made.
    pub apprenticeship: Uuid,
    /// Where that is.
    pub division: DivisionCode,
    /// The craft.
    pub craft: Uuid,
    /// The stage in which it was made.
    pub stage: ApprenticeStage,
    /// What it is called; none once the apprentice was erased.
    pub title: Option<String>,
    /// What is said of it.
    pub description: Option<String>,
    /// When it was made.
    pub made_on: NaiveDate,
    /// That it was shown or sold, if it was.
    pub exhibition: Option<Exhibition>,
    /// When it was withdrawn, if it was.
    pub withdrawn_at: Option<domain::Timestamp>,
    /// One more with every change; a new one has 1.
    pub version: i32,
    /// The account that has written it down.
    pub created_by: Uuid,
    /// When.
    pub created_at: domain::Timestamp,
}

/// A row of `apprentice_works`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = apprentice_works, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    apprenticeship_id: Uid,
    division: String,
    craft_id: Uid,
    stage: String,
    title: Option<Vec<u8>>,
    description: Option<Vec<u8>>,
    made_on: NaiveDate,
    exhibition: Option<String>,
    exhibited_on: Option<NaiveDate>,
    site_id: Option<Uid>,
    price_fen: Option<i64>,
    withdrawn_at: Option<Instant>,
    version: i32,
    created_by: Uid,
    created_at: Instant,
    changed_by: Uid,
    changed_at: Instant,
}

impl Row {
    fn read(self, tx: &Tx) -> Result<Work, StoreError> {
        let open = |column, sealed: Option<Vec<u8>>| sealed.map(|sealed| tx.unseal(column, self.id.0, &sealed)).transpose();
        let site = self.site_id.map(|id| id.0);
        let exhibition = optional(self.exhibition.as_deref())?.zip(self.exhibited_on);
        Ok(Work {
            title: open(TITLE, self.title)?,
            description: open(DESCRIPTION, self.description)?,
            id: self.id.0,
            apprenticeship: self.apprenticeship_id.0,
            division: division(&self.division)?,
            craft: self.craft_id.0,
            stage: value(&self.stage)?,
            made_on: self.made_on,
            exhibition: exhibition.map(|(kind, day)| Exhibition { kind, day, site, price_fen: self.price_fen }),
            withdrawn_at: self.withdrawn_at.map(Instant::get),
            version: self.version,
            created_by: self.created_by.0,
            created_at: self.created_at.get(),
        })
    }
}

/// Keeps a new work.
///
/// # Errors
/// [`StoreError::Unknown`] where what it refers to is not there.
pub fn add_work(tx: &mut Tx, work: &Work) -> Result<(), StoreError> {
    let seal = |column, text: &Option<String>| text.as_deref().map(|text| tx.seal(column, work.id, text)).transpose();
    let (title, description) = (seal(TITLE, &work.title)?, seal(DESCRIPTION, &work.description)?);
    let row = Row {
        id: work.id.into(),
        apprenticeship_id: work.apprenticeship.into(),
        division: work.division.to_string(),
        craft_id: work.craft.into(),
        stage: work.stage.as_str().to_owned(),
        title,
        description,
        made_on: work.made_on,
        exhibition: work.exhibition.map(|exhibition| exhibition.kind.as_str().to_owned()),
        exhibited_on: work.exhibition.map(|exhibition| exhibition.day),
        site_id: work.exhibition.and_then(|exhibition| exhibition.site).map(Uid),
        price_fen: work.exhibition.and_then(|exhibition| exhibition.price_fen),
        withdrawn_at: work.withdrawn_at.map(Into::into),
        version: work.version,
        created_by: work.created_by.into(),
        created_at: work.created_at.into(),
        changed_by: work.created_by.into(),
        changed_at: work.created_at.into(),
    };
    diesel::insert_into(apprentice_works::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One work.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_work(tx: &mut Tx, id: Uuid) -> Result<Work, StoreError> {
    let row: Row = apprentice_works::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.read(tx)
}

/// Keeps that a work was shown, sold or withdrawn, if it is still of that version: it becomes one more.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn save_work(tx: &mut Tx, work: &Work, account: Uuid) -> Result<(), StoreError> {
    let values = (
        apprentice_works::exhibition.eq(work.exhibition.map(|exhibition| exhibition.kind.as_str())),
        apprentice_works::exhibited_on.eq(work.exhibition.map(|exhibition| exhibition.day)),
        apprentice_works::site_id.eq(work.exhibition.and_then(|exhibition| exhibition.site).map(Uid)),
        apprentice_works::price_fen.eq(work.exhibition.and_then(|exhibition| exhibition.price_fen)),
        apprentice_works::withdrawn_at.eq(work.withdrawn_at.map(Instant::from)),
        apprentice_works::version.eq(work.version + 1),
        apprentice_works::changed_by.eq(Uid(account)),
        apprentice_works::changed_at.eq(Instant::from(tx.now())),
    );
    let its = apprentice_works::table.find(Uid(work.id)).filter(apprentice_works::version.eq(work.version));
    if diesel::update(its).set(values).execute(&mut tx.conn)? == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The works of an apprenticeship, also withdrawn ones, the newest first, from before one on.
///
/// # Errors
/// The database's.
pub fn works_of(tx: &mut Tx, apprenticeship: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<Work>, StoreError> {
    let mut query = apprentice_works::table.into_boxed::<MultiBackend>();
    query = query.filter(apprentice_works::apprenticeship_id.eq(Uid(apprenticeship)));
    if let Some(before) = before {
        query = query.filter(apprentice_works::id.lt(Uid(before)));
    }
    let rows: Vec<Row> = query.order(apprentice_works::id.desc()).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.read(tx)).collect()
}

/// How many works of a stage count: those that were not withdrawn.
///
/// # Errors
/// The database's.
pub fn count_works(tx: &mut Tx, apprenticeship: Uuid, stage: ApprenticeStage) -> Result<i64, StoreError> {
    let its = apprentice_works::table
        .filter(apprentice_works::apprenticeship_id.eq(Uid(apprenticeship)))
        .filter(apprentice_works::stage.eq(stage.as_str()));
    Ok(its.filter(apprentice_works::withdrawn_at.is_null()).count().get_result(&mut tx.conn)?)
}

/// Works of a division that were shown or sold and not withdrawn, of apprentices with a standing consent to publication, the newest
/// first, from before one on. Whether the consent is one is for the rules to say.
///
/// # Errors
/// The database's.
pub fn shown(tx: &mut Tx, within: &DivisionCode, craft: Option<Uuid>, before: Option<Uuid>, limit: i64) -> Result<Vec<Work>, StoreError> {
    let near = in_ranges!(apprentice_works::table, apprentice_works::division, ranges(tx, within)?);
    let consenting = consents::table
        .filter(consents::kind.eq(ConsentKind::Publication.as_str()))
        .filter(consents::withdrawn_at.is_null())
        .select(consents::person_id);
    let theirs = apprenticeships::table.filter(apprenticeships::apprentice_id.eq_any(consenting)).select(apprenticeships::id);
    let mut query = apprentice_works::table.into_boxed::<MultiBackend>().filter(near);
    query = query
        .filter(apprentice_works::exhibition.is_not_null())
        .filter(apprentice_works::withdrawn_at.is_null())
        .filter(apprentice_works::title.is_not_null())
        .filter(apprentice_works::apprenticeship_id.eq_any(theirs));
    if let Some(craft) = craft {
        query = query.filter(apprentice_works::craft_id.eq(Uid(craft)));
    }
    if let Some(before) = before {
        query = query.filter(apprentice_works::id.lt(Uid(before)));
    }
    let rows: Vec<Row> = query.order(apprentice_works::id.desc()).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.read(tx)).collect()
}
