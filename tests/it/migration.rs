//! Both schemas are one, and going down and up again works on filled tables.

use std::collections::BTreeMap;
use std::path::Path;

use persistence::migration;
use serde_json::json;
use support::{Database, Kind, World, on_both};

on_both! { down_and_up_on_filled_tables, status_tells_where_it_stands }

async fn down_and_up_on_filled_tables(world: std::sync::Arc<World>) {
    let (wang, station) = (world.resident("王秀英").await, world.dispatcher().await);
    let order = wang.places(world.catalogue.free).await;
    let triage = json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 });
    station.takes(&order, "triage", triage).await;
    let (site, volunteer) = (world.open_site().await, world.volunteer("李师傅").await);
    let slot = world.slot(&site, 24, 2).await;
    world.booked(&slot, wang.person).await;
    world.shift(&site, &volunteer, 24).await;
    let location = world.database.location.clone();
    let gone = tokio::task::spawn_blocking(move || {
        let mut gone = 0;
        while migration::down(&location).expect("a filled table can be dropped").is_some() {
            gone += 1;
        }
        assert!(!migration::status(&location).expect("a status").is_current());
        let back = migration::up(&location).expect("up again").len();
        assert!(migration::status(&location).expect("a status").is_current());
        (gone, back)
    });
    let (gone, back) = gone.await.expect("the migrations run");
    assert_eq!(gone, back);
}

async fn status_tells_where_it_stands(world: std::sync::Arc<World>) {
    let location = world.database.location.clone();
    let status = tokio::task::spawn_blocking(move || migration::status(&location)).await.expect("no panic").expect("a status");
    assert!(status.is_current() && !status.newer, "{status:?}");
}

#[test]
fn a_fresh_database_of_either_kind_is_current() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let database = Database::new(kind);
        assert!(migration::status(&database.location).expect("a status").is_current(), "{kind:?}");
    }
}

/// What a type or a function of PostgreSQL is in SQLite.
const TYPES: [(&str, &str); 5] = [
    (" UUID", " BLOB"),
    (" TIMESTAMPTZ", " BIGINT"),
    (" BYTEA", " BLOB"),
    (" TEXT COLLATE \"C\"", " TEXT"),
    ("gen_random_uuid()", "randomblob(16)"),
];

#[test]
fn both_schemas_are_one_but_for_the_names_of_types() {
    let read = |folder: &str| -> BTreeMap<String, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(folder);
        let entries = std::fs::read_dir(folder).expect("the migrations are there");
        let files = entries.flat_map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            ["up.sql", "down.sql"].map(|file| (format!("{name}/{file}"), std::fs::read_to_string(path.join(file)).expect("a file")))
        });
        files.collect()
    };
    let (sqlite, postgres) = (read("sqlite"), read("postgres"));
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&sqlite), names(&postgres), "numbered alike");
    for (name, sql) in postgres {
        let translated = TYPES.iter().fold(sql, |sql, (theirs, ours)| sql.replace(theirs, ours));
        // Where rows are small and found by their key, SQLite keeps them in the key's own tree: one tree instead of two.
        let ours = sqlite[&name].replace(") WITHOUT ROWID;", ");");
        assert_eq!(ours, translated, "{name}: change both, or teach TYPES a new pair");
    }
}
