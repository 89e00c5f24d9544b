//! What was done to certifications, and which of them are about to expire.

use diesel::prelude::*;
use domain::person::CertificationEventKind;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::certification::{Certification, Joined, Row};
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::value;
use crate::region::{in_ranges, ranges};
use crate::schema::{certification_events, certification_notices, certifications, crafts, volunteers};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What a reason is sealed for.
pub(crate) const REASON: &str = "certification_events.reason";

/// Something that was done to a certification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificationEvent {
    /// Its id.
    pub id: Uuid,
    /// What.
    pub kind: CertificationEventKind,
    /// Why.
    pub reason: Option<String>,
    /// The version that the certification has had since.
    pub version: i32,
    /// The account that did it.
    pub by: Option<Uuid>,
    /// When.
    pub at: domain::Timestamp,
}

/// Keeps what was done to a certification.
pub(super) fn record(
    tx: &mut Tx,
    certification: Uuid,
    version: i32,
    kind: CertificationEventKind,
    reason: Option<&str>,
    by: Uuid,
) -> Result<(), StoreError> {
    let id = Uuid::now_v7();
    let row = (
        certification_events::id.eq(Uid(id)),
        certification_events::certification_id.eq(Uid(certification)),
        certification_events::kind.eq(kind.as_str()),
        certification_events::reason.eq(reason.map(|reason| tx.seal(REASON, id, reason)).transpose()?),
        certification_events::version.eq(version),
        certification_events::by_account.eq(Some(Uid(by))),
        certification_events::at.eq(Instant::from(tx.now())),
    );
    diesel::insert_into(certification_events::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

type EventRow = (Uid, String, Option<Vec<u8>>, i32, Option<Uid>, Instant);

/// What was done to a certification, oldest first.
///
/// # Errors
/// The database's.
pub fn certification_events(tx: &mut Tx, certification: Uuid) -> Result<Vec<CertificationEvent>, StoreError> {
    let rows: Vec<EventRow> = certification_events::table
        .filter(certification_events::certification_id.eq(Uid(certification)))
        .order(certification_events::version)
        .select((
            certification_events::id,
            certification_events::kind,
            certification_events::reason,
            certification_events::version,
            certification_events::by_account,
            certification_events::at,
        ))
        .load(&mut tx.conn)?;
    let read = |(id, kind, reason, version, by, at): EventRow| {
        let reason = reason.map(|sealed| tx.unseal(REASON, id.0, &sealed)).transpose()?;
        Ok(CertificationEvent { id: id.0, kind: value(&kind)?, reason, version, by: by.map(Into::into), at: at.get() })
    };
    rows.into_iter().map(read).collect()
}

/// Erases what was said about the certifications of a person.
///
/// # Errors
/// The database's.
pub fn forget_certifications(tx: &mut Tx, person: Uuid) -> Result<(), StoreError> {
    let held = certifications::table.filter(certifications::person_id.eq(Uid(person))).select(certifications::id);
    diesel::update(certification_events::table.filter(certification_events::certification_id.eq_any(held)))
        .set(certification_events::reason.eq(None::<Vec<u8>>))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// The certifications of volunteers of a division that hold now and no longer at a moment, by the end of their validity, from
/// after one on.
///
/// # Errors
/// The database's.
pub fn expiring(
    tx: &mut Tx,
    within: &DivisionCode,
    before: domain::Timestamp,
    after: Option<(domain::Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<Certification>, StoreError> {
    let near = in_ranges!(Joined, volunteers::division, ranges(tx, within)?);
    let now = Instant::from(tx.now());
    let mut query = certifications::table
        .inner_join(volunteers::table.on(volunteers::person_id.eq(certifications::person_id)))
        .filter(certifications::valid_until.gt(now).and(certifications::valid_until.le(Instant::from(before))))
        .filter(near)
        .into_boxed::<MultiBackend>();
    if let Some((until, id)) = after {
        let until = Instant::from(until);
        let further = certifications::valid_until.gt(until).or(certifications::id.gt(Uid(id)));
        query = query.filter(certifications::valid_until.ge(until).and(further));
    }
    let query = query.order((certifications::valid_until, certifications::id)).limit(limit);
    let rows: Vec<Row> = query.select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.into_certification(tx)).collect()
}

/// Certifications of a region's crafts that end before a moment and of which nobody was told: which, and whose.
///
/// # Errors
/// The database's.
pub fn untold(tx: &mut Tx, region: &DivisionCode, before: domain::Timestamp, limit: i64) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    let now = Instant::from(tx.now());
    let rows: Vec<(Uid, Uid)> = certifications::table
        .inner_join(crafts::table.on(crafts::id.eq(certifications::craft_id)))
        .left_join(certification_notices::table.on(certification_notices::certification_id.eq(certifications::id)))
        .filter(crafts::region.eq(region.as_str()))
        .filter(certifications::valid_until.gt(now).and(certifications::valid_until.le(Instant::from(before))))
        .filter(certification_notices::certification_id.nullable().is_null())
        .order(certifications::id)
        .limit(limit)
        .select((certifications::id, certifications::person_id))
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(id, person)| (id.0, person.0)).collect())
}

/// Notes that somebody was told that a certification expires; `false` where they were told before.
///
/// # Errors
/// The database's.
pub fn told(tx: &mut Tx, certification: Uuid) -> Result<bool, StoreError> {
    let row = (certification_notices::certification_id.eq(Uid(certification)), certification_notices::at.eq(Instant::from(tx.now())));
    let kept = crate::both!(tx, |c| diesel::insert_into(certification_notices::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(kept == 1)
}
