//! Erasing what is past its time 留存: the job, its worker, and its reports.

pub mod job;
pub mod policy;
pub mod report;
pub mod worker;

use crate::endpoint::Endpoint;

/// Every endpoint of retention.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [policy::endpoints(), report::endpoints()].into_iter().flatten().collect()
}
