//! What lies in a division, as ranges of codes: its own, and those of codes that were merged into it.

use diesel::prelude::*;
use domain::region::DivisionCode;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::division as code_of;
use crate::schema::division_aliases;
use crate::store::Tx;

type Range = (String, String);

/// The ranges of codes that lie in a division, the first bound inclusive, the second exclusive. No two overlap.
///
/// # Errors
/// The database's.
pub fn ranges(tx: &mut Tx, code: &DivisionCode) -> Result<Vec<Range>, StoreError> {
    ranges_of(tx, std::slice::from_ref(code))
}

/// The codes under which a division was ever recorded: its own first, then those that were merged into it. Facts keep the code of
/// their day.
///
/// # Errors
/// The database's.
pub fn codes_of(tx: &mut Tx, code: &DivisionCode) -> Result<Vec<DivisionCode>, StoreError> {
    let merged: Vec<String> = division_aliases::table
        .filter(division_aliases::code.eq(code.as_str()))
        .order(division_aliases::alias)
        .select(division_aliases::alias)
        .load(&mut tx.conn)?;
    std::iter::once(Ok(code.clone())).chain(merged.iter().map(|alias| code_of(alias))).collect()
}

/// The ranges of codes that lie in any of these divisions. No two overlap, so what is counted in each may be added.
///
/// # Errors
/// The database's.
pub fn ranges_of(tx: &mut Tx, codes: &[DivisionCode]) -> Result<Vec<Range>, StoreError> {
    let mut all = without_overlap(codes.iter().map(DivisionCode::range).collect());
    let mut fresh = all.clone();
    // A code may have been merged into one that was merged itself: until nothing new comes.
    while !fresh.is_empty() {
        let merged = merged_into(tx, &fresh)?;
        fresh = merged.iter().map(DivisionCode::range).filter(|range| !all.iter().any(|known| covers(known, range))).collect();
        all.extend(fresh.iter().cloned());
        all = without_overlap(all);
    }
    Ok(all)
}

/// Whether a code lies in any of these ranges.
#[must_use]
pub fn lies_in(code: &DivisionCode, ranges: &[Range]) -> bool {
    ranges.iter().any(|(from, to)| from.as_str() <= code.as_str() && code.as_str() < to.as_str())
}

/// Whether a column of codes lies in any of these ranges: a condition on a query of a table or a join.
macro_rules! in_ranges {
    ($Source:ty, $column:expr, $ranges:expr) => {{
        type Condition = Box<dyn diesel::BoxableExpression<$Source, $crate::dialect::MultiBackend, SqlType = diesel::sql_types::Bool>>;
        let within = |(from, to): &(String, String)| -> Condition { Box::new($column.ge(from.clone()).and($column.lt(to.clone()))) };
        // One range stands alone: beside anything else it could not be read from an index as a range.
        let all = $ranges.iter().map(within).reduce(|one, other| -> Condition { Box::new(one.or(other)) });
        all.unwrap_or_else(|| -> Condition { Box::new($column.eq(String::new())) })
    }};
}
pub(crate) use in_ranges;

/// The codes that were merged into something that lies in these ranges.
fn merged_into(tx: &mut Tx, ranges: &[Range]) -> Result<Vec<DivisionCode>, StoreError> {
    let merged = in_ranges!(division_aliases::table, division_aliases::code, ranges);
    let query = division_aliases::table.into_boxed::<MultiBackend>().filter(merged);
    let rows: Vec<String> = query.select(division_aliases::alias).load(&mut tx.conn)?;
    rows.iter().map(|alias| code_of(alias)).collect()
}

fn covers(outer: &Range, inner: &Range) -> bool {
    outer.0 <= inner.0 && inner.1 <= outer.1
}

/// Drops ranges that lie in others. Those of codes lie in one another or apart, never across.
fn without_overlap(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable_by(|one, other| one.0.cmp(&other.0).then_with(|| other.1.cmp(&one.1)));
    ranges.dedup_by(|inner, outer| covers(outer, inner));
    ranges
}

#[cfg(test)]
mod tests {
    use super::without_overlap;
    use domain::region::DivisionCode;

    fn ranges(codes: &[&str]) -> Vec<(String, String)> {
        codes.iter().map(|code| DivisionCode::parse(code).unwrap().range()).collect()
    }

    #[test]
    fn ranges_in_others_are_dropped() {
        let mixed = ranges(&["230822100", "4514", "230822", "230823", "230822", "230822100001", "45"]);
        assert_eq!(without_overlap(mixed), ranges(&["230822", "230823", "45"]));
        assert_eq!(without_overlap(Vec::new()), []);
    }
}
