//! Entries whose time was over say nothing any more, and the chain still holds; whatever else is empty is found.

use std::sync::Arc;

use api::audit::witness::Evidence;
use api::audit::{check, checkpoint, file, keys};
use api::retention::job::{self, Asked};
use chrono::TimeDelta;
use domain::audit::ActorKind;
use domain::identity::Role;
use domain::retention::RecordKind;
use persistence::Location;
use persistence::audit::{self, Fault, Origin, Past, RETENTION, Report};
use persistence::retention::Run;
use serde_json::json;
use support::world::COUNTY;
use support::{World, on_both};
use uuid::Uuid;

use super::chain::{link, tamper, three_links};

on_both! {
    what_retention_has_emptied_verifies, what_somebody_else_has_emptied_is_found, an_erasure_before_its_time_is_found,
    times_that_are_forged_make_nothing_older, what_was_handed_out_is_kept_longer, a_file_proves_no_more_than_its_checkpoints
}

/// Runs the job as the clock does.
pub(super) async fn erase(world: &World) -> Vec<Run> {
    let asked = Asked { by: ActorKind::Clock, again: false };
    let turn = job::turn(&world.services.store, Uuid::from_u128(7), asked);
    let turn = audit::within(Arc::new(Origin::clock(RETENTION)), turn).await.expect("the job runs");
    assert!(turn.failed.is_empty(), "{:?}", turn.failed);
    turn.done
}

/// What a run has erased of a kind in the county.
pub(super) fn erased(runs: &[Run], kind: RecordKind) -> i64 {
    runs.iter().find(|run| run.region == COUNTY && run.kind == kind).expect("a run").erased
}

async fn verify(world: &World) -> Report {
    check::verify(&world.services.store, COUNTY, &Evidence::default(), |_| {}).await.expect("the chain can be read")
}

/// A chain with six entries that are past their time and emptied, and a checkpoint that vouches for that.
async fn emptied(world: &World) -> Vec<Run> {
    three_links(world).await;
    link(world).await;
    world.clock.advance(TimeDelta::days(367));
    let runs = erase(world).await;
    link(world).await;
    checkpoint::renew(&world.services, COUNTY.to_owned()).await.expect("it can be signed");
    runs
}

async fn what_retention_has_emptied_verifies(world: Arc<World>) {
    let runs = emptied(&world).await;
    assert_eq!(erased(&runs, RecordKind::Audit), 7, "six orders and a checkpoint");
    assert!(runs.iter().all(|run| run.ended_at.is_some() && run.policy == "default-1"));
    let report = verify(&world).await;
    assert_eq!((report.faults, report.erased, report.unproven), (vec![], 7, 0));
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let found = supervisor.post("/v1/audit/search", json!({ "region": COUNTY, "limit": 100 })).await.is(200);
    let (empty, telling): (Vec<_>, Vec<_>) =
        found["items"].as_array().unwrap().iter().partition(|entry| entry["erased"].as_bool().unwrap());
    assert_eq!(empty.len(), 7);
    let telling = telling.iter().find(|entry| entry["action"] == RETENTION).expect("the job is on record");
    assert_eq!((&telling["actor_kind"], &telling["purpose"]), (&json!("clock"), &json!("audit")));
    assert!(telling["object"].as_str().unwrap().starts_with("audit-erasures/"));
    for entry in empty {
        assert_eq!(entry["erased_by"], telling["id"]);
        assert!(entry["action"].is_null() && entry["actor"].is_null() && entry["address"].is_null() && entry["object"].is_null());
        assert!(entry["digest"].is_string() && entry["link"].is_string());
    }
    assert!(erase(&world).await.is_empty(), "once a day");
    link(&world).await;
    world.clock.advance(TimeDelta::days(400));
    let again = erase(&world).await;
    assert!(erased(&again, RecordKind::Audit) > 0, "the search");
    link(&world).await;
    checkpoint::renew(&world.services, COUNTY.to_owned()).await.expect("it can be signed");
    let report = verify(&world).await;
    assert_eq!((report.faults, report.unproven), (vec![], 0), "what tells of an erasure is never erased");
}

