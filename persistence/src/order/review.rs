//! A row of `order_reviews`, and its tags: they are free text, and sealed.

use diesel::prelude::*;
use domain::order::Review;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::value;
use crate::error::StoreError;
use crate::schema::order_reviews;
use crate::store::Tx;
use crate::types::{Instant, Uid};
use crate::unsealed;

/// Where tags are sealed for.
pub(crate) const TAGS: &str = "order_reviews.tags";

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_reviews, treat_none_as_default_value = false)]
pub(super) struct ReviewRow {
    id: Uid,
    order_id: Uid,
    seq: i32,
    channel: String,
    stars: i32,
    solved: bool,
    at: Instant,
    by_account: Uid,
    unsealed_tags: Option<String>,
    tags: Option<Vec<u8>>,
}

impl ReviewRow {
    pub(super) fn new(tx: &Tx, order: Uuid, review: &Review) -> Result<Self, StoreError> {
        let tags = review.tags.join("\n");
        Ok(Self {
            id: review.id.into(),
            order_id: order.into(),
            seq: review.seq,
            channel: review.channel.as_str().to_owned(),
            stars: review.stars,
            solved: review.solved,
            at: review.at.into(),
            by_account: review.by.into(),
            unsealed_tags: None,
            tags: if tags.is_empty() { None } else { Some(tx.seal(TAGS, review.id, &tags)?) },
        })
    }

    pub(super) fn open(self, tx: &Tx) -> Result<Review, StoreError> {
        let tags = unsealed::opened(tx, TAGS, self.id.0, self.tags.as_deref(), self.unsealed_tags)?.unwrap_or_default();
        Ok(Review {
            id: self.id.0,
            seq: self.seq,
            channel: value(&self.channel)?,
            stars: self.stars,
            solved: self.solved,
            tags: tags.lines().map(ToOwned::to_owned).collect(),
            at: self.at.get(),
            by: self.by_account.0,
        })
    }
}

/// The tags of the review that a step of an order made, a line each, if it has any.
pub(crate) fn tags(tx: &mut Tx, order: Uuid, seq: i32) -> Result<Option<String>, StoreError> {
    let review = order_reviews::table.filter(order_reviews::order_id.eq(Uid(order))).filter(order_reviews::seq.eq(seq));
    let columns = (order_reviews::id, order_reviews::tags, order_reviews::unsealed_tags);
    let row: Option<(Uid, Option<Vec<u8>>, Option<String>)> = review.select(columns).first(&mut tx.conn).optional()?;
    let Some((id, sealed, plain)) = row else { return Ok(None) };
    unsealed::opened(tx, TAGS, id.0, sealed.as_deref(), plain)
}
