//! What the file of one's own data holds.

use chrono::{DateTime, NaiveDate, Utc};
use domain::demand::{CareCategory, DemandState, Vulnerability};
use domain::identity::{AccountKind, AccountState, Role};
use domain::message::MessageKind;
use domain::order::{Party, Step, Urgency};
use domain::organisation::{MemberRole, MembershipEventKind};
use domain::person::{CraftLevel, InsuranceCover, PersonEventKind, UnmaskField, UnmaskPurpose};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::appointment::{BookingView, ShiftView};
use crate::apprenticeship::ExportedApprenticeship;
use crate::care::CarePlanView;
use crate::cavalry::CavalryRecord;
use crate::order::photo::PhotoView;
use crate::order::view::TextView;
use crate::person::certification::EventView as CertificationEventView;
use crate::person::consent::ConsentView;
use crate::person::profile::ProfileView;
use crate::person::unmask::PlainDocument;
use crate::person::view::VolunteerView;
use crate::person::volunteer::EventView as VolunteerEventView;
use crate::social_worker::{ExamView, SocialWorkerView};
use crate::training::RecordView;

/// Everything that is known of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonExport {
    #[serde(flatten)]
    #[schema(inline)]
    pub(super) about: AboutPerson,
    /// The orders that the person is part of, oldest first.
    pub(super) orders: Vec<ExportedOrder>,
}

/// What is known of a person besides orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct AboutPerson {
    /// The form of this file.
    #[schema(example = "linli-person/1")]
    pub(super) format: &'static str,
    /// When it was made.
    pub(super) exported_at: DateTime<Utc>,
    /// The person's record.
    pub(super) person: ExportedPerson,
    /// What was done to the record.
    pub(super) events: Vec<ExportedEvent>,
    /// Every consent, withdrawn ones included.
    pub(super) consents: Vec<ConsentView>,
    /// The accounts of the person.
    pub(super) accounts: Vec<ExportedAccount>,
    /// The volunteer that the person is, if so.
    pub(super) volunteer: Option<VolunteerView>,
    /// What the volunteer has said of themselves.
    pub(super) volunteer_profile: Option<ProfileView>,
    /// Where the volunteer has stood, and why.
    pub(super) volunteer_events: Vec<VolunteerEventView>,
    /// The insurances.
    pub(super) insurances: Vec<ExportedInsurance>,
    /// The care plans by which the person is visited, with every visit.
    pub(super) care_plans: Vec<CarePlanView>,
    /// The apprenticeships of the person, as master or apprentice.
    pub(super) apprenticeships: Vec<ExportedApprenticeship>,
    /// The trainings that the person took part in, and the credit hours.
    pub(super) training: RecordView,
    /// What the person is as a social worker; null where they are none.
    pub(super) social_worker: Option<SocialWorkerView>,
    /// The examinations of social workers that the person has registered for.
    pub(super) exams: Vec<ExamView>,
    /// What the person is in the light cavalry, and when they were on duty.
    pub(super) cavalry: CavalryRecord,
    /// The bookings of slots of sites.
    pub(super) bookings: Vec<BookingView>,
    /// The shifts at sites.
    pub(super) shifts: Vec<ShiftView>,
    /// The certified crafts.
    pub(super) certifications: Vec<ExportedCertification>,
    /// The names of the organisations that the person belongs to.
    pub(super) organisations: Vec<String>,
    /// When the person came to organisations, what they did in them, and when they left.
    pub(super) memberships: Vec<ExportedMembership>,
    /// What the person needs or has needed, by the demand lists.
    pub(super) needs: Vec<ExportedNeed>,
    /// When plain values of the person were shown to somebody, and what for.
    pub(super) plain_values_seen: Vec<ExportedLook>,
}

/// An insurance, not masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedInsurance {
    /// With whom.
    pub(super) insurer: Option<String>,
    /// The number of the policy.
    pub(super) number: Option<String>,
    /// What it covers.
    pub(super) covers: Vec<InsuranceCover>,
    /// From when on it holds.
    pub(super) valid_from: DateTime<Utc>,
    /// The first moment at which it no longer does.
    pub(super) valid_until: DateTime<Utc>,
    /// When it was ended early.
    pub(super) ended_at: Option<DateTime<Utc>>,
}

/// That the person came to an organisation, left it, or does something else in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedMembership {
    /// What the organisation is called.
    pub(super) organisation: String,
    /// What happened.
    pub(super) kind: MembershipEventKind,
    /// As what, from then on or until then.
    pub(super) role: MemberRole,
    /// When.
    pub(super) at: DateTime<Utc>,
}

/// A need of the person, or of the household that they belong to, on a demand list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedNeed {
    /// The item.
    pub(super) id: Uuid,
    /// The household whose need it is; null for the person's own.
    pub(super) household: Option<Uuid>,
    /// The craft that was needed, if it was one.
    pub(super) craft: Option<Uuid>,
    /// The care that was needed, if it was care.
    pub(super) care: Option<CareCategory>,
    /// How pressing it is.
    pub(super) urgency: Urgency,
    /// What is noted of the person's situation.
    pub(super) tags: Vec<Vulnerability>,
    /// Where it stands.
    pub(super) state: DemandState,
    /// When it was entered.
    pub(super) opened_at: DateTime<Utc>,
    /// What was said of it, oldest first; nothing of a household's, since it is about others, too.
    pub(super) texts: Vec<String>,
}

