//! Writing a person down, and reading the record.

use actix_web::web::{Data, Path};
use chrono::NaiveDate;
use domain::order::{Basis, Group};
use domain::person::group_on;
use domain::region::DivisionCode;
use persistence::Tx;
use persistence::person::{self, NewPerson};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::in_scope;
use super::input::{DocumentInput, birth_date, hold, home, name, phone, today};
use super::view::{PersonView, person_view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of entering and reading people.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": enter, show]
}

/// A person to write down.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterPerson {
    /// The full name.
    #[schema(min_length = 1, max_length = 50, example = "张三")]
    name: String,
    /// The phone number.
    #[schema(min_length = 8, max_length = 24, example = "13812345678")]
    phone: Option<String>,
    /// A document that identifies the person.
    document: Option<DocumentInput>,
    /// The birth date; what a document states where it is left out.
    birth_date: Option<NaiveDate>,
    /// The grid or community where the person lives.
    #[schema(min_length = 12, max_length = 15, example = "230822100001")]
    division: String,
    /// On what basis the caller writes down somebody else. For a minor never the minor's own consent alone.
    basis: Basis,
}

/// Write a person down.
///
/// 登记居民:网格员、社工等代为登记,须说明依据;未成年人须有监护人同意等依据;同名同号者不重复登记。
#[utoipa::path(post, path = "/v1/persons", operation_id = "enterPerson", request_body = EnterPerson,
    responses((status = 201, description = "已登记的人员(脱敏)", body = PersonView)))]
pub async fn enter(
    services: Data<Services>,
    actor: Actor<may::EnterPerson>,
    conditions: Conditions,
    reads: Reads,
    body: Json<EnterPerson>,
) -> Answer<PersonView> {
    let (shared, digest, account) = (services.clone(), body.digest, actor.account());
    let person = read(&body.value, Some(account), |division| today(&services, division))?;
    actor.within(&person.division)?;
    let who = actor.actor;
    let basis = body.value.basis;
    let work = move |tx: &mut Tx| -> Result<(PersonView, bool), Fault> {
        let once = conditions.once(tx, account, &digest, 201, person.id)?;
        let id = match once {
            Once::First => {
                add(tx, &person, basis)?;
                person.id
            }
            Once::Before(before) => before,
        };
        // Meanwhile the record may be part of another one, which lives elsewhere.
        let person = in_scope::<may::EnterPerson>(tx, &who, id)?;
        Ok((person_view(tx, &shared, person, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version(), format!("/v1/persons/{}", view.id()));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Reads what is said of a person; `today` tells the day in a division.
///
/// # Errors
/// Names the field and the rule.
pub(crate) fn read(
    asked: &EnterPerson,
    account: Option<Uuid>,
    today: impl FnOnce(&DivisionCode) -> NaiveDate,
) -> Result<NewPerson, Problem> {
    let division = home("/division", &asked.division)?;
    let today = today(&division);
    let document = asked.document.as_ref().map(|document| document.read("/document")).transpose()?;
    let birth_date = birth_date("/birth_date", asked.birth_date, document.as_ref(), today)?;
    if group_on(birth_date, today) == Group::Minor && asked.basis == Basis::Consent {
        return Err(Problem::field("/basis", Rule::GuardianNeeded));
    }
    Ok(NewPerson {
        id: Uuid::now_v7(),
        name: name("/name", &asked.name)?,
        phone: asked.phone.as_deref().map(|raw| phone("/phone", raw)).transpose()?,
        document,
        birth_date,
        division,
        claimed: false,
        entered_by: account,
    })
}

fn add(tx: &mut Tx, person: &NewPerson, basis: Basis) -> Result<(), Fault> {
    let division = region::known(tx, "/division", &person.division)?.code;
    if let Some(phone) = &person.phone {
        hold(tx, phone, &person.name)?;
        if person::find_by_phone(tx, phone)?.iter().any(|known| known.name.is_like(&person.name)) {
            return Err(Code::AlreadyExists.into());
        }
    }
    Ok(person::add_for_another(tx, &NewPerson { division, ..person.clone() }, basis)?)
}

/// Read a person's record.
///
/// 查看人员(脱敏):本人,或其居住地在管辖范围内的工作人员。
#[utoipa::path(get, path = "/v1/persons/{id}", operation_id = "readPerson", params(("id" = Uuid, Path, description = "人员")),
    responses((status = 200, description = "人员(脱敏)", body = PersonView)))]
pub async fn show(services: Data<Services>, actor: Actor<may::ReadPerson>, reads: Reads, id: Path<Uuid>) -> Answer<PersonView> {
    let (shared, who, id) = (services.clone(), actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<PersonView, Fault> {
        let person = person::load(tx, id)?;
        if who.person != Some(person.id) {
            region::within::<may::ReadPerson>(tx, &who, &person.division)?;
        }
        person_view(tx, &shared, person, reads.0)
    };
    let view = services.store.read(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version))
}
