//! People, volunteers, and who may serve.

use chrono::{NaiveDate, TimeDelta};
use domain::catalogue::{CraftCode, Names};
use domain::order::{Hazard, Taker, Window};
use domain::person::{CraftLevel, Document, DocumentKind, PersonName, Phone, VolunteerState};
use persistence::candidate::{self, Occasion};
use persistence::catalogue::{
    Certification, Craft, add_certification, add_craft, list_certifications, list_craftsmen, load_certification, load_craft,
    resume_certification, suspend_certification, update_craft,
};
use persistence::identity::{actor, link_person};
use persistence::organisation::{self, Organisation, OrganisationState};
use persistence::person::{
    self, Merged, NewPerson, NewVolunteer, PersonEventKind, add_volunteer, change_volunteer, ids_of, merge, volunteer,
};
use persistence::{StoreError, Tx};
use uuid::Uuid;

use crate::bench::{Bench, code, county, id, morning, on_both};
use crate::identity::staff;

on_both! {
    a_person_is_found_by_what_is_sealed
    a_document_identifies_one_person
    a_person_is_claimed_once
    merged_records_are_one_person
    a_merger_never_lifts_a_bar
    a_candidate_is_what_the_records_say
    teams_are_joined_and_left
    a_suspended_certification_does_not_count
}

pub(crate) fn li(id: Uuid) -> NewPerson {
    NewPerson {
        id,
        division: code("230822100001"),
        name: PersonName::parse("李小龙").unwrap(),
        phone: Some(Phone::parse("13812345678").unwrap()),
        document: None,
        birth_date: None,
        claimed: false,
        entered_by: None,
    }
}

fn card() -> Document {
    Document::parse(DocumentKind::ResidentIdentityCard, "CN", "11010519491231002X").unwrap()
}

/// A person who is an active volunteer, certified for a craft for an hour, verified by an account that is there.
pub(crate) fn craftsman(tx: &mut Tx, id: Uuid, verified_by: Uuid) -> Result<(), StoreError> {
    person::add(tx, &li(id))?;
    serves(tx, id, VolunteerState::Active)?;
    let craft = Uuid::from_u128(700);
    add_craft(tx, &plumbing(craft))?;
    add_certification(tx, &certification(Uuid::from_u128(id.as_u128() + 1000), id, craft, verified_by))
}

/// An order in which nothing is dangerous.
fn plain() -> Occasion {
    Occasion { order: id(5), region: code("230822"), hazard: Hazard::None }
}

fn serves(tx: &mut Tx, person: Uuid, state: VolunteerState) -> Result<(), StoreError> {
    let (region, division, number) = (code("230822"), code("230822100001"), format!("V{}", person.as_u128()));
    add_volunteer(tx, &NewVolunteer { person, number, region, division, state, by: None })
}

fn plumbing(id: Uuid) -> Craft {
    let names = Names::new("水电维修", Some("plumbing"), None).unwrap();
    Craft {
        id,
        region: code("230822"),
        domain: "维修".to_owned(),
        code: CraftCode::parse("plumbing").unwrap(),
        names,
        active: true,
        version: 1,
    }
}

fn certification(id: Uuid, person: Uuid, craft: Uuid, verified_by: Uuid) -> Certification {
    let (valid_from, valid_until) = (morning(), morning() + TimeDelta::hours(1));
    let (level, evidence, suspended_at, version) = (CraftLevel::Senior, "证书".to_owned(), None, 1);
    Certification { id, person, craft, level, evidence, verified_by, valid_from, valid_until, suspended_at, version }
}

