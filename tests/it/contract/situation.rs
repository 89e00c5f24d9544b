//! Who sends the examples of the contract, and the situation in which each makes sense.

use std::cell::RefCell;

use api::openapi::example;
use api::wechat::message::MessageKeys;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta};
use data_encoding::BASE32_NOPAD;
use domain::identity::{Role, totp_code};
use persistence::identity::{self, NewStaff};
use serde_json::{Value, json};
use support::world::{APPID, COMMUNITY, COUNTY, MESSAGE_TOKEN, TOWNSHIP, World, fixed};
use support::{Client, Person};

use super::{appointment, care, demand, site};

/// Who acts in the examples.
pub(super) struct Cast<'a> {
    pub(super) world: &'a World,
    pub(super) resident: Person,
    pub(super) craftsman: Person,
    station: Person,
    township: Person,
    pub(super) social_worker: Person,
    pub(super) administrator: Person,
    supervisor: Person,
    /// The secret of the authenticator app.
    secret: RefCell<String>,
}

/// How far an order has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Placed,
    Queued,
    Offered,
    Accepted,
    Serving,
    Finished,
}

impl<'a> Cast<'a> {
    pub(super) async fn new(world: &'a World) -> Self {
        let craftsman = world.example_adult(example::CRAFTSMAN, "李师傅").await;
        world.register(&craftsman).await;
        world.certify(&craftsman, world.catalogue.plumbing, TimeDelta::days(300)).await;
        Self {
            resident: world.example_resident(example::RESIDENT, "王秀英").await,
            craftsman,
            station: world.dispatcher().await,
            township: world.staff(Role::Dispatcher, TOWNSHIP).await,
            social_worker: world.staff(Role::SocialWorker, COUNTY).await,
            administrator: world.staff(Role::Administrator, COUNTY).await,
            supervisor: world.staff(Role::Supervisor, COUNTY).await,
            world,
            secret: RefCell::default(),
        }
    }

    /// Carries an order, by the examples themselves, to a stage.
    async fn order(&self, stage: Stage) -> Value {
        let example = |operation: &str| example::body(operation).expect("an example");
        let order = self.resident.post("/v1/orders", example("placeOrder")).await.is(201);
        let steps = [
            (Stage::Queued, &self.station, "triage", "triageOrder"),
            (Stage::Offered, &self.station, "offer", "offerOrder"),
            (Stage::Accepted, &self.craftsman, "accept", "acceptOrder"),
            (Stage::Serving, &self.craftsman, "check-in", "checkIn"),
            (Stage::Finished, &self.craftsman, "finish", "finishOrder"),
        ];
        for (reached, who, step, operation) in steps {
            if reached > stage {
                break;
            }
            if reached == Stage::Serving {
                self.world.clock.advance(agreed_start() - self.world.now());
            }
            who.takes(&order, step, example(operation)).await;
        }
        order
    }

    async fn team_order(&self) -> (Person, Value) {
        let (team, captain) = self.world.team(&[&self.craftsman]).await;
        let order = self.order(Stage::Queued).await;
        self.station.takes(&order, "offer", json!({ "takers": [{ "kind": "organisation", "id": team }] })).await;
        captain.takes(&order, "accept", json!({ "organisation": team })).await;
        (captain, order)
    }

    pub(super) async fn refresh_token(&self) -> Value {
        let body = example::body("signInWithWechat").expect("an example");
        self.world.anyone.post("/v1/sessions/wechat", body).await.is(200)["refresh_token"].clone()
    }

    /// Somebody who has signed in through WeChat.
    async fn signed_in(&self) -> Client {
        let session = self.world.anyone.post("/v1/sessions/wechat", json!({ "code": "wang-xiuying:0" })).await.is(200);
        self.world.anyone.with_token(session["access_token"].as_str().expect("a token"))
    }

    /// Staff whose user name and password are those of the examples.
    async fn with_password(&self) -> uuid::Uuid {
        let id = uuid::Uuid::now_v7();
        let password = example::body("signInAsStaff").expect("an example")["password"].as_str().expect("a password").to_owned();
        let password_hash = api::identity::hash_password(&password).expect("a hash");
        self.world
            .keep(move |tx| {
                let staff = NewStaff {
                    id,
                    username: "wang.li".to_owned(),
                    password_hash: password_hash.clone(),
                    must_change_password: false,
                    person: None,
                };
                identity::add_staff(tx, &staff)
            })
            .await;
        id
    }

