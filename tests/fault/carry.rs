//! The load: crews that carry orders through the whole loop. Every write has a key of its own and is sent until it is acknowledged,
//! whatever becomes of connection, program or database meanwhile, as a careful client does it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::Outcome;
use support::http::{self, Connection};
use support::world::COMMUNITY;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::stage::{Asker, Crew, Stage};

/// A write that is not acknowledged within this time after the load should end is a failure.
const GRACE: Duration = Duration::from_secs(60);

/// Longer than this no single answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many steps an order has from placing to review.
pub(crate) const STEPS: usize = 7;

/// What the clients saw.
#[derive(Default)]
pub(crate) struct Tally {
    /// Writes that were acknowledged.
    pub(crate) acknowledged: AtomicU64,
    /// Reads that were answered.
    pub(crate) read: AtomicU64,
    /// Reads that were put off.
    pub(crate) unread: AtomicU64,
    /// Connections that were cut or could not be opened.
    pub(crate) cut: AtomicU64,
    longest: AtomicU64,
    put_off: Mutex<BTreeMap<String, u64>>,
    wrong: Mutex<Vec<String>>,
}

impl Tally {
    /// How often a write or read was put off, by the code of the problem.
    pub(crate) fn put_off(&self) -> BTreeMap<String, u64> {
        self.put_off.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers that nobody should get.
    pub(crate) fn wrong(&self) -> Vec<String> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The longest that anybody waited for an answer since the last time that this was asked.
    pub(crate) fn longest(&self) -> Duration {
        Duration::from_micros(self.longest.swap(0, Ordering::SeqCst))
    }

    fn saw(&self, time: Duration) {
        self.longest.fetch_max(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    fn saw_wrong(&self, what: String) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.len() < 10 {
            wrong.push(what);
        }
    }

    /// Whether an answer asks to try again later; anything else that is not due is wrong.
    fn asks_to_retry(&self, status: u16, retry_after: bool, body: &[u8]) -> bool {
        let problem: Value = serde_json::from_slice(body).unwrap_or_default();
        let code = problem.get("code").and_then(Value::as_str).unwrap_or_default().to_owned();
        let put_off = matches!(status, 503 | 429) && retry_after;
        if put_off {
            *self.put_off.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
        } else {
            self.saw_wrong(format!("{status}: {}", String::from_utf8_lossy(body)));
        }
        put_off
    }
}

/// Crews and readers at work.
pub(crate) struct Load {
    /// What they see.
    pub(crate) tally: Arc<Tally>,
    stop: Arc<AtomicBool>,
    crews: Vec<JoinHandle<Outcome<Vec<Uuid>>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Load {
    /// Every crew of the stage begins to carry orders, and as many as `readers` list theirs again and again.
    pub(crate) fn begin(stage: &Stage, readers: usize) -> Self {
        let (tally, stop) = (Arc::new(Tally::default()), Arc::new(AtomicBool::new(false)));
        let client = |number: usize| Client {
            address: stage.program.address(),
            connection: None,
            tally: Arc::clone(&tally),
            stop: Arc::clone(&stop),
            number,
            keys: 0,
        };
        let crews = stage.crews.iter().enumerate().map(|(number, crew)| {
            let (service, craft) = (stage.service, stage.craft);
            tokio::spawn(client(number).carry(crew.clone(), service, craft))
        });
        let askers = stage.crews.iter().cycle().take(readers);
        let reading = askers.enumerate().map(|(number, crew)| tokio::spawn(client(1000 + number).read(crew.resident.clone())));
        Self { crews: crews.collect(), readers: reading.collect(), tally, stop }
    }

    /// Lets every crew bring its order to an end; the orders that were carried.
    pub(crate) async fn end(self) -> Outcome<Vec<Uuid>> {
        self.stop.store(true, Ordering::SeqCst);
        let mut carried = Vec::new();
        for crew in self.crews {
            let orders = timeout(GRACE, crew).await.map_err(|_| format!("a crew cannot go on: {:?}", self.tally.put_off()))???;
            carried.extend(orders);
        }
        for reader in self.readers {
            timeout(GRACE, reader).await.map_err(|_| "a reader cannot go on")??;
        }
        Ok(carried)
    }
}

/// One of those who ask.
struct Client {
    address: SocketAddr,
    connection: Option<Connection>,
    tally: Arc<Tally>,
    stop: Arc<AtomicBool>,
    number: usize,
    keys: u64,
}

impl Client {
    async fn carry(mut self, crew: Crew, service: Uuid, craft: Uuid) -> Outcome<Vec<Uuid>> {
        let mut carried = Vec::new();
        while !self.stop.load(Ordering::SeqCst) {
            carried.push(self.carry_one(&crew, service, craft).await?);
        }
        Ok(carried)
    }

    async fn carry_one(&mut self, crew: &Crew, service: Uuid, craft: Uuid) -> Outcome<Uuid> {
        let wish = json!({ "service": service, "division": COMMUNITY, "text": "厨房水龙头漏水", "address": "红旗小区3号楼2单元" });
        let placed = self.write(&crew.resident, "/v1/orders", &wish, 201).await?;
        let id: Uuid = placed.get("id").and_then(Value::as_str).ok_or("the placed order has no id")?.parse()?;
        let triage = json!({ "craft": craft, "urgency": "normal", "minutes": 60 });
        self.step(&crew.dispatcher, id, "triage", &triage).await?;
        let offer = json!({ "takers": [{ "kind": "person", "id": crew.craftsman.person }] });
        self.step(&crew.dispatcher, id, "offer", &offer).await?;
        self.step(&crew.craftsman, id, "accept", &json!({})).await?;
        let shown = self.insist(&http::get(&format!("/v1/orders/{id}"), Some(&crew.resident.token)), 200).await?;
        let proof = json!({ "kind": "code", "code": shown.get("check_in_code") });
        self.step(&crew.craftsman, id, "check-in", &json!({ "proof": proof })).await?;
        self.step(&crew.craftsman, id, "finish", &json!({ "proof": proof, "work": "更换阀芯", "minutes": 40 })).await?;
        self.step(&crew.resident, id, "review", &json!({ "stars": 5, "solved": true, "text": "修得很好" })).await?;
        Ok(id)
    }

    async fn step(&mut self, who: &Asker, id: Uuid, step: &str, body: &Value) -> Outcome<()> {
        self.write(who, &format!("/v1/orders/{id}/{step}"), body, 200).await.map(drop)
    }

    /// A write, under a key of its own, until it is acknowledged.
    async fn write(&mut self, who: &Asker, path: &str, body: &Value, due: u16) -> Outcome<Value> {
        self.keys += 1;
        let key = format!("{}-{}", self.number, self.keys);
        let answer = self.insist(&http::post_once(path, &who.token, &key, &body.to_string()), due).await?;
        self.tally.acknowledged.fetch_add(1, Ordering::SeqCst);
        Ok(answer)
    }

    async fn insist(&mut self, request: &[u8], due: u16) -> Outcome<Value> {
        let begun = Instant::now();
        while begun.elapsed() < GRACE {
            match self.once(request).await {
                Some((status, _, body)) if status == due => return Ok(serde_json::from_slice(&body)?),
                Some((status, retry_after, body)) => {
                    if !self.tally.asks_to_retry(status, retry_after, &body) {
                        let request = String::from_utf8_lossy(request).into_owned();
                        let path = request.lines().next().unwrap_or_default().to_owned();
                        return Err(format!("{path}: {status} instead of {due}: {}", String::from_utf8_lossy(&body)).into());
                    }
                    sleep(Duration::from_millis(200)).await;
                }
                None => sleep(Duration::from_millis(20)).await,
            }
        }
        Err("a request was not answered as it should be for a minute".into())
    }

    /// Lists one's orders again and again.
    async fn read(mut self, who: Asker) {
        let request = http::get("/v1/orders?limit=5", Some(&who.token));
        while !self.stop.load(Ordering::SeqCst) {
            match self.once(&request).await {
                Some((200, _, _)) => {
                    self.tally.read.fetch_add(1, Ordering::SeqCst);
                    sleep(Duration::from_millis(20)).await;
                }
                Some((status, retry_after, body)) => {
                    self.tally.unread.fetch_add(1, Ordering::SeqCst);
                    self.tally.asks_to_retry(status, retry_after, &body);
                    sleep(Duration::from_millis(100)).await;
                }
                None => sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Sends a request once: status, whether it says when to come again, body; nothing where the connection was cut.
    async fn once(&mut self, request: &[u8]) -> Option<(u16, bool, Vec<u8>)> {
        let begun = Instant::now();
        let answer = timeout(PATIENCE, self.send(request)).await;
        match answer {
            Ok(Ok(answer)) => {
                self.tally.saw(begun.elapsed());
                Some(answer)
            }
            Ok(Err(_)) => {
                self.tally.cut.fetch_add(1, Ordering::SeqCst);
                self.connection = None;
                None
            }
            Err(_) => {
                self.tally.saw_wrong(format!("no answer within {PATIENCE:?}"));
                self.connection = None;
                None
            }
        }
    }

    async fn send(&mut self, request: &[u8]) -> std::io::Result<(u16, bool, Vec<u8>)> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(self.address).await?,
        };
        let connection = self.connection.insert(connection);
        let reply = connection.send(request).await?;
        Ok((reply.status, reply.retry_after, reply.body.to_vec()))
    }
}
