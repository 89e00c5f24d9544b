//! Looking for a person. The request is a POST, because personal data never goes into an address.

use actix_web::web::Data;
use domain::person::{ConsentKind, Document, Phone, is_withdrawn};
use domain::region::DivisionCode;
use persistence::Tx;
use persistence::person::{self, Person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::{DocumentInput, phone};
use super::view::{PersonView, person_views};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::Page;
use crate::problem::{Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of the search.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": search]
}

/// The most people that a search answers with; a common surname needs a full name or a smaller division.
const FOUND: i64 = 50;

/// Whom to look for: by exactly one of phone, document, name and volunteer number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchPersons {
    /// The phone number.
    #[schema(min_length = 8, max_length = 24)]
    phone: Option<String>,
    /// The document.
    document: Option<DocumentInput>,
    /// The full name, or the surname.
    #[schema(min_length = 1, max_length = 50)]
    name: Option<String>,
    /// The number of a volunteer.
    #[schema(min_length = 1, max_length = 32, example = "V7K2M9QXB4TNE")]
    volunteer_number: Option<String>,
    /// Only people who live in this division; everywhere that the caller may look where it is left out.
    #[schema(min_length = 2, max_length = 15, example = "230822100")]
    within: Option<String>,
}

/// By what to look.
enum By {
    Phone(Phone),
    Document(Document),
    Name(String),
    Number(String),
}

/// Search people.
///
/// 查找人员:按手机号、证件、姓名或志愿者编号之一;只返回管辖范围内的人员,结果脱敏,至多 50 条。
#[utoipa::path(post, path = "/v1/persons/search", operation_id = "searchPersons", request_body = SearchPersons,
    responses((status = 200, description = "人员(脱敏)", body = Page<PersonView>)))]
pub async fn search(
    services: Data<Services>,
    actor: Actor<may::FindPerson>,
    reads: Reads,
    body: Json<SearchPersons>,
) -> Answer<Page<PersonView>> {
    let (asked, shared) = (body.value, services.clone());
    let by = by(&asked)?;
    let within = match asked.within.as_deref() {
        Some(raw) => {
            let division = region::code("/within", raw)?;
            actor.within(&division)?;
            vec![division]
        }
        None => actor.scopes(),
    };
    let work = move |tx: &mut Tx| -> Result<Vec<PersonView>, Fault> {
        let mut found = find(tx, &by, &within)?;
        leave_out_withdrawn(tx, &mut found)?;
        person_views(tx, &shared, found, reads.0)
    };
    let items = services.store.read(work).await?;
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// Who has withdrawn the consent to be registered is not found any more.
fn leave_out_withdrawn(tx: &mut Tx, found: &mut Vec<Person>) -> Result<(), Fault> {
    let ids: Vec<Uuid> = found.iter().map(|person| person.id).collect();
    let given = person::given_consents_of(tx, &ids)?;
    found.retain(|person| given.get(&person.id).is_none_or(|given| !is_withdrawn(ConsentKind::Register, given)));
    Ok(())
}

fn by(asked: &SearchPersons) -> Result<By, Problem> {
    match (&asked.phone, &asked.document, &asked.name, &asked.volunteer_number) {
        (Some(raw), None, None, None) => Ok(By::Phone(phone("/phone", raw)?)),
        (None, Some(document), None, None) => Ok(By::Document(document.read("/document")?)),
        (None, None, Some(name), None) => Ok(By::Name(super::input::name("/name", name)?.as_str().to_owned())),
        (None, None, None, Some(number)) => Ok(By::Number(number.trim().to_owned())),
        _ => Err(Problem::field_with("", Rule::ExactlyOne, vec!["phone, document, name, volunteer_number".to_owned()])),
    }
}

fn find(tx: &mut Tx, by: &By, within: &[DivisionCode]) -> Result<Vec<Person>, Fault> {
    let found = match by {
        By::Phone(phone) => person::find_by_phone(tx, phone)?,
        By::Document(document) => person::find_by_document(tx, document)?.into_iter().collect(),
        By::Number(number) => {
            let holders = person::find_volunteers(tx, &[], std::slice::from_ref(number))?;
            holders.into_iter().map(|volunteer| person::load(tx, volunteer.person)).collect::<Result<_, _>>()?
        }
        By::Name(name) => return Ok(person::find_by_name(tx, name, within, FOUND)?),
    };
    let ranges = persistence::region::ranges_of(tx, within)?;
    let lives_there = |person: &Person| persistence::region::lies_in(&person.division, &ranges);
    Ok(found.into_iter().filter(lives_there).collect())
}
