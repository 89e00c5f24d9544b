//! What is needed in the grid: a living list of each group, with what waits too long, what came by the hotline and what two have told.

use std::collections::BTreeMap;

use domain::demand::{CareCategory, Category, Command, DemandPolicy, Edit, Entering, Facts, Source, Subject, Vulnerability, decide, enter};
use domain::order::{Basis, Group, Urgency};
use domain::person::group_on;
use persistence::demand::{self, Recorded};
use persistence::{Tx, person};
use uuid::Uuid;

use super::manifest::{Cast, Manifest, named};
use super::regions::SCRIPTS;
use super::seed::Ground;
use crate::cli::stop::Stop;
use crate::problem::{Fault, Problem};

/// A need: its key, whose it is (nobody's is the grid's), what, how pressing, what makes it so, how it was told, how many days ago it
/// was entered, how many days ago somebody told it again, and in which words.
struct NeedData {
    key: &'static str,
    of: Option<&'static str>,
    care: CareCategory,
    urgency: Urgency,
    tags: &'static [Vulnerability],
    source: Source,
    days: i64,
    again: Option<i64>,
    words: &'static str,
}

const NEEDS: [NeedData; 6] = [
    NeedData {
        key: "meals",
        of: Some("resident_elderly"),
        care: CareCategory::Meals,
        urgency: Urgency::Normal,
        tags: &[Vulnerability::LivingAlone, Vulnerability::Dependent],
        source: Source::GridVisit,
        days: 24,
        again: Some(9),
        words: "独居，行动不便，午饭常不做",
    },
    NeedData {
        key: "visits",
        of: Some("resident_elderly"),
        care: CareCategory::Visits,
        urgency: Urgency::High,
        tags: &[Vulnerability::LivingAlone],
        source: Source::GridVisit,
        days: 3,
        again: None,
        words: "希望每周有人上门说说话",
    },
    NeedData {
        key: "after_school",
        of: Some("resident_minor"),
        care: CareCategory::AfterSchool,
        urgency: Urgency::Normal,
        tags: &[Vulnerability::LeftBehind],
        source: Source::Station,
        days: 12,
        again: None,
        words: "父母外出务工，放学后无人照看",
    },
    NeedData {
        key: "employment",
        of: Some("resident_youth"),
        care: CareCategory::Employment,
        urgency: Urgency::Low,
        tags: &[Vulnerability::NewEmployment],
        source: Source::MiniProgram,
        days: 6,
        again: None,
        words: "想学电工，求推荐培训",
    },
    NeedData {
        key: "lamp",
        of: None,
        care: CareCategory::Facilities,
        urgency: Urgency::High,
        tags: &[],
        source: Source::Hotline,
        days: 2,
        again: Some(1),
        words: "三号楼前路灯不亮，老人夜里不敢出门",
    },
    NeedData {
        key: "doctor",
        of: Some("resident"),
        care: CareCategory::Medical,
        urgency: Urgency::Normal,
        tags: &[],
        source: Source::MiniProgram,
        days: 1,
        again: None,
        words: "下周去县医院复查，想有人陪同",
    },
];

/// Enters what is needed in each region, each on its day.
pub(super) async fn enter_all(ground: &Ground<'_>, manifest: &mut Manifest) -> Result<(), Stop> {
    for script in &SCRIPTS {
        let region = script.read()?.region;
        let cast = named(&manifest.0, region.as_str())?;
        let mut needs = BTreeMap::new();
        for need in &NEEDS {
            ground.set_days_ago(need.days);
            let (cast, id) = (cast.clone(), Uuid::now_v7());
            let made = cast.clone();
            ground.store.write::<_, Fault>(move |tx| enter_one(tx, &made, need, id)).await?;
            if let Some(days) = need.again {
                ground.set_days_ago(days);
                ground.store.write::<_, Fault>(move |tx| tell_again(tx, &cast, need, id)).await?;
            }
            needs.insert(need.key.to_owned(), id);
        }
        if let Some(cast) = manifest.0.get_mut(region.as_str()) {
            cast.needs = needs;
        }
    }
    Ok(())
}

fn facts<'a>(tx: &Tx, policy: &'a DemandPolicy) -> Facts<'a> {
    Facts { policy, zone: chrono_tz::Asia::Shanghai, now: tx.now() }
}

fn enter_one(tx: &mut Tx, cast: &Cast, need: &NeedData, id: Uuid) -> Result<(), Fault> {
    let found_by = account(cast, "grid_member")?;
    let (subject, group) = match need.of {
        None => (Subject::Grid, Group::Elderly),
        Some(key) => {
            let person = *cast.persons.get(key).ok_or_else(|| Problem::internal(format!("the demo has no {key}")))?;
            (Subject::Person(person), group_on(person::birth_date(tx, person)?, tx.now().date_naive()))
        }
    };
    let entering = Entering {
        id,
        region: cast.region.clone(),
        division: cast.grid.clone(),
        group,
        subject,
        category: Category::Care(need.care),
        urgency: need.urgency,
        tags: need.tags.to_vec(),
        source: need.source,
        external_ref: (need.source == Source::Hotline).then(|| format!("12345-{}-07", cast.region)),
        found_by,
    };
    let policy = DemandPolicy::default();
    let decision = enter(&entering, &facts(tx, &policy));
    demand::insert(tx, &decision, Recorded::by(found_by).on(need.of.map(|_| Basis::StatutoryDuty)))?;
    Ok(demand::keep_text(tx, id, 1, need.words)?)
}

fn tell_again(tx: &mut Tx, cast: &Cast, need: &NeedData, id: Uuid) -> Result<(), Fault> {
    let (before, policy) = (demand::load(tx, id)?, DemandPolicy::default());
    let said = Command::Join { said: Edit { urgency: need.urgency, tags: need.tags.to_vec() }, voice: true, looked: true };
    let joined = decide(&before, &said, &facts(tx, &policy))?;
    let by = account(cast, "social_worker")?;
    demand::save(tx, &before, &joined, Recorded::by(by))?;
    Ok(demand::keep_text(tx, id, joined.item.version, "邻居也反映了同样情况")?)
}

fn account(cast: &Cast, key: &str) -> Result<Uuid, Problem> {
    cast.accounts.get(key).copied().ok_or_else(|| Problem::internal(format!("the demo has no {key}")))
}
