//! The front: what one client may ask, and how long anybody may take.

mod bodies;
mod heads;
mod queue;
mod rates;
mod slow;
