//! A life in which everybody gives what is personal, over HTTP, also where it is refused.

use std::sync::Arc;

use api::book::Book;
use api::import::volunteer::Volunteers;
use api::import::{Loader, Seen, Sheet, Table as _, load};
use chrono::TimeDelta;
use data_encoding::BASE32_NOPAD;
use domain::identity::{Role, totp_code};
use domain::person::VolunteerState;
use persistence::secret::hmac_sha1;
use serde_json::{Value, json};
use support::people::path;
use support::synthetic::with_check;
use support::world::{COMMUNITY, COUNTY, TOWNSHIP, World};
use support::{Client, Person};

/// What must not be found afterwards.
pub(crate) type Canaries = Vec<String>;

/// Who is served.
const NAME: &str = "欧阳金丝雀";
const PHONE: &str = "13987650042";
const BORN: &str = "1951-07-19";
/// Who is written down by others.
const OTHER_NAME: &str = "诸葛百灵鸟";
const OTHER_PHONE: &str = "13612340917";
const PASSPORT: &str = "QX7340912";
/// Texts about people.
const WISH: &str = "金丝雀的愿望";
const ADDRESS: &str = "金丝雀巷七号楼";
const NOTES: [&str; 18] = [
    "金丝雀首次联系",
    "金丝雀完成工作",
    "金丝雀评价文字",
    "金丝雀拒绝说明",
    "金丝雀申诉内容",
    "金丝雀剔除申请",
    "金丝雀剔除决定",
    "金丝雀中止原因",
    "金丝雀整改说明",
    "金丝雀裁定说明",
    "金丝雀转办说明",
    "金丝雀爽约说明",
    "金丝雀标签",
    "金丝雀敲门提示",
    "金丝雀弄三号",
    "金丝雀的需求",
    "金丝雀上门核实",
    "金丝雀证书编号",
];
/// What is said of an organisation and in its fund book.
const SAID_OF_TEAM: [&str; 6] = ["金丝雀联系人", "0454-6739001", "金丝雀队暂停原因", "慰问金丝雀家", "金丝雀收据号", "金丝雀冲正原因"];
/// What a volunteer says of themselves, and what is said of them.
const SAID_OF_VOLUNTEER: [&str; 7] =
    ["金丝雀里九号院", "金丝雀口哨", "13598760031", "金丝雀暂停说明", "金丝雀投诉内容", "金丝雀保险公司", "JSQ-2026-777001"];
/// What a table of another platform says.
const IMPORTED: [&str; 6] = ["上官云雀", "13512340088", "JSQ77120031", "云雀山庄六栋", "云雀口技", "云雀无效证件"];
const PASSWORD: &str = "Jinsique-2026-mima";
const WRONG_PASSWORD: &str = "Baolingniao-2026-cuo";

/// Lives it; everything personal that was said.
pub(crate) async fn lived(world: &World) -> Canaries {
    let mut canaries: Canaries = [NAME, PHONE, BORN, OTHER_NAME, OTHER_PHONE, PASSPORT, WISH, ADDRESS, PASSWORD, WRONG_PASSWORD]
        .into_iter()
        .chain(NOTES)
        .chain(SAID_OF_TEAM)
        .chain(SAID_OF_VOLUNTEER)
        .chain(IMPORTED)
        .map(ToOwned::to_owned)
        .collect();
    let number = with_check("23082219510719047");
    let resident = signs_in(world, &number, &mut canaries).await;
    canaries.push(number);
    staff(world, &mut canaries).await;
    secrets(world, &mut canaries).await;
    registers(world).await;
    certifies(world).await;
    serves(world).await;
    organises(world).await;
    refused(world, &resident).await;
    needs(world, &resident).await;
    imports(world).await;
    orders(world, &resident).await;
    canaries
}

