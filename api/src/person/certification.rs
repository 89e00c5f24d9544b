//! Certified crafts 能人认证.

use actix_web::web::{Data, Path};
use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::person::{CertificationEventKind, CraftLevel};
use persistence::catalogue::{self, Certification, CertificationEvent};
use persistence::{Tx, person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::zone;
use super::of_another;
use super::view::volunteer_of;
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::days;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::Page;
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region;
use crate::services::Services;

/// Every endpoint of certified crafts.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": certify, certifications, suspend, resume, certification_events]
}

/// A certification.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Certification)]
pub struct CertificationView {
    /// Its id.
    pub(super) id: Uuid,
    /// Who is certified.
    person: Uuid,
    /// For which craft.
    craft: Uuid,
    /// The craft in the caller's language.
    craft_name: String,
    /// At which level.
    level: CraftLevel,
    /// What it rests on.
    evidence: String,
    /// The account that verified it.
    verified_by: Uuid,
    /// The first day, in the region's zone.
    valid_from: NaiveDate,
    /// The last day, in the region's zone.
    valid_until: NaiveDate,
    /// Since when it is suspended.
    suspended_at: Option<DateTime<Utc>>,
    /// Whether it holds now.
    valid: bool,
    /// One more with every change.
    version: i32,
    /// The first moment at which it no longer holds.
    #[serde(skip)]
    pub(super) ends: DateTime<Utc>,
}

pub(super) fn view(tx: &mut Tx, services: &Services, held: Certification, language: Language) -> Result<CertificationView, Fault> {
    let craft = catalogue::load_craft(tx, held.craft)?;
    let (now, zone) = (tx.now(), zone(services, &craft.region));
    Ok(CertificationView {
        id: held.id,
        person: held.person,
        craft: held.craft,
        craft_name: craft.names.shown_in(language).to_owned(),
        level: held.level,
        evidence: held.evidence,
        verified_by: held.verified_by,
        valid_from: held.valid_from.with_timezone(&zone).date_naive(),
        valid_until: (held.valid_until - TimeDelta::microseconds(1)).with_timezone(&zone).date_naive(),
        suspended_at: held.suspended_at,
        valid: held.suspended_at.is_none() && held.valid_from <= now && now < held.valid_until,
        version: held.version,
        ends: held.valid_until,
    })
}

/// What somebody is certified for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Certify {
    /// The craft, of the volunteer's region.
    craft: Uuid,
    /// The level.
    level: CraftLevel,
    /// What it rests on: a certificate with its number, an examination, years of work.
    #[schema(min_length = 1, max_length = 500, example = "低压电工作业证，现场考核合格")]
    evidence: String,
    /// The first day, in the region's zone; today where it is left out.
    valid_from: Option<NaiveDate>,
    /// The last day, in the region's zone.
    valid_until: NaiveDate,
}

/// Certify a volunteer for a craft.
///
/// 认证技能:由社工核验,写明等级、依据与有效期(起止日均含);须先登记为志愿者,不能认证自己。
#[utoipa::path(post, path = "/v1/persons/{id}/certifications", operation_id = "certify", params(("id" = Uuid, Path, description = "人员")),
    request_body = Certify, responses((status = 201, description = "认证", body = CertificationView)))]
