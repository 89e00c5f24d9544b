//! Regions 区划: the tree of divisions, the codes that were merged away, the residents, and who runs a programme.

mod division;
mod scope;

use std::collections::HashSet;

use diesel::prelude::*;
use domain::identity::Role;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;

pub use division::{Division, add, add_alias, children, existing, find, find_many, insert_many, names, roots, search};
pub(crate) use scope::in_ranges;
pub use scope::{codes_of, lies_in, ranges, ranges_of};

use crate::both;
use crate::error::StoreError;
use crate::order::division as code_of;
use crate::schema::{grants, populations, regions};
use crate::store::Tx;
use crate::types::Instant;

/// How many lived in a division in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population {
    /// The year.
    pub year: i32,
    /// The resident population.
    pub residents: i64,
    /// Where the number comes from, such as a census or a yearbook.
    pub source: String,
}

/// Says how many lived in a division in a year; an earlier statement for that year is replaced.
///
/// # Errors
/// [`StoreError::Unknown`] where the division is not there.
pub fn set_population(tx: &mut Tx, code: &DivisionCode, year: i32, residents: i64, source: &str) -> Result<(), StoreError> {
    let stated = (populations::residents.eq(residents), populations::source.eq(source));
    let row = (populations::division.eq(code.as_str()), populations::year.eq(year), stated);
    both!(tx, |c| diesel::insert_into(populations::table)
        .values(row)
        .on_conflict((populations::division, populations::year))
        .do_update()
        .set(stated)
        .execute(c))?;
    Ok(())
}

/// The stated populations of a division, the latest year first.
///
/// # Errors
/// The database's.
pub fn populations(tx: &mut Tx, code: &DivisionCode) -> Result<Vec<Population>, StoreError> {
    let rows: Vec<(i32, i64, String)> = populations::table
        .filter(populations::division.eq(code.as_str()))
        .order(populations::year.desc())
        .select((populations::year, populations::residents, populations::source))
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(year, residents, source)| Population { year, residents, source }).collect())
}

/// A division that runs a programme of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The division.
    pub division: DivisionCode,
    /// Its time zone by its IANA name, such as `Asia/Shanghai`.
    pub zone: String,
    /// The languages it speaks to its residents in (BCP 47), the first one first.
    pub languages: Vec<String>,
    /// What the programme is called.
    pub programme: String,
}

type RegionRow = (String, String, String, String);

const REGION: (regions::division, regions::zone, regions::languages, regions::programme) =
    (regions::division, regions::zone, regions::languages, regions::programme);

fn region((division, zone, languages, programme): RegionRow) -> Result<Region, StoreError> {
    let languages = languages.split(',').filter(|tag| !tag.is_empty()).map(ToOwned::to_owned).collect();
    Ok(Region { division: code_of(&division)?, zone, languages, programme })
}

/// Lets a division run a programme.
///
/// # Errors
/// [`StoreError::Duplicate`] where it does so already; [`StoreError::Unknown`] where the division is not there.
pub fn add_region(tx: &mut Tx, region: &Region) -> Result<(), StoreError> {
    let row = (
        regions::division.eq(region.division.as_str()),
        regions::zone.eq(&region.zone),
        regions::languages.eq(region.languages.join(",")),
        regions::programme.eq(&region.programme),
        regions::created_at.eq(Instant::from(tx.now())),
    );
    diesel::insert_into(regions::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Every region, by code.
///
/// # Errors
/// The database's.
pub fn regions(tx: &mut Tx) -> Result<Vec<Region>, StoreError> {
    let rows: Vec<RegionRow> = regions::table.order(regions::division).select(REGION).load(&mut tx.conn)?;
    rows.into_iter().map(region).collect()
}

/// The region whose policies hold in a division: the nearest at or above.
///
/// # Errors
/// The database's.
pub fn region_of(tx: &mut Tx, code: &DivisionCode) -> Result<Option<Region>, StoreError> {
    let lineage: Vec<String> = code.lineage().into_iter().map(Into::into).collect();
    // Codes of one lineage begin with one another, so the nearest is the greatest.
    let row: Option<RegionRow> = regions::table
        .filter(regions::division.eq_any(lineage))
        .order(regions::division.desc())
        .select(REGION)
        .first(&mut tx.conn)
        .optional()?;
    row.map(region).transpose()
}

/// Which of these divisions have a dispatcher of their own, in the order given.
///
/// # Errors
/// The database's.
pub fn dispatching(tx: &mut Tx, candidates: &[DivisionCode]) -> Result<Vec<DivisionCode>, StoreError> {
    let scopes: HashSet<String> = grants::table
        .filter(grants::role.eq(Role::Dispatcher.as_str()))
        .filter(grants::revoked_at.is_null())
        .filter(grants::scope.eq_any(candidates.iter().map(DivisionCode::as_str)))
        .select(grants::scope)
        .distinct()
        .load::<String>(&mut tx.conn)?
        .into_iter()
        .collect();
    Ok(candidates.iter().filter(|code| scopes.contains(code.as_str())).cloned().collect())
}
