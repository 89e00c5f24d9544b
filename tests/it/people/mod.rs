//! The registers of people: volunteers, their certifications and their insurances.

mod certifying;
mod insuring;
mod registering;
