//! Which of several replicas runs a job.

use diesel::prelude::*;
use diesel::query_dsl::methods;
use uuid::Uuid;

use crate::both;
use crate::error::StoreError;
use crate::schema::leases;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Takes a job, or keeps it, until a moment: only if nobody else holds it now. Whether the holder has it. One that is held for
/// much longer than this one was taken under a clock that has been set back since: it does not count.
///
/// # Errors
/// The database's.
pub fn take(tx: &mut Tx, job: &str, holder: Uuid, until: domain::Timestamp) -> Result<bool, StoreError> {
    let held = (leases::holder.eq(Uid(holder)), leases::until.eq(Instant::from(until)));
    let beyond = until + (until - tx.now());
    let free = leases::until.le(Instant::from(tx.now())).or(leases::holder.eq(Uid(holder))).or(leases::until.gt(Instant::from(beyond)));
    let taken = both!(tx, |c| {
        let upsert = diesel::insert_into(leases::table).values((leases::job.eq(job), held)).on_conflict(leases::job).do_update().set(held);
        methods::FilterDsl::filter(upsert, free).execute(c)
    })?;
    Ok(taken == 1)
}

/// Gives a job back, if the holder still has it.
///
/// # Errors
/// The database's.
pub fn release(tx: &mut Tx, job: &str, holder: Uuid) -> Result<(), StoreError> {
    diesel::delete(leases::table.find(job)).filter(leases::holder.eq(Uid(holder))).execute(&mut tx.conn)?;
    Ok(())
}
