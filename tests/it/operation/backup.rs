//! Copies, and putting them back.

use std::path::Path;
use std::process::{Command, Output};

use persistence::{Keyring, Location, migration};
use serde_json::json;
use support::process::{self, url};
use support::world::{COMMUNITY, Ground, World};
use support::{Kind, Process};

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn restore(backup: &Path, data: &Path, secret: &str) -> Output {
    let (data, backup) = (data.to_string_lossy().into_owned(), backup.to_string_lossy().into_owned());
    process::run(&[("LINLI_DATA", &data), ("LINLI_KEY", secret)], &["restore", &backup])
}

#[test]
fn a_copy_made_while_serving_is_whole_and_can_be_put_back() {
    actix_web::rt::System::new().block_on(async {
        let ground = Ground { clock: persistence::Clock::System, ..Ground::new(Kind::Sqlite) };
        let secret = ground.secret.clone();
        let world = World::on(ground).await;
        let wang = world.resident("王秀英").await;
        world.stop().await;
        let data = world.database.folder.path().to_owned();
        let process = Process::serve(&world.database.location, &secret, &data, &[]).await;
        let wang = process.anyone.with_token(wang.token().unwrap());
        let body = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": "漏水", "address": "红旗小区3号楼" });
        let first = wang.post("/v1/orders", body.clone()).await.is(201);
        std::fs::create_dir_all(data.join("photos/ab")).unwrap();
        std::fs::write(data.join("photos/ab/photo"), b"a photo").unwrap();
        // Somebody writes all the while.
        let (writer, again) = (wang.clone(), body.clone());
        let writing = actix_web::rt::spawn(async move {
            for _ in 0..200 {
                assert_eq!(writer.post("/v1/orders", again.clone()).await.status, 201);
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("backup");
        let (database, home, to) =
            (url(&world.database.location), data.to_string_lossy().into_owned(), backup.to_string_lossy().into_owned());
        let settings = [("LINLI_DATABASE", database), ("LINLI_DATA", home)];
        let copying = tokio::task::spawn_blocking(move || {
            let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
            (process::run(&settings, &["backup", &to]), process::run(&settings, &["backup", &to]))
        });
        let (copied, again) = copying.await.unwrap();
        assert_eq!(copied.status.code(), Some(0), "{}", said(&copied));
        assert!(said(&copied).contains("The key is not in it"), "{}", said(&copied));
        assert_eq!(again.status.code(), Some(2), "a backup is never written over: {}", said(&again));
        writing.await.unwrap();
        let restored = folder.path().join("restored");
        let other = Keyring::generate().unwrap();
        let refused = restore(&backup, &restored, &other);
        assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
        assert!(said(&refused).contains("not the key"), "{}", said(&refused));
        let done = restore(&backup, &restored, &secret);
        assert_eq!(done.status.code(), Some(0), "{}", said(&done));
        assert_eq!(std::fs::read(restored.join("photos/ab/photo")).unwrap(), b"a photo");
        let refused = restore(&backup, &restored, &secret);
        assert!(refused.status.code() == Some(1) && said(&refused).contains("nothing is overwritten"), "{}", said(&refused));
        let location = Location::Sqlite(restored.join("linli.db"));
        let second = Process::serve(&location, &secret, &restored, &[]).await;
        let path = format!("/v1/orders/{}", first["id"].as_str().unwrap());
        let found = second.anyone.with_token(wang.token().unwrap()).get(&path).await.is(200);
        assert!(found["texts"].to_string().contains("红旗小区3号楼"), "the key opens it: {found}");
        let made = second.anyone.with_token(wang.token().unwrap()).post("/v1/orders", body).await;
        assert_eq!(made.status, 201, "the copy can be worked on: {}", made.text);
    });
}

#[test]
fn a_damaged_copy_is_refused() {
    let database = support::Database::new(Kind::Sqlite);
    let folder = tempfile::tempdir().unwrap();
    let (backup, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    let (location, to) = (url(&database.location), backup.to_string_lossy().into_owned());
    let copied = process::run(&[("LINLI_DATABASE", &location), ("LINLI_DATA", &to)], &["backup", &to]);
    assert_eq!(copied.status.code(), Some(0), "{}", said(&copied));
    let mut bytes = std::fs::read(backup.join("linli.db")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xff);
    std::fs::write(backup.join("linli.db"), bytes).unwrap();
    let found = persistence::backup::check(&backup.join("linli.db"));
    assert!(found.is_err(), "it is read through and through: {found:?}");
    let refused = restore(&backup, &restored, &Keyring::generate().unwrap());
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(!restored.join("linli.db").exists(), "nothing of it is put in place");
}

#[test]
fn postgres_is_copied_with_its_own_programs() {
    support::world::run(Kind::Postgres, |world| async move {
        let wang = world.resident("王秀英").await;
        let order = wang.places(world.catalogue.free).await;
        let from = url(&world.database.location);
        let refused = process::run(&[("LINLI_DATABASE", &from)], &["backup", "/nowhere"]);
        assert!(refused.status.code() == Some(2) && said(&refused).contains("pg_dump"), "{}", said(&refused));
        let dump = world.database.folder.path().join("linli.dump");
        let run = |program: &str, arguments: &[&str]| {
            let folder = std::env::var_os("LINLI_TEST_POSTGRES_PROGRAMS").map(std::path::PathBuf::from).unwrap_or_default();
            let done = Command::new(folder.join(program)).args(arguments).output();
            let done = done.unwrap_or_else(|error| panic!("{program} cannot be run ({error}): it comes with PostgreSQL's client"));
            assert!(done.status.success(), "{program}: {}", said(&done));
        };
        run("pg_dump", &["--format=custom", &format!("--file={}", dump.display()), &from]);
        let (server, name) = from.rsplit_once('/').unwrap();
        let (fresh, admin) = (format!("{name}_restored"), Location::parse(&format!("{server}/postgres")).unwrap());
        persistence::tools::execute(&admin, &format!("CREATE DATABASE {fresh}")).unwrap();
        run("pg_restore", &["--no-owner", &format!("--dbname={server}/{fresh}"), &dump.to_string_lossy()]);
        let restored = Location::parse(&format!("{server}/{fresh}")).unwrap();
        assert!(migration::status(&restored).unwrap().is_current());
        let id = order["id"].as_str().unwrap();
        let there = format!("DO $$ BEGIN IF NOT EXISTS (SELECT FROM orders WHERE id = '{id}') THEN RAISE 'gone'; END IF; END $$");
        persistence::tools::execute(&restored, &there).expect("the order is in the copy");
        persistence::tools::execute(&admin, &format!("DROP DATABASE {fresh} WITH (FORCE)")).unwrap();
    });
}
