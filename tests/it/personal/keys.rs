//! A new key takes over while everything goes on.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::Role;
use persistence::data_key::{self, DropRefused, KeyError};
use persistence::sealed::{self, Turn};
use persistence::secret::KeyFile;
use persistence::{Keyring, Store, StoreError, Tuning, TxContext};
use serde_json::json;
use support::world::{COMMUNITY, Ground};
use support::{Kind, World};
use uuid::Uuid;

/// Tests that make their own world: its keys are read again from what stands for the key file.
macro_rules! on_both_kinds {
    ($($name:ident)+) => {
        $(mod $name {
            #[test]
            fn sqlite() { actix_web::rt::System::new().block_on(super::$name(super::Kind::Sqlite)); }
            #[test]
            fn postgres() { actix_web::rt::System::new().block_on(super::$name(super::Kind::Postgres)); }
        })+
    };
}

on_both_kinds! { a_new_key_takes_over_while_people_read_and_write a_broken_off_job_goes_on_elsewhere wrong_keys_are_refused }

fn keys() -> (KeyFile, KeyFile) {
    let one = KeyFile::parse(&Keyring::generate().unwrap()).unwrap();
    let both = one.clone().with_new(2).unwrap();
    (one, both)
}

async fn world(kind: Kind, keys: &KeyFile) -> Arc<World> {
    let ground = Ground { secret: keys.text(), ..Ground::new(kind) };
    Arc::new(World::on(ground).await)
}

/// Another process on the same database, with keys of its own.
fn beside(world: &World, keys: &KeyFile) -> Store {
    let context = TxContext { clock: world.clock.clone(), keys: Arc::new(Keyring::new(keys).unwrap()) };
    Store::open(&world.database.location, context, &Tuning::default()).unwrap()
}

async fn seals_all(store: &Store, holder: Uuid) {
    loop {
        match store.write::<_, StoreError>(move |tx| sealed::turn(tx, holder)).await.unwrap() {
            Turn::Did(_) => {}
            Turn::Idle => break,
            Turn::Elsewhere => panic!("nobody else holds the job"),
        }
    }
}

async fn counts(store: &Store) -> (i64, i64) {
    store.read::<_, StoreError>(|tx| Ok((sealed::count(tx, 1)?, sealed::count(tx, 2)?))).await.unwrap()
}

async fn a_new_key_takes_over_while_people_read_and_write(kind: Kind) {
    let (_, both) = keys();
    let world = world(kind, &both).await;
    let (wang, grid) = (world.resident("王秀英").await, world.staff(Role::GridMember, COMMUNITY).await);
    let order = wang.places(world.catalogue.free).await;
    let _ = wang.places(world.catalogue.free).await;
    let before = wang.get("/v1/orders?list=mine&limit=1").await.is(200);
    let (old, new) = counts(&world.services.store).await;
    assert!(old > 5 && new == 0, "a key that is only at hand seals nothing: {old} {new}");
    world.keep(|tx| data_key::activate(tx, 2)).await;
    world.clock.advance(TimeDelta::seconds(6));
    // Written between the batches, by a server that was not told: what it seals now is under the new key.
    let zhang = json!({ "name": "张三丰", "phone": "13812345678", "division": COMMUNITY, "basis": "consent" });
    let _ = grid.post("/v1/persons", zhang).await.is(201);
    let (_, new) = counts(&world.services.store).await;
    assert!(new >= 2, "name and phone: {new}");
    let busy = {
        let (wang, path) = (wang.clone(), format!("/v1/orders/{}", order["id"].as_str().unwrap()));
        actix_web::rt::spawn(async move {
            for _ in 0..20 {
                assert_eq!(wang.get(&path).await.is(200)["texts"][1]["body"], "厨房水龙头漏水", "readable throughout");
                let _ = wang
                    .post(
                        "/v1/orders",
                        json!({ "service": support::world::fixed(api::openapi::example::SERVICE),
                    "division": COMMUNITY, "text": "灯不亮" }),
                    )
                    .await
                    .is(201);
            }
        })
    };
    seals_all(&world.services.store, Uuid::from_u128(7)).await;
    busy.await.unwrap();
    assert!(!world.keep(sealed::begin_again).await, "nothing was left behind");
    let (old, new) = counts(&world.services.store).await;
    assert!(old == 0 && new > 30, "{old} {new}");
    let found = grid.post("/v1/persons/search", json!({ "phone": "13812345678" })).await.is(200);
    assert_eq!(found["items"][0]["name"], "张**", "found by the index of before");
    let cursor = before["next_cursor"].as_str().unwrap();
    let next = wang.get(&format!("/v1/orders?list=mine&limit=1&cursor={cursor}")).await.is(200);
    assert_eq!(next["items"][0]["id"], order["id"], "a cursor of before goes on");
    assert_eq!(world.keep(|tx| data_key::drop_key(tx, 2)).await, Err(DropRefused::Seals));
    assert_eq!(world.keep(|tx| data_key::drop_key(tx, 1)).await, Err(DropRefused::TooEarly));
    world.clock.advance(TimeDelta::seconds(61));
    assert_eq!(world.keep(|tx| data_key::drop_key(tx, 1)).await, Ok(()));
    assert_eq!(world.keep(|tx| data_key::drop_key(tx, 1)).await, Ok(()), "again");
    // A process that starts without the first key finds people and accepts what was signed before.
    let later = beside(&world, &both.without(1));
    data_key::settle(&later).await.unwrap();
    assert_eq!(later.keys().blind("persons.phone", "1"), world.services.store.keys().blind("persons.phone", "1"));
    assert_eq!(later.keys().sign("cursor", b"1"), world.services.store.keys().sign("cursor", b"1"));
    let name = later.read::<_, StoreError>(move |tx| persistence::person::load(tx, wang.person)).await.unwrap().name;
    assert_eq!(name.as_str(), "王秀英");
    world.stop().await;
}

