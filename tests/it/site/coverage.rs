//! The 1+2+N table.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, TOWNSHIP};
use support::{World, on_both};

use super::{added, station};

on_both! { the_table_says_what_is_there_and_what_lacks, a_region_sets_how_many_there_are_to_be }

fn lacks(row: &Value) -> Vec<(String, i64, i64)> {
    let one = |lack: &Value| {
        let number = |field: &str| lack[field].as_i64().unwrap();
        (lack["tier"].as_str().unwrap().to_owned(), number("needed"), number("there"))
    };
    row["missing"].as_array().unwrap().iter().map(one).collect()
}

fn count(row: &Value, kind: &str) -> i64 {
    row["counts"].as_array().unwrap().iter().find(|count| count["kind"] == kind).unwrap()["sites"].as_i64().unwrap()
}

fn lack(tier: &str, needed: i64, there: i64) -> (String, i64, i64) {
    (tier.to_owned(), needed, there)
}

async fn the_table_says_what_is_there_and_what_lacks(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let table = async |division: &str| world.anyone.get(&format!("/v1/site-coverage?division={division}")).await.is(200);
    assert_eq!(lacks(&table(COUNTY).await["whole"]), [lack("one", 1, 0), lack("two", 2, 0), lack("many", 1, 0)]);
    let _ = added(&administrator, station("驿站", (130.553, 46.239))).await;
    let mut tank = station("智库", (130.554, 46.239));
    (tank["kind"], tank["division"]) = (json!("think_tank"), json!(TOWNSHIP));
    let _ = added(&administrator, tank).await;
    let of_county = table(COUNTY).await;
    assert_eq!(lacks(&of_county["whole"]), [lack("one", 1, 0), lack("two", 2, 1)]);
    assert_eq!((count(&of_county["whole"], "station"), count(&of_county["whole"], "think_tank")), (1, 1));
    assert_eq!(of_county["whole"]["policy_version"], "default-1");
    let of_township = table(TOWNSHIP).await;
    let parts = of_township["parts"].as_array().unwrap();
    let told: Vec<_> = parts.iter().map(|part| (part["division"].as_str().unwrap(), lacks(part))).collect();
    assert_eq!(told, [(COMMUNITY, vec![]), ("230822106002", vec![lack("many", 1, 0)])]);
    let grids = table(COMMUNITY).await;
    assert_eq!((lacks(&grids["parts"][0]), &grids["parts"][0]["policy_version"]), (vec![], &json!(null)), "nothing is expected of a grid");
    world.anyone.get("/v1/site-coverage?division=999999").await.is_broken("division", "unknown_division");
}

async fn a_region_sets_how_many_there_are_to_be(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let policy = json!({ "version": "huanan-1", "centres": 0, "think_tanks": 1, "stations": 2 });
    let _ = administrator.post("/v1/policies/sites", json!({ "region": COUNTY, "policy": policy })).await.is(201);
    let table = world.anyone.get(&format!("/v1/site-coverage?division={COUNTY}")).await.is(200);
    assert_eq!(lacks(&table["whole"]), [lack("two", 1, 0), lack("many", 2, 0)]);
    assert_eq!(table["whole"]["policy_version"], "huanan-1");
    let wrong = json!({ "version": "huanan-2", "centres": -1, "think_tanks": 1, "stations": 2 });
    administrator
        .post("/v1/policies/sites", json!({ "region": COUNTY, "policy": wrong }))
        .await
        .is_broken("/policy/centres", "out_of_range");
}
