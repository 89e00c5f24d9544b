//! How the program is operated: probes and numbers, stopping, copies, traces, containers.

mod backup;
mod clients;
mod container;
mod keys;
mod process;
mod promises;
mod role;
mod traces;
mod watching;
