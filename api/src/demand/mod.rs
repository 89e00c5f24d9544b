//! Demand lists 需求清单 over HTTP: needs are entered, looked at again, turned into orders, and read as lists.

pub mod change;
pub mod coverage;
pub mod enter;
pub mod follow;
pub mod household;
pub mod item;
pub mod list;
pub mod plan;
pub mod policy;
pub mod regroup;
pub mod view;
pub(crate) mod withdrawn;

use domain::demand::{Facts, Item, Subject, Vulnerability};
use domain::identity::Actor;
use domain::order::Basis;
use domain::person::{ConsentKind, is_withdrawn};
use domain::region::DivisionCode;
use persistence::{Tx, demand, person};
use uuid::Uuid;

use crate::actor::Permission;
use crate::book::KnownRegion;
use crate::endpoint::Endpoint;
use crate::person::consent::require;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region::{self, policy::in_force};
use crate::services::Services;

/// Every endpoint of demand lists.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        enter::endpoints(),
        item::endpoints(),
        list::endpoints(),
        change::endpoints(),
        plan::endpoints(),
        household::endpoints(),
        coverage::endpoints(),
        policy::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The region of what is in the database, which has one.
pub(crate) fn region_of(services: &Services, division: &DivisionCode) -> Result<std::sync::Arc<KnownRegion>, Problem> {
    services.book.region_of(division).ok_or_else(|| Problem::internal(format!("no region of {division}")))
}

/// Hands the rules what they need.
pub(crate) fn with_facts<T>(
    tx: &mut Tx,
    services: &Services,
    region: &DivisionCode,
    decide: impl FnOnce(&Facts<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let policy = in_force(tx, region, tx.now())?;
    let zone = region_of(services, region)?.zone;
    decide(&Facts { policy: &policy, zone, now: tx.now() })
}

/// An item in a division where the actor may do `P`; others are not there.
///
/// # Errors
/// [`Code::NotFound`], or the database's.
pub(crate) fn in_scope<P: Permission>(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Item, Fault> {
    let item = demand::load(tx, id)?;
    region::within::<P>(tx, actor, &item.division)?;
    Ok(item)
}

/// So many texts one need has at most: whoever reads it reads all of them.
const TEXTS_AT_MOST: i64 = 50;

/// Keeps what is said of an item, with its last event.
///
/// # Errors
/// [`Rule::TextsFull`] at the field, or the database's.
fn say(tx: &mut Tx, item: &Item, pointer: &'static str, words: &str) -> Result<(), Fault> {
    if demand::count_texts(tx, item.id)? >= TEXTS_AT_MOST {
        return Err(Problem::field_with(pointer, Rule::TextsFull, vec![TEXTS_AT_MOST.to_string()]).into());
    }
    Ok(demand::keep_text(tx, item.id, item.version, words)?)
}

/// Refuses to write of people without what it rests on: their consent to be served, one to sensitive data where it says that somebody
/// is frail, poor or alone (PIPL, 29), or the basis that is cited. A household is everybody in it.
///
/// # Errors
/// The consent that is missing, or the database's.
fn rests(tx: &mut Tx, services: &Services, subject: Subject, tags: &[Vulnerability], basis: Option<Basis>) -> Result<(), Fault> {
    let persons = people(tx, subject)?;
    if persons.is_empty() && matches!(subject, Subject::Household(_)) && matches!(basis, None | Some(Basis::Consent)) {
        return Err(Problem::field("/basis", Rule::NobodyToConsent).into());
    }
    for id in persons {
        let person = person::load(tx, id)?;
        require(tx, services, &person, ConsentKind::BeServed, basis)?;
        if !tags.is_empty() {
            require(tx, services, &person, ConsentKind::SensitiveData, basis)?;
        }
    }
    Ok(())
}

/// Everybody whose need it is; nobody where it is a grid's.
fn people(tx: &mut Tx, subject: Subject) -> Result<Vec<Uuid>, Fault> {
    Ok(match subject {
        Subject::Grid => Vec::new(),
        Subject::Person(id) => vec![id],
        Subject::Household(id) => demand::household::members(tx, id)?.into_iter().map(|member| member.person).collect(),
    })
}

/// Whether somebody whose need it is has withdrawn the consent to be served.
pub(crate) fn has_withdrawn(tx: &mut Tx, subject: Subject) -> Result<bool, Fault> {
    for person in people(tx, subject)? {
        if is_withdrawn(ConsentKind::BeServed, &person::given_consents(tx, person)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl From<domain::demand::Refusal> for Fault {
    fn from(refusal: domain::demand::Refusal) -> Self {
        use domain::demand::Refusal;
        use domain::vocabulary::Vocabulary as _;
        let because = refusal.to_string();
        let problem = match refusal {
            Refusal::NotInState { state, allowed, .. } => {
                let allowed = allowed.iter().map(|step| step.as_str()).collect::<Vec<_>>().join(", ");
                Problem::stands_against(Code::DemandStep, Rule::DemandStep, vec![state.as_str().to_owned(), allowed])
            }
            Refusal::OrderUnderWay => Code::OrderUnderWay.into(),
        };
        Self::Problem(problem.because(because))
    }
}