/// Somebody is taken over from another platform, and somebody is not.
async fn imports(world: &World) {
    let [name, phone, passport, residence, skill, wrong] = IMPORTED;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("list.csv");
    let text = format!(
        "姓名,手机号,证件类型,证件签发国,证件号码,区划代码,居住地址,特长\n\
         {name},{phone},护照,VN,{passport},{COMMUNITY},{residence},{skill}\n{name},,护照,VN,{wrong},{COMMUNITY},,\n"
    );
    std::fs::write(&path, text).expect("a table");
    let book = Book::default();
    book.refresh(&world.services.store).await.expect("the regions");
    let (book, state) = (Arc::new(book), VolunteerState::Applied);
    let table = Volunteers { book, division: None, state, minors_wait: false, loader: Loader::Operator, seen: Seen::default() };
    let mut sheet = Sheet::open(path, Volunteers::COLUMNS, Vec::new()).await.expect("a table");
    let rows = sheet.next().await.expect("its rows").expect("some");
    let outcome = load(&world.services.store, &table, rows, false).await.expect("it is loaded");
    assert_eq!((outcome.added, outcome.refused.len()), (1, 1), "{outcome:?}");
    assert!(IMPORTED.iter().all(|said| !format!("{outcome:?}").contains(said)), "what is told of rows repeats nothing of them");
}

/// A resident signs in through WeChat and says who they are.
async fn signs_in(world: &World, number: &str, canaries: &mut Canaries) -> Client {
    let asked =
        format!("{}/sns/jscode2session?appid=wx-test&secret=secret&js_code=jinsique:0&grant_type=authorization_code", world.stand_in());
    let known = Client::new("").get(&asked).await.is(200);
    canaries.extend(["openid", "unionid"].iter().filter_map(|name| known[*name].as_str()).map(ToOwned::to_owned));
    let session = world.anyone.post("/v1/sessions/wechat", json!({ "code": "jinsique:1" })).await.is(200);
    let refreshed = world.anyone.post("/v1/sessions/refresh", json!({ "refresh_token": session["refresh_token"] })).await.is(200);
    for session in [&session, &refreshed] {
        canaries.extend(["access_token", "refresh_token"].iter().map(|name| session[*name].as_str().expect("a token").to_owned()));
    }
    let resident = world.anyone.with_token(refreshed["access_token"].as_str().expect("a token"));
    let _ = resident.post("/v1/me/phone", json!({ "code": format!("phone-{PHONE}:1") })).await.is(200);
    let document = json!({ "kind": "resident_identity_card", "number": number });
    let claimed = json!({ "name": NAME, "division": COMMUNITY, "birth_date": BORN, "document": document });
    let answer = resident.post("/v1/me/person", claimed).await;
    assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
    let _ = resident.get("/v1/me").await.is(200);
    resident
}

/// Staff gets a first password, changes it, and mistypes it.
async fn staff(world: &World, canaries: &mut Canaries) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let asked = json!({ "username": "zhao.min", "grants": [{ "role": "dispatcher", "scope": COMMUNITY }] });
    let made = county.post("/v1/accounts", asked).await.is(201);
    let first = made["temporary_password"].as_str().expect("a password").to_owned();
    let session = world.anyone.post("/v1/sessions/staff", json!({ "username": "zhao.min", "password": first })).await.is(200);
    let zhao = world.anyone.with_token(session["access_token"].as_str().expect("a token"));
    let changed = zhao.post("/v1/me/password", json!({ "current": first, "new": PASSWORD })).await;
    assert!(changed.status < 300, "{}", changed.text);
    world
        .anyone
        .post("/v1/sessions/staff", json!({ "username": "zhao.min", "password": WRONG_PASSWORD }))
        .await
        .is_problem(401, "bad_credentials");
    canaries.push(first);
}

