//! Insurances 保险 of people who serve: dangerous service needs one.

use actix_web::web::{Data, Path};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use domain::person::InsuranceCover;
use persistence::person::{self, Insurance};
use persistence::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::zone;
use super::of_another;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::days;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::once::{Conditions, Once};
use crate::page::Page;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of insurances.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": insure, list, end]
}

/// An insurance.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Insurance)]
pub struct InsuranceView {
    /// Its id.
    id: Uuid,
    /// Who is insured.
    person: Uuid,
    /// With whom; null where it was erased.
    insurer: Option<String>,
    /// The last characters of the policy's number.
    #[schema(example = "****0017")]
    number: Option<String>,
    /// What it covers.
    covers: Vec<InsuranceCover>,
    /// The first day, in the region's zone.
    valid_from: NaiveDate,
    /// The last day, in the region's zone.
    valid_until: NaiveDate,
    /// When it was ended early.
    ended_at: Option<DateTime<Utc>>,
    /// Whether it holds now.
    valid: bool,
    /// One more with every change.
    version: i32,
}

fn view(insurance: Insurance, zone: Tz, now: DateTime<Utc>) -> InsuranceView {
    let valid = insurance.ended_at.is_none() && insurance.valid_from <= now && now < insurance.valid_until;
    InsuranceView {
        id: insurance.id,
        person: insurance.person,
        insurer: insurance.insurer,
        number: insurance.number.as_deref().map(masked),
        covers: insurance.covers,
        valid_from: insurance.valid_from.with_timezone(&zone).date_naive(),
        valid_until: (insurance.valid_until - TimeDelta::microseconds(1)).with_timezone(&zone).date_naive(),
        ended_at: insurance.ended_at,
        valid,
        version: insurance.version,
    }
}

/// The last four characters, and none where there are few.
pub(crate) fn masked(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    let shown = if characters.len() > 8 { 4 } else { 0 };
    let tail: String = characters.iter().skip(characters.len() - shown).collect();
    format!("****{tail}")
}

/// How somebody is insured.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddInsurance {
    /// With whom.
    #[schema(min_length = 1, max_length = 100, example = "人保财险桦南支公司")]
    insurer: String,
    /// The number of the policy.
    #[schema(min_length = 4, max_length = 64, example = "PEAC202623080000017")]
    number: String,
    /// What it covers. Only one that covers accidents opens dangerous services.
    #[schema(min_items = 1, max_items = 3)]
    covers: Vec<InsuranceCover>,
    /// The first day, in the region's zone.
    valid_from: NaiveDate,
    /// The last day, in the region's zone.
    valid_until: NaiveDate,
}

/// What was asked for, read.
struct Asked {
    insurer: String,
    number: String,
    covers: Vec<InsuranceCover>,
    valid_from: NaiveDate,
    valid_until: NaiveDate,
}

/// An insurance is renewed after so many years at the latest.
const YEARS: u32 = 5;

impl AddInsurance {
    fn read(self) -> Result<Asked, Problem> {
        let Self { covers, valid_from, valid_until, .. } = self;
        let mut unique = covers.clone();
        unique.sort_unstable();
        unique.dedup();
        if unique.len() != covers.len() {
            return Err(Problem::field("/covers", Rule::Duplicates));
        }
        days::check_validity(valid_from, valid_until, YEARS)?;
        let (insurer, number) = (region::line("/insurer", &self.insurer)?, region::line("/number", &self.number)?);
        Ok(Asked { insurer, number, covers, valid_from, valid_until })
    }
}

/// The moment at which a day begins.
fn begin(zone: Tz, day: Option<NaiveDate>, pointer: &str) -> Result<DateTime<Utc>, Problem> {
    let midnight = day.and_then(|day| zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest());
    midnight.map(|at| at.with_timezone(&Utc)).ok_or_else(|| Problem::field(pointer, Rule::NotADate))
}

/// Write down how somebody is insured.
///
/// 登记保险:承保机构、保单号、保障范围与起止日(均含);有人身危险的服务只派给意外险在有效期内的人;不能登记自己。
#[utoipa::path(post, path = "/v1/persons/{id}/insurances", operation_id = "addInsurance", params(("id" = Uuid, Path, description = "人员")),
    request_body = AddInsurance, responses((status = 201, description = "保险", body = InsuranceView)))]
