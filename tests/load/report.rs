//! What is printed.

use std::time::Duration;

use crate::drive::Figures;
use support::program::Memory;

/// Prints the head of a table.
pub(crate) fn head(database: &str, ready: Duration) {
    println!("\n{database}: ready {:.0} ms after its start\n", millis(ready));
    println!("| what | per second | p50 ms | p99 ms | errors | server processor µs each |");
    println!("|---|---:|---:|---:|---:|---:|");
}

/// Prints a line of the table.
pub(crate) fn line(name: &str, figures: &Figures) {
    let (rate, median, p99) = (figures.rate, millis(figures.median), millis(figures.p99));
    println!("| {name} | {rate:.0} | {median:.2} | {p99:.2} | {} | {} |", figures.errors, figures.processor.as_micros());
    if let Some(error) = &figures.first_error {
        println!("  first error: {error}");
    }
}

/// Prints the memory of a server.
pub(crate) fn memory(memory: Memory) {
    println!("\nmemory of the server: {:.1} MiB, at most {:.1} MiB", mebibytes(memory.now), mebibytes(memory.peak));
}

/// Prints a ratio with what it should be.
pub(crate) fn ratio(name: &str, ratio: f64, aim: &str) {
    println!("{name}: {ratio:.2} ({aim})");
}

/// What this runs on.
pub(crate) fn machine() -> String {
    let processors = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    format!("{processors} processors, {}", model.trim_start_matches([' ', '\t', ':']))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn mebibytes(kibibytes: u64) -> f64 {
    f64::from(u32::try_from(kibibytes).unwrap_or(u32::MAX)) / 1024.0
}