    /// Who sends an operation's example, and where to.
    pub(super) async fn situation(&self, id: &str, path: &str) -> (Client, String) {
        if path.starts_with("/v1/orders/{id}") {
            let (who, order) = self.order_situation(id).await;
            return (who, path.replace("{id}", order["id"].as_str().expect("an id")));
        }
        if let Some(situation) = self.organisation_situation(id, path).await {
            return situation;
        }
        if let Some(situation) = self.people_situation(id, path).await {
            return situation;
        }
        if let Some(situation) = self.training_situation(id, path).await {
            return situation;
        }
        if let Some(planned) = care::situation(self, id, path).await {
            return planned;
        }
        if let Some(demanded) = demand::situation(self, id, path).await {
            return demanded;
        }
        if let Some(situation) = appointment::situation(self, id, path).await {
            return situation;
        }
        if let Some(situation) = site::situation(self, id, path).await {
            return situation;
        }
        match id {
            "changePassword" => {
                self.with_password().await;
                let body = example::body("signInAsStaff").expect("an example");
                let session = self.world.anyone.post("/v1/sessions/staff", body).await.is(200);
                (self.world.anyone.with_token(session["access_token"].as_str().expect("a token")), path.to_owned())
            }
            "enrolTotp" | "confirmTotp" | "disableTotp" => {
                self.with_password().await;
                let body = example::body("signInAsStaff").expect("an example");
                let session = self.world.anyone.post("/v1/sessions/staff", body).await.is(200);
                let client = self.world.anyone.with_token(session["access_token"].as_str().expect("a token"));
                if id != "enrolTotp" {
                    let enrolled = client.post("/v1/me/totp", example::body("enrolTotp").expect("an example")).await.is(200);
                    *self.secret.borrow_mut() = enrolled["secret"].as_str().expect("a secret").to_owned();
                }
                if id == "disableTotp" {
                    let _ = client.post("/v1/me/totp/confirm", json!({ "code": self.code() })).await.is(200);
                    self.world.clock.advance(TimeDelta::seconds(30));
                }
                (client, path.to_owned())
            }
            "requestToken" => {
                let (id, secret) = self.new_client("createClient").await;
                let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
                (self.world.anyone.with("Authorization", &basic), path.to_owned())
            }
            "readClient" | "rotateClientSecret" | "disableClient" | "enableClient" | "replaceClientKeys" => {
                let (client, _) = self.new_client(id).await;
                (self.administrator.client.clone(), path.replace("{id}", &client))
            }
            "markMessageRead" => {
                self.craftsman.places_for(&self.resident, "王秀英", self.world.catalogue.free).await;
                let told = self.resident.get("/v1/me/messages").await.is(200);
                (self.resident.client.clone(), path.replace("{id}", told["items"][0]["id"].as_str().expect("an id")))
            }
            "endOwnSession" => {
                let listed = self.station.get("/v1/me/sessions").await.is(200);
                (self.station.client.clone(), path.replace("{id}", listed["items"][0]["id"].as_str().expect("an id")))
            }
            "listAccountSessions" | "endAccountSession" => {
                let account = self.station.account.to_string();
                let listed = self.administrator.get(&format!("/v1/accounts/{account}/sessions")).await.is(200);
                let session = listed["items"][0]["id"].as_str().expect("an id");
                (self.administrator.client.clone(), path.replace("{id}", &account).replace("{session}", session))
            }
            "signInAsStaff" => {
                self.with_password().await;
                (self.world.anyone.clone(), path.to_owned())
            }
            "claimPerson" => {
                let client = self.signed_in().await;
                let _ = client.post("/v1/me/phone", json!({ "code": "phone-13800138000:0" })).await;
                (client, path.to_owned())
            }
            "makeAuditCheckpoint" => {
                self.order(Stage::Placed).await;
                api::audit::chain::turn(&self.world.services, uuid::Uuid::from_u128(1)).await.expect("entries can be linked");
                (self.supervisor.client.clone(), path.to_owned())
            }
            "verifyWechatServer" => (self.world.anyone.clone(), format!("{path}?{}&echostr=7", signed_query())),
            "receiveWechatMessage" => (self.world.anyone.clone(), format!("{path}?{}", signed_query())),
            "readContentCheck" | "decideContent" => {
                let order = self.resident.places(self.world.catalogue.free).await;
                let held = self.station.get("/v1/content-checks?state=pending").await.is(200);
                let check = held["items"][0]["id"].as_str().expect("a check").to_owned();
                assert_eq!(held["items"][0]["order"], order["id"]);
                (self.station.client.clone(), path.replace("{id}", &check))
            }
            "bindPhone" | "cancelAccount" | "signOut" => (self.signed_in().await, path.to_owned()),
            "giveConsent" | "listOwnConsents" | "withdrawConsent" | "eraseMe" | "exportMe" => {
                (self.resident.client.clone(), path.to_owned())
            }
            "applyAsVolunteer" => (self.resident.client.clone(), path.to_owned()),
            "changeOwnVolunteerState" => (self.craftsman.client.clone(), path.to_owned()),
            _ => (self.registrar(id), self.register_path(id, path).await),
        }
    }

