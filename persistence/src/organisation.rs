//! Organisations 组织: teams and others that take orders, and who belongs to them.

use diesel::prelude::*;
use diesel::query_dsl::methods;
pub use domain::organisation::OrganisationState;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::both;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division, value};
use crate::region::ranges_of;
use crate::schema::{memberships, organisations};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: Uuid,
    /// The region it belongs to.
    pub region: DivisionCode,
    /// Where it is at home.
    pub division: DivisionCode,
    /// What kind it is, such as `volunteer_team`.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub state: OrganisationState,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

/// Somebody who belongs to an organisation now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Uuid,
    /// Since when.
    pub joined_at: domain::Timestamp,
}

/// A row of `organisations`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = organisations)]
struct Row {
    id: Uid,
    region: String,
    division: String,
    kind: String,
    name: String,
    state: String,
    version: i32,
    created_by: Option<Uid>,
    created_at: Instant,
}

impl Row {
    fn into_organisation(self) -> Result<Organisation, StoreError> {
        Ok(Organisation {
            id: self.id.0,
            region: division(&self.region)?,
            division: division(&self.division)?,
            kind: self.kind,
            name: self.name,
            state: value(&self.state)?,
            version: self.version,
        })
    }
}

/// Keeps a new organisation.
///
/// # Errors
/// [`StoreError::Duplicate`] where the division has one of that name; [`StoreError::Unknown`] where a division is not there.
pub fn add(tx: &mut Tx, organisation: &Organisation, by: Option<Uuid>) -> Result<(), StoreError> {
    let row = Row {
        id: organisation.id.into(),
        region: organisation.region.as_str().to_owned(),
        division: organisation.division.as_str().to_owned(),
        kind: organisation.kind.clone(),
        name: organisation.name.clone(),
        state: organisation.state.as_str().to_owned(),
        version: organisation.version,
        created_by: by.map(Into::into),
        created_at: tx.now().into(),
    };
    diesel::insert_into(organisations::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One organisation.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Organisation, StoreError> {
    let row: Row = organisations::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_organisation()
}

type Condition = Box<dyn BoxableExpression<organisations::table, MultiBackend, SqlType = diesel::sql_types::Bool>>;

/// The organisations at home in any of these divisions, oldest first, from after one on.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx, within: &[DivisionCode], after: Option<Uuid>, limit: i64) -> Result<Vec<Organisation>, StoreError> {
    let nothing: Condition = Box::new(organisations::division.eq(String::new()));
    let in_ranges = ranges_of(tx, within)?.into_iter().fold(nothing, |all, (from, to)| -> Condition {
        Box::new(all.or(organisations::division.ge(from).and(organisations::division.lt(to))))
    });
    let mut query = organisations::table.into_boxed::<MultiBackend>();
    query = query.filter(in_ranges);
    if let Some(after) = after {
        query = query.filter(organisations::id.gt(Uid(after)));
    }
    let rows: Vec<Row> = query.order(organisations::id).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_organisation).collect()
}

/// Who belongs to an organisation now, by person.
///
/// # Errors
/// The database's.
pub fn members(tx: &mut Tx, id: Uuid) -> Result<Vec<Member>, StoreError> {
    let current = memberships::organisation_id.eq(Uid(id)).and(memberships::left_at.is_null());
    let rows: Vec<(Uid, Instant)> = memberships::table
        .filter(current)
        .order(memberships::person_id)
        .select((memberships::person_id, memberships::joined_at))
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(person, joined_at)| Member { person: person.0, joined_at: joined_at.get() }).collect())
}

/// Takes a person into an organisation, also one who had left. Whether they did not belong to it before.
///
/// # Errors
/// [`StoreError::Unknown`] where the organisation or the person is not there.
pub fn join(tx: &mut Tx, id: Uuid, person: Uuid) -> Result<bool, StoreError> {
    let since = (memberships::joined_at.eq(Instant::from(tx.now())), memberships::left_at.eq(None::<Instant>));
    let row = (memberships::organisation_id.eq(Uid(id)), memberships::person_id.eq(Uid(person)), since);
    let joined = both!(tx, |c| {
        let insert = diesel::insert_into(memberships::table).values(row);
        let upsert = insert.on_conflict((memberships::organisation_id, memberships::person_id)).do_update().set(since);
        methods::FilterDsl::filter(upsert, memberships::left_at.is_not_null()).execute(c)
    })?;
    Ok(joined == 1)
}

/// Lets a person leave an organisation.
///
/// # Errors
/// [`StoreError::Missing`] where the person does not belong to it.
pub fn leave(tx: &mut Tx, id: Uuid, person: Uuid) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let current = memberships::table.find((Uid(id), Uid(person)));
    let left =
        diesel::update(current.filter(memberships::left_at.is_null())).set(memberships::left_at.eq(Some(now))).execute(&mut tx.conn)?;
    if left == 0 { Err(StoreError::Missing) } else { Ok(()) }
}

/// The organisations that a person belongs to now, oldest first.
///
/// # Errors
/// The database's.
pub fn organisations_of(tx: &mut Tx, person: Uuid) -> Result<Vec<Organisation>, StoreError> {
    let joined = organisations::table.inner_join(memberships::table.on(memberships::organisation_id.eq(organisations::id)));
    let current = memberships::person_id.eq(Uid(person)).and(memberships::left_at.is_null());
    let rows: Vec<Row> = joined.filter(current).order(organisations::id).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_organisation).collect()
}