/// A person's record, not masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedPerson {
    /// The record's id.
    pub(super) id: Uuid,
    /// Further ids under which the person was recorded.
    pub(super) earlier_ids: Vec<Uuid>,
    /// Where the person lives.
    pub(super) division: String,
    /// The full name.
    pub(super) name: String,
    /// The phone number.
    pub(super) phone: Option<String>,
    /// The document.
    pub(super) document: Option<PlainDocument>,
    /// The birth date.
    pub(super) birth_date: Option<NaiveDate>,
    /// When the person was written down.
    pub(super) entered_at: DateTime<Utc>,
}

/// Something that was done to the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedEvent {
    /// What.
    pub(super) kind: PersonEventKind,
    /// On what basis, where one was cited.
    pub(super) basis: Option<domain::order::Basis>,
    /// When.
    pub(super) at: DateTime<Utc>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedAccount {
    /// Its id.
    pub(super) id: Uuid,
    /// How it signs in.
    pub(super) kind: AccountKind,
    /// Where it stands.
    pub(super) state: AccountState,
    /// The user name of staff.
    pub(super) username: Option<String>,
    /// The verified phone number.
    pub(super) phone: Option<String>,
    /// When it was opened.
    pub(super) created_at: DateTime<Utc>,
    /// Its sessions, newest first.
    pub(super) sessions: Vec<ExportedSession>,
    /// The roles that it holds.
    pub(super) roles: Vec<ExportedRole>,
    /// The messages to it, newest first.
    pub(super) messages: Vec<ExportedMessage>,
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedMessage {
    /// What it was about.
    pub(super) kind: MessageKind,
    /// The order.
    pub(super) order: Option<Uuid>,
    /// The certification.
    pub(super) certification: Option<Uuid>,
    /// What else it was about, by its kind.
    pub(super) object: Option<Uuid>,
    /// When it was written.
    pub(super) at: DateTime<Utc>,
    /// When it was marked as read.
    pub(super) read_at: Option<DateTime<Utc>>,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedSession {
    /// When it was opened.
    pub(super) opened_at: DateTime<Utc>,
    /// When it is over.
    pub(super) expires_at: DateTime<Utc>,
    /// When it was ended before that.
    pub(super) ended_at: Option<DateTime<Utc>>,
}

/// A role by grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedRole {
    /// Which.
    pub(super) role: Role,
    /// Where.
    pub(super) scope: String,
    /// When it was given.
    pub(super) granted_at: DateTime<Utc>,
}

/// A certified craft.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedCertification {
    /// The craft.
    pub(super) craft: Uuid,
    /// At which level.
    pub(super) level: CraftLevel,
    /// What it rests on.
    pub(super) evidence: String,
    /// From when on.
    pub(super) valid_from: DateTime<Utc>,
    /// Until when.
    pub(super) valid_until: DateTime<Utc>,
    /// Whether it is suspended.
    pub(super) suspended: bool,
    /// What was done to it, and why.
    pub(super) events: Vec<CertificationEventView>,
}

/// That plain values were shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedLook {
    /// When.
    pub(super) at: DateTime<Utc>,
    /// What for.
    pub(super) purpose: UnmaskPurpose,
    /// Which values.
    pub(super) fields: Vec<UnmaskField>,
    /// About which order.
    pub(super) order: Option<Uuid>,
}

/// An order that the person is part of. Others in it are not named.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedOrder {
    /// Its id.
    pub(super) id: Uuid,
    /// What people call it by.
    pub(super) number: String,
    /// What the person is to it: subject, placer, taker or member.
    pub(super) roles: Vec<Party>,
    /// The service of the catalogue.
    pub(super) service: String,
    /// Where it stands.
    pub(super) state: domain::order::State,
    /// When it was placed.
    pub(super) placed_at: DateTime<Utc>,
    /// When the work was last finished.
    pub(super) finished_at: Option<DateTime<Utc>>,
    /// Minutes of work.
    pub(super) worked_minutes: Option<i32>,
    /// What happened.
    pub(super) events: Vec<ExportedStep>,
    /// The texts by and about the person.
    pub(super) texts: Vec<TextView>,
    /// The reviews.
    pub(super) reviews: Vec<ExportedReview>,
    /// When somebody contacted the person served, and what was answered.
    pub(super) contacts: Vec<ExportedContact>,
    /// The photos, with addresses that are good for five minutes.
    pub(super) photos: Vec<PhotoView>,
}

/// A step of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedStep {
    /// Which.
    pub(super) step: Step,
    /// When.
    pub(super) at: DateTime<Utc>,
}

/// A review.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedReview {
    /// From 1 to 5.
    pub(super) stars: i32,
    /// Whether the matter is solved.
    pub(super) solved: bool,
    /// Words that go with it.
    pub(super) tags: Vec<String>,
    /// When.
    pub(super) at: DateTime<Utc>,
}

/// A contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedContact {
    /// First contact or callback.
    pub(super) kind: domain::order::ContactKind,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// Whether the person was reached.
    pub(super) reached: bool,
    /// Whether the person said that it is solved.
    pub(super) solved: Option<bool>,
    /// Whether the person said that they are satisfied.
    pub(super) satisfied: Option<bool>,
}
