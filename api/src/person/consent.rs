//! Consents 同意 over HTTP: given, listed, withdrawn; and the one question whether something may be processed.

use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::order::Basis;
use domain::person::{ConsentChannel, ConsentGiver, ConsentKind, GuardianRelation, PrivacyPolicy, age_on, ground, who_consents};
use persistence::Tx;
use persistence::person::{self, Consent, Person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::in_scope;
use super::input::day;
use super::withdrawal::withdraw as withdraw_now;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::days;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::Page;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of consents.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": give_own, list_own, withdraw_own, record, list, withdraw]
}

/// A consent of one's own.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveConsent {
    /// What it allows.
    kind: ConsentKind,
    /// The version of the text that was shown.
    #[schema(min_length = 1, max_length = 40, example = "2026-1")]
    text_version: String,
}

/// A consent that somebody has given.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordConsent {
    /// What it allows.
    kind: ConsentKind,
    /// The version of the text that was shown or read out.
    #[schema(min_length = 1, max_length = 40, example = "2026-1")]
    text_version: String,
    /// Who gave it; for a minor a guardian.
    giver: ConsentGiver,
    /// How the guardian stands to the person.
    relation: Option<GuardianRelation>,
    /// How it was given.
    channel: ConsentChannel,
    /// When; now where it is left out.
    given_at: Option<DateTime<Utc>>,
    /// Where the evidence lies, such as the number of a form.
    #[schema(min_length = 1, max_length = 200)]
    evidence: Option<String>,
}

/// Which consents are withdrawn.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawConsent {
    /// What they allowed.
    kind: ConsentKind,
}

/// A consent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
pub struct ConsentView {
    /// Its id.
    id: Uuid,
    /// What it allows.
    kind: ConsentKind,
    /// The version of the text.
    text_version: String,
    /// Who gave it.
    giver: ConsentGiver,
    /// How a guardian stands to the person.
    relation: Option<GuardianRelation>,
    /// How it was given.
    channel: ConsentChannel,
    /// Where the evidence lies.
    evidence: Option<String>,
    /// When it was given.
    given_at: DateTime<Utc>,
    /// When it was withdrawn; null while it stands.
    withdrawn_at: Option<DateTime<Utc>>,
}

impl From<Consent> for ConsentView {
    fn from(consent: Consent) -> Self {
        Self {
            id: consent.id,
            kind: consent.kind,
            text_version: consent.text_version,
            giver: consent.giver,
            relation: consent.relation,
            channel: consent.channel,
            evidence: consent.evidence,
            given_at: consent.given_at,
            withdrawn_at: consent.withdrawn_at,
        }
    }
}

/// Refuses what nobody has consented to and no other basis that is cited allows.
///
/// # Errors
/// [`Code::ConsentMissing`] with the consent that is missing, or the database's.
pub fn require(tx: &mut Tx, services: &Services, person: &Person, kind: ConsentKind, basis: Option<Basis>) -> Result<(), Fault> {
    let given = person::given_consents(tx, person.id)?;
    ground(kind, age(services, tx, person), &given, basis, &PrivacyPolicy::default()).map_err(Problem::from)?;
    Ok(())
}

/// Whether somebody consents to this now, or a guardian for them.
///
/// # Errors
/// The database's.
pub fn consents_to(tx: &mut Tx, services: &Services, person: &Person, kind: ConsentKind) -> Result<bool, Fault> {
    let given = person::given_consents(tx, person.id)?;
    Ok(ground(kind, age(services, tx, person), &given, None, &PrivacyPolicy::default()).is_ok())
}

/// Whether this is a minor whose guardian has not consented to the registration: until then an application waits.
///
/// # Errors
/// The database's.
pub fn waits_for_guardian(tx: &mut Tx, services: &Services, person: &Person) -> Result<bool, Fault> {
    let age = age(services, tx, person);
    let given = person::given_consents(tx, person.id)?;
    let missing = ground(ConsentKind::Register, age, &given, None, &PrivacyPolicy::default()).is_err();
    Ok(missing && who_consents(age) == ConsentGiver::Guardian)
}

pub(super) fn age(services: &Services, tx: &Tx, person: &Person) -> Option<u32> {
    person.birth_date.and_then(|birth| age_on(birth, day(services, &person.division, tx.now())))
}

