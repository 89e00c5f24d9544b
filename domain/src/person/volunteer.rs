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

#[cfg(test)]
mod tests {
    use super::{CraftLevel, VolunteerState};
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
    fn levels_are_in_order() {
        assert!(CraftLevel::Junior < CraftLevel::Intermediate && CraftLevel::Intermediate < CraftLevel::Senior);
    }
}
