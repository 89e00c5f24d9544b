//! The keys of personal data.

use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;
use persistence::sealed::{self, Turn};
use persistence::secret::{KeyFile, KeyId};
use persistence::{Store, StoreError, data_key, lease};
use uuid::Uuid;

use crate::cli::import::bar;
use crate::cli::open::{self, KeySource};
use crate::cli::say;
use crate::cli::stop::Stop;

/// So long a change of the key file may take; meanwhile nobody else changes it.
const FILE_LEASE: TimeDelta = TimeDelta::seconds(60);

/// How long to wait where another process seals anew.
const ELSEWHERE: Duration = Duration::from_millis(500);

/// Prints the keys, since when each seals, and how many values are sealed under it.
pub(super) async fn status(store: &Store) -> Result<(), Stop> {
    let lines = store.read::<_, StoreError>(|tx| {
        let known = data_key::data_keys(tx)?;
        let sealing = known.iter().rfind(|key| key.dropped_at.is_none()).map(|key| key.id);
        let mut lines = vec!["data key  fingerprint       since                 state    values".to_owned()];
        for key in known {
            let values = sealed::count(tx, key.id)?;
            let state = match key.dropped_at {
                Some(_) => "dropped",
                None if sealing == Some(key.id) => "seals",
                None => "opens",
            };
            let since = key.seals_since.format("%Y-%m-%dT%H:%M:%SZ");
            lines.push(format!("{:>8}  {}  {since}  {state:<7}  {values}", key.id, key.fingerprint));
        }
        for column in sealed::progress(tx)?.iter().filter(|column| column.finished_at.is_none()) {
            lines.push(format!("{} of {} sealed anew in {}", column.done.min(column.total), column.total, column.column));
        }
        Ok(lines)
    });
    lines.await?.iter().for_each(|line| say(line));
    Ok(())
}

/// Lets a key take over: one that is at hand and was never used, else one that is made and written into the key file first.
/// Where the last change is still under way, that one goes on.
pub(super) async fn rotate_data(store: &Store, source: &KeySource) -> Result<(), Stop> {
    if store.read(sealed::is_under_way).await? {
        say("the last change of the key goes on");
        return Ok(());
    }
    let holder = hold_file(store).await?;
    let done = take_over(store, source).await;
    store.write::<_, StoreError>(move |tx| lease::release(tx, "key_file", holder)).await?;
    let id = done?;
    say(&format!("the key {id} seals from now on"));
    Ok(())
}

async fn hold_file(store: &Store) -> Result<Uuid, Stop> {
    let holder = Uuid::now_v7();
    let held = store.write::<_, StoreError>(move |tx| {
        let until = tx.now() + FILE_LEASE;
        lease::take(tx, "key_file", holder, until)
    });
    if held.await? { Ok(holder) } else { Err(Stop::failed("another process changes the keys: try again in a minute")) }
}

async fn take_over(store: &Store, source: &KeySource) -> Result<KeyId, Stop> {
    let given = source.read()?.ok_or_else(|| Stop::failed("there is no key"))?;
    let used = store.read(data_key::data_keys).await?.last().map_or(0, |key| key.id);
    let id = match (given.ids().last().copied().filter(|id| *id > used), source.file()) {
        (Some(id), _) => id,
        (None, Some(path)) => add_to_file(path, given, used)?,
        (None, None) => {
            return Err(Stop::usage(format!(
                "LINLI_KEY holds no new key: add the line {}:KEY to it for every process, restart them, then rotate.\n\
                 A new key: openssl rand -base64 32",
                u16::from(used) + 1
            )));
        }
    };
    store.keys().reload()?;
    store.write::<_, StoreError>(move |tx| data_key::activate(tx, id)).await?;
    data_key::settle(store).await.map_err(|error| Stop::failed(error.to_string()))?;
    Ok(id)
}

/// Writes a new key into the file: it is on the disk before anything is sealed under it.
fn add_to_file(path: &Path, given: KeyFile, used: KeyId) -> Result<KeyId, Stop> {
    let id = used.checked_add(1).ok_or_else(|| Stop::failed("there are no more than 255 keys"))?;
    let text = given.with_new(id)?.text();
    open::write_private(path, &text, true).map_err(|error| open::cannot("write", path, &error))?;
    say(&format!("the key {id} is in {}: copy it into your backup, apart from that of the database", path.display()));
    Ok(id)
}

/// Seals everything anew, here or wherever the job is held, and shows how far it is.
pub(super) async fn seal_anew(store: &Store) -> Result<(), Stop> {
    let holder = Uuid::now_v7();
    let shown = bar(0, "values");
    loop {
        let progress = store.read(sealed::progress).await?;
        let sum = |of: fn(&sealed::Progress) -> i64| u64::try_from(progress.iter().map(of).sum::<i64>()).unwrap_or_default();
        shown.set_length(sum(|column| column.total));
        shown.set_position(sum(|column| column.done.min(column.total)));
        match store.write::<_, StoreError>(move |tx| sealed::turn(tx, holder)).await? {
            Turn::Did(_) => {}
            Turn::Elsewhere => tokio::time::sleep(ELSEWHERE).await,
            Turn::Idle => {
                if !store.write::<_, StoreError>(sealed::begin_again).await? {
                    break;
                }
            }
        }
    }
    shown.finish_and_clear();
    Ok(())
}

