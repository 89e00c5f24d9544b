//! Birthdays: who comes into another group moves to its list, once each local day.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use domain::days::local_day;
use domain::demand::{Command, DemandPolicy, decide};
use domain::order::Group;
use domain::region::DivisionCode;
use persistence::audit::{self, Origin};
use persistence::demand::{self, Recorded};
use persistence::{Tx, person};
use uuid::Uuid;

use super::with_facts;
use crate::book::KnownRegion;
use crate::problem::{Fault, Problem};
use crate::region::policy::in_force;
use crate::services::Services;

/// Items that are looked at in one read.
const BATCH: i64 = 500;

/// The last local day on which this process has looked through the lists of each region. A new process looks again, which changes
/// nothing that is right.
#[derive(Debug, Default)]
pub struct Birthdays(Mutex<HashMap<DivisionCode, NaiveDate>>);

impl Birthdays {
    fn are_done(&self, region: &DivisionCode, day: NaiveDate) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(region) == Some(&day)
    }

    fn done(&self, region: &DivisionCode, day: NaiveDate) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(region.clone(), day);
    }
}

/// Looks through the lists of every region whose local day has changed.
///
/// # Errors
/// The database's.
pub async fn turn(services: &Arc<Services>) -> Result<(), Problem> {
    for region in services.book.regions() {
        let today = local_day(services.store.clock().now(), region.zone);
        if services.birthdays.are_done(&region.division, today) {
            continue;
        }
        let origin = Arc::new(Origin::clock("birthdays"));
        audit::within(origin, look_through(services, &region, today)).await?;
        services.birthdays.done(&region.division, today);
    }
    Ok(())
}

async fn look_through(services: &Arc<Services>, region: &KnownRegion, today: NaiveDate) -> Result<(), Problem> {
    let mut after = Uuid::nil();
    loop {
        let division = region.division.clone();
        let Look { last, moved } = services.store.read::<_, Fault>(move |tx| due(tx, &division, after, today)).await?;
        for (item, group) in moved {
            let shared = Arc::clone(services);
            // One that cannot be moved keeps nobody else back; it is looked at again the next day.
            let moved = services.store.write::<_, Fault>(move |tx| regroup(tx, &shared, item, group)).await;
            if let Err(problem) = moved.map_err(Problem::from) {
                tracing::error!(%item, code = problem.code.as_str(), cause = problem.cause(), "a birthday could not move a need");
            }
        }
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Some items that were looked at.
struct Look {
    /// The last of them; none where there are no more.
    last: Option<Uuid>,
    /// Those whose person is in another group today.
    moved: Vec<(Uuid, Group)>,
}

/// Looks at the next items.
fn due(tx: &mut Tx, region: &DivisionCode, after: Uuid, today: NaiveDate) -> Result<Look, Fault> {
    let ages = in_force::<DemandPolicy>(tx, region, tx.now())?.ages();
    let listed = demand::candidates(tx, region, after, BATCH)?;
    let mut moved = Vec::new();
    for one in &listed {
        let group = ages.group_on(person::birth_date(tx, one.person)?, today);
        if group != one.group {
            moved.push((one.item, group));
        }
    }
    Ok(Look { last: listed.last().map(|one| one.item), moved })
}

fn regroup(tx: &mut Tx, services: &Services, item: Uuid, group: Group) -> Result<(), Fault> {
    let before = demand::load(tx, item)?;
    tx.about("demands", item);
    if before.group == group || !before.state.is_live() {
        tx.changes_nothing();
        return Ok(());
    }
    let decision = with_facts(tx, services, &before.region, |facts| Ok(decide(&before, &Command::Regroup(group), facts)?))?;
    Ok(demand::save(tx, &before, &decision, Recorded::default())?)
}
