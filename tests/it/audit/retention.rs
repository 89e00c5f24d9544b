//! Records are kept as long as a region says, never less than the law says, then erased by a job that reports.

use std::sync::Arc;

use api::retention::job::{self, Asked, Turn};
use chrono::TimeDelta;
use domain::audit::ActorKind;
use domain::identity::Role;
use domain::retention::{RecordKind, RetentionPolicy};
use persistence::audit::{self, Origin, RETENTION};
use persistence::message::MessageAbout;
use persistence::{lease, retention};
use serde_json::json;
use support::people::path;
use support::world::{COMMUNITY, COUNTY, OTHER_REGION};
use support::{Kind, Person, World, on_both};
use uuid::Uuid;

use super::chain::tamper;
use super::erased::{erase, erased};
use super::proof::with_console;
use crate::demand::{meals, path as demand};

on_both! {
    a_region_publishes_how_long, nobody_publishes_less_than_the_law, texts_of_ended_orders_go_after_ten_years, sessions_that_are_over_go,
    a_run_that_was_interrupted_goes_on, one_process_at_a_time_erases, messages_about_an_order_go_with_its_texts,
    texts_of_ended_needs_go_after_their_years, what_fails_keeps_nothing_else_from_going, a_policy_that_cannot_be_read_keeps_its_region_only, reports_are_for_those_who_watch
}

/// A policy as it is published.
fn published(change: impl FnOnce(&mut RetentionPolicy)) -> serde_json::Value {
    let mut policy = RetentionPolicy { version: "county-1".to_owned(), ..RetentionPolicy::default() };
    change(&mut policy);
    json!({ "region": COUNTY, "policy": policy })
}

async fn a_region_publishes_how_long(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let read = format!("/v1/policies/retention?region={COMMUNITY}");
    let before = world.anyone.get(&read).await.is(200);
    assert_eq!((&before["in_force"]["policy"]["version"], &before["region"]), (&json!("default-1"), &json!(COUNTY)));
    let keyed = administrator.with("idempotency-key", "policy");
    let longer = published(|policy| policy.audit_days = 1000);
    let made = keyed.post("/v1/policies/retention", longer.clone()).await.is(201);
    assert_eq!((&made["region"], &made["policy"]["audit_days"]), (&json!(COUNTY), &json!(1000)));
    assert_eq!(keyed.post("/v1/policies/retention", longer.clone()).await.header("idempotent-replayed"), "true");
    administrator.post("/v1/policies/retention", longer).await.is_problem(409, "already_exists");
    assert_eq!(world.anyone.get(&read).await.is(200)["in_force"]["policy"]["audit_days"], 1000);
    let orders = world.anyone.get(&format!("/v1/policies/orders?region={COUNTY}")).await.is(200);
    assert_eq!(orders["versions"].as_array().unwrap().len(), 0, "each kind for itself");

    world.resident("王秀英").await.places(world.catalogue.free).await;
    api::audit::chain::turn(&world.services, Uuid::from_u128(1)).await.expect("entries can be linked");
    world.clock.advance(TimeDelta::days(999));
    let runs = erase(&world).await;
    assert_eq!(erased(&runs, RecordKind::Audit), 0, "the default would have erased it");
    assert!(runs.iter().filter(|run| run.region == COUNTY).all(|run| run.policy == "county-1"));
    let own = runs.iter().find(|run| run.region.is_empty() && run.kind == RecordKind::Audit).expect("the installation's own");
    assert_eq!(own.policy, "county-1", "the longest time of all regions");
    world.clock.advance(TimeDelta::days(2));
    assert!(erased(&erase(&world).await, RecordKind::Audit) > 0);
}

async fn nobody_publishes_less_than_the_law(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    type Change = fn(&mut RetentionPolicy);
    let broken: [(&str, Change); 5] = [
        ("/policy/audit_days", |policy| policy.audit_days = 183),
        ("/policy/provision_days", |policy| policy.provision_days = 1095),
        ("/policy/order_days", |policy| policy.order_days = 3652),
        ("/policy/demand_days", |policy| policy.demand_days = 365),
        ("/policy/session_days", |policy| policy.session_days = 30),
    ];
    for (pointer, change) in broken {
        administrator.post("/v1/policies/retention", published(change)).await.is_broken(pointer, "out_of_range");
    }
    let unknown = json!({ "region": COUNTY, "policy": { "version": "x", "audit_days": 400, "all_days": 1 } });
    assert_eq!(administrator.post("/v1/policies/retention", unknown).await.status, 422);
    let past = published(|_| {});
    let past = json!({ "region": COUNTY, "valid_from": "2020-01-01T00:00:00Z", "policy": past["policy"] });
    administrator.post("/v1/policies/retention", past).await.is_broken("/valid_from", "in_past");
    world.dispatcher().await.post("/v1/policies/retention", published(|_| {})).await.is_problem(403, "forbidden");
    let elsewhere = world.staff(Role::Administrator, OTHER_REGION).await;
    elsewhere.post("/v1/policies/retention", published(|_| {})).await.is_problem(404, "not_found");
}