/// What empties entries by hand.
const EMPTY: &str = "UPDATE audit_entries SET actor_kind = NULL, actor_id = NULL, role = NULL, action = NULL, object = NULL, \
                     purpose = NULL, outcome = NULL, request_id = NULL, address = NULL";

async fn what_somebody_else_has_emptied_is_found(world: Arc<World>) {
    emptied(&world).await;
    let wang = world.resident("刘洋").await;
    wang.places(world.catalogue.free).await;
    link(&world).await;
    let last = "link = (SELECT max(link) FROM audit_links)";
    tamper(&world, &format!("{EMPTY} WHERE {last}")).await;
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::Emptied { .. }]), "{report:?}");
    tamper(&world, &format!("UPDATE audit_entries SET erased_by = id WHERE {last}")).await;
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::ErasureUnknown { entries: 1, .. }]), "{report:?}");
    let known = "(SELECT erased_by FROM audit_entries WHERE link = 1 AND erased_by IS NOT NULL LIMIT 1)";
    tamper(&world, &format!("UPDATE audit_entries SET erased_by = {known} WHERE {last}")).await;
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::ErasureDiffers { .. }]), "{report:?}");

    tamper(&world, &format!("DELETE FROM audit_entries WHERE {last}; DELETE FROM audit_links WHERE {last}")).await;
    assert_eq!(verify(&world).await.faults, []);
    let first = "link = 1 AND at = (SELECT min(at) FROM audit_entries WHERE link = 1)";
    tamper(&world, &format!("UPDATE audit_entries SET digest = (SELECT digest FROM audit_entries WHERE link = 2 LIMIT 1) WHERE {first}"))
        .await;
    let report = verify(&world).await;
    let found = matches!(report.faults[..], [Fault::EntriesReplaced { link: 1, .. }, Fault::ErasureDiffers { .. }]);
    assert!(found, "a digest that stayed cannot be edited either: {report:?}");
}

async fn an_erasure_before_its_time_is_found(world: Arc<World>) {
    three_links(&world).await;
    world.clock.advance(TimeDelta::days(183));
    // Whoever writes the database can tell of an erasure as the job does.
    let past = Past {
        region: COUNTY.to_owned(),
        kind: RecordKind::Audit,
        after: (chrono::DateTime::UNIX_EPOCH, Uuid::nil()),
        cutoff: world.now() - TimeDelta::days(1),
    };
    let (emptied, _) = world.keep(move |tx| audit::empty(tx, &past, 100, ActorKind::Clock, Uuid::nil())).await;
    assert_eq!(emptied, 6);
    link(&world).await;
    checkpoint::renew(&world.services, COUNTY.to_owned()).await.expect("it can be signed");
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::ErasedTooEarly { .. }]), "{report:?}");
}

async fn times_that_are_forged_make_nothing_older(world: Arc<World>) {
    three_links(&world).await;
    checkpoint::renew(&world.services, COUNTY.to_owned()).await.expect("it can be signed");
    world.clock.advance(TimeDelta::days(2));
    let tell = async |cutoff: TimeDelta| {
        let (after, cutoff) = ((chrono::DateTime::UNIX_EPOCH - TimeDelta::days(1), Uuid::nil()), world.now() - cutoff);
        let past = Past { region: COUNTY.to_owned(), kind: RecordKind::Audit, after, cutoff };
        world.keep(move |tx| audit::empty(tx, &past, 2, ActorKind::Clock, Uuid::nil())).await.0
    };
    // An erasure that says to be of half a year later.
    world.clock.advance(TimeDelta::days(190));
    assert_eq!(tell(TimeDelta::days(191)).await, 2);
    world.clock.advance(TimeDelta::days(-190));
    link(&world).await;
    checkpoint::renew(&world.services, COUNTY.to_owned()).await.expect("it can be signed");
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::ErasedTooEarly { .. }]), "{report:?}");
    // Entries that say to be of half a year before.
    let earlier = match world.services.store.location() {
        Location::Sqlite(_) => "at - 17280000000000",
        Location::Postgres(_) => "at - interval '200 days'",
    };
    tamper(&world, &format!("UPDATE audit_entries SET at = {earlier} WHERE link = 2")).await;
    assert_eq!(tell(TimeDelta::days(1)).await, 2);
    link(&world).await;
    checkpoint::renew(&world.services, COUNTY.to_owned()).await.expect("it can be signed");
    let report = verify(&world).await;
    let early = report.faults.iter().filter(|fault| matches!(fault, Fault::ErasedTooEarly { .. })).count();
    assert_eq!(early, 2, "{report:?}");
}

