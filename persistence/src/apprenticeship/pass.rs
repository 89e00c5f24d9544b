//! What becomes of apprenticeships when people are erased, or two records turn out to be of one person.

use diesel::prelude::*;
use domain::apprenticeship::{ApprenticeshipEnd, ApprenticeshipState};
use uuid::Uuid;

use super::{Apprenticeship, of_people, save};
use crate::error::StoreError;
use crate::schema::{apprentice_works, apprenticeships};
use crate::store::Tx;
use crate::types::Uid;

fn end(tx: &mut Tx, live: Apprenticeship, why: ApprenticeshipEnd, by: Uuid) -> Result<(), StoreError> {
    let ended_at = Some(tx.now());
    save(tx, &Apprenticeship { state: ApprenticeshipState::Ended, end: Some(why), asked: None, ended_at, ..live }, by)
}

fn live_of(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<Apprenticeship>, StoreError> {
    let theirs = of_people(tx, persons, None, None, i64::MAX)?;
    Ok(theirs.into_iter().filter(|found| found.state.is_live()).collect())
}

/// Ends the apprenticeships of people who are erased, and erases the texts about what they made as apprentices: counts stay.
pub(crate) fn forget(tx: &mut Tx, persons: &[Uuid], by: Uuid) -> Result<(), StoreError> {
    for live in live_of(tx, persons)? {
        end(tx, live, ApprenticeshipEnd::Erased, by)?;
    }
    let ids: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let learned = apprenticeships::table.filter(apprenticeships::apprentice_id.eq_any(ids.clone())).select(apprenticeships::id);
    diesel::update(apprentice_works::table.filter(apprentice_works::apprenticeship_id.eq_any(learned)))
        .set((apprentice_works::title.eq(None::<Vec<u8>>), apprentice_works::description.eq(None::<Vec<u8>>)))
        .execute(&mut tx.conn)?;
    diesel::update(apprenticeships::table.filter(apprenticeships::apprentice_id.eq_any(ids)))
        .set(apprenticeships::agreed_evidence.eq(None::<Vec<u8>>))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// Makes the apprenticeships of one record those of another. Of two with the same people in the same craft the other record's goes on;
/// one of both records with each other ends.
pub(crate) fn hand_over(tx: &mut Tx, from: Uuid, into: Uuid, by: Uuid) -> Result<(), StoreError> {
    let whose = |person: Uuid| if person == from { into } else { person };
    let pair = |found: &Apprenticeship| (whose(found.master), whose(found.apprentice), found.craft);
    let kept: Vec<_> = live_of(tx, &[into])?.iter().map(pair).collect();
    for live in live_of(tx, &[from])? {
        let (master, apprentice, craft) = pair(&live);
        if master == apprentice || kept.contains(&(master, apprentice, craft)) {
            end(tx, live, ApprenticeshipEnd::Merged, by)?;
        }
    }
    let as_master = apprenticeships::table.filter(apprenticeships::master_id.eq(Uid(from)));
    diesel::update(as_master)
        .set((apprenticeships::master_id.eq(Uid(into)), apprenticeships::version.eq(apprenticeships::version + 1)))
        .execute(&mut tx.conn)?;
    let as_apprentice = apprenticeships::table.filter(apprenticeships::apprentice_id.eq(Uid(from)));
    diesel::update(as_apprentice)
        .set((apprenticeships::apprentice_id.eq(Uid(into)), apprenticeships::version.eq(apprenticeships::version + 1)))
        .execute(&mut tx.conn)?;
    Ok(())
}