/// An order with text, address, place and photo that was cancelled.
async fn cancelled(world: &World, wang: &Person) -> serde_json::Value {
    let position = json!({ "longitude": 130.553, "latitude": 46.239, "crs": "wgs84" });
    let wish = json!({
        "service": world.catalogue.free, "division": COMMUNITY, "text": "厨房水龙头漏水", "address": "红旗小区3号楼2单元", "position": position
    });
    let order = wang.post("/v1/orders", wish).await.is(201);
    let photo = crate::order::photos::upload(wang, &format!("{}?kind=request", path(&order, "photos")), crate::order::photos::png()).await;
    assert_eq!(photo.status, 201, "{}", photo.text);
    wang.takes(&order, "cancel", json!({ "reason": "resident_changed_mind" })).await
}

async fn texts_of_ended_orders_go_after_ten_years(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let ended = cancelled(&world, &wang).await;
    let open = wang.places(world.catalogue.free).await;
    world.clock.advance(TimeDelta::days(3652));
    assert_eq!(erased(&erase(&world).await, RecordKind::Orders), 0);
    world.clock.advance(TimeDelta::days(2));
    let runs = erase(&world).await;
    assert!(erased(&runs, RecordKind::Orders) >= 4, "text, address, place, photo: {runs:?}");
    let id = |order: &serde_json::Value| order["id"].as_str().unwrap().parse::<Uuid>().unwrap();
    let (gone, stays) = (id(&ended), id(&open));
    let texts = move |tx: &mut persistence::Tx| -> Result<_, persistence::StoreError> {
        let of = |tx: &mut persistence::Tx, order| Ok::<_, persistence::StoreError>(persistence::order::texts(tx, order)?.len());
        Ok((of(tx, gone)?, of(tx, stays)?, persistence::photo::list(tx, gone)?.len(), persistence::photo::removals(tx, 10)?.len()))
    };
    let (gone, stays, photos, removals) = world.keep(texts).await;
    assert_eq!((gone, photos, removals), (0, 0, 1), "the file of the photo is deleted by the clock");
    assert!(stays > 0, "an order that is open keeps its texts however old it is");
    world.tick().await;
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let seen = supervisor.get(&format!("/v1/orders/{}", ended["id"].as_str().unwrap())).await.is(200);
    assert_eq!((&seen["state"], seen["texts"].as_array().unwrap().len()), (&json!("cancelled"), 0), "its steps stay");
    let found = supervisor.post("/v1/audit/search", json!({ "region": COUNTY, "action": "retention" })).await.is(200);
    let entry = found["items"].as_array().unwrap().iter().find(|entry| entry["purpose"] == "orders").expect("it is on record");
    let run = runs.iter().find(|run| run.region == COUNTY && run.kind == RecordKind::Orders).unwrap();
    assert_eq!(entry["object"], json!(format!("retention-runs/{}", run.id)));
}

async fn messages_about_an_order_go_with_its_texts(world: Arc<World>) {
    let (daughter, mother) = (world.resident("王芳").await, world.resident("王秀英").await);
    let ended = daughter.places_for(&mother, "王秀英", world.catalogue.free).await;
    daughter.places_for(&mother, "王秀英", world.catalogue.free).await;
    daughter.takes(&ended, "cancel", json!({ "reason": "resident_changed_mind" })).await;
    let of = |account| world.keep(move |tx| persistence::message::list(tx, account, false, None, 10));
    assert_eq!((of(daughter.account).await.len(), of(mother.account).await.len()), (2, 2));
    world.clock.advance(TimeDelta::days(3654));
    erase(&world).await;
    for account in [daughter.account, mother.account] {
        let left = of(account).await;
        assert!(
            left.len() == 1 && !matches!(&left[0].about, MessageAbout::Order { id, .. } if json!(id) == ended["id"]),
            "those about the order that is open stay: {left:?}"
        );
    }
}

