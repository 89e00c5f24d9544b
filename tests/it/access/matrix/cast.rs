//! Everybody who asks: nobody, somebody without a role, and every role where the things are, elsewhere, and in another region; and
//! machine clients there, whose scopes open something and whose scope opens nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::identity::{Actor, ClientGrant, ClientScope, Grant, Role};
use domain::vocabulary::Vocabulary as _;
use persistence::organisation::{self, Organisation, OrganisationState};
use support::world::{COMMUNITY, COUNTY, OTHER_COMMUNITY, OTHER_REGION, World, code};
use support::{Client, Person};
use uuid::Uuid;

/// Where a role is held: over the things, beside them in the same region, and in another region.
const SCOPES: [&str; 3] = [COUNTY, OTHER_COMMUNITY, OTHER_REGION];

/// Somebody who asks.
pub(crate) struct Member {
    /// Who, for messages.
    pub(crate) name: String,
    /// Requests with their token.
    pub(crate) client: Client,
    /// Who it is to the rules; nothing without a token.
    pub(crate) actor: Option<Arc<Actor>>,
}

/// Everybody, and those whose things are asked for.
pub(crate) struct Cast<'a> {
    /// The miniature.
    pub(crate) world: &'a World,
    /// Everybody who asks.
    pub(crate) members: Vec<Member>,
    /// Who is served.
    pub(crate) resident: Person,
    /// Who dispatches in the community.
    pub(crate) station: Person,
    /// Who manages the team.
    pub(crate) captain: Person,
    /// The team.
    pub(crate) team: Uuid,
    /// Who serves alone.
    pub(crate) craftsman: Person,
    /// How many hours were given out.
    hours: AtomicI64,
}

impl<'a> Cast<'a> {
    /// A new cast; things are about the resident, the craftsman and the team.
    pub(crate) async fn new(world: &'a World) -> Self {
        world.services.forget();
        let craftsman = world.craftsman("李师傅", world.catalogue.plumbing).await;
        let (team, captain) = world.team(&[&craftsman]).await;
        let (resident, station) = (world.resident("王秀英").await, world.dispatcher().await);
        let mut cast = Self { world, members: Vec::new(), resident, station, captain, team, craftsman, hours: AtomicI64::new(0) };
        cast.members.push(Member { name: "nobody".to_owned(), client: world.anyone.clone(), actor: None });
        cast.own();
        cast.strangers().await;
        cast.staff().await;
        cast.clients().await;
        cast
    }

    /// Hours that nobody has promised yet: another time with every call.
    pub(crate) fn hours(&self) -> i64 {
        self.hours.fetch_add(3, Ordering::Relaxed)
    }

    /// Those whose things are asked for.
    fn own(&mut self) {
        let manages = Grant { role: Role::OrganisationManager, scope: code(COMMUNITY), organisation: Some(self.team) };
        let dispatches = Grant { role: Role::Dispatcher, scope: code(COMMUNITY), organisation: None };
        let own = [
            ("the resident served", self.resident.clone(), Vec::new(), false),
            ("the craftsman who serves", self.craftsman.clone(), Vec::new(), true),
            ("the captain of the team", self.captain.clone(), vec![manages], false),
            ("the dispatcher of the community", self.station.clone(), vec![dispatches], false),
        ];
        for (name, person, grants, craftsman) in own {
            self.push(name.to_owned(), &person, grants, craftsman, craftsman);
        }
    }

    /// Those whose roles follow from their records, without any relation to the things.
    async fn strangers(&mut self) {
        let world = self.world;
        let account = world.clerk(Vec::new()).await;
        let actor = Actor { account: account.account, person: None, grants: Vec::new(), volunteer: false, craftsman: false, client: None };
        self.members.push(Member {
            name: "an account without a person".to_owned(),
            client: account.client.clone(),
            actor: Some(Arc::new(actor)),
        });
        for place in [COMMUNITY, OTHER_REGION] {
            let resident = world.resident_of(place, "陌生人").await;
            self.push(format!("a resident of {place}"), &resident, Vec::new(), false, false);
            let volunteer = world.resident_of(place, "陌生人").await;
            world.register(&volunteer).await;
            self.push(format!("a volunteer of {place}"), &volunteer, Vec::new(), true, false);
            let craftsman = world.resident_of(place, "陌生人").await;
            world.register(&craftsman).await;
            world.certify(&craftsman, world.catalogue.plumbing, chrono::TimeDelta::days(300)).await;
            self.push(format!("a craftsman of {place}"), &craftsman, Vec::new(), true, true);
        }
    }

    /// Every role that is granted, in every scope, by accounts that are nothing else.
    async fn staff(&mut self) {
        for role in Role::ALL.iter().copied().filter(|role| role.grantable()) {
            for scope in SCOPES {
                let organisation = if role == Role::OrganisationManager { Some(self.other_team(scope).await) } else { None };
                let grants = vec![Grant { role, scope: code(scope), organisation }];
                let clerk = self.world.clerk(grants.clone()).await;
                let actor = Actor { account: clerk.account, person: None, grants, volunteer: false, craftsman: false, client: None };
                self.members.push(Member {
                    name: format!("{role} of {scope}"),
                    client: clerk.client.clone(),
                    actor: Some(Arc::new(actor)),
                });
            }
        }
    }

    /// Machine clients, with the scopes that open something, and with one that opens nothing yet.
    async fn clients(&mut self) {
        use ClientScope::{ExportRead, OrdersRead, StatisticsRead};
        for scopes in [vec![OrdersRead, StatisticsRead], vec![ExportRead]] {
            for place in SCOPES {
                let (id, client) = self.world.machine_client(place, &scopes).await;
                let grant = ClientGrant { scopes: scopes.clone(), division: code(place) };
                let actor = Actor { account: id, client: Some(grant), ..Actor::default() };
                let held = scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
                self.members.push(Member { name: format!("a client with {held} of {place}"), client, actor: Some(Arc::new(actor)) });
            }
        }
    }

    async fn other_team(&self, scope: &str) -> Uuid {
        let (id, division) = (Uuid::now_v7(), code(scope));
        let region = if scope.starts_with(COUNTY) { code(COUNTY) } else { code(OTHER_REGION) };
        self.world
            .keep(move |tx| {
                let (region, division, kind) = (region.clone(), division.clone(), "volunteer_team".to_owned());
                let name = format!("别的队伍{}", id.simple());
                let team = Organisation { id, region, division, kind, name, state: OrganisationState::Active, version: 1 };
                organisation::add(tx, &team, None)
            })
            .await;
        id
    }

    fn push(&mut self, name: String, person: &Person, grants: Vec<Grant>, volunteer: bool, craftsman: bool) {
        let actor = Actor { account: person.account, person: Some(person.person), grants, volunteer, craftsman, client: None };
        self.members.push(Member { name, client: person.client.clone(), actor: Some(Arc::new(actor)) });
    }
}
