//! The fund book: never below nothing, never changed, approved by a second person.

use std::sync::Arc;

use domain::organisation::MemberRole;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::{Client, World, on_both};

on_both! { fifty_spendings_never_overdraw, a_large_entry_needs_a_second_person, an_entry_is_taken_back_once, wrong_entries_are_refused,
balances_are_the_sum_of_entries, no_day_ends_below_nothing, small_entries_of_a_day_are_one_large_one }

pub(super) fn entry(account: &str, amount: i64, day: &str) -> Value {
    json!({ "account": account, "amount": amount, "happened_on": day, "purpose": "社区活动", "receipt": "票据 1" })
}

const DAY: &str = "2026-09-01";

/// What the book holds, and that it is the sum of what stands in it.
async fn cash(client: &Client, at: &str) -> i64 {
    let (fund, mut sum, mut path) = (client.get(&format!("{at}/fund")).await.is(200), 0, format!("{at}/fund-entries?limit=100"));
    loop {
        let page = client.get(&path).await.is(200);
        for entry in page["items"].as_array().unwrap().iter().filter(|entry| entry["state"] == "posted") {
            let amount = entry["amount"].as_i64().unwrap();
            sum += if entry["debit"] == "cash" { amount } else { -amount };
        }
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{at}/fund-entries?limit=100&cursor={cursor}");
    }
    let total: i64 = fund["accounts"].as_array().unwrap().iter().map(|line| line["balance"].as_i64().unwrap()).sum();
    assert_eq!((fund["cash"].as_i64().unwrap(), total), (sum, 0), "{fund}");
    sum
}

async fn fifty_spendings_never_overdraw(world: Arc<World>) {
    let (team, captain) = world.team(&[]).await;
    let at = format!("/v1/organisations/{team}");
    let entries = format!("{at}/fund-entries");
    let _ = captain.post(&entries, entry("income_grant", 10_000, DAY)).await.is(201);
    let answers = join_all((0..50).map(|_| captain.post(&entries, entry("spending_activity", 300, DAY)))).await;
    let spent = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(spent, 33, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.is_broken("/amount", "fund_short");
    }
    assert_eq!(cash(&captain, &at).await, 100);
}

async fn a_large_entry_needs_a_second_person(world: Arc<World>) {
    let (li, zhao) = (world.volunteer("李师傅").await, world.volunteer("赵师傅").await);
    let (team, captain) = world.team(&[&li, &zhao]).await;
    let at = format!("/v1/organisations/{team}");
    let entries = format!("{at}/fund-entries");
    li.post(&entries, entry("income_grant", 60_000, DAY)).await.is_problem(403, "forbidden");
    world.appoint(team, &li, MemberRole::Treasurer).await;
    world.appoint(team, &zhao, MemberRole::Leader).await;
    let entered = li.post(&entries, entry("income_grant", 60_000, DAY)).await.is(201);
    assert_eq!((&entered["state"], cash(&li, &at).await), (&json!("pending"), 0));
    let decide = format!("{entries}/{}/decide", entered["id"].as_str().unwrap());
    li.post(&decide, json!({ "approved": true })).await.is_problem(403, "forbidden");
    assert_eq!(zhao.post(&decide, json!({ "approved": true })).await.is(200)["state"], "posted");
    captain.post(&decide, json!({ "approved": false })).await.is_problem(409, "fund_entry_decided");
    let mine = captain.post(&entries, entry("spending_relief", 60_001, DAY)).await.is(201);
    let decide = format!("{entries}/{}/decide", mine["id"].as_str().unwrap());
    captain.post(&decide, json!({ "approved": true })).await.is_problem(403, "second_person_needed");
    zhao.post(&decide, json!({ "approved": true })).await.is_broken("/amount", "fund_short");
    assert_eq!(zhao.post(&decide, json!({ "approved": false })).await.is(200)["state"], "refused");
    assert_eq!(cash(&captain, &at).await, 60_000);
    let (_, stranger) = world.team(&[]).await;
    stranger.get(&entries).await.is_problem(403, "forbidden");
}