fn keep(tx: &mut Tx, services: &Services, person: &Person, consent: &Consent) -> Result<(), Fault> {
    if consent.giver == ConsentGiver::Own && who_consents(age(services, tx, person)) == ConsentGiver::Guardian {
        return Err(Problem::field("/giver", Rule::GuardianNeeded).into());
    }
    days::check("/given_at", consent.given_at.date_naive())?;
    if consent.given_at > tx.now() {
        return Err(Problem::field_with("/given_at", Rule::TooBig, vec![tx.now().to_rfc3339()]).into());
    }
    if person::erasure(tx, person.id)?.is_some() {
        return Err(Code::NotFound.into());
    }
    tx.about("persons", person.id);
    Ok(person::add_consent(tx, consent)?)
}

fn listed(tx: &mut Tx, person: Uuid) -> Result<Page<ConsentView>, Fault> {
    let items = person::consents(tx, person)?.into_iter().map(Into::into).collect();
    Ok(Page { items, next_cursor: None })
}

/// Consent for oneself.
///
/// 本人同意:登记、接受服务、处理敏感个人信息、公开,逐项记录所同意的文本版本;未成年人须由监护人同意。
#[utoipa::path(post, path = "/v1/me/consents", operation_id = "giveConsent", request_body = GiveConsent,
    responses((status = 201, description = "本人的全部同意记录", body = Page<ConsentView>)))]
pub async fn give_own(
    services: Data<Services>,
    actor: Actor<may::RecordConsent>,
    conditions: Conditions,
    body: Json<GiveConsent>,
) -> Answer<Page<ConsentView>> {
    let (shared, digest, account, asked) = (services.clone(), body.digest, actor.account(), body.value);
    let (person, id) = (actor.actor.person.ok_or(Code::PersonRequired)?, Uuid::now_v7());
    let work = move |tx: &mut Tx| -> Result<(Page<ConsentView>, bool), Fault> {
        let person = person::load(tx, person)?;
        let once = conditions.once(tx, account, &digest, 201, id)?;
        if matches!(once, Once::First) {
            let consent = Consent {
                id,
                person: person.id,
                kind: asked.kind,
                text_version: asked.text_version.clone(),
                giver: ConsentGiver::Own,
                relation: None,
                channel: ConsentChannel::MiniProgram,
                evidence: None,
                recorded_by: Some(account),
                given_at: tx.now(),
                withdrawn_at: None,
                withdrawn_by: None,
            };
            keep(tx, &shared, &person, &consent)?;
        }
        Ok((listed(tx, person.id)?, matches!(once, Once::Before(_))))
    };
    let (page, replayed) = services.store.write(work).await?;
    Ok(Reply::created(page, "/v1/me/consents").replayed(replayed))
}

/// Read one's own consents.
///
/// 本人的同意记录,包括已撤回的。
#[utoipa::path(get, path = "/v1/me/consents", operation_id = "listOwnConsents",
    responses((status = 200, description = "同意记录", body = Page<ConsentView>)))]
pub async fn list_own(services: Data<Services>, actor: Actor<may::ReadOwn>) -> Answer<Page<ConsentView>> {
    let person = actor.actor.person.ok_or(Code::PersonRequired)?;
    let page = services.store.read::<_, Fault>(move |tx| listed(tx, person)).await?;
    Ok(Reply::ok(page))
}

/// Withdraw one's own consent.
///
/// 撤回本人同意:此后不再进行该项处理,紧急情况与法定职责除外;已完成的处理不受影响。撤回“接受服务”即取消尚未开始的订单、预约与照护计划,
/// 并撤下需求;撤回“处理敏感个人信息”即删去需求中的脆弱情形;撤回“登记”即退回已接而未开始的订单,此后不再派单,并结束轻骑兵值守、删除位置。
#[utoipa::path(post, path = "/v1/me/consents/withdraw", operation_id = "withdrawConsent", request_body = WithdrawConsent,
    responses((status = 200, description = "本人的全部同意记录", body = Page<ConsentView>)))]
