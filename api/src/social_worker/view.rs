//! Social workers as callers see them.

use chrono::NaiveDate;
use domain::language::Language;
use domain::person::PeoplePolicy;
use domain::social_worker::{Education, Learned, Qualification, Registration, SocialWorkPost, education};
use domain::vocabulary::Vocabulary as _;
use persistence::person::Person;
use persistence::social_worker::{self, SocialWorker};
use persistence::{StoreError, Tx, person, training};
use serde::Serialize;
use utoipa::ToSchema;

use crate::order::view::NamedPerson;
use crate::person::input::{day, today};
use crate::person::insurance::masked;
use crate::problem::Fault;
use crate::region::policy::in_force;
use crate::services::Services;

/// A social worker.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SocialWorker)]
pub struct SocialWorkerView {
    /// Who, masked.
    pub(super) person: NamedPerson,
    /// The region.
    region: String,
    /// Where they work.
    division: String,
    /// What they are qualified for; null for nothing yet.
    qualification: Option<Qualification>,
    /// The same in the caller's language.
    #[schema(example = "社会工作师")]
    label: Option<String>,
    /// The last characters of the certificate's number.
    #[schema(example = "****0231")]
    certificate: Option<String>,
    /// The day of the certificate.
    certified_on: Option<NaiveDate>,
    /// The day of the last registration.
    registered_on: Option<NaiveDate>,
    /// The last day on which that registration holds, by the policy.
    registered_until: Option<NaiveDate>,
    /// Whether it holds today.
    registered: bool,
    /// For whom they work.
    post: SocialWorkPost,
    /// Whether they belong to the party; null where it is not known.
    party_member: Option<bool>,
    /// Whether they work there now.
    active: bool,
    /// One more with every change.
    pub(super) version: i32,
}

/// How far somebody has come with the continuing education of their registration.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ContinuingEducation)]
pub struct EducationView {
    /// The first day of the registration.
    from: NaiveDate,
    /// The last day.
    until: NaiveDate,
    /// The hours that renewing it asks for.
    needed: i64,
    /// The hours of sessions that ended while it holds, each session once: the sum over the enrolments of
    /// `/v1/persons/{id}/training` that were passed.
    earned: i64,
    /// The hours that are missing.
    missing: i64,
}

impl From<Education> for EducationView {
    fn from(education: Education) -> Self {
        let Registration { from, until } = education.registration;
        Self { from, until, needed: education.needed, earned: education.earned, missing: education.missing() }
    }
}

/// A social worker with what they have learned and how much they have to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SocialWorkerFile {
    /// Who, and what they are.
    pub(super) worker: SocialWorkerView,
    /// The continuing education of the registration on record; null where there is none.
    education: Option<EducationView>,
    /// The caseload: cases that have not ended, of needs that are still on their list.
    cases: i64,
    /// So many cases are given to one social worker at most.
    most_cases: i64,
    /// The version of the policy by which that was judged.
    policy_version: String,
}

/// The view of a social worker.
///
/// # Errors
/// The database's.
pub(super) fn view(tx: &mut Tx, services: &Services, worker: SocialWorker, language: Language) -> Result<SocialWorkerView, Fault> {
    let person = person::load(tx, worker.person)?;
    let policy: PeoplePolicy = in_force(tx, &worker.region, tx.now())?;
    let registration = worker.registered_on.map(|day| Registration::made_on(day, &policy));
    let today = today(services, &worker.region);
    Ok(SocialWorkerView {
        person: NamedPerson { id: person.id, name: person.name.masked(), phone: None },
        region: worker.region.to_string(),
        division: worker.division.to_string(),
        qualification: worker.qualification,
        label: worker.qualification.map(|level| level.label(language).to_owned()),
        certificate: worker.certificate.as_deref().map(masked),
        certified_on: worker.certified_on,
        registered_on: worker.registered_on,
        registered_until: registration.map(|registration| registration.until),
        registered: registration.is_some_and(|registration| registration.holds_on(today)),
        post: worker.post,
        party_member: worker.party_member,
        active: worker.active,
        version: worker.version,
    })
}

/// The file of a social worker.
///
/// # Errors
/// The database's.
pub(super) fn file(tx: &mut Tx, services: &Services, worker: SocialWorker, language: Language) -> Result<SocialWorkerFile, Fault> {
    let policy: PeoplePolicy = in_force(tx, &worker.region, tx.now())?;
    let education = match (worker.qualification, worker.registered_on) {
        (Some(level), Some(day)) => {
            let learned = learned(tx, services, &worker)?;
            Some(education(level, Registration::made_on(day, &policy), &learned, &policy).into())
        }
        _ => None,
    };
    let cases = social_worker::open_cases(tx, worker.person)?;
    let worker = view(tx, services, worker, language)?;
    Ok(SocialWorkerFile { worker, education, cases, most_cases: policy.most_cases, policy_version: policy.version })
}

/// What somebody has learned under any of their records.
fn learned(tx: &mut Tx, services: &Services, worker: &SocialWorker) -> Result<Vec<Learned>, Fault> {
    let records = person::ids_of(tx, worker.person)?;
    let read = |(ended, enrolment): (domain::Timestamp, training::Enrolment)| Learned {
        session: enrolment.session,
        on: day(services, &worker.region, ended),
        hours: enrolment.credit_hours.unwrap_or(0),
    };
    Ok(training::passed_in(tx, &records)?.into_iter().map(read).collect())
}

/// What a person is as a social worker, for who takes away what is known of them; none where they are none.
///
/// # Errors
/// The database's.
pub(crate) fn own(tx: &mut Tx, services: &Services, person: &Person, language: Language) -> Result<Option<SocialWorkerView>, Fault> {
    match social_worker::load(tx, person.id) {
        Ok(worker) => {
            let number = worker.certificate.clone();
            Ok(Some(SocialWorkerView { certificate: number, ..view(tx, services, worker, language)? }))
        }
        Err(StoreError::Missing) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
