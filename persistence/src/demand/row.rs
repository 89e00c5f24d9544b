//! The row of a demand item and how it becomes what the rules read.

use diesel::prelude::*;
use domain::demand::{Category, Item, Subject, SubjectKind, Vulnerability};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::error::StoreError;
use crate::order::{division, optional, value};
use crate::schema::demand_items;
use crate::types::{Instant, Uid};

/// What of an item never changes.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = demand_items, treat_none_as_default_value = false)]
pub(super) struct Entered {
    pub id: Uid,
    region: String,
    division: String,
    subject_kind: String,
    person_id: Option<Uid>,
    household_id: Option<Uid>,
    craft_id: Option<Uid>,
    care: Option<String>,
    source: String,
    external_ref: Option<String>,
    found_by: Uid,
    opened_at: Instant,
}

/// What steps change.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = demand_items, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Current {
    subject_group: String,
    urgency: String,
    tags: String,
    state: String,
    version: i32,
    changed_at: Instant,
    waiting_since: Instant,
    verified_at: Instant,
    verify_by: Instant,
    reopened: i32,
    voices: i32,
    order_id: Option<Uid>,
    order_live: bool,
    served_at: Option<Instant>,
    ended_at: Option<Instant>,
    drop_reason: Option<String>,
    policy_version: String,
    live_key: Option<String>,
}

/// A row of `demand_items`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = demand_items, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(embed)]
    pub entered: Entered,
    #[diesel(embed)]
    current: Current,
}

/// One row on the living lists has this key: the subject and the category.
pub(super) fn live_key(item: &Item) -> String {
    let subject = match item.subject {
        Subject::Person(id) => format!("person {id}"),
        Subject::Household(id) => format!("household {id}"),
        Subject::Grid => format!("grid {} {}", item.division, item.group),
    };
    match item.category {
        Category::Craft(id) => format!("{subject} craft {id}"),
        Category::Care(care) => format!("{subject} care {care}"),
    }
}

/// Tags as one text, in the order of the vocabulary.
pub(super) fn tags_text(tags: &[Vulnerability]) -> String {
    tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>().join(" ")
}

pub(super) fn read_tags(text: &str) -> Result<Vec<Vulnerability>, StoreError> {
    text.split_whitespace().map(value).collect()
}

impl From<&Item> for Entered {
    fn from(item: &Item) -> Self {
        let (person, household) = match item.subject {
            Subject::Person(id) => (Some(id), None),
            Subject::Household(id) => (None, Some(id)),
            Subject::Grid => (None, None),
        };
        let (craft, care) = match item.category {
            Category::Craft(id) => (Some(id), None),
            Category::Care(care) => (None, Some(care.as_str().to_owned())),
        };
        Self {
            id: item.id.into(),
            region: item.region.as_str().to_owned(),
            division: item.division.as_str().to_owned(),
            subject_kind: item.subject.kind().as_str().to_owned(),
            person_id: person.map(Into::into),
            household_id: household.map(Into::into),
            craft_id: craft.map(Into::into),
            care,
            source: item.source.as_str().to_owned(),
            external_ref: item.external_ref.clone(),
            found_by: item.found_by.into(),
            opened_at: item.opened_at.into(),
        }
    }
}

impl From<&Item> for Current {
    fn from(item: &Item) -> Self {
        Self {
            subject_group: item.group.as_str().to_owned(),
            urgency: item.urgency.as_str().to_owned(),
            tags: tags_text(&item.tags),
            state: item.state.as_str().to_owned(),
            version: item.version,
            changed_at: item.changed_at.into(),
            waiting_since: item.waiting_since.into(),
            verified_at: item.verified_at.into(),
            verify_by: item.verify_by.into(),
            reopened: item.reopened,
            voices: item.voices,
            order_id: item.order.map(Into::into),
            order_live: item.order_live,
            served_at: item.served_at.map(Into::into),
            ended_at: item.ended_at.map(Into::into),
            drop_reason: item.drop_reason.map(|reason| reason.as_str().to_owned()),
            policy_version: item.policy_version.clone(),
            live_key: item.state.is_live().then(|| live_key(item)),
        }
    }
}

impl From<&Item> for Row {
    fn from(item: &Item) -> Self {
        Self { entered: item.into(), current: item.into() }
    }
}

impl Row {
    pub(super) fn into_item(self) -> Result<Item, StoreError> {
        let Self { entered, current } = self;
        let subject = subject(&entered)?;
        let category = category(&entered)?;
        Ok(Item {
            id: entered.id.0,
            region: division(&entered.region)?,
            division: division(&entered.division)?,
            group: value(&current.subject_group)?,
            subject,
            category,
            urgency: value(&current.urgency)?,
            tags: read_tags(&current.tags)?,
            source: value(&entered.source)?,
            external_ref: entered.external_ref,
            found_by: entered.found_by.0,
            state: value(&current.state)?,
            version: current.version,
            changed_at: current.changed_at.get(),
            opened_at: entered.opened_at.get(),
            waiting_since: current.waiting_since.get(),
            verified_at: current.verified_at.get(),
            verify_by: current.verify_by.get(),
            reopened: current.reopened,
            voices: current.voices,
            order: current.order_id.map(Into::into),
            order_live: current.order_live,
            served_at: current.served_at.map(Instant::get),
            ended_at: current.ended_at.map(Instant::get),
            drop_reason: optional(current.drop_reason.as_deref())?,
            policy_version: current.policy_version,
        })
    }
}

fn subject(entered: &Entered) -> Result<Subject, StoreError> {
    let bug = |id: Uuid| StoreError::Bug(format!("demand_items of {id} has no subject"));
    let id = entered.id.0;
    Ok(match value::<SubjectKind>(&entered.subject_kind)? {
        SubjectKind::Person => Subject::Person(entered.person_id.ok_or_else(|| bug(id))?.0),
        SubjectKind::Household => Subject::Household(entered.household_id.ok_or_else(|| bug(id))?.0),
        SubjectKind::Grid => Subject::Grid,
    })
}

fn category(entered: &Entered) -> Result<Category, StoreError> {
    match (entered.craft_id, entered.care.as_deref()) {
        (Some(craft), _) => Ok(Category::Craft(craft.0)),
        (None, Some(care)) => Ok(Category::Care(value(care)?)),
        (None, None) => Err(StoreError::Bug(format!("demand_items of {} has no category", entered.id.0))),
    }
}
