//! A craft is passed on in each region: round fans 团扇 in Huanan, where one was sold and one was shown, and plumbing in Chongzuo.

use chrono::Days;
use domain::apprenticeship::{ApprenticeStage, ApprenticeshipPolicy, ApprenticeshipState, Exhibition, ExhibitionKind};
use domain::person::{ConsentChannel, ConsentGiver, ConsentKind};
use persistence::apprenticeship::{self, Agreed, Apprenticeship, Work};
use persistence::person::{self, Consent};
use persistence::{Tx, catalogue};
use uuid::Uuid;

use super::manifest::{Cast, Manifest};
use super::seed::Ground;
use crate::cli::stop::Stop;
use crate::problem::{Fault, Problem};

/// So many days before the demo begins the first stage began.
const BEGAN: i64 = 45;

/// What was made: how many days before the demo begins, what it is called, and what became of it.
type Made = (u64, &'static str, Option<(ExhibitionKind, Option<i64>)>);

/// The fans of Huanan.
const FANS: [Made; 3] = [
    (30, "莲花团扇", Some((ExhibitionKind::Sold, Some(6800)))),
    (12, "桦南雪景团扇", Some((ExhibitionKind::Shown, None))),
    (3, "喜鹊登梅团扇", None),
];

/// What the apprentice of Chongzuo has made.
const PIPES: [Made; 1] = [(5, "教学用水管接头一组", None)];

/// Lets a master of each region teach somebody.
pub(super) async fn teach_all(ground: &Ground<'_>, manifest: &Manifest) -> Result<(), Stop> {
    for cast in manifest.0.values() {
        let (begun, made, id) = (cast.clone(), cast.clone(), Uuid::now_v7());
        ground.set_days_ago(BEGAN);
        ground.store.write::<_, Fault>(move |tx| begin(tx, &begun, id)).await?;
        ground.set_days_ago(0);
        ground.store.write::<_, Fault>(move |tx| make(tx, &made, id)).await?;
    }
    Ok(())
}

/// The master, the apprentice and the craft of a region.
fn people(cast: &Cast) -> [&'static str; 3] {
    if cast.persons.contains_key("craftsman_fan") {
        ["craftsman_fan", "resident_youth", "fan-making"]
    } else {
        ["craftsman", "craftsman_uncertified", "plumbing-electrics"]
    }
}

fn begin(tx: &mut Tx, cast: &Cast, id: Uuid) -> Result<(), Fault> {
    let [master, apprentice, craft] = people(cast);
    let (master, apprentice) = (Cast::known(&cast.persons, master)?, Cast::known(&cast.persons, apprentice)?);
    let (craft, by, now) = (Cast::known(&cast.crafts, craft)?, Cast::known(&cast.accounts, "social_worker")?, tx.now());
    let policy = ApprenticeshipPolicy::default();
    let held =
        catalogue::list_certifications(tx, master)?.into_iter().find(|held| held.craft == craft && held.level >= policy.master_level);
    let held = held.ok_or_else(|| Problem::internal("the demo has no master"))?;
    let yes = Some(Agreed { by, at: now });
    let new = Apprenticeship {
        id,
        region: cast.region.clone(),
        division: cast.community.clone(),
        craft,
        master,
        apprentice,
        state: ApprenticeshipState::Running,
        stage: Some(ApprenticeStage::Beginner),
        stage_since: Some(now),
        master_agreed: yes,
        apprentice_agreed: yes,
        channel: None,
        evidence: None,
        certification: Some(held.id),
        lapsed_at: None,
        asked: None,
        end: None,
        policy_version: policy.version,
        version: 1,
        created_by: by,
        created_at: now,
        ended_at: None,
    };
    apprenticeship::add(tx, &new)?;
    let consent = Consent {
        id: Uuid::now_v7(),
        person: apprentice,
        kind: ConsentKind::Publication,
        text_version: "2026-1".to_owned(),
        giver: ConsentGiver::Own,
        relation: None,
        channel: ConsentChannel::InPerson,
        evidence: None,
        recorded_by: Some(by),
        given_at: now,
        withdrawn_at: None,
        withdrawn_by: None,
    };
    Ok(person::add_consent(tx, &consent)?)
}

fn make(tx: &mut Tx, cast: &Cast, id: Uuid) -> Result<(), Fault> {
    let (found, by) = (apprenticeship::load(tx, id)?, Cast::known(&cast.accounts, "social_worker")?);
    let made: &[Made] = if cast.persons.contains_key("craftsman_fan") { &FANS } else { &PIPES };
    for (days, title, exhibited) in made {
        let made_on = tx.now().date_naive().checked_sub_days(Days::new(*days)).unwrap_or_default();
        let exhibition = exhibited.map(|(kind, price_fen)| Exhibition {
            kind,
            day: made_on.checked_add_days(Days::new(2)).unwrap_or(made_on),
            site: None,
            price_fen,
        });
        let work = Work {
            id: Uuid::now_v7(),
            apprenticeship: id,
            division: found.division.clone(),
            craft: found.craft,
            stage: ApprenticeStage::Beginner,
            title: Some((*title).to_owned()),
            description: None,
            made_on,
            exhibition,
            withdrawn_at: None,
            version: 1,
            created_by: by,
            created_at: tx.now(),
        };
        apprenticeship::add_work(tx, &work)?;
    }
    Ok(())
}
