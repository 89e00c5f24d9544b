//! Partnerships of organisations of the community.

use domain::identity::{Grant, Role};
use persistence::StoreError;
use persistence::organisation::{self, Organisation, OrganisationState};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Person;
use crate::world::{COMMUNITY, COUNTY, World, code};

impl World {
    /// An active organisation of a kind, which is there already where its id is.
    pub async fn organisation(&self, id: Uuid, kind: &'static str) -> Uuid {
        self.keep(move |tx| {
            match organisation::load(tx, id) {
                Err(StoreError::Missing) => {}
                found => return found.map(drop),
            }
            let new = Organisation {
                id,
                region: code(COUNTY),
                division: code(COMMUNITY),
                kind: kind.to_owned(),
                name: format!("{kind} {}", id.simple()),
                state: OrganisationState::Active,
                version: 1,
            };
            organisation::add(tx, &new, None)
        })
        .await;
        id
    }

    /// Who manages an organisation.
    pub async fn manager_of(&self, organisation: Uuid) -> Person {
        let grant = Grant { role: Role::OrganisationManager, scope: code(COMMUNITY), organisation: Some(organisation) };
        self.granted("钱主任", grant).await
    }

    /// A partnership of a team and a hospital with a pledge of each, to which nobody has agreed; a social worker proposes it.
    pub async fn proposed(&self, team: Uuid, hospital: Uuid) -> Value {
        let pledge = |organisation: Uuid, resource: &str, quota: i64| json!({ "organisation": organisation, "resource": resource, "unit": "人次", "quota": quota });
        let asked = json!({
            "kind": "medical", "division": COMMUNITY, "title": "县医院进社区义诊", "valid_from": "2026-09-01", "valid_until": "2027-08-31",
            "parties": [team, hospital], "pledges": [pledge(hospital, "义诊", 7), pledge(team, "秩序维护", 40)]
        });
        self.staff(Role::SocialWorker, COUNTY).await.post("/v1/partnerships", asked).await.is(201)
    }

    /// The same, to which both have agreed.
    pub async fn partnership(&self, team: Uuid, hospital: Uuid) -> Value {
        let proposed = self.proposed(team, hospital).await;
        let at = format!("/v1/partnerships/{}/agree", proposed["id"].as_str().expect("an id"));
        for party in [team, hospital] {
            let _ = self.manager_of(party).await.post(&at, json!({ "organisation": party })).await.is(200);
        }
        proposed
    }
}
