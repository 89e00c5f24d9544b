//! People of the miniature, and what they do.

use chrono::{NaiveDate, TimeDelta};
use domain::identity::{ClientAuthentication, ClientScope, Grant, Role};
use domain::organisation::MemberRole;
use domain::person::{CraftLevel, Document, DocumentKind, PersonName, Phone, VolunteerState};
use persistence::catalogue::Certification;
use persistence::identity::{GrantRow, NewStaff, Opened};
use persistence::organisation::{Organisation, OrganisationState};
use persistence::person::{NewPerson, NewVolunteer};
use persistence::{catalogue, client as machine, identity, organisation, person};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Client;
use crate::world::{COMMUNITY, COUNTY, OTHER_REGION, World, code, fixed};

/// Somebody who can sign in.
#[derive(Clone)]
pub struct Person {
    /// Requests with their token.
    pub client: Client,
    /// The account.
    pub account: Uuid,
    /// The person behind it.
    pub person: Uuid,
}

/// A craftsman.
pub type Craftsman = Person;

impl std::ops::Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Person {
    /// Places an order for oneself.
    ///
    /// # Panics
    /// It is refused.
    pub async fn places(&self, service: Uuid) -> Value {
        let body = json!({ "service": service, "division": COMMUNITY, "text": "厨房水龙头漏水", "address": "红旗小区3号楼2单元" });
        self.post("/v1/orders", body).await.is(201)
    }

    /// Places an order for somebody of this name, who consents.
    ///
    /// # Panics
    /// It is refused.
    pub async fn places_for(&self, subject: &Self, name: &str, service: Uuid) -> Value {
        let body = json!({ "service": service, "division": COMMUNITY, "text": "奶奶家灯不亮", "subject": subject.person,
            "subject_name": name, "basis": "consent" });
        self.post("/v1/orders", body).await.is(201)
    }

    /// Takes a step on an order, which must succeed.
    ///
    /// # Panics
    /// It is refused.
    pub async fn takes(&self, order: &Value, step: &str, body: Value) -> Value {
        self.post(&path(order, step), body).await.is(200)
    }
}

/// The path of a step.
///
/// # Panics
/// The order has no id.
#[must_use]
pub fn path(order: &Value, step: &str) -> String {
    format!("/v1/orders/{}/{step}", order["id"].as_str().expect("an order has an id"))
}

impl World {
    /// An account with a session, made directly: signing in has tests of its own.
    async fn signed_in(&self, person: NewPerson, roles: Vec<Grant>, staff: bool) -> Person {
        let person_id = person.id;
        let (client, account) = self.account(Some(person), roles, staff).await;
        Person { client, account, person: person_id }
    }

    /// An account that is nobody as a person; staff where it holds roles. Its person is nil.
    pub async fn clerk(&self, roles: Vec<Grant>) -> Person {
        let staff = !roles.is_empty();
        let (client, account) = self.account(None, roles, staff).await;
        Person { client, account, person: Uuid::nil() }
    }

    async fn account(&self, person: Option<NewPerson>, roles: Vec<Grant>, staff: bool) -> (Client, Uuid) {
        let (account, session) = (Uuid::now_v7(), Uuid::now_v7());
        self.keep(move |tx| {
            let person_id = person.as_ref().map(|person| person.id);
            if let Some(person) = &person {
                person::add(tx, person)?;
            }
            if staff {
                let new = NewStaff {
                    id: account,
                    username: format!("staff-{account}"),
                    password_hash: "$none".to_owned(),
                    must_change_password: false,
                    person: person_id,
                };
                identity::add_staff(tx, &new)?;
            } else {
                identity::add_resident(tx, account, &format!("openid-{account}"))?;
                if let Some(person_id) = person_id {
                    identity::link_person(tx, account, person_id)?;
                }
            }
            for grant in roles.clone() {
                let row = GrantRow { id: Uuid::now_v7(), account, grant, granted_by: None, granted_at: tx.now() };
                identity::grant(tx, &row)?;
            }
            identity::open_session_as(tx, session, account, tx.now() + TimeDelta::days(400), Opened::Strong)
        })
        .await;
        let (token, _) = self.services.tokens.issue(account, session, self.now(), TimeDelta::days(400)).expect("a token can be issued");
        (self.anyone.with_token(&token), account)
    }

