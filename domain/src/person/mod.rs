//! People 人员: who is served and who serves.
//!
//! What identifies somebody is written masked by `{:?}`, so that no log line can hold it by accident, and has no
//! `Display`; whoever needs the full value asks for it by name.

mod age;
mod consent;
mod document;
mod erasure;
mod event;
mod identity_number;
mod name;
mod phone;
mod privacy;
mod unmask;
mod volunteer;

pub use age::{GroupAges, age_on, group_on};
pub use consent::{
    ConsentChannel, ConsentGiver, ConsentKind, GivenConsent, Ground, GuardianRelation, MissingConsent, ground, is_withdrawn, who_consents,
};
pub use document::{Document, DocumentError, DocumentKind};
pub use erasure::{ErasureFacts, ErasureObstacle, Kept, KeptRecord, erase};
pub use event::PersonEventKind;
pub use identity_number::{IdentityNumber, IdentityNumberError, Sex};
pub use name::{PersonName, PersonNameError};
pub use phone::{Phone, PhoneError};
pub use privacy::PrivacyPolicy;
pub use unmask::{CitedOrder, UnmaskFacts, UnmaskField, UnmaskPurpose, UnmaskRefusal, has_reason, may_unmask};
pub use volunteer::{CraftLevel, VolunteerState};
