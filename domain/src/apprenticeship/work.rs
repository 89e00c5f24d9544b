//! Showing and selling what an apprentice has made.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::vocabulary;

vocabulary! {
    /// What became of a work at a market.
    pub enum ExhibitionKind = "exhibition-kinds" {
        /// It was shown.
        Shown = "shown": "展示", "shown", "trưng bày";
        /// It was sold.
        Sold = "sold": "售出", "sold", "đã bán";
    }
}

/// That a work was shown or sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhibition {
    /// Which of both.
    pub kind: ExhibitionKind,
    /// On which day.
    pub day: NaiveDate,
    /// At which site, if at one of the region's.
    pub site: Option<Uuid>,
    /// For how much it was sold, in fen; none where it was not.
    pub price_fen: Option<i64>,
}

/// What is wrong with an exhibition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExhibitionFault {
    /// It was sold, and there is no price.
    #[error("it was sold, and there is no price")]
    NoPrice,
    /// It was shown only, and there is a price.
    #[error("it was not sold, and there is a price")]
    Price,
    /// It is before the work was made.
    #[error("it is before the work was made")]
    BeforeMade,
    /// It is yet to come.
    #[error("it is yet to come")]
    InFuture,
    /// What was sold is neither shown nor sold again.
    #[error("it was sold before")]
    Sold,
}

impl Exhibition {
    /// Whether it may be kept for a work that was made on a day, and with which something has been done before.
    ///
    /// # Errors
    /// [`ExhibitionFault`].
    pub fn check(&self, made_on: NaiveDate, before: Option<ExhibitionKind>, today: NaiveDate) -> Result<(), ExhibitionFault> {
        match (before, self.kind, self.price_fen) {
            (Some(ExhibitionKind::Sold), _, _) => Err(ExhibitionFault::Sold),
            (_, ExhibitionKind::Sold, None) => Err(ExhibitionFault::NoPrice),
            (_, ExhibitionKind::Shown, Some(_)) => Err(ExhibitionFault::Price),
            _ if self.day < made_on => Err(ExhibitionFault::BeforeMade),
            _ if self.day > today => Err(ExhibitionFault::InFuture),
            _ => Ok(()),
        }
    }
}
