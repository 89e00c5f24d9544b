//! Partnerships 共建: what organisations promise to share, for how long, and how much of it.

use chrono::NaiveDate;

use super::OrganisationKind;
use crate::vocabulary;

vocabulary! {
    /// What kind of partnership it is.
    pub enum PartnershipKind = "partnership-kinds" {
        /// 社医共建: free clinics.
        Medical = "medical": "社医共建", "with hospitals and clinics", "hợp tác với cơ sở y tế";
        /// 社校共建: care after school.
        School = "school": "社校共建", "with schools and universities", "hợp tác với trường học";
        /// 社商共建: discounts.
        Merchant = "merchant": "社商共建", "with merchants and enterprises", "hợp tác với doanh nghiệp";
        /// 村社共建: shared resources.
        Village = "village": "村社共建", "with villages and communities", "hợp tác với thôn, khu dân cư";
    }
}

vocabulary! {
    /// Where a partnership stands.
    pub enum PartnershipState = "partnership-states" {
        /// Not every party has agreed yet.
        Proposed = "proposed": "待各方同意", "proposed", "chờ các bên đồng ý";
        /// Every party has agreed. What was pledged can be used within the term.
        Active = "active": "已生效", "active", "có hiệu lực";
        /// It was declined or ended early.
        Ended = "ended": "已终止", "ended", "đã kết thúc";
    }
}

vocabulary! {
    /// Why a partnership was ended.
    pub enum PartnershipEnd = "partnership-ends" {
        /// A party does not agree.
        Declined = "declined": "不同意", "declined", "không đồng ý";
        /// The parties have agreed to end it.
        ByAgreement = "by_agreement": "协商终止", "by agreement", "theo thỏa thuận";
        /// A party has not kept what it promised.
        NotKept = "not_kept": "未履行承诺", "promise not kept", "không thực hiện cam kết";
        /// A party no longer exists.
        PartyGone = "party_gone": "一方已不存在", "a party is gone", "một bên không còn tồn tại";
    }
}

impl PartnershipKind {
    /// The kinds of organisations of which one at least is a party.
    #[must_use]
    pub const fn partners(self) -> &'static [OrganisationKind] {
        match self {
            Self::Medical => &[OrganisationKind::Hospital],
            Self::School => &[OrganisationKind::University, OrganisationKind::School],
            Self::Merchant => &[OrganisationKind::Merchant, OrganisationKind::Enterprise],
            Self::Village => &[OrganisationKind::Committee],
        }
    }

    /// Whether these are parties of such a partnership.
    #[must_use]
    pub fn fits(self, parties: &[OrganisationKind]) -> bool {
        parties.iter().any(|party| self.partners().contains(party))
    }
}

/// The days on which what was pledged can be used; both count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

impl Term {
    /// Whether a day lies in it.
    #[must_use]
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::{PartnershipKind, Term};
    use crate::organisation::OrganisationKind;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn each_kind_has_a_party_of_its_own_and_teams_fit_none() {
        for kind in PartnershipKind::ALL.iter().copied() {
            assert!(!kind.fits(&[OrganisationKind::VolunteerTeam, OrganisationKind::PartyBranch]), "{kind}");
            assert!(kind.partners().iter().all(|party| kind.fits(&[OrganisationKind::VolunteerTeam, *party])), "{kind}");
        }
        assert!(!PartnershipKind::Medical.fits(&[OrganisationKind::School]));
    }

    #[test]
    fn both_ends_of_a_term_count() {
        let day = |text: &str| text.parse().unwrap();
        let term = Term { from: day("2026-09-01"), until: day("2026-09-30") };
        assert!(term.contains(day("2026-09-01")) && term.contains(day("2026-09-30")));
        assert!(!term.contains(day("2026-08-31")) && !term.contains(day("2026-10-01")));
    }
}
