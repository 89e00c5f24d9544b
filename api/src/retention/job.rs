//! The job: once a local day it goes through every kind of record of every region, in small transactions.

use chrono::TimeDelta;
use chrono_tz::Tz;
use domain::Timestamp;
use domain::audit::ActorKind;
use domain::policy::{Policy as _, PolicyKind};
use domain::retention::{RecordKind, RetentionPolicy};
use domain::vocabulary::Vocabulary as _;
use persistence::retention::{self, Run};
use persistence::{Store, Tx, lease, policy, region};
use uuid::Uuid;

use crate::problem::{Fault, Problem};

/// Records that one transaction deals with: requests must not wait for long.
const BATCH: i64 = 200;

/// How long a process holds the job without a step.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// The name of the job's lease.
const JOB: &str = "retention";

/// What is to be erased of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The region; empty for what belongs to the installation as a whole.
    pub region: String,
    /// What kind of record.
    pub kind: RecordKind,
    /// The version of the policy in force.
    pub version: String,
    /// What is of before this moment is past its time.
    pub cutoff: Timestamp,
    zone: Tz,
}

/// Who does it, and whether it is done again where it was done today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The clock, or somebody at the command line.
    pub by: ActorKind,
    /// Whether it is done although it was done today.
    pub again: bool,
}

/// What could not be done, and why.
#[derive(Debug)]
pub struct Failure {
    /// The region; empty for what belongs to the installation as a whole.
    pub region: String,
    /// What kind of record; none where it is every kind.
    pub kind: Option<RecordKind>,
    /// Why.
    pub problem: Problem,
}

/// What a turn has come to.
#[derive(Debug, Default)]
pub struct Turn {
    /// The reports of what is through.
    pub done: Vec<Run>,
    /// What could not be done. It is tried again at the next turn.
    pub failed: Vec<Failure>,
}

/// What is to be erased of each kind, by the policies that hold now, and the regions of which that cannot be said. While there is
/// one, nothing of the installation as a whole is erased: that region may be the one that keeps it longest.
///
/// # Errors
/// The database's.
pub fn plans(tx: &mut Tx) -> Result<(Vec<Plan>, Vec<Failure>), Fault> {
    let (mut plans, mut policies, mut unknown, now) = (Vec::new(), Vec::new(), Vec::new(), tx.now());
    for region in region::regions(tx)? {
        let held = policy::in_force(tx, &region.division, PolicyKind::Retention, now)?;
        match said(&region.zone, held.map(|held| held.document).as_deref()) {
            Ok((zone, policy)) => {
                for kind in RecordKind::ALL.iter().copied().filter(|kind| kind.is_of(false)) {
                    plans.push(plan(region.division.as_str(), kind, &policy, now, zone));
                }
                policies.push(policy);
            }
            Err(problem) => unknown.push(Failure { region: region.division.to_string(), kind: None, problem }),
        }
    }
    if unknown.is_empty() {
        for kind in RecordKind::ALL.iter().copied().filter(|kind| kind.is_of(true)) {
            plans.push(plan("", kind, &RetentionPolicy::longest(kind, &policies), now, Tz::UTC));
        }
    }
    Ok((plans, unknown))
}

/// What is kept of a region's zone and policy, read.
fn said(zone: &str, document: Option<&str>) -> Result<(Tz, RetentionPolicy), Problem> {
    let zone = zone.parse().map_err(|_| Problem::internal(format!("zone {zone}")))?;
    let policy = document.map(serde_json::from_str::<RetentionPolicy>).transpose().map_err(Problem::internal)?;
    Ok((zone, policy.unwrap_or_default()))
}

fn plan(region: &str, kind: RecordKind, policy: &RetentionPolicy, now: Timestamp, zone: Tz) -> Plan {
    Plan { region: region.to_owned(), kind, version: policy.version().to_owned(), cutoff: policy.cutoff(kind, now), zone }
}

/// Runs what is due, and goes on with what was not through. What fails does not keep the others from being done. Nothing comes of
/// it where another process has the job.
///
/// # Errors
/// The database's, where it is not even known what is due.
pub async fn turn(store: &Store, holder: Uuid, asked: Asked) -> Result<Turn, Problem> {
    let (plans, failed) = store.read(plans).await?;
    let mut turn = Turn { done: Vec::new(), failed };
    for plan in plans {
        match run(store, holder, &plan, asked).await {
            Ok(Some(run)) => turn.done.push(run),
            Ok(None) => {}
            Err(problem) => turn.failed.push(Failure { region: plan.region, kind: Some(plan.kind), problem }),
        }
    }
    for Failure { region, kind, problem } in &turn.failed {
        let (kind, code, cause) = (kind.map(tracing::field::display), problem.code.as_str(), problem.cause());
        tracing::error!(region, kind, code, cause, "what is past its time could not be erased");
    }
    if let Err(problem) = give_back(store, holder).await {
        // It ends by itself within a minute.
        tracing::warn!(code = problem.code.as_str(), cause = problem.cause(), "the lease of the job was not given back");
    }
    Ok(turn)
}

async fn give_back(store: &Store, holder: Uuid) -> Result<(), Problem> {
    Ok(store.tally::<_, Fault>(move |tx| Ok(lease::release(tx, JOB, holder)?)).await?)
}

/// One run to its end, where it is due and this holder has the job.
async fn run(store: &Store, holder: Uuid, plan: &Plan, asked: Asked) -> Result<Option<Run>, Problem> {
    let (planned, id) = (plan.clone(), Uuid::now_v7());
    let begin = move |tx: &mut Tx| -> Result<Option<Run>, Fault> {
        let last = retention::last(tx, &planned.region, planned.kind)?;
        if last.as_ref().is_some_and(|last| last.ended_at.is_some() && !asked.again && same_day(&planned, last.started_at, tx.now())) {
            return Ok(None);
        }
        if !hold(tx, holder)? {
            return Ok(None);
        }
        if let Some(open) = last.filter(|last| last.ended_at.is_none()) {
            return Ok(Some(open));
        }
        Ok(Some(retention::begin(tx, id, &planned.region, planned.kind, &planned.version, planned.cutoff)?))
    };
    let Some(mut run) = store.tally(begin).await? else { return Ok(None) };
    while run.ended_at.is_none() {
        let current = run.clone();
        let step = move |tx: &mut Tx| -> Result<Option<Run>, Fault> {
            if !hold(tx, holder)? {
                tx.changes_nothing();
                return Ok(None);
            }
            Ok(Some(retention::step(tx, &current, BATCH, asked.by)?))
        };
        match store.write(step).await? {
            Some(next) => run = next,
            None => return Ok(None),
        }
    }
    Ok(Some(run))
}

fn hold(tx: &mut Tx, holder: Uuid) -> Result<bool, Fault> {
    let until = tx.now() + LEASE;
    Ok(lease::take(tx, JOB, holder, until)?)
}

fn same_day(plan: &Plan, one: Timestamp, other: Timestamp) -> bool {
    one.with_timezone(&plan.zone).date_naive() == other.with_timezone(&plan.zone).date_naive()
}
