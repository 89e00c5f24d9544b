//! Limits of what one client may ask.

use api::address::{ForwardedBy, Proxies};
use api::limits::{Class, Limiter, Limits, Pair, Quota, Quotas};
use domain::identity::Role;
use support::world::{COMMUNITY, Ground, run_on};
use support::{Client, Kind};

/// Three requests for an account, two for an address.
fn few(class: Class) -> Option<Pair> {
    (class != Class::Probe).then_some(Pair { account: Quota::new(3, 600), address: Quota::new(2, 600) })
}

fn ground(kind: Kind, trusted: &str) -> Ground {
    let proxies = Proxies::parse(trusted, ForwardedBy::XForwardedFor).expect("proxies");
    Ground { limits: Limits { proxies, rates: Some(Limiter::new(&Quotas(few))), ..Limits::default() }, ..Ground::new(kind) }
}

/// How many requests are answered before the client is limited.
async fn answered(client: &Client, path: &str) -> usize {
    for count in 0..10 {
        let answer = client.get(path).await;
        if answer.status == 429 {
            answer.is_problem(429, "rate_limited");
            let wait: u64 = answer.header("retry-after").parse().expect("seconds");
            assert!((1..=300).contains(&wait), "{wait}");
            assert!(answer.header("ratelimit").contains(";r=0;t="), "{}", answer.header("ratelimit"));
            return count;
        }
        assert_eq!(answer.status, 200, "{}", answer.text);
        let class = if path == "/problems" { "page" } else { "read" };
        assert!(answer.header("ratelimit-policy").starts_with(&format!("\"{class}\";q=")), "{}", answer.header("ratelimit-policy"));
    }
    panic!("{path} is not limited");
}

fn accounts_have_limits_of_their_own(kind: Kind) {
    run_on(
        || ground(kind, ""),
        |world| async move {
            let (wang, li) = (world.resident("王秀英").await, world.staff(Role::Dispatcher, COMMUNITY).await);
            assert_eq!(answered(&wang, "/v1/me").await, 3);
            assert_eq!(answered(&li, "/v1/me").await, 3, "another account is another client");
            assert_eq!(answered(&world.anyone, "/v1/vocabularies/order-states").await, 2, "nobody is counted by address");
            let forged = world.anyone.with_token("eyJhbGciOiJub25lIn0.e30.");
            assert_eq!(forged.get("/v1/vocabularies/order-states").await.status, 429, "a token that is not good makes no new client");
            assert_eq!(answered(&wang, "/problems").await, 3, "pages are a kind of their own");
            for _ in 0..5 {
                assert_eq!(world.anyone.get("/healthz").await.status, 200, "probes are never turned away");
            }
        },
    );
}

#[test]
fn sqlite_accounts_have_limits_of_their_own() {
    accounts_have_limits_of_their_own(Kind::Sqlite);
}

#[test]
fn postgres_accounts_have_limits_of_their_own() {
    accounts_have_limits_of_their_own(Kind::Postgres);
}

#[test]
fn a_spoofed_address_has_no_effect() {
    run_on(
        || ground(Kind::Sqlite, ""),
        |world| async move {
            let from = |address: &str| world.anyone.with("X-Forwarded-For", address).with("Forwarded", &format!("for={address}"));
            assert_eq!(answered(&from("203.0.113.1"), "/problems").await, 2);
            assert_eq!(from("203.0.113.2").get("/problems").await.status, 429, "the peer is the client, whatever it says");
        },
    );
}

#[test]
fn a_trusted_proxy_speaks_for_its_clients() {
    run_on(
        || ground(Kind::Sqlite, "127.0.0.0/8"),
        |world| async move {
            let from = |addresses: &str| world.anyone.with("X-Forwarded-For", addresses);
            assert_eq!(answered(&from("203.0.113.1"), "/problems").await, 2);
            assert_eq!(answered(&from("203.0.113.2"), "/problems").await, 2, "another client of the proxy");
            let spoofed = from("198.51.100.9, 203.0.113.1").get("/problems").await;
            assert_eq!(spoofed.status, 429, "what the client itself wrote stands to the left and is not believed");
            assert_eq!(answered(&from("2001:db8:7:7::1"), "/problems").await, 2);
            assert_eq!(from("2001:db8:7:7::2").get("/problems").await.status, 429, "the same household");
        },
    );
}
