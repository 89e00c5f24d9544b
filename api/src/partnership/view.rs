//! Partnerships as callers see them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::language::Language;
use domain::organisation::{PartnershipEnd, PartnershipKind, PartnershipState};
use domain::vocabulary::Vocabulary as _;
use persistence::organisation::{self, Partnership, Pledge, PledgeUse};
use persistence::{StoreError, Tx};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::person::input::today;
use crate::services::Services;

/// Who takes part in a partnership.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartnershipParty {
    /// The organisation.
    organisation: Uuid,
    /// What it is called.
    name: String,
    /// When it has given its word; null where it has not yet.
    agreed_at: Option<DateTime<Utc>>,
}

/// What a party has promised.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Pledge)]
pub struct PledgeView {
    /// Its id.
    pub(super) id: Uuid,
    /// In which partnership.
    partnership: Uuid,
    /// The party.
    organisation: Uuid,
    /// What.
    #[schema(example = "入户义诊")]
    resource: String,
    /// In what it is counted.
    #[schema(example = "人次")]
    unit: String,
    /// How much.
    quota: i64,
    /// How much of it is used: the sum of the amounts of its uses, those taken back included.
    used: i64,
    /// How much is left.
    left: i64,
    /// One more whenever the quota is changed.
    pub(super) version: i32,
}

impl From<Pledge> for PledgeView {
    fn from(pledge: Pledge) -> Self {
        Self {
            id: pledge.id,
            partnership: pledge.partnership,
            organisation: pledge.organisation,
            resource: pledge.resource,
            unit: pledge.unit,
            quota: pledge.quota,
            used: pledge.used,
            left: pledge.quota - pledge.used,
            version: pledge.version,
        }
    }
}

/// A partnership.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Partnership)]
pub struct PartnershipView {
    /// Its id.
    pub(super) id: Uuid,
    /// The region.
    region: String,
    /// For whom it is.
    division: String,
    /// What kind it is.
    kind: PartnershipKind,
    /// The same in the caller's language.
    #[schema(example = "社医共建")]
    label: String,
    /// What it is called.
    title: String,
    /// The first day on which what was pledged can be used.
    valid_from: NaiveDate,
    /// The last day.
    valid_until: NaiveDate,
    /// Where it stands.
    state: PartnershipState,
    /// Whether what was pledged can be used today: it is active, and the day lies in its term.
    in_force: bool,
    /// Why it was ended; null where it was not.
    end_reason: Option<PartnershipEnd>,
    /// Who takes part.
    parties: Vec<PartnershipParty>,
    /// What was pledged, in the order in which it was.
    pledges: Vec<PledgeView>,
    /// One more whenever its state changes.
    pub(super) version: i32,
}

/// The view of a partnership.
///
/// # Errors
/// The database's.
pub(super) fn view(tx: &mut Tx, services: &Services, found: Partnership, language: Language) -> Result<PartnershipView, StoreError> {
    let mut parties = Vec::new();
    for party in organisation::parties(tx, found.id)? {
        let name = organisation::load(tx, party.organisation)?.name;
        parties.push(PartnershipParty { organisation: party.organisation, name, agreed_at: party.agreed.map(|(_, at)| at) });
    }
    let pledges = organisation::pledges(tx, found.id)?.into_iter().map(Into::into).collect();
    Ok(PartnershipView {
        id: found.id,
        division: found.division.to_string(),
        kind: found.kind,
        label: found.kind.label(language).to_owned(),
        title: found.title,
        valid_from: found.term.from,
        valid_until: found.term.until,
        state: found.state,
        in_force: found.state == PartnershipState::Active && found.term.contains(today(services, &found.region)),
        region: found.region.to_string(),
        end_reason: found.end,
        parties,
        pledges,
        version: found.version,
    })
}

/// A use of what was pledged, or what was taken back of one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PledgeUse)]
pub struct PledgeUseView {
    /// Its id.
    pub(super) id: Uuid,
    /// Of which pledge.
    pub(super) pledge: Uuid,
    /// How much; below nothing where it takes a use back.
    amount: i64,
    /// When it was used.
    used_on: NaiveDate,
    /// What for.
    purpose: String,
    /// The use that it takes back.
    reverses: Option<Uuid>,
    /// The account that has entered it.
    by: Uuid,
    /// When.
    at: DateTime<Utc>,
}

impl From<PledgeUse> for PledgeUseView {
    fn from(kept: PledgeUse) -> Self {
        let PledgeUse { id, pledge, amount, used_on, purpose, reverses, by, at } = kept;
        Self { id, pledge, amount, used_on, purpose, reverses, by, at }
    }
}
