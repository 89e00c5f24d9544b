use crate::vocabulary;

vocabulary! {
    /// Where a volunteer stands.
    pub enum VolunteerState = "volunteer-states" {
        /// Has applied; a minor's application also waits for the guardian.
        Applied = "applied": "待审核", "applied", "chờ duyệt";
        /// Serves.
        Active = "active": "在岗", "active", "đang hoạt động";
        /// Does not serve for a while.
        Paused = "paused": "暂停", "paused", "tạm dừng";
        /// Has left.
        Left = "left": "已退出", "left", "đã rời";
        /// Was not taken on.
        Refused = "refused": "未通过", "refused", "bị từ chối";
        /// May not serve.
        Barred = "barred": "禁止服务", "barred", "bị cấm";
    }
}

impl VolunteerState {
    /// The states that may follow. Who has left, was refused or is no longer barred applies anew.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Applied => &[Self::Active, Self::Refused, Self::Left, Self::Barred],
            Self::Active => &[Self::Paused, Self::Left, Self::Barred],
            Self::Paused => &[Self::Active, Self::Left, Self::Barred],
            Self::Left | Self::Refused => &[Self::Applied, Self::Barred],
            Self::Barred => &[Self::Left],
        }
    }

    /// Whether that state may follow.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    /// Whether the person acts as a volunteer: who pauses still ends what they have accepted.
    #[must_use]
    pub const fn acts(self) -> bool {
        match self {
            Self::Active | Self::Paused => true,
            Self::Applied | Self::Left | Self::Refused | Self::Barred => false,
        }
    }

    /// Whether the volunteer may bring that state about alone; everything else needs a decision by staff.
    /// Nobody may be forced to serve (志愿服务条例, 25): everybody may pause and leave.
    #[must_use]
    pub const fn is_own_choice(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Applied | Self::Active | Self::Paused, Self::Left)
                | (Self::Active, Self::Paused)
                | (Self::Paused, Self::Active)
                | (Self::Left | Self::Refused, Self::Applied)
        )
    }

    /// The reasons for which staff may bring this state about; empty where none is asked for.
    #[must_use]
    pub const fn reasons(self) -> &'static [VolunteerReason] {
        use VolunteerReason as R;
        match self {
            Self::Applied => &[],
            Self::Active => &[R::Mended, R::OwnWish, R::Other],
            Self::Paused => &[R::OwnWish, R::Health, R::Inactive, R::Misconduct, R::FalseRecords, R::Other],
            Self::Left => &[R::OwnWish, R::Health, R::Moved, R::Inactive, R::Mended, R::Other],
            Self::Refused => &[R::Incomplete, R::IdentityUnclear, R::NoGuardianConsent, R::NotSuited, R::Other],
            Self::Barred => &[R::Misconduct, R::FalseRecords, R::TookPayment, R::Offence, R::Other],
        }
    }

    /// Whether staff must say why: for everything that keeps somebody from serving.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        match self {
            Self::Applied | Self::Active => false,
            Self::Paused | Self::Left | Self::Refused | Self::Barred => true,
        }
    }

    /// Checks why staff bring this state about.
    ///
    /// # Errors
    /// [`ReasonFault`] where the reason is missing, does not fit, or says nothing without a note.
    pub fn check_reason(self, reason: Option<VolunteerReason>, has_note: bool) -> Result<(), ReasonFault> {
        match reason {
            None if self.needs_reason() => Err(ReasonFault::Missing),
            None => Ok(()),
            Some(reason) if !self.reasons().contains(&reason) => Err(ReasonFault::NotFitting),
            Some(VolunteerReason::Other) if !has_note => Err(ReasonFault::NoteMissing),
            Some(_) => Ok(()),
        }
    }
}

