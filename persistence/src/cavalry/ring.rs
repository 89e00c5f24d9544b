//! Which emergencies have rung.

use diesel::prelude::*;
use domain::region::DivisionCode;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::{emergency_rings, orders};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// That an emergency has rung. It does not tell whom: that would tell where they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// The order.
    pub order: Uuid,
    /// Its region.
    pub region: DivisionCode,
    /// Where the service is wanted.
    pub division: DivisionCode,
    /// How many people of the cavalry were rung.
    pub people: i32,
    /// The site whose staff were told, if one was.
    pub site: Option<Uuid>,
    /// The version of the policy.
    pub policy_version: String,
}

/// Whether the order has rung before.
///
/// # Errors
/// The database's.
pub fn has_rung(tx: &mut Tx, order: Uuid) -> Result<bool, StoreError> {
    let rung: i64 = emergency_rings::table.find(Uid(order)).count().get_result(&mut tx.conn)?;
    Ok(rung > 0)
}

/// How often emergencies of somebody have rung since a moment.
///
/// # Errors
/// The database's.
pub fn rings_of(tx: &mut Tx, subject: Uuid, since: domain::Timestamp) -> Result<i64, StoreError> {
    let rung = emergency_rings::table
        .inner_join(orders::table.on(orders::id.eq(emergency_rings::order_id)))
        .filter(orders::subject_id.eq(Uid(subject)))
        .filter(emergency_rings::at.gt(Instant::from(since)));
    Ok(rung.count().get_result(&mut tx.conn)?)
}

/// Keeps that an emergency has rung.
///
/// # Errors
/// [`StoreError::Duplicate`] where it has before.
pub fn keep_ring(tx: &mut Tx, ring: &Ring) -> Result<(), StoreError> {
    let row = (
        emergency_rings::order_id.eq(Uid(ring.order)),
        emergency_rings::region.eq(ring.region.as_str()),
        emergency_rings::division.eq(ring.division.as_str()),
        emergency_rings::people.eq(ring.people),
        emergency_rings::site_id.eq(ring.site.map(Uid)),
        emergency_rings::policy_version.eq(&ring.policy_version),
        emergency_rings::at.eq(Instant::from(tx.now())),
    );
    diesel::insert_into(emergency_rings::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}
