//! Staff decide what others may see.

use actix_web::web::{Data, Path};
use domain::content::{ContentRuling, Decider, Refusal, RulingReason, Subject};
use domain::vocabulary::Vocabulary;
use persistence::content::{self, Decision};
use persistence::{Tx, identity};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queue::load;
use super::view::{ContentCheckView, view};
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::identity::second_person::{First, neither_in_hand};
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// A decision on what the check has held.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideContent {
    /// Whether others may see it.
    decision: ContentRuling,
    /// Why.
    reason: RulingReason,
    /// In one's own words.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Release or withhold a text or photo.
///
/// 人工决定:放行或不予公开,一经作出不再更改;作者本人与该订单的服务者不得决定。
#[utoipa::path(post, path = "/v1/content-checks/{id}/decide", operation_id = "decideContent",
    params(("id" = Uuid, Path, description = "检测记录")), request_body = DecideContent,
    responses((status = 200, description = "已决定的检测记录", body = ContentCheckView)))]
pub async fn decide_content(
    services: Data<Services>,
    actor: Actor<may::DecideContent>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<DecideContent>,
) -> Answer<ContentCheckView> {
    let (shared, who, id, asked, digest) = (services.clone(), actor.actor.clone(), *id, body.value, body.digest);
    let work = move |tx: &mut Tx| -> Result<(ContentCheckView, bool), Fault> {
        tx.about("content_check", id);
        let (check, loaded) = load(tx, id, &who)?;
        let number = loaded.order.number.clone();
        if let Once::Before(_) = conditions.once(tx, who.account, &digest, 200, id)? {
            return Ok((view(tx, &shared.store, check, number)?, true));
        }
        conditions.expect_version(check.version)?;
        let person = identity::load(tx, check.author)?.person;
        let subject = Subject { author: check.author, person, state: check.state };
        let decider = Decider { actor: &who, acting: &loaded.acting, serves: loaded.acting.serves(&loaded.order) };
        let state = domain::content::decide(&subject, asked.decision, asked.reason, &decider).map_err(told)?;
        neither_in_hand(tx, &who, &First::account(check.author).and_who_serves(&loaded.order), check.created_at)?;
        let decision = Decision { by: who.account, at: tx.now(), reason: asked.reason, note: asked.note.clone() };
        content::decide(tx, &check, state, &decision)?;
        let check = content::load(tx, id)?;
        Ok((view(tx, &shared.store, check, number)?, false))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// What a caller is told of a refusal.
fn told(refusal: Refusal) -> Problem {
    let problem = match refusal {
        Refusal::NotAParty => Code::NotFound.into(),
        Refusal::SecondPersonNeeded => Code::SecondPersonNeeded.into(),
        Refusal::NotInState { .. } => Code::ContentDecided.into(),
        Refusal::WrongReason { ruling, .. } => {
            let fitting: Vec<&str> = ruling.reasons().iter().map(|reason| reason.as_str()).collect();
            Problem::field_with("/reason", Rule::NotInList, vec![fitting.join(", ")])
        }
    };
    problem.because(refusal)
}
