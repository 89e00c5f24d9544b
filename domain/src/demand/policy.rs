use super::Vulnerability;
use crate::order::{Group, Urgency};
use crate::person::GroupAges;
use crate::policy::{Policy, PolicyFault, PolicyKind, check_version, fault, within};

/// Local days after which an item must be looked at again, by urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifyDays {
    /// For what has time.
    pub low: i32,
    /// For the ordinary case.
    pub normal: i32,
    /// For today's matters.
    pub high: i32,
    /// Where life or property is in danger.
    pub emergency: i32,
    /// For elderly people who live alone, where that is sooner.
    pub elderly_alone: i32,
}

/// What each term of the priority is worth, in points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriorityWeights {
    /// What has time.
    pub low: i32,
    /// The ordinary case.
    pub normal: i32,
    /// Today's matters.
    pub high: i32,
    /// Life or property in danger.
    pub emergency: i32,
    /// Dependent on care, living alone, or a youth at risk: each.
    pub severe_tag: i32,
    /// Every other vulnerability: each.
    pub other_tag: i32,
    /// All vulnerabilities together at most.
    pub tags_at_most: i32,
    /// Each local day of waiting.
    pub waiting_day: i32,
    /// So many days of waiting count at most.
    pub waiting_days_at_most: i32,
    /// Each time that it came back.
    pub reopened: i32,
    /// So many of these count at most.
    pub reopened_at_most: i32,
    /// Each further voice.
    pub voice: i32,
    /// So many of these count at most.
    pub voices_at_most: i32,
    /// Each local day since it should have been looked at again, the day itself included.
    pub overdue_day: i32,
    /// So many of these count at most.
    pub overdue_days_at_most: i32,
}

/// The numbers of care plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CarePlanNumbers {
    /// So many local days at most from the first day of a plan to its last.
    pub longest_days: i32,
    /// How many days before a visit its order is placed.
    pub place_ahead_days: i32,
    /// How many minutes after its end a visit to which nobody has come is missed.
    pub grace_minutes: i32,
}

impl Default for CarePlanNumbers {
    fn default() -> Self {
        Self { longest_days: 366, place_ahead_days: 3, grace_minutes: 60 }
    }
}

/// The numbers of demand lists. A region publishes versions of it; an item keeps the version of its last decision.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemandPolicy {
    /// The name of this version.
    pub version: String,
    /// The last age of youth.
    pub youth_to: u32,
    /// The first age of the elderly.
    pub elderly_from: u32,
    /// When items must be looked at again.
    pub verify_days: VerifyDays,
    /// What priority is made of.
    pub priority: PriorityWeights,
    /// What holds for care plans; the program's own numbers where a version does not say.
    #[serde(default)]
    pub care_plans: CarePlanNumbers,
}

impl Default for DemandPolicy {
    fn default() -> Self {
        let GroupAges { youth_to, elderly_from } = GroupAges::default();
        Self {
            version: "default-1".to_owned(),
            youth_to,
            elderly_from,
            verify_days: VerifyDays { low: 30, normal: 30, high: 7, emergency: 1, elderly_alone: 7 },
            priority: PriorityWeights {
                low: 0,
                normal: 100,
                high: 300,
                emergency: 1000,
                severe_tag: 80,
                other_tag: 40,
                tags_at_most: 240,
                waiting_day: 5,
                waiting_days_at_most: 60,
                reopened: 50,
                reopened_at_most: 4,
                voice: 10,
                voices_at_most: 10,
                overdue_day: 10,
                overdue_days_at_most: 20,
            },
            care_plans: CarePlanNumbers::default(),
        }
    }
}

impl DemandPolicy {
    /// The ages of the groups.
    #[must_use]
    pub const fn ages(&self) -> GroupAges {
        GroupAges { youth_to: self.youth_to, elderly_from: self.elderly_from }
    }

    /// After how many local days an item must be looked at again.
    #[must_use]
    pub fn verify_after(&self, group: Group, urgency: Urgency, tags: &[Vulnerability]) -> i32 {
        let days = match urgency {
            Urgency::Low => self.verify_days.low,
            Urgency::Normal => self.verify_days.normal,
            Urgency::High => self.verify_days.high,
            Urgency::Emergency => self.verify_days.emergency,
        };
        let alone = group == Group::Elderly && tags.contains(&Vulnerability::LivingAlone);
        if alone { days.min(self.verify_days.elderly_alone) } else { days }
    }
}

impl PriorityWeights {
    /// What an urgency is worth.
    #[must_use]
    pub const fn of_urgency(&self, urgency: Urgency) -> i32 {
        match urgency {
            Urgency::Low => self.low,
            Urgency::Normal => self.normal,
            Urgency::High => self.high,
            Urgency::Emergency => self.emergency,
        }
    }

    /// What a vulnerability is worth.
    #[must_use]
    pub const fn of_tag(&self, tag: Vulnerability) -> i32 {
        match tag {
            Vulnerability::Dependent | Vulnerability::LivingAlone | Vulnerability::YouthAtRisk => self.severe_tag,
            Vulnerability::EmptyNest
            | Vulnerability::Disabled
            | Vulnerability::Bereaved
            | Vulnerability::LeftBehind
            | Vulnerability::Distressed
            | Vulnerability::LowIncome
            | Vulnerability::NewEmployment => self.other_tag,
        }
    }

    fn numbers(&self) -> [(&'static str, i32); 15] {
        [
            ("low", self.low),
            ("normal", self.normal),
            ("high", self.high),
            ("emergency", self.emergency),
            ("severe_tag", self.severe_tag),
            ("other_tag", self.other_tag),
            ("tags_at_most", self.tags_at_most),
            ("waiting_day", self.waiting_day),
            ("waiting_days_at_most", self.waiting_days_at_most),
            ("reopened", self.reopened),
            ("reopened_at_most", self.reopened_at_most),
            ("voice", self.voice),
            ("voices_at_most", self.voices_at_most),
            ("overdue_day", self.overdue_day),
            ("overdue_days_at_most", self.overdue_days_at_most),
        ]
    }
}

/// No term has a larger number: their products and sums stay far from the end of an `i64`.
const MOST_POINTS: i64 = 100_000;

impl Policy for DemandPolicy {
    const KIND: PolicyKind = PolicyKind::Demands;

    fn version(&self) -> &str {
        &self.version
    }

    fn check(&self) -> Result<(), PolicyFault> {
        check_version(&self.version)?;
        within("youth_to", i64::from(self.youth_to), 18..=60)?;
        within("elderly_from", i64::from(self.elderly_from), 50..=100)?;
        if self.elderly_from <= self.youth_to {
            return fault("elderly_from", "more than youth_to");
        }
        let days = self.verify_days;
        let days = [
            ("low", days.low),
            ("normal", days.normal),
            ("high", days.high),
            ("emergency", days.emergency),
            ("elderly_alone", days.elderly_alone),
        ];
        for (field, days) in days {
            within(&format!("verify_days.{field}"), i64::from(days), 1..=366)?;
        }
        for (field, points) in self.priority.numbers() {
            within(&format!("priority.{field}"), i64::from(points), 0..=MOST_POINTS)?;
        }
        within("care_plans.longest_days", i64::from(self.care_plans.longest_days), 1..=366)?;
        within("care_plans.place_ahead_days", i64::from(self.care_plans.place_ahead_days), 0..=14)?;
        within("care_plans.grace_minutes", i64::from(self.care_plans.grace_minutes), 0..=720)?;
        Ok(())
    }
}
