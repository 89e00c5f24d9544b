//! Published quarters.

use std::sync::Arc;

use serde_json::json;
use support::{World, on_both};

use super::fund::entry;

on_both! { a_quarter_is_frozen_for_everybody_to_see }

async fn a_quarter_is_frozen_for_everybody_to_see(world: Arc<World>) {
    let (team, captain) = world.team(&[]).await;
    let (entries, reports) = (format!("/v1/organisations/{team}/fund-entries"), format!("/v1/organisations/{team}/fund-reports"));
    for (account, amount, day) in [
        ("income_grant", 10_000, "2026-02-10"),
        ("spending_activity", 2_500, "2026-05-04"),
        ("income_donation", 500, "2026-06-30"),
        ("spending_other", 100, "2026-07-01"),
    ] {
        let _ = captain.post(&entries, entry(account, amount, day)).await.is(201);
    }
    captain.post(&reports, json!({ "quarter": "2026-Q9" })).await.is_broken("/quarter", "quarter_format");
    captain.post(&reports, json!({ "quarter": "2026-Q3" })).await.is_broken("/quarter", "quarter_open");
    let pending = captain.post(&entries, entry("income_grant", 90_000, "2026-06-01")).await.is(201);
    captain.post(&reports, json!({ "quarter": "2026-Q2" })).await.is_broken("/quarter", "quarter_order");
    // A quarter of before the first entry hides nothing, and stands in nobody's way.
    let _ = captain.post(&reports, json!({ "quarter": "2001-Q1" })).await.is(201);
    captain.post(&reports, json!({ "quarter": "2026-Q2" })).await.is_broken("/quarter", "quarter_order");
    let _ = captain.post(&reports, json!({ "quarter": "2026-Q1" })).await.is(201);
    captain.post(&reports, json!({ "quarter": "2026-Q2" })).await.is_broken("/quarter", "quarter_pending");
    let li = world.volunteer("李师傅").await;
    world.appoint(team, &li, domain::organisation::MemberRole::Leader).await;
    let decide = format!("{entries}/{}/decide", pending["id"].as_str().unwrap());
    let _ = li.post(&decide, json!({ "approved": false })).await.is(200);
    let report = captain.post(&reports, json!({ "quarter": "2026-Q2" })).await.is(201);
    let statement = &report["statement"];
    let sums: Vec<i64> = ["opening", "income", "spending", "closing"].iter().map(|field| statement[*field].as_i64().unwrap()).collect();
    assert_eq!(sums, [10_000, 500, 2_500, 8_000]);
    let digest = persistence::secret::hex(&persistence::secret::sha256(report["text"].as_str().unwrap().as_bytes()));
    assert_eq!(report["digest"], json!(digest));
    captain.post(&entries, entry("income_grant", 1, "2026-06-30")).await.is_broken("/happened_on", "quarter_closed");
    captain.post(&reports, json!({ "quarter": "2026-Q1" })).await.is_broken("/quarter", "quarter_closed");
    captain.post(&reports, json!({ "quarter": "2026-Q2" })).await.is_broken("/quarter", "quarter_closed");
    let _ = captain.post(&entries, entry("income_grant", 1, "2026-07-01")).await.is(201);
    let seen = world.resident("王秀英").await.get(&reports).await.is(200);
    assert!(seen["items"].as_array().unwrap().contains(&report), "as it was published: {seen}");
}
