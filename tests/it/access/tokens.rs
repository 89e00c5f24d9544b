//! Tokens that nobody was given: whatever is wrong with one, it opens nothing.

use std::net::TcpListener;
use std::sync::Arc;

use api::token::SigningKey;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use domain::identity::IdentityPolicy;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::world::ISSUER;
use support::{World, on_both};
use uuid::Uuid;

on_both! { heads_that_are_not_ours, claims_that_do_not_hold, keys_that_are_unknown_or_retired, of_refreshes_at_once_one_counts }

/// Somebody who holds a signing key, and a session that lives.
struct Mint {
    pair: Ed25519KeyPair,
    private: Vec<u8>,
    public: Vec<u8>,
    kid: Uuid,
    claims: Value,
}

impl Mint {
    fn new(kid: u128, claims: &Value) -> Self {
        let (private, public) = SigningKey::generate().unwrap();
        Self { pair: Ed25519KeyPair::from_pkcs8(&private).unwrap(), private, public, kid: Uuid::from_u128(kid), claims: claims.clone() }
    }

    /// The only key of this world, which a test can sign with.
    async fn of(world: &World) -> Self {
        let wang = world.resident("王秀英").await;
        let body = wang.token().unwrap().split('.').nth(1).unwrap().to_owned();
        let given: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
        let now = world.now().timestamp();
        let claims = json!({ "iss": ISSUER, "aud": ISSUER, "sub": given["sub"], "sid": given["sid"], "iat": now, "exp": now + 86_400 });
        let mint = Self::new(1, &claims);
        mint.publish(world, &[&mint]);
        mint
    }

    /// Makes these the keys that the world knows.
    fn publish(&self, world: &World, all: &[&Self]) {
        let activates = world.now() - TimeDelta::hours(1);
        let key = |mint: &&Self| SigningKey::new(mint.kid, activates, &mint.private, mint.public.clone());
        world.services.tokens.set_keys(all.iter().map(key).collect());
    }

    fn head(&self) -> Value {
        json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": self.kid })
    }

    fn signs(&self, head: &Value, claims: &Value) -> String {
        token(head, claims, |text| self.pair.sign(text).as_ref().to_vec())
    }

    /// A token that is as it should be.
    fn good(&self) -> String {
        self.signs(&self.head(), &self.claims)
    }
}

fn token(head: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(sign(text.as_bytes()));
    format!("{text}.{signature}")
}

fn with(object: &Value, field: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[field] = value;
    object
}

fn without(object: &Value, field: &str) -> Value {
    let mut object = object.clone();
    object.as_object_mut().unwrap().remove(field);
    object
}

async fn opens(world: &World, token: &str) {
    let answer = world.anyone.with_token(token).get("/v1/me").await;
    assert_eq!(answer.status, 200, "it should be good: {}", answer.text);
}

async fn refused(world: &World, why: &str, token: &str) {
    let answer = world.anyone.with_token(token).get("/v1/me").await;
    assert_eq!((answer.status, answer.body["code"].as_str()), (401, Some("unauthenticated")), "{why}: {}", answer.text);
}

async fn heads_that_are_not_ours(world: Arc<World>) {
    let mint = Mint::of(&world).await;
    opens(&world, &mint.good()).await;
    let (head, claims) = (mint.head(), &mint.claims);
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let unsigned = token(&with(&head, "alg", json!(none)), claims, |_| Vec::new());
        refused(&world, none, &unsigned).await;
        refused(&world, none, unsigned.trim_end_matches('.')).await;
    }
    // The public key, in every form in which somebody may have taken it for a secret.
    let mut spki = hex("302a300506032b6570032100");
    spki.extend(&mint.public);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&spki));
    let forms = [mint.public.clone(), URL_SAFE_NO_PAD.encode(&mint.public).into_bytes(), spki, pem.into_bytes(), Vec::new()];
    for secret in forms {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let confused = token(&with(&head, "alg", json!("HS256")), claims, |text| hmac::sign(&key, text).as_ref().to_vec());
        refused(&world, "the public key as a secret", &confused).await;
    }
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let by_rsa = token(&with(&head, "alg", json!("RS256")), claims, |text| {
        let mut signature = vec![0; rsa.public_modulus_len()];
        rsa.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).unwrap();
        signature
    });
    refused(&world, "another kind of key", &by_rsa).await;
    // A key that comes with the token, or that is to be fetched: nobody may even ask for it.
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let url = format!("http://{}/keys", elsewhere.local_addr().unwrap());
    let stranger = Mint { kid: mint.kid, ..Mint::new(9, claims) };
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "kid": mint.kid, "x": URL_SAFE_NO_PAD.encode(&stranger.public) });
    for (member, value) in [("jwk", jwk), ("jku", json!(url)), ("x5u", json!(url)), ("x5c", json!([STANDARD.encode(&stranger.public)]))] {
        refused(&world, member, &stranger.signs(&with(&head, member, value.clone()), claims)).await;
        refused(&world, member, &stranger.signs(&without(&with(&head, member, value), "kid"), claims)).await;
    }
    assert!(elsewhere.accept().is_err(), "a key was asked for at an address that a token named");
    for kind in ["JWT", "jwt", "", "audit-checkpoint+jwt", "client-authentication+jwt"] {
        refused(&world, kind, &mint.signs(&with(&head, "typ", json!(kind)), claims)).await;
    }
    refused(&world, "no type", &mint.signs(&without(&head, "typ"), claims)).await;
    opens(&world, &mint.good()).await;
}

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

