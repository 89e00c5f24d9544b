//! What an organisation is, and every step of its life.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::order::{OfferState, State};
use domain::organisation::{CreditCode, OrganisationState, OrganisationStep};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::Organisation;
use crate::both;
use crate::error::StoreError;
use crate::order::value;
use crate::schema::{order_offers, orders, organisation_events, organisations};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What the contact is sealed for.
pub(crate) const CONTACT: &str = "organisations.contact";
/// What a reason is sealed for.
pub(crate) const REASON: &str = "organisation_events.reason";

/// What is known of an organisation besides its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Its unified social credit code, where it has one.
    pub credit_code: Option<CreditCode>,
    /// The organisation that sponsors it.
    pub sponsor: Option<Uuid>,
    /// When it was founded.
    pub founded_on: Option<NaiveDate>,
    /// Whom to ask, in plain.
    pub contact: Option<String>,
    /// The account that has submitted it last, and when.
    pub submitted: Option<(Uuid, domain::Timestamp)>,
}

type ProfileRow = (Option<String>, Option<Uid>, Option<NaiveDate>, Option<Vec<u8>>, Option<Uid>, Option<Instant>);

impl Profile {
    fn read(tx: &Tx, id: Uuid, row: ProfileRow) -> Result<Self, StoreError> {
        let (code, sponsor, founded_on, contact, submitted_by, submitted_at) = row;
        let parse = |code: String| CreditCode::parse(&code).map_err(|error| StoreError::Bug(format!("credit code of {id}: {error}")));
        Ok(Self {
            credit_code: code.map(parse).transpose()?,
            sponsor: sponsor.map(Into::into),
            founded_on,
            contact: contact.map(|sealed| tx.unseal(CONTACT, id, &sealed)).transpose()?,
            submitted: submitted_by.zip(submitted_at).map(|(by, at)| (by.0, at.get())),
        })
    }
}

macro_rules! profile_columns {
    () => {
        (
            organisations::credit_code,
            organisations::sponsor_id,
            organisations::founded_on,
            organisations::contact,
            organisations::submitted_by,
            organisations::submitted_at,
        )
    };
}

/// What is known of an organisation.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn profile(tx: &mut Tx, id: Uuid) -> Result<Profile, StoreError> {
    let row: ProfileRow = both!(tx, |c| organisations::table.find(Uid(id)).select(profile_columns!()).get_result(c))?;
    Profile::read(tx, id, row)
}

/// What is known of several organisations.
///
/// # Errors
/// The database's.
pub fn profiles(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Profile>, StoreError> {
    let ids: Vec<Uid> = ids.iter().copied().map(Uid).collect();
    let rows: Vec<(Uid, ProfileRow)> = both!(tx, |c| organisations::table
        .filter(organisations::id.eq_any(&ids))
        .order(organisations::id)
        .select((organisations::id, profile_columns!()))
        .load(c))?;
    rows.into_iter().map(|(id, row)| Ok((id.0, Profile::read(tx, id.0, row)?))).collect()
}

/// Writes down what an organisation is, if it is still of that version; it gets the next one. Who submitted it stays.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Duplicate`] where another has that credit code, or that name in the division.
pub fn set_profile(tx: &mut Tx, organisation: &Organisation, profile: &Profile) -> Result<(), StoreError> {
    let contact = profile.contact.as_deref().map(|text| tx.seal(CONTACT, organisation.id, text)).transpose()?;
    let values = (
        organisations::kind.eq(&organisation.kind),
        organisations::name.eq(&organisation.name),
        organisations::credit_code.eq(profile.credit_code.as_ref().map(CreditCode::as_str)),
        organisations::sponsor_id.eq(profile.sponsor.map(Uid)),
        organisations::founded_on.eq(profile.founded_on),
        organisations::contact.eq(contact),
        organisations::version.eq(organisation.version + 1),
    );
    let changed = both!(tx, |c| diesel::update(organisations::table.find(Uid(organisation.id)))
        .filter(organisations::version.eq(organisation.version))
        .set(values)
        .execute(c))?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: Uuid,
    /// Which.
    pub step: OrganisationStep,
    /// Why.
    pub reason: Option<String>,
    /// The version that the organisation has had since.
    pub version: i32,
    /// The account that has taken it.
    pub by: Uuid,
    /// When.
    pub at: domain::Timestamp,
}

/// Takes a step, if the organisation is still as it was read; it gets the next version.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn change_state(tx: &mut Tx, organisation: &Organisation, to: OrganisationState, event: &Event) -> Result<(), StoreError> {
    let (id, now) = (organisation.id, Instant::from(event.at));
    let this = organisations::table
        .find(Uid(id))
        .filter(organisations::version.eq(organisation.version))
        .filter(organisations::state.eq(organisation.state.as_str()));
    let values = (organisations::state.eq(to.as_str()), organisations::version.eq(event.version));
    let changed = if event.step == OrganisationStep::Submit {
        let submitted = (organisations::submitted_by.eq(Some(Uid(event.by))), organisations::submitted_at.eq(Some(now)));
        diesel::update(this).set((values, submitted)).execute(&mut tx.conn)?
    } else {
        diesel::update(this).set(values).execute(&mut tx.conn)?
    };
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    let row = (
        organisation_events::id.eq(Uid(event.id)),
        organisation_events::organisation_id.eq(Uid(id)),
        organisation_events::step.eq(event.step.as_str()),
        organisation_events::reason.eq(event.reason.as_deref().map(|text| tx.seal(REASON, event.id, text)).transpose()?),
        organisation_events::version.eq(event.version),
        organisation_events::by_account.eq(Uid(event.by)),
        organisation_events::at.eq(now),
    );
    diesel::insert_into(organisation_events::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

type EventRow = (Uid, String, Option<Vec<u8>>, i32, Uid, Instant);

/// The steps of an organisation, the first one first, from after a version on.
///
/// # Errors
/// The database's.
pub fn events(tx: &mut Tx, id: Uuid, after: Option<i32>, limit: i64) -> Result<Vec<Event>, StoreError> {
    let columns = (
        organisation_events::id,
        organisation_events::step,
        organisation_events::reason,
        organisation_events::version,
        organisation_events::by_account,
        organisation_events::at,
    );
    let rows: Vec<EventRow> = organisation_events::table
        .filter(organisation_events::organisation_id.eq(Uid(id)))
        .filter(organisation_events::version.gt(after.unwrap_or(0)))
        .order(organisation_events::version)
        .limit(limit)
        .select(columns)
        .load(&mut tx.conn)?;
    let read = |(id, step, reason, version, by, at): EventRow| {
        let reason = reason.map(|sealed| tx.unseal(REASON, id.0, &sealed)).transpose()?;
        Ok(Event { id: id.0, step: value(&step)?, reason, version, by: by.0, at: at.get() })
    };
    rows.into_iter().map(read).collect()
}

/// How many orders an organisation serves or was offered that are not over.
///
/// # Errors
/// The database's.
pub fn is_bound(tx: &mut Tx, id: Uuid) -> Result<i64, StoreError> {
    let open: Vec<&str> = State::OPEN.iter().copied().map(Vocabulary::as_str).collect();
    let taken: i64 = orders::table
        .filter(orders::taker_organisation.eq(Some(Uid(id))))
        .filter(orders::state.eq_any(open))
        .count()
        .get_result(&mut tx.conn)?;
    let offered: i64 = order_offers::table
        .filter(order_offers::organisation_id.eq(Some(Uid(id))))
        .filter(order_offers::state.eq(OfferState::Open.as_str()))
        .count()
        .get_result(&mut tx.conn)?;
    Ok(taken + offered)
}