/// Staff sets up the app for codes, and a machine client gets a secret and a token.
async fn secrets(world: &World, canaries: &mut Canaries) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let session = world.anyone.post("/v1/sessions/staff", json!({ "username": "zhao.min", "password": PASSWORD })).await.is(200);
    let zhao = world.anyone.with_token(session["access_token"].as_str().expect("a token"));
    let enrolled = zhao.post("/v1/me/totp", json!({ "password": PASSWORD })).await.is(200);
    let secret = enrolled["secret"].as_str().expect("a secret").to_owned();
    let (key, step) = (BASE32_NOPAD.decode(secret.as_bytes()).expect("base32"), world.now().timestamp().unsigned_abs() / 30);
    let code = totp_code(&hmac_sha1(&key, &step.to_be_bytes()));
    let confirmed = zhao.post("/v1/me/totp/confirm", json!({ "code": code })).await.is(200);
    canaries.push(secret);
    canaries.extend(confirmed["recovery_codes"].as_array().expect("codes").iter().map(|code| code.as_str().expect("a code").to_owned()));
    let asked = json!({ "name": "金丝雀评估", "division": COUNTY, "authentication": "client_secret_basic", "scopes": ["statistics.read"],
        "expires_at": world.now() + TimeDelta::days(90) });
    let made = county.post("/v1/clients", asked).await.is(201);
    let (id, secret) = (made["client"]["id"].as_str().expect("an id"), made["secret"].as_str().expect("a secret"));
    let request = world.anyone.request(reqwest::Method::POST, "/oauth/token").basic_auth(id, Some(secret));
    let token = world.anyone.send(request.form(&[("grant_type", "client_credentials")])).await.is(200);
    canaries.extend([secret.to_owned(), token["access_token"].as_str().expect("a token").to_owned()]);
}

/// Staff writes somebody down and looks for them.
async fn registers(world: &World) {
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let document = json!({ "kind": "passport", "country": "VN", "number": PASSPORT });
    let entered = json!({ "name": OTHER_NAME, "phone": OTHER_PHONE, "division": COMMUNITY, "birth_date": BORN, "document": document, "basis": "consent" });
    let person = worker.post("/v1/persons", entered.clone()).await.is(201);
    let again = worker.post("/v1/persons", entered).await;
    assert_eq!(again.status, 409, "{}", again.text);
    for by in [json!({ "name": OTHER_NAME }), json!({ "phone": OTHER_PHONE }), json!({ "document": document })] {
        assert_eq!(worker.post("/v1/persons/search", by).await.is(200)["items"][0]["id"], person["id"]);
    }
}

/// A volunteer says where they live and what they can do, is insured, and pauses; a certification is suspended.
async fn serves(world: &World) {
    let [residence, skill, phone, note, complaint, insurer, number] = SAID_OF_VOLUNTEER;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let craftsman = world.craftsman("李师傅", world.catalogue.plumbing).await;
    let said = json!({ "residence": residence, "skills": [skill], "phone": phone });
    let kept = craftsman.with("if-match", "*").put("/v1/me/volunteer/profile", said).await.is(200);
    assert_eq!(kept["residence"], residence);
    let at = format!("/v1/persons/{}", craftsman.person);
    let insured =
        json!({ "insurer": insurer, "number": number, "covers": ["accident"], "valid_from": "2026-01-01", "valid_until": "2026-12-31" });
    assert_eq!(worker.post(&format!("{at}/insurances"), insured).await.is(201)["insurer"], insurer);
    let held = craftsman.get(&format!("{at}/certifications")).await.is(200);
    let suspend = format!("/v1/certifications/{}/suspend", held["items"][0]["id"].as_str().expect("an id"));
    let _ = worker.post(&suspend, json!({ "reason": complaint })).await.is(200);
    let paused = json!({ "state": "paused", "reason": "other", "note": note });
    let _ = worker.post(&format!("{at}/volunteer/state"), paused).await.is(200);
    let told = craftsman.get("/v1/me/volunteer/events").await.is(200);
    assert_eq!(told["items"][1]["note"], note);
}

/// Staff certifies a craftsman.
async fn certifies(world: &World) {
    let (worker, volunteer) = (world.staff(Role::SocialWorker, COUNTY).await, world.volunteer("李师傅").await);
    let evidence = NOTES[NOTES.len() - 1];
    let asked = json!({ "craft": world.catalogue.plumbing, "level": "senior", "evidence": evidence, "valid_until": "2027-09-06" });
    let path = format!("/v1/persons/{}/certifications", volunteer.person);
    assert_eq!(worker.post(&path, asked).await.is(201)["evidence"], evidence);
}

