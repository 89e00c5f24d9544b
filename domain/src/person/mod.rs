//! People 人员: who is served and who serves.
//!
//! What identifies somebody is written masked by `{:?}`, so that no log line can hold it by accident, and has no
//! `Display`; whoever needs the full value asks for it by name.

mod age;
mod consent;
mod document;
mod erasure;
mod event;
mod household;
mod identity_number;
mod insurance;
mod likeness;
mod name;
mod phone;
mod policy;
mod privacy;
mod profile;
mod unmask;
mod volunteer;

pub use age::{GroupAges, age_on, group_on, is_of_age};
pub use consent::{
    ConsentChannel, ConsentGiver, ConsentKind, GivenConsent, Ground, GuardianRelation, MissingConsent, ground, is_withdrawn, who_consents,
};
pub use document::{Document, DocumentError, DocumentKind};
pub use erasure::{ErasureFacts, ErasureObstacle, Kept, KeptRecord, erase};
pub use event::PersonEventKind;
pub use household::HouseholdRelation;
pub use identity_number::{IdentityNumber, IdentityNumberError, Sex};
pub use insurance::{InsuranceCover, InsuredTime};
pub use likeness::{Likeness, Trait, Traits, likeness};
pub use name::{PersonName, PersonNameError};
pub use phone::{Phone, PhoneError};
pub use policy::PeoplePolicy;
pub use privacy::PrivacyPolicy;
pub use profile::{
    AvailabilityFault, AvailabilityList, DayException, DayTime, KnownOfPerson, ProfileGap, ServiceKind, VolunteerProfile, WeeklyWindow,
};
pub use unmask::{CitedOrder, UnmaskFacts, UnmaskField, UnmaskPurpose, UnmaskRefusal, has_reason, may_unmask};
pub use volunteer::{CertificationEventKind, CraftLevel, ReasonFault, VolunteerReason, VolunteerState};
