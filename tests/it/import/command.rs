//! `linli import`: the program itself, its report, its trial, what a kill leaves, and in whose name needs are entered.

use std::process::Stdio;
use std::time::Duration;

use domain::identity::Role;
use persistence::Clock;
use serde_json::json;
use support::Kind;
use support::process::{command, run, url};
use support::synthetic::{HEADERS, row, somebody};
use support::world::{COMMUNITY, COUNTY, Ground, World};

use super::file;

fn the_command_reports_and_is_run_again_after_a_kill(kind: Kind) {
    actix_web::rt::System::new().block_on(async {
        let ground = Ground { clock: Clock::System, ..Ground::new(kind) };
        let secret = ground.secret.clone();
        let world = World::on(ground).await;
        let (database, data) = (url(&world.database.location), world.database.folder.path().to_string_lossy().into_owned());
        let settings = [("LINLI_DATABASE", database.as_str()), ("LINLI_KEY", secret.as_str()), ("LINLI_DATA", data.as_str())];
        let rows: Vec<String> = (0..6_000).map(|index| row(index, COMMUNITY)).collect();
        let text = format!("{HEADERS},备注\n{}\n王五,居民身份证,123,,{COMMUNITY},\n", rows.join("\n"));
        let table = file(&world, "list.csv", text.as_bytes()).to_string_lossy().into_owned();
        let report = world.database.folder.path().join("report.csv");
        let flags = ["import", "volunteers", table.as_str(), "--report", report.to_str().unwrap()];

        let trial = run(&settings, &[&flags[..], &["--dry-run"]].concat());
        let said = String::from_utf8_lossy(&trial.stdout).into_owned();
        assert_eq!(trial.status.code(), Some(1), "{said}{}", String::from_utf8_lossy(&trial.stderr));
        assert!(said.contains("6001 rows: 6000 added, 0 there before") && said.contains("1 refused") && said.contains("备注"), "{said}");

        let mut killed = command(&settings).args(flags).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let worker = world.staff(Role::SocialWorker, COUNTY).await;
        let first = json!({ "phone": somebody(0).phone });
        while worker.post("/v1/persons/search", first.clone()).await.is(200)["items"].as_array().unwrap().is_empty() {
            assert!(killed.try_wait().unwrap().is_none(), "it is still at it");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        killed.kill().unwrap();
        killed.wait().unwrap();

        let again = run(&settings, &flags);
        let said = String::from_utf8_lossy(&again.stdout).into_owned();
        let numbers: Vec<usize> = said.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
        assert_eq!((again.status.code(), numbers[0], numbers[1] + numbers[2], numbers[4]), (Some(1), 6_001, 6_000, 1), "{said}");
        assert!(numbers[2] > 0, "what was kept before the kill is there: {said}");
        let report = std::fs::read_to_string(&report).unwrap();
        assert_eq!(report.lines().count(), 2, "{report}");
        assert!(report.contains("6002,refused,document,identity_number,身份号码应为"), "{report}");
        let last = run(&settings, &flags);
        assert!(String::from_utf8_lossy(&last.stdout).contains("0 added, 6000 there before"));
        for index in [0, 500, 2_999, 5_999] {
            let found = worker.post("/v1/persons/search", json!({ "phone": somebody(index).phone })).await.is(200);
            assert_eq!(found["items"].as_array().unwrap().len(), 1, "once: {found}");
        }
    });
}

#[test]
fn sqlite_the_command_reports_and_is_run_again_after_a_kill() {
    the_command_reports_and_is_run_again_after_a_kill(Kind::Sqlite);
}

#[test]
fn postgres_the_command_reports_and_is_run_again_after_a_kill() {
    the_command_reports_and_is_run_again_after_a_kill(Kind::Postgres);
}

fn needs_are_entered_in_the_name_of_staff(kind: Kind) {
    actix_web::rt::System::new().block_on(async {
        let ground = Ground { clock: Clock::System, ..Ground::new(kind) };
        let secret = ground.secret.clone();
        let world = World::on(ground).await;
        let (database, data) = (url(&world.database.location), world.database.folder.path().to_string_lossy().into_owned());
        let settings = [("LINLI_DATABASE", database.as_str()), ("LINLI_KEY", secret.as_str()), ("LINLI_DATA", data.as_str())];
        let text = "姓名,手机号,需求类别,需求内容\n赵大爷,13812340000,助餐,每天中午送一餐\n钱大妈,13812340001,登月,想去月球\n";
        let table = file(&world, "needs.csv", text.as_bytes()).to_string_lossy().into_owned();
        let (grid, dispatcher) = (world.staff(Role::GridMember, COMMUNITY).await, world.staff(Role::Supervisor, COMMUNITY).await);
        let named = |name: String| {
            let flags = ["import", "demands", table.as_str(), "--division", COMMUNITY, "--basis", "statutory_duty", "--as", name.as_str()];
            let done = run(&settings, &flags);
            (done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr))
        };
        let (code, said) = named("nobody".to_owned());
        assert!(code == Some(1) && said.contains("there is no active account named nobody"), "{said}");
        let (_, said) = named(format!("staff-{}", dispatcher.account));
        assert!(said.contains("2 rows: 0 added") && said.contains("2 refused"), "a supervisor enters no needs: {said}");
        let (_, said) = named(format!("staff-{}", grid.account));
        assert!(said.contains("2 rows: 1 added") && said.contains("line 3: category"), "{said}");
        world.services.forget();
        let list = grid.get(&format!("/v1/demand-lists/{COMMUNITY}/general")).await.is(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    });
}

#[test]
fn sqlite_needs_are_entered_in_the_name_of_staff() {
    needs_are_entered_in_the_name_of_staff(Kind::Sqlite);
}

#[test]
fn postgres_needs_are_entered_in_the_name_of_staff() {
    needs_are_entered_in_the_name_of_staff(Kind::Postgres);
}
