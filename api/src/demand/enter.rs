//! Entering a need.

use actix_web::web::Data;
use domain::demand::{
    CareCategory, Category, Command, Decision, DemandPolicy, Edit, Entering, Item, Source, Subject, SubjectKind, Vulnerability, decide,
    enter,
};
use domain::identity::Actor as Acting;
use domain::order::{Basis, Group, Urgency};
use domain::region::{DivisionCode, Level};
use persistence::demand::{self, Recorded, household};
use persistence::{StoreError, Tx, catalogue, identity, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{DemandView, one};
use super::{rests, say, with_facts};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::Conditions;
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region::{self, policy::in_force};
use crate::services::Services;

/// Every endpoint of entering.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["demands": enter_demand]
}

/// Whose need it is.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DemandSubjectRef)]
pub struct SubjectRef {
    /// Person, household or the grid itself.
    kind: SubjectKind,
    /// The person or household; not for the grid.
    id: Option<Uuid>,
}

/// A need.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterDemand {
    /// The grid or community; where it is left out, where the person or household is at home.
    #[schema(min_length = 12, max_length = 15, example = "230822106001")]
    division: Option<String>,
    /// Whose need it is; the caller's own where it is left out.
    subject: Option<SubjectRef>,
    /// Of the grid's own needs and of a household's: on whose list they stand. A person's group follows from the birth date.
    group: Option<Group>,
    /// The craft that is needed; either this or `care`.
    craft: Option<Uuid>,
    /// The care that is needed; either this or `craft`.
    care: Option<CareCategory>,
    /// How pressing it is.
    #[serde(default = "normal")]
    urgency: Urgency,
    /// What makes the person need more attention.
    #[serde(default)]
    #[schema(max_items = 10)]
    tags: Vec<Vulnerability>,
    /// How it came to be known; `mini_program` of one's own needs.
    source: Option<Source>,
    /// The ticket of the hotline; of needs that came through it.
    #[schema(min_length = 1, max_length = 64)]
    external_ref: Option<String>,
    /// What is needed, in words.
    #[schema(min_length = 1, max_length = 2000)]
    description: String,
    /// On what basis staff enter it about somebody else: a person or a household.
    basis: Option<Basis>,
}

const fn normal() -> Urgency {
    Urgency::Normal
}

/// What of a need has been read before the transaction.
#[derive(Clone)]
struct Need {
    id: Uuid,
    asked: EnterDemand,
    division: Option<DivisionCode>,
    description: String,
    subject: Subject,
    own: bool,
    source: Source,
}

/// Enter a need.
///
/// 登记需求:本人或工作人员登记;同一对象同类需求已在清单上时并入,计为又一人反映(200)。人员所属群体由出生日期推定。
#[utoipa::path(post, path = "/v1/demands", operation_id = "enterDemand", request_body = EnterDemand,
    responses((status = 201, description = "新需求", body = DemandView), (status = 200, description = "已并入的需求", body = DemandView)))]
