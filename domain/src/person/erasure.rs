//! Erasing a person: what stands against it, and what stays under a pseudonym and until when.

use chrono::{Months, NaiveDate};

use super::PrivacyPolicy;
use crate::vocabulary;

vocabulary! {
    /// What must end before a person can be erased.
    pub enum ErasureObstacle = "erasure-obstacles" {
        /// An order for the person is not over.
        ServedByOrder = "served_by_order": "本人作为服务对象的订单未办结", "an order for the person is open", "đơn phục vụ người này chưa xong";
        /// An order that the person placed for another is not over.
        PlacedOrder = "placed_order": "本人代点的订单未办结", "an order placed for another is open", "đơn đặt hộ chưa xong";
        /// The person serves an order that is not over.
        ServesOrder = "serves_order": "本人承接的订单未办结", "serves an open order", "đang phục vụ đơn chưa xong";
        /// The person has an open offer.
        OpenOffer = "open_offer": "有待应答的派单", "has an open offer", "có lời mời chưa trả lời";
    }
}

vocabulary! {
    /// What is kept, under a pseudonym, because a law says so or totals rest on it.
    pub enum KeptRecord = "kept-records" {
        /// Orders with their steps, stars and minutes, without texts, places and photos.
        Orders = "orders": "订单环节与评分(不含文字、位置、照片)", "orders without texts, places and photos", "đơn không kèm văn bản, vị trí, ảnh";
        /// What the person served (志愿服务记录与证明出具办法; GB/T 40143-2021).
        ServiceRecords = "service_records": "志愿服务记录", "service records", "hồ sơ phục vụ";
        /// The opaque volunteer number.
        VolunteerNumber = "volunteer_number": "志愿者编号", "volunteer number", "mã tình nguyện viên";
        /// Who saw the person's data, and the consents, by ids and codes.
        AccessRecords = "access_records": "访问与同意记录(仅编号)", "records of access and consent, ids only", "hồ sơ truy cập và đồng ý, chỉ mã số";
    }
}

/// What is known when a person is to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureFacts {
    /// The open matters, each with how many there are.
    pub open: Vec<(ErasureObstacle, i64)>,
    /// Whether the person was ever served or placed an order.
    pub has_orders: bool,
    /// The day of the last service that the person gave.
    pub last_service: Option<NaiveDate>,
    /// Whether the person is or was a volunteer.
    pub is_volunteer: bool,
    /// The day on which it is asked for.
    pub day: NaiveDate,
}

/// A record that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Which.
    pub what: KeptRecord,
    /// Until when at least; for good, as a mere number, where there is no day.
    pub until: Option<NaiveDate>,
}

/// What is kept where nothing stands against erasing the rest.
///
/// # Errors
/// The open matters: the person is still needed by others, or owed something.
pub fn erase(facts: &ErasureFacts, policy: &PrivacyPolicy) -> Result<Vec<Kept>, Vec<(ErasureObstacle, i64)>> {
    let open: Vec<_> = facts.open.iter().copied().filter(|(_, count)| *count > 0).collect();
    if !open.is_empty() {
        return Err(open);
    }
    let after = |day: NaiveDate, months: u32| day.checked_add_months(Months::new(months));
    let served = facts
        .last_service
        .map(|day| Kept { what: KeptRecord::ServiceRecords, until: after(day, policy.service_record_years.saturating_mul(12)) });
    let orders = facts.has_orders.then_some(Kept { what: KeptRecord::Orders, until: None });
    let number = facts.is_volunteer.then_some(Kept { what: KeptRecord::VolunteerNumber, until: None });
    let access = Kept { what: KeptRecord::AccessRecords, until: after(facts.day, policy.access_record_months) };
    Ok([orders, served, number, Some(access)].into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> ErasureFacts {
        let day = |text: &str| text.parse().unwrap();
        ErasureFacts {
            open: Vec::new(),
            has_orders: true,
            last_service: Some(day("2026-02-28")),
            is_volunteer: true,
            day: day("2026-09-07"),
        }
    }

    #[test]
    fn what_a_law_keeps_is_told_with_its_day() {
        let kept = erase(&facts(), &PrivacyPolicy::default()).unwrap();
        let until = |what| kept.iter().find(|kept| kept.what == what).map(|kept| kept.until.map(|day| day.to_string()));
        assert_eq!(until(KeptRecord::ServiceRecords), Some(Some("2036-02-28".to_owned())));
        assert_eq!(until(KeptRecord::AccessRecords), Some(Some("2029-09-07".to_owned())));
        assert_eq!(until(KeptRecord::VolunteerNumber), Some(None));
        let nobody = ErasureFacts { has_orders: false, last_service: None, is_volunteer: false, ..facts() };
        assert_eq!(erase(&nobody, &PrivacyPolicy::default()).unwrap().len(), 1);
    }

    #[test]
    fn open_matters_stand_against_it() {
        let open = vec![(ErasureObstacle::ServesOrder, 2), (ErasureObstacle::OpenOffer, 0)];
        let refused = erase(&ErasureFacts { open, ..facts() }, &PrivacyPolicy::default()).unwrap_err();
        assert_eq!(refused, [(ErasureObstacle::ServesOrder, 2)]);
    }
}
