//! Who may see plain values of a person, and what for. Everything is masked otherwise.

use crate::order::State;
use crate::vocabulary;

vocabulary! {
    /// What of a person can be shown plainly.
    pub enum UnmaskField = "unmask-fields" {
        /// The full name.
        Name = "name": "姓名", "full name", "họ tên";
        /// The telephone number.
        Phone = "phone": "手机号", "phone number", "số điện thoại";
        /// The identity document.
        Document = "document": "证件", "identity document", "giấy tờ tùy thân";
        /// The birth date.
        BirthDate = "birth_date": "出生日期", "birth date", "ngày sinh";
    }
}

vocabulary! {
    /// What plain values are needed for.
    pub enum UnmaskPurpose = "unmask-purposes" {
        /// To reach the person served about an order.
        ContactForOrder = "contact_for_order": "为订单联系", "to make contact about an order", "liên hệ về đơn";
        /// To check that somebody is who they say.
        Verification = "verification": "核验身份", "to verify identity", "xác minh danh tính";
        /// Life, health or property is in danger.
        Emergency = "emergency": "紧急情况", "emergency", "trường hợp khẩn cấp";
        /// A law obliges the one who asks.
        StatutoryDuty = "statutory_duty": "法定职责", "statutory duty", "nghĩa vụ luật định";
        /// To mend a wrong record.
        Correction = "correction": "更正信息", "to correct the record", "đính chính thông tin";
    }
}

/// The order that is cited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CitedOrder {
    /// Whether it is for this person.
    pub is_for_person: bool,
    /// Where it stands.
    pub state: State,
    /// Whether the one who asks handles it: station, division above, or grid.
    pub handles: bool,
    /// Whether the one who asks serves it.
    pub serves: bool,
}

/// What is known when somebody asks for plain values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnmaskFacts<'a> {
    /// What for.
    pub purpose: UnmaskPurpose,
    /// Which values.
    pub fields: &'a [UnmaskField],
    /// Whether the one who asks keeps the records of the division where the person lives.
    pub in_scope: bool,
    /// The order that is cited, if one is.
    pub order: Option<CitedOrder>,
    /// Whether the person is under 18.
    pub is_minor: bool,
    /// Whether a second person has approved of exactly this, and the approval holds.
    pub is_approved: bool,
}

/// Why plain values are not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnmaskRefusal {
    /// The person is none of theirs.
    #[error("the person is out of reach")]
    OutOfReach,
    /// This purpose needs an order, or an order goes with another purpose.
    #[error("an order goes with contact for an order, and only with that")]
    OrderMismatch,
    /// The order gives no reason now.
    #[error("the order is not open, or not one that they handle or serve now")]
    NoLiveReason,
    /// The purpose does not need this value.
    #[error("the purpose does not need the {0}")]
    NotNeeded(UnmaskField),
    /// A minor's data need a second person's approval (未成年人网络保护条例, 36).
    #[error("a second person must approve")]
    ApprovalNeeded,
}

impl UnmaskPurpose {
    /// Whether this value serves the purpose: contact needs no more than whom to ask for and where to ring.
    #[must_use]
    pub const fn needs(self, field: UnmaskField) -> bool {
        match self {
            Self::ContactForOrder => matches!(field, UnmaskField::Name | UnmaskField::Phone),
            Self::Verification | Self::Emergency | Self::StatutoryDuty | Self::Correction => true,
        }
    }
}

/// Whether there is a reason to ask at all; a minor's data also need [`may_unmask`]'s approval.
///
/// # Errors
/// [`UnmaskRefusal`].
pub fn has_reason(facts: &UnmaskFacts<'_>) -> Result<(), UnmaskRefusal> {
    match (facts.purpose, facts.order) {
        (UnmaskPurpose::ContactForOrder, Some(order)) => {
            if !order.is_for_person {
                return Err(UnmaskRefusal::OutOfReach);
            }
            let handles = order.handles && order.state.is_open();
            let serves = order.serves && matches!(order.state, State::Accepted | State::Serving);
            if !handles && !serves {
                return Err(UnmaskRefusal::NoLiveReason);
            }
        }
        (UnmaskPurpose::ContactForOrder, None) => return Err(UnmaskRefusal::OrderMismatch),
        (_, Some(_)) => return Err(UnmaskRefusal::OrderMismatch),
        (_, None) if !facts.in_scope => return Err(UnmaskRefusal::OutOfReach),
        (_, None) => {}
    }
    match facts.fields.iter().find(|field| !facts.purpose.needs(**field)) {
        Some(field) => Err(UnmaskRefusal::NotNeeded(*field)),
        None => Ok(()),
    }
}

/// Whether the values may be shown.
///
/// # Errors
/// [`UnmaskRefusal`].
pub fn may_unmask(facts: &UnmaskFacts<'_>) -> Result<(), UnmaskRefusal> {
    has_reason(facts)?;
    if facts.is_minor && !facts.is_approved { Err(UnmaskRefusal::ApprovalNeeded) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Vocabulary as _;
    use proptest::prelude::*;

    const PHONE: &[UnmaskField] = &[UnmaskField::Phone];

    fn contact(order: CitedOrder) -> UnmaskFacts<'static> {
        let purpose = UnmaskPurpose::ContactForOrder;
        UnmaskFacts { purpose, fields: PHONE, in_scope: false, order: Some(order), is_minor: false, is_approved: false }
    }

    const SERVED: CitedOrder = CitedOrder { is_for_person: true, state: State::Accepted, handles: false, serves: true };

    #[test]
    fn a_taker_reaches_the_person_served_while_the_order_is_theirs() {
        for state in State::ALL.iter().copied() {
            let shown = may_unmask(&contact(CitedOrder { state, ..SERVED })).is_ok();
            assert_eq!(shown, matches!(state, State::Accepted | State::Serving), "{state}");
            let station = may_unmask(&contact(CitedOrder { state, handles: true, serves: false, ..SERVED })).is_ok();
            assert_eq!(station, state.is_open(), "{state}");
        }
        let other = contact(CitedOrder { is_for_person: false, ..SERVED });
        assert_eq!(may_unmask(&other), Err(UnmaskRefusal::OutOfReach));
        let document = UnmaskFacts { fields: &[UnmaskField::Phone, UnmaskField::Document], ..contact(SERVED) };
        assert_eq!(may_unmask(&document), Err(UnmaskRefusal::NotNeeded(UnmaskField::Document)));
    }

    proptest! {
        #[test]
        fn a_minors_data_are_never_shown_without_approval(
            purpose in proptest::sample::select(UnmaskPurpose::ALL), in_scope: bool, cited: bool, handles: bool, serves: bool,
            state in proptest::sample::select(State::ALL),
        ) {
            let order = cited.then_some(CitedOrder { is_for_person: true, state, handles, serves });
            let facts = UnmaskFacts { purpose, fields: PHONE, in_scope, order, is_minor: true, is_approved: false };
            prop_assert!(may_unmask(&facts).is_err());
            let approved = UnmaskFacts { is_approved: true, ..facts };
            prop_assert_eq!(may_unmask(&approved), has_reason(&facts), "approval replaces no reason");
            let adult = UnmaskFacts { is_minor: false, ..facts };
            prop_assert_eq!(may_unmask(&adult), has_reason(&facts));
            if !in_scope && !cited {
                prop_assert!(may_unmask(&adult).is_err(), "nobody sees what is out of reach");
            }
        }
    }
}
