//! The three measures of the loop and the hotline's three rates, each as numerator and denominator.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::order::{Channel, DeadlineKind, Exclusion, Payment, Taker};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::schema::{order_deadlines, order_reviews, orders};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// Which orders are measured: those first dispatched on these local days in these divisions.
#[derive(Clone, Debug)]
pub struct MeasureFilter {
    /// Places of service at or below these divisions, as text ranges.
    pub ranges: Vec<(String, String)>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Only this service.
    pub service: Option<Uuid>,
    /// Only this taker.
    pub taker: Option<Taker>,
    /// A deadline that has passed by then is due.
    pub as_of: domain::Timestamp,
    /// From how many stars on a review counts as satisfied.
    pub satisfied_stars: i32,
}

/// A share as the two counts it is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// What counts.
    pub numerator: i64,
    /// Of how many.
    pub denominator: i64,
}

/// The three measures. Paid orders and those confirmed as out of scope are left out and counted beside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    /// First offers accepted by a certified taker, of the orders dispatched 匹配度.
    pub matched: Share,
    /// Deadlines met, of those due: accept, arrive, finish 时效性.
    pub timely: Share,
    /// Real reviews of four stars or more, of the real reviews 满意度.
    pub satisfied: Share,
    /// Orders left out because they are paid.
    pub paid: i64,
    /// Orders left out because a second person confirmed that they are out of scope.
    pub excluded: i64,
}

/// The hotline's three rates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HotlineRates {
    /// Contacted in time, of those assigned 响应率.
    pub responded: Share,
    /// Solved, of the callbacks that reached the person 解决率.
    pub solved: Share,
    /// Satisfied, of the callbacks that reached the person 满意率.
    pub satisfied: Share,
}

impl std::ops::AddAssign for Share {
    fn add_assign(&mut self, other: Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
    }
}

/// The deadlines that the timeliness is made of.
const TIMED: [DeadlineKind; 3] = [DeadlineKind::AcceptBy, DeadlineKind::ArriveBy, DeadlineKind::FinishBy];

type Range = (String, String);

/// Narrows a query in which orders appear to those dispatched in the period, in one range of divisions.
macro_rules! in_period {
    ($query:expr, $filter:expr, $range:expr) => {{
        let mut query = $query
            .into_boxed::<MultiBackend>()
            .filter(orders::division.ge($range.0.clone()))
            .filter(orders::division.lt($range.1.clone()))
            .filter(orders::dispatched_on.ge(Some($filter.from)))
            .filter(orders::dispatched_on.le(Some($filter.to)));
        if let Some(service) = $filter.service {
            query = query.filter(orders::service_id.eq(Uid(service)));
        }
        match $filter.taker {
            Some(Taker::Person(id)) => query.filter(orders::taker_person.eq(Some(Uid(id)))),
            Some(Taker::Organisation(id)) => query.filter(orders::taker_organisation.eq(Some(Uid(id)))),
            None => query,
        }
    }};
}

/// The same, of the orders that count: neither paid nor confirmed as out of scope.
macro_rules! measured {
    ($query:expr, $filter:expr, $range:expr) => {
        in_period!($query, $filter, $range)
            .filter(orders::exclusion.ne(Exclusion::Confirmed.as_str()))
            .filter(orders::payment.ne(Payment::Paid.as_str()))
    };
}

/// The three measures.
///
/// # Errors
/// The database's.
pub fn measures(tx: &mut Tx, filter: &MeasureFilter) -> Result<Measures, StoreError> {
    let mut all = Measures::default();
    // Ranges of divisions never overlap, so what is counted in each may be added.
    for range in &filter.ranges {
        all.matched += matched(tx, filter, range)?;
        all.timely += timely(tx, filter, range)?;
        all.satisfied += satisfied(tx, filter, range)?;
        let left_out = || in_period!(orders::table, filter, range);
        let confirmed = Exclusion::Confirmed.as_str();
        let paid = left_out().filter(orders::payment.eq(Payment::Paid.as_str())).filter(orders::exclusion.ne(confirmed));
        all.paid += paid.count().get_result::<i64>(&mut tx.conn)?;
        all.excluded += left_out().filter(orders::exclusion.eq(confirmed)).count().get_result::<i64>(&mut tx.conn)?;
    }
    Ok(all)
}

fn matched(tx: &mut Tx, filter: &MeasureFilter, range: &Range) -> Result<Share, StoreError> {
    let dispatched = || measured!(orders::table, filter, range);
    let numerator = dispatched().filter(orders::matched.eq(Some(true))).count().get_result(&mut tx.conn)?;
    Ok(Share { numerator, denominator: dispatched().count().get_result(&mut tx.conn)? })
}

fn timely(tx: &mut Tx, filter: &MeasureFilter, range: &Range) -> Result<Share, StoreError> {
    let kinds: Vec<&str> = TIMED.into_iter().map(Vocabulary::as_str).collect();
    let counted = || {
        let joined = order_deadlines::table.inner_join(orders::table.on(orders::id.eq(order_deadlines::order_id)));
        measured!(joined, filter, range).filter(order_deadlines::kind.eq_any(kinds.clone())).filter(order_deadlines::void_reason.is_null())
    };
    let passed = order_deadlines::due.le(Instant::from(filter.as_of));
    let due = counted().filter(order_deadlines::met_at.is_not_null().or(passed));
    let met = counted().filter(order_deadlines::met_at.le(order_deadlines::due.nullable()));
    Ok(Share { numerator: met.count().get_result(&mut tx.conn)?, denominator: due.count().get_result(&mut tx.conn)? })
}

fn satisfied(tx: &mut Tx, filter: &MeasureFilter, range: &Range) -> Result<Share, StoreError> {
    let real = || {
        let joined = order_reviews::table.inner_join(orders::table.on(orders::id.eq(order_reviews::order_id)));
        measured!(joined, filter, range)
    };
    let numerator = real().filter(order_reviews::stars.ge(filter.satisfied_stars)).count().get_result(&mut tx.conn)?;
    Ok(Share { numerator, denominator: real().count().get_result(&mut tx.conn)? })
}

/// The hotline's three rates over the orders that came through it.
///
/// # Errors
/// The database's.
pub fn hotline(tx: &mut Tx, filter: &MeasureFilter) -> Result<HotlineRates, StoreError> {
    let mut all = HotlineRates::default();
    for range in &filter.ranges {
        let tickets = || {
            in_period!(orders::table, filter, range)
                .filter(orders::exclusion.ne(Exclusion::Confirmed.as_str()))
                .filter(orders::channel.eq(Channel::Hotline.as_str()))
        };
        let (solved, satisfied) = (orders::callback_solved, orders::callback_satisfied);
        let assigned: i64 = tickets().count().get_result(&mut tx.conn)?;
        let in_time = tickets().filter(orders::first_contact_in_time.eq(Some(true)));
        let responded: i64 = in_time.count().get_result(&mut tx.conn)?;
        let reached: i64 = tickets().filter(solved.is_not_null()).count().get_result(&mut tx.conn)?;
        let solved: i64 = tickets().filter(solved.eq(Some(true))).count().get_result(&mut tx.conn)?;
        let satisfied: i64 = tickets().filter(satisfied.eq(Some(true))).count().get_result(&mut tx.conn)?;
        all.responded += Share { numerator: responded, denominator: assigned };
        all.solved += Share { numerator: solved, denominator: reached };
        all.satisfied += Share { numerator: satisfied, denominator: reached };
    }
    Ok(all)
}
