//! How fast the service answers, one question after the other.

use std::time::{Duration, Instant};

use serde_json::json;
use support::http::{self, Connection};
use support::synthetic::somebody;
use support::{Outcome, Server};

use crate::options::Options;

/// Asks each question as often as it is to be, about other people each time.
pub(crate) async fn measure(program: &Server, token: &str, list: &str, options: &Options) -> Outcome<()> {
    println!("\n| question | p50 ms | p99 ms | slowest ms |\n|---|---:|---:|---:|");
    let search = |said: serde_json::Value| http::post("/v1/persons/search", token, &said.to_string());
    let step = (options.volunteers / options.questions).max(1);
    let people = || (0..options.questions).map(move |turn| somebody((turn * step) % options.volunteers));
    let full: Vec<Vec<u8>> = people().map(|who| search(json!({ "name": who.name }))).collect();
    let surnames: Vec<Vec<u8>> =
        people().map(|who| search(json!({ "name": who.name.chars().take(1).collect::<String>(), "within": "451402001" }))).collect();
    let everywhere: Vec<Vec<u8>> = people().map(|who| search(json!({ "name": who.name.chars().take(1).collect::<String>() }))).collect();
    let phones: Vec<Vec<u8>> = people().map(|who| search(json!({ "phone": who.phone }))).collect();
    let documents: Vec<Vec<u8>> =
        people().map(|who| search(json!({ "document": { "kind": "resident_identity_card", "number": who.document } }))).collect();
    let numbers: Vec<Vec<u8>> = people().map(|who| search(json!({ "volunteer_number": who.number }))).collect();
    let lists = vec![http::get(&format!("/v1/demand-lists/{list}"), Some(token)); usize::try_from(options.questions)?];
    let named = [
        ("a grid's list by priority", lists),
        ("people by full name", full),
        ("people by surname in a township", surnames),
        ("people by surname in the city", everywhere),
        ("people by phone", phones),
        ("people by document", documents),
        ("people by volunteer number", numbers),
    ];
    for (name, requests) in named {
        ask(program, name, &requests).await?;
    }
    Ok(())
}

async fn ask(program: &Server, name: &str, requests: &[Vec<u8>]) -> Outcome<()> {
    let mut connection = Connection::open(program.address).await?;
    let mut times = Vec::with_capacity(requests.len());
    for request in requests {
        let started = Instant::now();
        let reply = connection.send(request).await?;
        times.push(started.elapsed());
        if reply.status != 200 {
            return Err(format!("{name}: {} {}", reply.status, String::from_utf8_lossy(reply.body)).into());
        }
    }
    times.sort_unstable();
    let at = |part: usize| times.get(times.len().saturating_sub(1) * part / 100).map_or(0.0, millis);
    println!("| {name} | {:.2} | {:.2} | {:.2} |", at(50), at(99), at(100));
    Ok(())
}

fn millis(time: &Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
