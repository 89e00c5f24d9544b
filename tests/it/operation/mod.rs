//! How the program is operated: probes and numbers, stopping, copies.

mod backup;
mod process;
mod watching;
