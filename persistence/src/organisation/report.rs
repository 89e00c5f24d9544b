//! Quarters of a fund book as they were published.

use diesel::prelude::*;
use domain::organisation::Quarter;
use uuid::Uuid;

use crate::both;
use crate::error::StoreError;
use crate::schema::{fund_reports, funds};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A quarter as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundReport {
    /// Whose.
    pub organisation: Uuid,
    /// Which.
    pub quarter: Quarter,
    /// The text.
    pub statement: String,
    /// Its digest, in hexadecimal.
    pub digest: String,
    /// The account that has published it.
    pub published_by: Uuid,
    /// When.
    pub published_at: domain::Timestamp,
}

/// Publishes a quarter, and closes the book up to its end.
///
/// # Errors
/// [`StoreError::Duplicate`] where it was published before.
pub fn add_report(tx: &mut Tx, report: &FundReport) -> Result<(), StoreError> {
    let row = (
        fund_reports::organisation_id.eq(Uid(report.organisation)),
        fund_reports::quarter.eq(report.quarter.to_string()),
        fund_reports::statement.eq(&report.statement),
        fund_reports::digest.eq(&report.digest),
        fund_reports::published_by.eq(Uid(report.published_by)),
        fund_reports::published_at.eq(Instant::from(report.published_at)),
    );
    diesel::insert_into(fund_reports::table).values(row).execute(&mut tx.conn)?;
    let closed = funds::closed_until.eq(Some(report.quarter.last_day()));
    both!(tx, |c| diesel::update(funds::table.find(Uid(report.organisation))).set(closed).execute(c))?;
    Ok(())
}

type ReportRow = (Uid, String, String, String, Uid, Instant);

fn read_report((organisation, quarter, statement, digest, by, at): ReportRow) -> Result<FundReport, StoreError> {
    let quarter = Quarter::parse(&quarter).ok_or_else(|| StoreError::Bug(format!("quarter {quarter}")))?;
    Ok(FundReport { organisation: organisation.0, quarter, statement, digest, published_by: by.0, published_at: at.get() })
}

/// A quarter as it was published.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn report(tx: &mut Tx, organisation: Uuid, quarter: Quarter) -> Result<FundReport, StoreError> {
    let row: ReportRow = fund_reports::table.find((Uid(organisation), quarter.to_string())).first(&mut tx.conn)?;
    read_report(row)
}

/// The published quarters, the first one first, from after one on.
///
/// # Errors
/// The database's.
pub fn reports(tx: &mut Tx, organisation: Uuid, after: Option<&str>, limit: i64) -> Result<Vec<FundReport>, StoreError> {
    let rows: Vec<ReportRow> = fund_reports::table
        .filter(fund_reports::organisation_id.eq(Uid(organisation)))
        .filter(fund_reports::quarter.gt(after.unwrap_or_default().to_owned()))
        .order(fund_reports::quarter)
        .limit(limit)
        .load(&mut tx.conn)?;
    rows.into_iter().map(read_report).collect()
}
