//! Using what was pledged.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::NaiveDate;
use domain::identity::Actor as Acting;
use domain::organisation::{OrganisationState, PartnershipState};
use persistence::organisation::{self, Drawn, Pledge, PledgeUse};
use persistence::{StoreError, Tx};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::for_any;
use super::life::stands;
use super::view::PledgeUseView;
use crate::actor::{Actor, Permission, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::days;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::person::input::today;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of uses.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["partnerships": draw, list, take_back]
}

/// What is used.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawPledge {
    /// How much.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 3)]
    amount: i64,
    /// When it was used: within the term, not after today.
    used_on: NaiveDate,
    /// What for.
    #[schema(min_length = 1, max_length = 200, example = "九月社区义诊")]
    purpose: String,
}

/// Use some of what was pledged.
///
/// 使用承诺资源:各方或区划的社工、派单员登记;须在期限内;任何时候合计不超过承诺数量,多人同时登记也不会超。
#[utoipa::path(post, path = "/v1/pledges/{id}/uses", operation_id = "drawPledge", request_body = DrawPledge,
    params(("id" = Uuid, Path, description = "承诺")), responses((status = 201, description = "使用记录", body = PledgeUseView)))]
pub async fn draw(
    services: Data<Services>,
    actor: Actor<may::DrawPledge>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<DrawPledge>,
) -> Answer<PledgeUseView> {
    let (shared, who, digest, asked, id, fresh) = (services.clone(), actor.actor, body.digest, body.value, *id, Uuid::now_v7());
    days::check("/used_on", asked.used_on)?;
    let purpose = region::line("/purpose", &asked.purpose)?;
    let work = move |tx: &mut Tx| -> Result<(PledgeUseView, bool), Fault> {
        let pledge = pledge_for::<may::DrawPledge>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 201, fresh)?;
        let kept = match once {
            Once::First => {
                check_use(tx, &shared, &pledge, asked.used_on)?;
                let (amount, used_on, purpose) = (asked.amount, asked.used_on, purpose.clone());
                let new = PledgeUse { id: fresh, pledge: id, amount, used_on, purpose, reverses: None, by: who.account, at: tx.now() };
                if organisation::draw(tx, &new)? == Drawn::Short {
                    let left = organisation::load_pledge(tx, id)?;
                    let left = (left.quota - left.used).to_string();
                    return Err(Problem::stands_against(Code::PledgeShort, Rule::PledgeShort, vec![left]).into());
                }
                fresh
            }
            Once::Before(before) => before,
        };
        Ok((organisation::load_use(tx, kept)?.into(), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    Ok(Reply::created(view, &format!("/v1/pledges/{id}/uses")).replayed(replayed))
}

/// A pledge with which the actor may do `P` for one of the parties.
fn pledge_for<P: Permission>(tx: &mut Tx, who: &Acting, id: Uuid) -> Result<Pledge, Fault> {
    let pledge = organisation::load_pledge(tx, id)?;
    let parties = organisation::parties(tx, pledge.partnership)?;
    for_any::<P>(tx, who, &parties)?;
    Ok(pledge)
}

/// What was pledged is used within the term of an active partnership, while who pledged it serves.
fn check_use(tx: &mut Tx, services: &Services, pledge: &Pledge, used_on: NaiveDate) -> Result<(), Fault> {
    let found = organisation::load_partnership(tx, pledge.partnership)?;
    if found.state != PartnershipState::Active {
        return Err(stands(&found));
    }
    if !found.term.contains(used_on) {
        let bounds = vec![found.term.from.to_string(), found.term.until.to_string()];
        return Err(Problem::field_with("/used_on", Rule::OutOfRange, bounds).into());
    }
    if used_on > today(services, &found.region) {
        return Err(Problem::field("/used_on", Rule::InFuture).into());
    }
    let party = organisation::load(tx, pledge.organisation)?;
    if party.state == OrganisationState::Active { Ok(()) } else { Err(Code::OrganisationState.into()) }
}

/// Which uses.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListPledgeUses {
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List how a pledge was used.
///
/// 承诺资源的使用记录(含冲正),新的在前;数量合计即已用数量。
#[utoipa::path(get, path = "/v1/pledges/{id}/uses", operation_id = "listPledgeUses",
    params(("id" = Uuid, Path, description = "承诺"), ListPledgeUses),
    responses((status = 200, description = "使用记录", body = Page<PledgeUseView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadPledgeUses>,
    id: Path<Uuid>,
    query: Query<ListPledgeUses>,
) -> Answer<Page<PledgeUseView>> {
    let (asked, who, id, keys) = (query.0, actor.actor, *id, services.store.keys());
    let (limit, name) = (page::limit(asked.limit)?, format!("uses {id}"));
    let before: Option<Uuid> = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<PledgeUseView>, Fault> {
        pledge_for::<may::ReadPledgeUses>(tx, &who, id)?;
        Ok(organisation::uses(tx, id, before, limit + 1)?.into_iter().map(Into::into).collect())
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &PledgeUseView| view.id)
}

/// Why a use is taken back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeBackUse {
    /// Why.
    #[schema(min_length = 1, max_length = 200, example = "重复登记")]
    reason: String,
}

/// Take a use of a pledge back.
///
/// 冲正使用记录:以一笔相反的记录更正,原记录不变;每笔只能冲正一次,冲正本身不能再冲正。
#[utoipa::path(post, path = "/v1/pledge-uses/{id}/reverse", operation_id = "takeBackPledgeUse", request_body = TakeBackUse,
    params(("id" = Uuid, Path, description = "使用记录")), responses((status = 201, description = "冲正记录", body = PledgeUseView)))]
pub async fn take_back(
    services: Data<Services>,
    actor: Actor<may::DrawPledge>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<TakeBackUse>,
) -> Answer<PledgeUseView> {
    let (who, digest, id, fresh) = (actor.actor, body.digest, *id, Uuid::now_v7());
    let reason = region::line("/reason", &body.value.reason)?;
    let work = move |tx: &mut Tx| -> Result<(PledgeUseView, bool), Fault> {
        let of = organisation::load_use(tx, id)?;
        pledge_for::<may::DrawPledge>(tx, &who, of.pledge)?;
        let once = conditions.once(tx, who.account, &digest, 201, fresh)?;
        let kept = match once {
            Once::First => {
                if of.reverses.is_some() {
                    return Err(Code::NotReversible.into());
                }
                match organisation::take_back(tx, fresh, &of, &reason, who.account) {
                    Ok(Drawn::Done) => fresh,
                    Ok(Drawn::Short) => return Err(StoreError::Bug(format!("taking back {id} would use more")).into()),
                    Err(error) if error.is_duplicate_of("pledge_uses", "reverses") => return Err(Code::NotReversible.into()),
                    Err(error) => return Err(error.into()),
                }
            }
            Once::Before(before) => before,
        };
        Ok((organisation::load_use(tx, kept)?.into(), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let at = format!("/v1/pledges/{}/uses", view.pledge);
    Ok(Reply::created(view, &at).replayed(replayed))
}
