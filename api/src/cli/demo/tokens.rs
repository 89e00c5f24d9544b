//! Tokens for a day: one for each role, as files that curl reads, and all in one JSON file.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use domain::order::State;
use domain::vocabulary::Vocabulary;
use persistence::identity::Opened;
use persistence::order::{Queue, list_station};
use persistence::{Tx, identity, region};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::manifest::{Cast, Manifest};
use super::seed::staff_password;
use crate::cli::open::{cannot, make_private, write_private};
use crate::cli::stop::Stop;
use crate::problem::Fault;
use crate::services::Services;

/// The file with everything.
pub(super) const FILE: &str = "demo-tokens.json";

/// The folder with a header for each role.
pub(super) const FOLDER: &str = "tokens";

/// The region whose keys stand alone; those of others end in `@` and their code.
pub(super) const FIRST: &str = "230822";

/// How long tokens are good for.
const GOOD_FOR: TimeDelta = TimeDelta::days(1);

/// What was handed out.
pub(super) struct HandedOut {
    /// Tokens by key, such as `resident` or `resident@4514`.
    pub(super) tokens: BTreeMap<String, String>,
    /// When they end.
    pub(super) until: DateTime<Utc>,
    /// The password of all staff.
    pub(super) password: String,
    /// An order of each state by region.
    orders: BTreeMap<String, BTreeMap<&'static str, Uuid>>,
}

/// Opens a session for each account, and writes the files.
pub(super) async fn hand_out(services: &Services, manifest: &Manifest, data: &Path, base_url: &str) -> Result<HandedOut, Stop> {
    let now = services.store.clock().now();
    let until = now + GOOD_FOR;
    let mut sessions = Vec::new();
    for (code, cast) in &manifest.0 {
        for (key, account) in &cast.accounts {
            let key = if code == FIRST { key.clone() } else { format!("{key}@{code}") };
            sessions.push((key, *account, Uuid::now_v7()));
        }
    }
    let opened = sessions.clone();
    let open = move |tx: &mut Tx| -> Result<(), Fault> {
        opened.iter().try_for_each(|(_, account, session)| Ok(identity::open_session_as(tx, *session, *account, until, Opened::Strong)?))
    };
    services.store.write(open).await?;
    let mut tokens = BTreeMap::new();
    for (key, account, session) in sessions {
        tokens.insert(key, services.tokens.issue(account, session, now, GOOD_FOR)?.0);
    }
    let mut orders = BTreeMap::new();
    for (code, cast) in &manifest.0 {
        let cast = cast.clone();
        orders.insert(code.clone(), services.store.read(move |tx| one_of_each(tx, &cast)).await?);
    }
    let handed_out = HandedOut { tokens, until, password: staff_password(&services.store), orders };
    handed_out.write(manifest, data, base_url)?;
    Ok(handed_out)
}

/// An order of each state, as it stands now: one that the community's station handles, else any of the region.
fn one_of_each(tx: &mut Tx, cast: &Cast) -> Result<BTreeMap<&'static str, Uuid>, Fault> {
    let Some(administrator) = cast.accounts.get("administrator") else { return Ok(BTreeMap::new()) };
    let actor = identity::actor(tx, *administrator)?;
    let mut found = BTreeMap::new();
    for handler in [&cast.community, &cast.region] {
        let ranges = region::ranges(tx, handler)?;
        for state in State::ALL {
            let queue = Queue { ranges: ranges.clone(), states: vec![*state], after: None, limit: 1 };
            if let Some((_, loaded)) = list_station(tx, &actor, queue)?.into_iter().next() {
                found.entry(state.as_str()).or_insert(loaded.order.id);
            }
        }
    }
    Ok(found)
}

impl HandedOut {
    fn write(&self, manifest: &Manifest, data: &Path, base_url: &str) -> Result<(), Stop> {
        let folder = data.join(FOLDER);
        make_private(&folder)?;
        for (key, token) in &self.tokens {
            let path = folder.join(key);
            let header = format!("Authorization: Bearer {token}\n");
            write_private(&path, &header, true).map_err(|error| cannot("write", &path, &error))?;
        }
        let path = data.join(FILE);
        let text = serde_json::to_string_pretty(&self.document(manifest, base_url)).map_err(|error| Stop::failed(error.to_string()))?;
        write_private(&path, &text, true).map_err(|error| cannot("write", &path, &error))
    }

    fn document(&self, manifest: &Manifest, base_url: &str) -> Value {
        let mut document: Map<String, Value> = self.tokens.iter().map(|(key, token)| (key.clone(), json!(token))).collect();
        let ids = |(code, cast): (&String, &Cast)| {
            let ids = json!({
                "places": {
                    "region": cast.region, "county": cast.county, "township": cast.township,
                    "community": cast.community, "neighbour": cast.neighbour, "grid": cast.grid,
                },
                "services": cast.services,
                "crafts": cast.crafts,
                "persons": cast.persons,
                "organisations": cast.organisations,
                "demands": cast.needs,
                "sites": cast.sites,
                "orders": self.orders.get(code),
                "usernames": cast.usernames,
                "wechat_names": cast.wechat_names,
            });
            (code.clone(), ids)
        };
        document.insert("base_url".to_owned(), json!(base_url));
        document.insert("expires_at".to_owned(), json!(self.until));
        document.insert("staff_password".to_owned(), json!(self.password));
        document.insert("ids".to_owned(), manifest.0.iter().map(ids).collect::<Map<String, Value>>().into());
        Value::Object(document)
    }
}