pub async fn certify(
    services: Data<Services>,
    actor: Actor<may::Certify>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Certify>,
) -> Answer<CertificationView> {
    let (shared, who, digest, asked) = (services.clone(), actor.actor, body.digest, body.value);
    let (person, id, evidence) = (*id, Uuid::now_v7(), region::line("/evidence", &asked.evidence)?);
    let work = move |tx: &mut Tx| -> Result<(CertificationView, bool), Fault> {
        let person = of_another::<may::Certify>(tx, &who, person)?.id;
        let once = conditions.once(tx, who.account, &digest, 201, id)?;
        let held = match once {
            Once::First => {
                let Certify { craft, level, valid_from, valid_until, .. } = asked;
                let granted = Granted { id, craft, level, evidence: &evidence, valid_from, valid_until, pointer: "/craft" };
                grant(tx, &shared, who.account, person, granted)?
            }
            Once::Before(before) => catalogue::load_certification(tx, before)?,
        };
        Ok((view(tx, &shared, held, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    services.forget();
    let (version, at) = (view.version, format!("/v1/persons/{}/certifications", view.person));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// What somebody is to be certified for.
pub(crate) struct Granted<'a> {
    /// The id of the certification.
    pub(crate) id: Uuid,
    /// For which craft.
    pub(crate) craft: Uuid,
    /// At which level.
    pub(crate) level: CraftLevel,
    /// What it rests on.
    pub(crate) evidence: &'a str,
    /// The first day; today where there is none.
    pub(crate) valid_from: Option<NaiveDate>,
    /// The last day.
    pub(crate) valid_until: NaiveDate,
    /// The field of the request that names the craft.
    pub(crate) pointer: &'static str,
}

/// Certifies a volunteer: the one way in which a certification comes to be. Whether the account may is asked before.
///
/// # Errors
/// [`Code::VolunteerRequired`], a field that breaks a rule, or the database's.
pub(crate) fn grant(tx: &mut Tx, services: &Services, by: Uuid, person: Uuid, granted: Granted<'_>) -> Result<Certification, Fault> {
    let volunteer = volunteer_of(tx, person)?.ok_or(Code::VolunteerRequired)?;
    let craft = refers(catalogue::load_craft(tx, granted.craft), granted.pointer, Rule::UnknownCraft)?;
    if !craft.active || craft.region != volunteer.region {
        return Err(Problem::field(granted.pointer, Rule::UnknownCraft).into());
    }
    let (valid_from, valid_until) = validity(&granted, zone(services, &volunteer.region), tx.now())?;
    let held = Certification {
        id: granted.id,
        person,
        craft: craft.id,
        level: granted.level,
        evidence: granted.evidence.to_owned(),
        verified_by: by,
        valid_from,
        valid_until,
        suspended_at: None,
        version: 1,
    };
    catalogue::add_certification(tx, &held)?;
    Ok(held)
}

/// A certification is looked at again after so many years at the latest.
const YEARS: u32 = 30;

/// Turns days into moments.
fn validity(asked: &Granted<'_>, zone: Tz, now: DateTime<Utc>) -> Result<(DateTime<Utc>, DateTime<Utc>), Problem> {
    let today = now.with_timezone(&zone).date_naive();
    let first = asked.valid_from.unwrap_or(today);
    days::check_validity(first, asked.valid_until, YEARS)?;
    if asked.valid_until < today {
        return Err(Problem::field("/valid_until", Rule::InPast));
    }
    let begin = |day: Option<NaiveDate>, pointer: &str| {
        let midnight = day.and_then(|day| zone.from_local_datetime(&day.and_time(chrono::NaiveTime::MIN)).earliest());
        midnight.map(|at| at.with_timezone(&Utc)).ok_or_else(|| Problem::field_with(pointer, Rule::WrongFormat, vec!["date".to_owned()]))
    };
    let after = asked.valid_until.checked_add_signed(TimeDelta::days(1));
    Ok((begin(Some(first), "/valid_from")?, begin(after, "/valid_until")?))
}

/// List the certifications of a person.
///
/// 人员的技能认证,含已失效的,最近者在前。
#[utoipa::path(get, path = "/v1/persons/{id}/certifications", operation_id = "listCertifications",
    params(("id" = Uuid, Path, description = "人员")), responses((status = 200, description = "认证", body = Page<CertificationView>)))]
pub async fn certifications(
    services: Data<Services>,
    actor: Actor<may::ReadPerson>,
    reads: Reads,
    id: Path<Uuid>,
) -> Answer<Page<CertificationView>> {
    let (shared, who, id) = (services.clone(), actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<Vec<CertificationView>, Fault> {
        let person = person::load(tx, id)?;
        if who.person != Some(person.id) {
            region::within::<may::ReadPerson>(tx, &who, &person.division)?;
        }
        let held = catalogue::list_certifications(tx, person.id)?;
        held.into_iter().map(|held| view(tx, &shared, held, reads.0)).collect()
    };
    let items = services.store.read(work).await?;
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// Why a certification is suspended or counts again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchCertification {
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Suspend a certification.
///
/// 暂停认证:须说明理由;暂停期间不得据此派单。
#[utoipa::path(post, path = "/v1/certifications/{id}/suspend", operation_id = "suspendCertification",
    params(("id" = Uuid, Path, description = "认证")), request_body = SwitchCertification,
    responses((status = 200, description = "已暂停的认证", body = CertificationView)))]
pub async fn suspend(
    services: Data<Services>,
    actor: Actor<may::SuspendCertification>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<SwitchCertification>,
) -> Answer<CertificationView> {
    let reason = region::line("/reason", &body.value.reason)?;
    switch(&services, actor, conditions, reads, Switch { id: *id, digest: body.digest, suspended: true, reason }).await
}

/// Lift the suspension of a certification.
///
/// 恢复认证:须说明理由。
#[utoipa::path(post, path = "/v1/certifications/{id}/resume", operation_id = "resumeCertification",
    params(("id" = Uuid, Path, description = "认证")), request_body = SwitchCertification,
    responses((status = 200, description = "已恢复的认证", body = CertificationView)))]
