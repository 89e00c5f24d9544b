//! Partnerships: each party gives its word, and what was pledged is never used twice.

use std::sync::Arc;

use domain::identity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY};
use support::{Person, World, on_both};
use uuid::Uuid;

on_both! { it_holds_once_every_party_has_agreed, parties_must_fit, of_two_hundred_at_once_as_many_get_some_as_there_is,
what_is_used_is_the_sum_of_its_uses, a_quota_is_not_below_its_use, it_is_used_within_its_term, who_may_use_it_and_end_it }

/// A team, a hospital and who manages them.
async fn parties(world: &World) -> (Uuid, Person, Uuid, Person) {
    let (team, captain) = world.team(&[]).await;
    let hospital = world.organisation(Uuid::now_v7(), "hospital").await;
    (team, captain, hospital, world.manager_of(hospital).await)
}

fn at(partnership: &Value, step: &str) -> String {
    format!("/v1/partnerships/{}/{step}", partnership["id"].as_str().unwrap())
}

fn pledge(partnership: &Value, nth: usize) -> String {
    format!("/v1/pledges/{}", partnership["pledges"][nth]["id"].as_str().unwrap())
}

fn clinic(amount: i64) -> Value {
    json!({ "amount": amount, "used_on": "2026-09-05", "purpose": "九月社区义诊" })
}

async fn read(who: &Person, partnership: &Value) -> Value {
    who.get(&format!("/v1/partnerships/{}", partnership["id"].as_str().unwrap())).await.is(200)
}

async fn it_holds_once_every_party_has_agreed(world: Arc<World>) {
    let (team, captain, hospital, doctor) = parties(&world).await;
    let proposed = world.proposed(team, hospital).await;
    assert_eq!((&proposed["state"], &proposed["in_force"]), (&json!("proposed"), &json!(false)));
    captain.post(&format!("{}/uses", pledge(&proposed, 0)), clinic(1)).await.is_problem(409, "partnership_state");
    captain.post(&at(&proposed, "agree"), json!({ "organisation": hospital })).await.is_problem(403, "forbidden");
    captain.post(&at(&proposed, "agree"), json!({ "organisation": Uuid::now_v7() })).await.is_broken("/organisation", "not_a_party");
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    worker.post(&at(&proposed, "agree"), json!({ "organisation": team })).await.is_problem(403, "forbidden");
    assert_eq!(captain.post(&at(&proposed, "agree"), json!({ "organisation": team })).await.is(200)["state"], "proposed");
    let agreed = doctor.post(&at(&proposed, "agree"), json!({ "organisation": hospital })).await.is(200);
    assert_eq!((&agreed["state"], &agreed["in_force"]), (&json!("active"), &json!(true)));
    let listed = captain.get(&format!("/v1/partnerships?division={COUNTY}&kind=medical&state=active&organisation={team}")).await.is(200);
    assert_eq!((&listed["items"][0]["id"], listed["items"].as_array().unwrap().len()), (&proposed["id"], 1));
    assert_eq!(captain.get(&format!("/v1/partnerships?division={OTHER_COMMUNITY}")).await.is(200)["items"], json!([]));
    let declined = world.proposed(team, hospital).await;
    let ended = doctor.post(&at(&declined, "end"), json!({ "reason": "declined" })).await.is(200);
    assert_eq!(doctor.post(&at(&declined, "end"), json!({ "reason": "not_kept" })).await.is(200), ended, "it has ended once");
    captain.post(&at(&declined, "agree"), json!({ "organisation": team })).await.is_problem(409, "partnership_state");
}

