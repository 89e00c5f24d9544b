//! Demand items as a caller sees them.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::demand::{
    CareCategory, Category, DemandPolicy, DemandState, DemandStep, DropReason, Item, PriorityTerm, Score, Source, Subject, SubjectKind,
    Vulnerability, priority,
};
use domain::identity::Actor;
use domain::language::Language;
use domain::order::{Group, Urgency};
use domain::vocabulary::Vocabulary as _;
use persistence::{Tx, catalogue, demand, person};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::region_of;
use crate::actor::may;
use crate::problem::Fault;
use crate::region::may_in;
use crate::region::policy::in_force;
use crate::services::Services;

/// Whose need it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DemandSubject)]
pub struct SubjectView {
    /// Person, household or the grid itself.
    kind: SubjectKind,
    /// The person or household.
    id: Option<Uuid>,
    /// A person's masked name.
    name: Option<String>,
}

/// A term of a priority.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = PriorityTermView)]
pub struct TermView {
    /// What it stands for.
    term: PriorityTerm,
    /// How often it counts: days, times, voices; 1 for urgency and vulnerability.
    count: i64,
    /// What it adds.
    points: i64,
}

/// A priority with its reasons.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Priority)]
pub struct PriorityView {
    /// The sum of the terms: the more the sooner.
    total: i64,
    /// Every term, also those that add nothing.
    terms: Vec<TermView>,
    /// The version of the policy that says what each is worth.
    policy_version: String,
}

/// What was said of a need.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DemandText)]
pub struct TextView {
    /// The event that it came with.
    seq: i32,
    /// The text.
    body: String,
}

/// A demand item.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DemandItem)]
pub struct DemandView {
    /// Its id.
    pub id: Uuid,
    /// The grid or community on whose list it stands.
    division: String,
    /// The group on whose list it stands; it follows from the person's birth date.
    group: Group,
    /// Whose need it is.
    subject: SubjectView,
    /// The craft that is needed, if it is one.
    craft: Option<Uuid>,
    /// The care that is needed, if it is care.
    care: Option<CareCategory>,
    /// What is needed, in the caller's language.
    label: String,
    /// How pressing it is.
    urgency: Urgency,
    /// What makes the person need more attention.
    tags: Vec<Vulnerability>,
    /// How it came to be known.
    source: Source,
    /// The ticket of another system.
    external_ref: Option<String>,
    /// Where it stands.
    state: DemandState,
    /// How soon it should be served, with the terms.
    priority: PriorityView,
    /// When it was entered.
    opened_at: DateTime<Utc>,
    /// Since when it waits: when it was entered or last came back.
    waiting_since: DateTime<Utc>,
    /// When somebody last looked.
    verified_at: DateTime<Utc>,
    /// Until when somebody must look again.
    verify_by: DateTime<Utc>,
    /// Whether that is over.
    overdue: bool,
    /// How often it came back or was reopened.
    reopened: i32,
    /// How many have reported it.
    voices: i32,
    /// The order that serves it, or served it last.
    order: Option<Uuid>,
    /// When it was first served.
    served_at: Option<DateTime<Utc>>,
    /// When it was closed or dropped.
    ended_at: Option<DateTime<Utc>>,
    /// Why it was dropped.
    drop_reason: Option<DropReason>,
    /// What was said of it, oldest first; for those who look after the list, and in the answer about one item only.
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Vec<TextView>>,
    /// The steps that the caller may take now.
    allowed: Vec<DemandStep>,
    /// The number of its last event.
    pub version: i32,
}

/// What is shown of an item besides itself.
pub struct Looking<'a> {
    /// Who looks.
    pub actor: &'a Actor,
    /// In which language.
    pub language: Language,
    /// When: now, or a moment of the past.
    pub at: domain::Timestamp,
    policy: DemandPolicy,
    zone: Tz,
}

impl<'a> Looking<'a> {
    /// Looks at items of a region at a moment.
    ///
    /// # Errors
    /// The database's.
    pub fn at(
        tx: &mut Tx,
        services: &Services,
        region: &domain::region::DivisionCode,
        (actor, language): (&'a Actor, Language),
        at: domain::Timestamp,
    ) -> Result<Self, Fault> {
        Ok(Self { actor, language, at, policy: in_force(tx, region, at)?, zone: region_of(services, region)?.zone })
    }

    /// The priority of an item.
    #[must_use]
    pub fn priority(&self, item: &Item) -> Score {
        priority(item, &self.policy, self.zone, self.at)
    }

    /// The view of an item in a list.
    ///
    /// # Errors
    /// The database's.
    pub fn view(&self, tx: &mut Tx, item: Item) -> Result<DemandView, Fault> {
        let score = self.priority(&item);
        let allowed =
            if may_in::<may::ChangeDemand>(tx, self.actor, &item.division)? { domain::demand::allowed(&item) } else { Vec::new() };
        let (craft, care) = match item.category {
            Category::Craft(craft) => (Some(craft), None),
            Category::Care(care) => (None, Some(care)),
        };
        let label = match item.category {
            Category::Craft(craft) => catalogue::load_craft(tx, craft)?.names.shown_in(self.language).to_owned(),
            Category::Care(care) => care.label(self.language).to_owned(),
        };
        let name = match item.subject {
            Subject::Person(id) => Some(person::load(tx, id)?.name.masked()),
            Subject::Household(_) | Subject::Grid => None,
        };
        let term = |term: &domain::demand::Term| TermView { term: term.name, count: term.count, points: term.points };
        Ok(DemandView {
            id: item.id,
            division: item.division.to_string(),
            group: item.group,
            subject: SubjectView { kind: item.subject.kind(), id: item.subject.id(), name },
            craft,
            care,
            label,
            urgency: item.urgency,
            overdue: item.is_overdue(self.at),
            source: item.source,
            state: item.state,
            priority: PriorityView {
                total: score.total,
                terms: score.terms.iter().map(term).collect(),
                policy_version: self.policy.version.clone(),
            },
            opened_at: item.opened_at,
            waiting_since: item.waiting_since,
            verified_at: item.verified_at,
            verify_by: item.verify_by,
            reopened: item.reopened,
            voices: item.voices,
            order: item.order,
            served_at: item.served_at,
            ended_at: item.ended_at,
            drop_reason: item.drop_reason,
            texts: None,
            allowed,
            version: item.version,
            tags: item.tags,
            external_ref: item.external_ref,
        })
    }
}

/// The view of one item, now, with what was said of it for those who look after the list and for whose need it is.
///
/// # Errors
/// The database's.
pub fn one(tx: &mut Tx, services: &Services, item: Item, actor: &Actor, language: Language) -> Result<DemandView, Fault> {
    let looking = Looking::at(tx, services, &item.region, (actor, language), tx.now())?;
    let own = actor.person.is_some() && item.subject == Subject::Person(actor.person.unwrap_or_default());
    let reads = own || may_in::<may::ChangeDemand>(tx, actor, &item.division)?;
    let texts = if reads { Some(demand::texts(tx, item.id)?) } else { None };
    let texts = texts.map(|texts| texts.into_iter().map(|text| TextView { seq: text.seq, body: text.body }).collect());
    Ok(DemandView { texts, ..looking.view(tx, item)? })
}
