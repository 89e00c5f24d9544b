//! In whose name a table is loaded.

use std::sync::Arc;

use domain::identity::{Action, Actor, may_in};
use domain::region::DivisionCode;
use uuid::Uuid;

use crate::problem::{Problem, Rule};

/// In whose name a table is loaded.
#[derive(Clone, Debug)]
pub enum Loader {
    /// Whoever runs the program, into every division.
    Operator,
    /// Staff, where they may do the same singly, and no further than a division.
    Staff(Arc<Actor>, DivisionCode),
}

impl Loader {
    /// The account that is kept with what is loaded.
    #[must_use]
    pub fn account(&self) -> Option<Uuid> {
        match self {
            Self::Operator => None,
            Self::Staff(actor, _) => Some(actor.account),
        }
    }

    /// Whether this may be done to somebody or something that is at home there.
    #[must_use]
    pub fn reaches(&self, action: Action, home: &DivisionCode) -> bool {
        match self {
            Self::Operator => true,
            Self::Staff(actor, within) => within.covers(home) && may_in(action, actor, home),
        }
    }

    /// In which columns a row may be said to differ: staff are not told whether they have guessed what is masked to them.
    #[must_use]
    pub fn tells(&self, column: &str) -> bool {
        const MASKED: [&str; 6] = ["phone", "document", "birth_date", "certificate", "contact_name", "contact_phone"];
        matches!(self, Self::Operator) || !MASKED.contains(&column)
    }

    /// Refuses a row that is at home elsewhere.
    ///
    /// # Errors
    /// Names the division.
    pub fn check(&self, action: Action, home: &DivisionCode) -> Result<(), Problem> {
        if self.reaches(action, home) { Ok(()) } else { Err(Problem::field("/division", Rule::UnknownDivision)) }
    }
}
