//! Erasing a person: what names or describes them goes for good, their records stay under a pseudonym.

use actix_web::web::{Data, Path};
use chrono::{DateTime, NaiveDate, Utc};
use domain::identity::{Receiver, may_manage};
use domain::person::{ConsentChannel, ErasureFacts, Kept, KeptRecord, PrivacyPolicy, erase};
use domain::vocabulary::Vocabulary as _;
use persistence::person::{self, Erasure, Known};
use persistence::{Tx, identity};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::day;
use super::view::volunteer_of;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::me::refuse_last_administrator;
use crate::once::Conditions;
use crate::problem::{Code, Fault, FieldError, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of erasing.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": erase_me, erase_person]
}

/// That one wants to be erased.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseMe {
    /// Must be true: it cannot be undone.
    #[schema(example = true)]
    irreversible: bool,
}

/// That somebody has asked to be erased.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasePerson {
    /// Must be true: it cannot be undone.
    #[schema(example = true)]
    irreversible: bool,
    /// How the person has asked for it.
    requested_through: ConsentChannel,
}

/// A record that is kept, under a pseudonym.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeptView {
    /// Which.
    record: KeptRecord,
    /// Until when at least; null where it holds nothing but a number for good.
    until: Option<NaiveDate>,
}

/// What was erased, and what is kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Erasure)]
pub struct ErasureView {
    /// The person's record, which stays under a pseudonym.
    person: Uuid,
    /// When it was erased.
    erased_at: DateTime<Utc>,
    /// What is kept, and until when.
    kept: Vec<KeptView>,
}

/// Erase oneself.
///
/// 删除本人信息:姓名、手机号、证件、出生日期、文字与照片删除且不可恢复,账号注销;订单环节、评分等统计以化名保留;尚有未了结订单时须先了结。
#[utoipa::path(post, path = "/v1/me/erasure", operation_id = "eraseMe", request_body = EraseMe,
    responses((status = 200, description = "已删除的内容与依法保留的记录", body = ErasureView)))]
pub async fn erase_me(
    services: Data<Services>,
    actor: Actor<may::ErasePerson>,
    conditions: Conditions,
    body: Json<EraseMe>,
) -> Answer<ErasureView> {
    certain(body.value.irreversible)?;
    let (shared, who, digest) = (services.clone(), actor.actor, body.digest);
    let person = who.person.ok_or(Code::PersonRequired)?;
    let work = move |tx: &mut Tx| -> Result<ErasureView, Fault> {
        let _once = conditions.once(tx, who.account, &digest, 200, person)?;
        carry_out(tx, &shared, person, who.account, ConsentChannel::MiniProgram)
    };
    let view = services.store.write(work).await?;
    services.forget();
    Ok(Reply::ok(view))
}

/// Erase a person who has asked for it.
///
/// 应本人要求删除其信息:须注明提出方式;再次提交不产生新的变化。
#[utoipa::path(post, path = "/v1/persons/{id}/erasure", operation_id = "erasePerson",
    params(("id" = Uuid, Path, description = "人员")), request_body = ErasePerson,
    responses((status = 200, description = "已删除的内容与依法保留的记录", body = ErasureView)))]
pub async fn erase_person(
    services: Data<Services>,
    actor: Actor<may::ErasePerson>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<ErasePerson>,
) -> Answer<ErasureView> {
    certain(body.value.irreversible)?;
    let (shared, who, digest, id, through) = (services.clone(), actor.actor, body.digest, *id, body.value.requested_through);
    let work = move |tx: &mut Tx| -> Result<ErasureView, Fault> {
        let person = person::load(tx, id)?;
        region::within::<may::ErasePerson>(tx, &who, &person.division)?;
        manages_accounts(tx, &who, person.id)?;
        let _once = conditions.once(tx, who.account, &digest, 200, person.id)?;
        carry_out(tx, &shared, person.id, who.account, through)
    };
    let view = services.store.write(work).await?;
    services.forget();
    Ok(Reply::ok(view))
}

