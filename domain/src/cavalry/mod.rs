//! The light cavalry 移动轻骑兵: volunteers from new forms of employment, who are on duty where they happen to be, and whom an emergency
//! nearby rings.

mod cell;
mod count;
mod policy;

pub use cell::cell;
pub use count::{DutyDay, by_day};
pub use policy::CavalryPolicy;

use crate::Timestamp;
use crate::days::later;
use crate::dispatch::{Candidate, Ineligible};
use crate::vocabulary;

vocabulary! {
    /// In which new form of employment somebody of the cavalry works.
    pub enum Employment = "employment-forms" {
        /// Brings parcels.
        Courier = "courier": "快递员", "courier", "nhân viên chuyển phát";
        /// Brings meals.
        FoodDelivery = "food_delivery": "外卖骑手", "food delivery rider", "người giao đồ ăn";
        /// Drives for a ride-hailing platform.
        RideHailing = "ride_hailing": "网约车司机", "ride-hailing driver", "tài xế xe công nghệ";
        /// Another form, or a craftsman on the road.
        Other = "other": "其他新就业群体", "another form", "hình thức khác";
    }
}

vocabulary! {
    /// Why a time on duty has ended.
    pub enum DutyEnd = "cavalry-duty-ends" {
        /// The person has gone off duty.
        Own = "own": "本人下线", "went off duty", "tự kết thúc";
        /// Nothing was heard of the person for too long.
        Silent = "silent": "长时间未更新位置", "no word for too long", "lâu không cập nhật";
        /// It had lasted as long as it may.
        Longest = "longest": "达到最长时限", "lasted as long as it may", "đạt thời hạn tối đa";
        /// The person does not serve as a volunteer any more, or not for a while.
        VolunteerStopped = "volunteer_stopped": "已暂停或退出志愿服务", "paused or left as a volunteer", "tạm dừng hoặc rời tình nguyện";
        /// The consent to be on record was withdrawn.
        ConsentWithdrawn = "consent_withdrawn": "撤回同意", "consent was withdrawn", "đã rút lại sự đồng ý";
        /// The person has left the cavalry, or is the same as another record.
        LeftCavalry = "left_cavalry": "已退出轻骑兵", "left the cavalry", "đã rời đội cơ động";
    }
}

/// What stands against somebody in the cavalry: whoever is not an active volunteer, has withdrawn the consent to be on record, or is not
/// known to be of age is neither enrolled nor on duty. `candidate` is as for a rescue.
#[must_use]
pub fn hindrances(candidate: &Candidate) -> Vec<Ineligible> {
    let rules = [(Ineligible::NotActive, !candidate.active), (Ineligible::NotOfAge, !candidate.of_age)];
    rules.into_iter().filter_map(|(rule, broken)| broken.then_some(rule)).collect()
}

/// When a time on duty ends by itself, and why, if nothing is heard any more: some time after the last word, at the latest some time
/// after it has begun.
#[must_use]
pub fn expires(since: Timestamp, heard: Timestamp, policy: &CavalryPolicy) -> (Timestamp, DutyEnd) {
    let (silent, longest) = (later(heard, policy.silent_minutes), later(since, policy.duty_minutes));
    if silent < longest { (silent, DutyEnd::Silent) } else { (longest, DutyEnd::Longest) }
}

#[cfg(test)]
mod tests {
    use super::{CavalryPolicy, DutyEnd, expires, hindrances};
    use crate::Timestamp;
    use crate::dispatch::{Candidate, Ineligible};
    use crate::order::Taker;
    use crate::policy::Policy as _;
    use chrono::TimeDelta;
    use uuid::Uuid;

    #[test]
    fn silence_ends_it_and_so_does_the_longest_time() {
        let policy = CavalryPolicy::default();
        policy.check().unwrap();
        let since: Timestamp = "2026-09-07T01:00:00Z".parse().unwrap();
        assert_eq!(expires(since, since, &policy), (since + TimeDelta::hours(4), DutyEnd::Silent));
        let heard = since + TimeDelta::hours(7);
        assert_eq!(expires(since, heard, &policy), (since + TimeDelta::hours(11), DutyEnd::Silent));
        assert_eq!(expires(since, heard + TimeDelta::hours(1), &policy), (since + TimeDelta::hours(12), DutyEnd::Longest));
    }

    #[test]
    fn only_adults_who_serve_ride() {
        let of = |active, of_age| Candidate {
            taker: Taker::Person(Uuid::from_u128(1)),
            active,
            certificates: Vec::new(),
            insured: Vec::new(),
            of_age,
            belongs: true,
            busy: Vec::new(),
        };
        assert_eq!(hindrances(&of(true, true)), []);
        assert_eq!(hindrances(&of(false, false)), [Ineligible::NotActive, Ineligible::NotOfAge]);
    }

    #[test]
    fn a_policy_names_its_wrong_number() {
        let wrong = CavalryPolicy { cell_metres: 10, ..CavalryPolicy::default() };
        assert_eq!(wrong.check().unwrap_err().field, "cell_metres");
        let wrong = CavalryPolicy { duty_minutes: 60, silent_minutes: 120, ..CavalryPolicy::default() };
        assert_eq!(wrong.check().unwrap_err().field, "silent_minutes");
    }
}