async fn an_entry_is_taken_back_once(world: Arc<World>) {
    let (team, captain) = world.team(&[]).await;
    let at = format!("/v1/organisations/{team}");
    let entries = format!("{at}/fund-entries");
    let income = captain.post(&entries, entry("income_dues", 500, DAY)).await.is(201);
    let spent = captain.post(&entries, entry("spending_other", 400, DAY)).await.is(201);
    let reverse = |entry: &Value| format!("{entries}/{}/reverse", entry["id"].as_str().unwrap());
    let why = json!({ "reason": "记错" });
    captain.post(&reverse(&income), why.clone()).await.is_broken("/amount", "fund_short");
    let spent_back = reverse(&spent);
    let answers = join_all((0..10).map(|_| captain.post(&spent_back, why.clone()))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
    let back = answers.iter().find(|answer| answer.status == 201).unwrap().body.clone();
    assert_eq!((&back["kind"], &back["debit"], &back["reverses"]), (&json!("reversal"), &json!("cash"), &spent["id"]));
    captain.post(&reverse(&back), why.clone()).await.is_broken("/entry", "not_reversible");
    let _ = captain.post(&reverse(&income), why).await.is(201);
    assert_eq!(cash(&captain, &at).await, 0);
    let kept = captain.get(&format!("{entries}/{}", spent["id"].as_str().unwrap())).await.is(200);
    assert_eq!(kept, spent, "what stands in the book is never changed");
}

async fn wrong_entries_are_refused(world: Arc<World>) {
    let (team, captain) = world.team(&[]).await;
    let at = format!("/v1/organisations/{team}");
    let entries = format!("{at}/fund-entries");
    captain.post(&entries, entry("cash", 1, DAY)).await.is_broken("/account", "fund_account");
    captain.post(&entries, entry("income_dues", 0, DAY)).await.is_broken("/amount", "too_small");
    captain.post(&entries, entry("income_dues", 1, "2036-01-01")).await.is_broken("/happened_on", "in_future");
    captain.post(&entries, entry("income_dues", 1, "2020-01-01")).await.is_broken("/happened_on", "too_long_ago");
    captain.post(&entries, entry("spending_other", 1, DAY)).await.is_broken("/amount", "fund_short");
    assert_eq!(captain.get(&entries).await.is(200)["items"], json!([]), "nothing half written");
}

/// Entries, approvals and reversals in an order that is always the same, and looks like none.
async fn balances_are_the_sum_of_entries(world: Arc<World>) {
    let li = world.volunteer("李师傅").await;
    let (team, captain) = world.team(&[&li]).await;
    world.appoint(team, &li, MemberRole::Leader).await;
    let at = format!("/v1/organisations/{team}");
    let entries = format!("{at}/fund-entries");
    let mut seed = 7_i64;
    for _ in 0..40 {
        seed = (seed * 48_271) % 2_147_483_647;
        let account = ["income_grant", "spending_activity", "income_donation", "spending_relief"][usize::try_from(seed % 4).unwrap()];
        let entered = captain.post(&entries, entry(account, 1 + seed % 70_000, DAY)).await;
        if entered.status == 201 {
            let one = format!("{entries}/{}", entered.body["id"].as_str().unwrap());
            if entered.body["state"] == "pending" {
                let _ = li.post(&format!("{one}/decide"), json!({ "approved": seed % 3 != 0 })).await;
            } else if seed % 5 == 0 {
                let _ = captain.post(&format!("{one}/reverse"), json!({ "reason": "记错" })).await;
            }
        }
        assert!(cash(&captain, &at).await >= 0);
    }
}

async fn no_day_ends_below_nothing(world: Arc<World>) {
    let (team, captain) = world.team(&[]).await;
    let at = format!("/v1/organisations/{team}");
    let entries = format!("{at}/fund-entries");
    let _ = captain.post(&entries, entry("income_grant", 1_000, "2026-08-10")).await.is(201);
    let _ = captain.post(&entries, entry("spending_activity", 800, "2026-08-20")).await.is(201);
    let _ = captain.post(&entries, entry("income_grant", 5_000, DAY)).await.is(201);
    captain.post(&entries, entry("spending_other", 300, "2026-08-01")).await.is_broken("/amount", "fund_short");
    captain.post(&entries, entry("spending_other", 300, "2026-08-15")).await.is_broken("/amount", "fund_short");
    let _ = captain.post(&entries, entry("spending_other", 200, "2026-08-15")).await.is(201);
    captain.post(&entries, entry("spending_other", 1, "2026-08-30")).await.is_broken("/amount", "fund_short");
    let _ = captain.post(&entries, entry("spending_other", 5_000, DAY)).await.is(201);
    assert_eq!(cash(&captain, &at).await, 0);
}

async fn small_entries_of_a_day_are_one_large_one(world: Arc<World>) {
    let (team, captain) = world.team(&[]).await;
    let entries = format!("/v1/organisations/{team}/fund-entries");
    let _ = captain.post(&entries, entry("income_grant", 50_000, DAY)).await.is(201);
    let mut spent = Vec::new();
    for _ in 0..3 {
        spent.push(captain.post(&entries, entry("spending_relief", 20_000, DAY)).await.is(201)["state"].clone());
    }
    assert_eq!(spent, ["posted", "posted", "pending"]);
    world.clock.advance(chrono::TimeDelta::days(1) + chrono::TimeDelta::seconds(1));
    assert_eq!(captain.post(&entries, entry("spending_relief", 10_000, DAY)).await.is(201)["state"], "posted");
}