/// Refuses a person with accounts that the actor may not manage: erasing them ends their roles. Oneself is erased elsewhere.
fn manages_accounts(tx: &mut Tx, who: &domain::identity::Actor, person: Uuid) -> Result<(), Fault> {
    if who.person == Some(person) {
        return Err(Code::SecondPersonNeeded.into());
    }
    for account in person::known_as(tx, person)?.accounts {
        let grants: Vec<_> = identity::grants(tx, account)?.into_iter().map(|row| row.grant).collect();
        if !grants.is_empty() {
            let receiver = Receiver { account, person: Some(person) };
            may_manage(who, receiver, &grants).map_err(|refusal| Problem::from(Code::Forbidden).because(refusal))?;
        }
    }
    Ok(())
}

fn certain(irreversible: bool) -> Result<(), Problem> {
    if irreversible { Ok(()) } else { Err(Problem::field_with("/irreversible", Rule::NotInList, vec!["true".to_owned()])) }
}

/// Erases once: what was erased before is answered with the same again.
fn carry_out(tx: &mut Tx, services: &Services, id: Uuid, by: Uuid, through: ConsentChannel) -> Result<ErasureView, Fault> {
    let person = person::load(tx, id)?;
    tx.about("persons", person.id);
    tx.for_purpose("erasure");
    let known = person::known_as(tx, person.id)?;
    if let Some(before) = person::erasure(tx, person.id)? {
        let facts = facts(tx, services, &known, &person, before.at, Vec::new())?;
        return Ok(view(&before, &erase(&facts, &PrivacyPolicy::default()).unwrap_or_default()));
    }
    // Held before it is asked what is open: who needs the person at this moment holds the record, too.
    person::hold(tx, person.id, person.version)?;
    let (now, open) = (tx.now(), person::open_matters(tx, &known)?);
    let facts = facts(tx, services, &known, &person, now, open)?;
    let policy = PrivacyPolicy::default();
    let kept = erase(&facts, &policy).map_err(|open| refusal(&open))?;
    for account in &known.accounts {
        for row in identity::grants(tx, *account)? {
            refuse_last_administrator(tx, *account, &row.grant)?;
        }
    }
    let until = |record| kept.iter().find(|kept: &&Kept| kept.what == record).and_then(|kept| kept.until);
    let erasure = Erasure {
        person: person.id,
        through,
        by,
        policy: policy.version.to_owned(),
        services_kept_until: until(KeptRecord::ServiceRecords),
        accesses_kept_until: until(KeptRecord::AccessRecords),
        at: now,
    };
    if !person::add_erasure(tx, &erasure)? {
        return Err(persistence::StoreError::Stale.into());
    }
    person::erase(tx, &known, by)?;
    Ok(view(&erasure, &kept))
}

fn facts(
    tx: &mut Tx,
    services: &Services,
    known: &Known,
    person: &person::Person,
    at: domain::Timestamp,
    open: Vec<(domain::person::ErasureObstacle, i64)>,
) -> Result<ErasureFacts, Fault> {
    let (has_orders, last) = person::history(tx, known)?;
    let last_service = last.map(|last| day(services, &person.division, last));
    let is_volunteer = volunteer_of(tx, person.id)?.is_some();
    Ok(ErasureFacts { open, has_orders, last_service, is_volunteer, day: day(services, &person.division, at) })
}

fn refusal(open: &[(domain::person::ErasureObstacle, i64)]) -> Problem {
    let mut problem = Problem::from(Code::OpenMatters);
    let error = |(obstacle, count): &(domain::person::ErasureObstacle, i64)| FieldError {
        pointer: String::new(),
        rule: Rule::OpenMatter,
        words: vec![obstacle.as_str().to_owned(), count.to_string()],
    };
    problem.facts.errors = open.iter().map(error).collect();
    problem
}

fn view(erasure: &Erasure, kept: &[Kept]) -> ErasureView {
    let kept = kept.iter().map(|kept| KeptView { record: kept.what, until: kept.until }).collect();
    ErasureView { person: erasure.person, erased_at: erasure.at, kept }
}
