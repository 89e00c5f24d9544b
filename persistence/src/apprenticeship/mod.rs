//! Apprenticeships 匠心传承, the stages that were done, and what apprentices have made.

mod count;
mod pass;
mod record;
mod stage;
mod work;

pub use count::{CraftTally, tally};
pub(crate) use pass::{forget, hand_over};
pub(crate) use record::EVIDENCE;
pub use record::{
    Agreed, Apprenticeship, ApprenticeshipFilter, add, apprentices_of, keep_certification, lapsing, load, newest, of_people, save,
};
pub use stage::{StageDone, add_stage, stages_of};
pub(crate) use work::{DESCRIPTION, TITLE};
pub use work::{Work, add_work, count_works, load_work, save_work, shown, works_of};
