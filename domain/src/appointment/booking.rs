//! What becomes of a booking, and of the slot that it is for.

use chrono::TimeDelta;

use super::AppointmentPolicy;
use crate::{Timestamp, vocabulary};

vocabulary! {
    /// Whether a slot can be booked.
    pub enum SlotState = "slot-states" {
        /// It can.
        Open = "open": "开放", "open", "mở";
        /// It cannot any more, and does not take place.
        Closed = "closed": "已关闭", "closed", "đã đóng";
    }
}

vocabulary! {
    /// Why a slot does not take place.
    pub enum SlotCloseReason = "slot-close-reasons" {
        /// Nobody is there to serve.
        NoStaff = "no_staff": "无人值守", "nobody there to serve", "không có người phục vụ";
        /// The site is closed.
        SiteClosed = "site_closed": "阵地临时关闭", "site closed", "điểm phục vụ đóng cửa";
        /// Weather, or a disaster.
        Weather = "weather": "天气或灾害", "weather or disaster", "thời tiết hoặc thiên tai";
        /// What is needed for the service is out of order.
        Equipment = "equipment": "设备故障", "equipment out of order", "thiết bị hỏng";
        /// It was planned otherwise.
        Replanned = "replanned": "安排调整", "planned otherwise", "thay đổi kế hoạch";
    }
}

vocabulary! {
    /// Where a booking stands.
    pub enum BookingState = "booking-states" {
        /// Has a place.
        Booked = "booked": "已预约", "booked", "đã đặt";
        /// Was given up.
        Cancelled = "cancelled": "已取消", "cancelled", "đã hủy";
        /// The slot was closed.
        Closed = "closed": "时段关闭", "slot closed", "khung giờ đã đóng";
        /// The person was there.
        Attended = "attended": "已到场", "attended", "có mặt";
        /// The person was not there.
        Missed = "missed": "爽约", "missed", "vắng mặt";
    }
}

vocabulary! {
    /// What happens to a booking.
    pub enum BookingStep = "booking-steps" {
        /// Give the place up.
        Cancel = "cancel": "取消", "cancel", "hủy";
        /// The slot does not take place.
        Close = "close": "时段关闭", "close", "đóng";
        /// Be there.
        Attend = "attend": "到场", "attend", "có mặt";
        /// Not be there.
        Miss = "miss": "记为爽约", "miss", "vắng mặt";
    }
}

/// Who gives a place up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canceller {
    /// The person, or who has booked for them: until the deadline of the booking.
    Own,
    /// Staff: until the slot begins.
    Staff,
}

/// What of a slot decides which steps can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotTime {
    /// Whether it can be booked.
    pub state: SlotState,
    /// When it begins.
    pub starts_at: Timestamp,
}

/// What is known of who books, beside the slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How many bookings were missed within the days of the policy.
    pub missed: i64,
    /// Whether staff book: they may also for who has missed too many.
    pub by_staff: bool,
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookingRefusal {
    /// Not from where the booking stands.
    #[error("the booking is {0}")]
    State(BookingState),
    /// The slot was closed.
    #[error("the slot was closed")]
    Closed,
    /// The slot has begun.
    #[error("the slot has begun")]
    Begun,
    /// The slot has not begun.
    #[error("the slot has not begun")]
    NotBegun,
    /// The deadline has passed: staff can still cancel.
    #[error("the deadline has passed")]
    Late,
    /// So many bookings were missed that only staff can book.
    #[error("{0} bookings were missed")]
    NoShows(i64),
}

impl SlotTime {
    /// Whether it can be booked now, places aside.
    ///
    /// # Errors
    /// [`BookingRefusal`] says why not.
    pub fn admits(&self, now: Timestamp) -> Result<(), BookingRefusal> {
        match self.state {
            SlotState::Closed => Err(BookingRefusal::Closed),
            SlotState::Open if now >= self.starts_at => Err(BookingRefusal::Begun),
            SlotState::Open => Ok(()),
        }
    }

    /// Decides on a booking: the moment until which the person can cancel it. It stays as it is when another policy comes.
    ///
    /// # Errors
    /// [`BookingRefusal`] says why not.
    pub fn book(&self, who: Standing, policy: &AppointmentPolicy, now: Timestamp) -> Result<Timestamp, BookingRefusal> {
        self.admits(now)?;
        if !who.by_staff && who.missed >= policy.no_shows {
            return Err(BookingRefusal::NoShows(who.missed));
        }
        Ok(self.starts_at - TimeDelta::minutes(policy.cancel_minutes))
    }
}

impl BookingState {
    /// Whether the booking holds one of the places, and the person's time.
    #[must_use]
    pub const fn holds_a_place(self) -> bool {
        match self {
            Self::Booked | Self::Attended | Self::Missed => true,
            Self::Cancelled | Self::Closed => false,
        }
    }
}

impl BookingStep {
    /// The states from which it may be taken.
    #[must_use]
    pub const fn from(self) -> &'static [BookingState] {
        use BookingState::{Attended, Booked, Missed};
        match self {
            Self::Cancel | Self::Close => &[Booked],
            Self::Attend => &[Booked, Missed],
            Self::Miss => &[Booked, Attended],
        }
    }

    /// The state to which it leads.
    #[must_use]
    pub const fn to(self) -> BookingState {
        match self {
            Self::Cancel => BookingState::Cancelled,
            Self::Close => BookingState::Closed,
            Self::Attend => BookingState::Attended,
            Self::Miss => BookingState::Missed,
        }
    }

    /// Whether it is taken before the slot begins; the others are taken once it has.
    #[must_use]
    pub const fn comes_before(self) -> bool {
        match self {
            Self::Cancel | Self::Close => true,
            Self::Attend | Self::Miss => false,
        }
    }

    /// Takes the step: where it leads.
    ///
    /// # Errors
    /// [`BookingRefusal`] says why not.
    pub fn take(self, state: BookingState, slot: &SlotTime, now: Timestamp) -> Result<BookingState, BookingRefusal> {
        if !self.from().contains(&state) {
            return Err(BookingRefusal::State(state));
        }
        match (self.comes_before(), slot.admits(now)) {
            (_, Err(BookingRefusal::Closed)) => Err(BookingRefusal::Closed),
            (true, Err(refusal)) => Err(refusal),
            (false, Ok(())) => Err(BookingRefusal::NotBegun),
            (true, Ok(())) | (false, Err(_)) => Ok(self.to()),
        }
    }

    /// Gives a place up, as the deadline of the booking allows it: where it leads.
    ///
    /// # Errors
    /// [`BookingRefusal`] says why not.
    pub fn cancel(
        state: BookingState,
        slot: &SlotTime,
        until: Timestamp,
        who: Canceller,
        now: Timestamp,
    ) -> Result<BookingState, BookingRefusal> {
        let to = Self::Cancel.take(state, slot, now)?;
        match who {
            Canceller::Own if now > until => Err(BookingRefusal::Late),
            Canceller::Own | Canceller::Staff => Ok(to),
        }
    }
}