async fn a_person_is_found_by_what_is_sealed(bench: &Bench) {
    bench.write(county).await;
    let birth_date = NaiveDate::from_ymd_opt(1949, 12, 31);
    bench.write(move |tx| person::add(tx, &NewPerson { document: Some(card()), birth_date, ..li(id(1)) })).await;
    let found = bench.read(|tx| person::load(tx, id(1))).await;
    assert_eq!((found.name.as_str(), found.birth_date, found.document.clone()), ("李小龙", birth_date, Some(card())));
    let phone = Phone::parse("+86 138 1234 5678").unwrap();
    assert_eq!(bench.read(move |tx| person::find_by_phone(tx, &phone)).await, std::slice::from_ref(&found));
    assert_eq!(bench.read(|tx| person::find_by_document(tx, &card())).await, Some(found.clone()));
    for (name, within, expected) in
        [("李小龙", "23", true), ("李", "230822", true), ("小龙", "23", false), ("李", "230823", false), ("", "23", false)]
    {
        let people = bench.read(move |tx| person::find_by_name(tx, name, &[code(within)], 10)).await;
        assert_eq!(people.contains(&found), expected, "{name} in {within}");
    }
    assert_eq!(bench.read(|tx| person::birth_date(tx, id(1))).await, birth_date);
    assert_eq!(bench.store.read(|tx| person::load(tx, id(2))).await, Err(StoreError::Missing));
}

async fn a_document_identifies_one_person(bench: &Bench) {
    bench.write(county).await;
    bench.write(|tx| person::add(tx, &NewPerson { document: Some(card()), ..li(id(1)) })).await;
    let again = bench.store.write(|tx| person::add(tx, &NewPerson { document: Some(card()), ..li(id(2)) })).await;
    assert!(again.unwrap_err().is_duplicate_of("persons", "document"));
    let nowhere = bench.store.write(|tx| person::add(tx, &NewPerson { division: code("45"), ..li(id(3)) })).await;
    assert!(matches!(nowhere, Err(StoreError::Unknown(_))), "{nowhere:?}");
}

async fn a_person_is_claimed_once(bench: &Bench) {
    bench.write(county).await;
    bench.write(|tx| person::add(tx, &li(id(1)))).await;
    bench.write(|tx| person::claim(tx, id(1), id(5))).await;
    assert_eq!(bench.store.write(|tx| person::claim(tx, id(1), id(6))).await, Err(StoreError::Stale));
    let events = bench.read(|tx| person::events(tx, id(1))).await;
    let shown: Vec<_> = events.iter().map(|event| (event.seq, event.kind, event.actor)).collect();
    assert_eq!(shown, [(1, PersonEventKind::Entered, None), (2, PersonEventKind::Claimed, Some(id(5)))]);
}

async fn merged_records_are_one_person(bench: &Bench) {
    bench.write(county).await;
    bench.write(|tx| staff(tx, id(90)).and_then(|()| craftsman(tx, id(1), id(90))).and_then(|()| link_person(tx, id(90), id(1)))).await;
    let known = NewPerson { document: Some(card()), phone: None, birth_date: card().birth_date(), ..li(id(2)) };
    bench.write(move |tx| person::add(tx, &known)).await;
    bench.write(|tx| person::add(tx, &NewPerson { phone: None, ..li(id(3)) })).await;
    bench.write(|tx| team(tx, id(40)).and_then(|()| organisation::join(tx, id(40), id(1)))).await;
    assert_eq!(bench.write(|tx| merge(tx, id(1), id(2), id(90))).await, Merged::Done);
    assert_eq!(bench.write(|tx| merge(tx, id(2), id(3), id(90))).await, Merged::Done);
    assert_eq!(bench.store.write(|tx| merge(tx, id(1), id(3), id(90))).await, Err(StoreError::Stale));
    assert_eq!(bench.store.write(|tx| merge(tx, id(3), id(3), id(90))).await, Err(StoreError::Stale));
    for record in 1..=3 {
        let person = bench.read(move |tx| person::load(tx, id(record))).await;
        assert_eq!((person.id, person.phone, person.document.clone()), (id(3), li(id(1)).phone, Some(card())), "record {record}");
        assert_eq!(bench.read(move |tx| person::birth_date(tx, id(record))).await, card().birth_date());
        assert_eq!(bench.read(move |tx| ids_of(tx, id(record))).await, [id(3), id(2), id(1)]);
    }
    let phone = li(id(1)).phone.unwrap();
    let people = bench.read(move |tx| person::find_by_phone(tx, &phone)).await;
    assert_eq!(people.iter().map(|person| person.id).collect::<Vec<_>>(), [id(3)], "each person once");
    assert_eq!(bench.read(|tx| person::find_by_document(tx, &card())).await.unwrap().id, id(3));
    let who = bench.read(|tx| actor(tx, id(90))).await;
    assert_eq!((who.person, who.volunteer, who.craftsman), (Some(id(3)), true, true));
    assert_eq!(bench.read(|tx| organisation::organisations_of(tx, id(3))).await.len(), 1);
    assert_eq!(bench.read(|tx| organisation::members(tx, id(40))).await.len(), 1);
    let last = *bench.read(|tx| person::events(tx, id(1))).await.last().unwrap();
    assert_eq!((last.kind, last.other, last.actor), (PersonEventKind::Merged, Some(id(2)), Some(id(90))));
}

