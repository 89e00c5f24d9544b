//! A database that is not empty: residents, crews, and orders placed by the rules.

use std::sync::Arc;

use domain::identity::Actor;
use domain::order::{Channel, Facts, Group, Hazard, OrderPolicy, Payment, Placing, TextKind, Urgency};
use persistence::{Clock, Keyring, StoreError, Tx, order};
use support::world::{COMMUNITY, COUNTY, Ground, code};
use support::{Database, Outcome, Person, Program, Server, World};
use uuid::Uuid;

use crate::options::Options;

/// Somebody who asks.
#[derive(Clone)]
pub(crate) struct Asker {
    /// The access token.
    pub(crate) token: String,
    /// The person.
    pub(crate) person: Uuid,
    /// The account.
    pub(crate) account: Uuid,
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

/// Who and what is in the database.
pub(crate) struct Population {
    /// The residents; order `n` belongs to resident `n` modulo their number.
    pub(crate) residents: Vec<Asker>,
    /// One crew for each client.
    pub(crate) crews: Vec<Crew>,
    /// How many orders there are.
    pub(crate) orders: u64,
    /// The service that is ordered.
    pub(crate) service: Uuid,
    /// The craft that it needs.
    pub(crate) craft: Uuid,
    /// The database.
    pub(crate) database: Arc<Database>,
    /// The key of personal data.
    pub(crate) secret: String,
}

/// How many orders are placed in one transaction.
const TOGETHER: u64 = 50;

/// The id of the order with this number, from 1.
pub(crate) const fn order_id(number: u64) -> Uuid {
    Uuid::from_u128(0x7000_8000_0000_0000_0000 | number as u128)
}

/// The same in SQL, from pgbench's variable `n`.
pub(crate) const ORDER_ID_SQL: &str = "('00000000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid";

impl Population {
    /// Fills a database. What fills it has stopped when this returns.
    pub(crate) async fn fill(database: Database, options: &Options) -> Outcome<Self> {
        let secret = Keyring::generate()?;
        let world = World::on(Ground { clock: Clock::System, secret: secret.clone(), workers: 1, ..Ground::of(database) }).await;
        let (mut residents, mut people, mut crews) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..options.residents() {
            let person = world.resident(NAMES.get(number % NAMES.len()).copied().unwrap_or("王秀英")).await;
            residents.push(Asker::of(&person)?);
            people.push((person.account, person.person));
        }
        for _ in 0..options.clients {
            let craftsman = world.craftsman("李师傅", world.catalogue.plumbing).await;
            crews.push(Crew {
                resident: Asker::of(&world.resident("周敏").await)?,
                dispatcher: Asker::of(&world.dispatcher().await)?,
                craftsman: Asker::of(&craftsman)?,
            });
        }
        place(&world, &Arc::new(people), options.orders()).await?;
        world.stop().await;
        let (service, craft, database) = (world.catalogue.free, world.catalogue.plumbing, Arc::clone(&world.database));
        Ok(Self { residents, crews, orders: options.orders(), service, craft, database, secret })
    }

    /// Serves it with a program of its own.
    pub(crate) async fn serve(&self, settings: &[(&str, &str)]) -> Outcome<Server> {
        Program::new(&self.database.location, &self.secret, settings)?.start().await
    }

    /// The body with which a resident places an order.
    pub(crate) fn wish(&self) -> String {
        let (service, division) = (self.service, COMMUNITY);
        serde_json::json!({ "service": service, "division": division, "text": "厨房水龙头漏水", "address": "红旗小区3号楼2单元" })
            .to_string()
    }
}

/// Names of residents.
const NAMES: [&str; 4] = ["王秀英", "周桂兰", "赵敏", "孙建国"];

impl Asker {
    fn of(person: &Person) -> Outcome<Self> {
        let token = person.token().ok_or("a person of the miniature has a token")?.to_owned();
        Ok(Self { token, person: person.person, account: person.account })
    }
}

/// Places the orders by the rules, each for the resident whose turn it is.
async fn place(world: &World, people: &Arc<Vec<(Uuid, Uuid)>>, orders: u64) -> Outcome<()> {
    let service = world.catalogue.free;
    let craft = world.catalogue.plumbing;
    let mut first = 1;
    while first <= orders {
        let (people, last) = (Arc::clone(people), orders.min(first + TOGETHER - 1));
        let work = move |tx: &mut Tx| -> Result<(), StoreError> {
            for number in first..=last {
                let turn = usize::try_from(number).unwrap_or_default() % people.len().max(1);
                let (account, person) = people.get(turn).copied().unwrap_or_default();
                place_one(tx, number, account, placing(number, service, craft, person))?;
            }
            Ok(())
        };
        world.services.store.write(work).await?;
        first = last + 1;
    }
    Ok(())
}

fn place_one(tx: &mut Tx, number: u64, account: Uuid, placing: Placing) -> Result<(), StoreError> {
    let bug = |what: String| StoreError::Bug(format!("order {number} cannot be placed: {what}"));
    let actor = Actor { account, person: Some(placing.subject), ..Actor::default() };
    let (policy, zone) = (OrderPolicy::default(), chrono_tz::Asia::Shanghai);
    let acting = domain::order::acting_to_place(&placing, &actor);
    let facts = Facts { policy: &policy, zone, acting: &acting, offers: &[], deadlines: &[], now: tx.now() };
    let decision = domain::order::place(&placing, &facts).map_err(|refusal| bug(format!("{refusal:?}")))?;
    let texts = vec![(TextKind::Request, "厨房水龙头漏水".to_owned()), (TextKind::Address, "红旗小区3号楼2单元".to_owned())];
    order::insert(tx, &decision, texts)?;
    Ok(())
}

fn placing(number: u64, service: Uuid, craft: Uuid, subject: Uuid) -> Placing {
    Placing {
        id: order_id(number),
        number: format!("{COUNTY}-{number:010}"),
        region: code(COUNTY),
        division: code(COMMUNITY),
        handler: code(COMMUNITY),
        service,
        payment: Payment::Free,
        hazard: Hazard::None,
        craft: Some(craft),
        minutes: 60,
        urgency: Urgency::Normal,
        group: Group::General,
        subject,
        channel: Channel::MiniProgram,
        basis: None,
        external_ref: None,
        wanted: None,
        position: None,
    }
}
