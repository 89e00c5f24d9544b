//! Appointments 预约 and duty rosters 值班表 of sites: slots that people book, and shifts that people take.

mod booking;
mod policy;
mod shift;
mod slot;

#[cfg(test)]
mod tests;

pub use booking::{BookingRefusal, BookingState, BookingStep, Canceller, SlotCloseReason, SlotState, SlotTime, Standing};
pub use policy::AppointmentPolicy;
pub use shift::{DutyPost, ShiftRefusal, ShiftReleaseReason, ShiftState, ShiftStep, overlap};
pub use slot::{QUARTER_MINUTES, Repeat, Span, SpanError, days_of};