async fn parties_must_fit(world: Arc<World>) {
    let (team, captain, hospital, _) = parties(&world).await;
    let (other, school) = (world.team(&[]).await.0, world.organisation(Uuid::now_v7(), "school").await);
    let asked = |parties: Value, change: (&str, Value)| {
        let mut asked = json!({ "kind": "medical", "division": COMMUNITY, "title": "义诊", "valid_from": "2026-09-01", "valid_until": "2026-12-31",
            "parties": parties, "pledges": [] });
        asked[change.0] = change.1;
        asked
    };
    let none = || ("title", json!("义诊"));
    let propose = |asked: Value| captain.post("/v1/partnerships", asked);
    propose(asked(json!([team, other]), none())).await.is_broken("/parties", "unfit_parties");
    propose(asked(json!([team, school]), none())).await.is_broken("/parties", "unfit_parties");
    propose(asked(json!([team, team]), none())).await.is_broken("/parties", "duplicates");
    propose(asked(json!([team]), none())).await.is_broken("/parties", "too_few");
    propose(asked(json!([team, Uuid::now_v7()]), none())).await.is_broken("/parties/1", "unknown_organisation");
    propose(asked(json!([other, hospital]), none())).await.is_problem(403, "forbidden");
    let both = || json!([team, hospital]);
    propose(asked(both(), ("valid_until", json!("2026-08-31")))).await.is_broken("/valid_until", "end_before_start");
    propose(asked(both(), ("valid_until", json!("2036-08-31")))).await.is_broken("/valid_until", "too_big");
    let past = json!({ "kind": "medical", "division": COMMUNITY, "title": "义诊", "valid_from": "2025-09-01", "valid_until": "2025-12-31", "parties": both() });
    propose(past).await.is_broken("/valid_until", "in_past");
    let by_nobody = json!([{ "organisation": school, "resource": "教室", "unit": "间", "quota": 1 }]);
    propose(asked(both(), ("pledges", by_nobody))).await.is_broken("/pledges/0/organisation", "not_a_party");
    let of_nothing = json!([{ "organisation": hospital, "resource": "义诊", "unit": "人次", "quota": 0 }]);
    propose(asked(both(), ("pledges", of_nothing))).await.is_broken("/pledges/0/quota", "too_small");
    assert_eq!(captain.get(&format!("/v1/partnerships?division={COUNTY}")).await.is(200)["items"], json!([]), "nothing half done");
    let _ = propose(asked(both(), ("kind", json!("medical")))).await.is(201);
}

async fn of_two_hundred_at_once_as_many_get_some_as_there_is(world: Arc<World>) {
    let (team, captain, hospital, _) = parties(&world).await;
    let made = world.partnership(team, hospital).await;
    let uses = format!("{}/uses", pledge(&made, 0));
    let mut answers = join_all((0..200).map(|_| async { captain.post(&uses, clinic(1)).await.status })).await;
    answers.sort_unstable();
    let drawn = answers.iter().filter(|status| **status == 201).count();
    assert_eq!((drawn, answers.iter().filter(|status| **status == 409).count()), (7, 193), "{answers:?}");
    let left = read(&captain, &made).await;
    assert_eq!((&left["pledges"][0]["used"], &left["pledges"][0]["left"]), (&json!(7), &json!(0)));
}

async fn what_is_used_is_the_sum_of_its_uses(world: Arc<World>) {
    let (team, captain, hospital, _) = parties(&world).await;
    let made = world.partnership(team, hospital).await;
    let uses = format!("{}/uses", pledge(&made, 0));
    let keyed = captain.with("Idempotency-Key", "clinic-1");
    let first = keyed.post(&uses, clinic(5)).await.is(201);
    assert_eq!(keyed.post(&uses, clinic(5)).await.is(201), first, "once");
    let short = captain.post(&uses, clinic(3)).await;
    short.is_problem(409, "pledge_short");
    let back = format!("/v1/pledge-uses/{}/reverse", first["id"].as_str().unwrap());
    let taken = captain.post(&back, json!({ "reason": "重复登记" })).await.is(201);
    assert_eq!((&taken["amount"], &taken["reverses"]), (&json!(-5), &first["id"]));
    captain.post(&back, json!({ "reason": "重复登记" })).await.is_problem(409, "not_reversible");
    let again = format!("/v1/pledge-uses/{}/reverse", taken["id"].as_str().unwrap());
    captain.post(&again, json!({ "reason": "重复登记" })).await.is_problem(409, "not_reversible");
    let _ = captain.post(&uses, clinic(3)).await.is(201);
    let kept = captain.get(&uses).await.is(200);
    let sum: i64 = kept["items"].as_array().unwrap().iter().map(|one| one["amount"].as_i64().unwrap()).sum();
    assert_eq!((json!(sum), kept["items"].as_array().unwrap().len()), (read(&captain, &made).await["pledges"][0]["used"].clone(), 3));
    assert_eq!(kept["items"][0]["purpose"], "九月社区义诊");
}

