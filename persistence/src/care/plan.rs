//! Care plans: kept, found again, and forgotten.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::care::{CarePlanEnd, CarePlanState, VisitState};
use domain::order::{Basis, Urgency};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division, optional, value};
use crate::region::{in_ranges, ranges};
use crate::schema::{care_plans, care_visits};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What the note is sealed for.
pub(crate) const NOTE: &str = "care_plans.note";

/// What the address is sealed for.
pub(crate) const ADDRESS: &str = "care_plans.address";

/// A care plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: Uuid,
    /// The need that it serves.
    pub demand: Uuid,
    /// The region whose policy and clock it follows.
    pub region: DivisionCode,
    /// Where the visits are.
    pub division: DivisionCode,
    /// Who is visited.
    pub person: Uuid,
    /// The service of the catalogue.
    pub service: Uuid,
    /// How pressing each order is.
    pub urgency: Urgency,
    /// On what basis it was made for somebody else.
    pub basis: Basis,
    /// The recurrence rule.
    pub rule: String,
    /// The first day that counts.
    pub first_day: NaiveDate,
    /// The last day that counts.
    pub last_day: NaiveDate,
    /// When a visit begins, in minutes since local midnight.
    pub starts_minute: i32,
    /// How long a visit is, in minutes.
    pub minutes: i32,
    /// What whoever comes must know; none once it is over.
    pub note: Option<String>,
    /// Where; none once it is over.
    pub address: Option<String>,
    /// Where it stands.
    pub state: CarePlanState,
    /// Why it is over, if it is.
    pub end: Option<CarePlanEnd>,
    /// The day of the next visit that is not placed.
    pub next_day: Option<NaiveDate>,
    /// When the clock sees to it; none where it has nothing to do.
    pub act_at: Option<domain::Timestamp>,
    /// The version of the policy of the last decision.
    pub policy_version: String,
    /// One more with every change; a new one has 1.
    pub version: i32,
    /// The account that has made it.
    pub made_by: Uuid,
    /// When.
    pub made_at: domain::Timestamp,
    /// When it changed last.
    pub changed_at: domain::Timestamp,
    /// When it was over.
    pub ended_at: Option<domain::Timestamp>,
}

/// A row of `care_plans`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = care_plans, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    demand_id: Uid,
    live_demand: Option<Uid>,
    region: String,
    division: String,
    person_id: Uid,
    service_id: Uid,
    urgency: String,
    basis: String,
    rule: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
    starts_minute: i32,
    minutes: i32,
    note: Option<Vec<u8>>,
    address: Option<Vec<u8>>,
    state: String,
    end_reason: Option<String>,
    next_day: Option<NaiveDate>,
    act_at: Option<Instant>,
    policy_version: String,
    version: i32,
    made_by: Uid,
    made_at: Instant,
    changed_at: Instant,
    ended_at: Option<Instant>,
}

impl Row {
    fn into_plan(self, tx: &Tx) -> Result<Plan, StoreError> {
        let open = |column, sealed: Option<Vec<u8>>| sealed.map(|sealed| tx.unseal(column, self.id.0, &sealed)).transpose();
        Ok(Plan {
            note: open(NOTE, self.note)?,
            address: open(ADDRESS, self.address)?,
            id: self.id.0,
            demand: self.demand_id.0,
            region: division(&self.region)?,
            division: division(&self.division)?,
            person: self.person_id.0,
            service: self.service_id.0,
            urgency: value(&self.urgency)?,
            basis: value(&self.basis)?,
            rule: self.rule,
            first_day: self.first_day,
            last_day: self.last_day,
            starts_minute: self.starts_minute,
            minutes: self.minutes,
            state: value(&self.state)?,
            end: optional(self.end_reason.as_deref())?,
            next_day: self.next_day,
            act_at: self.act_at.map(Instant::get),
            policy_version: self.policy_version,
            version: self.version,
            made_by: self.made_by.0,
            made_at: self.made_at.get(),
            changed_at: self.changed_at.get(),
            ended_at: self.ended_at.map(Instant::get),
        })
    }
}

