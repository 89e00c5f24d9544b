//! The fund book: double entry. Each entry moves one amount from one account to another, so the sum over all accounts is
//! always zero; nothing in it is changed, and a mistake is reversed by an entry of its own.

use chrono::{Datelike, NaiveDate};

use crate::vocabulary;

vocabulary! {
    /// An account of the fund book.
    pub enum FundAccount = "fund-accounts" {
        /// What there is.
        Cash = "cash": "资金结存", "cash", "tiền quỹ";
        /// Gifts of money.
        IncomeDonation = "income_donation": "捐赠收入", "donations", "thu quyên góp";
        /// Public money.
        IncomeGrant = "income_grant": "财政与专项补助", "public grants", "thu trợ cấp công";
        /// What others pay for services.
        IncomeService = "income_service": "服务收入", "income from services", "thu dịch vụ";
        /// What members pay.
        IncomeDues = "income_dues": "会费收入", "membership dues", "thu hội phí";
        /// Other income.
        IncomeOther = "income_other": "其他收入", "other income", "thu khác";
        /// For activities.
        SpendingActivity = "spending_activity": "活动支出", "activities", "chi hoạt động";
        /// For materials and tools.
        SpendingMaterials = "spending_materials": "物资工具支出", "materials and tools", "chi vật tư";
        /// For help to people in need.
        SpendingRelief = "spending_relief": "帮扶支出", "relief", "chi cứu trợ";
        /// For meals and fares of volunteers.
        SpendingAllowance = "spending_allowance": "志愿者误餐交通补贴", "meals and fares of volunteers", "chi ăn, đi lại";
        /// For training.
        SpendingTraining = "spending_training": "培训支出", "training", "chi đào tạo";
        /// For insurance.
        SpendingInsurance = "spending_insurance": "保险支出", "insurance", "chi bảo hiểm";
        /// For running the organisation.
        SpendingAdministration = "spending_administration": "管理支出", "administration", "chi quản lý";
        /// Other spending.
        SpendingOther = "spending_other": "其他支出", "other spending", "chi khác";
    }
}

impl FundAccount {
    /// What an entry on it is: income or spending; none for cash.
    #[must_use]
    pub const fn kind(self) -> Option<FundEntryKind> {
        match self {
            Self::Cash => None,
            Self::IncomeDonation | Self::IncomeGrant | Self::IncomeService | Self::IncomeDues | Self::IncomeOther => {
                Some(FundEntryKind::Income)
            }
            Self::SpendingActivity
            | Self::SpendingMaterials
            | Self::SpendingRelief
            | Self::SpendingAllowance
            | Self::SpendingTraining
            | Self::SpendingInsurance
            | Self::SpendingAdministration
            | Self::SpendingOther => Some(FundEntryKind::Spending),
        }
    }
}

vocabulary! {
    /// What an entry of the fund book is.
    pub enum FundEntryKind = "fund-entry-kinds" {
        /// Money comes in.
        Income = "income": "收入", "income", "thu";
        /// Money goes out.
        Spending = "spending": "支出", "spending", "chi";
        /// An earlier entry is taken back.
        Reversal = "reversal": "冲正", "reversal", "bút toán đảo";
    }
}

vocabulary! {
    /// Where an entry of the fund book stands.
    pub enum FundEntryState = "fund-entry-states" {
        /// Waits for a second person; it counts for nothing.
        Pending = "pending": "待复核", "waits for a second person", "chờ người thứ hai duyệt";
        /// Counts.
        Posted = "posted": "已入账", "posted", "đã ghi sổ";
        /// A second person has refused it; it counts for nothing.
        Refused = "refused": "未通过", "refused", "bị từ chối";
    }
}

/// One amount from one account to another: what is debited grows, what is credited shrinks. Its sum is zero by construction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    debit: FundAccount,
    credit: FundAccount,
    amount: i64,
}

/// Why something is no booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookingError {
    /// Not more than nothing, or more than the book takes.
    #[error("an amount is 1 to {}", Booking::MOST)]
    Amount,
    /// Money comes in from, or goes out to, an account of income or spending.
    #[error("cash moves from income or to spending")]
    Account,
}

impl Booking {
    /// The largest amount of one entry, in fen: ten million yuan.
    pub const MOST: i64 = 1_000_000_000;

    /// Income from, or spending for, an account.
    ///
    /// # Errors
    /// [`BookingError`].
    pub fn new(account: FundAccount, amount: i64) -> Result<Self, BookingError> {
        if !(1..=Self::MOST).contains(&amount) {
            return Err(BookingError::Amount);
        }
        match account.kind() {
            Some(FundEntryKind::Income) => Ok(Self { debit: FundAccount::Cash, credit: account, amount }),
            Some(FundEntryKind::Spending) => Ok(Self { debit: account, credit: FundAccount::Cash, amount }),
            Some(FundEntryKind::Reversal) | None => Err(BookingError::Account),
        }
    }

    /// What was kept of a booking.
    ///
    /// # Errors
    /// [`BookingError`] where it never was one.
    pub fn kept(debit: FundAccount, credit: FundAccount, amount: i64) -> Result<Self, BookingError> {
        if !(1..=Self::MOST).contains(&amount) {
            return Err(BookingError::Amount);
        }
        let sides = (debit == FundAccount::Cash) != (credit == FundAccount::Cash);
        if sides { Ok(Self { debit, credit, amount }) } else { Err(BookingError::Account) }
    }

    /// The booking that takes this one back.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self { debit: self.credit, credit: self.debit, amount: self.amount }
    }

    /// The account that grows.
    #[must_use]
    pub const fn debit(self) -> FundAccount {
        self.debit
    }

    /// The account that shrinks.
    #[must_use]
    pub const fn credit(self) -> FundAccount {
        self.credit
    }

    /// How much, in fen.
    #[must_use]
    pub const fn amount(self) -> i64 {
        self.amount
    }

    /// The account beside cash.
    #[must_use]
    pub const fn account(self) -> FundAccount {
        match self.debit {
            FundAccount::Cash => self.credit,
            other => other,
        }
    }

    /// What it does to an account.
    #[must_use]
    pub fn change(self, account: FundAccount) -> i64 {
        if account == self.debit {
            self.amount
        } else if account == self.credit {
            -self.amount
        } else {
            0
        }
    }
}

/// A quarter of a year, as it is written: `2026-Q3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    year: i32,
    number: u32,
}

impl Quarter {
    /// Reads a quarter of this century.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let (year, number) = raw.split_once("-Q")?;
        let (year, number) = (year.parse().ok()?, number.parse().ok()?);
        let right = (2000..2100).contains(&year) && (1..=4).contains(&number) && raw.len() == 7;
        right.then_some(Self { year, number })
    }

    /// The quarter that a day lies in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), number: day.month0() / 3 + 1 }
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.number * 3 - 2, 1).unwrap_or_default()
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        let (year, month) = if self.number == 4 { (self.year + 1, 1) } else { (self.year, self.number * 3 + 1) };
        NaiveDate::from_ymd_opt(year, month, 1).and_then(|day| day.pred_opt()).unwrap_or_default()
    }
}

impl std::fmt::Display for Quarter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-Q{}", self.year, self.number)
    }
}
