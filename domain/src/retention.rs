//! How long records are kept 留存: by kind of record, never under what the law says, and erased when their time is over.
//!
//! What counts no more within hours or days (idempotency keys, used assertions, failed sign-ins, verdicts that nobody waits for)
//! is no record: whoever keeps it sweeps it.

use chrono::TimeDelta;

use crate::Timestamp;
use crate::policy::{Policy, PolicyFault, PolicyKind, check_version, within};
use crate::vocabulary;

vocabulary! {
    /// A kind of record that is erased when its time is over.
    pub enum RecordKind = "record-kinds" {
        /// What entries of the audit log say. Their hashes stay.
        Audit = "audit": "审计记录的内容（哈希保留）", "what entries of the audit log say; hashes stay", "nội dung nhật ký kiểm toán (giữ lại mã băm)";
        /// Who was shown or given personal data in plain: the entries of the audit log about it, and the records of access.
        Provisions = "provisions": "提供个人信息明文的记录", "records of plain personal data that was shown or given", "hồ sơ cung cấp dữ liệu cá nhân gốc";
        /// Texts, places and photos of orders that have ended. Their steps, stars and minutes stay.
        Orders = "orders": "已办结订单的文字、位置与照片", "texts, places and photos of ended orders", "văn bản, vị trí và ảnh của đơn đã kết thúc";
        /// Texts and hotline tickets of needs that were closed or dropped. Their steps, tags and places in lists stay.
        Demands = "demands": "已办结需求的文字与热线工单号", "texts and hotline tickets of ended needs", "văn bản và mã phiếu của nhu cầu đã kết thúc";
        /// Sessions that are over, with their refresh tokens.
        Sessions = "sessions": "已失效的登录会话", "sessions that are over", "phiên đăng nhập đã hết hạn";
    }
}

impl RecordKind {
    /// For how many days the law wants it kept at least; a region may keep it longer.
    ///
    /// Six months for logs of the network (网络安全法, 21), which sign-ins are, too: up to 184 days. Three years for what was
    /// provided to others (个人信息保护法, 55 and 56): up to 1096 days. Ten years for records of voluntary service (GB/T 40143-2021):
    /// up to 3653 days. No law has a time for needs: a year, so that whoever checks the lists of that year can read what was needed.
    #[must_use]
    pub const fn least_days(self) -> i32 {
        match self {
            Self::Audit | Self::Sessions => 184,
            Self::Provisions => 1096,
            Self::Orders => 3653,
            Self::Demands => 366,
        }
    }

    /// For how many days it is kept at most: a century; what belongs to the installation as a whole, and a single region may
    /// prolong for all, ten years, and sessions three.
    #[must_use]
    pub const fn most_days(self) -> i32 {
        match self {
            Self::Audit | Self::Orders | Self::Demands => 36_525,
            Self::Provisions => 3653,
            Self::Sessions => 1096,
        }
    }

    /// Whether it belongs to a region, or to the installation as a whole, for which the longest time of all regions counts.
    #[must_use]
    pub const fn is_of(self, installation: bool) -> bool {
        match self {
            Self::Audit | Self::Provisions => true,
            Self::Orders | Self::Demands => !installation,
            Self::Sessions => installation,
        }
    }
}

/// The operations of the contract that show or hand out personal data in plain, or decide on that.
pub const PROVISIONS: [&str; 4] = ["exportMe", "unmaskPerson", "requestUnmasking", "decideUnmasking"];

/// For how many days records are kept, by kind. A region publishes versions of it; what is erased keeps the version in force.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetentionPolicy {
    /// The name of this version.
    pub version: String,
    /// What entries of the audit log say: days from when they were written; at least 184.
    pub audit_days: i32,
    /// Records of plain personal data that was shown or given: days from then; at least 1096.
    pub provision_days: i32,
    /// Texts, places and photos of orders: days from when the order ended; at least 3653.
    pub order_days: i32,
    /// Texts of needs: days from when the need was closed or dropped; at least 366.
    #[serde(default = "demand_days")]
    pub demand_days: i32,
    /// Sessions: days from when they were over; at least 184.
    pub session_days: i32,
}

/// Three years, within which rights can be claimed (民法典, 188). It also counts for versions of before there were needs.
const fn demand_days() -> i32 {
    1096
}

impl Default for RetentionPolicy {
    fn default() -> Self {
        let (audit_days, provision_days, order_days, demand_days, session_days) = (366, 1096, 3653, demand_days(), 184);
        Self { version: "default-1".to_owned(), audit_days, provision_days, order_days, demand_days, session_days }
    }
}

impl Policy for RetentionPolicy {
    const KIND: PolicyKind = PolicyKind::Retention;

    fn version(&self) -> &str {
        &self.version
    }

    fn check(&self) -> Result<(), PolicyFault> {
        check_version(&self.version)?;
        let days = [
            ("audit_days", RecordKind::Audit),
            ("provision_days", RecordKind::Provisions),
            ("order_days", RecordKind::Orders),
            ("demand_days", RecordKind::Demands),
            ("session_days", RecordKind::Sessions),
        ];
        days.into_iter().try_for_each(|(field, kind)| {
            within(field, i64::from(self.said(kind)), i64::from(kind.least_days())..=i64::from(kind.most_days()))
        })
    }
}

impl RetentionPolicy {
    /// For how many days this version says that a kind of record is kept.
    #[must_use]
    pub const fn said(&self, kind: RecordKind) -> i32 {
        match kind {
            RecordKind::Audit => self.audit_days,
            RecordKind::Provisions => self.provision_days,
            RecordKind::Orders => self.order_days,
            RecordKind::Demands => self.demand_days,
            RecordKind::Sessions => self.session_days,
        }
    }

