//! What a city has besides its volunteers: its divisions, its teams, and what its people need.

use std::fmt::Write as _;
use std::time::Duration;

use api::region::import::{self, Row};
use domain::demand::{CareCategory, Category, DemandPolicy, Entering, Facts, Source, Subject, Vulnerability, enter};
use domain::order::{Basis, Group, Urgency};
use domain::region::Level;
use domain::vocabulary::Vocabulary;
use persistence::demand::{Recorded, insert, keep_text};
use persistence::person::{Volunteer, list_volunteers};
use persistence::{StoreError, Tuning, Tx};
use support::world::{OTHER_REGION, code};
use support::{Outcome, World};
use uuid::Uuid;

/// A batch of many rows may take longer than any request.
pub(crate) fn tuning() -> Tuning {
    Tuning { patience: Duration::from_secs(60), ..Tuning::default() }
}

/// Loads the divisions of Chongzuo; the codes of its communities.
pub(crate) async fn divisions(world: &World) -> Outcome<Vec<String>> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/divisions.csv"))?;
    let mut rows = Vec::new();
    for (line, text) in text.lines().enumerate().skip(1).filter(|(_, text)| text.starts_with(OTHER_REGION)) {
        let mut cells = text.split(',').map(ToOwned::to_owned);
        let mut next = || cells.next().unwrap_or_default();
        rows.push(Row { line: line + 1, code: next(), level: next(), name: next(), parent: next() });
    }
    for batch in rows.chunks(500) {
        let batch = batch.to_vec();
        world.keep(move |tx| import::load(tx, &batch)).await;
    }
    let communities: Vec<String> = rows.into_iter().map(|row| row.code).filter(|raw| code(raw).level() == Level::Community).collect();
    if communities.is_empty() { Err("the table of divisions has no community of the city".into()) } else { Ok(communities) }
}

/// A table of teams, sponsored by the first of them.
pub(crate) fn teams(count: u64, communities: &[String]) -> String {
    let mut text = "队伍名称,统一社会信用代码,区划代码,主管单位\n崇左市志愿者协会,91350100M000100Y43,4514,\n".to_owned();
    for (number, community) in (1..count).zip(communities.iter().cycle()) {
        // A `String` takes everything that is written to it.
        let _ = writeln!(text, "第{number}志愿服务队,,{community},崇左市志愿者协会");
    }
    text
}

/// So many needs are entered in one transaction.
const TOGETHER: usize = 500;

/// Enters a need of each of the first people; the division and the group of one of the lists.
pub(crate) async fn demands(world: &World, count: u64, by: Uuid) -> Outcome<String> {
    let (mut after, mut entered, mut listed) = (None, 0, String::new());
    while entered < count {
        let (from, limit) = (after, i64::try_from(TOGETHER)?);
        let people = world.services.store.read(move |tx| list_volunteers(tx, &code(OTHER_REGION), None, from, limit)).await?;
        let Some(last) = people.last() else { return Err("there are fewer volunteers than needs".into()) };
        (after, listed) = (Some(last.person), last.division.to_string());
        let (first, number) = (entered, u64::try_from(people.len())?);
        world.services.store.write(move |tx| enter_all(tx, &people, first, by)).await?;
        entered += number;
    }
    println!("{entered} needs entered");
    Ok(format!("{listed}/{}", Group::Elderly))
}

fn enter_all(tx: &mut Tx, people: &[Volunteer], first: u64, by: Uuid) -> Result<(), StoreError> {
    let (policy, zone, now) = (DemandPolicy::default(), chrono_tz::Asia::Shanghai, tx.now());
    for (number, volunteer) in (first..).zip(people) {
        let facts = Facts { policy: &policy, zone, now };
        let decision = enter(&entering(number, volunteer, by), &facts);
        insert(tx, &decision, Recorded::by(by).on(Some(Basis::Consent)))?;
        keep_text(tx, decision.item.id, decision.item.version, "厨房灯不亮，需要有人来看看")?;
    }
    Ok(())
}

fn entering(number: u64, volunteer: &Volunteer, by: Uuid) -> Entering {
    let turn = |length: usize| usize::try_from(number).unwrap_or_default() % length;
    let of = |all: &'static [Urgency]| all.get(turn(all.len())).copied().unwrap_or(Urgency::Normal);
    Entering {
        id: Uuid::now_v7(),
        region: volunteer.region.clone(),
        division: volunteer.division.clone(),
        // Half of all needs are those of old people.
        group: if number.is_multiple_of(2) {
            Group::Elderly
        } else {
            Group::ALL.get(turn(Group::ALL.len())).copied().unwrap_or(Group::General)
        },
        subject: Subject::Person(volunteer.person),
        category: Category::Care(CareCategory::ALL.get(turn(CareCategory::ALL.len())).copied().unwrap_or(CareCategory::Other)),
        urgency: of(Urgency::ALL),
        tags: Vulnerability::ALL.iter().copied().skip(turn(Vulnerability::ALL.len())).take(2).collect(),
        source: Source::GridVisit,
        external_ref: None,
        found_by: by,
    }
}
