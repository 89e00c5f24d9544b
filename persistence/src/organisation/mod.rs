//! Organisations 组织: what they are, who belongs to them, their alliances and their fund books.

mod alliance;
mod fund;
mod life;
mod member;
mod partnership;
mod pledge;
mod report;

use diesel::prelude::*;
pub use domain::organisation::OrganisationState;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division, value};
use crate::region::{in_ranges, ranges_of};
use crate::schema::{memberships, organisations};
use crate::store::Tx;
use crate::types::{Instant, Uid};

pub use alliance::{AllianceMember, add_to_alliance, alliance_member, alliance_members, leads_to, leave_alliance, take_turn};
pub use fund::{
    FundEntry, Posted, balances, balances_until, decide_entry, enter, entries, entry, first_day_after, has_pending_until, touch,
    undecided_since,
};
pub use life::{Event, Profile, change_state, events, is_bound, profile, profiles, set_profile};
pub use member::{
    Member, MembershipEvent, forget_member, join, join_as, leave, members, membership_events, memberships_of, move_memberships, role_of,
};
pub use partnership::{
    NewPartnership, Partnership, PartnershipsOf, Party, add_partnership, agree, change_partnership, load_partnership, parties, partnerships,
};
pub use pledge::{Drawn, Pledge, PledgeUse, add_pledge, draw, load_pledge, load_use, pledges, set_quota, take_back, uses};
pub use report::{FundReport, add_report, report, reports};

pub(crate) use fund::{PURPOSE, RECEIPT};
pub(crate) use life::{CONTACT, REASON};
pub(crate) use pledge::USE_PURPOSE;

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

/// A row of `organisations`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = organisations, treat_none_as_default_value = false)]
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

/// The organisations that have any of these credit codes or names, each once, oldest first.
///
/// # Errors
/// The database's.
pub fn find_many(tx: &mut Tx, credit_codes: &[String], names: &[String]) -> Result<Vec<Organisation>, StoreError> {
    let coded = organisations::credit_code.eq_any(credit_codes.iter().map(|code| Some(code.clone())).collect::<Vec<_>>());
    let mut rows: Vec<Row> = organisations::table.filter(coded).select(Row::as_select()).load(&mut tx.conn)?;
    let named = organisations::table.filter(organisations::name.eq_any(names.to_vec()));
    rows.extend(named.select(Row::as_select()).load::<Row>(&mut tx.conn)?);
    rows.sort_unstable_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    rows.into_iter().map(Row::into_organisation).collect()
}

/// The organisations at home in any of these divisions, oldest first, from after one on.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx, within: &[DivisionCode], after: Option<Uuid>, limit: i64) -> Result<Vec<Organisation>, StoreError> {
    let near = in_ranges!(organisations::table, organisations::division, ranges_of(tx, within)?);
    let mut query = organisations::table.into_boxed::<MultiBackend>();
    query = query.filter(near);
    if let Some(after) = after {
        query = query.filter(organisations::id.gt(Uid(after)));
    }
    let rows: Vec<Row> = query.order(organisations::id).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_organisation).collect()
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
