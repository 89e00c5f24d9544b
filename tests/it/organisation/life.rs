//! From a draft to an organisation that serves, and to its end.

use std::sync::Arc;

use domain::identity::Role;
use domain::organisation::MemberRole;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY};
use support::{World, on_both};

use crate::demand::born;
use crate::order::loop_through::queued;

on_both! { somebody_else_lets_it_serve, wrong_papers_are_refused_by_field, what_it_is_is_fixed_once_it_serves,
only_an_active_one_is_offered_orders, who_came_and_went_stays_told,
offices_of_the_fund_are_given_by_staff, nobody_stands_in_the_way_of_a_suspension, what_holds_money_is_not_dissolved }

fn at(made: &Value) -> String {
    format!("/v1/organisations/{}", made["id"].as_str().unwrap())
}

fn asked() -> Value {
    json!({ "division": COMMUNITY, "kind": "social_work_agency", "name": "红旗社工服务中心", "credit_code": "91350100m000100y43" })
}

async fn somebody_else_lets_it_serve(world: Arc<World>) {
    let (worker, other) = (world.staff(Role::SocialWorker, COUNTY).await, world.staff(Role::SocialWorker, COUNTY).await);
    let made = worker.post("/v1/organisations", asked()).await.is(201);
    assert_eq!((&made["state"], &made["credit_code"]), (&json!("draft"), &json!("91350100M000100Y43")));
    assert_eq!(made["allowed"], json!(["submit"]));
    let decide = format!("{}/decisions", at(&made));
    other.post(&decide, json!({ "step": "activate" })).await.is_problem(409, "organisation_state");
    let submitted = worker.post(&format!("{}/submit", at(&made)), json!({})).await.is(200);
    assert_eq!((&submitted["state"], &submitted["allowed"]), (&json!("submitted"), &json!([])));
    worker.post(&decide, json!({ "step": "activate" })).await.is_problem(403, "second_person_needed");
    other.post(&decide, json!({ "step": "refuse" })).await.is_broken("/reason", "required");
    other.post(&decide, json!({ "step": "submit" })).await.is_broken("/step", "not_in_list");
    assert_eq!(other.get(&at(&made)).await.is(200)["allowed"], json!(["activate", "refuse"]));
    let refused = other.post(&decide, json!({ "step": "refuse", "reason": "缺法人登记证书" })).await.is(200);
    assert_eq!(refused["state"], "refused");
    let _ = worker.post(&format!("{}/submit", at(&made)), json!({})).await.is(200);
    assert_eq!(other.post(&decide, json!({ "step": "activate" })).await.is(200)["state"], "active");
    assert_eq!(other.post(&decide, json!({ "step": "suspend", "reason": "年检未过" })).await.is(200)["state"], "suspended");
    assert_eq!(other.post(&decide, json!({ "step": "resume", "reason": "已整改" })).await.is(200)["state"], "active");
    assert_eq!(other.post(&decide, json!({ "step": "dissolve", "reason": "已注销登记" })).await.is(200)["allowed"], json!([]));
    let told = worker.get(&decide).await.is(200);
    let steps: Vec<&str> = told["items"].as_array().unwrap().iter().map(|event| event["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["submit", "refuse", "submit", "activate", "suspend", "resume", "dissolve"]);
    assert_eq!((&told["items"][1]["reason"], &told["items"][1]["by"]), (&json!("缺法人登记证书"), &json!(other.account)));
    let page = worker.get(&format!("{decide}?limit=2")).await.is(200);
    let next = worker.get(&format!("{decide}?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await.is(200);
    assert_eq!(next["items"][0]["step"], "submit");
}

async fn wrong_papers_are_refused_by_field(world: Arc<World>) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await.client.with("accept-language", "vi");
    let with = |field: &str, value: Value| {
        let mut asked = asked();
        asked[field] = value;
        worker.post("/v1/organisations", asked)
    };
    with("credit_code", json!("91350100M000100Y44")).await.is_broken("/credit_code", "credit_code_check");
    with("credit_code", json!("91350100M000100YI3")).await.is_broken("/credit_code", "credit_code");
    with("founded_on", json!("2036-01-01")).await.is_broken("/founded_on", "in_future");
    assert_eq!(with("founded_on", json!("2026-02-30")).await.status, 422);
    with("sponsor", json!(uuid::Uuid::now_v7())).await.is_broken("/sponsor", "unknown_organisation");
    let odd = with("credit_code", json!("91350100M000100Y56")).await.is(201);
    assert_eq!(odd["warnings"], json!(["organisation_code"]), "only a warning");
    let made = worker
        .post(
            "/v1/organisations",
            json!({ "division": COMMUNITY, "kind": "school", "name": "红旗小学", "credit_code": "91350100M000100Y43" }),
        )
        .await
        .is(201);
    assert_eq!(made["warnings"], json!([]));
    let again = json!({ "division": COMMUNITY, "kind": "school", "name": "建设小学", "credit_code": "91350100M000100Y43" });
    let taken = worker.post("/v1/organisations", again).await;
    taken.is_problem(409, "already_exists");
    assert_eq!(
        (&taken.body["errors"][0]["pointer"], &taken.body["errors"][0]["code"]),
        (&json!("/credit_code"), &json!("credit_code_taken"))
    );
    let listed = worker.get(&format!("/v1/organisations?within={COUNTY}")).await.is(200);
    assert!(listed["items"].as_array().unwrap().iter().all(|one| one["name"] != "建设小学"), "nothing half written");
    let team = json!({ "division": COMMUNITY, "kind": "volunteer_team", "name": "无码队" });
    let team = worker.post("/v1/organisations", team).await.is(201);
    worker.post(&format!("{}/submit", at(&team)), json!({})).await.is_broken("/credit_code", "identity_needed");
}

async fn what_it_is_is_fixed_once_it_serves(world: Arc<World>) {
    let (worker, other) = (world.staff(Role::SocialWorker, COUNTY).await, world.staff(Role::Administrator, COUNTY).await);
    let (sponsor, _) = world.team(&[]).await;
    let made = worker.post("/v1/organisations", json!({ "division": COMMUNITY, "kind": "volunteer_team", "name": "一队" })).await.is(201);
    let put = |tag: String, body: Value| {
        let client = worker.with("if-match", &tag);
        let at = at(&made);
        async move { client.put(&at, body).await }
    };
    let tag = worker.get(&at(&made)).await.header("etag").to_owned();
    let body = json!({ "kind": "volunteer_team", "name": "一分队", "sponsor": sponsor, "founded_on": "2019-03-05" });
    worker.put(&at(&made), body.clone()).await.is_problem(428, "precondition_required");
    let changed = put(tag.clone(), body.clone()).await;
    assert_eq!(changed.is(200)["name"], "一分队");
    put(tag, body.clone()).await.is_problem(412, "precondition_failed");
    let _ = worker.post(&format!("{}/submit", at(&made)), json!({})).await.is(200);
    let _ = other.post(&format!("{}/decisions", at(&made)), json!({ "step": "activate" })).await.is(200);
    let mut renamed = body.clone();
    renamed["name"] = json!("二分队");
    put("*".to_owned(), renamed).await.is_problem(409, "organisation_state");
    let mut reachable = body;
    reachable["contact"] = json!({ "name": "陈队长", "phone": "0454-6222888" });
    assert_eq!(put("*".to_owned(), reachable).await.is(200)["contact"]["name"], "陈队长");
    let stranger = world.resident("李小姐").await;
    assert!(stranger.get(&at(&made)).await.is(200).get("contact").is_none());
    stranger.post(&format!("{}/submit", at(&made)), json!({})).await.is_problem(403, "forbidden");
    stranger.get(&format!("{}/decisions", at(&made))).await.is_problem(403, "forbidden");
}

async fn only_an_active_one_is_offered_orders(world: Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let li = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let (team, _) = world.team(&[&li]).await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let decide = format!("/v1/organisations/{team}/decisions");
    let _ = worker.post(&decide, json!({ "step": "suspend", "reason": "整顿" })).await.is(200);
    let order = queued(&world, &wang, &station, world.catalogue.free).await;
    let offer = json!({ "takers": [{ "kind": "organisation", "id": team }] });
    station.post(&support::people::path(&order, "offer"), offer.clone()).await.is_problem(422, "taker_not_eligible");
    let _ = worker.post(&decide, json!({ "step": "resume", "reason": "整顿完毕" })).await.is(200);
    station.takes(&order, "offer", offer).await;
    worker.post(&decide, json!({ "step": "dissolve", "reason": "解散" })).await.is_problem(409, "open_matters");
}

async fn who_came_and_went_stays_told(world: Arc<World>) {
    let (team, captain) = world.team(&[]).await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let (li, zhao) = (born(&worker, "李师傅", "1980-02-03").await, world.volunteer("赵师傅").await);
    let members = format!("/v1/organisations/{team}/members");
    let _ = worker.post(&members, json!({ "person": li, "role": "treasurer" })).await.is(200);
    let joined = captain.post(&members, json!({ "person": li })).await.is(200);
    assert_eq!(joined["members"][0]["role"], "treasurer", "who belongs to it stays what they are");
    let _ = worker.post(&members, json!({ "person": li, "role": "leader" })).await.is(200);
    let _ = captain.post(&members, json!({ "person": zhao.person })).await.is(200);
    assert_eq!(worker.delete(&format!("{members}/{li}")).await.status, 204);
    let told = captain.get(&format!("/v1/organisations/{team}/membership-events")).await.is(200);
    let told: Vec<(&str, &str)> =
        told["items"].as_array().unwrap().iter().map(|event| (event["kind"].as_str().unwrap(), event["role"].as_str().unwrap())).collect();
    assert_eq!(told, [("joined", "treasurer"), ("role_changed", "leader"), ("joined", "member"), ("left", "leader")]);
    zhao.get(&format!("/v1/organisations/{team}/membership-events")).await.is_problem(403, "forbidden");
    world.appoint(team, &zhao, MemberRole::Secretary).await;
    let file = zhao.get("/v1/me/export").await.is(200);
    assert_eq!(file["memberships"][1]["role"], "secretary", "{file}");
}

async fn offices_of_the_fund_are_given_by_staff(world: Arc<World>) {
    let (team, captain) = world.team(&[]).await;
    let (li, worker) = (world.volunteer("李师傅").await, world.staff(Role::SocialWorker, COUNTY).await);
    let members = format!("/v1/organisations/{team}/members");
    let as_leader = |person: uuid::Uuid| json!({ "person": person, "role": "leader" });
    let qian = born(&worker, "钱会计", "1980-02-03").await;
    captain.post(&members, as_leader(qian)).await.is_broken("/role", "office_by_staff");
    let _ = captain.post(&members, json!({ "person": qian, "role": "secretary" })).await.is(200);
    let _ = worker.post(&members, as_leader(qian)).await.is(200);
    let _ = captain.post(&members, as_leader(qian)).await.is(200);
    captain.post(&members, json!({ "person": qian, "role": "member" })).await.is_broken("/role", "office_by_staff");
    captain.delete(&format!("{members}/{qian}")).await.is_broken("person", "office_by_staff");
    worker.post(&members, as_leader(li.person)).await.is_broken("/person", "adults_only");
    let child = json!({ "name": "张小宝", "birth_date": "2012-05-01", "division": COMMUNITY, "basis": "guardian" });
    let child = worker.post("/v1/persons", child).await.is(201);
    worker.post(&members, json!({ "person": child["id"], "role": "treasurer" })).await.is_broken("/person", "adults_only");
    let decide = format!("/v1/organisations/{team}/decisions");
    let _ = worker.post(&decide, json!({ "step": "dissolve", "reason": "已注销登记" })).await.is(200);
    worker.post(&members, json!({ "person": world.volunteer("赵师傅").await.person })).await.is_problem(409, "organisation_state");
}

async fn nobody_stands_in_the_way_of_a_suspension(world: Arc<World>) {
    let (team, _) = world.team(&[]).await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    world.appoint(team, &worker, MemberRole::Leader).await;
    let decide = format!("/v1/organisations/{team}/decisions");
    worker.post(&decide, json!({ "step": "dissolve", "reason": "年检未过" })).await.is_problem(403, "second_person_needed");
    assert_eq!(worker.post(&decide, json!({ "step": "suspend", "reason": "年检未过" })).await.is(200)["state"], "suspended");
    worker.post(&decide, json!({ "step": "resume", "reason": "已整改" })).await.is_problem(403, "second_person_needed");
}

async fn what_holds_money_is_not_dissolved(world: Arc<World>) {
    let (team, captain) = world.team(&[]).await;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let entries = format!("/v1/organisations/{team}/fund-entries");
    let decide = format!("/v1/organisations/{team}/decisions");
    let dissolve = || worker.post(&decide, json!({ "step": "dissolve", "reason": "已注销登记" }));
    let entry = |account, amount| super::fund::entry(account, amount, "2026-09-01");
    let _ = captain.post(&entries, entry("income_dues", 100)).await.is(201);
    dissolve().await.is_problem(409, "open_matters");
    let _ = captain.post(&entries, entry("spending_other", 100)).await.is(201);
    let pending = captain.post(&entries, entry("income_grant", 60_000)).await.is(201);
    dissolve().await.is_problem(409, "open_matters");
    let li = world.volunteer("李师傅").await;
    world.appoint(team, &li, MemberRole::Leader).await;
    let refuse = format!("{entries}/{}/decide", pending["id"].as_str().unwrap());
    let _ = li.post(&refuse, json!({ "approved": false })).await.is(200);
    assert_eq!(dissolve().await.is(200)["state"], "dissolved");
}