    /// For how many days a kind of record is kept: never shorter than the law says, nor longer than is allowed, whatever this version
    /// says, such as one of before there was that bound.
    #[must_use]
    pub fn days(&self, kind: RecordKind) -> i32 {
        self.said(kind).clamp(kind.least_days(), kind.most_days())
    }

    /// What is of before this moment is past its time.
    #[must_use]
    pub fn cutoff(&self, kind: RecordKind, now: Timestamp) -> Timestamp {
        let cutoff = now.checked_sub_signed(TimeDelta::days(i64::from(self.days(kind))));
        cutoff.unwrap_or(Timestamp::UNIX_EPOCH).max(Timestamp::UNIX_EPOCH)
    }

    /// The policy that keeps a kind of record longest: it counts for what belongs to no single region. The program's own where
    /// there is none.
    #[must_use]
    pub fn longest(kind: RecordKind, policies: &[Self]) -> Self {
        policies.iter().max_by_key(|policy| policy.days(kind)).cloned().unwrap_or_default()
    }
}

/// Whether a record of one moment may be erased at another: not before the law lets go of it.
#[must_use]
pub fn was_over(kind: RecordKind, at: Timestamp, erased: Timestamp) -> bool {
    erased.signed_duration_since(at) >= TimeDelta::days(i64::from(kind.least_days()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vocabulary::Vocabulary;

    fn now() -> Timestamp {
        "2036-11-25T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_default_is_a_policy_and_survives_its_text() {
        let policy = RetentionPolicy::default();
        assert_eq!(policy.check(), Ok(()));
        let text = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<RetentionPolicy>(&text).unwrap(), policy);
    }

    #[test]
    fn the_floors_are_the_laws_longest_months_and_years() {
        let from: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let after = |months| from.checked_add_months(chrono::Months::new(months)).unwrap();
        assert_eq!((after(6) - from).num_days(), i64::from(RecordKind::Audit.least_days()));
        let from: Timestamp = "2025-03-01T00:00:00Z".parse().unwrap();
        let after = |months| from.checked_add_months(chrono::Months::new(months)).unwrap();
        assert_eq!((after(36) - from).num_days(), i64::from(RecordKind::Provisions.least_days()));
        let from: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let after = |months| from.checked_add_months(chrono::Months::new(months)).unwrap();
        assert_eq!((after(120) - from).num_days(), i64::from(RecordKind::Orders.least_days()));
    }

    #[test]
    fn one_region_does_not_keep_the_sessions_of_all_for_a_century() {
        let policy = RetentionPolicy { version: "x".to_owned(), session_days: 1097, ..RetentionPolicy::default() };
        assert_eq!(policy.check().unwrap_err().field, "session_days");
        let policy = RetentionPolicy { version: "x".to_owned(), provision_days: 3654, ..RetentionPolicy::default() };
        assert_eq!(policy.check().unwrap_err().field, "provision_days");
    }

    #[test]
    fn a_version_of_before_there_were_needs_is_read() {
        let text = r#"{"version":"old","audit_days":366,"provision_days":1096,"order_days":3653,"session_days":184}"#;
        assert_eq!(serde_json::from_str::<RetentionPolicy>(text).unwrap().demand_days, 1096);
    }

    #[test]
    fn nobody_goes_under_the_law() {
        let field = |change: fn(&mut RetentionPolicy)| {
            let mut policy = RetentionPolicy::default();
            change(&mut policy);
            policy.check().unwrap_err().field
        };
        assert_eq!(field(|policy| policy.audit_days = 183), "audit_days");
        assert_eq!(field(|policy| policy.provision_days = 1095), "provision_days");
        assert_eq!(field(|policy| policy.order_days = 3652), "order_days");
        assert_eq!(field(|policy| policy.demand_days = 365), "demand_days");
        assert_eq!(field(|policy| policy.session_days = 0), "session_days");
        assert_eq!(field(|policy| policy.session_days = i32::MAX), "session_days");
        assert_eq!(field(|policy| policy.version = String::new()), "version");
    }

    proptest! {
        #[test]
        fn nothing_goes_before_its_time(days in prop::array::uniform5(any::<i32>())) {
            let [audit_days, provision_days, order_days, demand_days, session_days] = days;
            let version = "x".to_owned();
            let policy = RetentionPolicy { version, audit_days, provision_days, order_days, demand_days, session_days };
            for kind in RecordKind::ALL.iter().copied() {
                let kept = now() - policy.cutoff(kind, now());
                prop_assert!(kept >= TimeDelta::days(i64::from(kind.least_days())) || policy.cutoff(kind, now()) == Timestamp::UNIX_EPOCH);
                prop_assert!(kept.num_days() <= i64::from(kind.most_days()));
                let longest = RetentionPolicy::longest(kind, &[RetentionPolicy::default(), policy.clone()]);
                prop_assert!(longest.cutoff(kind, now()) <= policy.cutoff(kind, now()));
                prop_assert!(longest.cutoff(kind, now()) <= RetentionPolicy::default().cutoff(kind, now()));
            }
        }
    }

    #[test]
    fn the_laws_time_must_be_over() {
        assert!(was_over(RecordKind::Audit, now() - TimeDelta::days(184), now()));
        assert!(!was_over(RecordKind::Audit, now() - TimeDelta::days(184) + TimeDelta::microseconds(1), now()));
        assert!(!was_over(RecordKind::Provisions, now() - TimeDelta::days(1095), now()));
    }
}