    /// A resident with an id of the contract's examples.
    pub async fn example_resident(&self, id: &str, name: &str) -> Person {
        self.signed_in(NewPerson { id: fixed(id), ..self.new_person(name) }, Vec::new(), false).await
    }

    /// The same, known to be of age.
    pub async fn example_adult(&self, id: &str, name: &str) -> Person {
        self.signed_in(grown_up(NewPerson { id: fixed(id), ..self.new_person(name) }), Vec::new(), false).await
    }

    /// A resident of the community.
    pub async fn resident(&self, name: &str) -> Person {
        self.signed_in(self.new_person(name), Vec::new(), false).await
    }

    /// A resident of another division.
    pub async fn resident_of(&self, division: &str, name: &str) -> Person {
        self.signed_in(NewPerson { division: code(division), ..self.new_person(name) }, Vec::new(), false).await
    }

    /// Staff with a role in a division.
    pub async fn staff(&self, role: Role, scope: &str) -> Person {
        let grant = Grant { role, scope: code(scope), organisation: None };
        self.signed_in(self.new_person("王干事"), vec![grant], true).await
    }

    /// Staff with a grant.
    pub(crate) async fn granted(&self, name: &str, grant: Grant) -> Person {
        self.signed_in(self.new_person(name), vec![grant], true).await
    }

    /// Who runs the whole installation: an operator of both regions.
    pub async fn operator(&self) -> Person {
        let grant = |scope| Grant { role: Role::Operator, scope: code(scope), organisation: None };
        self.signed_in(self.new_person("王运维"), vec![grant(COUNTY), grant(OTHER_REGION)], true).await
    }

    /// A dispatcher of the community.
    pub async fn dispatcher(&self) -> Person {
        self.staff(Role::Dispatcher, COMMUNITY).await
    }

    /// A volunteer without any certified craft.
    pub async fn volunteer(&self, name: &str) -> Person {
        let volunteer = self.resident(name).await;
        self.register(&volunteer).await;
        volunteer
    }

    /// A volunteer without any certified craft who is known to be of age.
    pub async fn volunteer_of_age(&self, name: &str) -> Person {
        let volunteer = self.signed_in(grown_up(self.new_person(name)), Vec::new(), false).await;
        self.register(&volunteer).await;
        volunteer
    }

    /// Makes a resident an active volunteer.
    pub async fn register(&self, resident: &Person) {
        let person = resident.person;
        self.keep(move |tx| {
            let new = NewVolunteer {
                person,
                number: format!("V{}", person.simple()),
                region: code(COUNTY),
                division: code(COMMUNITY),
                state: VolunteerState::Active,
                by: None,
            };
            person::add_volunteer(tx, &new)
        })
        .await;
        self.services.forget();
    }

    /// A craftsman certified for a craft for a year, who is known to be of age.
    pub async fn craftsman(&self, name: &str, craft: Uuid) -> Craftsman {
        let craftsman = self.signed_in(grown_up(self.new_person(name)), Vec::new(), false).await;
        self.register(&craftsman).await;
        self.certify(&craftsman, craft, TimeDelta::days(365)).await;
        craftsman
    }

    /// Certifies a person for a craft from yesterday on.
    pub async fn certify(&self, holder: &Person, craft: Uuid, lasts: TimeDelta) {
        let (person, verified_by, now) = (holder.person, holder.account, self.now());
        self.keep(move |tx| {
            let certification = Certification {
                id: Uuid::now_v7(),
                person,
                craft,
                level: CraftLevel::Intermediate,
                evidence: "电工证".to_owned(),
                verified_by,
                valid_from: now - TimeDelta::days(1),
                valid_until: now + lasts,
                suspended_at: None,
                version: 1,
            };
            catalogue::add_certification(tx, &certification)
        })
        .await;
        self.services.forget();
    }

    /// A team of these members, managed by a new person.
    pub async fn team(&self, members: &[&Person]) -> (Uuid, Person) {
        let id = Uuid::now_v7();
        let people: Vec<Uuid> = members.iter().map(|member| member.person).collect();
        self.keep(move |tx| {
            let team = Organisation {
                id,
                region: code(COUNTY),
                division: code(COMMUNITY),
                kind: "volunteer_team".to_owned(),
                name: format!("十八匠维修队{}", id.simple()),
                state: OrganisationState::Active,
                version: 1,
            };
            organisation::add(tx, &team, None)?;
            for person in &people {
                organisation::join(tx, id, *person)?;
            }
            Ok(())
        })
        .await;
        let grant = Grant { role: Role::OrganisationManager, scope: code(COMMUNITY), organisation: Some(id) };
        (id, self.signed_in(self.new_person("陈队长"), vec![grant], true).await)
    }

