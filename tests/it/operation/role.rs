//! What Linli needs to be allowed in PostgreSQL.

use persistence::{Keyring, Location, tools};
use support::process::{self, Process, url};
use support::{Database, Kind};

#[test]
fn an_ordinary_role_is_enough() {
    actix_web::rt::System::new().block_on(async {
        let database = Database::new(Kind::Postgres);
        let full = url(&database.location);
        let (server, name) = full.rsplit_once('/').unwrap();
        let (admin, role) = (Location::parse(&format!("{server}/postgres")).unwrap(), format!("{name}_role"));
        for statement in [format!("CREATE ROLE {role} LOGIN"), format!("CREATE DATABASE {role} OWNER {role}")] {
            tools::execute(&admin, &statement).unwrap();
        }
        let (scheme, host) = server.split_once("://").unwrap();
        let host = host.rsplit('@').next().unwrap();
        let location = Location::parse(&format!("{scheme}://{role}@{host}/{role}")).unwrap();
        let migrated = process::run(&[("LINLI_DATABASE", &url(&location))], &["migrate", "up"]);
        assert_eq!(migrated.status.code(), Some(0), "{}", String::from_utf8_lossy(&migrated.stderr));
        let served = Process::serve(&location, &Keyring::generate().unwrap(), database.folder.path(), &[]).await;
        let ready = served.anyone.get("/readyz").await;
        assert_eq!(ready.status, 200, "{}", ready.text);
        drop(served);
        for statement in [format!("DROP DATABASE {role} WITH (FORCE)"), format!("DROP ROLE {role}")] {
            tools::execute(&admin, &statement).unwrap();
        }
    });
}
