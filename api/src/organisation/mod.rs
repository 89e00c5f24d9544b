//! Organisations 组织 over HTTP: teams and others that take orders, and who belongs to them.

pub mod member;
pub mod record;

use crate::endpoint::Endpoint;

/// Every endpoint of organisations.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [record::endpoints(), member::endpoints()].into_iter().flatten().collect()
}
