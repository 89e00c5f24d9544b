//! An order as far as people and photos hang on it.

use domain::catalogue::{Names, ServiceCode};
use domain::dispatch::Candidate;
use domain::identity::{Actor, Grant, Role};
use domain::order::{
    Basis, Channel, Command, Decision, Facts, Group, Hazard, OrderPolicy, Payment, PhotoKind, Placing, Taker, Taking, Urgency, Window,
    acting_to_place, decide, place,
};
use persistence::candidate::{self, Occasion};
use persistence::catalogue::{Service, add_service};
use persistence::identity::add_resident;
use persistence::order::{insert, load, save};
use persistence::person::{self, Merged, NewPerson, merge};
use persistence::photo::{self, Photo};
use persistence::{StoreError, Tx};
use uuid::Uuid;

use crate::bench::{Bench, code, county, id, morning, on_both};
use crate::identity::staff;
use crate::people::{craftsman, li};

on_both! {
    who_serves_is_bound_until_it_is_over
    photos_belong_to_their_order
}

const DISPATCHER: u128 = 90;
const SERVES: u128 = 1;
const SERVED: u128 = 2;
const ORDER: u128 = 50;

fn dispatcher() -> Actor {
    let grants = vec![Grant { role: Role::Dispatcher, scope: code("230822"), organisation: None }];
    Actor { account: id(DISPATCHER), grants, ..Actor::default() }
}

fn taker() -> Actor {
    Actor { account: id(91), person: Some(id(SERVES)), volunteer: true, craftsman: true, ..Actor::default() }
}

fn window() -> Window {
    Window { start: morning(), end: morning() + chrono::TimeDelta::minutes(60) }
}

fn wish() -> Placing {
    Placing {
        id: id(ORDER),
        number: "230822-1".to_owned(),
        region: code("230822"),
        division: code("230822100001"),
        handler: code("230822"),
        service: id(60),
        payment: Payment::Free,
        hazard: Hazard::None,
        craft: Some(id(700)),
        minutes: 60,
        urgency: Urgency::Normal,
        group: Group::General,
        subject: id(SERVED),
        channel: Channel::Phone,
        basis: Some(Basis::Consent),
        external_ref: None,
        wanted: Some(window()),
        position: None,
    }
}

/// A dispatcher's account, a craftsman, a person served, a service, and an order for it.
fn an_order(tx: &mut Tx) -> Result<(), StoreError> {
    county(tx)?;
    staff(tx, id(DISPATCHER))?;
    craftsman(tx, id(SERVES), id(DISPATCHER))?;
    add_resident(tx, id(91), "openid")?;
    person::add(tx, &NewPerson { phone: None, ..li(id(SERVED)) })?;
    person::add(tx, &NewPerson { phone: None, ..li(id(3)) })?;
    add_service(
        tx,
        &Service {
            id: id(60),
            region: code("230822"),
            code: ServiceCode::parse("tap-repair").unwrap(),
            craft: Some(id(700)),
            names: Names::new("修水龙头", None, None).unwrap(),
            payment: Payment::Free,
            hazard: Hazard::None,
            minutes: 60,
            active: true,
            version: 1,
        },
    )?;
    let (policy, acting) = (OrderPolicy::default(), acting_to_place(&wish(), &dispatcher()));
    let facts = Facts { policy: &policy, zone: chrono_tz::Asia::Shanghai, acting: &acting, offers: &[], deadlines: &[], now: tx.now() };
    let placed: Decision = place(&wish(), &facts).unwrap();
    assert!(!insert(tx, &placed, Vec::new())?, "nothing was written that could be held");
    Ok(())
}

/// Takes a step and keeps it.
fn step(tx: &mut Tx, actor: &Actor, command: impl FnOnce(&mut Tx) -> Result<Command, StoreError>) -> Result<(), StoreError> {
    let before = load(tx, id(ORDER), actor)?;
    let (policy, command) = (OrderPolicy::default(), command(tx)?);
    let facts = Facts {
        policy: &policy,
        zone: chrono_tz::Asia::Shanghai,
        acting: &before.acting,
        offers: &before.offers,
        deadlines: &before.deadlines,
        now: tx.now(),
    };
    let decision = decide(&before.order, &command, &facts).unwrap();
    save(tx, &before, &decision, Vec::new())
}

fn who_serves(tx: &mut Tx, except: Uuid) -> Result<Candidate, StoreError> {
    let occasion = Occasion { order: except, region: code("230822"), hazard: Hazard::None };
    candidate::person(tx, id(SERVES), Some(window()), &occasion, None)
}

async fn who_serves_is_bound_until_it_is_over(bench: &Bench) {
    bench.write(an_order).await;
    let merged = || bench.write(|tx| merge(tx, id(SERVES), id(3), id(DISPATCHER)));
    let triage = Command::Triage { craft: id(700), group: Group::General, urgency: Urgency::Normal, minutes: 60, people_needed: 1 };
    bench.write(move |tx| step(tx, &dispatcher(), |_| Ok(triage.clone()))).await;
    bench
        .write(|tx| {
            step(tx, &dispatcher(), |tx| {
                Ok(Command::Offer { takers: vec![Taking { offer: id(51), candidate: who_serves(tx, id(ORDER))? }] })
            })
        })
        .await;
    assert_eq!(merged().await, Merged::Bound, "an offer is open");
    bench
        .write(|tx| {
            step(tx, &taker(), |tx| Ok(Command::Accept { candidate: who_serves(tx, id(ORDER))?, start: None, members: Vec::new() }))
        })
        .await;
    assert_eq!(merged().await, Merged::Bound, "the order is not over");
    assert_eq!(bench.read(|tx| who_serves(tx, id(ORDER))).await.busy, [], "the order itself is in nobody's way");
    let elsewhere = bench.read(|tx| who_serves(tx, id(99))).await;
    assert_eq!((elsewhere.taker, elsewhere.busy.len()), (Taker::Person(id(SERVES)), 4), "four quarter-hours are taken");
    assert_eq!(bench.read(|tx| person::events(tx, id(SERVES))).await.len(), 1, "nothing was merged");
}

async fn photos_belong_to_their_order(bench: &Bench) {
    bench.write(an_order).await;
    let picture = |number: u128, order: u128| Photo {
        id: id(number),
        order: id(order),
        kind: PhotoKind::Request,
        media_type: "image/jpeg".to_owned(),
        bytes: 1024,
        width: 640,
        height: 480,
        digest: vec![7; 32],
        uploaded_by: id(DISPATCHER),
        at: morning(),
    };
    let (kept, expected, stray) = (picture(1, ORDER), picture(1, ORDER), picture(2, 99));
    bench.write(move |tx| photo::add(tx, &kept)).await;
    assert!(matches!(bench.store.write(move |tx| photo::add(tx, &stray)).await, Err(StoreError::Unknown(_))));
    assert_eq!(bench.read(|tx| photo::load(tx, id(1))).await, expected);
    assert_eq!(bench.read(|tx| photo::list(tx, id(ORDER))).await, [(expected, None)], "what staff take is not checked");
    assert_eq!(bench.read(|tx| photo::count(tx, id(ORDER))).await, 1);
}