/// Keeps a new plan.
///
/// # Errors
/// [`StoreError::Duplicate`] where the need has one that is not over.
pub fn add(tx: &mut Tx, plan: &Plan) -> Result<(), StoreError> {
    tx.in_region(&plan.region);
    let seal = |column, text: &Option<String>| text.as_deref().map(|text| tx.seal(column, plan.id, text)).transpose();
    let (note, address) = (seal(NOTE, &plan.note)?, seal(ADDRESS, &plan.address)?);
    let row = Row {
        id: plan.id.into(),
        demand_id: plan.demand.into(),
        live_demand: (plan.state != CarePlanState::Ended).then_some(Uid(plan.demand)),
        region: plan.region.to_string(),
        division: plan.division.to_string(),
        person_id: plan.person.into(),
        service_id: plan.service.into(),
        urgency: plan.urgency.as_str().to_owned(),
        basis: plan.basis.as_str().to_owned(),
        rule: plan.rule.clone(),
        first_day: plan.first_day,
        last_day: plan.last_day,
        starts_minute: plan.starts_minute,
        minutes: plan.minutes,
        note,
        address,
        state: plan.state.as_str().to_owned(),
        end_reason: plan.end.map(|end| end.as_str().to_owned()),
        next_day: plan.next_day,
        act_at: plan.act_at.map(Into::into),
        policy_version: plan.policy_version.clone(),
        version: plan.version,
        made_by: plan.made_by.into(),
        made_at: plan.made_at.into(),
        changed_at: plan.changed_at.into(),
        ended_at: plan.ended_at.map(Into::into),
    };
    diesel::insert_into(care_plans::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One plan.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Plan, StoreError> {
    let row: Row = care_plans::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_plan(tx)
}

/// Keeps what changes of a plan, if it is still of that version: it becomes one more. Of one that is over the texts go.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn save(tx: &mut Tx, plan: &Plan) -> Result<(), StoreError> {
    tx.in_region(&plan.region);
    let ended = plan.state == CarePlanState::Ended;
    let values = (
        care_plans::state.eq(plan.state.as_str()),
        care_plans::end_reason.eq(plan.end.map(Vocabulary::as_str)),
        care_plans::live_demand.eq((!ended).then_some(Uid(plan.demand))),
        care_plans::next_day.eq(plan.next_day),
        care_plans::act_at.eq(plan.act_at.map(Instant::from)),
        care_plans::policy_version.eq(&plan.policy_version),
        care_plans::version.eq(plan.version + 1),
        care_plans::changed_at.eq(Instant::from(tx.now())),
        care_plans::ended_at.eq(plan.ended_at.map(Instant::from)),
    );
    let its = care_plans::table.find(Uid(plan.id)).filter(care_plans::version.eq(plan.version));
    if diesel::update(its).set(values).execute(&mut tx.conn)? == 0 {
        return Err(StoreError::Stale);
    }
    if ended {
        let texts = (care_plans::note.eq(None::<Vec<u8>>), care_plans::address.eq(None::<Vec<u8>>));
        diesel::update(care_plans::table.find(Uid(plan.id))).set(texts).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// The plans that the clock has to see to, the longest overdue first.
///
/// # Errors
/// The database's.
pub fn due(tx: &mut Tx, now: domain::Timestamp, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let due = care_plans::table.filter(care_plans::act_at.le(Some(Instant::from(now))));
    let rows: Vec<Uid> = due.order((care_plans::act_at, care_plans::id)).limit(limit).select(care_plans::id).load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The clock sees to a plan later, if it is still of that version.
///
/// # Errors
/// The database's.
pub fn postpone(tx: &mut Tx, plan: &Plan, at: domain::Timestamp) -> Result<(), StoreError> {
    let its = care_plans::table.find(Uid(plan.id)).filter(care_plans::version.eq(plan.version));
    diesel::update(its).set(care_plans::act_at.eq(Some(Instant::from(at)))).execute(&mut tx.conn)?;
    Ok(())
}

/// The plan of a need that is not over, if there is one.
///
/// # Errors
/// The database's.
pub fn live_of(tx: &mut Tx, demand: Uuid) -> Result<Option<Uuid>, StoreError> {
    let its = care_plans::table.filter(care_plans::live_demand.eq(Some(Uid(demand))));
    let id: Option<Uid> = its.select(care_plans::id).first(&mut tx.conn).optional()?;
    Ok(id.map(Into::into))
}

/// Which plans.
#[derive(Clone, Debug)]
pub struct PlanFilter {
    /// Where.
    pub division: DivisionCode,
    /// Only those in this state.
    pub state: Option<CarePlanState>,
    /// Only those of which a visit was missed and not made up for, or only the others.
    pub missed: Option<bool>,
}

/// Plans, the newest first, from before one on.
///
/// # Errors
/// The database's.
pub fn newest(tx: &mut Tx, filter: &PlanFilter, before: Option<Uuid>, limit: i64) -> Result<Vec<Plan>, StoreError> {
    let near = in_ranges!(care_plans::table, care_plans::division, ranges(tx, &filter.division)?);
    let mut query = care_plans::table.into_boxed::<MultiBackend>().filter(near);
    if let Some(state) = filter.state {
        query = query.filter(care_plans::state.eq(state.as_str()));
    }
    let missed = || care_visits::table.filter(care_visits::state.eq(VisitState::Missed.as_str())).select(care_visits::plan_id);
    match filter.missed {
        Some(true) => query = query.filter(care_plans::id.eq_any(missed())),
        Some(false) => query = query.filter(care_plans::id.ne_all(missed())),
        None => {}
    }
    if let Some(before) = before {
        query = query.filter(care_plans::id.lt(Uid(before)));
    }
    let rows: Vec<Row> = query.order(care_plans::id.desc()).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.into_plan(tx)).collect()
}

/// The plans of people, oldest first.
///
/// # Errors
/// The database's.
pub fn of_people(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<Plan>, StoreError> {
    let ids: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let its = care_plans::table.filter(care_plans::person_id.eq_any(ids));
    let rows: Vec<Row> = its.order(care_plans::id).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.into_plan(tx)).collect()
}

/// Ends the plans of people who are erased, and with them what was written down of the people.
pub(crate) fn forget(tx: &mut Tx, persons: &[Uuid]) -> Result<(), StoreError> {
    for plan in of_people(tx, persons)?.into_iter().filter(|plan| plan.state != CarePlanState::Ended) {
        let ended_at = Some(tx.now().max(plan.changed_at));
        let end = Some(CarePlanEnd::OffList);
        save(tx, &Plan { state: CarePlanState::Ended, end, next_day: None, act_at: None, ended_at, ..plan })?;
    }
    Ok(())
}

/// Makes the plans of one record those of another.
pub(crate) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    let its = care_plans::table.filter(care_plans::person_id.eq(Uid(from)));
    diesel::update(its)
        .set((care_plans::person_id.eq(Uid(into)), care_plans::version.eq(care_plans::version + 1)))
        .execute(&mut tx.conn)?;
    Ok(())
}
