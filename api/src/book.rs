//! The regions and their policies, as this process knows them: few rows that every order asks for.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use chrono_tz::Tz;
use domain::order::OrderPolicy;
use domain::policy::PolicyKind;
use domain::region::DivisionCode;
use persistence::{Store, Tx, policy, region};

use crate::problem::{Fault, Problem};

/// A region with its time zone and its policies, newest first.
#[derive(Clone, Debug)]
pub struct KnownRegion {
    /// The division that is the region.
    pub division: DivisionCode,
    /// Its time zone.
    pub zone: Tz,
    policies: Vec<(domain::Timestamp, Arc<OrderPolicy>)>,
}

impl KnownRegion {
    /// The policy of orders in force at a moment: the region's, else the default.
    #[must_use]
    pub fn policy_at(&self, at: domain::Timestamp) -> Arc<OrderPolicy> {
        let found = self.policies.iter().find(|(from, _)| *from <= at);
        found.map_or_else(|| Arc::new(OrderPolicy::default()), |(_, policy)| Arc::clone(policy))
    }

    fn policy(&self, version: &str) -> Option<Arc<OrderPolicy>> {
        self.policies.iter().find(|(_, policy)| policy.version == version).map(|(_, policy)| Arc::clone(policy))
    }
}

/// Every region that this process knows.
#[derive(Debug, Default)]
pub struct Book(RwLock<Arc<HashMap<DivisionCode, Arc<KnownRegion>>>>);

impl Book {
    /// Reads the regions and policies again.
    ///
    /// # Errors
    /// The database's.
    pub async fn refresh(&self, store: &Store) -> Result<(), Problem> {
        let regions = store.read::<_, Fault>(read).await?;
        if let Ok(mut held) = self.0.write() {
            *held = Arc::new(regions);
        }
        Ok(())
    }

    /// The region that a division lies in: the nearest at or above.
    #[must_use]
    pub fn region_of(&self, division: &DivisionCode) -> Option<Arc<KnownRegion>> {
        let regions = self.0.read().ok()?;
        division.lineage().iter().find_map(|code| regions.get(code).cloned())
    }

    /// Every region.
    #[must_use]
    pub fn regions(&self) -> Vec<Arc<KnownRegion>> {
        self.0.read().map(|regions| regions.values().cloned().collect()).unwrap_or_default()
    }

    /// The policy that an order was placed under, and its region's time zone. A version that another replica has made
    /// since is read from the database.
    ///
    /// # Errors
    /// The region or the version is gone, which is a defect.
    pub fn of_order(&self, tx: &mut Tx, order: &domain::order::Order) -> Result<(Arc<OrderPolicy>, Tz), Fault> {
        let default = OrderPolicy::default();
        let region = self.region_of(&order.region).ok_or_else(|| Problem::internal(format!("no region {}", order.region)))?;
        if order.policy_version == default.version {
            return Ok((Arc::new(default), region.zone));
        }
        if let Some(policy) = region.policy(&order.policy_version) {
            return Ok((policy, region.zone));
        }
        let kept = policy::by_version(tx, &order.region, PolicyKind::Orders, &order.policy_version)?;
        Ok((Arc::new(parse(&kept.document)?), region.zone))
    }
}

fn read(tx: &mut Tx) -> Result<HashMap<DivisionCode, Arc<KnownRegion>>, Fault> {
    let mut regions = HashMap::new();
    for region in region::regions(tx)? {
        let zone = region.zone.parse().map_err(|_| Problem::internal(format!("zone {}", region.zone)))?;
        let mut policies = Vec::new();
        for kept in policy::list(tx, &region.division, PolicyKind::Orders)? {
            policies.push((kept.valid_from, Arc::new(parse(&kept.document)?)));
        }
        policies.sort_by_key(|(from, _)| std::cmp::Reverse(*from));
        regions.insert(region.division.clone(), Arc::new(KnownRegion { division: region.division, zone, policies }));
    }
    Ok(regions)
}

fn parse(document: &str) -> Result<OrderPolicy, Problem> {
    serde_json::from_str(document).map_err(Problem::internal)
}
