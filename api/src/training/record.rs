//! What somebody has learned: enrolments, and the sum of credit hours.

use actix_web::web::{Data, Path};
use chrono::Datelike as _;
use domain::language::Language;
use domain::training::{Credit, credits_by_year};
use persistence::person::Person;
use persistence::{Tx, person, training};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{EnrolmentView, enrolment_view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::person::input::day;
use crate::problem::Fault;
use crate::region;
use crate::services::Services;

/// Every endpoint of what somebody has learned.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["training": record]
}

/// The credit hours of a year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CreditYear)]
pub struct YearView {
    /// The year in which the sessions ended, in the region's zone.
    #[schema(example = 2026)]
    year: i32,
    /// How many hours.
    hours: i64,
}

/// What somebody has learned.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TrainingRecord)]
pub struct RecordView {
    /// Who.
    person: Uuid,
    /// All credit hours: the sum of `credit_hours` of the enrolments that were passed, each session once.
    credit_hours: i64,
    /// The same by year, the latest first.
    years: Vec<YearView>,
    /// Every enrolment, the newest first.
    enrolments: Vec<EnrolmentView>,
}

/// What somebody has learned.
///
/// # Errors
/// The database's.
pub(crate) fn record_of(tx: &mut Tx, services: &Services, person: &Person, language: Language) -> Result<RecordView, Fault> {
    let records = person::ids_of(tx, person.id)?;
    let credit = |(ended, enrolment): (domain::Timestamp, training::Enrolment)| {
        let year = day(services, &person.division, ended).year();
        Credit { session: enrolment.session, year, hours: enrolment.credit_hours.unwrap_or(0) }
    };
    let credits: Vec<Credit> = training::passed_in(tx, &records)?.into_iter().map(credit).collect();
    let years: Vec<YearView> = credits_by_year(&credits).into_iter().map(|sum| YearView { year: sum.year, hours: sum.hours }).collect();
    let enrolments = training::enrolments_of(tx, &records)?;
    Ok(RecordView {
        person: person.id,
        credit_hours: years.iter().map(|year| year.hours).sum(),
        years,
        enrolments: enrolments.into_iter().map(|enrolment| enrolment_view(tx, enrolment, language)).collect::<Result<_, _>>()?,
    })
}

/// Read what somebody has learned.
///
/// 培训档案:报名、到场、结果与学时合计(按年度);本人可查。
#[utoipa::path(get, path = "/v1/persons/{id}/training", operation_id = "readTrainingRecord",
    params(("id" = Uuid, Path, description = "人员")), responses((status = 200, description = "培训档案", body = RecordView)))]
pub async fn record(services: Data<Services>, actor: Actor<may::ReadPerson>, reads: Reads, id: Path<Uuid>) -> Answer<RecordView> {
    let (shared, who, id) = (services.clone(), actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<RecordView, Fault> {
        let person = person::load(tx, id)?;
        if who.person != Some(person.id) {
            region::within::<may::ReadPerson>(tx, &who, &person.division)?;
        }
        record_of(tx, &shared, &person, reads.0)
    };
    Ok(Reply::ok(services.store.read(work).await?))
}