pub async fn enter_demand(
    services: Data<Services>,
    actor: Actor<may::EnterDemand>,
    conditions: Conditions,
    reads: Reads,
    body: Json<EnterDemand>,
) -> Answer<DemandView> {
    let need = read(&actor.actor, body.value)?;
    let (shared, who, digest) = (services.clone(), actor.actor.clone(), body.digest);
    let work = move |tx: &mut Tx| -> Result<(DemandView, bool, bool), Fault> {
        let entering = complete(tx, &shared, &who, &need)?;
        let fresh = with_facts(tx, &shared, &entering.region, |facts| Ok(enter(&entering, facts)))?;
        let twin = demand::living_twin(tx, &fresh.item)?;
        let (status, id) = twin.as_ref().map_or((CREATED, need.id), |twin| (JOINED, twin.id));
        let before = conditions.claim(tx, who.account, &digest, status, id)?;
        let (status, id) = match &before {
            Some((status, id)) => (u16::try_from(*status).unwrap_or(JOINED), *id),
            None => {
                keep(tx, &shared, &who, &need, fresh, twin)?;
                (status, id)
            }
        };
        let item = demand::load(tx, id)?;
        Ok((one(tx, &shared, item, &who, reads.0)?, status == JOINED, before.is_some()))
    };
    let (view, joined, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/demands/{}", view.id));
    let reply = if joined { Reply::ok(view) } else { Reply::created(view, &at) };
    Ok(reply.tagged(version).replayed(replayed))
}

/// Enters the need of somebody else that a table of another platform tells, where the same one is not on the list already; whether
/// it was entered. A trial enters nothing.
///
/// # Errors
/// The rule that stands against it, or the database's.
pub(crate) fn enter_listed(tx: &mut Tx, services: &Services, who: &Acting, asked: EnterDemand, trial: bool) -> Result<bool, Fault> {
    let need = read(who, asked)?;
    let entering = complete(tx, services, who, &need)?;
    let fresh = with_facts(tx, services, &entering.region, |facts| Ok(enter(&entering, facts)))?;
    if demand::living_twin(tx, &fresh.item)?.is_some() {
        return Ok(false);
    }
    if !trial {
        keep(tx, services, who, &need, fresh, None)?;
    }
    Ok(true)
}

/// The status of a need that is new on its list.
const CREATED: u16 = 201;
/// The status of one that has joined the same need.
const JOINED: u16 = 200;

/// Keeps the need, or lets it join the same one that is on the list already.
fn keep(tx: &mut Tx, services: &Services, who: &Acting, need: &Need, fresh: Decision, twin: Option<Item>) -> Result<(), Fault> {
    let Some(known) = twin else {
        demand::insert(tx, &fresh, Recorded::by(who.account).on(need.asked.basis)).map_err(|error| {
            // Somebody has entered the same meanwhile: look again, and join it.
            if error.is_duplicate_of("demand_items", "live_key") {
                StoreError::Conflict.into()
            } else if error.is_duplicate_of("demand_items", "external_ref") {
                Problem::field("/external_ref", Rule::TicketKnown).into()
            } else {
                Fault::from(error)
            }
        })?;
        return say(tx, &fresh.item, "/description", &need.description);
    };
    join(tx, services, who, need, fresh.item, &known)
}

/// Lets a report join the same need. Staff must be those of its list, too: it may stand where its person lived before.
fn join(tx: &mut Tx, services: &Services, who: &Acting, need: &Need, fresh: Item, known: &Item) -> Result<(), Fault> {
    if !need.own && !region::may_in::<may::EnterDemand>(tx, who, &known.division)? {
        return Err(Code::DemandListed.into());
    }
    let accounts = identity::with_siblings(tx, &[who.account])?;
    // Staff tell what others say; who speaks of their own need is one voice, however often.
    let voice = !(need.own && demand::has_reported(tx, known.id, &accounts)?);
    let Item { urgency, tags, external_ref, .. } = fresh;
    let said = Command::Join { said: Edit { urgency, tags }, voice, looked: !need.own };
    let joined = with_facts(tx, services, &known.region, |facts| Ok(decide(known, &said, facts)?))?;
    demand::save(tx, known, &joined, Recorded::by(who.account).on(need.asked.basis))?;
    // The ticket of a further call goes with what was said in it.
    let ticket = external_ref.map(|ticket| format!("〔12345 {ticket}〕"));
    say(tx, &joined.item, "/description", &format!("{}{}", ticket.unwrap_or_default(), need.description))
}

/// Reads what needs no database.
fn read(actor: &Acting, asked: EnterDemand) -> Result<Need, Problem> {
    let own = actor.person.map(Subject::Person);
    let subject = match asked.subject {
        None => own.ok_or(Code::PersonRequired)?,
        Some(SubjectRef { kind: SubjectKind::Grid, id: None }) => Subject::Grid,
        Some(SubjectRef { kind: SubjectKind::Grid, id: Some(_) }) => return Err(Problem::field("/subject/id", Rule::UnknownField)),
        Some(SubjectRef { id: None, .. }) => return Err(Problem::field("/subject/id", Rule::Required)),
        Some(SubjectRef { kind: SubjectKind::Person, id: Some(id) }) => Subject::Person(id),
        Some(SubjectRef { kind: SubjectKind::Household, id: Some(id) }) => Subject::Household(id),
    };
    let is_own = Some(subject) == own;
    let source = asked.source.or(is_own.then_some(Source::MiniProgram));
    let source = source.ok_or_else(|| Problem::field("/source", Rule::Required))?;
    if is_own && source != Source::MiniProgram {
        return Err(Problem::field("/source", Rule::StaffOnly));
    }
    if (source == Source::Hotline) != asked.external_ref.is_some() {
        return Err(Problem::field("/external_ref", Rule::TicketMismatch));
    }
    if asked.craft.is_some() == asked.care.is_some() {
        return Err(Problem::field_with("", Rule::ExactlyOne, vec!["craft, care".to_owned()]));
    }
    if asked.group.is_some() && matches!(subject, Subject::Person(_)) {
        return Err(Problem::field("/group", Rule::GroupFollows));
    }
    if asked.group.is_none() && !matches!(subject, Subject::Person(_)) {
        return Err(Problem::field("/group", Rule::Required));
    }
    match (subject, asked.basis) {
        (Subject::Person(_) | Subject::Household(_), None) if !is_own => return Err(Problem::field("/basis", Rule::BasisRequired)),
        (Subject::Grid, Some(_)) => return Err(Problem::field("/basis", Rule::UnknownField)),
        (_, Some(_)) if is_own => return Err(Problem::field("/basis", Rule::BasisForOneself)),
        _ => {}
    }
    let division = asked.division.as_deref().map(|raw| grid("/division", raw)).transpose()?;
    let external_ref = asked.external_ref.as_deref().map(|raw| region::line("/external_ref", raw)).transpose()?;
    let asked = EnterDemand { external_ref, ..asked };
    let description = asked.description.trim().to_owned();
    if description.is_empty() {
        return Err(Problem::field("/description", Rule::Required));
    }
    Ok(Need { id: Uuid::now_v7(), division, description, subject, own: is_own, source, asked })
}

/// Reads the code of a grid or a community.
pub(super) fn grid(pointer: &str, raw: &str) -> Result<DivisionCode, Problem> {
    let code = region::code(pointer, raw)?;
    if matches!(code.level(), Level::Community | Level::Grid) { Ok(code) } else { Err(Problem::field(pointer, Rule::NotAGrid)) }
}

/// What the database knows of whose need it is.
struct Known {
    subject: Subject,
    /// Where they are at home.
    home: Option<DivisionCode>,
    born: Option<chrono::NaiveDate>,
}

/// Reads what the database knows of the need. What the actor may not know of is not there.
fn complete(tx: &mut Tx, services: &Services, who: &Acting, need: &Need) -> Result<Entering, Fault> {
    // Whoever may not enter anything there is told nothing of the person.
    if let (false, Some(division)) = (need.own, &need.division) {
        region::within::<may::EnterDemand>(tx, who, division)?;
    }
    let Known { subject, home, born } = known(tx, services, who, need)?;
    let listed = home.clone().filter(|home| matches!(home.level(), Level::Community | Level::Grid));
    let division = need.division.clone().or(listed).ok_or_else(|| Problem::field("/division", Rule::Required))?;
    if !need.own {
        region::within::<may::EnterDemand>(tx, who, &division)?;
    }
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    if home.is_some_and(|home| !region.division.covers(&home)) {
        return Err(Problem::field("/division", Rule::WrongDivision).into());
    }
    let division = region::known(tx, "/division", &division)?.code;
    let group = match need.asked.group {
        Some(group) => group,
        None => {
            let today = tx.now().with_timezone(&region.zone).date_naive();
            in_force::<DemandPolicy>(tx, &region.division, tx.now())?.ages().group_on(born, today)
        }
    };
    let category = match (need.asked.craft, need.asked.care) {
        (Some(craft), _) => {
            let found = refers(catalogue::load_craft(tx, craft), "/craft", Rule::UnknownCraft)?;
            if found.region != region.division || !found.active {
                return Err(Problem::field("/craft", Rule::UnknownCraft).into());
            }
            Category::Craft(craft)
        }
        (None, care) => Category::Care(care.unwrap_or(CareCategory::Other)),
    };
    Ok(Entering {
        id: need.id,
        region: region.division.clone(),
        division,
        group,
        subject,
        category,
        urgency: need.asked.urgency,
        tags: need.asked.tags.clone(),
        source: need.source,
        external_ref: need.asked.external_ref.clone(),
        found_by: who.account,
    })
}

/// Reads whose need it is. Staff know those who are at home where they work; whoever lives elsewhere is not there.
fn known(tx: &mut Tx, services: &Services, who: &Acting, need: &Need) -> Result<Known, Fault> {
    let is_theirs =
        |tx: &mut Tx, home: &DivisionCode| -> Result<bool, Fault> { Ok(need.own || region::may_in::<may::EnterDemand>(tx, who, home)?) };
    match need.subject {
        Subject::Grid => Ok(Known { subject: Subject::Grid, home: None, born: None }),
        Subject::Household(id) => {
            let household = refers(household::load(tx, id), "/subject/id", Rule::UnknownHousehold)?;
            if !is_theirs(tx, &household.division)? {
                return Err(Problem::field("/subject/id", Rule::UnknownHousehold).into());
            }
            rests(tx, services, need.subject, &need.asked.tags, need.asked.basis)?;
            Ok(Known { subject: need.subject, home: Some(household.division), born: None })
        }
        Subject::Person(id) => {
            let person = refers(person::load(tx, id), "/subject/id", Rule::UnknownPerson)?;
            if !is_theirs(tx, &person.division)? || person::erasure(tx, person.id)?.is_some() {
                return Err(Problem::field("/subject/id", Rule::UnknownPerson).into());
            }
            rests(tx, services, Subject::Person(person.id), &need.asked.tags, need.asked.basis)?;
            person::hold(tx, person.id, person.version)?;
            Ok(Known { subject: Subject::Person(person.id), home: Some(person.division), born: person.birth_date })
        }
    }
}
