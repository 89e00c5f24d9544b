//! The keys that sign access tokens.

use chrono::TimeDelta;
use domain::identity::IdentityPolicy;
use persistence::{Store, Tx, identity};
use uuid::Uuid;

use crate::cli::say;
use crate::cli::stop::Stop;
use crate::problem::{Fault, Problem};
use crate::token::SigningKey;

/// Prints the keys and where each stands.
pub(super) async fn list(store: &Store) -> Result<(), Stop> {
    let now = store.clock().now();
    for key in store.read::<_, Fault>(|tx| Ok(identity::signing_keys(tx)?)).await.map_err(Problem::from)? {
        let state = match key.retired_at {
            Some(at) => format!("retired at {}", at.to_rfc3339()),
            None if key.activates_at > now => format!("published, signs from {}", key.activates_at.to_rfc3339()),
            None => format!("signs or checks since {}", key.activates_at.to_rfc3339()),
        };
        say(&format!("{}  {state}", key.id));
    }
    Ok(())
}

/// Publishes a new key, which signs once everybody has read it.
pub(super) async fn rotate_signing(store: &Store) -> Result<(), Stop> {
    let (private, public) = SigningKey::generate()?;
    let (id, times) = (Uuid::now_v7(), IdentityPolicy::default().keys);
    let work = move |tx: &mut Tx| -> Result<Option<domain::Timestamp>, Fault> {
        let waiting = identity::signing_keys(tx)?.iter().any(|key| key.retired_at.is_none() && key.activates_at > tx.now());
        if waiting {
            return Ok(None);
        }
        let activates = tx.now() + TimeDelta::try_seconds(times.published).unwrap_or_default();
        identity::publish_signing_key(tx, id, (&private, &public), activates)?;
        Ok(Some(activates))
    };
    let activates = store.write(work).await.map_err(Problem::from)?;
    let activates =
        activates.ok_or_else(|| Stop::failed("a new key is published already and waits for its time: linli keys status".to_owned()))?;
    say(&format!("{id} is published, and signs from {}", activates.to_rfc3339()));
    Ok(())
}
