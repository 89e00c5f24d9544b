//! `linli keys`: keys are renewed from the command line while the service runs.

use support::Kind;
use support::process::{run, url};
use support::world::{Ground, World};

async fn new_keys_take_over(kind: Kind) {
    let ground = Ground { clock: persistence::Clock::System, ..Ground::new(kind) };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    std::fs::write(&file, &ground.secret).expect("a key file");
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("it is ours alone");
    let world = World::on(ground).await;
    let wang = world.resident("王秀英").await;
    let order = wang.places(world.catalogue.free).await;
    let (database, data) = (url(&world.database.location), world.database.folder.path().to_string_lossy().into_owned());
    let key_file = file.to_string_lossy().into_owned();
    let linli = async |arguments: &[&str]| {
        let (database, data, key_file) = (database.clone(), data.clone(), key_file.clone());
        let arguments: Vec<String> = [&["keys"], arguments].concat().iter().map(|word| (*word).to_owned()).collect();
        let ran = tokio::task::spawn_blocking(move || {
            let settings = [("LINLI_DATABASE", database.as_str()), ("LINLI_KEY_FILE", key_file.as_str()), ("LINLI_DATA", data.as_str())];
            run(&settings, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
        });
        let output = ran.await.expect("the program runs");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), said)
    };
    let keys = async || world.anyone.get("/.well-known/jwks.json").await.is(200)["keys"].as_array().expect("keys").len();
    let published = keys().await;
    let (code, said) = linli(&["rotate", "--signing"]).await;
    assert_eq!(code, Some(0), "{said}");
    world.services.load_keys().await.expect("the keys");
    assert_eq!(keys().await, published + 1, "it is published before it signs");
    assert_eq!(wang.get(&support::people::path(&order, "events")).await.status, 200, "nobody is signed out");

    // The service of this test has its key from elsewhere; what reads the file goes on (see tests/it/personal/keys.rs).
    let (code, before) = linli(&["status"]).await;
    assert_eq!(code, Some(0), "{before}");
    let (code, said) = linli(&["rotate", "--personal-data"]).await;
    assert_eq!(code, Some(0), "{said}");
    let keys = std::fs::read_to_string(&file).expect("the key file");
    assert_eq!(keys.lines().filter(|line| !line.trim().is_empty()).count(), 2, "the new key stands beside the old one");
    let (_, after) = linli(&["status"]).await;
    assert_ne!(before, after);
    let (code, said) = linli(&["drop", "1"]).await;
    assert!(code == Some(1) && said.contains("other processes may still seal under it"), "{said}");
    world.stop().await;
}

#[test]
fn sqlite() {
    actix_web::rt::System::new().block_on(new_keys_take_over(Kind::Sqlite));
}

#[test]
fn postgres() {
    actix_web::rt::System::new().block_on(new_keys_take_over(Kind::Postgres));
}