    /// An alliance without members.
    pub async fn alliance(&self) -> Uuid {
        let id = Uuid::now_v7();
        self.keep(move |tx| {
            let alliance = Organisation {
                id,
                region: code(COUNTY),
                division: code(COMMUNITY),
                kind: "volunteer_alliance".to_owned(),
                name: format!("志愿服务联盟{}", id.simple()),
                state: OrganisationState::Active,
                version: 1,
            };
            organisation::add(tx, &alliance, None)
        })
        .await;
        id
    }

    /// A team with the id of the examples.
    pub async fn example_team(&self, id: &str) -> Uuid {
        let (id, region, division) = (fixed(id), code(COUNTY), code(COMMUNITY));
        self.keep(move |tx| {
            let (region, division, state) = (region.clone(), division.clone(), OrganisationState::Active);
            let (kind, name) = ("volunteer_team".to_owned(), "十八匠红旗分队".to_owned());
            organisation::add(tx, &Organisation { id, region, division, kind, name, state, version: 1 }, None)
        })
        .await;
        id
    }

    /// Makes a member of an organisation what they do in it.
    pub async fn appoint(&self, team: Uuid, member: &Person, role: MemberRole) {
        let person = member.person;
        self.keep(move |tx| organisation::join_as(tx, team, person, role)).await;
    }

    /// Somebody whom staff have written down, and who has never signed in.
    pub async fn written_down(&self, name: &str) -> Uuid {
        let person = NewPerson { claimed: false, ..self.new_person(name) };
        let id = person.id;
        self.keep(move |tx| person::add(tx, &person)).await;
        id
    }

    /// A machine client of a division with a token that lasts, and its id; asking for tokens has tests of its own.
    ///
    /// # Panics
    /// No token can be issued.
    pub async fn machine_client(&self, division: &str, scopes: &[ClientScope]) -> (Uuid, Client) {
        let (id, credential, lasts) = (Uuid::now_v7(), Uuid::now_v7(), TimeDelta::days(400));
        let new = machine::Client {
            id,
            name: "第三方评估系统".to_owned(),
            division: code(division),
            authentication: ClientAuthentication::SecretBasic,
            scopes: scopes.to_vec(),
            expires_at: self.now() + lasts,
            disabled_at: None,
            created_by: None,
            created_at: self.now(),
            version: 1,
        };
        self.keep(move |tx| {
            machine::add(tx, &new).and_then(|()| machine::add_secret(tx, credential, id, &persistence::secret::sha256(id.as_bytes())))
        })
        .await;
        let (token, _) = self.services.tokens.issue_to_client(id, credential, scopes, self.now(), lasts).expect("a token can be issued");
        (id, self.anyone.with_token(&token))
    }

    /// Somebody who has registered with a document that another resident has on record.
    pub async fn resident_with_others_document(&self) -> Uuid {
        let number = format!("C{:08}", Uuid::now_v7().as_u128() % 100_000_000);
        let card = Document::parse(DocumentKind::Passport, "VN", &number).expect("a passport");
        let holder = NewPerson { document: Some(card.clone()), ..self.new_person("张三丰") };
        let claimant = NewPerson { document: Some(card), ..self.new_person("李四") };
        let id = claimant.id;
        self.keep(move |tx| person::add(tx, &holder).and_then(|()| person::add_disputed(tx, &claimant))).await;
        id
    }

    fn new_person(&self, name: &str) -> NewPerson {
        let id = Uuid::now_v7();
        NewPerson {
            id,
            division: code(COMMUNITY),
            name: PersonName::parse(name).expect("a name"),
            phone: Some(Phone::parse(&phone_of(id)).expect("a phone number")),
            document: None,
            birth_date: None,
            claimed: true,
            entered_by: None,
        }
    }
}

fn grown_up(person: NewPerson) -> NewPerson {
    NewPerson { birth_date: NaiveDate::from_ymd_opt(1975, 5, 1), ..person }
}

/// The phone number that a person of the tests has; long enough never to be found in an identifier by chance.
pub fn phone_of(person: Uuid) -> String {
    format!("138{:08}", person.as_u128() % 100_000_000)
}
