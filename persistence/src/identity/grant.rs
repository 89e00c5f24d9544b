//! Roles given by hand, and what the store knows of who acts.

use diesel::prelude::*;
use domain::identity::{AccountKind, Actor, Grant, Role};
use domain::person::VolunteerState;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::AccountState;
use crate::error::StoreError;
use crate::order::{division, optional, value};
use crate::schema::{accounts, certifications, grants, persons, volunteers};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A role given to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRow {
    /// Its id.
    pub id: Uuid,
    /// The account that holds it.
    pub account: Uuid,
    /// The role, where, and for whom.
    pub grant: Grant,
    /// The account that gave it; none for the first operator.
    pub granted_by: Option<Uuid>,
    /// When it was given.
    pub granted_at: domain::Timestamp,
}

/// A row of `grants`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = grants, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    account_id: Uid,
    role: String,
    scope: String,
    organisation_id: Option<Uid>,
    granted_by: Option<Uid>,
    granted_at: Instant,
}

impl Row {
    fn into_grant(self) -> Result<GrantRow, StoreError> {
        let role: Role = value(&self.role)?;
        Ok(GrantRow {
            id: self.id.0,
            account: self.account_id.0,
            grant: Grant { role, scope: division(&self.scope)?, organisation: self.organisation_id.map(Into::into) },
            granted_by: self.granted_by.map(Into::into),
            granted_at: self.granted_at.get(),
        })
    }
}

/// Gives a role.
///
/// # Errors
/// [`StoreError::Unknown`] where the account or the division is not there.
pub fn grant(tx: &mut Tx, given: &GrantRow) -> Result<(), StoreError> {
    let row = Row {
        id: given.id.into(),
        account_id: given.account.into(),
        role: given.grant.role.as_str().to_owned(),
        scope: given.grant.scope.as_str().to_owned(),
        organisation_id: given.grant.organisation.map(Into::into),
        granted_by: given.granted_by.map(Into::into),
        granted_at: given.granted_at.into(),
    };
    diesel::insert_into(grants::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One role that was not taken away.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_grant(tx: &mut Tx, id: Uuid) -> Result<GrantRow, StoreError> {
    let row: Row = grants::table.find(Uid(id)).filter(grants::revoked_at.is_null()).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_grant()
}

/// Takes a role away.
///
/// # Errors
/// [`StoreError::Stale`] where it was taken away already, or never given.
pub fn revoke_grant(tx: &mut Tx, id: Uuid, by: Uuid) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let changed = diesel::update(grants::table.find(Uid(id)))
        .filter(grants::revoked_at.is_null())
        .set((grants::revoked_at.eq(Some(now)), grants::revoked_by.eq(Some(Uid(by)))))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Takes every role away from an account that gives itself up.
pub(super) fn revoke_all(tx: &mut Tx, account: Uuid) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    diesel::update(grants::table.filter(grants::account_id.eq(Uid(account))))
        .filter(grants::revoked_at.is_null())
        .set((grants::revoked_at.eq(Some(now)), grants::revoked_by.eq(Some(Uid(account)))))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// The roles that an account holds, oldest first.
///
/// # Errors
/// The database's.
pub fn grants(tx: &mut Tx, account: Uuid) -> Result<Vec<GrantRow>, StoreError> {
    let rows: Vec<Row> = grants::table
        .filter(grants::account_id.eq(Uid(account)))
        .filter(grants::revoked_at.is_null())
        .order(grants::id)
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_grant).collect()
}

/// What the store knows of who acts through an account at this moment, whatever the account's state.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn actor(tx: &mut Tx, account: Uuid) -> Result<Actor, StoreError> {
    standing(tx, account).map(|standing| standing.actor)
}

/// An account's state and who acts through it.
pub(super) struct Standing {
    pub state: AccountState,
    pub kind: AccountKind,
    pub must_change_password: bool,
    /// Where the person behind it lives.
    pub home: Option<DivisionCode>,
    pub actor: Actor,
}

/// State, kind, whether the password must change, person, where they live, the volunteer's state.
type AccountRow = (String, String, bool, (Option<Uid>, Option<String>, Option<String>));

/// Reads it in one query: a row for each role held, one where none is.
pub(super) fn standing(tx: &mut Tx, account: Uuid) -> Result<Standing, StoreError> {
    let now = Instant::from(tx.now());
    let certified = diesel::dsl::exists(
        certifications::table
            .filter(certifications::person_id.nullable().eq(accounts::person_id))
            .filter(certifications::suspended_at.is_null())
            .filter(certifications::valid_from.le(now).and(certifications::valid_until.gt(now))),
    );
    let held = grants::account_id.eq(accounts::id).and(grants::revoked_at.is_null());
    let person_row = (accounts::person_id, persons::division.nullable(), volunteers::state.nullable());
    let account_row = (accounts::state, accounts::kind, accounts::must_change_password, person_row);
    let rows: Vec<(AccountRow, bool, Option<Row>)> = accounts::table
        .left_join(volunteers::table.on(volunteers::person_id.nullable().eq(accounts::person_id)))
        .left_join(persons::table.on(persons::id.nullable().eq(accounts::person_id)))
        .left_join(grants::table.on(held))
        .filter(accounts::id.eq(Uid(account)))
        .order(grants::id.nullable())
        .select((account_row, certified, Option::<Row>::as_select()))
        .load(&mut tx.conn)?;
    let mut found = None;
    let mut grants = Vec::new();
    for (row, certified, grant) in rows {
        found = Some((row, certified));
        grants.extend(grant.map(Row::into_grant).transpose()?.map(|row| row.grant));
    }
    let ((state, kind, must_change_password, (person, home, volunteer)), certified) = found.ok_or(StoreError::Missing)?;
    let volunteer = optional::<VolunteerState>(volunteer.as_deref())?.is_some_and(VolunteerState::acts);
    let actor = Actor { account, person: person.map(Into::into), grants, volunteer, craftsman: volunteer && certified, client: None };
    let home = home.as_deref().map(division).transpose()?;
    Ok(Standing { state: value(&state)?, kind: value(&kind)?, must_change_password, home, actor })
}
