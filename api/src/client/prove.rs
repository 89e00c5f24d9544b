//! How a client proves who it is: with its secret, or with an assertion.

use actix_web::http::header::{self, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::identity::{ClientAuthentication, ClientScope};
use persistence::secret::sha256;
use persistence::{StoreError, Tx, client};
use uuid::Uuid;

use super::assertion::Assertion;
use super::refused::Refused;
use super::token::Asked;
use crate::problem::Fault;
use crate::services::Services;

/// The type of an assertion (RFC 7523, 2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client that has proved who it is.
pub(super) struct Proven {
    /// The client.
    pub(super) client: Uuid,
    /// With what it has proved it: its tokens die with it.
    pub(super) credential: Uuid,
    /// What it may ask for.
    pub(super) scopes: Vec<ClientScope>,
    /// The first moment at which client or credential hold no more.
    pub(super) until: domain::Timestamp,
}

/// Finds out who asks, by exactly one of both ways.
///
/// # Errors
/// [`Refused`]; why a client is not believed is told to nobody.
pub(super) async fn prove(services: &Services, headers: &HeaderMap, asked: &Asked) -> Result<Proven, Refused> {
    let basic = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    if asked.client_secret {
        return Err(Refused::Request("the secret goes into the header Authorization"));
    }
    let credential = match (basic, &asked.assertion, &asked.assertion_type) {
        (Some(header), None, None) => by_secret(services, header, asked).await?,
        (None, Some(assertion), Some(kind)) if kind == ASSERTION_TYPE => by_assertion(services, assertion, asked).await?,
        (None, None, None) => return Err(Refused::Client("no proof".to_owned())),
        (Some(_), _, _) => return Err(Refused::Request("prove it in one way only")),
        (None, _, _) => return Err(Refused::Request("client_assertion and its client_assertion_type go together")),
    };
    let standing = services.store.read::<_, Fault>(move |tx| Ok(client::standing(tx, credential)?)).await?;
    let standing = standing.ok_or_else(|| Refused::Client("switched off or over".to_owned()))?;
    let client::Standing { client, expires_at } = standing;
    Ok(Proven { client: client.id, credential, scopes: client.scopes, until: expires_at })
}

/// The credential of a secret (RFC 6749, 2.3.1: both halves are encoded like a form).
async fn by_secret(services: &Services, header: &str, asked: &Asked) -> Result<Uuid, Refused> {
    let refused = |why: &str| Refused::Client(why.to_owned());
    let (scheme, encoded) = header.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(refused("not Basic"));
    }
    let decoded = STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let (id, secret) = decoded.as_deref().and_then(|text| text.split_once(':')).ok_or_else(|| refused("not Basic"))?;
    let plain = |text: &str| form_urlencoded::parse(text.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default();
    let id: Uuid = plain(id).parse().map_err(|_| refused("no such client"))?;
    agrees(asked, id)?;
    let digest = sha256(plain(secret).as_bytes());
    let work = move |tx: &mut Tx| -> Result<Option<Uuid>, Fault> {
        let wanted = is_for(tx, id, ClientAuthentication::SecretBasic)?;
        Ok(if wanted { client::by_secret(tx, id, &digest)? } else { None })
    };
    services.store.read(work).await?.ok_or_else(|| refused("no such client or secret"))
}

/// The credential of the key that an assertion is signed with; the assertion is used up.
async fn by_assertion(services: &Services, text: &str, asked: &Asked) -> Result<Uuid, Refused> {
    let assertion = Assertion::read(text).map_err(Refused::Client)?;
    let client = assertion.client;
    agrees(asked, client)?;
    let work = move |tx: &mut Tx| -> Result<Vec<client::Credential>, Fault> {
        let wanted = is_for(tx, client, ClientAuthentication::PrivateKeyJwt)?;
        Ok(if wanted { client::live_keys(tx, client)? } else { Vec::new() })
    };
    let keys = services.store.read(work).await?;
    let now = services.store.clock().now();
    let proved = assertion.check(&keys, services.tokens.issuer(), &services.identity, now).map_err(Refused::Client)?;
    let credential = proved.credential;
    let first = services.store.tally::<_, Fault>(move |tx| Ok(client::use_assertion(tx, client, &proved.jti, proved.expires)?)).await?;
    if first { Ok(credential) } else { Err(Refused::Client("an assertion was shown twice".to_owned())) }
}

/// Whether there is such a client, and this is its way. A secret of one is no help to another, nor a key.
fn is_for(tx: &mut Tx, id: Uuid, authentication: ClientAuthentication) -> Result<bool, StoreError> {
    match client::load(tx, id) {
        Ok(client) => Ok(client.authentication == authentication),
        Err(StoreError::Missing) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A client may also name itself; then it names itself.
fn agrees(asked: &Asked, client: Uuid) -> Result<(), Refused> {
    let named = asked.client_id.as_deref().is_none_or(|id| id.parse() == Ok(client));
    if named { Ok(()) } else { Err(Refused::Client("client_id is another client".to_owned())) }
}
