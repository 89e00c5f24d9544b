//! What is near.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::catalogue::Names;
use domain::geo::Position;
use domain::identity::Role;
use domain::site::hours::Hours;
use domain::site::{SiteKind, SiteLanguage};
use persistence::site::{self, Site};
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, code};
use support::{World, on_both};
use uuid::Uuid;

use super::{added, station};

on_both! { the_nearest_come_first_and_only_what_is_asked_for, thousands_of_sites_are_no_wait }

fn names(found: &Value) -> Vec<String> {
    found["items"].as_array().unwrap().iter().map(|near| near["site"]["name"].as_str().unwrap().to_owned()).collect()
}

async fn the_nearest_come_first_and_only_what_is_asked_for(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    for (name, latitude) in [("远", 46.339), ("近", 46.240), ("中", 46.249), ("天边", 47.5)] {
        let mut site = station(name, (130.553, latitude));
        match name {
            "中" => site["services"] = json!([world.catalogue.haircut]),
            "远" => {
                site["services"] = json!([world.catalogue.haircut]);
                site["languages"] = json!(["zh", "vi"]);
                site["hours"] = json!({ "week": [{ "weekday": 1, "opens": "00:00", "closes": "24:00" }], "exceptions": [] });
            }
            _ => {}
        }
        let _ = added(&administrator, site).await;
    }
    let near = "/v1/nearest-sites?longitude=130.553&latitude=46.239";
    let ask = async |more: &str| names(&world.anyone.get(&format!("{near}{more}")).await.is(200));
    assert_eq!(ask("").await, ["近", "中", "远"], "what is further than 20 km is not near");
    assert_eq!(ask("&within_metres=1000").await, ["近"]);
    assert_eq!(ask("&limit=2").await, ["近", "中"]);
    assert_eq!(ask(&format!("&service={}", world.catalogue.haircut)).await, ["中", "远"]);
    assert_eq!(ask("&language=vi").await, ["远"]);
    assert_eq!(ask("&kind=think_tank").await, Vec::<String>::new());
    world.clock.advance(TimeDelta::hours(12));
    assert_eq!(ask("&open_now=true").await, ["远"], "at nine in the evening");
    let found = world.anyone.get("/v1/nearest-sites?longitude=130.560388&latitude=46.240927&crs=gcj02&limit=1").await.is(200);
    assert_eq!(found["items"][0]["distance_metres"], 111, "the same place in the other system");
    assert_eq!(found["items"][0]["site"]["position"]["crs"], "gcj02");
    world.anyone.get("/v1/nearest-sites?longitude=181&latitude=46").await.is_broken("longitude", "out_of_range");
    world.anyone.get("/v1/nearest-sites?longitude=130&latitude=NaN").await.is_broken("latitude", "out_of_range");
    world.anyone.get("/v1/nearest-sites?longitude=130").await.is_broken("latitude", "required");
    world.anyone.get(&format!("{near}&within_metres=0")).await.is_broken("within_metres", "out_of_range");
}

/// Five thousand sites over a county of some hundred kilometres.
async fn thousands_of_sites_are_no_wait(world: Arc<World>) {
    for row in 0..50 {
        world
            .keep(move |tx| {
                for column in 0..100 {
                    let position = Position::new(130.0 + f64::from(column) / 100.0, 45.9 + f64::from(row) / 70.0).expect("a position");
                    let site = Site {
                        id: Uuid::now_v7(),
                        region: code(COUNTY),
                        division: code(COMMUNITY),
                        kind: SiteKind::Station,
                        names: Names::new(&format!("驿站 {row}-{column}"), None, None).expect("names"),
                        address: "前进路".to_owned(),
                        phone: None,
                        position,
                        hours: Hours::default(),
                        languages: vec![SiteLanguage::Chinese],
                        active: true,
                        version: 1,
                    };
                    site::add(tx, &site, &[], None)?;
                }
                Ok(())
            })
            .await;
    }
    let mut fastest = Duration::MAX;
    for _ in 0..5 {
        let begun = Instant::now();
        let found = world.anyone.get("/v1/nearest-sites?longitude=130.5&latitude=46.2&limit=5").await.is(200);
        fastest = fastest.min(begun.elapsed());
        assert_eq!(names(&found)[0], "驿站 21-50");
    }
    assert!(fastest < Duration::from_millis(60), "the nearest of five thousand took {fastest:?} in a debug build");
}
