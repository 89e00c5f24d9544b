//! What a write promises.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, mpsc};

use persistence::idempotency::{Claim, Claimed, claim};
use persistence::identity::{fact, set_fact_once};
use persistence::{StoreError, lease};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::bench::{Bench, id, morning, on_both};

on_both! {
    a_job_that_errs_or_panics_harms_no_other
    a_failed_commit_fails_all_that_was_in_it
    nothing_is_answered_before_it_is_kept
    what_is_given_up_is_never_begun
    one_of_many_writers_is_first_with_a_key
    a_lease_has_one_holder
}

/// A job that is being done until it is let go; in a group commit everything queued meanwhile comes into the next group.
struct Held {
    job: JoinHandle<Result<(), StoreError>>,
    gate: mpsc::Sender<()>,
}

impl Held {
    /// Queues the job. The receiver tells when it has begun.
    fn queue(bench: &Bench) -> (Self, oneshot::Receiver<()>) {
        let (started, has_started) = oneshot::channel();
        let (gate, opened) = mpsc::channel();
        let (started, opened) = (Mutex::new(Some(started)), Mutex::new(opened));
        let store = bench.store.clone();
        let job = tokio::spawn(async move {
            let work = move |_: &mut persistence::Tx| {
                if let Some(started) = started.lock().unwrap().take() {
                    started.send(()).unwrap();
                }
                opened.lock().unwrap().recv().unwrap();
                Ok(())
            };
            store.write::<_, StoreError>(work).await
        });
        (Self { job, gate }, has_started)
    }

    async fn begin(bench: &Bench) -> Self {
        let (held, has_started) = Self::queue(bench);
        has_started.await.unwrap();
        held
    }

    async fn let_go(self) {
        self.gate.send(()).unwrap();
        self.job.await.unwrap().unwrap();
    }
}

/// Lets every task that was begun come as far as it can: into the queue.
async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

async fn a_job_that_errs_or_panics_harms_no_other(bench: &Bench) {
    let held = Held::begin(bench).await;
    let mut jobs = JoinSet::new();
    for number in 0..50_u32 {
        let store = bench.store.clone();
        jobs.spawn(async move {
            let work = move |tx: &mut persistence::Tx| {
                set_fact_once(tx, &format!("job {number:02}"), "done")?;
                match (number % 5, number % 3) {
                    // As a panic, without its words on the screen.
                    (0, _) => resume_unwind(Box::new("on purpose")),
                    (_, 0) => Err(StoreError::Stale),
                    _ => Ok(number),
                }
            };
            (number, store.write(work).await)
        });
    }
    settle().await;
    held.let_go().await;
    let mut kept = Vec::new();
    for (number, answer) in jobs.join_all().await {
        match (number % 5, number % 3) {
            (0, _) => assert!(matches!(answer, Err(StoreError::Bug(_))), "{number}: {answer:?}"),
            (_, 0) => assert_eq!(answer, Err(StoreError::Stale), "{number}"),
            _ => {
                assert_eq!(answer, Ok(number));
                kept.push(format!("job {number:02}"));
            }
        }
    }
    kept.sort();
    assert_eq!(kept.len(), 27);
    assert_eq!(bench.facts("job %"), kept);
}

/// Makes the commit of whoever says the fact `poison` fail: only then is it seen that it refers to nothing.
fn poison(bench: &Bench) {
    let tables = "CREATE TABLE targets (id INTEGER PRIMARY KEY); \
        CREATE TABLE pointers (target INTEGER REFERENCES targets (id) DEFERRABLE INITIALLY DEFERRED);";
    let sqlite = "CREATE TRIGGER poison AFTER INSERT ON installation WHEN NEW.name = 'poison' \
        BEGIN INSERT INTO pointers VALUES (1); END;";
    let postgres = "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN INSERT INTO pointers VALUES (1); RETURN NULL; END $$; \
        CREATE TRIGGER poison AFTER INSERT ON installation FOR EACH ROW WHEN (NEW.name = 'poison') EXECUTE FUNCTION poison();";
    bench.execute(&format!("{tables} {sqlite}"), &format!("{tables} {postgres}"));
}

async fn a_failed_commit_fails_all_that_was_in_it(bench: &Bench) {
    poison(bench);
    let held = Held::begin(bench).await;
    let mut jobs = JoinSet::new();
    for number in 0..10 {
        let store = bench.store.clone();
        jobs.spawn(async move {
            let name = if number == 4 { "poison".to_owned() } else { format!("neighbour {number}") };
            let answer = store.write::<_, StoreError>(move |tx| set_fact_once(tx, &name, "said")).await;
            (number, answer)
        });
    }
    settle().await;
    held.let_go().await;
    for (number, answer) in jobs.join_all().await {
        let fails = bench.commits_in_groups() || number == 4;
        assert_eq!(answer.is_err(), fails, "{number}: {answer:?}");
    }
    assert_eq!(bench.facts("neighbour %").len(), if bench.commits_in_groups() { 0 } else { 9 });
    assert_eq!(bench.facts("poison"), Vec::<String>::new());
    bench.write(|tx| set_fact_once(tx, "afterwards", "said")).await;
    assert_eq!(bench.facts("afterwards"), ["afterwards"], "the store goes on after a failed commit");
}