pub async fn withdraw_own(
    services: Data<Services>,
    actor: Actor<may::RecordConsent>,
    conditions: Conditions,
    body: Json<WithdrawConsent>,
) -> Answer<Page<ConsentView>> {
    let (shared, digest, account, kind) = (services.clone(), body.digest, actor.account(), body.value.kind);
    let person = actor.actor.person.ok_or(Code::PersonRequired)?;
    let work = move |tx: &mut Tx| -> Result<Page<ConsentView>, Fault> {
        let person = person::load(tx, person)?;
        if matches!(conditions.once(tx, account, &digest, 200, person.id)?, Once::First) {
            withdraw_now(tx, &shared, &person, kind, account)?;
        }
        listed(tx, person.id)
    };
    Ok(Reply::ok(services.store.write(work).await?))
}

/// Keep on record that a person or a guardian consents.
///
/// 代录同意:注明同意的内容、文本版本、同意人及其与本人的关系、方式与凭证;不满十四周岁者的敏感信息须监护人单独同意。
#[utoipa::path(post, path = "/v1/persons/{id}/consents", operation_id = "recordConsent",
    params(("id" = Uuid, Path, description = "人员")), request_body = RecordConsent,
    responses((status = 201, description = "该人员的全部同意记录", body = Page<ConsentView>)))]
pub async fn record(
    services: Data<Services>,
    actor: Actor<may::RecordConsent>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<RecordConsent>,
) -> Answer<Page<ConsentView>> {
    let (shared, who, digest, asked) = (services.clone(), actor.actor, body.digest, body.value);
    if (asked.giver == ConsentGiver::Guardian) != asked.relation.is_some() {
        return Err(Problem::field("/relation", Rule::RelationNeeded));
    }
    let (id, new) = (*id, Uuid::now_v7());
    let work = move |tx: &mut Tx| -> Result<(Page<ConsentView>, bool), Fault> {
        let person = in_scope::<may::RecordConsent>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 201, new)?;
        if matches!(once, Once::First) {
            let consent = Consent {
                id: new,
                person: person.id,
                kind: asked.kind,
                text_version: asked.text_version.clone(),
                giver: asked.giver,
                relation: asked.relation,
                channel: asked.channel,
                evidence: asked.evidence.clone(),
                recorded_by: Some(who.account),
                given_at: asked.given_at.unwrap_or_else(|| tx.now()),
                withdrawn_at: None,
                withdrawn_by: None,
            };
            keep(tx, &shared, &person, &consent)?;
        }
        Ok((listed(tx, person.id)?, matches!(once, Once::Before(_))))
    };
    let (page, replayed) = services.store.write(work).await?;
    Ok(Reply::created(page, &format!("/v1/persons/{id}/consents")).replayed(replayed))
}

/// Read the consents about a person.
///
/// 人员的同意记录,包括已撤回的。
#[utoipa::path(get, path = "/v1/persons/{id}/consents", operation_id = "listConsents",
    params(("id" = Uuid, Path, description = "人员")), responses((status = 200, description = "同意记录", body = Page<ConsentView>)))]
pub async fn list(services: Data<Services>, actor: Actor<may::RecordConsent>, id: Path<Uuid>) -> Answer<Page<ConsentView>> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<Page<ConsentView>, Fault> {
        let person = in_scope::<may::RecordConsent>(tx, &who, id)?;
        listed(tx, person.id)
    };
    Ok(Reply::ok(services.store.read(work).await?))
}

/// Keep on record that a person or a guardian withdraws a consent.
///
/// 代录撤回同意;效力与本人撤回相同。
#[utoipa::path(post, path = "/v1/persons/{id}/consents/withdraw", operation_id = "recordWithdrawal",
    params(("id" = Uuid, Path, description = "人员")), request_body = WithdrawConsent,
    responses((status = 200, description = "该人员的全部同意记录", body = Page<ConsentView>)))]
pub async fn withdraw(
    services: Data<Services>,
    actor: Actor<may::RecordConsent>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<WithdrawConsent>,
) -> Answer<Page<ConsentView>> {
    let (shared, who, digest, id, kind) = (services.clone(), actor.actor, body.digest, *id, body.value.kind);
    let work = move |tx: &mut Tx| -> Result<Page<ConsentView>, Fault> {
        let person = in_scope::<may::RecordConsent>(tx, &who, id)?;
        if matches!(conditions.once(tx, who.account, &digest, 200, person.id)?, Once::First) {
            withdraw_now(tx, &shared, &person, kind, who.account)?;
        }
        listed(tx, person.id)
    };
    Ok(Reply::ok(services.store.write(work).await?))
}