async fn what_was_handed_out_is_kept_longer(world: Arc<World>) {
    let (wang, worker) = (world.resident("王秀英").await, world.staff(Role::SocialWorker, COUNTY).await);
    let ask = json!({ "fields": ["phone"], "purpose": "verification" });
    let _ = worker.post(&format!("/v1/persons/{}/unmask", wang.person), ask).await.is(200);
    let (order, person) = (wang.places(world.catalogue.free).await, wang.person);
    assert!(order["id"].is_string());
    link(&world).await;
    let looks = || async { world.keep(move |tx| persistence::person::unmaskings(tx, &[person])).await.len() };
    world.clock.advance(TimeDelta::days(1095));
    let runs = erase(&world).await;
    assert_eq!((erased(&runs, RecordKind::Audit), erased(&runs, RecordKind::Provisions)), (1, 0));
    assert_eq!(looks().await, 1);
    world.clock.advance(TimeDelta::days(2));
    let runs = erase(&world).await;
    assert_eq!(erased(&runs, RecordKind::Provisions), 1);
    assert_eq!(looks().await, 0, "the record of access goes with it");
    link(&world).await;
    assert_eq!(verify(&world).await.faults, []);
    let asked = api::app::endpoints().into_iter().filter_map(|endpoint| endpoint.operation.operation_id).collect::<Vec<_>>();
    for operation in domain::retention::PROVISIONS {
        assert!(asked.iter().any(|id| id == operation), "{operation} is an operation of the contract");
    }
}

async fn a_file_proves_no_more_than_its_checkpoints(world: Arc<World>) {
    emptied(&world).await;
    let text = check::export(&world.services.store, COUNTY, Vec::new(), |_| {}).await.expect("the chain can be written");
    let text = String::from_utf8(text).expect("text");
    let keys = world.services.store.read::<_, persistence::StoreError>(keys::public_keys).await.expect("keys");
    let evidence = Evidence { keys: Some(keys), deposited: Vec::new() };
    let verify = |lines: &[String]| file::verify(lines.join("\n").as_bytes(), &evidence).expect("a file").report;
    let lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    let report = verify(&lines);
    assert_eq!((report.faults, report.erased, report.unproven), (vec![], 7, 0));

    let newest = lines.iter().position(|line| line.contains("\"checkpoint\"")).expect("a checkpoint");
    let without: Vec<String> = lines.iter().enumerate().filter(|(at, _)| *at != newest).map(|(_, line)| line.clone()).collect();
    let report = verify(&without);
    assert_eq!((report.faults, report.erased, report.unproven), (vec![], 0, 7), "the older checkpoint is from before the erasure");
    let unchecked = file::verify(text.as_bytes(), &Evidence::default()).expect("a file").report;
    assert_eq!((unchecked.erased, unchecked.unproven, unchecked.vouched), (0, 7, None), "nor does what is not checked");

    let telling = lines.iter().position(|line| line.contains("audit-erasures/")).expect("an entry tells of it");
    let content = lines[telling].find(",\"content\"").expect("it says something");
    let id = &lines[2][lines[2].find("\"erased_by\":\"").expect("an erasure") + 13..][..36];
    let mut emptied = lines.clone();
    emptied[telling] = format!("{},\"erased_by\":\"{id}\"}}", &lines[telling][..content]);
    let report = verify(&emptied);
    assert!(matches!(report.faults[..], [Fault::ErasureUnknown { entries: 8, .. }]), "nothing excuses itself: {report:?}");
}
