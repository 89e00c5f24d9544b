//! The policies of a region: how versions of any kind are read and published, and those by which orders are handled.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use domain::order::OrderPolicy;
use domain::policy::Policy;
use domain::region::DivisionCode;
use persistence::{StoreError, Tx, policy};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::code;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of policies.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["regions": order_policies, publish_order_policy]
}

/// A version of a policy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyVersion<P: ToSchema> {
    /// The region; null for the defaults of the program, which hold where no version does.
    region: Option<String>,
    /// From when on it holds, until the next one does; null for the defaults.
    valid_from: Option<DateTime<Utc>>,
    /// When it was published; null for the defaults.
    published_at: Option<DateTime<Utc>>,
    /// The policy.
    policy: P,
}

impl<P: Document> PolicyVersion<P> {
    fn defaults() -> Self {
        Self { region: None, valid_from: None, published_at: None, policy: P::default() }
    }

    fn new(kept: &policy::Policy) -> Result<Self, Fault> {
        let region = Some(kept.region.to_string());
        Ok(Self { region, valid_from: Some(kept.valid_from), published_at: Some(kept.created_at), policy: read(kept)? })
    }
}

/// The policies of one kind of a region.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyVersions<P: ToSchema> {
    /// The region that was found.
    region: String,
    /// The version that holds now.
    in_force: PolicyVersion<P>,
    /// Every version that the region has published, the one that begins last first.
    versions: Vec<PolicyVersion<P>>,
}

/// A new version of a policy.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishPolicy<P: ToSchema> {
    /// The region.
    #[schema(min_length = 2, max_length = 15, example = "230822")]
    region: String,
    /// From when on it holds; from now on where it is left out. Never in the past.
    valid_from: Option<DateTime<Utc>>,
    /// The policy; its `version` must be new in the region.
    #[schema(inline)]
    policy: P,
}

/// A kind of policy that is kept as a document.
pub trait Document: Policy + Serialize + DeserializeOwned + ToSchema + Send + 'static {}

impl<P: Policy + Serialize + DeserializeOwned + ToSchema + Send + 'static> Document for P {}

fn read<P: Document>(kept: &policy::Policy) -> Result<P, Fault> {
    Ok(serde_json::from_str(&kept.document).map_err(Problem::internal)?)
}

/// The policy of a kind that holds in a region at a moment: the region's own, else the defaults.
///
/// # Errors
/// The database's.
pub fn in_force<P: Document>(tx: &mut Tx, region: &DivisionCode, at: DateTime<Utc>) -> Result<P, Fault> {
    policy::in_force(tx, region, P::KIND, at)?.as_ref().map_or_else(|| Ok(P::default()), read)
}

/// A version of a policy, whenever it holds: the one that was promised.
///
/// # Errors
/// [`Code::NotFound`] where the region has no such version; the database's.
pub fn of_version<P: Document>(tx: &mut Tx, region: &DivisionCode, version: &str) -> Result<P, Fault> {
    let defaults = P::default();
    if defaults.version() == version {
        return Ok(defaults);
    }
    read(&policy::by_version(tx, region, P::KIND, version)?)
}

/// Of which region.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PoliciesOf {
    /// A division: the nearest region at or above counts.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    region: String,
}

/// Reads the versions of a kind of policy.
///
/// # Errors
/// Names the field where the division lies in no region; the database's.
pub async fn versions<P: Document>(services: &Services, of: &PoliciesOf) -> Answer<PolicyVersions<P>> {
    let asked = code("region", &of.region)?;
    let region = services.book.region_of(&asked).ok_or_else(|| Problem::field("region", Rule::UnknownDivision))?;
    let division = region.division.clone();
    let work = move |tx: &mut Tx| -> Result<PolicyVersions<P>, Fault> {
        let held = policy::in_force(tx, &division, P::KIND, tx.now())?;
        let in_force = held.as_ref().map_or_else(|| Ok(PolicyVersion::defaults()), PolicyVersion::new)?;
        let versions = policy::list(tx, &division, P::KIND)?;
        let versions = versions.iter().map(PolicyVersion::new).collect::<Result<_, _>>()?;
        Ok(PolicyVersions { region: division.to_string(), in_force, versions })
    };
    Ok(Reply::ok(services.store.read(work).await?))
}

