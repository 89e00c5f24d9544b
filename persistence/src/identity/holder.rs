//! Which accounts hold roles where.

use diesel::prelude::*;
use domain::identity::Role;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::AccountState;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::region::{in_ranges, ranges_of};
use crate::schema::{accounts, grants};
use crate::store::Tx;
use crate::types::Uid;

/// The accounts that hold a role in any of these divisions, oldest first, from after one on.
///
/// # Errors
/// The database's.
pub fn accounts_with_roles(tx: &mut Tx, within: &[DivisionCode], after: Option<Uuid>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let near = in_ranges!(grants::table, grants::scope, ranges_of(tx, within)?);
    let mut query = grants::table.into_boxed::<MultiBackend>().filter(near).filter(grants::revoked_at.is_null());
    if let Some(after) = after {
        query = query.filter(grants::account_id.gt(Uid(after)));
    }
    let rows: Vec<Uid> = query.select(grants::account_id).distinct().order(grants::account_id).limit(limit).load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The active accounts that hold one of these roles at exactly one of these divisions, oldest first.
///
/// # Errors
/// The database's.
pub fn working_at(tx: &mut Tx, scopes: &[DivisionCode], roles: &[Role]) -> Result<Vec<Uuid>, StoreError> {
    let roles: Vec<&str> = roles.iter().copied().map(Vocabulary::as_str).collect();
    let scopes: Vec<&str> = scopes.iter().map(DivisionCode::as_str).collect();
    let rows: Vec<Uid> = grants::table
        .inner_join(accounts::table.on(accounts::id.eq(grants::account_id)))
        .filter(grants::role.eq_any(roles).and(grants::scope.eq_any(scopes)).and(grants::revoked_at.is_null()))
        .filter(accounts::state.eq(AccountState::Active.as_str()))
        .select(grants::account_id)
        .distinct()
        .order(grants::account_id)
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Whether another active account administers exactly this division. Until the transaction ends nobody else can take its
/// administrators away, so that two of them cannot leave at once.
///
/// # Errors
/// The database's.
pub fn has_other_administrator(tx: &mut Tx, scope: &DivisionCode, except: Uuid) -> Result<bool, StoreError> {
    let (role, scope) = (Role::Administrator.as_str(), scope.as_str());
    diesel::update(grants::table)
        .filter(grants::role.eq(role).and(grants::scope.eq(scope)).and(grants::revoked_at.is_null()))
        .set(grants::role.eq(role))
        .execute(&mut tx.conn)?;
    let others: i64 = grants::table
        .inner_join(accounts::table.on(accounts::id.eq(grants::account_id)))
        .filter(grants::role.eq(role).and(grants::scope.eq(scope)).and(grants::revoked_at.is_null()))
        .filter(grants::account_id.ne(Uid(except)))
        .filter(accounts::state.eq(AccountState::Active.as_str()))
        .count()
        .get_result(&mut tx.conn)?;
    Ok(others > 0)
}
