//! What is written down of sites, and how it is read.

use std::sync::Arc;

use domain::identity::Role;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_REGION};
use support::{World, on_both};

use super::{added, station};

on_both! { a_site_is_read_in_both_systems_and_three_languages, hours_follow_the_week_and_the_holidays, a_site_is_replaced_whole,
what_cannot_be_is_named, a_manager_keeps_the_sites_of_their_scope }

const PLACE: (f64, f64) = (130.553, 46.239);

fn near(position: &Value, (longitude, latitude): (f64, f64)) -> bool {
    let differs = |field: &str, from: f64| (position[field].as_f64().unwrap() - from).abs() > 1e-6;
    !differs("longitude", longitude) && !differs("latitude", latitude)
}

async fn a_site_is_read_in_both_systems_and_three_languages(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    // The published check value of the shift.
    let shifted = (130.560_388, 46.240_927);
    let mut asked = station("红旗社区暖心驿站", shifted);
    asked["position"]["crs"] = json!("gcj02");
    asked["names"]["vi"] = json!("Trạm ấm lòng Hồng Kỳ");
    asked["languages"] = json!(["vi", "zh"]);
    asked["services"] = json!([world.catalogue.free]);
    let made = administrator.post("/v1/sites", asked).await.is(201);
    assert!(near(&made["position"], shifted) && made["position"]["crs"] == "gcj02", "{made}");
    let at = format!("/v1/sites/{}", made["id"].as_str().unwrap());
    let kept = world.anyone.get(&at).await.is(200);
    assert!(near(&kept["position"], PLACE) && kept["position"]["crs"] == "wgs84", "{kept}");
    assert!(near(&world.anyone.get(&format!("{at}?crs=gcj02")).await.is(200)["position"], shifted));
    let read = world.anyone.with("Accept-Language", "vi").get(&at).await.is(200);
    assert_eq!((&read["name"], &read["label"]), (&json!("Trạm ấm lòng Hồng Kỳ"), &json!("trạm phục vụ")));
    assert_eq!(read["services"][0]["name"], "修水龙头", "what has no Vietnamese name is called as in Chinese");
    let listed = world.anyone.get(&format!("/v1/sites?within={COUNTY}&kind=station&service={}", world.catalogue.free)).await.is(200);
    assert_eq!(listed["items"], json!([kept]));
    for other in ["kind=think_tank".to_owned(), format!("service={}", world.catalogue.paid), format!("within={OTHER_REGION}")] {
        assert_eq!(world.anyone.get(&format!("/v1/sites?{other}")).await.is(200)["items"], json!([]), "{other}");
    }
}