async fn a_broken_off_job_goes_on_elsewhere(kind: Kind) {
    let (_, both) = keys();
    let world = world(kind, &both).await;
    for number in 0..250 {
        let phone = format!("139{number:08}");
        world
            .keep(move |tx| {
                persistence::person::add(
                    tx,
                    &persistence::person::NewPerson {
                        id: Uuid::now_v7(),
                        division: support::world::code(COMMUNITY),
                        name: domain::person::PersonName::parse("赵四").unwrap(),
                        phone: Some(domain::person::Phone::parse(&phone).unwrap()),
                        document: None,
                        birth_date: None,
                        claimed: false,
                        entered_by: None,
                    },
                )
            })
            .await;
    }
    world.keep(|tx| data_key::activate(tx, 2)).await;
    world.clock.advance(TimeDelta::seconds(6));
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let store = &world.services.store;
    let mut done = 0;
    while done < 300 {
        let Turn::Did(more) = store.write::<_, StoreError>(move |tx| sealed::turn(tx, one)).await.unwrap() else { panic!("more to do") };
        done += more;
    }
    let half = store.read(sealed::progress).await.unwrap();
    assert!(half.iter().any(|column| column.done > 0 && column.finished_at.is_none()), "in the middle of a column: {half:?}");
    // The holder is gone. Nobody else goes on while its lease lasts; then another process does, where it stopped.
    let elsewhere = beside(&world, &both);
    data_key::settle(&elsewhere).await.unwrap();
    assert_eq!(elsewhere.write::<_, StoreError>(move |tx| sealed::turn(tx, other)).await.unwrap(), Turn::Elsewhere);
    assert_eq!(world.keep(|tx| data_key::drop_key(tx, 1)).await, Err(DropRefused::TooEarly));
    world.clock.advance(TimeDelta::seconds(61));
    assert!(matches!(world.keep(|tx| data_key::drop_key(tx, 1)).await, Err(DropRefused::Used(left)) if left > 0));
    seals_all(&elsewhere, other).await;
    let whole = store.read(sealed::progress).await.unwrap();
    let (total, looked_at): (i64, i64) = whole.iter().fold((0, 0), |(total, done), column| (total + column.total, done + column.done));
    assert_eq!(looked_at, total, "nothing was sealed twice: {whole:?}");
    assert_eq!(counts(store).await.0, 0);
    world.stop().await;
}

async fn wrong_keys_are_refused(kind: Kind) {
    let (one, both) = keys();
    let world = world(kind, &one).await;
    let (other, _) = keys();
    let differs = data_key::settle(&beside(&world, &other)).await.unwrap_err();
    assert!(matches!(differs, KeyError::Differs { id: 1, .. }), "{differs}");
    let fuller = beside(&world, &both);
    data_key::settle(&fuller).await.unwrap();
    fuller.write::<_, StoreError>(|tx| data_key::activate(tx, 2)).await.unwrap();
    let missing = data_key::settle(&beside(&world, &one)).await.unwrap_err();
    assert!(matches!(missing, KeyError::Missing { id: 2, .. }), "{missing}");
    // A server that cannot know the new key refuses to write rather than to seal under one that goes.
    world.clock.advance(TimeDelta::seconds(6));
    let written = world.services.store.write::<_, StoreError>(|_| Ok(())).await;
    assert!(matches!(&written, Err(StoreError::Bug(text)) if text.contains("not at hand")), "{written:?}");
    world.stop().await;
}
