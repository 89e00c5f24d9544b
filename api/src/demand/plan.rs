//! An item becomes an order, in one call.

use actix_web::web::{Data, Path};
use domain::demand::{Command, Item, Subject, decide};
use domain::order::{Basis, Channel, Urgency};
use persistence::Tx;
use persistence::demand::{self, Recorded};
use persistence::order::load;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{DemandView, one};
use super::{in_scope, with_facts};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::order::place::{self, PlaceOrder, Wish};
use crate::order::step::view as order_view;
use crate::order::value::{PositionView, WindowView};
use crate::order::view::OrderView;
use crate::problem::{Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of planning.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["demands": order_demand]
}

/// What is ordered for a need.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderDemand {
    /// The service of the catalogue.
    service: Uuid,
    /// What whoever comes must know, in words.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// Where, in words.
    #[schema(max_length = 200)]
    address: Option<String>,
    /// Where, as a position.
    position: Option<PositionView>,
    /// When it is wanted.
    wanted: Option<WindowView>,
    /// How pressing it is; as the need is where it is left out.
    urgency: Option<Urgency>,
    /// Who is served: of a need of a household or of the grid. A person's need is theirs.
    subject: Option<Uuid>,
    /// On what basis the caller orders for them.
    basis: Basis,
    /// How the wish reached the caller; `visit` where it is left out.
    channel: Option<Channel>,
}

/// A need and the order that was placed for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderedDemand {
    /// The need, which is planned now.
    demand: DemandView,
    /// The order.
    order: OrderView,
}

/// Place an order for a need.
///
/// 需求转订单:一次完成点单并双向关联;订单办结、退回或未解决时,需求随之变动。
#[utoipa::path(post, path = "/v1/demands/{id}/order", operation_id = "orderDemand", request_body = OrderDemand,
    params(("id" = Uuid, Path, description = "需求")), responses((status = 201, description = "需求与订单", body = OrderedDemand)))]
pub async fn order_demand(
    services: Data<Services>,
    actor: Actor<may::PlanDemand>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<OrderDemand>,
) -> Answer<OrderedDemand> {
    let (shared, who, digest, asked, id) = (services.clone(), actor.actor, body.digest, body.value, *id);
    let new = Uuid::now_v7();
    let work = move |tx: &mut Tx| -> Result<(OrderedDemand, bool), Fault> {
        let before = in_scope::<may::PlanDemand>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 201, new)?;
        let order = match once {
            Once::First => {
                conditions.expect_version(before.version)?;
                let wish = wish(&shared, &who, &before, &asked, new)?;
                let planned = with_facts(tx, &shared, &before.region, |facts| Ok(decide(&before, &Command::Order(wish.id), facts)?))?;
                let order = place::enter(tx, &shared, &who, &wish, reads.0)?;
                demand::save(tx, &before, &planned, Recorded::by(who.account).on(Some(asked.basis)))?;
                order
            }
            Once::Before(order) => {
                let loaded = load(tx, order, &who)?;
                order_view(tx, &shared, loaded, reads.0)?
            }
        };
        let item = demand::load(tx, id)?;
        let demand = one(tx, &shared, item, &who, reads.0)?;
        Ok((OrderedDemand { demand, order }, matches!(once, Once::Before(_))))
    };
    let (made, replayed) = services.store.write(work).await?;
    services.content.kick();
    let at = format!("/v1/orders/{}", made.order.id());
    Ok(Reply::created(made, &at).replayed(replayed))
}

/// Who is served for a need: whose need it is, or who is named where that is no single person.
///
/// # Errors
/// Names the field.
pub(crate) fn served(item: &Item, named: Option<Uuid>) -> Result<Uuid, Problem> {
    match (item.subject, named) {
        (Subject::Person(person), None) | (Subject::Household(_) | Subject::Grid, Some(person)) => Ok(person),
        (Subject::Person(_), Some(_)) => Err(Problem::field("/subject", Rule::SubjectFollows)),
        (Subject::Household(_) | Subject::Grid, None) => Err(Problem::field("/subject", Rule::Required)),
    }
}

fn wish(services: &Services, who: &domain::identity::Actor, item: &Item, asked: &OrderDemand, id: Uuid) -> Result<Wish, Problem> {
    let subject = served(item, asked.subject)?;
    let wish = PlaceOrder {
        service: asked.service,
        division: item.division.to_string(),
        text: asked.text.clone(),
        address: asked.address.clone(),
        position: asked.position,
        wanted: asked.wanted,
        urgency: asked.urgency.unwrap_or(item.urgency),
        subject: Some(subject),
        subject_name: None,
        basis: (who.person != Some(subject)).then_some(asked.basis),
        channel: asked.channel.unwrap_or(Channel::Visit),
        external_ref: None,
    };
    let wish = place::read(services, who, wish)?.known_as(id);
    Ok(if matches!(item.subject, Subject::Person(_)) { wish.listed() } else { wish })
}