vocabulary! {
    /// Why a volunteer stands elsewhere than before.
    pub enum VolunteerReason = "volunteer-reasons" {
        /// What was handed in is not complete.
        Incomplete = "incomplete": "材料不全", "incomplete", "hồ sơ chưa đủ";
        /// It is not clear who it is.
        IdentityUnclear = "identity_unclear": "身份存疑", "identity unclear", "danh tính chưa rõ";
        /// The guardian of a minor has not consented.
        NoGuardianConsent = "no_guardian_consent": "监护人未同意", "no consent of the guardian", "người giám hộ chưa đồng ý";
        /// Not suited for what is needed.
        NotSuited = "not_suited": "条件不符", "not suited", "không phù hợp";
        /// The volunteer wishes it.
        OwnWish = "own_wish": "本人意愿", "own wish", "nguyện vọng cá nhân";
        /// Illness, or the care for somebody who is ill.
        Health = "health": "健康或照护原因", "health or care", "lý do sức khỏe";
        /// Has moved away.
        Moved = "moved": "迁离", "moved away", "chuyển nơi ở";
        /// Has not served for long.
        Inactive = "inactive": "长期未服务", "inactive", "không hoạt động lâu";
        /// What stood against it is mended.
        Mended = "mended": "已整改", "mended", "đã khắc phục";
        /// Has acted against the rules of service.
        Misconduct = "misconduct": "违反服务规范", "misconduct", "vi phạm quy tắc";
        /// Has had hours recorded that were not served.
        FalseRecords = "false_records": "虚假服务记录", "false records", "ghi khống giờ";
        /// Has taken money for voluntary service.
        TookPayment = "took_payment": "收受报酬", "took payment", "nhận tiền công";
        /// An offence under investigation or established.
        Offence = "offence": "涉嫌违法犯罪", "offence", "vi phạm pháp luật";
        /// Something else, which the note says.
        Other = "other": "其他（须说明）", "other, with a note", "khác (ghi rõ)";
    }
}

/// Whether a reason fits a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReasonFault {
    /// There must be one.
    #[error("a reason is required")]
    Missing,
    /// It is a reason for something else.
    #[error("the reason does not fit")]
    NotFitting,
    /// What the other reason is must be said.
    #[error("a note is required")]
    NoteMissing,
}

vocabulary! {
    /// The level of a certified craft, the lowest first.
    pub enum CraftLevel = "craft-levels" {
        /// 初级.
        Junior = "junior": "初级", "junior", "sơ cấp";
        /// 中级.
        Intermediate = "intermediate": "中级", "intermediate", "trung cấp";
        /// 高级.
        Senior = "senior": "高级", "senior", "cao cấp";
    }
}

vocabulary! {
    /// What is done to a certification.
    pub enum CertificationEventKind = "certification-events" {
        /// It was given.
        Certified = "certified": "认证", "certified", "chứng nhận";
        /// It does not count for now.
        Suspended = "suspended": "暂停", "suspended", "đình chỉ";
        /// It counts again.
        Resumed = "resumed": "恢复", "resumed", "khôi phục";
    }
}

#[cfg(test)]
mod tests {
    use super::{CraftLevel, ReasonFault, VolunteerReason, VolunteerState};
    use crate::vocabulary::Vocabulary;

    #[test]
    fn the_table_of_a_volunteer() {
        let rows: Vec<String> = VolunteerState::ALL
            .iter()
            .map(|state| {
                let next = state.next().iter().map(|next| format!("{next}{}", if state.is_own_choice(*next) { "*" } else { "" }));
                format!("{state}: {}", next.collect::<Vec<_>>().join(" "))
            })
            .collect();
        let expected = [
            "applied: active refused left* barred",
            "active: paused* left* barred",
            "paused: active* left* barred",
            "left: applied* barred",
            "refused: applied* barred",
            "barred: left",
        ];
        assert_eq!(rows, expected, "* marks what the volunteer may do alone");
    }

    #[test]
    fn an_own_choice_is_always_possible_and_never_stays() {
        for from in VolunteerState::ALL {
            for to in VolunteerState::ALL {
                assert!(!from.is_own_choice(*to) || from.may_become(*to), "{from} {to}");
            }
            assert!(!from.may_become(*from));
        }
    }

    #[test]
    fn who_is_kept_from_serving_is_told_why() {
        for state in VolunteerState::ALL {
            assert_eq!(state.check_reason(None, true), if state.needs_reason() { Err(ReasonFault::Missing) } else { Ok(()) }, "{state}");
            for reason in VolunteerReason::ALL {
                let expected = match (state.reasons().contains(reason), reason) {
                    (false, _) => Err(ReasonFault::NotFitting),
                    (true, VolunteerReason::Other) => Err(ReasonFault::NoteMissing),
                    (true, _) => Ok(()),
                };
                assert_eq!(state.check_reason(Some(*reason), false), expected, "{state} {reason}");
            }
        }
        assert_eq!(VolunteerState::Barred.check_reason(Some(VolunteerReason::Other), true), Ok(()));
    }

    #[test]
    fn levels_are_in_order() {
        assert!(CraftLevel::Junior < CraftLevel::Intermediate && CraftLevel::Intermediate < CraftLevel::Senior);
    }
}
