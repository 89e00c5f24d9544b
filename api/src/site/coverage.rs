//! The 1+2+N table: how many sites of each kind divisions have, and what they lack.

use std::collections::BTreeMap;

use actix_web::web::Data;
use domain::region::{DivisionCode, Level};
use domain::site::{SiteKind, SitePolicy, SiteTier, Standing, missing};
use domain::vocabulary::Vocabulary as _;
use persistence::region::Division;
use persistence::{Tx, site};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::{Fault, Problem};
use crate::region;
use crate::region::policy::in_force;
use crate::services::Services;

/// Every endpoint of the table.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["sites": coverage]
}

/// So many divisions lie directly below one at most: no real one has a tenth of them.
const PARTS_AT_MOST: i64 = 10_000;

/// Of which division.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoverageOf {
    /// The division; it and those directly below it are told.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
}

/// How many sites there are of a kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SiteCount {
    /// The kind.
    kind: SiteKind,
    /// How many are in use.
    sites: i64,
}

/// What a division lacks of a tier.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MissingSites {
    /// The tier of the 1+2+N scheme.
    tier: SiteTier,
    /// How many there are to be, by the policy.
    needed: i64,
    /// How many there are.
    there: i64,
}

/// The sites of a division, with all below it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SitesOfDivision {
    /// The division.
    division: String,
    /// Its name.
    name: String,
    /// How many sites there are of each kind.
    counts: Vec<SiteCount>,
    /// What it lacks; empty where it lacks nothing, or where nothing is expected of it.
    missing: Vec<MissingSites>,
    /// The version of the policy by which that was judged; null where nothing is expected.
    policy_version: Option<String>,
}

/// The 1+2+N table of a division.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SiteCoverage {
    /// The division itself.
    whole: SitesOfDivision,
    /// The divisions directly below it, by code.
    parts: Vec<SitesOfDivision>,
}

/// What is known when the table is made.
struct Counting<'a> {
    services: &'a Services,
    counts: Vec<(DivisionCode, SiteKind, i64)>,
    policies: BTreeMap<DivisionCode, SitePolicy>,
}

impl Counting<'_> {
    fn standing(&self, division: &DivisionCode) -> (Standing, Option<DivisionCode>) {
        match self.services.book.region_of(division) {
            Some(region) if region.division == *division => (Standing::Region, Some(region.division.clone())),
            Some(region) if division.level() != Level::Grid => (Standing::Within, Some(region.division.clone())),
            Some(_) | None => (Standing::Beside, None),
        }
    }

    fn policy(&mut self, tx: &mut Tx, region: &DivisionCode) -> Result<SitePolicy, Fault> {
        if let Some(policy) = self.policies.get(region) {
            return Ok(policy.clone());
        }
        let now = tx.now();
        let policy: SitePolicy = in_force(tx, region, now)?;
        self.policies.insert(region.clone(), policy.clone());
        Ok(policy)
    }

    fn row(&mut self, tx: &mut Tx, of: Division) -> Result<SitesOfDivision, Fault> {
        let ranges = persistence::region::ranges(tx, &of.code)?;
        let mut counts: BTreeMap<SiteKind, i64> = SiteKind::ALL.iter().map(|kind| (*kind, 0)).collect();
        for (_, kind, count) in self.counts.iter().filter(|(code, ..)| persistence::region::lies_in(code, &ranges)) {
            *counts.entry(*kind).or_default() += count;
        }
        let (standing, region) = self.standing(&of.code);
        let policy = region.map(|region| self.policy(tx, &region)).transpose()?;
        let lacks = policy.as_ref().map(|policy| missing(policy, standing, &counts)).unwrap_or_default();
        let lacks = lacks.into_iter().map(|lack| MissingSites { tier: lack.tier, needed: lack.needed, there: lack.there });
        Ok(SitesOfDivision {
            division: of.code.to_string(),
            name: of.name,
            counts: counts.into_iter().map(|(kind, sites)| SiteCount { kind, sites }).collect(),
            missing: lacks.collect(),
            policy_version: policy.map(|policy| policy.version),
        })
    }
}

/// Read the 1+2+N table of a division.
///
/// “1+2+N”阵地布局:本区划及其下一级各有多少阵地、缺什么;应有数量见阵地政策。
#[utoipa::path(get, path = "/v1/site-coverage", operation_id = "readSiteCoverage", params(CoverageOf), security(()),
    responses((status = 200, description = "阵地布局", body = SiteCoverage)))]
pub async fn coverage(services: Data<Services>, query: Query<CoverageOf>) -> Answer<SiteCoverage> {
    let (asked, shared) = (region::code("division", &query.0.division)?, services.clone());
    let work = move |tx: &mut Tx| -> Result<SiteCoverage, Fault> {
        let division = region::known(tx, "division", &asked)?;
        let parts = persistence::region::children(tx, &division.code, None, PARTS_AT_MOST)?;
        let counts = site::counts(tx, &division.code)?;
        let mut counting = Counting { services: &shared, counts, policies: BTreeMap::new() };
        let whole = counting.row(tx, division)?;
        let parts = parts.into_iter().map(|part| counting.row(tx, part)).collect::<Result<_, _>>()?;
        Ok(SiteCoverage { whole, parts })
    };
    Ok(Reply::ok(services.store.read::<_, Fault>(work).await.map_err(Problem::from)?))
}
