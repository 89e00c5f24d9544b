use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use actix_web::http::header::HeaderMap;

use super::{Class, Client, Deadlines, Limiter, Pair, Quota, Quotas};
use crate::address::Neighbourhood;

fn three_in_a_minute(_: Class) -> Option<Pair> {
    Some(Pair { account: Quota::new(2, 60), address: Quota::new(3, 60) })
}

fn at(text: &str) -> Client {
    Client::At(Neighbourhood::of(text.parse().unwrap()))
}

/// The numbers that are promised; WeChat cuts an upload off after 60 s itself.
#[test]
fn nobody_is_waited_for_longer_than_promised() {
    let seconds = std::time::Duration::from_secs;
    let Deadlines { head, body, request, grace, pace, .. } = Deadlines::default();
    assert_eq!((head, body, request), (seconds(10), seconds(15), seconds(60)));
    assert_eq!((grace, pace), (seconds(10), 8 * 1024), "uploads bring 8 KiB a second after the first 10 s");
}

#[test]
fn a_network_of_ipv6_has_one_bucket() {
    assert_eq!(at("2001:db8:1:2:3:4:5:6"), at("2001:db8:1:2:ffff::1"));
    assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
    assert_eq!(at("::ffff:203.0.113.7"), at("203.0.113.7"), "a mapped address is the address");
}

#[test]
fn a_bucket_is_emptied_and_says_when_to_come_again() {
    let limiter = Limiter::new(&Quotas(three_in_a_minute));
    let client = at("203.0.113.7");
    for _ in 0..3 {
        assert_eq!(limiter.take(Class::Read, client).unwrap().refused(), None);
    }
    let standing = limiter.take(Class::Read, client).unwrap();
    assert!(standing.refused().is_some_and(|seconds| (1..=20).contains(&seconds)), "{standing:?}");
    let mut headers = HeaderMap::new();
    standing.tell(&mut headers);
    assert_eq!(headers.get("ratelimit-policy").unwrap(), "\"read\";q=3;w=60");
    assert!(headers.get("ratelimit").unwrap().to_str().unwrap().starts_with("\"read\";r=0;t="));
    assert_eq!(limiter.take(Class::Write, client).unwrap().refused(), None, "another kind has a bucket of its own");
    assert_eq!(limiter.take(Class::Read, at("203.0.113.8")).unwrap().refused(), None, "so has another client");
}

#[test]
fn a_network_of_ipv6_counts_as_one() {
    assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
    assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
}

#[test]
fn a_flood_of_addresses_takes_no_more_memory_and_limits_the_crowd() {
    let limiter = Limiter::for_clients(&Quotas(three_in_a_minute), 500);
    let mut refused = 0;
    for number in 0..20_000_u32 {
        let client = Client::At(Neighbourhood::of(IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + number))));
        refused += usize::from(limiter.take(Class::Read, client).unwrap().refused().is_some());
    }
    assert!(limiter.len() < 1024 + 1024 + 10, "{} buckets", limiter.len());
    assert!(refused > 10_000, "the crowd shares buckets: {refused}");
    let account = Client::Account(uuid::Uuid::from_u128(7));
    assert_eq!(limiter.take(Class::Read, account).unwrap().refused(), None, "who is signed in is none of the crowd");
}

const INTRODUCTION: &str = "# Limits

What one client may ask, by kind of request (`UPDATE_DOCS=1 cargo test -p linli-api limits` rewrites this page). A client is an
account where the request carries a valid token, else an address; IPv6 addresses are counted by /64. *600 in 60 s* means that
600 requests may come at once and come back evenly over 60 seconds. Answers tell how a client stands in `RateLimit` and
`RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10); beyond the limit the answer is 429 with `Retry-After`.

";

fn page() -> String {
    let mut page = format!("{INTRODUCTION}| kind | an account | an address | operations |\n|---|---|---|---|\n");
    let mut operations: BTreeMap<Class, Vec<String>> = BTreeMap::new();
    for endpoint in crate::app::endpoints() {
        let id = endpoint.operation.operation_id.unwrap_or_default();
        operations.entry(endpoint.class).or_default().push(format!("`{id}`"));
    }
    for class in Class::ALL {
        let quota =
            |quota: Option<Quota>| quota.map_or_else(|| "—".to_owned(), |quota| format!("{} in {} s", quota.requests, quota.seconds));
        let pair = Quotas::default().0(class);
        let (account, address) = (quota(pair.map(|pair| pair.account)), quota(pair.map(|pair| pair.address)));
        let named = match (class, operations.get(&class)) {
            (Class::Read, _) => "every other GET".to_owned(),
            (Class::Write, _) => "every other POST, PUT and DELETE".to_owned(),
            (Class::Page, _) => "pages, and what nobody serves".to_owned(),
            (_, named) => named.map(|named| named.join(", ")).unwrap_or_default(),
        };
        writeln!(page, "| `{}` | {account} | {address} | {named} |", class.name()).unwrap();
    }
    page
}

#[test]
fn limits_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/limits.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page(), "docs/limits.md is stale: run UPDATE_DOCS=1 cargo test -p linli-api limits");
}
