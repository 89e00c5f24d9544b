//! What a fault is played on: a database, people in it, and how the program is started.

use std::sync::Arc;

use domain::identity::Role;
use persistence::{Clock, Keyring, Store, Tuning, TxContext};
use support::world::{COMMUNITY, Ground};
use support::{Database, Outcome, Person, Program, World};
use uuid::Uuid;

/// How many carry orders at once.
const CREWS: usize = 8;

/// Somebody who asks.
#[derive(Clone)]
pub(crate) struct Asker {
    /// The access token.
    pub(crate) token: String,
    /// The person.
    pub(crate) person: Uuid,
}

/// Three who carry orders through the whole loop.
#[derive(Clone)]
pub(crate) struct Crew {
    /// Who places and reviews.
    pub(crate) resident: Asker,
    /// Who triages and offers.
    pub(crate) dispatcher: Asker,
    /// Who serves.
    pub(crate) craftsman: Asker,
}

/// A database with people, and the program that serves it.
pub(crate) struct Stage {
    /// How the program is started.
    pub(crate) program: Program,
    /// Who carries orders.
    pub(crate) crews: Vec<Crew>,
    /// The service that is ordered.
    pub(crate) service: Uuid,
    /// The craft that it needs.
    pub(crate) craft: Uuid,
    /// The database.
    pub(crate) database: Arc<Database>,
    secret: String,
}

impl Stage {
    /// Fills a database. What fills it has stopped when this returns.
    pub(crate) async fn set(database: Database) -> Outcome<Self> {
        let secret = Keyring::generate()?;
        let world = World::on(Ground { clock: Clock::System, secret: secret.clone(), workers: 1, ..Ground::of(database) }).await;
        let mut crews = Vec::new();
        for _ in 0..CREWS {
            let craftsman = world.craftsman("李师傅", world.catalogue.plumbing).await;
            crews.push(Crew {
                resident: Asker::of(&world.resident("周敏").await)?,
                dispatcher: Asker::of(&world.staff(Role::Dispatcher, COMMUNITY).await)?,
                craftsman: Asker::of(&craftsman)?,
            });
        }
        world.stop().await;
        let (service, craft, database) = (world.catalogue.free, world.catalogue.plumbing, Arc::clone(&world.database));
        let program = Program::new(&database.location, &secret, &[])?;
        Ok(Self { program, crews, service, craft, database, secret })
    }

    /// The database, opened beside the program.
    pub(crate) fn store(&self) -> Outcome<Store> {
        let context = TxContext { clock: Clock::System, keys: Arc::new(Keyring::from_base64(&self.secret)?) };
        Ok(Store::open(&self.database.location, context, &Tuning::default())?)
    }
}

impl Asker {
    fn of(person: &Person) -> Outcome<Self> {
        let token = person.token().ok_or("a person of the miniature has a token")?.to_owned();
        Ok(Self { token, person: person.person })
    }
}