pub async fn insure(
    services: Data<Services>,
    actor: Actor<may::EditInsurance>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<AddInsurance>,
) -> Answer<InsuranceView> {
    let (shared, who, digest, asked) = (services.clone(), actor.actor, body.digest, body.value.read()?);
    let (person, id) = (*id, Uuid::now_v7());
    let work = move |tx: &mut Tx| -> Result<(InsuranceView, bool), Fault> {
        let person = of_another::<may::EditInsurance>(tx, &who, person)?;
        let zone = zone(&shared, &person.division);
        let once = conditions.once(tx, who.account, &digest, 201, id)?;
        let insurance = match once {
            Once::First => {
                if person::erasure(tx, person.id)?.is_some() {
                    return Err(Code::NotFound.into());
                }
                person::hold(tx, person.id, person.version)?;
                let insurance = Insurance {
                    id,
                    person: person.id,
                    insurer: Some(asked.insurer.clone()),
                    number: Some(asked.number.clone()),
                    covers: asked.covers.clone(),
                    valid_from: begin(zone, Some(asked.valid_from), "/valid_from")?,
                    valid_until: begin(zone, asked.valid_until.succ_opt(), "/valid_until")?,
                    entered_by: who.account,
                    ended_at: None,
                    version: 1,
                };
                person::add_insurance(tx, &insurance).map_err(known)?;
                person::load_insurance(tx, id)?
            }
            Once::Before(before) => person::load_insurance(tx, before)?,
        };
        Ok((view(insurance, zone, tx.now()), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/persons/{}/insurances", view.person));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

fn known(error: StoreError) -> Fault {
    if error.is_duplicate_of("insurances", "number_index") { Problem::field("/number", Rule::InsuranceKnown).into() } else { error.into() }
}

/// List the insurances of a person.
///
/// 人员的保险,含已失效的,最近者在前;保单号脱敏;本人可查。
#[utoipa::path(get, path = "/v1/persons/{id}/insurances", operation_id = "listInsurances",
    params(("id" = Uuid, Path, description = "人员")), responses((status = 200, description = "保险", body = Page<InsuranceView>)))]
pub async fn list(services: Data<Services>, actor: Actor<may::ReadPerson>, id: Path<Uuid>) -> Answer<Page<InsuranceView>> {
    let (shared, who, id) = (services.clone(), actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<Vec<InsuranceView>, Fault> {
        let person = person::load(tx, id)?;
        if who.person != Some(person.id) {
            region::within::<may::ReadPerson>(tx, &who, &person.division)?;
        }
        let (zone, now) = (zone(&shared, &person.division), tx.now());
        Ok(person::insurances(tx, person.id)?.into_iter().map(|insurance| view(insurance, zone, now)).collect())
    };
    let items = services.store.read(work).await?;
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// Say that an insurance has ended early.
///
/// 提前终止保险:自即刻起不再据此派发有人身危险的服务;已终止的保持原样。
#[utoipa::path(post, path = "/v1/insurances/{id}/end", operation_id = "endInsurance", params(("id" = Uuid, Path, description = "保险")),
    request_body = Empty, responses((status = 200, description = "已终止的保险", body = InsuranceView)))]
pub async fn end(
    services: Data<Services>,
    actor: Actor<may::EditInsurance>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<InsuranceView> {
    let (shared, who, digest, id) = (services.clone(), actor.actor, body.digest, *id);
    let work = move |tx: &mut Tx| -> Result<(InsuranceView, bool), Fault> {
        let insurance = person::load_insurance(tx, id)?;
        let person = of_another::<may::EditInsurance>(tx, &who, insurance.person)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(insurance.version)?;
            if insurance.ended_at.is_none() {
                person::end_insurance(tx, id, insurance.version, who.account)?;
            }
        }
        let insurance = person::load_insurance(tx, id)?;
        let zone = zone(&shared, &person.division);
        Ok((view(insurance, zone, tx.now()), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_number_is_shown_by_its_end_and_a_short_one_not_at_all() {
        assert_eq!(masked("PEAC202623080000017"), "****0017");
        assert_eq!(masked("12345678"), "****");
        assert_eq!(masked("保单一二三四五六七"), "****四五六七");
    }
}