async fn a_merger_never_lifts_a_bar(bench: &Bench) {
    bench.write(county).await;
    for (record, state) in [(1, VolunteerState::Barred), (2, VolunteerState::Active), (3, VolunteerState::Paused)] {
        bench.write(move |tx| person::add(tx, &li(id(record))).and_then(|()| serves(tx, id(record), state))).await;
    }
    assert_eq!(bench.write(|tx| merge(tx, id(3), id(2), id(9))).await, Merged::Done);
    assert_eq!(bench.read(|tx| volunteer(tx, id(2))).await.state, VolunteerState::Active);
    assert_eq!(bench.read(|tx| volunteer(tx, id(3))).await.state, VolunteerState::Left);
    assert_eq!(bench.write(|tx| merge(tx, id(1), id(2), id(9))).await, Merged::Done);
    assert_eq!(bench.read(|tx| volunteer(tx, id(2))).await.state, VolunteerState::Barred);
}

fn team(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    let (region, division) = (code("230822"), code("230822100"));
    let (kind, name, state) = ("volunteer_team".to_owned(), "邻里水电队".to_owned(), OrganisationState::Active);
    organisation::add(tx, &Organisation { id, region, division, kind, name, state, version: 1 }, None)
}

async fn a_candidate_is_what_the_records_say(bench: &Bench) {
    bench.write(county).await;
    bench.write(|tx| staff(tx, id(90)).and_then(|()| craftsman(tx, id(1), id(90)))).await;
    bench.write(|tx| person::add(tx, &li(id(2)))).await;
    bench.write(|tx| team(tx, id(40)).and_then(|()| organisation::join(tx, id(40), id(1)))).await;
    let window = Some(Window { start: morning(), end: morning() + TimeDelta::hours(1) });
    let found = bench.read(move |tx| candidate::person(tx, id(1), window, &plain(), Some(id(40)))).await;
    assert_eq!((found.taker, found.active, found.belongs, found.busy.len()), (Taker::Person(id(1)), true, true, 0));
    assert_eq!(found.certificates.len(), 1);
    let stranger = bench.read(move |tx| candidate::person(tx, id(2), None, &plain(), Some(id(40)))).await;
    assert_eq!((stranger.active, stranger.belongs, stranger.certificates.len()), (false, false, 0));
    let all = bench.read(|tx| candidate::organisation(tx, id(40), &plain())).await;
    assert_eq!((all.taker, all.active, &all.certificates), (Taker::Organisation(id(40)), true, &found.certificates));
    let change = |from, to| bench.store.write(move |tx| change_volunteer(tx, id(1), from, to, id(90)));
    assert_eq!(change(VolunteerState::Active, VolunteerState::Paused).await, Ok(()));
    assert_eq!(change(VolunteerState::Active, VolunteerState::Left).await, Err(StoreError::Stale));
    assert!(!bench.read(|tx| candidate::person(tx, id(1), None, &plain(), None)).await.active);
    assert!(bench.read(|tx| candidate::organisation(tx, id(40), &plain())).await.certificates.is_empty());
    assert_eq!(bench.store.read(|tx| candidate::organisation(tx, id(41), &plain())).await, Err(StoreError::Missing));
}