    async fn order_situation(&self, id: &str) -> (Client, Value) {
        let stage = match id {
            "readOrder" | "listOrderEvents" | "listPhotos" | "cancelOrder" | "triageOrder" | "transferOrder" | "refuseOrder"
            | "escalateOrder" | "proposeExclusion" | "addContact" | "listContacts" | "appealOrder" | "decideExclusion" => Stage::Placed,
            "offerOrder" | "decideOrder" => Stage::Queued,
            "recallOrder" | "declineOrder" | "acceptOrder" => Stage::Offered,
            "releaseOrder" | "rescheduleOrder" | "reportNoShow" | "checkIn" => Stage::Accepted,
            "abortOrder" | "finishOrder" => Stage::Serving,
            "reviewOrder" | "mendOrder" => Stage::Finished,
            "assignMembers" => {
                let (captain, order) = self.team_order().await;
                return (captain.client, order);
            }
            other => panic!("no situation for {other}: add one"),
        };
        let order = self.order(stage).await;
        if matches!(id, "checkIn" | "reportNoShow") {
            self.world.clock.advance(agreed_start() + TimeDelta::minutes(5) - self.world.now());
        }
        let who = match id {
            "declineOrder" | "acceptOrder" | "releaseOrder" | "checkIn" | "abortOrder" | "finishOrder" => &self.craftsman,
            "mendOrder" => {
                self.resident.takes(&order, "review", json!({ "stars": 1, "solved": false })).await;
                &self.craftsman
            }
            "appealOrder" => {
                self.station.takes(&order, "refuse", json!({ "reason": "no_capacity" })).await;
                &self.resident
            }
            "decideExclusion" => {
                self.station.takes(&order, "scope-exclusion", json!({ "note": "属物业职责" })).await;
                &self.township
            }
            "decideOrder" => {
                for _ in 0..3 {
                    self.station.takes(&order, "offer", example::body("offerOrder").expect("an example")).await;
                    self.craftsman.takes(&order, "accept", example::body("acceptOrder").expect("an example")).await;
                    self.craftsman.takes(&order, "release", example::body("releaseOrder").expect("an example")).await;
                }
                &self.township
            }
            "triageOrder" | "transferOrder" | "refuseOrder" | "escalateOrder" | "proposeExclusion" | "addContact" | "listContacts"
            | "offerOrder" | "recallOrder" => &self.station,
            _ => &self.resident,
        };
        (who.client.clone(), order)
    }

    /// Who keeps the registers.
    fn registrar(&self, id: &str) -> Client {
        let who = match id {
            "placeOrder" | "listOrders" => &self.resident,
            "readOrderMeasures" | "readHotlineRates" => &self.supervisor,
            "listContentChecks" => &self.station,
            "enterPerson"
            | "searchPersons"
            | "readPerson"
            | "registerVolunteer"
            | "decideVolunteer"
            | "certify"
            | "listCertifications"
            | "listCraftsmen"
            | "recordConsent"
            | "listConsents"
            | "recordWithdrawal"
            | "unmaskPerson"
            | "requestUnmasking"
            | "listUnmaskRequests"
            | "erasePerson"
            | "listDocumentDisputes"
            | "settleDocumentDispute"
            | "mergePersons" => &self.social_worker,
            _ => &self.administrator,
        };
        who.client.clone()
    }