/// Staff writes down an organisation; it is decided on, and it keeps a fund book.
async fn organises(world: &World) {
    let [name, phone, reason, purpose, receipt, reversal] = SAID_OF_TEAM;
    let worker = world.staff(Role::SocialWorker, COUNTY).await;
    let contact = json!({ "name": name, "phone": phone });
    let asked = json!({ "division": COMMUNITY, "kind": "volunteer_team", "name": "十八匠分队", "contact": contact });
    assert_eq!(worker.post("/v1/organisations", asked).await.is(201)["contact"]["name"], name);
    let (team, captain) = world.team(&[]).await;
    let at = format!("/v1/organisations/{team}");
    let given = json!({ "account": "income_donation", "amount": 100, "happened_on": "2026-09-01", "purpose": purpose, "receipt": receipt });
    let entered = captain.post(&format!("{at}/fund-entries"), given).await.is(201);
    let reverse = format!("{at}/fund-entries/{}/reverse", entered["id"].as_str().expect("an id"));
    assert_eq!(captain.post(&reverse, json!({ "reason": reversal })).await.is(201)["purpose"], reversal);
    let suspended = worker.post(&format!("{at}/decisions"), json!({ "step": "suspend", "reason": reason })).await.is(200);
    assert_eq!(suspended["state"], "suspended");
}

/// A need that the resident tells and staff looks at.
async fn needs(world: &World, resident: &Client) {
    let [.., note, address, told, seen, _] = NOTES;
    let made = resident.post("/v1/demands", json!({ "division": COMMUNITY, "care": "meals", "description": told })).await.is(201);
    let grid = world.staff(Role::GridMember, COMMUNITY).await;
    let path = format!("/v1/demands/{}/verify", made["id"].as_str().expect("an id"));
    assert_eq!(grid.post(&path, json!({ "note": seen })).await.is(200)["texts"][1]["body"], seen);
    let plan = json!({ "service": world.catalogue.free, "rule": "FREQ=WEEKLY", "first_day": "2027-01-04", "last_day": "2027-01-25",
        "starts": "09:30", "minutes": 60, "note": note, "address": address, "basis": "statutory_duty" });
    let to = format!("/v1/demands/{}/care-plan", made["id"].as_str().expect("an id"));
    assert_eq!(grid.post(&to, plan).await.is(201)["note"], note);
}

/// Orders with every kind of text.
async fn orders(world: &World, resident: &Client) {
    let (station, township) = (world.dispatcher().await, world.staff(Role::Dispatcher, TOWNSHIP).await);
    let [contact, work, review, refusal, appeal, proposal, decision, abort, mend, ruling, transfer, absence, tag, ..] = NOTES;

    let order = places(world, resident).await;
    said(&station, &order, "contacts", json!({ "kind": "first_contact", "reached": true, "note": contact })).await;
    said(&station, &order, "scope-exclusion", json!({ "note": proposal })).await;
    said(&township, &order, "scope-exclusion/decision", json!({ "confirmed": false, "note": decision })).await;
    let (craftsman, proof) = until_serving(world, &station, resident, &order).await;
    said(&craftsman, &order, "finish", json!({ "proof": proof, "work": work, "minutes": 40 })).await;
    said(resident, &order, "review", json!({ "stars": 1, "solved": false, "text": review, "tags": [tag] })).await;
    said(&craftsman, &order, "mend", json!({ "how": "revisited", "note": mend })).await;

    let order = places(world, resident).await;
    said(&station, &order, "refuse", json!({ "reason": "no_capacity", "note": refusal })).await;
    said(resident, &order, "appeal", json!({ "text": appeal })).await;

    let order = places(world, resident).await;
    said(&station, &order, "transfer", json!({ "to": TOWNSHIP, "reason": "other_division", "note": transfer })).await;

    let order = places(world, resident).await;
    let (craftsman, _) = until_serving(world, &station, resident, &order).await;
    said(&craftsman, &order, "abort", json!({ "reason": "needs_more", "note": abort })).await;

    let order = places(world, resident).await;
    let (craftsman, offer) = triaged(world, &station, &order).await;
    for _ in 0..3 {
        said(&station, &order, "offer", offer.clone()).await;
        said(&craftsman, &order, "accept", json!({})).await;
        said(&craftsman, &order, "release", json!({ "reason": "not_available" })).await;
    }
    said(&township, &order, "decide", json!({ "ruling": "requeue", "handler": COMMUNITY, "reason": "third_return", "note": ruling })).await;
    said(&station, &order, "offer", offer).await;
    said(&craftsman, &order, "accept", json!({})).await;
    // Later than the resident's token is good for: the other side says it.
    world.clock.advance(TimeDelta::hours(2));
    said(&craftsman, &order, "no-show", json!({ "absent": "resident", "note": absence })).await;
}