/// Publishes a version of a kind of policy.
///
/// # Errors
/// Names the field that is wrong; the version is there already; the database's.
pub async fn publish<P: Document>(
    services: &Services,
    actor: &Actor<may::EditPolicy>,
    conditions: Conditions,
    body: Json<PublishPolicy<P>>,
) -> Answer<PolicyVersion<P>> {
    let (PublishPolicy { region, valid_from: from, policy }, digest) = (body.value, body.digest);
    let (account, division) = (actor.account(), region_itself(services, "/region", &region)?);
    actor.within(&division)?;
    check(&policy)?;
    let document = serde_json::to_string(&policy).map_err(Problem::internal)?;
    let version = policy.version().to_owned();
    let at = format!("/v1/policies/{}?region={division}", P::KIND.as_str());
    let work = move |tx: &mut Tx| -> Result<(PolicyVersion<P>, bool), Fault> {
        let once = conditions.once(tx, account, &digest, 201, Uuid::nil())?;
        tx.in_region(&division);
        tx.about_named("policies", P::KIND.as_str());
        if matches!(once, Once::First) {
            let now = tx.now();
            let valid_from = from.unwrap_or(now);
            if valid_from < now {
                return Err(Problem::field("/valid_from", Rule::InPast).into());
            }
            let (region, version, document) = (division.clone(), version.clone(), document.clone());
            let created_by = Some(account);
            policy::add(tx, &policy::Policy { region, kind: P::KIND, version, valid_from, document, created_by, created_at: now })?;
        }
        let kept = policy::by_version(tx, &division, P::KIND, &version)?;
        Ok((PolicyVersion::new(&kept)?, matches!(once, Once::Before(_))))
    };
    let (version, replayed) = services.store.write(work).await?;
    services.book.refresh(&services.store).await?;
    Ok(Reply::created(version, &at).replayed(replayed))
}

/// Read the policies of orders of a region.
///
/// 订单政策:现行版本与历次版本;每笔订单按下单当日的版本执行。
#[utoipa::path(get, path = "/v1/policies/orders", operation_id = "readOrderPolicies", params(PoliciesOf), security(()),
    responses((status = 200, description = "订单政策", body = PolicyVersions<OrderPolicy>)))]
pub async fn order_policies(services: Data<Services>, query: Query<PoliciesOf>) -> Answer<PolicyVersions<OrderPolicy>> {
    versions(&services, &query.0).await
}

/// Publish a new version of the policy of orders.
///
/// 发布订单政策新版本:自即刻或将来某时起生效;已下订单仍按原版本执行。
#[utoipa::path(post, path = "/v1/policies/orders", operation_id = "publishOrderPolicy", request_body = PublishPolicy<OrderPolicy>,
    responses((status = 201, description = "已发布的版本", body = PolicyVersion<OrderPolicy>)))]
pub async fn publish_order_policy(
    services: Data<Services>,
    actor: Actor<may::EditPolicy>,
    conditions: Conditions,
    body: Json<PublishPolicy<OrderPolicy>>,
) -> Answer<PolicyVersion<OrderPolicy>> {
    publish(&services, &actor, conditions, body).await
}

/// Reads the code of a division that is a region itself.
///
/// # Errors
/// Names the field.
pub fn region_itself(services: &Services, pointer: &str, raw: &str) -> Result<DivisionCode, Problem> {
    let division = code(pointer, raw)?;
    let region = services.book.region_of(&division).filter(|region| region.division == division);
    region.map(|region| region.division.clone()).ok_or_else(|| Problem::field(pointer, Rule::NotARegion))
}

fn check<P: Policy>(policy: &P) -> Result<(), Problem> {
    policy.check().map_err(|fault| {
        let pointer = format!("/policy/{}", fault.field.replace('.', "/"));
        match fault.rule.split_once(" to ") {
            Some((least, most)) if [least, most].iter().all(|bound| bound.parse::<i64>().is_ok()) => {
                Problem::field_with(pointer, Rule::OutOfRange, vec![least.to_owned(), most.to_owned()])
            }
            _ => Problem::field_with(pointer, Rule::Policy, vec![fault.rule]),
        }
    })?;
    // What was decided under the defaults keeps that name.
    if policy.version() == P::default().version() {
        return Err(Problem::from(Code::AlreadyExists).because(StoreError::Duplicate("policies.version".to_owned())));
    }
    Ok(())
}
