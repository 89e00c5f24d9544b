//! What a store says of its load, for whoever watches it.

use std::sync::atomic::{AtomicU64, Ordering};

/// How busy a store is. Counts grow from the opening of the store on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    /// Of PostgreSQL; `None` on SQLite.
    pub pool: Option<PoolPulse>,
    /// Of SQLite's writer; `None` on PostgreSQL.
    pub writer: Option<WriterPulse>,
}

/// How busy the pool of a PostgreSQL database is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolPulse {
    /// Transactions that may run at once.
    pub size: u64,
    /// Transactions that run now.
    pub in_use: u64,
    /// Transactions that wait for their turn.
    pub waiting: u64,
}

/// How busy the one writer of a SQLite database is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriterPulse {
    /// Writes that wait.
    pub queued: u64,
    /// Group commits that were kept.
    pub commits: u64,
    /// Writes in those commits, refused ones too; divided by `commits` it is the size of a batch.
    pub writes: u64,
    /// Writes in the last of those commits.
    pub last_batch: u64,
    /// Group commits of which nothing was kept.
    pub failed: u64,
}

/// The counts of SQLite's writer as it keeps them.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    queued: AtomicU64,
    commits: AtomicU64,
    writes: AtomicU64,
    last_batch: AtomicU64,
    failed: AtomicU64,
}

impl Counts {
    /// One more waits.
    pub(crate) fn queue(&self) {
        self.queued.fetch_add(1, Ordering::Relaxed);
    }

    /// So many were taken out of the queue, or were not let in.
    pub(crate) fn unqueue(&self, count: usize) {
        self.queued.fetch_sub(wide(count), Ordering::Relaxed);
    }

    /// A group commit of so many writes has ended.
    pub(crate) fn committed(&self, count: usize, kept: bool) {
        if kept {
            self.commits.fetch_add(1, Ordering::Relaxed);
            self.writes.fetch_add(wide(count), Ordering::Relaxed);
            self.last_batch.store(wide(count), Ordering::Relaxed);
        } else {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn pulse(&self) -> WriterPulse {
        WriterPulse {
            queued: self.queued.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            last_batch: self.last_batch.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }
}

/// A count in the type in which it is told.
pub(crate) fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
