mod lives;
mod priorities;
mod table;

use uuid::Uuid;

use super::{CareCategory, Category, DemandPolicy, Entering, Facts, Item, Source, Subject, Vulnerability, enter};
use crate::Timestamp;
use crate::order::{Group, Urgency};
use crate::region::DivisionCode;

const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn facts(policy: &DemandPolicy, now: Timestamp) -> Facts<'_> {
    Facts { policy, zone: ZONE, now }
}

/// What an old person who lives alone needs.
fn entering(urgency: Urgency, tags: &[Vulnerability]) -> Entering {
    Entering {
        id: Uuid::from_u128(1),
        region: DivisionCode::parse("230822").unwrap(),
        division: DivisionCode::parse("230822106001001").unwrap(),
        group: Group::Elderly,
        subject: Subject::Person(Uuid::from_u128(2)),
        category: Category::Care(CareCategory::Meals),
        urgency,
        tags: tags.to_vec(),
        source: Source::GridVisit,
        external_ref: None,
        found_by: Uuid::from_u128(3),
    }
}

fn item(urgency: Urgency, tags: &[Vulnerability], now: Timestamp) -> Item {
    enter(&entering(urgency, tags), &facts(&DemandPolicy::default(), now)).item
}
