//! Care plans 照护计划 over HTTP: made of a need, paused, ended, read; and what the clock does about their visits.

mod change;
pub(crate) mod clock;
mod end;
mod make;
mod read;
mod view;
pub(crate) mod visit;

pub(crate) use end::end_for;
pub(crate) use view::{CarePlanView, of_people};

use chrono::{NaiveTime, TimeDelta};
use domain::care::{CarePlanStep, CareRule, CareSchedule, Occurrence, RuleFault};
use domain::days::{end_of_day, later};
use domain::demand::DemandPolicy;
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::care::Plan;

use crate::demand::region_of;
use crate::endpoint::Endpoint;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region::policy::in_force;
use crate::services::Services;

/// Every endpoint of care plans.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [make::endpoints(), change::endpoints(), read::endpoints()].into_iter().flatten().collect()
}

/// What the rules say of a plan now.
struct Ground {
    policy: DemandPolicy,
    schedule: CareSchedule,
}

impl Ground {
    /// Reads the rules that hold for a plan now.
    fn of(tx: &mut Tx, services: &Services, plan: &Plan) -> Result<Self, Fault> {
        let policy = in_force(tx, &plan.region, tx.now())?;
        let zone = region_of(services, &plan.region)?.zone;
        let schedule = CareSchedule {
            rule: CareRule::parse(&plan.rule).map_err(unusable)?,
            first_day: plan.first_day,
            last_day: plan.last_day,
            starts: NaiveTime::MIN + TimeDelta::minutes(i64::from(plan.starts_minute)),
            minutes: plan.minutes,
            zone,
        };
        Ok(Self { policy, schedule })
    }

    /// The plan waits for its next visit; after the last one for its end.
    fn awaiting(&self, plan: Plan, next: Option<Occurrence>) -> Plan {
        let numbers = self.policy.care_plans;
        let act_at = match next {
            Some(next) => later(next.window.start, -numbers.place_ahead_days.saturating_mul(24 * 60)),
            None => {
                let day_ends = end_of_day(self.schedule.last_day, self.schedule.zone);
                let last = self.schedule.on(self.schedule.last_day).map_or(day_ends, |last| last.window.end);
                later(day_ends.max(last), numbers.grace_minutes)
            }
        };
        let policy_version = self.policy.version.clone();
        Plan { next_day: next.map(|next| next.day), act_at: Some(act_at), policy_version, ..plan }
    }
}

/// A rule that was taken when the plan was made and is none any more.
fn unusable(fault: RuleFault) -> Fault {
    Problem::internal(fault.to_string()).into()
}

/// Refuses a step that is not possible from where a plan stands.
fn possible(plan: &Plan, step: CarePlanStep) -> Result<(), Problem> {
    if step.from().contains(&plan.state) {
        return Ok(());
    }
    let allowed = plan.state.allowed().iter().map(|step| step.as_str()).collect::<Vec<_>>().join(", ");
    Err(Problem::stands_against(Code::CarePlanStep, Rule::CarePlanStep, vec![plan.state.as_str().to_owned(), allowed]))
}
