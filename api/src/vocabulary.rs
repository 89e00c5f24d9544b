//! The closed lists of values, with what users read in each language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use actix_web::web::Path;
use domain::language::Language;
use domain::vocabulary::{Entry, Vocabulary, entries};
use domain::{
    appointment, apprenticeship, care, cavalry, content, demand, dispatch, geo, identity, import, message, order, organisation, person,
    region, retention, site, social_worker, training,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actor::Reads;
use crate::answer::{Answer, Reply};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::Page;
use crate::problem::Code;

/// Every endpoint of vocabularies.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    endpoints!["vocabularies": vocabularies, vocabulary]
}

macro_rules! lists {
    ($($Value:ty),+ $(,)?) => {
        /// Every list by its name.
        static LISTS: LazyLock<BTreeMap<&'static str, Vec<Entry>>> =
            LazyLock::new(|| [$((<$Value as Vocabulary>::NAME, entries::<$Value>())),+].into_iter().collect());

        #[cfg(test)]
        const COUNT: usize = [$(<$Value as Vocabulary>::NAME),+].len();
    };
}

lists![
    region::Level,
    identity::AccountKind,
    identity::Intervention,
    identity::AccountState,
    identity::ClientAlgorithm,
    identity::ClientAuthentication,
    identity::ClientScope,
    identity::Role,
    person::ConsentChannel,
    person::ConsentGiver,
    person::ConsentKind,
    person::CraftLevel,
    person::DocumentKind,
    person::ErasureObstacle,
    person::GuardianRelation,
    person::KeptRecord,
    person::PersonEventKind,
    person::Sex,
    person::CertificationEventKind,
    person::InsuranceCover,
    person::ProfileGap,
    person::ServiceKind,
    person::VolunteerReason,
    person::UnmaskField,
    person::UnmaskPurpose,
    person::VolunteerState,
    person::HouseholdRelation,
    demand::CareCategory,
    demand::DemandListKind,
    demand::DemandState,
    demand::DropReason,
    demand::PriorityTerm,
    demand::Source,
    demand::DemandStep,
    demand::SubjectKind,
    demand::Vulnerability,
    geo::Crs,
    message::MessageKind,
    dispatch::Ineligible,
    order::Basis,
    order::Channel,
    order::ContactKind,
    order::DeadlineKind,
    order::Exclusion,
    order::Group,
    order::Hazard,
    order::OfferState,
    order::OrderList,
    order::Outcome,
    order::Party,
    order::Payment,
    order::PhotoKind,
    order::ProofKind,
    order::Reason,
    order::ReviewChannel,
    order::Ruling,
    order::Side,
    order::State,
    order::Step,
    order::TakerKind,
    order::TextKind,
    order::Urgency,
    organisation::OrganisationKind,
    organisation::OrganisationState,
    organisation::OrganisationStep,
    organisation::OrganisationWarning,
    organisation::MemberRole,
    organisation::MembershipEventKind,
    organisation::FundAccount,
    organisation::FundEntryKind,
    organisation::FundEntryState,
    import::ImportKind,
    import::ImportState,
    import::ImportFailure,
    import::ImportRowOutcome,
    organisation::PartnershipKind,
    organisation::PartnershipState,
    organisation::PartnershipEnd,
    apprenticeship::ApprenticeshipState,
    apprenticeship::ApprenticeshipStep,
    apprenticeship::ApprenticeshipSide,
    apprenticeship::ApprenticeStage,
    apprenticeship::ApprenticeshipEnd,
    apprenticeship::ExhibitionKind,
    care::CarePlanState,
    care::CarePlanStep,
    care::CarePlanEnd,
    care::SkipReason,
    care::VisitState,
    social_worker::Qualification,
    social_worker::SocialWorkPost,
    social_worker::CaseEnd,
    social_worker::ExamState,
    social_worker::ExamResult,
    cavalry::Employment,
    cavalry::DutyEnd,
    training::EnrolmentState,
    training::EnrolmentStep,
    training::SessionState,
    retention::RecordKind,
    site::SiteKind,
    site::SiteLanguage,
    site::SiteTier,
    appointment::SlotState,
    appointment::SlotCloseReason,
    appointment::BookingState,
    appointment::BookingStep,
    appointment::DutyPost,
    appointment::ShiftState,
    appointment::ShiftStep,
    appointment::ShiftReleaseReason,
    content::ContentKind,
    content::ContentState,
    content::Obstacle,
    content::ContentRuling,
    content::RulingReason,
    content::Standing,
    content::Step,
];

