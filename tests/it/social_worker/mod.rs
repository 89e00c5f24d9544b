//! Social workers: the register, continuing education, cases, the examination.

mod cases;
mod exams;
mod register;

use domain::identity::Role;
use serde_json::{Value, json};
use support::World;
use support::world::{COMMUNITY, COUNTY};
use uuid::Uuid;

use crate::demand::born;

/// What a social worker of the community is.
fn qualified() -> Value {
    json!({ "division": COMMUNITY, "qualification": "assistant", "certificate": "20251234567890231", "certified_on": "2025-10-20",
        "registered_on": "2026-01-15", "post": "station", "party_member": true })
}

/// Somebody of age, written down by staff.
async fn adult(world: &World, name: &str) -> Uuid {
    born(&world.staff(Role::SocialWorker, COUNTY).await.client, name, "1988-03-02").await
}

/// A social worker of the community.
async fn social_worker(world: &World, name: &str) -> Uuid {
    let person = adult(world, name).await;
    let asked = json!({ "person": person, "worker": qualified() });
    let _ = world.staff(Role::Administrator, COUNTY).await.post("/v1/social-workers", asked).await.is(201);
    person
}
