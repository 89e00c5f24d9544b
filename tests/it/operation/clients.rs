//! `linli client`: machine clients from the command line.

use std::process::Output;

use support::process::{run, url};
use support::world::{COUNTY, Ground, World};
use support::{Client, Kind};

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn asks(nobody: &Client, id: &str, secret: &str) -> u16 {
    let form = [("grant_type", "client_credentials")];
    nobody.send(nobody.request(reqwest::Method::POST, "/oauth/token").basic_auth(id, Some(secret)).form(&form)).await.status
}

async fn a_client_is_registered_switched_off_and_on(kind: Kind) {
    let ground = Ground { clock: persistence::Clock::System, ..Ground::new(kind) };
    let secret = ground.secret.clone();
    let world = World::on(ground).await;
    let (database, data) = (url(&world.database.location), world.database.folder.path().to_string_lossy().into_owned());
    let linli = async |arguments: &[&str]| {
        let (database, data, secret) = (database.clone(), data.clone(), secret.clone());
        let arguments: Vec<String> = [&["client"], arguments].concat().iter().map(|word| (*word).to_owned()).collect();
        let ran = tokio::task::spawn_blocking(move || {
            let settings = [("LINLI_DATABASE", database.as_str()), ("LINLI_KEY", secret.as_str()), ("LINLI_DATA", data.as_str())];
            run(&settings, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
        });
        let output = ran.await.expect("the program runs");
        world.services.forget();
        (output.status.code(), said(&output))
    };
    let add = ["add", "evaluator", "--division", COUNTY, "--scope", "orders.read", "--days"];
    for days in ["400", "0", "367"] {
        let (code, said) = linli(&[&add[..], &[days]].concat()).await;
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("--days must be 1 to 366"), "{said}");
    }
    let (code, said) = linli(&["add", "evaluator", "--division", "999999", "--scope", "orders.read"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("division: "), "the field and what is wrong with it: {said}");
    let (code, said) = linli(&[&add[..], &["366"]].concat()).await;
    assert_eq!(code, Some(0), "{said}");
    let word = |before: &str| said.lines().find_map(|line| line.strip_prefix(before)).expect("a line").to_owned();
    let (id, secret) = (word("client_id: "), word("client_secret, shown only now: "));
    assert_eq!(asks(&world.anyone, &id, &secret).await, 200);
    for (command, status) in [("disable", 401), ("disable", 401), ("enable", 200), ("enable", 200)] {
        let (code, said) = linli(&[command, &id]).await;
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(asks(&world.anyone, &id, &secret).await, status, "after {command}");
    }
    let (code, said) = linli(&["rotate", &id]).await;
    assert_eq!(code, Some(0), "{said}");
    let fresh = said.lines().find_map(|line| line.strip_prefix("client_secret, shown only now: ")).expect("another secret").to_owned();
    for secret in [&secret, &fresh] {
        assert_eq!(asks(&world.anyone, &id, secret).await, 200, "both hold for a day");
    }
    let (code, said) = linli(&["rotate", &id, "--overlap-hours", "0"]).await;
    assert_eq!(code, Some(0), "{said}");
    let last = said.lines().find_map(|line| line.strip_prefix("client_secret, shown only now: ")).expect("another secret").to_owned();
    assert_eq!((asks(&world.anyone, &id, &fresh).await, asks(&world.anyone, &id, &last).await), (401, 200), "{said}");
    world.stop().await;
}

#[test]
fn sqlite() {
    actix_web::rt::System::new().block_on(a_client_is_registered_switched_off_and_on(Kind::Sqlite));
}

#[test]
fn postgres() {
    actix_web::rt::System::new().block_on(a_client_is_registered_switched_off_and_on(Kind::Postgres));
}