/// The lists change only with the program.
fn cacheable() -> Option<(HeaderName, HeaderValue)> {
    Some((CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")))
}

/// A list by its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VocabularySummary {
    /// Its name.
    #[schema(example = "order-states")]
    name: &'static str,
    /// How many values it has.
    values: usize,
}

/// List the vocabularies.
///
/// 词汇表名录:本接口所有枚举值的中、英、越文名称。
#[utoipa::path(get, path = "/v1/vocabularies", operation_id = "listVocabularies", security(()),
    responses((status = 200, description = "词汇表", body = Page<VocabularySummary>)))]
pub async fn vocabularies() -> Answer<Page<VocabularySummary>> {
    let items = LISTS.iter().map(|(name, entries)| VocabularySummary { name, values: entries.len() }).collect();
    Ok(Reply::ok(Page { items, next_cursor: None }).with(cacheable()))
}

/// The labels of a value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Labels {
    /// In Chinese.
    zh: &'static str,
    /// In English.
    en: &'static str,
    /// In Vietnamese.
    vi: &'static str,
}

/// A value of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VocabularyValue {
    /// The value as it travels.
    #[schema(example = "queued")]
    value: &'static str,
    /// Its label in the caller's language.
    #[schema(example = "待派单")]
    label: &'static str,
    /// Its labels.
    labels: Labels,
}

/// A closed list of values.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Vocabulary)]
pub struct VocabularyView {
    /// Its name.
    #[schema(example = "order-states")]
    name: String,
    /// Its values, in the order in which they are shown.
    values: Vec<VocabularyValue>,
}

/// Read a vocabulary.
///
/// 词汇表:每个取值的中、英、越文名称。
#[utoipa::path(get, path = "/v1/vocabularies/{name}", operation_id = "readVocabulary",
    params(("name" = String, Path, description = "词汇表名", example = "order-states")), security(()),
    responses((status = 200, description = "词汇表", body = VocabularyView)))]
pub async fn vocabulary(reads: Reads, name: Path<String>) -> Answer<VocabularyView> {
    let entries = LISTS.get(name.as_str()).ok_or(Code::NotFound)?;
    let values = entries.iter().map(|entry| value(entry, reads.0)).collect();
    Ok(Reply::ok(VocabularyView { name: name.into_inner(), values }).tagged(1).with(cacheable()))
}

fn value(entry: &Entry, language: Language) -> VocabularyValue {
    let [zh, en, vi] = entry.labels;
    let label = match language {
        Language::Zh => zh,
        Language::En => en,
        Language::Vi => vi,
    };
    VocabularyValue { value: entry.value, label, labels: Labels { zh, en, vi } }
}

#[cfg(test)]
mod tests {
    use super::{COUNT, LISTS};

    #[test]
    fn every_list_has_its_own_name_and_every_value_its_labels() {
        assert_eq!(LISTS.len(), COUNT, "two lists of one name");
        for (name, entries) in LISTS.iter() {
            assert!(!entries.is_empty(), "{name}");
            for entry in entries {
                assert!(entry.labels.iter().all(|label| !label.is_empty()), "{name} {}", entry.value);
            }
        }
    }

    #[test]
    fn every_list_is_in_the_glossary_with_all_its_values() {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/glossary.md")).unwrap();
        for (name, entries) in LISTS.iter() {
            let Some((_, after)) = text.split_once(&format!("Vocabulary `{name}`")) else { panic!("docs/glossary.md lacks {name}") };
            let section = after.split("\n#").next().unwrap_or_default();
            for entry in entries {
                let row = format!("| {} | {} | `{}` |", entry.labels[0], entry.labels[1], entry.value);
                assert!(section.contains(&row), "docs/glossary.md lacks in {name}: {row}");
            }
        }
    }
}
