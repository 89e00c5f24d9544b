//! Apprenticeships 匠心传承: a master passes a craft on to an apprentice, in stages, and what the apprentice makes on the way.

mod policy;
mod state;
mod work;

#[cfg(test)]
mod tests;

pub use policy::{ApprenticeshipPolicy, Progress, Shortfall, StageRule};
pub use state::{ApprenticeStage, ApprenticeshipEnd, ApprenticeshipSide, ApprenticeshipState, ApprenticeshipStep};
pub use work::{Exhibition, ExhibitionFault, ExhibitionKind};