async fn hours_follow_the_week_and_the_holidays(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let at = format!("/v1/sites/{}", added(&administrator, station("红旗驿站", PLACE)).await);
    let standing = async || {
        let site = world.anyone.get(&at).await.is(200);
        (site["open"].as_bool().unwrap(), site["until"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap())
    };
    let moment = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    assert_eq!(standing().await, (true, moment("2026-09-07T17:00:00+08:00")), "on a Monday at nine");
    let day = async |text: &str| world.clock.advance(moment(text) - world.now());
    day("2026-09-11T17:00:00+08:00").await;
    assert_eq!(standing().await, (false, moment("2026-09-14T08:30:00+08:00")), "from Friday evening to Monday");
    day("2026-10-01T10:00:00+08:00").await;
    assert_eq!(standing().await, (false, moment("2026-10-02T08:30:00+08:00")), "the National Day");
}

async fn a_site_is_replaced_whole(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let at = format!("/v1/sites/{}", added(&administrator, station("红旗驿站", PLACE)).await);
    let mut asked = station("红旗暖心驿站", PLACE);
    asked.as_object_mut().unwrap().remove("division");
    asked["active"] = json!(false);
    asked["phone"] = json!("0454-6222888");
    administrator.put(&at, asked.clone()).await.is_problem(428, "precondition_required");
    let tag = administrator.get(&at).await.header("etag").to_owned();
    let replaced = administrator.with("If-Match", &tag).put(&at, asked.clone()).await.is(200);
    assert_eq!((&replaced["phone"], &replaced["version"]), (&json!("0454-6222888"), &json!(2)));
    assert_eq!((&replaced["open"], &replaced["until"]), (&json!(false), &json!(null)), "what is out of use is not open");
    administrator.with("If-Match", &tag).put(&at, asked).await.is_problem(412, "precondition_failed");
    assert_eq!(world.anyone.get("/v1/sites").await.is(200)["items"], json!([]));
    assert_eq!(world.anyone.get("/v1/sites?active=false").await.is(200)["items"], json!([replaced]));
}

async fn what_cannot_be_is_named(world: Arc<World>) {
    let administrator = world.staff(Role::Administrator, COUNTY).await;
    let refused = async |path: &str, value: Value| {
        let mut asked = station("红旗驿站", PLACE);
        *asked.pointer_mut(path).unwrap() = value;
        administrator.post("/v1/sites", asked).await
    };
    refused("/services", json!([world.catalogue.elsewhere])).await.is_broken("/services/0", "unknown_service");
    refused("/services", json!([world.catalogue.free, world.catalogue.free])).await.is_broken("/services", "duplicates");
    refused("/languages", json!(["zh", "zh"])).await.is_broken("/languages", "duplicates");
    refused("/names/zh", json!(" ")).await.is_broken("/names/zh", "required");
    refused("/position/latitude", json!(91)).await.is_broken("/position/latitude", "too_big");
    let one = |opens: &str, closes: &str| json!({ "weekday": 2, "opens": opens, "closes": closes });
    let week = |openings: &[Value]| json!({ "week": openings, "exceptions": [] });
    let hours = async |openings: &[Value]| refused("/hours", week(openings)).await;
    hours(&[one("09:00", "09:00")]).await.is_broken("/hours/week/0/closes", "end_before_start");
    hours(&[one("09:00", "25:00")]).await.is_broken("/hours/week/0/closes", "wrong_format");
    hours(&[one("09:00", "12:00"), one("11:00", "14:00")]).await.is_broken("/hours/week/1", "windows_overlap");
    let days = async |exceptions: Value| refused("/hours/exceptions", exceptions).await;
    days(json!([{ "day": "2026-10-01", "opens": "09:00" }])).await.is_broken("/hours/exceptions/0/closes", "required");
    let half = json!([{ "day": "2026-10-01", "opens": "09:00", "closes": "10:00" }, { "day": "2026-10-01" }]);
    days(half).await.is_broken("/hours/exceptions/1", "windows_overlap");
    let _ = added(&administrator, station("红旗驿站", PLACE)).await;
    administrator.post("/v1/sites", station("红旗驿站", PLACE)).await.is_problem(409, "already_exists");
    world.anyone.get("/v1/sites?kind=palace").await.is_broken("kind", "not_in_list");
}

async fn a_manager_keeps_the_sites_of_their_scope(world: Arc<World>) {
    let (manager, other) = (world.staff(Role::SiteManager, COMMUNITY).await, world.staff(Role::SiteManager, OTHER_REGION).await);
    let asked = station("红旗驿站", PLACE);
    other.post("/v1/sites", asked.clone()).await.is_problem(404, "not_found");
    world.dispatcher().await.post("/v1/sites", asked.clone()).await.is_problem(403, "forbidden");
    let keyed = manager.with("Idempotency-Key", "site-1");
    let first = keyed.post("/v1/sites", asked.clone()).await.is(201);
    let again = keyed.post("/v1/sites", asked).await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.is(201), first);
    let at = format!("/v1/sites/{}", first["id"].as_str().unwrap());
    let mut change = station("红旗驿站", PLACE);
    change.as_object_mut().unwrap().remove("division");
    change["active"] = json!(true);
    other.with("If-Match", "*").put(&at, change.clone()).await.is_problem(404, "not_found");
    assert_eq!(manager.with("If-Match", "*").put(&at, change).await.is(200)["version"], 2);
}
