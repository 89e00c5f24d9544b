//! Partnerships and who takes part in them.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::organisation::{PartnershipEnd, PartnershipKind, PartnershipState, Term};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::insert_all;
use crate::order::{division, optional, value};
use crate::region::{in_ranges, ranges};
use crate::schema::{partnership_parties, partnerships as table};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A partnership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partnership {
    /// Its id.
    pub id: Uuid,
    /// The region.
    pub region: DivisionCode,
    /// For whom it is.
    pub division: DivisionCode,
    /// What kind it is.
    pub kind: PartnershipKind,
    /// What it is called.
    pub title: String,
    /// For how long.
    pub term: Term,
    /// Where it stands.
    pub state: PartnershipState,
    /// Why it was ended, if it was.
    pub end: Option<PartnershipEnd>,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

/// A partnership that is proposed.
#[derive(Clone, Debug)]
pub struct NewPartnership {
    /// Its id.
    pub id: Uuid,
    /// The region.
    pub region: DivisionCode,
    /// For whom it is.
    pub division: DivisionCode,
    /// What kind it is.
    pub kind: PartnershipKind,
    /// What it is called.
    pub title: String,
    /// For how long.
    pub term: Term,
    /// Who takes part.
    pub parties: Vec<Uuid>,
    /// The account that proposes it.
    pub by: Uuid,
}

/// Who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party {
    /// The organisation.
    pub organisation: Uuid,
    /// The account that has given its word, and when.
    pub agreed: Option<(Uuid, domain::Timestamp)>,
}

/// A row of `partnerships`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = table, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    region: String,
    division: String,
    kind: String,
    title: String,
    valid_from: NaiveDate,
    valid_until: NaiveDate,
    state: String,
    end_reason: Option<String>,
    version: i32,
    created_by: Uid,
    created_at: Instant,
    changed_by: Uid,
    changed_at: Instant,
}

impl Row {
    fn into_partnership(self) -> Result<Partnership, StoreError> {
        Ok(Partnership {
            id: self.id.0,
            region: division(&self.region)?,
            division: division(&self.division)?,
            kind: value(&self.kind)?,
            title: self.title,
            term: Term { from: self.valid_from, until: self.valid_until },
            state: value(&self.state)?,
            end: optional(self.end_reason.as_deref())?,
            version: self.version,
        })
    }
}

/// A row of `partnership_parties`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = partnership_parties, treat_none_as_default_value = false)]
struct PartyRow {
    partnership_id: Uid,
    organisation_id: Uid,
    agreed_by: Option<Uid>,
    agreed_at: Option<Instant>,
}

/// Keeps a partnership that is proposed, to which nobody has agreed.
///
/// # Errors
/// [`StoreError::Unknown`] where a party or the division is not there.
pub fn add_partnership(tx: &mut Tx, new: &NewPartnership) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let row = Row {
        id: new.id.into(),
        region: new.region.as_str().to_owned(),
        division: new.division.as_str().to_owned(),
        kind: new.kind.as_str().to_owned(),
        title: new.title.clone(),
        valid_from: new.term.from,
        valid_until: new.term.until,
        state: PartnershipState::Proposed.as_str().to_owned(),
        end_reason: None,
        version: 1,
        created_by: new.by.into(),
        created_at: now,
        changed_by: new.by.into(),
        changed_at: now,
    };
    diesel::insert_into(table::table).values(&row).execute(&mut tx.conn)?;
    let party = |organisation: &Uuid| PartyRow {
        partnership_id: new.id.into(),
        organisation_id: (*organisation).into(),
        agreed_by: None,
        agreed_at: None,
    };
    let rows: Vec<PartyRow> = new.parties.iter().map(party).collect();
    insert_all!(tx, partnership_parties::table, rows)?;
    Ok(())
}

/// One partnership.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_partnership(tx: &mut Tx, id: Uuid) -> Result<Partnership, StoreError> {
    let row: Row = table::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_partnership()
}

/// Who takes part.
///
/// # Errors
/// The database's.
pub fn parties(tx: &mut Tx, id: Uuid) -> Result<Vec<Party>, StoreError> {
    let rows: Vec<PartyRow> = partnership_parties::table
        .filter(partnership_parties::partnership_id.eq(Uid(id)))
        .order(partnership_parties::organisation_id)
        .select(PartyRow::as_select())
        .load(&mut tx.conn)?;
    let read = |row: PartyRow| Party {
        organisation: row.organisation_id.0,
        agreed: row.agreed_by.zip(row.agreed_at).map(|(by, at)| (by.0, at.get())),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Keeps on record that a party gives its word; one that has stays as it is.
///
/// # Errors
/// The database's.
pub fn agree(tx: &mut Tx, id: Uuid, organisation: Uuid, by: Uuid) -> Result<(), StoreError> {
    let values = (partnership_parties::agreed_by.eq(Some(Uid(by))), partnership_parties::agreed_at.eq(Some(Instant::from(tx.now()))));
    diesel::update(partnership_parties::table.find((Uid(id), Uid(organisation))))
        .filter(partnership_parties::agreed_at.is_null())
        .set(values)
        .execute(&mut tx.conn)?;
    Ok(())
}

/// Changes where a partnership stands, if it is still of that version; it gets the next one.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn change_partnership(
    tx: &mut Tx,
    before: &Partnership,
    state: PartnershipState,
    end: Option<PartnershipEnd>,
    by: Uuid,
) -> Result<(), StoreError> {
    let values = (
        table::state.eq(state.as_str()),
        table::end_reason.eq(end.map(Vocabulary::as_str)),
        table::changed_by.eq(Uid(by)),
        table::changed_at.eq(Instant::from(tx.now())),
        table::version.eq(before.version + 1),
    );
    let its = table::table.find(Uid(before.id)).filter(table::version.eq(before.version));
    let changed = diesel::update(its).set(values).execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Which partnerships.
#[derive(Clone, Debug)]
pub struct PartnershipsOf<'a> {
    /// For whom they are.
    pub within: &'a DivisionCode,
    /// Of which kind; any where it is none.
    pub kind: Option<PartnershipKind>,
    /// In which state; any where it is none.
    pub state: Option<PartnershipState>,
    /// In which this organisation takes part; anybody where it is none.
    pub organisation: Option<Uuid>,
}

/// Partnerships, the newest first, from before one on.
///
/// # Errors
/// The database's.
pub fn partnerships(tx: &mut Tx, of: &PartnershipsOf<'_>, before: Option<Uuid>, limit: i64) -> Result<Vec<Partnership>, StoreError> {
    let near = in_ranges!(table::table, table::division, ranges(tx, of.within)?);
    let mut query = table::table.into_boxed::<MultiBackend>().filter(near);
    if let Some(kind) = of.kind {
        query = query.filter(table::kind.eq(kind.as_str()));
    }
    if let Some(state) = of.state {
        query = query.filter(table::state.eq(state.as_str()));
    }
    if let Some(organisation) = of.organisation {
        let its = partnership_parties::table
            .filter(partnership_parties::organisation_id.eq(Uid(organisation)))
            .select(partnership_parties::partnership_id);
        query = query.filter(table::id.eq_any(its));
    }
    if let Some(before) = before {
        query = query.filter(table::id.lt(Uid(before)));
    }
    let rows: Vec<Row> = query.order(table::id.desc()).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_partnership).collect()
}
