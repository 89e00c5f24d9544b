//! What each operation is about, and the request that asks for it.

use api::openapi::example;
use api::retention::job::{self, Asked};
use domain::audit::ActorKind;
use domain::identity::Role;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use support::world::{COMMUNITY, COUNTY, TOWNSHIP};
use support::{Answer, Client};
use uuid::Uuid;

use super::cast::Cast;
use super::order::order_for;
use super::people::{account, certification, certification_of, insurance, unmask_request};
use super::training::training;

/// What an operation is about.
pub(crate) enum About {
    /// Nothing in particular.
    Nothing,
    /// What is the caller's own.
    Own,
    /// Something in a division.
    Place(&'static str),
    /// Something that serves a whole region: who may do it anywhere in it may do it.
    Region(&'static str),
    /// A person who lives there.
    Person(Uuid, &'static str),
    /// An organisation that is at home there; whoever has signed in knows of it.
    Organisation(Uuid, &'static str),
    /// A role in a division: divisions are known to everybody, so there is nothing to hide.
    Role(&'static str),
    /// An order.
    Order(Uuid),
    /// What is held back of an order: for others than its deciders there is nothing.
    Held(Uuid),
}

/// A request, and what it is about.
pub(crate) struct Thing {
    pub(crate) about: About,
    path: String,
    body: Option<Value>,
    file: Option<(&'static str, Vec<u8>)>,
    tag: Option<String>,
}

impl Thing {
    /// Asks.
    pub(crate) async fn ask(&self, method: &str, client: &Client) -> Answer {
        let mut request = client.request(reqwest::Method::from_bytes(method.as_bytes()).expect("a method"), &self.path);
        if let Some(tag) = &self.tag {
            request = request.header("if-match", tag);
        }
        if let Some((name, bytes)) = &self.file {
            request = request.multipart(Form::new().part("file", Part::bytes(bytes.clone()).file_name(*name)));
        } else if let Some(body) = &self.body {
            request = request.json(body);
        }
        client.send(request).await
    }
}

/// What is asked about the craftsman.
const OF_CRAFTSMAN: [&str; 9] = [
    "readPerson",
    "listCertifications",
    "listInsurances",
    "readVolunteerProfile",
    "listVolunteerEvents",
    "enrolInCavalry",
    "removeFromCavalry",
    "readTrainingRecord",
    "listExamsOfPerson",
];

/// What an operation is about, made for it.
pub(crate) async fn of(id: &str, path: &str, cast: &Cast<'_>) -> Thing {
    let filled = |value: &str| path.replace("{id}", value);
    let (about, path) = if id == "enterDemand" {
        (About::Person(cast.resident.person, COMMUNITY), path.to_owned())
    } else if path.starts_with("/v1/orders/{id}") {
        let order = order_for(id, cast).await;
        let query = if id == "uploadPhoto" { "?kind=request" } else { "" };
        (About::Order(order), format!("{}{query}", filled(&order.to_string())))
    } else if path.starts_with("/v1/persons/{id}") {
        let person = if OF_CRAFTSMAN.contains(&id) { cast.craftsman.person } else { neighbour(id, cast).await };
        (About::Person(person, COMMUNITY), filled(&person.to_string()))
    } else if path.starts_with("/v1/demands/{id}") {
        (About::Person(cast.resident.person, COMMUNITY), filled(&demand(id, cast).await))
    } else if path.starts_with("/v1/households/{id}") {
        let (household, member) = household(cast).await;
        (About::Place(COMMUNITY), filled(&household).replace("{person}", &member))
    } else if path.starts_with("/v1/organisations/{id}") {
        organisation(path, cast).await
    } else if path.starts_with("/v1/training-") {
        training(id, path, cast).await
    } else if path.starts_with("/v1/accounts/{id}/sessions") {
        let (account, session) = session(cast).await;
        (About::Place(COMMUNITY), filled(&account).replace("{session}", &session))
    } else if path.starts_with("/v1/clients/{id}") {
        (About::Place(COUNTY), filled(&machine_client(id, cast).await))
    } else if path.starts_with("/v1/accounts/{id}") {
        let (account, grant) = account(cast).await;
        (About::Place(COMMUNITY), filled(&account).replace("{grant}", &grant))
    } else if path.starts_with("/v1/me/messages") {
        (About::Own, filled(&message(cast).await))
    } else if path.starts_with("/v1/me") {
        (About::Own, path.to_owned())
    } else if path.starts_with("/v1/content-checks/{id}") {
        let (order, check) = held(cast).await;
        (About::Held(order), filled(&check))
    } else if path.starts_with("/v1/unmask-requests/{id}") {
        (About::Place(COMMUNITY), filled(&unmask_request(cast).await))
    } else if path.starts_with("/v1/insurances/{id}") {
        (About::Place(COMMUNITY), filled(&insurance(cast).await))
    } else if id == "listCertificationEvents" {
        (About::Person(cast.craftsman.person, COMMUNITY), filled(&certification_of(&cast.craftsman, cast).await))
    } else if path.starts_with("/v1/certifications/{id}") {
        (About::Place(COMMUNITY), filled(&certification(cast).await))
    } else if let Some(of_appointments) = super::appointment::about(id, path, cast).await {
        of_appointments
    } else if let Some(of_sites) = super::site::about(id, path, cast).await {
        of_sites
    } else if let Some(of_imports) = super::import::about(id, path, cast).await {
        of_imports
    } else if let Some(of_partners) = super::partnership::about(id, path, cast).await {
        of_partners
    } else if let Some(of_apprentices) = super::apprenticeship::about(id, path, cast).await {
        of_apprentices
    } else if let Some(of_plans) = super::care::about(id, path, cast).await {
        of_plans
    } else if let Some(of_workers) = super::social_work::about(id, path, cast).await {
        of_workers
    } else if let Some(of_cavalry) = super::cavalry::about(id, path, cast).await {
        of_cavalry
    } else {
        elsewhere(id, path)
    };
    if id == "makeAuditCheckpoint" {
        // There is something to sign once something has happened and has been linked.
        cast.resident.places(cast.world.catalogue.free).await;
        api::audit::chain::turn(&cast.world.services, Uuid::from_u128(1)).await.expect("entries can be linked");
    }
    if id == "listRetentionRuns" {
        let asked = Asked { by: ActorKind::Clock, again: true };
        job::turn(&cast.world.services.store, Uuid::from_u128(1), asked).await.expect("the job runs");
    }
    let tag = tag(id, &path, cast).await;
    Thing { about, path, body: body(id, cast), file: file(id), tag }
}

/// The file that an operation brings.
fn file(id: &str) -> Option<(&'static str, Vec<u8>)> {
    match id {
        "uploadPhoto" => Some(("照片.png", vec![0; 8])),
        "beginImport" => Some(("需求.csv", super::import::NEEDS.as_bytes().to_vec())),
        _ => None,
    }
}

/// The version that an operation replaces.
async fn tag(id: &str, path: &str, cast: &Cast<'_>) -> Option<String> {
    match id {
        "keepVolunteerProfile" => {
            let worker = cast.world.staff(Role::SocialWorker, COUNTY).await;
            Some(worker.get(path).await.header("etag").to_owned())
        }
        "updateOrganisation" | "setPledgeQuota" => Some(cast.captain.get(path).await.header("etag").to_owned()),
        "updateSocialWorker" => {
            let administrator = cast.world.staff(Role::Administrator, COUNTY).await;
            Some(administrator.get(path).await.header("etag").to_owned())
        }
        "updateTrainingCourse" | "updateTrainingSession" => Some(cast.station.get(path).await.header("etag").to_owned()),
        "updateCraft" | "updateService" | "updateSite" => Some(cast.world.anyone.get(path).await.header("etag").to_owned()),
        _ => None,
    }
}

/// What is about no single person, organisation, account or order.
fn elsewhere(id: &str, path: &str) -> (About, String) {
    let township = path.replace("{code}", TOWNSHIP);
    let day = "2026-09-07";
    match id {
        "isAlive"
        | "isReady"
        | "readKeySet"
        | "readAuditKeys"
        | "listRegions"
        | "searchDivisions"
        | "readDivision"
        | "listChildDivisions"
        | "listPopulations"
        | "listVocabularies"
        | "readVocabulary"
        | "signInWithWechat"
        | "signInAsStaff"
        | "refreshSession"
        | "readAuthorizationServer"
        | "requestToken"
        | "verifyWechatServer"
        | "receiveWechatMessage" => (About::Nothing, township),
        "readDemandPolicies" => (About::Nothing, format!("{path}?region={COUNTY}")),
        "publishDemandPolicy" => (About::Place(COUNTY), path.to_owned()),
        "listDemands" => (About::Nothing, path.to_owned()),
        "readDemandList" => (About::Place(COMMUNITY), path.replace("{division}", COMMUNITY).replace("{group}", "general")),
        "listDemandLists" => (About::Place(COUNTY), format!("{path}?division={COUNTY}")),
        "readDemandCoverage" => (About::Place(COUNTY), format!("{path}?division={COUNTY}&from={day}&to={day}")),
        "addHousehold" => (About::Place(COMMUNITY), path.to_owned()),
        "listCrafts" | "listServices" | "readOrderPolicies" | "readRetentionPolicies" | "readOrganisationPolicies" => {
            (About::Nothing, format!("{path}?region={COUNTY}"))
        }
        "readPeoplePolicies" => (About::Nothing, format!("{path}?region={COUNTY}")),
        "readCraft" => (About::Nothing, path.replace("{id}", example::CRAFT)),
        "readService" => (About::Nothing, path.replace("{id}", example::SERVICE)),
        "fetchPhoto" => (About::Nothing, path.replace("{id}", example::CRAFT)),
        "signOut" => (About::Own, path.to_owned()),
        "listOrders" | "listOrganisations" | "listDocumentDisputes" | "listContentChecks" | "listClients" => {
            (About::Nothing, path.to_owned())
        }
        "placeOrder" => (About::Nothing, path.to_owned()),
        "addGrid" | "enterPerson" | "createOrganisation" => (About::Place(COMMUNITY), path.to_owned()),
        "addDivisionAlias" | "setPopulation" => (About::Place(TOWNSHIP), township),
        // Rows that are not in scope are refused one by one: see the tests of regions.
        "importDivisions" => (About::Nothing, path.to_owned()),
        "addCraft"
        | "addService"
        | "publishOrderPolicy"
        | "publishRetentionPolicy"
        | "publishOrganisationPolicy"
        | "publishPeoplePolicy"
        | "createClient" => (About::Place(COUNTY), path.to_owned()),
        "updateCraft" => (About::Place(COUNTY), path.replace("{id}", example::CRAFT)),
        "updateService" => (About::Place(COUNTY), path.replace("{id}", example::SERVICE)),
        "searchPersons" => (About::Place(TOWNSHIP), path.to_owned()),
        "listCraftsmen" => (About::Region(COUNTY), format!("{path}?craft={}&division={COUNTY}", example::CRAFT)),
        "listVolunteers" | "listExpiringCertifications" => (About::Place(COUNTY), format!("{path}?division={COUNTY}")),
        "listAccounts" => (About::Place(COUNTY), format!("{path}?within={COUNTY}")),
        "readOrderMeasures" | "readHotlineRates" => (About::Place(COUNTY), format!("{path}?division={COUNTY}&from={day}&to={day}")),
        "readAuditChain" | "listAuditCheckpoints" | "listRetentionRuns" => (About::Place(COUNTY), format!("{path}?region={COUNTY}")),
        "searchAudit" | "makeAuditCheckpoint" => (About::Place(COUNTY), path.to_owned()),
        "createStaffAccount" => (About::Role(COMMUNITY), path.to_owned()),
        _ => panic!("nothing is known of {id} ({path}): say in {} what it is about, so that everybody can ask for it", file!()),
    }
}

/// The example of the contract, about the people of this cast.
pub(super) fn body(id: &str, cast: &Cast<'_>) -> Option<Value> {
    let example = example::body(id).unwrap_or_else(|| json!({})).to_string();
    let example = example.replace(example::CRAFTSMAN, &cast.craftsman.person.to_string());
    let example = example.replace(example::TEAM, &cast.team.to_string());
    serde_json::from_str(&example.replace(example::RESIDENT, &cast.resident.person.to_string())).ok()
}

/// A neighbour, about whom something is done.
async fn neighbour(id: &str, cast: &Cast<'_>) -> Uuid {
    if id == "settleDocumentDispute" {
        return cast.world.resident_with_others_document().await;
    }
    if id == "mergePersons" {
        // Of the same name as the resident into whose record it goes.
        return cast.world.written_down("王秀英").await;
    }
    let neighbour = cast.world.resident("周桂兰").await;
    if matches!(id, "decideVolunteer" | "certify" | "keepVolunteerProfile") {
        let _ = neighbour.post("/v1/me/volunteer", json!({ "division": COMMUNITY })).await.is(201);
    }
    neighbour.person
}

/// The team; an alliance that it belongs to; or an entry of its fund book that waits for a second person.
async fn organisation(path: &str, cast: &Cast<'_>) -> (About, String) {
    let (about, team) = (About::Organisation(cast.team, COMMUNITY), cast.team.to_string());
    if path.contains("{member}") {
        let (alliance, member) = (cast.world.alliance().await, cast.team);
        cast.world.keep(move |tx| persistence::organisation::add_to_alliance(tx, Uuid::now_v7(), alliance, member)).await;
        return (about, path.replace("{id}", &alliance.to_string()).replace("{member}", &team));
    }
    let mut path = path.replace("{id}", &team);
    if path.contains("{person}") {
        path = path.replace("{person}", &member(cast).await.to_string());
    }
    if path.contains("{entry}") {
        let mut asked = example::body("enterFundEntry").expect("an example");
        asked["amount"] = json!(60_000);
        let entered = cast.captain.post(&format!("/v1/organisations/{team}/fund-entries"), asked).await.is(201);
        path = path.replace("{entry}", entered["id"].as_str().expect("an id"));
    }
    (about, path)
}

/// A need of the resident, as an operation needs it.
async fn demand(id: &str, cast: &Cast<'_>) -> String {
    let worker = cast.world.staff(Role::SocialWorker, COUNTY).await;
    let mut asked = body("enterDemand", cast).expect("an example");
    if id == "makeCarePlan" {
        // A need of its own: one that is planned can be neither dropped nor reopened.
        asked["care"] = json!("visits");
    }
    let entered = worker.post("/v1/demands", asked).await;
    assert!(matches!(entered.status, 200 | 201), "{}", entered.text);
    let item = entered.body["id"].as_str().expect("an id").to_owned();
    if id == "openSocialWorkCase" {
        super::social_work::worker(cast).await;
    }
    if id == "reopenDemand" {
        let _ = worker.post(&format!("/v1/demands/{item}/drop"), json!({ "reason": "declined" })).await.is(200);
    }
    item
}

/// A household, and somebody who belongs to it.
async fn household(cast: &Cast<'_>) -> (String, String) {
    let worker = cast.world.staff(Role::SocialWorker, COUNTY).await;
    let member = cast.world.resident("赵小满").await.person.to_string();
    let made = worker.post("/v1/households", json!({ "division": COMMUNITY, "head": member })).await.is(201);
    (made["id"].as_str().expect("an id").to_owned(), member)
}

/// Somebody else of the team.
async fn member(cast: &Cast<'_>) -> Uuid {
    let (team, person) = (cast.team, cast.world.resident("赵师傅").await.person);
    cast.world.keep(move |tx| persistence::organisation::join(tx, team, person)).await;
    person
}

/// An order whose text is held back, and the check of it.
async fn held(cast: &Cast<'_>) -> (Uuid, String) {
    let order = cast.resident.places(cast.world.catalogue.free).await;
    let held = cast.station.get("/v1/content-checks?state=pending&limit=100").await.is(200);
    let check = held["items"].as_array().into_iter().flatten().find(|check| check["order"] == order["id"]).expect("a check");
    let id = |value: &Value| value["id"].as_str().expect("an id").to_owned();
    (id(&order).parse().expect("an id"), id(check))
}

/// A message to the resident: somebody has placed an order for them.
async fn message(cast: &Cast<'_>) -> String {
    cast.world.resident("周敏").await.places_for(&cast.resident, "王秀英", cast.world.catalogue.free).await;
    let told = cast.resident.get("/v1/me/messages").await.is(200);
    told["items"][0]["id"].as_str().expect("an id").to_owned()
}

/// Somebody of the staff, and a session of theirs.
async fn session(cast: &Cast<'_>) -> (String, String) {
    let administrator = cast.world.staff(Role::Administrator, COUNTY).await;
    let account = cast.world.dispatcher().await.account.to_string();
    let listed = administrator.get(&format!("/v1/accounts/{account}/sessions")).await.is(200);
    (account, listed["items"][0]["id"].as_str().expect("a session").to_owned())
}

/// A machine client of the county, as an operation needs it.
async fn machine_client(id: &str, cast: &Cast<'_>) -> String {
    let administrator = cast.world.staff(Role::Administrator, COUNTY).await;
    let mut asked = example::body("createClient").expect("an example");
    if id == "replaceClientKeys" {
        asked["authentication"] = json!("private_key_jwt");
        asked["keys"] = example::body(id).expect("an example")["keys"].clone();
    }
    let made = administrator.post("/v1/clients", asked).await.is(201);
    made["client"]["id"].as_str().expect("an id").to_owned()
}