async fn places(world: &World, resident: &Client) -> Value {
    let wish = json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": WISH, "address": ADDRESS });
    resident.post("/v1/orders", wish).await.is(201)
}

/// Triages an order, for a craftsman who is free; what offers it to them.
async fn triaged(world: &World, station: &Person, order: &Value) -> (Person, Value) {
    let craftsman = world.craftsman("李师傅", world.catalogue.plumbing).await;
    said(station, order, "triage", json!({ "craft": world.catalogue.plumbing, "urgency": "normal", "minutes": 60 })).await;
    let offer = json!({ "takers": [{ "kind": "person", "id": craftsman.person }] });
    (craftsman, offer)
}

/// Carries an order until its service goes on; who serves, and how presence is proved.
async fn until_serving(world: &World, station: &Person, resident: &Client, order: &Value) -> (Person, Value) {
    let (craftsman, offer) = triaged(world, station, order).await;
    said(station, order, "offer", offer).await;
    said(&craftsman, order, "accept", json!({})).await;
    let seen = resident.get(&format!("/v1/orders/{}", order["id"].as_str().expect("an id"))).await.is(200);
    let proof = json!({ "kind": "code", "code": seen["check_in_code"] });
    said(&craftsman, order, "check-in", json!({ "proof": proof })).await;
    (craftsman, proof)
}

async fn said(who: &Client, order: &Value, step: &str, body: Value) {
    let answer = who.post(&path(order, step), body).await;
    assert!(answer.status < 300, "{step}: {} {}", answer.status, answer.text);
}

/// What is refused is as personal as what is kept.
async fn refused(world: &World, resident: &Client) {
    let broken = [
        json!({ "text": WISH, "address": ADDRESS }),
        json!({ "service": WISH, "division": NAME, "text": WISH, "urgency": ADDRESS, "channel": NAME }),
        json!({ "service": world.catalogue.free, "division": COMMUNITY, "text": WISH, "subject_name": NAME, NAME: PHONE }),
    ];
    for body in broken {
        assert_eq!(resident.post("/v1/orders", body).await.status, 422);
    }
    let raw = resident.request(reqwest::Method::POST, "/v1/orders").header("content-type", "application/json");
    resident.send(raw.body(format!("{{\"text\": \"{WISH}\", {NAME}"))).await.is_problem(400, "malformed");
    let document = json!({ "kind": "passport", "country": NAME, "number": PASSPORT });
    let claimed = json!({ "name": NAME, "division": COMMUNITY, "birth_date": NAME, "document": document });
    assert_eq!(resident.post("/v1/me/person", claimed).await.status, 422);
    for path in ["/v1/me", "/v1/orders"] {
        let forged = world.anyone.with_token(PASSWORD);
        forged.get(path).await.is_problem(401, "unauthenticated");
        assert_eq!(resident.get(&format!("{path}?name={NAME}&phone={PHONE}")).await.status, 422);
    }
    world.anyone.post("/v1/sessions/refresh", json!({ "refresh_token": PASSWORD })).await;
    world.anyone.post("/v1/sessions/wechat", json!({ "code": PASSWORD })).await;
}
