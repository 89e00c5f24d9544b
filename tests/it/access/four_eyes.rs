//! A second person is somebody else: not an account that the first one has let themselves into.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::identity::{Grant, IdentityPolicy, Role};
use persistence::identity::{self, GrantRow, Opened};
use serde_json::{Value, json};
use support::people::path;
use support::world::{COMMUNITY, COUNTY, code};
use support::{Client, Person, World, on_both};
use uuid::Uuid;

on_both! { nobody_approves_for_an_account_they_have_opened, two_accounts_of_one_hand_are_one, who_was_reset_approves_nothing_for_who_reset_them, it_ends_after_the_days_of_the_policy, it_reaches_through_others,
nobody_certifies_themselves_through_others, an_exclusion_is_decided_by_somebody_else, nobody_dispatches_to_themselves_through_others }

async fn also(world: &World, account: Uuid, role: Role, scope: &str) {
    let grant = Grant { role, scope: code(scope), organisation: None };
    world
        .keep(move |tx| {
            let grant = grant.clone();
            identity::grant(tx, &GrantRow { id: Uuid::now_v7(), account, grant, granted_by: None, granted_at: tx.now() })
        })
        .await;
}

/// A new session of an account whose sessions were ended; whose it really is nobody can tell.
async fn again(world: &World, account: Uuid) -> Client {
    let session = Uuid::now_v7();
    world
        .keep(move |tx| {
            identity::set_password(tx, account, "$none", false)?;
            identity::open_session_as(tx, session, account, tx.now() + TimeDelta::days(400), Opened::Strong)
        })
        .await;
    let (token, _) = world.services.tokens.issue(account, session, world.now(), TimeDelta::days(400)).unwrap();
    world.anyone.with_token(&token)
}

async fn child(world: &World) -> String {
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let card = json!({ "name": "张小宝", "birth_date": "2012-05-01", "division": COMMUNITY, "basis": "guardian" });
    grid.post("/v1/persons", card).await.is(201)["id"].as_str().unwrap().to_owned()
}

/// Asks for the plain name of a child; where it is decided.
async fn asks(who: &Person, child: &str) -> String {
    let asked = json!({ "fields": ["name"], "purpose": "verification" });
    let request = who.post(&format!("/v1/persons/{child}/unmask-requests"), asked).await.is(201);
    format!("/v1/unmask-requests/{}/decide", request["id"].as_str().unwrap())
}

fn yes() -> Value {
    json!({ "approved": true })
}

async fn who_was_reset_approves_nothing_for_who_reset_them(world: Arc<World>) {
    let (administrator, child) = (world.staff(Role::Administrator, COUNTY).await, child(&world).await);
    for commands in [&["password-reset"][..], &["totp-reset"], &["lock", "unlock"]] {
        let colleague = world.staff(Role::SocialWorker, COUNTY).await;
        let decide = asks(&administrator, &child).await;
        for command in commands {
            let _ = administrator.post(&format!("/v1/accounts/{}/{command}", colleague.account), json!({})).await.is(200);
        }
        let signed_in = again(&world, colleague.account).await;
        signed_in.post(&decide, yes()).await.is_problem(403, "second_person_needed");
        let other = world.staff(Role::SocialWorker, COUNTY).await;
        assert_eq!(other.post(&decide, yes()).await.is(200)["approved"], true, "{commands:?}");
    }
    let made = json!({ "username": "zhao.min", "grants": [{ "role": "social_worker", "scope": COUNTY }] });
    let made = administrator.post("/v1/accounts", made).await.is(201);
    let signed_in = again(&world, made["account"]["id"].as_str().unwrap().parse().unwrap()).await;
    signed_in.post(&asks(&administrator, &child).await, yes()).await.is_problem(403, "second_person_needed");
}

/// A social worker whose account somebody has opened over HTTP.
async fn opened(world: &World, by: &Person, name: &str) -> Person {
    let made = json!({ "username": name, "grants": [{ "role": "social_worker", "scope": COUNTY }] });
    let made = by.post("/v1/accounts", made).await.is(201);
    let account = made["account"]["id"].as_str().unwrap().parse().unwrap();
    Person { account, person: Uuid::nil(), client: again(world, account).await }
}

async fn nobody_approves_for_an_account_they_have_opened(world: Arc<World>) {
    let (administrator, child) = (world.staff(Role::Administrator, COUNTY).await, child(&world).await);
    let puppet = opened(&world, &administrator, "zhao.min").await;
    let decide = asks(&puppet, &child).await;
    administrator.post(&decide, yes()).await.is_problem(403, "second_person_needed");
    let other = world.staff(Role::SocialWorker, COUNTY).await;
    assert_eq!(other.post(&decide, yes()).await.is(200)["approved"], true);
    let asked = json!({ "division": COMMUNITY, "kind": "volunteer_team", "name": "红旗志愿队", "credit_code": "91350100M000100Y43" });
    let made = puppet.post("/v1/organisations", asked).await.is(201);
    let at = format!("/v1/organisations/{}", made["id"].as_str().unwrap());
    let _ = puppet.post(&format!("{at}/submit"), json!({})).await.is(200);
    administrator.post(&format!("{at}/decisions"), json!({ "step": "activate" })).await.is_problem(403, "second_person_needed");
}

