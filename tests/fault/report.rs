//! What is printed: one row a fault, and every promise that was not kept.

use std::time::{Duration, Instant};

use support::Outcome;

/// The table that grows.
pub(crate) struct Report {
    begun: Instant,
    broken: Vec<String>,
}

impl Report {
    /// Prints the head of the table.
    pub(crate) fn new() -> Self {
        println!("| fault | database | what came of it | promises kept |");
        println!("|---|---|---|---|");
        Self { begun: Instant::now(), broken: Vec::new() }
    }

    /// Prints a row, and remembers the promises that were not kept.
    pub(crate) fn row(&mut self, fault: &str, database: &str, outcome: &str, promises: Promises) {
        let kept = if promises.0.is_empty() { "all" } else { "**not all**" };
        println!("| {fault} | {database} | {outcome} | {kept} |");
        for broken in promises.0 {
            println!("  not kept: {broken}");
            self.broken.push(format!("{fault}, {database}: {broken}"));
        }
    }

    /// Prints a row of what could not be tried here.
    pub(crate) fn left_out(&self, fault: &str, database: &str, why: &str) {
        println!("| {fault} | {database} | left out: {why} | – |");
    }

    /// Whether every promise was kept.
    pub(crate) fn verdict(&self) -> Outcome<()> {
        if self.broken.is_empty() {
            println!("\nevery promise was kept (after {} s)", self.begun.elapsed().as_secs());
            return Ok(());
        }
        Err(format!("{} promises were not kept:\n{}", self.broken.len(), self.broken.join("\n")).into())
    }
}

/// The promises that were not kept.
#[derive(Default)]
pub(crate) struct Promises(Vec<String>);

impl Promises {
    /// Looks at a promise: `kept`, or what came instead.
    pub(crate) fn check(&mut self, kept: bool, otherwise: impl FnOnce() -> String) {
        if !kept {
            self.0.push(otherwise());
        }
    }

    /// Adds what others found.
    pub(crate) fn broken(&mut self, found: impl IntoIterator<Item = String>) {
        self.0.extend(found);
    }
}

/// A time as people read it.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