async fn texts_of_ended_needs_go_after_their_years(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let hotline = |name: &'static str, ticket: &'static str| {
        let (world, worker) = (&world, &worker);
        async move {
            let mut asked = meals(world.resident(name).await.person);
            (asked["source"], asked["external_ref"]) = (json!("hotline"), json!(ticket));
            worker.post("/v1/demands", asked).await.is(201)
        }
    };
    let (ended, open) = (hotline("王秀英", "12345-1").await, hotline("李桂兰", "12345-2").await);
    let _ = worker.post(&demand(&ended, "drop"), json!({ "reason": "moved_away", "note": "随女儿迁往外地" })).await.is(200);
    world.clock.advance(TimeDelta::days(1096));
    assert_eq!(erased(&erase(&world).await, RecordKind::Demands), 0);
    world.clock.advance(TimeDelta::days(2));
    assert_eq!(erased(&erase(&world).await, RecordKind::Demands), 3, "two texts and a ticket");
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let gone = worker.get(&demand(&ended, "")).await.is(200);
    assert_eq!((&gone["texts"], &gone["external_ref"], &gone["state"]), (&json!([]), &json!(null), &json!("dropped")));
    let stays = worker.get(&demand(&open, "")).await.is(200);
    assert_eq!((stays["texts"].as_array().unwrap().len(), &stays["external_ref"]), (1, &json!("12345-2")), "however old it is");
    let steps = worker.get(&demand(&ended, "events")).await.is(200);
    assert_eq!(steps["items"].as_array().unwrap().len(), 2, "what happened stays");
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(erased(&erase(&world).await, RecordKind::Demands), 0, "once");
}

async fn turn(world: &World) -> Turn {
    let turn = job::turn(&world.services.store, Uuid::from_u128(7), Asked { by: ActorKind::Clock, again: false });
    audit::within(Arc::new(Origin::clock(RETENTION)), turn).await.expect("the job runs")
}

async fn what_fails_keeps_nothing_else_from_going(world: Arc<World>) {
    tamper(&world, "ALTER TABLE order_texts RENAME TO aside").await;
    let Turn { done, failed } = turn(&world).await;
    assert!(done.len() == 9 && done.iter().all(|run| run.kind != RecordKind::Orders && run.ended_at.is_some()), "{done:?}");
    let failed: Vec<_> = failed.iter().map(|failure| (failure.region.as_str(), failure.kind)).collect();
    assert_eq!(failed, [(COUNTY, Some(RecordKind::Orders)), (OTHER_REGION, Some(RecordKind::Orders))]);
    tamper(&world, "ALTER TABLE aside RENAME TO order_texts").await;
    let done = erase(&world).await;
    assert!(done.len() == 2 && done.iter().all(|run| run.kind == RecordKind::Orders), "at the next turn: {done:?}");
}

async fn a_policy_that_cannot_be_read_keeps_its_region_only(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let _ = administrator.post("/v1/policies/retention", published(|policy| policy.audit_days = 1000)).await.is(201);
    tamper(&world, "UPDATE policies SET document = '{}' WHERE kind = 'retention'").await;
    let Turn { done, failed } = turn(&world).await;
    assert!(done.len() == 4 && done.iter().all(|run| run.region == OTHER_REGION), "{done:?}");
    let failed: Vec<_> = failed.iter().map(|failure| (failure.region.as_str(), failure.kind)).collect();
    assert_eq!(failed, [(COUNTY, None)], "it might be the one that keeps longest what belongs to the installation");
}

async fn sessions_that_are_over_go(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let account = wang.account;
    let kept = || async { world.keep(move |tx| persistence::identity::sessions(tx, account, 10)).await.len() };
    assert_eq!(kept().await, 1);
    world.clock.advance(TimeDelta::days(184 + 366 * 2));
    let runs = erase(&world).await;
    let run = runs.iter().find(|run| run.kind == RecordKind::Sessions).expect("a run");
    assert!(run.region.is_empty() && run.erased > 0, "sessions belong to no region: {run:?}");
    assert_eq!(kept().await, 0);
}

async fn a_run_that_was_interrupted_goes_on(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    for _ in 0..5 {
        cancelled(&world, &wang).await;
        world.clock.advance(TimeDelta::hours(1));
    }
    world.clock.advance(TimeDelta::days(3654));
    let cutoff = RetentionPolicy::default().cutoff(RecordKind::Orders, world.now());
    let id = Uuid::now_v7();
    let first = move |tx: &mut persistence::Tx| {
        let run = retention::begin(tx, id, COUNTY, RecordKind::Orders, "default-1", cutoff)?;
        retention::step(tx, &run, 2, ActorKind::Clock)
    };
    let begun = world.keep(first).await;
    assert!(begun.ended_at.is_none() && begun.erased > 0);
    let stale = begun.clone();
    let runs = erase(&world).await;
    let run = runs.iter().find(|run| run.id == id).expect("the same run");
    assert_eq!(run.erased, begun.erased / 2 * 5, "all five orders, each once");
    let again = world.services.store.write(move |tx| retention::step(tx, &stale, 2, ActorKind::Clock)).await;
    assert_eq!(again, Err(persistence::StoreError::Stale), "a step that was taken is not taken again");
}

