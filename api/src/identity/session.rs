//! Sessions: opening one, what the caller gets of it, and ending it.

use actix_web::web::Data;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::language::Language;
use persistence::Tx;
use persistence::identity::{self, AccountKind, Opened};
use persistence::secret::{random, sha256};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{AccountView, account_view};
use crate::actor::{Actor, may};
use crate::answer::{Nothing, Reply};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::{Fault, Problem};
use crate::services::Services;
use crate::token::ACCESS_MINUTES;

/// Every endpoint of sessions that is not a way to sign in.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["identity": sign_out]
}

/// How long the session of a resident lasts, in days.
const RESIDENT_DAYS: i64 = 30;

/// How long the session of staff lasts, in hours: a working day.
const STAFF_HOURS: i64 = 12;

/// How long a session lasts, and each access token in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// The session, and with it its refresh tokens.
    pub session: TimeDelta,
    /// An access token.
    pub access: TimeDelta,
}

impl Lasting {
    /// What holds for accounts of a kind.
    #[must_use]
    pub const fn of(kind: AccountKind) -> Self {
        let session = match kind {
            AccountKind::Resident => TimeDelta::days(RESIDENT_DAYS),
            AccountKind::Staff => TimeDelta::hours(STAFF_HOURS),
        };
        Self { session, access: TimeDelta::minutes(ACCESS_MINUTES) }
    }

    /// For demonstrations: everything for so long.
    #[must_use]
    pub const fn demonstration(time: TimeDelta) -> Self {
        Self { session: time, access: time }
    }
}

/// A refresh token: 32 random bytes, of which the database knows only the digest.
#[derive(Clone)]
pub struct Refresh(String);

impl Refresh {
    /// A new one.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn generate() -> Result<Self, Problem> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random::<32>().map_err(Problem::internal)?)))
    }

    /// One that a caller has sent.
    #[must_use]
    pub const fn given(text: String) -> Self {
        Self(text)
    }

    /// What the database knows of it.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        sha256(self.0.as_bytes())
    }
}

/// A session that is being opened.
#[derive(Clone)]
pub struct Opening {
    id: Uuid,
    refresh: Refresh,
    opened: Opened,
}

impl Opening {
    /// With an id and a refresh token of its own.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn new() -> Result<Self, Problem> {
        Ok(Self { id: Uuid::now_v7(), refresh: Refresh::generate()?, opened: Opened::OneFactor })
    }

    /// Opened with a second factor, or by whoever holds the database.
    #[must_use]
    pub fn strong(mut self, strong: bool) -> Self {
        self.opened = if strong { Opened::Strong } else { Opened::OneFactor };
        self
    }

    /// Keeps the session for an account.
    ///
    /// # Errors
    /// The database's.
    pub fn keep(&self, tx: &mut Tx, account: Uuid, lasting: Lasting) -> Result<(), Fault> {
        let expires = tx.now() + lasting.session;
        identity::open_session_as(tx, self.id, account, expires, self.opened)?;
        identity::add_refresh(tx, &self.refresh.digest(), self.id, expires)?;
        Ok(())
    }

    /// What the caller gets, once the session is kept.
    ///
    /// # Errors
    /// There is no signing key.
    pub fn view(self, services: &Services, account: AccountView, lasting: Lasting) -> Result<SessionView, Problem> {
        SessionView::new(services, self.id, self.refresh, account, lasting.access)
    }
}

/// A session, with what it is used by.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds for which the access token is good.
    #[schema(example = 900)]
    expires_in: i64,
    /// Gets the next access token, once; a second use ends the session.
    refresh_token: String,
    /// Who has signed in.
    account: AccountView,
}

impl SessionView {
    /// A fresh access token for a session.
    ///
    /// # Errors
    /// There is no signing key.
    pub fn new(services: &Services, session: Uuid, refresh: Refresh, account: AccountView, access: TimeDelta) -> Result<Self, Problem> {
        let now = services.store.clock().now();
        let (access_token, expires) = services.tokens.issue(account.id(), session, now, access)?;
        let expires_in = (expires - now).num_seconds();
        Ok(Self { access_token, token_type: "Bearer", expires_in, refresh_token: refresh.0, account })
    }

    /// The access token.
    #[must_use]
    pub fn access_token(&self) -> &str {
        &self.access_token
    }
}

/// Answers with a session; nobody on the way may keep it.
pub(super) fn answer(view: SessionView) -> Reply<SessionView> {
    Reply::ok(view)
}

/// Opens a session of an account without asking for a password: for demonstrations and for the command line.
///
/// # Errors
/// There is no such account, or the database's.
pub async fn open(services: &Services, account: Uuid, lasting: Lasting) -> Result<SessionView, Problem> {
    let opening = Opening::new()?.strong(true);
    let kept = opening.clone();
    let work = move |tx: &mut Tx| -> Result<AccountView, Fault> {
        kept.keep(tx, account, lasting)?;
        account_view(tx, account, Language::default())
    };
    let view = services.store.write(work).await?;
    opening.view(services, view, lasting)
}

/// Sign out.
///
/// 退出登录:当前会话及其刷新令牌立即失效。
#[utoipa::path(delete, path = "/v1/sessions/current", operation_id = "signOut", responses((status = 204, description = "已退出")))]
pub async fn sign_out(services: Data<Services>, actor: Actor<may::ReadOwn>) -> Result<Nothing, Problem> {
    let session = actor.session;
    services.store.write::<_, Fault>(move |tx| Ok(identity::revoke_session(tx, session, "signed_out")?)).await?;
    services.forget();
    Ok(Nothing)
}
