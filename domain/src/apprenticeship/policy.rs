//! The numbers of apprenticeships that a region may set.

use super::ApprenticeStage;
use crate::person::CraftLevel;
use crate::policy::{Policy, PolicyFault, PolicyKind, check_version, fault, within};

/// What a stage asks for before the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ApprenticeStageRule))]
pub struct StageRule {
    /// The stage.
    pub stage: ApprenticeStage,
    /// It lasts so many full days at least.
    pub days: i64,
    /// So many works are made in it at least; withdrawn ones do not count.
    pub works: i64,
}

/// How a craft is passed on. A region publishes versions of it; an apprenticeship keeps the version by which it was proposed until it
/// is over: what was promised to an apprentice stays.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApprenticeshipPolicy {
    /// The name of this version.
    pub version: String,
    /// A master has so many apprentices at once at most.
    pub most_apprentices: i64,
    /// Masters are certified for the craft at this level at least.
    pub master_level: CraftLevel,
    /// The stages, in order.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 3))]
    pub stages: Vec<StageRule>,
}

/// How far an apprentice has come in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Full days since it began.
    pub days: i64,
    /// Works that were made in it and not withdrawn.
    pub works: i64,
}

/// What a stage still lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{days} days and {works} works are lacking")]
pub struct Shortfall {
    /// Days that have yet to pass.
    pub days: i64,
    /// Works that are yet to be made.
    pub works: i64,
}

impl StageRule {
    /// Whether the stage is done.
    ///
    /// # Errors
    /// [`Shortfall`] says what it lacks.
    pub fn is_done(&self, progress: Progress) -> Result<(), Shortfall> {
        let lacks = Shortfall { days: (self.days - progress.days).max(0), works: (self.works - progress.works).max(0) };
        if lacks.days == 0 && lacks.works == 0 { Ok(()) } else { Err(lacks) }
    }
}

impl ApprenticeshipPolicy {
    /// What a stage asks for; `None` where there is no such stage.
    #[must_use]
    pub fn rule(&self, stage: ApprenticeStage) -> Option<StageRule> {
        self.stages.iter().copied().find(|rule| rule.stage == stage)
    }

    /// The stage that follows; `None` after the last one.
    #[must_use]
    pub fn after(&self, stage: ApprenticeStage) -> Option<ApprenticeStage> {
        self.stages.iter().map(|rule| rule.stage).find(|next| *next > stage)
    }
}

impl Default for ApprenticeshipPolicy {
    fn default() -> Self {
        let rule = |stage, days, works| StageRule { stage, days, works };
        Self {
            version: "default-1".to_owned(),
            most_apprentices: 6,
            master_level: CraftLevel::Senior,
            stages: vec![
                rule(ApprenticeStage::Beginner, 30, 1),
                rule(ApprenticeStage::Learning, 180, 3),
                rule(ApprenticeStage::Journeyman, 90, 1),
            ],
        }
    }
}

impl Policy for ApprenticeshipPolicy {
    const KIND: PolicyKind = PolicyKind::Apprenticeships;

    fn version(&self) -> &str {
        &self.version
    }

    fn check(&self) -> Result<(), PolicyFault> {
        check_version(&self.version)?;
        within("most_apprentices", self.most_apprentices, 1..=50)?;
        for (index, rule) in self.stages.iter().enumerate() {
            within(&format!("stages.{index}.days"), rule.days, 0..=3660)?;
            within(&format!("stages.{index}.works"), rule.works, 0..=100)?;
        }
        let stages: Vec<ApprenticeStage> = self.stages.iter().map(|rule| rule.stage).collect();
        let ordered = stages.iter().zip(stages.iter().skip(1)).all(|(one, next)| one < next);
        if ordered && !stages.is_empty() { Ok(()) } else { fault("stages", "each stage once, in order, one at least") }
    }
}
