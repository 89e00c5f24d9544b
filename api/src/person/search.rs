//! Looking for a person. The request is a POST, because personal data never goes into an address.

use actix_web::web::Data;
use domain::person::{ConsentKind, Document, Phone, is_withdrawn};
use domain::region::DivisionCode;
use persistence::Tx;
use persistence::person::{self, Person};
use serde::Deserialize;
use utoipa::ToSchema;

use super::input::{DocumentInput, phone};
use super::view::{PersonView, person_view};
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

/// Whom to look for: by exactly one of phone, document and name.
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
    /// Only people who live in this division; everywhere that the caller may look where it is left out.
    #[schema(min_length = 2, max_length = 15, example = "230822100")]
    within: Option<String>,
}

/// By what to look.
enum By {
    Phone(Phone),
    Document(Document),
    Name(String),
}

/// Search people.
///
/// 查找人员:按手机号、证件或姓名之一;只返回管辖范围内的人员,结果脱敏,至多 50 条。
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
        found.into_iter().map(|person| person_view(tx, &shared, person, reads.0)).collect()
    };
    let items = services.store.read(work).await?;
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// Who has withdrawn the consent to be registered is not found any more.
fn leave_out_withdrawn(tx: &mut Tx, found: &mut Vec<Person>) -> Result<(), Fault> {
    let mut kept = Vec::with_capacity(found.len());
    for person in found.drain(..) {
        if !is_withdrawn(ConsentKind::Register, &person::given_consents(tx, person.id)?) {
            kept.push(person);
        }
    }
    *found = kept;
    Ok(())
}

fn by(asked: &SearchPersons) -> Result<By, Problem> {
    match (&asked.phone, &asked.document, &asked.name) {
        (Some(raw), None, None) => Ok(By::Phone(phone("/phone", raw)?)),
        (None, Some(document), None) => Ok(By::Document(document.read("/document")?)),
        (None, None, Some(name)) => Ok(By::Name(super::input::name("/name", name)?.as_str().to_owned())),
        _ => Err(Problem::field_with("", Rule::ExactlyOne, vec!["phone, document, name".to_owned()])),
    }
}

fn find(tx: &mut Tx, by: &By, within: &[DivisionCode]) -> Result<Vec<Person>, Fault> {
    let found = match by {
        By::Phone(phone) => person::find_by_phone(tx, phone)?,
        By::Document(document) => person::find_by_document(tx, document)?.into_iter().collect(),
        By::Name(name) => return Ok(person::find_by_name(tx, name, within, FOUND)?),
    };
    let ranges = persistence::region::ranges_of(tx, within)?;
    let lives_there = |person: &Person| {
        let division = person.division.as_str();
        ranges.iter().any(|(from, to)| from.as_str() <= division && division < to.as_str())
    };
    Ok(found.into_iter().filter(lives_there).collect())
}