    /// The path of a register's operation, with what it is about in place.
    async fn register_path(&self, id: &str, path: &str) -> String {
        let day = "2026-09-07";
        let path = match id {
            "mergePersons" => {
                let mut twin = example::body("enterPerson").expect("an example");
                twin["name"] = json!("王秀英");
                let entered = self.social_worker.post("/v1/persons", twin).await.is(201);
                path.replace("{id}", entered["id"].as_str().expect("an id"))
            }
            "settleDocumentDispute" => {
                let claimant = self.world.resident_with_others_document().await;
                path.replace("{id}", &claimant.to_string())
            }
            "decideUnmasking" => {
                let asked = example::body("requestUnmasking").expect("an example");
                let about = format!("/v1/persons/{}/unmask-requests", example::RESIDENT);
                let request = self.social_worker.post(&about, asked).await.is(201);
                path.replace("{id}", request["id"].as_str().expect("an id"))
            }
            "registerVolunteer" => path.replace("{id}", example::RESIDENT),
            "decideVolunteer" => {
                let _ = self.resident.post("/v1/me/volunteer", json!({ "division": COMMUNITY })).await.is(201);
                path.replace("{id}", example::RESIDENT)
            }
            "updateCraft" | "readCraft" => path.replace("{id}", example::CRAFT),
            "updateService" | "readService" => path.replace("{id}", example::SERVICE),
            "readOrganisation" | "addMember" | "removeMember" => {
                let (team, _) = self.world.team(&[&self.craftsman]).await;
                path.replace("{id}", &team.to_string()).replace("{person}", example::CRAFTSMAN)
            }
            "readAccount" | "grantRole" | "resetPassword" | "lockAccount" | "unlockAccount" | "resetSecondFactor" => {
                let account = self.new_account().await;
                path.replace("{id}", account["id"].as_str().expect("an id"))
            }
            "revokeRole" => {
                let account = self.new_account().await;
                let grant = account["grants"][0]["id"].as_str().expect("a grant").to_owned();
                path.replace("{id}", account["id"].as_str().expect("an id")).replace("{grant}", &grant)
            }
            _ => path.replace("{id}", &fixed(example::CRAFTSMAN).to_string()).replace("{code}", TOWNSHIP).replace("{name}", "order-states"),
        };
        match id {
            "readOrderMeasures" | "readHotlineRates" => format!("{path}?division={COUNTY}&from={day}&to={day}"),
            "readAuditChain" | "listAuditCheckpoints" | "listRetentionRuns" => format!("{path}?region={COUNTY}"),
            "listCrafts"
            | "listServices"
            | "listOrderPolicies"
            | "readOrderPolicies"
            | "readRetentionPolicies"
            | "readOrganisationPolicies" => {
                format!("{path}?region={COUNTY}")
            }
            "listCraftsmen" => format!("{path}?craft={}&division={COUNTY}", example::CRAFT),
            "listOrganisations" | "listAccounts" => format!("{path}?within={COUNTY}"),
            "searchDivisions" | "listDivisions" => format!("{path}?name=%E7%BA%A2%E6%97%97"),
            _ => path,
        }
    }

    /// What the authenticator app shows now.
    pub(super) fn code(&self) -> String {
        let secret = BASE32_NOPAD.decode(self.secret.borrow().as_bytes()).expect("a secret");
        let step = self.world.now().timestamp() / 30;
        totp_code(&persistence::secret::hmac_sha1(&secret, &step.to_be_bytes()))
    }
}

/// The query of a message that WeChat has signed.
fn signed_query() -> String {
    let keys = MessageKeys::new(MESSAGE_TOKEN, None, APPID).expect("keys");
    format!("signature={}&timestamp=1788742800&nonce=42", keys.sign(&["1788742800", "42"]))
}

/// When the service of the examples begins.
fn agreed_start() -> DateTime<chrono::Utc> {
    DateTime::parse_from_rfc3339("2026-09-08T09:30:00+08:00").expect("a moment").to_utc()
}