async fn a_quota_is_not_below_its_use(world: Arc<World>) {
    let (team, captain, hospital, doctor) = parties(&world).await;
    let made = world.partnership(team, hospital).await;
    let _ = captain.post(&format!("{}/uses", pledge(&made, 0)), clinic(5)).await.is(201);
    let first = doctor.get(&pledge(&made, 0)).await.header("etag").to_owned();
    let knowing = |who: &Person| who.with("If-Match", &first);
    captain.put(&pledge(&made, 0), json!({ "quota": 9 })).await.is_problem(428, "precondition_required");
    knowing(&captain).put(&pledge(&made, 0), json!({ "quota": 9 })).await.is_problem(403, "forbidden");
    knowing(&doctor).put(&pledge(&made, 0), json!({ "quota": 4 })).await.is_broken("/quota", "quota_used");
    let more = knowing(&doctor).put(&pledge(&made, 0), json!({ "quota": 9 })).await.is(200);
    assert_eq!((&more["left"], &more["version"]), (&json!(4), &json!(2)));
    knowing(&doctor).put(&pledge(&made, 0), json!({ "quota": 12 })).await.is_problem(412, "precondition_failed");
    let new = json!({ "organisation": hospital, "resource": "健康讲座", "unit": "场", "quota": 4 });
    captain.post(&at(&made, "pledges"), new.clone()).await.is_problem(403, "forbidden");
    assert_eq!(doctor.post(&at(&made, "pledges"), new).await.is(201)["left"], 4);
}

async fn it_is_used_within_its_term(world: Arc<World>) {
    let (team, captain, hospital, _) = parties(&world).await;
    let made = world.partnership(team, hospital).await;
    let uses = format!("{}/uses", pledge(&made, 0));
    let on = |day: &str| json!({ "amount": 1, "used_on": day, "purpose": "义诊" });
    captain.post(&uses, on("2026-08-31")).await.is_broken("/used_on", "out_of_range");
    captain.post(&uses, on("2027-09-01")).await.is_broken("/used_on", "out_of_range");
    captain.post(&uses, on("2026-12-01")).await.is_broken("/used_on", "in_future");
    captain.post(&uses, clinic(0)).await.is_broken("/amount", "too_small");
    captain.post(&uses, clinic(-1)).await.is_broken("/amount", "too_small");
    let _ = captain.post(&at(&made, "end"), json!({ "reason": "by_agreement" })).await.is(200);
    captain.post(&uses, clinic(1)).await.is_problem(409, "partnership_state");
    assert_eq!(read(&captain, &made).await["pledges"][0]["used"], 0);
}

async fn who_may_use_it_and_end_it(world: Arc<World>) {
    let (team, captain, hospital, _) = parties(&world).await;
    let made = world.partnership(team, hospital).await;
    let uses = format!("{}/uses", pledge(&made, 1));
    let wang = world.resident("王秀英").await;
    assert_eq!(read(&wang, &made).await["state"], "active", "everybody may know of it");
    wang.post(&uses, clinic(1)).await.is_problem(403, "forbidden");
    wang.get(&uses).await.is_problem(403, "forbidden");
    let beside = world.staff(Role::SocialWorker, OTHER_COMMUNITY).await;
    beside.post(&uses, clinic(1)).await.is_problem(403, "forbidden");
    beside.post(&at(&made, "end"), json!({ "reason": "not_kept" })).await.is_problem(403, "forbidden");
    let _ = world.staff(Role::SocialWorker, COMMUNITY).await.post(&uses, clinic(1)).await.is(201);
    world.anyone.get("/v1/partnerships?division=230822").await.is_problem(401, "unauthenticated");
    let _ = captain.post(&uses, clinic(1)).await.is(201);
}
