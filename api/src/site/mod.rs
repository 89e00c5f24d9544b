//! Sites 阵地 over HTTP: what they are and when they are open, which are near, and what a division lacks of the 1+2+N scheme.

pub mod coverage;
pub mod hours;
pub mod nearest;
pub mod policy;
pub mod record;
pub mod view;

use crate::endpoint::Endpoint;

/// Every endpoint of sites.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [record::endpoints(), nearest::endpoints(), coverage::endpoints(), policy::endpoints()].into_iter().flatten().collect()
}