async fn nothing_is_answered_before_it_is_kept(bench: &Bench) {
    let before = Held::begin(bench).await;
    let store = bench.store.clone();
    let early = tokio::spawn(async move { store.write::<_, StoreError>(|tx| set_fact_once(tx, "early", "said")).await });
    settle().await;
    let (late, late_has_started) = Held::queue(bench);
    settle().await;
    before.let_go().await;
    late_has_started.await.unwrap();
    settle().await;
    if bench.commits_in_groups() {
        assert!(!early.is_finished(), "its work is done, but not committed while its group goes on");
        assert_eq!(bench.facts("early"), Vec::<String>::new());
    }
    late.let_go().await;
    early.await.unwrap().unwrap();
    assert_eq!(bench.facts("early"), ["early"]);
    for number in 0..20 {
        bench.write(move |tx| set_fact_once(tx, &format!("fact {number:02}"), "said")).await;
        assert_eq!(bench.facts(&format!("fact {number:02}")).len(), 1, "another connection sees what was answered");
    }
}

async fn what_is_given_up_is_never_begun(bench: &Bench) {
    let store = bench.impatient();
    let (started, has_started) = oneshot::channel();
    let (gate, opened) = mpsc::channel::<()>();
    let (started, opened) = (Mutex::new(Some(started)), Mutex::new(opened));
    let slow = store.clone();
    let begun = tokio::spawn(async move {
        let work = move |tx: &mut persistence::Tx| {
            if let Some(started) = started.lock().unwrap().take() {
                started.send(()).unwrap();
            }
            opened.lock().unwrap().recv().unwrap();
            set_fact_once(tx, "begun", "said")
        };
        slow.write::<_, StoreError>(work).await
    });
    has_started.await.unwrap();
    let waiting = store.write::<_, StoreError>(|tx| set_fact_once(tx, "waiting", "said")).await;
    assert_eq!(waiting, Err(StoreError::Busy), "what has not begun is certain not to be kept");
    assert_eq!(begun.await.unwrap(), Err(StoreError::OutcomeUnknown), "what has begun may be kept");
    gate.send(()).unwrap();
    loop {
        let answer = store.write::<_, StoreError>(|tx| set_fact_once(tx, "afterwards", "said")).await;
        if answer.is_ok() {
            break;
        }
    }
    assert_eq!(bench.facts("begun"), ["begun"]);
    assert_eq!(bench.facts("waiting"), Vec::<String>::new());
}

async fn one_of_many_writers_is_first_with_a_key(bench: &Bench) {
    let asked = |resource: u128, body: u8| Claim {
        principal: id(1),
        target: "POST /v1/orders".to_owned(),
        key: "key".to_owned(),
        digest: vec![body],
        status: 201,
        resource: id(resource),
    };
    let mut writers = JoinSet::new();
    for number in 0..20 {
        let (store, asked) = (bench.store.clone(), Arc::new(asked(100 + number, 1)));
        writers.spawn(async move { (number, store.write::<_, StoreError>(move |tx| claim(tx, &asked)).await.unwrap()) });
    }
    let claimed = writers.join_all().await;
    let first: Vec<_> = claimed.iter().filter(|(_, claimed)| *claimed == Claimed::First).map(|(number, _)| id(100 + number)).collect();
    assert_eq!(first.len(), 1, "{claimed:?}");
    let replay = Claimed::Replay { status: 201, resource: first[0] };
    assert_eq!(claimed.iter().filter(|(_, claimed)| *claimed == replay).count(), 19, "{claimed:?}");
    let other = asked(200, 2);
    assert_eq!(bench.write(move |tx| claim(tx, &other)).await, Claimed::OtherBody);
    let theirs = Claim { principal: id(2), ..asked(201, 1) };
    assert_eq!(bench.write(move |tx| claim(tx, &theirs)).await, Claimed::First, "keys of others are others");
    bench.clock.advance(chrono::TimeDelta::hours(1));
    let now = bench.clock.now();
    assert_eq!(bench.write(move |tx| persistence::idempotency::sweep(tx, now)).await, 2);
    let again = asked(202, 2);
    assert_eq!(bench.write(move |tx| claim(tx, &again)).await, Claimed::First, "what was swept is free");
}

async fn a_lease_has_one_holder(bench: &Bench) {
    let minute = morning() + chrono::TimeDelta::minutes(1);
    let take = |holder: u128, until| bench.write(move |tx| lease::take(tx, "timers", id(holder), until));
    let mut replicas = JoinSet::new();
    for holder in 1..=8 {
        let store = bench.store.clone();
        replicas.spawn(async move {
            store.write::<_, StoreError>(move |tx| lease::take(tx, "timers", id(holder), minute)).await.unwrap().then_some(holder)
        });
    }
    let holders: Vec<u128> = replicas.join_all().await.into_iter().flatten().collect();
    assert_eq!(holders.len(), 1, "{holders:?}");
    let (holder, other) = (holders[0], holders[0] + 1);
    assert!(take(holder, minute).await, "who holds it keeps it");
    assert!(!take(other, minute).await);
    bench.write(move |tx| lease::release(tx, "timers", id(other))).await;
    assert!(!take(other, minute).await, "others cannot give it back");
    bench.clock.advance(chrono::TimeDelta::minutes(1));
    assert!(take(other, minute + chrono::TimeDelta::minutes(1)).await, "it is over");
    bench.write(move |tx| lease::release(tx, "timers", id(other))).await;
    assert!(take(holder, minute + chrono::TimeDelta::minutes(1)).await, "it was given back");
    bench.clock.advance(chrono::TimeDelta::hours(-1));
    assert!(take(other, morning() - chrono::TimeDelta::minutes(58)).await, "it was taken under a clock that ran ahead");
    assert_eq!(bench.read(|tx| fact(tx, "never said")).await, None);
}