async fn one_process_at_a_time_erases(world: Arc<World>) {
    world
        .keep(|tx| {
            let until = tx.now() + TimeDelta::seconds(60);
            lease::take(tx, "retention", Uuid::from_u128(99), until)
        })
        .await;
    assert!(erase(&world).await.is_empty());
    world.clock.advance(TimeDelta::minutes(2));
    let runs = erase(&world).await;
    assert_eq!(runs.len(), 2 * 4 + 3, "four kinds of each region, three of the installation");
    assert!(erase(&world).await.is_empty(), "once a day");
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(erase(&world).await.len(), 11);
}

async fn reports_are_for_those_who_watch(world: Arc<World>) {
    erase(&world).await;
    let list = format!("/v1/retention/runs?region={COUNTY}");
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let found = supervisor.with("accept-language", "en").get(&format!("{list}&limit=2")).await.is(200);
    let first = &found["items"][0];
    assert_eq!((&first["region"], &first["policy_version"], &first["erased"]), (&json!(COUNTY), &json!("default-1"), &json!("0")));
    assert!(first["ended_at"].is_string() && first["cut_off"].is_string() && first["kind_label"].is_string());
    let rest = supervisor.get(&format!("{list}&cursor={}", found["next_cursor"].as_str().unwrap())).await.is(200);
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (2, &serde_json::Value::Null));
    supervisor.get("/v1/retention/runs").await.is_broken("region", "required");
    world.staff(Role::Operator, COUNTY).await.get("/v1/retention/runs").await.is_broken("region", "required");
    let operator = world.operator().await;
    let own = operator.get("/v1/retention/runs").await.is(200);
    assert!(own["items"].as_array().unwrap().iter().all(|run| run["region"].is_null()));
    world.staff(Role::Supervisor, OTHER_REGION).await.get(&list).await.is_problem(404, "not_found");
    world.dispatcher().await.get(&list).await.is_problem(403, "forbidden");
    world.anyone.get(&list).await.is_problem(401, "unauthenticated");
}

fn the_command_line_erases_and_reports(kind: Kind) {
    with_console(kind, |world, console| async move {
        // The command line has the machine's clock.
        world.clock.advance(TimeDelta::days(-800));
        world.resident("王秀英").await.places(world.catalogue.free).await;
        api::audit::chain::turn(&world.services, Uuid::from_u128(1)).await.expect("entries can be linked");
        api::audit::checkpoint::renew(&world.services, COUNTY.to_owned()).await.expect("it can be signed");
        let line = |said: &str| said.lines().find(|line| line.starts_with(COUNTY) && line.contains("audit")).expect("a line").to_owned();
        assert!(line(&console.ends(0, &["retention", "plan"])).contains(" 1 of before "));
        assert!(line(&console.ends(0, &["retention", "plan"])).contains(" 1 of before "), "a plan erases nothing");
        assert!(line(&console.ends(0, &["retention", "run"])).contains(" 1 of before "));
        assert!(line(&console.ends(0, &["retention", "plan"])).contains(" 0 of before "));
        assert!(line(&console.ends(0, &["retention", "report", "--region", COUNTY])).contains(" 1 of before "));
        assert!(console.ends(0, &["retention", "report", "--region", "installation"]).contains("installation"));
        let said = console.ends(2, &["retention", "report", "--region", "999"]);
        assert!(said.contains("there is no region 999"), "{said}");
        // A link of the past would prove that the erasure was in the past, too.
        world.clock.advance(TimeDelta::days(800));
        api::audit::chain::turn(&world.services, Uuid::from_u128(1)).await.expect("entries can be linked");
        let said = console.ends(3, &["audit", "verify", "--region", COUNTY]);
        assert!(said.contains("0 entries were erased when their time was over, 1 more as no checkpoint vouches for"), "{said}");
        api::audit::checkpoint::renew(&world.services, COUNTY.to_owned()).await.expect("it can be signed");
        let said = console.ends(0, &["audit", "verify", "--region", COUNTY]);
        assert!(said.contains("1 entries were erased"), "{said}");
    });
}

#[test]
fn sqlite_the_command_line_erases_and_reports() {
    the_command_line_erases_and_reports(Kind::Sqlite);
}

#[test]
fn postgres_the_command_line_erases_and_reports() {
    the_command_line_erases_and_reports(Kind::Postgres);
}
