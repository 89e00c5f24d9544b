//! How an organisation comes to serve, and how it ends.

use crate::vocabulary;

vocabulary! {
    /// Where an organisation stands.
    pub enum OrganisationState = "organisation-states" {
        /// Being written down.
        Draft = "draft": "草稿", "draft", "bản nháp";
        /// Waits for somebody else to look at it.
        Submitted = "submitted": "待审核", "submitted", "chờ duyệt";
        /// Was looked at and sent back, with reasons.
        Refused = "refused": "未通过", "refused", "bị từ chối";
        /// Serves.
        Active = "active": "正常", "active", "hoạt động";
        /// Does not serve for a while.
        Suspended = "suspended": "暂停", "suspended", "tạm dừng";
        /// Is no more.
        Dissolved = "dissolved": "注销", "dissolved", "giải thể";
    }
}

vocabulary! {
    /// A step in the life of an organisation.
    pub enum OrganisationStep = "organisation-steps" {
        /// Hand in what is written down.
        Submit = "submit": "提交审核", "submit", "gửi duyệt";
        /// Let it serve.
        Activate = "activate": "审核通过", "activate", "duyệt";
        /// Send it back, with reasons.
        Refuse = "refuse": "不予通过", "refuse", "từ chối";
        /// Let it serve no more for a while.
        Suspend = "suspend": "暂停", "suspend", "tạm dừng";
        /// Let it serve again.
        Resume = "resume": "恢复", "resume", "khôi phục";
        /// End it.
        Dissolve = "dissolve": "注销", "dissolve", "giải thể";
    }
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepRefusal {
    /// Not from where it stands.
    #[error("it stands elsewhere")]
    State,
    /// The step needs a reason.
    #[error("a reason is needed")]
    Reason,
    /// It has neither a credit code nor a sponsor.
    #[error("a credit code or a sponsoring organisation is needed")]
    Identity,
}

impl OrganisationState {
    /// Whether what it is may be changed by whoever writes it down.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Refused)
    }

    /// Whether it lives: is written down, or serves, or will serve again.
    #[must_use]
    pub const fn lives(self) -> bool {
        !matches!(self, Self::Dissolved)
    }

    /// The steps that lead on from here.
    #[must_use]
    pub fn steps(self) -> Vec<OrganisationStep> {
        use crate::vocabulary::Vocabulary;
        OrganisationStep::ALL.iter().copied().filter(|step| step.from().contains(&self)).collect()
    }
}

impl OrganisationStep {
    /// The states from which it may be taken.
    #[must_use]
    pub const fn from(self) -> &'static [OrganisationState] {
        use OrganisationState::{Active, Draft, Refused, Submitted, Suspended};
        match self {
            Self::Submit => &[Draft, Refused],
            Self::Activate | Self::Refuse => &[Submitted],
            Self::Suspend => &[Active],
            Self::Resume => &[Suspended],
            Self::Dissolve => &[Active, Suspended],
        }
    }

    /// The state to which it leads.
    #[must_use]
    pub const fn to(self) -> OrganisationState {
        match self {
            Self::Submit => OrganisationState::Submitted,
            Self::Activate | Self::Resume => OrganisationState::Active,
            Self::Refuse => OrganisationState::Refused,
            Self::Suspend => OrganisationState::Suspended,
            Self::Dissolve => OrganisationState::Dissolved,
        }
    }

    /// Whether it is a decision.
    #[must_use]
    pub const fn is_decision(self) -> bool {
        match self {
            Self::Submit => false,
            Self::Activate | Self::Refuse | Self::Suspend | Self::Resume | Self::Dissolve => true,
        }
    }

    /// Whether it is for a second person: not who submitted it, nor who manages it. To suspend is not: it takes nothing that a
    /// second person cannot give back, and nobody must be able to stand in its way by an office that they were given.
    #[must_use]
    pub const fn needs_second_person(self) -> bool {
        self.is_decision() && !matches!(self, Self::Suspend)
    }

    /// Whether it must say why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        match self {
            Self::Submit | Self::Activate => false,
            Self::Refuse | Self::Suspend | Self::Resume | Self::Dissolve => true,
        }
    }

    /// Takes the step: where it leads. `identified` is whether it has a credit code or names its sponsor.
    ///
    /// # Errors
    /// [`StepRefusal`] says why not.
    pub fn take(self, state: OrganisationState, identified: bool, reasoned: bool) -> Result<OrganisationState, StepRefusal> {
        if !self.from().contains(&state) {
            return Err(StepRefusal::State);
        }
        if self.needs_reason() && !reasoned {
            return Err(StepRefusal::Reason);
        }
        if matches!(self, Self::Submit | Self::Activate) && !identified {
            return Err(StepRefusal::Identity);
        }
        Ok(self.to())
    }
}
