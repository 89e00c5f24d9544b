//! Binding an account to a phone number, and to the person behind it.

use actix_web::web::Data;
use chrono::NaiveDate;
use domain::order::Group;
use domain::person::{Document, PersonName, Phone, PrivacyPolicy, group_on};
use domain::region::DivisionCode;
use persistence::Tx;
use persistence::{identity, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{AccountView, account_view};
use super::wechat::{WechatCode, told};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::person::input::{DocumentInput, birth_date, hold, hold_document, home, name, today};
use crate::person::view::{PersonView, person_view};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of binding.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": bind_phone, claim_person]
}

/// Bind the phone number that the user has shared in the mini-program.
///
/// 绑定手机号:以微信手机号按钮的 code 换取,号码由微信核验。
#[utoipa::path(post, path = "/v1/me/phone", operation_id = "bindPhone", request_body = WechatCode,
    responses((status = 200, description = "我的账号", body = AccountView)))]
pub async fn bind_phone(
    services: Data<Services>,
    actor: Actor<may::ClaimPerson>,
    conditions: Conditions,
    reads: Reads,
    body: Json<WechatCode>,
) -> Answer<AccountView> {
    // A code is good once: a retry is refused by WeChat and answered all the same, if the first try was kept.
    let shared = services.wechat.phone(&body.value.code).await;
    let shared = shared.map_err(|error| told(error, Problem::field("/code", Rule::WechatCode))).and_then(|shared| {
        let number = format!("+{}{}", shared.country_code, shared.pure_phone_number);
        Phone::parse(&number).map_err(|_| Problem::field("/code", Rule::Phone))
    });
    let (id, digest) = (actor.account(), body.digest);
    let work = move |tx: &mut Tx| -> Result<(AccountView, bool), Fault> {
        let once = conditions.once(tx, id, &digest, 200, id)?;
        if matches!(once, Once::First) {
            identity::set_phone(tx, id, &shared.clone()?)?;
        }
        Ok((account_view(tx, id, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Who the user is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimPerson {
    /// The full name.
    #[schema(min_length = 1, max_length = 50, example = "张三")]
    name: String,
    /// The grid or community where the person lives.
    #[schema(min_length = 12, max_length = 15, example = "230822100001")]
    division: String,
    /// The birth date; what a document states where it is left out.
    birth_date: Option<NaiveDate>,
    /// A document that identifies the person.
    document: Option<DocumentInput>,
    /// The version of the consent text that the user accepted by registering; it must be the current one.
    #[schema(min_length = 1, max_length = 40, example = "2026-1")]
    consent_version: Option<String>,
}

/// What of a claim has been read before the transaction.
struct Claim {
    account: Uuid,
    new: Uuid,
    name: PersonName,
    division: DivisionCode,
    birth_date: Option<NaiveDate>,
    document: Option<Document>,
    is_minor: bool,
}

/// Claim the person behind the account.
///
/// 实名登记:姓名与微信核验的手机号均与已登记人员一致即认领该人员,否则新建;须先绑定手机号。登记即同意登记与接受服务,未成年人须先由监护人同意、工作人员登记。
#[utoipa::path(post, path = "/v1/me/person", operation_id = "claimPerson", request_body = ClaimPerson,
    responses((status = 200, description = "本人(脱敏)", body = PersonView)))]
pub async fn claim_person(
    services: Data<Services>,
    actor: Actor<may::ClaimPerson>,
    conditions: Conditions,
    reads: Reads,
    body: Json<ClaimPerson>,
) -> Answer<PersonView> {
    let (asked, digest, shared) = (body.value, body.digest, services.clone());
    let document = asked.document.map(|document| document.read("/document")).transpose()?;
    let division = home("/division", &asked.division)?;
    let current = PrivacyPolicy::default().version;
    if asked.consent_version.is_some_and(|version| version != current) {
        return Err(Problem::field_with("/consent_version", Rule::NotInList, vec![current.to_owned()]));
    }
    let today = today(&services, &division);
    let birth_date = birth_date("/birth_date", asked.birth_date, document.as_ref(), today)?;
    let claim = Claim {
        account: actor.account(),
        new: Uuid::now_v7(),
        name: name("/name", &asked.name)?,
        is_minor: group_on(birth_date, today) == Group::Minor,
        birth_date,
        division,
        document,
    };
    let work = move |tx: &mut Tx| -> Result<(PersonView, bool), Fault> {
        let once = conditions.once(tx, claim.account, &digest, 200, claim.account)?;
        let person = match once {
            Once::First => bind(tx, &claim)?,
            Once::Before(_) => identity::load(tx, claim.account)?.person.ok_or(Code::NotFound)?,
        };
        let person = person::load(tx, person)?;
        Ok((person_view(tx, &shared, person, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    services.forget();
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Binds the account to the one person with its phone number and this name.
fn bind(tx: &mut Tx, claim: &Claim) -> Result<Uuid, Fault> {
    if let Some(known) = identity::load(tx, claim.account)?.person {
        let known = person::load(tx, known)?;
        return if known.name.is_like(&claim.name) { Ok(known.id) } else { Err(Code::AlreadyExists.into()) };
    }
    let phone = identity::phone(tx, claim.account)?.ok_or(Code::PhoneRequired)?;
    hold(tx, &phone, &claim.name)?;
    let is_it = |person: &person::Person| person.name.is_like(&claim.name) && !contradicts(person, claim);
    let known = person::find_by_phone(tx, &phone)?.into_iter().filter(is_it).min_by_key(|person| (person.claimed, person.id));
    let id = match known {
        Some(person) if person.claimed => person.id,
        Some(person) => {
            person::claim(tx, person.id, claim.account)?;
            person.id
        }
        // A minor is written down by staff, on a guardian's consent, and then claims that record.
        None if claim.is_minor => return Err(Problem::field("/birth_date", Rule::GuardianNeeded).into()),
        None => {
            let division = crate::region::known(tx, "/division", &claim.division)?.code;
            let entered_by = Some(claim.account);
            let (name, document, birth_date) = (claim.name.clone(), claim.document.clone(), claim.birth_date);
            let phone = Some(phone);
            let person = person::NewPerson { id: claim.new, division, name, phone, document, birth_date, claimed: true, entered_by };
            // The same answer either way: a stranger is not told whose number it is. Staff settle it.
            if is_known(tx, person.document.as_ref())? {
                person::add_disputed(tx, &person)?;
            } else {
                person::add(tx, &person)?;
            }
            claim.new
        }
    };
    identity::link_person(tx, claim.account, id)?;
    Ok(id)
}

/// Whether somebody has this document on record; of two who come with it at once the second waits here.
fn is_known(tx: &mut Tx, document: Option<&Document>) -> Result<bool, Fault> {
    let Some(document) = document else { return Ok(false) };
    hold_document(tx, document)?;
    Ok(person::find_by_document(tx, document)?.is_some())
}

/// Whether another document says that it is somebody else with the same phone and name.
fn contradicts(person: &person::Person, claim: &Claim) -> bool {
    matches!((&person.document, &claim.document), (Some(known), Some(given)) if known != given)
}
