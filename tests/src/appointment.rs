//! Slots and shifts at sites.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use domain::identity::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Person;
use crate::world::{COMMUNITY, COUNTY, World};

impl World {
    /// A site in the community that is open day and night, for the free service and haircuts.
    pub async fn open_site(&self) -> String {
        let week: Vec<Value> = (1..=7).map(|weekday| json!({ "weekday": weekday, "opens": "00:00", "closes": "24:00" })).collect();
        let asked = json!({
            "division": COMMUNITY, "kind": "station", "names": { "zh": format!("驿站{}", Uuid::now_v7().simple()) },
            "address": "前进路 18 号", "position": { "longitude": 130.553, "latitude": 46.239 }, "languages": ["zh"],
            "services": [self.catalogue.free, self.catalogue.haircut], "hours": { "week": week, "exceptions": [] }
        });
        let made = self.staff(Role::Administrator, COUNTY).await.post("/v1/sites", asked).await.is(201);
        made["id"].as_str().expect("an id").to_owned()
    }

    /// The quarter of an hour that begins after so many hours.
    #[must_use]
    pub fn in_hours(&self, hours: i64) -> DateTime<Utc> {
        let at = self.now() + TimeDelta::hours(hours);
        let into = TimeDelta::seconds(at.timestamp().rem_euclid(900)) + TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()));
        if into.is_zero() { at } else { at - into + TimeDelta::minutes(15) }
    }

    /// A slot of half an hour for the free service in so many hours, by a social worker.
    pub async fn slot(&self, site: &str, hours: i64, capacity: i32) -> Value {
        let start = self.in_hours(hours).with_timezone(&Shanghai);
        let end = (start + TimeDelta::minutes(30)).time();
        let end = if end == NaiveTime::MIN { "24:00".to_owned() } else { end.format("%H:%M").to_string() };
        let asked = json!({
            "service": self.catalogue.free, "day": start.date_naive(), "start": start.format("%H:%M").to_string(), "end": end,
            "capacity": capacity
        });
        let worker = self.staff(Role::SocialWorker, COUNTY).await;
        worker.post(&format!("/v1/sites/{site}/slots"), asked).await.is(201)["items"][0].clone()
    }

    /// Somebody's booking of a slot, by a social worker.
    pub async fn booked(&self, slot: &Value, person: Uuid) -> Value {
        let at = format!("/v1/slots/{}/bookings", slot["id"].as_str().expect("an id"));
        self.staff(Role::SocialWorker, COUNTY).await.post(&at, json!({ "person": person })).await.is(201)
    }

    /// Somebody's shift of two hours in so many hours, planned by a social worker.
    pub async fn shift(&self, site: &str, who: &Person, hours: i64) -> Value {
        let start = self.in_hours(hours);
        let shift = json!({ "person": who.person, "post": "reception", "starts_at": start, "ends_at": start + TimeDelta::hours(2) });
        let worker = self.staff(Role::SocialWorker, COUNTY).await;
        worker.post(&format!("/v1/sites/{site}/shifts"), json!({ "shifts": [shift] })).await.is(201)["items"][0].clone()
    }
}
