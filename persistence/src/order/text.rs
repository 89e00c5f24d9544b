//! Keeping the texts of an order: sealed, and held until they are checked.

use diesel::prelude::*;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::save::{TextKind, Texts, column};
use crate::content::{self, What};
use crate::error::StoreError;
use crate::insert_all;
use crate::schema::order_texts;
use crate::store::Tx;
use crate::types::Uid;

#[derive(Insertable)]
#[diesel(table_name = order_texts, treat_none_as_default_value = false)]
struct TextRow {
    order_id: Uid,
    kind: String,
    seq: i32,
    body: Vec<u8>,
}

/// Keeps texts, and holds them until they are checked where they need it; whether any does. `besides` needs it without a text.
///
/// # Errors
/// The database's.
pub(super) fn keep_texts(
    tx: &mut Tx,
    order: Uuid,
    seq: i32,
    author: Option<Uuid>,
    texts: Texts,
    besides: Option<TextKind>,
) -> Result<bool, StoreError> {
    let said = texts.iter().filter(|(_, body)| !body.trim().is_empty()).map(|(kind, _)| *kind);
    let what: Vec<What> = said.chain(besides).map(|kind| What::Text { kind, seq }).collect();
    let row = |(kind, body): (TextKind, String)| {
        let body = tx.seal(column(kind), order, &body)?;
        Ok(TextRow { order_id: order.into(), kind: kind.as_str().to_owned(), seq, body })
    };
    let rows = texts.into_iter().map(row).collect::<Result<Vec<_>, StoreError>>()?;
    insert_all!(tx, order_texts::table, rows)?;
    author.map_or(Ok(false), |author| content::open(tx, order, author, &what))
}
