use uuid::Uuid;

use super::{CareCategory, DemandState, DropReason, Source, SubjectKind, Vulnerability};
use crate::Timestamp;
use crate::order::{Group, Urgency};
use crate::region::DivisionCode;

/// Whose need it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person's.
    Person(Uuid),
    /// A household's.
    Household(Uuid),
    /// The grid's own.
    Grid,
}

impl Subject {
    /// The kind.
    #[must_use]
    pub const fn kind(self) -> SubjectKind {
        match self {
            Self::Person(_) => SubjectKind::Person,
            Self::Household(_) => SubjectKind::Household,
            Self::Grid => SubjectKind::Grid,
        }
    }

    /// The person or household.
    #[must_use]
    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::Person(id) | Self::Household(id) => Some(id),
            Self::Grid => None,
        }
    }
}

/// What is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// Something that a craft of the region does.
    Craft(Uuid),
    /// Care.
    Care(CareCategory),
}

/// A demand item: what the rules need and what is kept of it, without any personal text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: Uuid,
    /// The region whose policy it follows.
    pub region: DivisionCode,
    /// The grid or community on whose list it stands.
    pub division: DivisionCode,
    /// The group on whose list it stands.
    pub group: Group,
    /// Whose need it is.
    pub subject: Subject,
    /// What is needed.
    pub category: Category,
    /// How pressing it is.
    pub urgency: Urgency,
    /// What makes the person need more attention, each once, in the order of the vocabulary.
    pub tags: Vec<Vulnerability>,
    /// How it came to be known.
    pub source: Source,
    /// The ticket of another system.
    pub external_ref: Option<String>,
    /// The account that entered it.
    pub found_by: Uuid,
    /// Where it stands.
    pub state: DemandState,
    /// The number of its last event.
    pub version: i32,
    /// When that event happened; never runs back.
    pub changed_at: Timestamp,
    /// When it was entered.
    pub opened_at: Timestamp,
    /// Since when it waits: when it was entered or last came back.
    pub waiting_since: Timestamp,
    /// When somebody last looked.
    pub verified_at: Timestamp,
    /// Until when somebody must look again.
    pub verify_by: Timestamp,
    /// How often it came back or was reopened.
    pub reopened: i32,
    /// How many have reported it.
    pub voices: i32,
    /// The order that serves it, or served it last.
    pub order: Option<Uuid>,
    /// Whether that order, or a care plan, is still under way.
    pub order_live: bool,
    /// When it was first served.
    pub served_at: Option<Timestamp>,
    /// When it was closed or dropped.
    pub ended_at: Option<Timestamp>,
    /// Why it was dropped.
    pub drop_reason: Option<DropReason>,
    /// The policy version of the last decision.
    pub policy_version: String,
}

impl Item {
    /// Whether it should have been looked at again by now.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.state.is_live() && self.verify_by <= now
    }
}
