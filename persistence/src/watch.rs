//! What a piece of work asked of the store, and how long each took: for whoever wants to know, else nothing is kept.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What was asked of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To read.
    Read,
    /// To write.
    Write,
}

/// One reading or writing, with all the waiting for its turn.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// What was asked.
    pub asked: Asked,
    /// When.
    pub begun: Instant,
    /// How long it took.
    pub took: Duration,
}

/// The readings and writings of one piece of work.
#[derive(Clone, Debug, Default)]
pub struct Accesses(Arc<Mutex<Vec<Access>>>);

impl Accesses {
    /// So many are kept; whoever does more is seen by the first ones.
    const KEPT: usize = 32;

    /// What has been kept; nothing of it stays.
    #[must_use]
    pub fn take(&self) -> Vec<Access> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, access: Access) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < Self::KEPT {
            kept.push(access);
        }
    }
}

tokio::task_local! {
    static ACCESSES: Accesses;
}

/// Runs work that somebody watches, or nobody.
pub async fn within<F: Future>(accesses: Option<&Accesses>, work: F) -> F::Output {
    match accesses {
        Some(accesses) => Box::pin(ACCESSES.scope(accesses.clone(), work)).await,
        None => work.await,
    }
}

/// Asks the store, and keeps how long it took where somebody watches.
pub(crate) async fn timed<F: Future>(asked: Asked, work: F) -> F::Output {
    let Ok(accesses) = ACCESSES.try_with(Clone::clone) else { return work.await };
    let begun = Instant::now();
    let done = work.await;
    accesses.keep(Access { asked, begun, took: begun.elapsed() });
    done
}

#[cfg(test)]
mod tests {
    use super::{Accesses, Asked, timed, within};

    #[tokio::test]
    async fn what_is_watched_is_kept_and_nothing_else() {
        let accesses = Accesses::default();
        within(Some(&accesses), async {
            timed(Asked::Read, async {}).await;
            timed(Asked::Write, async {}).await;
        })
        .await;
        timed(Asked::Write, async {}).await;
        let kept: Vec<Asked> = accesses.take().iter().map(|access| access.asked).collect();
        assert_eq!(kept, [Asked::Read, Asked::Write]);
        within(Some(&accesses), async {
            for _ in 0..100 {
                timed(Asked::Read, async {}).await;
            }
        })
        .await;
        assert_eq!(accesses.take().len(), Accesses::KEPT, "a loop does not fill the memory");
    }
}