pub async fn resume(
    services: Data<Services>,
    actor: Actor<may::SuspendCertification>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<SwitchCertification>,
) -> Answer<CertificationView> {
    let reason = region::line("/reason", &body.value.reason)?;
    switch(&services, actor, conditions, reads, Switch { id: *id, digest: body.digest, suspended: false, reason }).await
}

/// What is asked for.
struct Switch {
    id: Uuid,
    digest: Vec<u8>,
    suspended: bool,
    reason: String,
}

/// Suspends or resumes; what is so already stays so.
async fn switch(
    services: &Data<Services>,
    actor: Actor<may::SuspendCertification>,
    conditions: Conditions,
    reads: Reads,
    asked: Switch,
) -> Answer<CertificationView> {
    let (shared, who) = (services.clone(), actor.actor);
    let work = move |tx: &mut Tx| -> Result<(CertificationView, bool), Fault> {
        let id = asked.id;
        let held = catalogue::load_certification(tx, id)?;
        of_another::<may::SuspendCertification>(tx, &who, held.person)?;
        let once = conditions.once(tx, who.account, &asked.digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(held.version)?;
            match (held.suspended_at.is_some(), asked.suspended) {
                (false, true) => catalogue::suspend_certification(tx, id, who.account, &asked.reason)?,
                (true, false) => catalogue::resume_certification(tx, id, who.account, &asked.reason)?,
                (true, true) | (false, false) => {}
            }
        }
        let held = catalogue::load_certification(tx, id)?;
        Ok((view(tx, &shared, held, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    services.forget();
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Something that was done to a certification.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CertificationEvent)]
pub struct EventView {
    /// What.
    kind: CertificationEventKind,
    /// Why.
    reason: Option<String>,
    /// The version that the certification has had since.
    version: i32,
    /// When.
    at: DateTime<Utc>,
}

impl From<CertificationEvent> for EventView {
    fn from(event: CertificationEvent) -> Self {
        let CertificationEvent { kind, reason, version, at, .. } = event;
        Self { kind, reason, version, at }
    }
}

/// List what was done to a certification.
///
/// 认证的暂停与恢复记录:含理由,由早到晚;本人可查。
#[utoipa::path(get, path = "/v1/certifications/{id}/events", operation_id = "listCertificationEvents",
    params(("id" = Uuid, Path, description = "认证")), responses((status = 200, description = "记录", body = Page<EventView>)))]
pub async fn certification_events(
    services: Data<Services>,
    actor: Actor<may::ReadVolunteerFile>,
    id: Path<Uuid>,
) -> Answer<Page<EventView>> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<Page<EventView>, Fault> {
        let held = catalogue::load_certification(tx, id)?;
        let person = person::load(tx, held.person)?;
        if who.person != Some(person.id) {
            region::within::<may::ReadVolunteerFile>(tx, &who, &person.division)?;
        }
        let items = catalogue::certification_events(tx, id)?.into_iter().map(Into::into).collect();
        Ok(Page { items, next_cursor: None })
    };
    Ok(Reply::ok(services.store.read(work).await?))
}
