//! Assertions of machine clients: what proves who they are, and what does not.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::identity::{IdentityPolicy, Role};
use futures_util::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use support::world::{COUNTY, ISSUER};
use support::{Answer, Client, Person, World, on_both};
use uuid::Uuid;

use super::clients::{asked, is_refused, measures, token, with_token};

on_both! { an_assertion_gets_a_token_once, assertions_that_do_not_hold, rsa_keys_sign_as_they_were_registered }

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client that signs.
pub(super) struct Signer {
    pub(super) id: String,
    kid: String,
    private: EncodingKey,
    pub(super) jwk: Value,
    public: Vec<u8>,
}

impl Signer {
    pub(super) fn new(kid: &str) -> Self {
        let (private, public) = api::token::SigningKey::generate().unwrap();
        let jwk = json!({ "kty": "OKP", "kid": kid, "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(&public) });
        Self { id: String::new(), kid: kid.to_owned(), private: EncodingKey::from_ed_der(&private), jwk, public }
    }

    /// Another key of the same client.
    pub(super) fn beside(&self, kid: &str) -> Self {
        Self { id: self.id.clone(), ..Self::new(kid) }
    }

    pub(super) async fn registered(mut self, administrator: &Person) -> Self {
        let mut body = asked(administrator, COUNTY, &["statistics.read"]);
        body["authentication"] = json!("private_key_jwt");
        body["keys"] = json!([self.jwk]);
        let made = administrator.post("/v1/clients", body).await.is(201);
        assert_eq!(made["secret"], json!(null));
        self.id = made["client"]["id"].as_str().unwrap().to_owned();
        self
    }

    pub(super) fn claims(&self, world: &World) -> Value {
        let now = world.now().timestamp();
        json!({ "iss": self.id, "sub": self.id, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": Uuid::now_v7() })
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &self.private).unwrap()
    }
}

pub(super) async fn shows(nobody: &Client, assertion: &str) -> Answer {
    let form = [("grant_type", "client_credentials"), ("client_assertion_type", ASSERTION), ("client_assertion", assertion)];
    nobody.form("/oauth/token", &form).await
}

async fn an_assertion_gets_a_token_once(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let signer = Signer::new("2026").registered(&county).await;
    let client = with_token(&world.anyone, shows(&world.anyone, &signer.sign(&signer.claims(&world))).await);
    let _ = client.get(&measures(COUNTY)).await.is(200);
    let replica = world.replica(IdentityPolicy::default()).await;
    let same = signer.sign(&signer.claims(&world));
    let shown = join_all((0..8).map(|turn| shows(if turn % 2 == 0 { &world.anyone } else { &replica.anyone }, &same))).await;
    assert_eq!(shown.iter().filter(|shown| shown.status == 200).count(), 1, "also across replicas");
    assert!(shown.iter().all(|shown| shown.status == 200 || shown.body["error"] == "invalid_client"));
    world.clock.advance(TimeDelta::seconds(61));
    world.tick().await;
    is_refused(&shows(&world.anyone, &same).await, 401, "invalid_client");
    replica.stop().await;
    // The other curve.
    let pair = aws_lc_rs::signature::EcdsaKeyPair::generate(&aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = aws_lc_rs::signature::KeyPair::public_key(&pair).as_ref().to_vec();
    let private = EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref());
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
    let jwk = json!({ "kty": "EC", "kid": "ec", "crv": "P-256", "x": x, "y": y, "alg": "ES256", "use": "sig" });
    let other = Signer { jwk, private, kid: "ec".to_owned(), ..Signer::new("ec") }.registered(&county).await;
    let header = Header { kid: Some("ec".to_owned()), ..Header::new(Algorithm::ES256) };
    let assertion = jsonwebtoken::encode(&header, &other.claims(&world), &other.private).unwrap();
    assert_eq!(shows(&world.anyone, &assertion).await.status, 200);
}

async fn assertions_that_do_not_hold(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let signer = Signer::new("2026").registered(&county).await;
    let now = world.now().timestamp();
    let good = signer.claims(&world);
    let bent = |field: &str, value: Value| {
        let mut claims = signer.claims(&world);
        claims[field] = value;
        signer.sign(&claims)
    };
    let mut wrong = vec![
        ("another audience", bent("aud", json!("https://other.example"))),
        ("the endpoint as audience", bent("aud", json!(format!("{ISSUER}/oauth/token")))),
        ("more than one audience", bent("aud", json!([ISSUER, "https://other.example"]))),
        ("over", bent("exp", json!(now))),
        ("for too long", bent("exp", json!(now + 3600))),
        ("from the future", bent("nbf", json!(now + 120))),
        ("issued in the future", bent("iat", json!(now + 120))),
        ("no id", bent("jti", json!(""))),
        ("another issuer", bent("iss", json!(Uuid::now_v7()))),
        ("another client", bent("sub", json!(Uuid::now_v7()))),
        ("no assertion", "a.b.c".to_owned()),
    ];
    for field in ["exp", "jti", "aud", "iss", "sub"] {
        let mut claims = signer.claims(&world);
        claims.as_object_mut().unwrap().remove(field);
        wrong.push((field, signer.sign(&claims)));
    }
    let header = |alg| Header { kid: Some(signer.kid.clone()), ..Header::new(alg) };
    let confused = jsonwebtoken::encode(&header(Algorithm::HS256), &good, &EncodingKey::from_secret(&signer.public)).unwrap();
    let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(good.to_string()));
    let stranger = signer.beside("2026");
    let unknown = signer.beside("2027");
    let token_type = Header { typ: Some("at+jwt".to_owned()), ..header(Algorithm::EdDSA) };
    wrong.push(("the public key as a secret", confused));
    wrong.push(("unsigned", unsigned));
    wrong.push(("another key", stranger.sign(&good)));
    wrong.push(("an unknown key", unknown.sign(&good)));
    wrong.push(("another type", jsonwebtoken::encode(&token_type, &good, &signer.private).unwrap()));
    for (why, assertion) in wrong {
        let answer = shows(&world.anyone, &assertion).await;
        assert_eq!((answer.status, answer.body["error"].as_str()), (401, Some("invalid_client")), "{why}: {}", answer.text);
    }
    let half = [("grant_type", "client_credentials"), ("client_assertion", "a.b.c")];
    is_refused(&world.anyone.form("/oauth/token", &half).await, 400, "invalid_request");
    assert_eq!(shows(&world.anyone, &signer.sign(&good)).await.status, 200, "a good one is still good");
    is_refused(&token(&world.anyone, &signer.id, "anything", None).await, 401, "invalid_client");
}

/// A token in compact form under this head, signed like this.
fn signed(head: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(sign(text.as_bytes()));
    format!("{text}.{signature}")
}

async fn rsa_keys_sign_as_they_were_registered(world: Arc<World>) {
    let county = world.staff(Role::Administrator, COUNTY).await;
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    // In PKCS #1: a sequence of the modulus, with a leading zero, and the exponent 65537.
    let public = pair.public_key().as_ref().to_vec();
    let (modulus, exponent) = (&public[9..265], &public[267..]);
    let jwk = json!({ "kty": "RSA", "kid": "rsa", "n": URL_SAFE_NO_PAD.encode(modulus), "e": URL_SAFE_NO_PAD.encode(exponent) });
    let signer = Signer { jwk, ..Signer::new("rsa") }.registered(&county).await;
    let rsa = |encoding: &'static dyn RsaEncoding| {
        let pair = &pair;
        move |text: &[u8]| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &SystemRandom::new(), text, &mut signature).unwrap();
            signature
        }
    };
    let claims = || signer.claims(&world);
    let head = |algorithm: &str| json!({ "alg": algorithm, "kid": "rsa" });
    let client = with_token(&world.anyone, shows(&world.anyone, &signed(&head("RS256"), &claims(), rsa(&RSA_PKCS1_SHA256))).await);
    let _ = client.get(&measures(COUNTY)).await.is(200);
    let secret = |key: Vec<u8>| {
        move |text: &[u8]| aws_lc_rs::hmac::sign(&aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &key), text).as_ref().to_vec()
    };
    let other = signer.beside("rsa");
    let wrong = [
        ("another padding", signed(&head("PS256"), &claims(), rsa(&RSA_PSS_SHA256))),
        ("another digest", signed(&head("RS512"), &claims(), rsa(&RSA_PKCS1_SHA512))),
        ("another digest than it says", signed(&head("RS256"), &claims(), rsa(&RSA_PKCS1_SHA512))),
        ("the modulus as a secret", signed(&head("HS256"), &claims(), secret(modulus.to_vec()))),
        ("the public key as a secret", signed(&head("HS256"), &claims(), secret(public.clone()))),
        ("no signature", signed(&head("none"), &claims(), |_| Vec::new())),
        ("an empty signature", signed(&head("RS256"), &claims(), |_| Vec::new())),
        ("another kind of key", other.sign(&claims())),
    ];
    for (why, assertion) in wrong {
        let answer = shows(&world.anyone, &assertion).await;
        assert_eq!((answer.status, answer.body["error"].as_str()), (401, Some("invalid_client")), "{why}: {}", answer.text);
    }
    let again = shows(&world.anyone, &signed(&head("RS256"), &claims(), rsa(&RSA_PKCS1_SHA256))).await;
    assert_eq!(again.status, 200, "a good one is still good");
}