/// Gives up a key, then takes it out of the key file.
pub(super) async fn drop_data(store: &Store, source: &KeySource, id: KeyId) -> Result<(), Stop> {
    let holder = hold_file(store).await?;
    let dropped = store.write::<_, StoreError>(move |tx| data_key::drop_key(tx, id)).await?;
    let outcome = dropped.map_err(|refused| Stop::failed(format!("the key {id} stays: {refused}"))).and_then(|()| {
        let Some(path) = source.file() else {
            say(&format!("the key {id} is not needed any more: take it out of LINLI_KEY"));
            return Ok(());
        };
        let rest = source.read()?.ok_or_else(|| Stop::failed("there is no key"))?.without(id);
        open::write_private(path, &rest.text(), true).map_err(|error| open::cannot("write", path, &error))?;
        say(&format!("the key {id} is not needed any more and was taken out of {}", path.display()));
        Ok(())
    });
    store.write::<_, StoreError>(move |tx| lease::release(tx, "key_file", holder)).await?;
    outcome
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use persistence::{Clock, Keyring, Location, Tuning, identity, migration};

    use super::*;

    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    /// An empty database in a folder of its own.
    fn database() -> (Folder, Location) {
        let folder = Folder(std::env::temp_dir().join(format!("linli-keys-{}", Uuid::now_v7())));
        std::fs::create_dir_all(&folder.0).unwrap();
        let location = Location::Sqlite(folder.0.join("linli.db"));
        migration::up(&location).unwrap();
        (folder, location)
    }

    async fn opened(location: &Location, source: &KeySource, clock: &Clock) -> Result<Store, Stop> {
        open::with_key(location, source.clone(), clock.clone(), &Tuning::default()).await
    }

    async fn values(store: &Store, id: KeyId) -> i64 {
        store.read(move |tx| sealed::count(tx, id)).await.unwrap()
    }

    #[actix_web::test]
    async fn a_key_is_made_takes_over_and_is_given_up() {
        let (folder, location) = database();
        let (clock, source) = (Clock::manual("2026-09-07T01:00:00Z".parse().unwrap()), KeySource::Made(folder.0.join("linli.key")));
        let store = opened(&location, &source, &clock).await.unwrap();
        store.write::<_, StoreError>(|tx| identity::add_resident(tx, Uuid::from_u128(1), "openid-1")).await.unwrap();
        rotate_data(&store, &source).await.unwrap();
        assert_eq!(source.read().unwrap().unwrap().ids(), [1, 2]);
        assert_eq!(values(&store, 1).await, 3, "an openid and the two carried keys");
        rotate_data(&store, &source).await.unwrap();
        assert_eq!(source.read().unwrap().unwrap().ids(), [1, 2], "one change at a time");
        seal_anew(&store).await.unwrap();
        assert_eq!((values(&store, 1).await, values(&store, 2).await), (0, 3));
        let early = drop_data(&store, &source, 1).await.unwrap_err().to_string();
        assert!(early.contains("less than a minute"), "{early}");
        clock.advance(TimeDelta::seconds(61));
        drop_data(&store, &source, 1).await.unwrap();
        assert_eq!(source.read().unwrap().unwrap().ids(), [2]);
        let again = opened(&location, &source, &clock).await.unwrap();
        let known = again.read::<_, StoreError>(|tx| identity::by_openid(tx, "openid-1")).await.unwrap();
        assert_eq!(known.map(|account| account.id), Some(Uuid::from_u128(1)), "found by the index of before");
        let seals = drop_data(&again, &source, 2).await.unwrap_err().to_string();
        assert!(seals.contains("it seals"), "{seals}");
        rotate_data(&again, &source).await.unwrap();
        assert_eq!(source.read().unwrap().unwrap().ids(), [2, 3], "an id is given out once");
    }

    #[actix_web::test]
    async fn a_key_that_is_said_outright_is_added_by_hand() {
        let (_folder, location) = database();
        let (clock, one) = (Clock::System, Keyring::generate().unwrap());
        let source = KeySource::Given(one.clone());
        let store = opened(&location, &source, &clock).await.unwrap();
        let asked = rotate_data(&store, &source).await.unwrap_err();
        assert!(asked.code() == 2 && asked.to_string().contains("2:KEY"), "{asked}");
        let both = KeySource::Given(format!("1:{one},2:{}", Keyring::generate().unwrap()));
        let store = opened(&location, &both, &clock).await.unwrap();
        rotate_data(&store, &both).await.unwrap();
        seal_anew(&store).await.unwrap();
        let missing = opened(&location, &source, &clock).await.unwrap_err().to_string();
        assert!(missing.contains("the key 2 is missing"), "{missing}");
    }
}
