use crate::vocabulary;

vocabulary! {
    /// What was done to a person's record.
    pub enum PersonEventKind = "person-events" {
        /// Written down.
        Entered = "entered": "登记", "entered", "ghi nhận";
        /// Bound to an account by the person.
        Claimed = "claimed": "认领", "claimed", "xác nhận";
        /// Made one with another record.
        Merged = "merged": "合并", "merged", "hợp nhất";
        /// Corrected.
        Corrected = "corrected": "更正", "corrected", "đính chính";
    }
}
