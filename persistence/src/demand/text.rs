//! What people say of a need: sealed, and erased with the person.

use diesel::prelude::*;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::demand_texts;
use crate::store::Tx;
use crate::types::Uid;

/// The column that the texts are bound to.
const COLUMN: &str = "demand_texts.body";

/// What was said of a need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandText {
    /// The event that it came with.
    pub seq: i32,
    /// The text.
    pub body: String,
}

/// Keeps a text with an event of an item.
///
/// # Errors
/// The database's.
pub fn keep_text(tx: &mut Tx, item: Uuid, seq: i32, body: &str) -> Result<(), StoreError> {
    let id = Uuid::now_v7();
    let sealed = tx.seal(COLUMN, id, body)?;
    let row = (demand_texts::id.eq(Uid(id)), demand_texts::item_id.eq(Uid(item)), demand_texts::seq.eq(seq), demand_texts::body.eq(sealed));
    diesel::insert_into(demand_texts::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// How many texts an item has.
///
/// # Errors
/// The database's.
pub fn count_texts(tx: &mut Tx, item: Uuid) -> Result<i64, StoreError> {
    Ok(demand_texts::table.filter(demand_texts::item_id.eq(Uid(item))).count().get_result(&mut tx.conn)?)
}

/// The texts of an item, oldest first.
///
/// # Errors
/// The database's; a text that does not open is a defect.
pub fn texts(tx: &mut Tx, item: Uuid) -> Result<Vec<DemandText>, StoreError> {
    let rows: Vec<(Uid, i32, Vec<u8>)> = demand_texts::table
        .filter(demand_texts::item_id.eq(Uid(item)))
        .order(demand_texts::seq)
        .select((demand_texts::id, demand_texts::seq, demand_texts::body))
        .load(&mut tx.conn)?;
    rows.into_iter().map(|(id, seq, body)| Ok(DemandText { seq, body: tx.unseal(COLUMN, id.0, &body)? })).collect()
}
