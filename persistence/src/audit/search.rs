//! Reading entries.

use diesel::prelude::*;
use domain::Timestamp;
use uuid::Uuid;

use super::entry::{Entry, Row};
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::schema::audit_entries;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Which entries, the newest first. What is left out does not narrow.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The region; the empty text for the installation's own.
    pub region: String,
    /// Of this account or client.
    pub actor: Option<Uuid>,
    /// About this: collection and id.
    pub object: Option<String>,
    /// Of this action.
    pub action: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Until before this moment.
    pub until: Option<Timestamp>,
    /// After this one, the last of the page before.
    pub after: Option<(Timestamp, Uuid)>,
    /// How many at most.
    pub limit: i64,
}

/// The entries that the filter lets through.
///
/// # Errors
/// The database's.
pub fn search(tx: &mut Tx, filter: Filter) -> Result<Vec<Entry>, StoreError> {
    let mut query = audit_entries::table.filter(audit_entries::region.eq(filter.region)).into_boxed::<MultiBackend>();
    if let Some(actor) = filter.actor {
        query = query.filter(audit_entries::actor_id.eq(Some(Uid(actor))));
    }
    if let Some(object) = filter.object {
        query = query.filter(audit_entries::object.eq(Some(object)));
    }
    if let Some(action) = filter.action {
        query = query.filter(audit_entries::action.eq(Some(action)));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_entries::at.ge(Instant::from(from)));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit_entries::at.lt(Instant::from(until)));
    }
    if let Some((at, id)) = filter.after {
        let at = Instant::from(at);
        query = query.filter(audit_entries::at.le(at).and(audit_entries::at.lt(at).or(audit_entries::id.lt(Uid(id)))));
    }
    let newest = query.order((audit_entries::at.desc(), audit_entries::id.desc())).limit(filter.limit);
    let rows: Vec<Row> = newest.select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_entry).collect()
}

/// The entries of a link, in its order.
///
/// # Errors
/// The database's.
pub fn entries_of(tx: &mut Tx, region: &str, link: i64) -> Result<Vec<Entry>, StoreError> {
    let of = audit_entries::table.filter(audit_entries::region.eq(region)).filter(audit_entries::link.eq(Some(link)));
    let rows: Vec<Row> = of.order((audit_entries::at, audit_entries::id)).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_entry).collect()
}
