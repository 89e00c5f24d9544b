/// The numbers of the rules about personal data, with the version under which decisions cite them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrivacyPolicy {
    /// The version.
    pub version: &'static str,
    /// How often an account may see plain values in a day.
    pub unmaskings_a_day: i32,
    /// How many hours an approved request to see a minor's data holds.
    pub approval_hours: i64,
    /// How many years after the last service its record is kept (GB/T 40143-2021: at least 10).
    pub service_record_years: u32,
    /// How many months accesses to plain values are kept on record at least (个人信息保护法, 55 and 56: three years); a region may keep
    /// them longer ([`crate::retention`]).
    pub access_record_months: u32,
    /// Under this age every datum is sensitive (PIPL, 28).
    pub sensitive_under: u32,
}

impl Default for PrivacyPolicy {
    fn default() -> Self {
        Self {
            version: "2026-1",
            unmaskings_a_day: 50,
            approval_hours: 24,
            service_record_years: 10,
            access_record_months: 36,
            sensitive_under: 14,
        }
    }
}
