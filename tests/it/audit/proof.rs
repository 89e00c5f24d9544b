//! What was kept elsewhere proves a chain, or that it was cut off, written anew or signed by somebody else; with `linli audit verify`.

use std::sync::Arc;

use api::token::SigningKey;
use domain::identity::Role;
use serde_json::{Value, json};
use support::process::{self, url};
use support::world::{COUNTY, Ground};
use support::{Kind, World};
use uuid::Uuid;

use super::chain::{link, tamper, three_links};

/// The command line of the installation of a world.
pub(super) struct Console {
    settings: [(&'static str, String); 3],
}

impl Console {
    /// Runs a command; its exit code and all that it has said.
    pub(super) fn run(&self, arguments: &[&str]) -> (i32, String) {
        let settings: Vec<(&str, &str)> = self.settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let output = process::run(&settings, arguments);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code().expect("an exit code"), said)
    }

    /// Runs a command that must end with this exit code; what it has said.
    #[track_caller]
    pub(super) fn ends(&self, code: i32, arguments: &[&str]) -> String {
        let (found, said) = self.run(arguments);
        assert_eq!(found, code, "{arguments:?}: {said}");
        said
    }
}

/// Runs a test in a world whose command line it can use, on both databases.
pub(super) fn with_console<F: Future<Output = ()>>(kind: Kind, test: impl FnOnce(Arc<World>, Console) -> F) {
    actix_web::rt::System::new().block_on(async {
        let ground = Ground::new(kind);
        let secret = ground.secret.clone();
        let world = Arc::new(World::on(ground).await);
        let data = world.database.folder.path().to_string_lossy().into_owned();
        let settings = [("LINLI_DATABASE", url(&world.database.location)), ("LINLI_KEY", secret), ("LINLI_DATA", data)];
        test(Arc::clone(&world), Console { settings }).await;
        world.stop().await;
    });
}

macro_rules! on_both_with_console {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { crate::audit::proof::with_console(support::Kind::Sqlite, super::$name); })+
        }
        mod postgres {
            $(#[test] fn $name() { crate::audit::proof::with_console(support::Kind::Postgres, super::$name); })+
        }
    };
}

on_both_with_console! {
    a_deposited_checkpoint_finds_what_was_cut_off, keys_kept_elsewhere_find_another_signer, retired_keys_check_what_they_have_signed,
    a_file_without_a_checkpoint_is_not_proven
}

/// The newest checkpoint of the county, as somebody would deposit it.
async fn deposit(world: &World) -> String {
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let listed = supervisor.get(&format!("/v1/audit/checkpoints?region={COUNTY}")).await.is(200);
    listed["items"][0]["token"].as_str().expect("a token").to_owned()
}

/// Writes a file into the folder of a world, and gives its path.
fn file(world: &World, name: &str, content: &str) -> String {
    let path = world.database.folder.path().join(name);
    std::fs::write(&path, content).expect("a file");
    path.to_string_lossy().into_owned()
}

async fn a_deposited_checkpoint_finds_what_was_cut_off(world: Arc<World>, console: Console) {
    three_links(&world).await;
    let token = deposit(&world).await;
    let here = ["audit", "verify", "--region", COUNTY];
    let compared = ["audit", "verify", "--checkpoint", &token];
    let said = console.ends(0, &compared);
    assert!(said.contains("vouches for link 3"), "{said}");
    console.ends(2, &["audit", "verify", "--region", "4514", "--checkpoint", &token]);
    console.ends(2, &["audit", "verify", "--checkpoint", "no.token.at-all"]);
    console.ends(2, &["audit", "verify", "--region", "4514"]);

    tamper(
        &world,
        "DELETE FROM audit_entries WHERE link = 3; DELETE FROM audit_links WHERE link = 3; DELETE FROM audit_checkpoints WHERE link = 3",
    )
    .await;
    let said = console.ends(3, &here);
    assert!(said.contains("0 faults; no checkpoint vouches for it"), "{said}");
    console.ends(0, &["audit", "verify", "--region", COUNTY, "--without-checkpoint"]);
    let said = console.ends(1, &compared);
    assert!(said.contains("cut off: the last link is 2, a checkpoint vouches for 3"), "{said}");

    tamper(&world, "DELETE FROM audit_entries; DELETE FROM audit_links; DELETE FROM audit_checkpoints").await;
    console.ends(0, &["audit", "verify"]);
    let said = console.ends(1, &compared);
    assert!(said.contains("the last link is 0, a checkpoint vouches for 3"), "nothing of the chain is left: {said}");

    three_links(&world).await;
    let said = console.ends(1, &compared);
    assert!(said.contains("link 3 is not the one that its checkpoint vouches for"), "written anew: {said}");
}