async fn claims_that_do_not_hold(world: Arc<World>) {
    let mint = Mint::of(&world).await;
    let now = world.now().timestamp();
    let wrong = [
        ("aud", json!("https://other.example")),
        ("aud", json!(["https://other.example", ISSUER])),
        ("aud", json!("")),
        ("iss", json!("https://other.example")),
        ("iss", json!(format!("{ISSUER}/"))),
        ("exp", json!((now + 600).to_string())),
        ("exp", json!("9999999999")),
        ("exp", json!(null)),
        ("exp", json!(true)),
        ("exp", json!(1e300)),
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!(-1)),
        ("nbf", json!(now + 1)),
        ("nbf", json!((now - 1).to_string())),
        ("sid", json!(Uuid::now_v7())),
        ("sid", json!("nobody")),
        ("sub", json!("nobody")),
    ];
    for (claim, value) in wrong {
        let bent = mint.signs(&mint.head(), &with(&mint.claims, claim, value.clone()));
        refused(&world, &format!("{claim} is {value}"), &bent).await;
        refused(&world, &format!("{claim} is {value}, once more"), &bent).await;
    }
    for claim in ["aud", "iss", "exp", "sub", "sid"] {
        refused(&world, &format!("no {claim}"), &mint.signs(&mint.head(), &without(&mint.claims, claim))).await;
    }
    let later = mint.signs(&mint.head(), &with(&mint.claims, "nbf", json!(now + 60)));
    refused(&world, "not yet valid", &later).await;
    world.clock.advance(TimeDelta::seconds(60));
    opens(&world, &later).await;
    let good = mint.good();
    let (text, signature) = good.rsplit_once('.').unwrap();
    let other = mint.signs(&mint.head(), &with(&mint.claims, "iat", json!(1)));
    for broken in [format!("{text}."), format!("{text}.{signature}.{signature}"), format!("{text}.{}", other.rsplit_once('.').unwrap().1)] {
        refused(&world, "another signature", &broken).await;
    }
    world.clock.advance(TimeDelta::days(1));
    refused(&world, "over, and remembered", &good).await;
}

async fn keys_that_are_unknown_or_retired(world: Arc<World>) {
    let mint = Mint::of(&world).await;
    let stranger = Mint::new(2, &mint.claims);
    refused(&world, "an unknown key", &stranger.good()).await;
    refused(&world, "another key of a known name", &stranger.signs(&mint.head(), &mint.claims)).await;
    for name in [json!(""), json!("0"), json!("../1"), json!(null), json!("' OR 1=1 --"), json!("A".repeat(4096))] {
        refused(&world, &format!("the key {name}"), &mint.signs(&with(&mint.head(), "kid", name.clone()), &mint.claims)).await;
    }
    refused(&world, "no name of a key", &mint.signs(&without(&mint.head(), "kid"), &mint.claims)).await;
    let next = Mint::new(3, &mint.claims);
    mint.publish(&world, &[&mint, &next]);
    opens(&world, &mint.good()).await;
    opens(&world, &next.good()).await;
    next.publish(&world, &[&next]);
    refused(&world, "a retired key, also of a token that is remembered", &mint.good()).await;
    opens(&world, &next.good()).await;
}

async fn of_refreshes_at_once_one_counts(world: Arc<World>) {
    let replica = world.replica(IdentityPolicy::default()).await;
    for turn in 0..4 {
        let session = world.anyone.post("/v1/sessions/wechat", json!({ "code": format!("li:{turn}") })).await.is(200);
        let asked = json!({ "refresh_token": session["refresh_token"] });
        // Two tabs of one browser; then a thief who is as quick as the owner, at another process.
        let other = if turn % 2 == 0 { &world.anyone } else { &replica.anyone };
        let both = join_all([&world.anyone, other].map(|server| server.post("/v1/sessions/refresh", asked.clone()))).await;
        let (won, lost): (Vec<_>, Vec<_>) = both.into_iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 1));
        lost[0].is_problem(401, "refresh_reused");
        let given = &won[0].body;
        world.services.forget();
        world.anyone.with_token(given["access_token"].as_str().unwrap()).get("/v1/me").await.is_problem(401, "unauthenticated");
        let next = json!({ "refresh_token": given["refresh_token"] });
        world.anyone.post("/v1/sessions/refresh", next).await.is_problem(401, "unauthenticated");
    }
    replica.stop().await;
}
