//! Demand lists 需求清单: items with their events, the lists as they stand and as they stood, households.

mod coverage;
mod history;
pub mod household;
mod list;
mod of_person;
mod row;
mod save;
mod text;

use diesel::prelude::*;
use domain::demand::Item;
use uuid::Uuid;

pub use coverage::{Coverage, coverage};
pub use history::{Event, as_of, bases, events, has_reported, last_basis};
pub use list::{ListOf, ListRevision, Listed, by_households, by_person, candidates, lists, living, newest, overdue, serving};
pub(crate) use of_person::{forget, hand_over};
pub use save::{Recorded, insert, save};
pub use text::{DemandText, count_texts, keep_text, texts};

use crate::error::StoreError;
use crate::schema::demand_items;
use crate::store::Tx;
use crate::types::Uid;
use row::Row;

/// One item.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Item, StoreError> {
    let row: Row = demand_items::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_item()
}

/// The item on the living list with the same subject and category, if there is one.
///
/// # Errors
/// The database's.
pub fn living_twin(tx: &mut Tx, item: &Item) -> Result<Option<Item>, StoreError> {
    let key = Some(row::live_key(item));
    let row: Option<Row> =
        demand_items::table.filter(demand_items::live_key.eq(key)).select(Row::as_select()).first(&mut tx.conn).optional()?;
    row.map(Row::into_item).transpose()
}