async fn keys_kept_elsewhere_find_another_signer(world: Arc<World>, console: Console) {
    three_links(&world).await;
    let kept = file(&world, "kept.json", &console.ends(0, &["audit", "keys"]));
    let verify = ["audit", "verify", "--region", COUNTY, "--keys", &kept];
    console.ends(0, &verify);
    // Whoever writes the database makes a key of their own, and signs with it.
    let (private, public) = SigningKey::generate().expect("a key");
    tamper(&world, "DELETE FROM signing_keys; DELETE FROM audit_checkpoints").await;
    world.keep(move |tx| persistence::identity::add_signing_key(tx, Uuid::now_v7(), &private, &public)).await;
    world.services.load_keys().await.expect("the keys can be read");
    let supervisor = world.staff(Role::Supervisor, COUNTY).await;
    let _ = supervisor.post("/v1/audit/checkpoints", json!({ "region": COUNTY })).await.is(200);
    console.ends(0, &["audit", "verify", "--region", COUNTY]);
    let said = console.ends(1, &verify);
    assert!(said.contains("not signed as it should be: an unknown key"), "{said}");
}

async fn retired_keys_check_what_they_have_signed(world: Arc<World>, console: Console) {
    three_links(&world).await;
    let (private, public) = SigningKey::generate().expect("a key");
    let old: Value = serde_json::from_str(&console.ends(0, &["audit", "keys"])).expect("JSON");
    let old: Uuid = old["keys"][0]["kid"].as_str().expect("an id").parse().expect("an id");
    let retire = move |tx: &mut persistence::Tx| {
        persistence::identity::add_signing_key(tx, Uuid::now_v7(), &private, &public)?;
        persistence::identity::retire_signing_key(tx, old)
    };
    world.keep(retire).await;
    world.services.load_keys().await.expect("the keys can be read");
    let all = world.anyone.get("/v1/audit/keys").await.is(200);
    let retired = all["keys"].as_array().unwrap().iter().find(|key| key["kid"] == json!(old)).expect("it is still there");
    assert!(retired["retired_at"].is_string() && all["keys"].as_array().unwrap().len() == 2, "{all}");
    let now = world.anyone.get("/.well-known/jwks.json").await.is(200);
    assert!(!now.to_string().contains(&old.to_string()), "no token is accepted that it signs");

    let exported = world.database.folder.path().join("chain.jsonl").to_string_lossy().into_owned();
    console.ends(0, &["audit", "export", "--region", COUNTY, &exported]);
    let (all, now) = (file(&world, "all.json", &all.to_string()), file(&world, "now.json", &now.to_string()));
    console.ends(0, &["audit", "verify", "--file", &exported, "--keys", &all]);
    console.ends(1, &["audit", "verify", "--file", &exported, "--keys", &now]);
    console.ends(0, &["audit", "verify", "--region", COUNTY]);
}

async fn a_file_without_a_checkpoint_is_not_proven(world: Arc<World>, console: Console) {
    three_links(&world).await;
    link(&world).await;
    let (token, kept) = (deposit(&world).await, file(&world, "kept.json", &console.ends(0, &["audit", "keys"])));
    let path = world.database.folder.path().join("chain.jsonl").to_string_lossy().into_owned();
    console.ends(0, &["audit", "export", "--region", COUNTY, &path]);
    let verify = ["audit", "verify", "--file", &path, "--keys", &kept];
    console.ends(0, &verify);
    let said = console.ends(3, &["audit", "verify", "--file", &path]);
    assert!(said.contains("signatures are not checked"), "nobody vouches for it: {said}");
    // Somebody cuts off the end, and the checkpoint that would tell.
    let text = std::fs::read_to_string(&path).expect("the file");
    let cut: Vec<&str> = text.lines().take(1 + 2 * 3).collect();
    std::fs::write(&path, cut.join("\n")).expect("the file");
    let said = console.ends(3, &verify);
    assert!(said.contains("2 links, 4 entries, 0 faults; no checkpoint vouches for it"), "{said}");
    console.ends(0, &[&verify[..], &["--without-checkpoint"]].concat());
    let said = console.ends(1, &[&verify[..], &["--checkpoint", &token]].concat());
    assert!(said.contains("cut off"), "{said}");
    let other = text.lines().next().expect("a line").replace(COUNTY, "4514");
    std::fs::write(&path, other).expect("the file");
    console.ends(2, &[&verify[..], &["--checkpoint", &token]].concat());
}
