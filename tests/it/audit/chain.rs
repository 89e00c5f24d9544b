//! The chain: whatever is edited, deleted, put elsewhere or cut off is found, in a database and in a file.

use std::sync::Arc;

use api::audit::witness::Evidence;
use api::audit::{chain, check, checkpoint, file};
use api::identity::jwks::KeySet;
use api::token::PublicKey;
use chrono::TimeDelta;
use domain::identity::Role;
use persistence::audit::{Fault, Report};
use serde_json::{Value, json};
use support::world::COUNTY;
use support::{World, on_both};
use uuid::Uuid;

on_both! {
    a_chain_holds, an_edited_entry_is_found, a_deleted_entry_is_found, a_moved_entry_is_found, a_chain_cut_off_is_found,
    a_forged_checkpoint_is_found, a_stray_entry_is_found, a_forged_time_is_found, a_file_shows_the_same, one_of_two_sequencers_links, checkpoints_are_made_each_day
}

/// Somebody who does one thing in each of three links, and a checkpoint at the end.
pub(super) async fn three_links(world: &World) {
    let (wang, supervisor) = (world.resident("王秀英").await, world.staff(Role::Supervisor, COUNTY).await);
    for _ in 0..3 {
        for _ in 0..2 {
            wang.places(world.catalogue.free).await;
            world.clock.advance(TimeDelta::seconds(1));
        }
        link(world).await;
    }
    let made = supervisor.post("/v1/audit/checkpoints", json!({ "region": COUNTY })).await.is(200);
    assert_eq!(made["link"], "3");
}

pub(super) async fn link(world: &World) {
    chain::turn(&world.services, Uuid::from_u128(1)).await.expect("entries can be linked");
}

async fn verify(world: &World) -> Report {
    check::verify(&world.services.store, COUNTY, &Evidence::default(), |_| {}).await.expect("the chain can be read")
}

/// Somebody with a hand in the database.
pub(super) async fn tamper(world: &World, sql: &str) {
    let (location, sql) = (world.database.location.clone(), sql.to_owned());
    tokio::task::spawn_blocking(move || persistence::tools::execute(&location, &sql).expect("the database obeys")).await.expect("no panic");
}

async fn a_chain_holds(world: Arc<World>) {
    three_links(&world).await;
    link(&world).await;
    let report = verify(&world).await;
    assert_eq!(report.faults, []);
    assert_eq!(report.links, 4, "the checkpoint is an entry, too");
    assert_eq!(report.entries, 7);
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let state = supervisor.get(&format!("/v1/audit/chain?region={COUNTY}")).await.is(200);
    assert_eq!((&state["links"], &state["lag_milliseconds"], &state["waiting_since"]), (&json!("4"), &json!(0), &Value::Null));
    let listed = supervisor.get(&format!("/v1/audit/checkpoints?region={COUNTY}")).await.is(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

async fn an_edited_entry_is_found(world: Arc<World>) {
    three_links(&world).await;
    tamper(
        &world,
        "UPDATE audit_entries SET outcome = 'forbidden' WHERE link = 2 AND at = (SELECT max(at) FROM audit_entries WHERE link = 2)",
    )
    .await;
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::EntryEdited { link: 2, .. }]), "{report:?}");
}

async fn a_deleted_entry_is_found(world: Arc<World>) {
    three_links(&world).await;
    tamper(&world, "DELETE FROM audit_entries WHERE link = 2 AND at = (SELECT min(at) FROM audit_entries WHERE link = 2)").await;
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::EntriesMissing { link: 2, expected: 2, found: 1, .. }]), "{report:?}");
}

async fn a_moved_entry_is_found(world: Arc<World>) {
    three_links(&world).await;
    tamper(&world, "UPDATE audit_entries SET link = 5 - link WHERE link IN (2, 3)").await;
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::EntriesReplaced { link: 2, .. }, Fault::EntriesReplaced { link: 3, .. }]), "{report:?}");
}

async fn a_chain_cut_off_is_found(world: Arc<World>) {
    three_links(&world).await;
    tamper(&world, "DELETE FROM audit_entries WHERE link = 3; DELETE FROM audit_links WHERE link = 3").await;
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::CutOff { last: 2, checkpoint: 3 }]), "{report:?}");
}

async fn a_forged_checkpoint_is_found(world: Arc<World>) {
    three_links(&world).await;
    tamper(&world, "UPDATE audit_checkpoints SET link = 2").await;
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::CheckpointForged { link: 2, .. }, Fault::CheckpointDiffers { link: 2 }]), "{report:?}");
}

