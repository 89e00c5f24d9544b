//! What is measured: each case as a client does it.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::population::{Asker, Crew, Population, order_id};
use support::Outcome;
use support::http::{self, Connection};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// An answer without the database.
    Hello,
    /// One order.
    One,
    /// Twenty orders of a resident.
    Page,
    /// A new order, kept for good.
    Place,
    /// An order from placing to review, eight requests.
    Loop,
}

impl Case {
    /// Every case, in the order in which they are measured: what adds orders comes last.
    pub(crate) const ALL: [Self; 5] = [Self::Hello, Self::One, Self::Page, Self::Place, Self::Loop];

    /// What tables call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hello => "hello, no database",
            Self::One => "GET one order",
            Self::Page => "page of 20 orders",
            Self::Place => "place an order",
            Self::Loop => "whole loop",
        }
    }
}

/// One of the clients that ask at once.
pub(crate) struct Client {
    address: SocketAddr,
    connection: Option<Connection>,
    population: Arc<Population>,
    crew: Option<Crew>,
    wish: String,
    random: u64,
}

impl Client {
    /// The client with this number.
    pub(crate) fn new(address: SocketAddr, population: Arc<Population>, number: u16) -> Self {
        let crew = population.crews.get(usize::from(number)).cloned();
        let (wish, random) = (population.wish(), 0x9E37_79B9_7F4A_7C15 ^ (u64::from(number) + 1).wrapping_mul(0x2545_F491_4F6C_DD1D));
        Self { address, connection: None, population, crew, wish, random }
    }

    /// Does the case once; an answer that is not the one that is due is an error.
    pub(crate) async fn once(&mut self, case: Case) -> Outcome<()> {
        match case {
            Case::Hello => self.send(&http::get("/healthz", None), 200).await.map(drop),
            Case::One => {
                let number = 1 + self.draw() % self.population.orders;
                let path = format!("/v1/orders/{}", order_id(number));
                let request = http::get(&path, Some(&self.owner(number)?.token));
                self.send(&request, 200).await.map(drop)
            }
            Case::Page => {
                let number = self.draw();
                let request = http::get("/v1/orders?limit=20", Some(&self.owner(number)?.token));
                self.send(&request, 200).await.map(drop)
            }
            Case::Place => {
                let number = self.draw();
                let request = http::post("/v1/orders", &self.owner(number)?.token, &self.wish);
                self.send(&request, 201).await.map(drop)
            }
            Case::Loop => self.whole_loop().await,
        }
    }

    /// Closes the connection; the next request opens another.
    pub(crate) fn hang_up(&mut self) {
        self.connection = None;
    }

    async fn whole_loop(&mut self) -> Outcome<()> {
        let crew = self.crew.take().ok_or("there is no crew for this client")?;
        let done = self.carry(&crew).await;
        self.crew = Some(crew);
        done
    }

    async fn carry(&mut self, crew: &Crew) -> Outcome<()> {
        let placed = self.send(&http::post("/v1/orders", &crew.resident.token, &self.wish), 201).await?;
        let placed: Value = serde_json::from_slice(placed)?;
        let id = placed.get("id").and_then(Value::as_str).ok_or("the placed order has no id")?;
        let triage = json!({ "craft": self.population.craft, "urgency": "normal", "minutes": 60 });
        self.step(&crew.dispatcher, id, "triage", &triage).await?;
        let offer = json!({ "takers": [{ "kind": "person", "id": crew.craftsman.person }] });
        self.step(&crew.dispatcher, id, "offer", &offer).await?;
        self.step(&crew.craftsman, id, "accept", &json!({})).await?;
        let shown = self.send(&http::get(&format!("/v1/orders/{id}"), Some(&crew.resident.token)), 200).await?;
        let shown: Value = serde_json::from_slice(shown)?;
        let proof = json!({ "kind": "code", "code": shown.get("check_in_code") });
        self.step(&crew.craftsman, id, "check-in", &json!({ "proof": proof })).await?;
        self.step(&crew.craftsman, id, "finish", &json!({ "proof": proof, "work": "更换阀芯", "minutes": 40 })).await?;
        self.step(&crew.resident, id, "review", &json!({ "stars": 5, "solved": true, "text": "修得很好" })).await
    }

    async fn step(&mut self, who: &Asker, id: &str, step: &str, body: &Value) -> Outcome<()> {
        let request = http::post(&format!("/v1/orders/{id}/{step}"), &who.token, &body.to_string());
        self.send(&request, 200).await.map(drop)
    }

    async fn send(&mut self, request: &[u8], due: u16) -> Outcome<&[u8]> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(self.address).await?,
        };
        let reply = self.connection.insert(connection).send(request).await?;
        if reply.status == due {
            return Ok(reply.body);
        }
        Err(format!("{} instead of {due}: {}", reply.status, String::from_utf8_lossy(reply.body)).into())
    }

    fn owner(&self, number: u64) -> Outcome<&Asker> {
        let turn = usize::try_from(number)? % self.population.residents.len().max(1);
        Ok(self.population.residents.get(turn).ok_or("there are no residents")?)
    }

    /// A number that looks random (xorshift).
    const fn draw(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}