async fn teams_are_joined_and_left(bench: &Bench) {
    bench.write(county).await;
    bench.write(|tx| team(tx, id(40)).and_then(|()| person::add(tx, &li(id(1))))).await;
    assert!(bench.write(|tx| organisation::join(tx, id(40), id(1))).await);
    assert!(!bench.write(|tx| organisation::join(tx, id(40), id(1))).await, "belongs to it already");
    bench.write(|tx| organisation::leave(tx, id(40), id(1))).await;
    assert_eq!(bench.store.write(|tx| organisation::leave(tx, id(40), id(1))).await, Err(StoreError::Missing));
    assert_eq!(bench.read(|tx| organisation::members(tx, id(40))).await, []);
    bench.clock.advance(TimeDelta::days(1));
    assert!(bench.write(|tx| organisation::join(tx, id(40), id(1))).await, "who has left may come back");
    assert_eq!(bench.read(|tx| organisation::members(tx, id(40))).await[0].joined_at, bench.clock.now());
    for (within, expected) in [("230822", 1), ("230822100001", 0)] {
        assert_eq!(bench.read(move |tx| organisation::list(tx, &[code(within)], None, 10)).await.len(), expected, "{within}");
    }
    assert_eq!(bench.read(|tx| organisation::list(tx, &[code("23")], Some(id(40)), 10)).await, []);
    let same_name = bench.store.write(|tx| team(tx, id(41))).await;
    assert!(matches!(same_name, Err(StoreError::Duplicate(_))), "{same_name:?}");
}

async fn a_suspended_certification_does_not_count(bench: &Bench) {
    bench.write(county).await;
    bench.write(|tx| staff(tx, id(90)).and_then(|()| craftsman(tx, id(1), id(90)))).await;
    let craftsmen = |within: &'static str| bench.read(move |tx| list_craftsmen(tx, id(700), &code(within), None, 10));
    let found = craftsmen("230822").await;
    assert_eq!((found.len(), found[0].certification.person, &found[0].division), (1, id(1), &code("230822100001")));
    assert_eq!(craftsmen("230822100002").await, []);
    assert_eq!(bench.read(|tx| list_craftsmen(tx, id(700), &code("23"), Some(id(1001)), 10)).await, []);
    bench.write(|tx| suspend_certification(tx, id(1001), id(90), "投诉")).await;
    assert_eq!(bench.store.write(|tx| suspend_certification(tx, id(1001), id(90), "投诉")).await, Err(StoreError::Stale));
    assert_eq!(craftsmen("230822").await, []);
    assert_eq!(bench.read(|tx| load_certification(tx, id(1001))).await.suspended_at, Some(morning()));
    bench.write(|tx| resume_certification(tx, id(1001), id(90), "已整改")).await;
    assert_eq!(bench.store.write(|tx| resume_certification(tx, id(1001), id(90), "已整改")).await, Err(StoreError::Stale));
    assert_eq!(bench.read(|tx| list_certifications(tx, id(1))).await[0].version, 3);
    assert_eq!(craftsmen("230822").await.len(), 1);
    let offered = bench.read(|tx| load_craft(tx, id(700))).await;
    let changed = Craft { active: false, names: Names::new("水电", None, None).unwrap(), ..offered };
    let stale = changed.clone();
    bench.write(move |tx| update_craft(tx, &changed)).await;
    assert_eq!(bench.store.write(move |tx| update_craft(tx, &stale)).await, Err(StoreError::Stale));
    let now = bench.read(|tx| load_craft(tx, id(700))).await;
    assert_eq!((now.active, now.version, now.names), (false, 2, Names::new("水电", None, None).unwrap()));
}