async fn a_stray_entry_is_found(world: Arc<World>) {
    three_links(&world).await;
    tamper(&world, "UPDATE audit_entries SET link = -7 WHERE link IS NULL").await;
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::Strays { count: 1 }]), "{report:?}");
}

async fn a_forged_time_is_found(world: Arc<World>) {
    three_links(&world).await;
    tamper(&world, "UPDATE audit_links SET at = (SELECT at FROM audit_links WHERE link = 1) WHERE link = 2").await;
    let report = verify(&world).await;
    assert!(matches!(report.faults[..], [Fault::LinkEdited { link: 2, .. }]), "{report:?}");
}

async fn a_file_shows_the_same(world: Arc<World>) {
    three_links(&world).await;
    let text = check::export(&world.services.store, COUNTY, Vec::new(), |_| {}).await.expect("the chain can be written");
    let text = String::from_utf8(text).expect("text");
    let keys: KeySet = serde_json::from_value(world.anyone.get("/.well-known/jwks.json").await.is(200)).expect("keys");
    let keys = keys.public_keys();
    let found = |lines: &[&str], keys: &[PublicKey]| {
        let evidence = Evidence { keys: Some(keys.to_vec()), deposited: Vec::new() };
        file::verify(lines.join("\n").as_bytes(), &evidence).expect("a file").report.faults
    };
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1 + 3 + 6 + 1, "a line for the chain, each link, each entry, the checkpoint");
    assert_eq!(found(&lines, &keys), []);
    assert!(matches!(found(&lines, &[])[..], [Fault::CheckpointForged { link: 3, .. }]), "of nobody we know");

    let edited = lines[6].replace("\"done\"", "\"forbidden\"");
    let with = |at: usize, line: &str| {
        lines.iter().enumerate().map(|(index, old)| if index == at { line.to_owned() } else { (*old).to_owned() }).collect::<Vec<_>>()
    };
    let as_lines = |lines: &[String]| found(&lines.iter().map(String::as_str).collect::<Vec<_>>(), &keys);
    assert!(matches!(as_lines(&with(6, &edited))[..], [Fault::EntryEdited { link: 2, .. }]), "edited: {edited}");

    let content = lines[6].find(",\"content\"").expect("an entry says something");
    let emptied = format!("{}}}", &lines[6][..content]);
    assert!(matches!(as_lines(&with(6, &emptied))[..], [Fault::Emptied { link: 2, .. }]), "emptied: {emptied}");

    let deleted: Vec<&str> = lines.iter().enumerate().filter(|(index, _)| *index != 6).map(|(_, line)| *line).collect();
    assert!(matches!(found(&deleted, &keys)[..], [Fault::EntriesMissing { link: 2, found: 1, .. }]), "deleted");

    let mut swapped = lines.clone();
    swapped.swap(5, 6);
    assert!(
        matches!(found(&swapped, &keys)[..], [Fault::EntryOutOfOrder { link: 2, .. }, Fault::EntriesReplaced { link: 2, .. }]),
        "reordered"
    );

    let cut: Vec<&str> = lines.iter().enumerate().filter(|(index, _)| !(7..=9).contains(index)).map(|(_, line)| *line).collect();
    assert!(matches!(found(&cut, &keys)[..], [Fault::CutOff { last: 2, checkpoint: 3 }]), "cut off");
}

async fn one_of_two_sequencers_links(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    for _ in 0..5 {
        wang.places(world.catalogue.free).await;
    }
    let (one, other) = (chain::turn(&world.services, Uuid::from_u128(1)), chain::turn(&world.services, Uuid::from_u128(2)));
    let (one, other) = tokio::join!(one, other);
    let linked = one.map(|linked| linked.entries).unwrap_or_default() + other.map(|linked| linked.entries).unwrap_or_default();
    assert_eq!(linked, 5);
    assert_eq!(verify(&world).await.faults, []);
}

async fn checkpoints_are_made_each_day(world: Arc<World>) {
    let (wang, supervisor) = (world.resident("王秀英").await, world.staff(Role::Supervisor, COUNTY).await);
    let path = format!("/v1/audit/checkpoints?region={COUNTY}");
    for (day, expected) in [(0, 1), (0, 1), (1, 2)] {
        world.clock.advance(TimeDelta::days(day));
        wang.places(world.catalogue.free).await;
        link(&world).await;
        checkpoint::daily(&world.services).await.expect("a chain can be signed");
        assert_eq!(supervisor.get(&path).await.is(200)["items"].as_array().unwrap().len(), expected, "after {day} days");
    }
    assert_eq!(verify(&world).await.faults, []);
}
