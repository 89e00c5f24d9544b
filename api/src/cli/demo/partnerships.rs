//! A partnership of each region: a hospital and a team, to which both have agreed, with some uses of what was pledged.

use chrono::Days;
use domain::organisation::{OrganisationKind, OrganisationState, PartnershipKind, PartnershipState, Term};
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::organisation::{self, Drawn, NewPartnership, Organisation, Pledge, PledgeUse};
use uuid::Uuid;

use super::manifest::{Cast, Manifest};
use super::seed::Ground;
use crate::cli::stop::Stop;
use crate::problem::{Fault, Problem};

/// So many days before the demo begins they agreed.
const AGREED: i64 = 20;

/// What was used since, and what for.
const USES: [(u64, i64, &str); 3] = [(15, 18, "社区义诊一场"), (8, 22, "重阳节义诊"), (1, 9, "行动不便老人入户检查")];

/// Lets a hospital of each region share what it can.
pub(super) async fn agree_all(ground: &Ground<'_>, manifest: &Manifest) -> Result<(), Stop> {
    for cast in manifest.0.values() {
        let (agreed, drawn, pledge) = (cast.clone(), cast.clone(), Uuid::now_v7());
        ground.set_days_ago(AGREED);
        ground.store.write::<_, Fault>(move |tx| agree(tx, &agreed, pledge)).await?;
        ground.set_days_ago(0);
        ground.store.write::<_, Fault>(move |tx| draw(tx, &drawn, pledge)).await?;
    }
    Ok(())
}

fn agree(tx: &mut Tx, cast: &Cast, pledge: Uuid) -> Result<(), Fault> {
    let by = Cast::known(&cast.accounts, "social_worker")?;
    let (hospital, id, today) = (Uuid::now_v7(), Uuid::now_v7(), tx.now().date_naive());
    let founded = Organisation {
        id: hospital,
        region: cast.region.clone(),
        division: cast.township.clone(),
        kind: OrganisationKind::Hospital.as_str().to_owned(),
        name: "中心卫生院".to_owned(),
        state: OrganisationState::Active,
        version: 1,
    };
    organisation::add(tx, &founded, Some(by))?;
    let team = cast.organisations.values().next().copied().ok_or_else(|| Problem::internal("the demo has no team"))?;
    let new = NewPartnership {
        id,
        region: cast.region.clone(),
        division: cast.township.clone(),
        kind: PartnershipKind::Medical,
        title: "卫生院进社区义诊".to_owned(),
        term: Term { from: today, until: today.checked_add_days(Days::new(364)).unwrap_or(today) },
        parties: vec![hospital, team],
        by,
    };
    organisation::add_partnership(tx, &new)?;
    let (resource, unit) = ("义诊".to_owned(), "人次".to_owned());
    organisation::add_pledge(
        tx,
        &Pledge { id: pledge, partnership: id, organisation: hospital, resource, unit, quota: 300, used: 0, version: 1 },
        by,
    )?;
    for party in [hospital, team] {
        organisation::agree(tx, id, party, by)?;
    }
    let found = organisation::load_partnership(tx, id)?;
    Ok(organisation::change_partnership(tx, &found, PartnershipState::Active, None, by)?)
}

fn draw(tx: &mut Tx, cast: &Cast, pledge: Uuid) -> Result<(), Fault> {
    let by = Cast::known(&cast.accounts, "social_worker")?;
    for (days, amount, purpose) in USES {
        let used_on = tx.now().date_naive().checked_sub_days(Days::new(days)).unwrap_or_default();
        let (id, purpose) = (Uuid::now_v7(), purpose.to_owned());
        let used = PledgeUse { id, pledge, amount, used_on, purpose, reverses: None, by, at: tx.now() };
        if organisation::draw(tx, &used)? == Drawn::Short {
            return Err(Problem::internal("the demo's pledge is short").into());
        }
    }
    Ok(())
}