async fn two_accounts_of_one_hand_are_one(world: Arc<World>) {
    let (administrator, child) = (world.staff(Role::Administrator, COUNTY).await, child(&world).await);
    let (one, two) = (opened(&world, &administrator, "zhao.min").await, opened(&world, &administrator, "qian.duo").await);
    let decide = asks(&one, &child).await;
    two.post(&decide, yes()).await.is_problem(403, "second_person_needed");
    let asked = json!({ "division": COMMUNITY, "kind": "volunteer_team", "name": "红旗志愿队", "credit_code": "91350100M000100Y43" });
    let made = one.post("/v1/organisations", asked).await.is(201);
    let at = format!("/v1/organisations/{}", made["id"].as_str().unwrap());
    let _ = one.post(&format!("{at}/submit"), json!({})).await.is(200);
    two.post(&format!("{at}/decisions"), json!({ "step": "activate" })).await.is_problem(403, "second_person_needed");
    world.clock.advance(TimeDelta::days(IdentityPolicy::default().independent_days) + TimeDelta::seconds(1));
    let (one, two) = (again(&world, one.account).await, again(&world, two.account).await);
    let asked = json!({ "fields": ["name"], "purpose": "verification" });
    let request = one.post(&format!("/v1/persons/{child}/unmask-requests"), asked).await.is(201);
    let decide = format!("/v1/unmask-requests/{}/decide", request["id"].as_str().unwrap());
    assert_eq!(two.post(&decide, yes()).await.is(200)["approved"], true, "by then they are two people");
}

async fn it_ends_after_the_days_of_the_policy(world: Arc<World>) {
    let (administrator, child) = (world.staff(Role::Administrator, COUNTY).await, child(&world).await);
    let colleague = world.staff(Role::SocialWorker, COUNTY).await;
    let _ = administrator.post(&format!("/v1/accounts/{}/password-reset", colleague.account), json!({})).await.is(200);
    let early = asks(&administrator, &child).await;
    world.clock.advance(TimeDelta::days(IdentityPolicy::default().independent_days) + TimeDelta::seconds(1));
    let signed_in = again(&world, colleague.account).await;
    signed_in.post(&early, yes()).await.is_problem(403, "second_person_needed");
    assert_eq!(signed_in.post(&asks(&administrator, &child).await, yes()).await.is(200)["approved"], true);
}

async fn it_reaches_through_others(world: Arc<World>) {
    let (administrator, child) = (world.staff(Role::Administrator, COUNTY).await, child(&world).await);
    let (below, colleague) = (world.staff(Role::Administrator, COMMUNITY).await, world.staff(Role::SocialWorker, COMMUNITY).await);
    let _ = administrator.post(&format!("/v1/accounts/{}/password-reset", below.account), json!({})).await.is(200);
    let signed_in = again(&world, below.account).await;
    let _ = signed_in.post(&format!("/v1/accounts/{}/password-reset", colleague.account), json!({})).await.is(200);
    let decide = asks(&administrator, &child).await;
    again(&world, colleague.account).await.post(&decide, yes()).await.is_problem(403, "second_person_needed");
}

async fn nobody_certifies_themselves_through_others(world: Arc<World>) {
    let (administrator, colleague) = (world.staff(Role::Administrator, COUNTY).await, world.staff(Role::SocialWorker, COUNTY).await);
    world.register(&administrator).await;
    let _ = administrator.post(&format!("/v1/accounts/{}/password-reset", colleague.account), json!({})).await.is(200);
    let asked = json!({ "craft": world.catalogue.plumbing, "level": "senior", "evidence": "电工证", "valid_until": "2027-09-06" });
    let at = |person: &Person| format!("/v1/persons/{}/certifications", person.person);
    let signed_in = again(&world, colleague.account).await;
    signed_in.post(&at(&administrator), asked.clone()).await.is_problem(403, "second_person_needed");
    let _ = signed_in.post(&at(&world.volunteer("李师傅").await), asked).await.is(201);
}

async fn an_exclusion_is_decided_by_somebody_else(world: Arc<World>) {
    let (wang, station, colleague) = (world.resident("王秀英").await, world.dispatcher().await, world.dispatcher().await);
    also(&world, station.account, Role::Administrator, COUNTY).await;
    let order = wang.places(world.catalogue.free).await;
    let at = path(&order, "scope-exclusion");
    let _ = station.post(&at, json!({ "note": "属物业职责" })).await.is(200);
    let _ = station.post(&format!("/v1/accounts/{}/totp-reset", colleague.account), json!({})).await.is(200);
    let decide = format!("{at}/decision");
    again(&world, colleague.account).await.post(&decide, json!({ "confirmed": true })).await.is_problem(403, "second_person_needed");
    let other = world.dispatcher().await;
    assert_eq!(other.post(&decide, json!({ "confirmed": true })).await.is(200)["exclusion"], "confirmed");
}

async fn nobody_dispatches_to_themselves_through_others(world: Arc<World>) {
    let (wang, li) = (world.resident("王秀英").await, world.craftsman("李师傅", world.catalogue.plumbing).await);
    let colleague = world.dispatcher().await;
    also(&world, li.account, Role::Administrator, COUNTY).await;
    let _ = li.post(&format!("/v1/accounts/{}/password-reset", colleague.account), json!({})).await.is(200);
    let order = wang.places(world.catalogue.free).await;
    let signed_in = again(&world, colleague.account).await;
    let triage = json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 });
    let _ = signed_in.post(&path(&order, "triage"), triage).await.is(200);
    let offer = json!({ "takers": [{ "kind": "person", "id": li.person }] });
    signed_in.post(&path(&order, "offer"), offer.clone()).await.is_problem(403, "second_person_needed");
    world.dispatcher().await.takes(&order, "offer", offer).await;
}
