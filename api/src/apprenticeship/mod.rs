//! Apprenticeships 匠心传承 over HTTP: proposed, agreed to, taken from stage to stage, and what is made on the way.

mod advance;
mod agree;
pub(crate) mod clock;
mod count;
mod end;
mod policy;
mod propose;
mod read;
mod rule;
mod shown;
mod view;
mod work;

pub(crate) use end::end_for;
pub(crate) use view::{ExportedApprenticeship, of_people};

use crate::endpoint::Endpoint;

/// Every endpoint of apprenticeships.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        propose::endpoints(),
        agree::endpoints(),
        advance::endpoints(),
        end::endpoints(),
        read::endpoints(),
        work::endpoints(),
        shown::endpoints(),
        count::endpoints(),
        policy::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
