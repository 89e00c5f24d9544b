//! What the rules of dispatch ask about somebody who may serve.

use diesel::prelude::*;
use domain::dispatch::{Candidate, Certificate};
use domain::order::{Hazard, Order, Taker, Window};
use domain::person::{ConsentKind, VolunteerState, is_of_age, is_withdrawn};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::error::StoreError;
use crate::organisation::OrganisationState;
use crate::schema::{certifications, memberships, organisations, regions, volunteers};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A certificate as the query gives it; what was suspended has a moment.
type CertificateRow = (Uid, Instant, Instant, Option<Instant>);

const CERTIFICATE: (certifications::craft_id, certifications::valid_from, certifications::valid_until, certifications::suspended_at) =
    (certifications::craft_id, certifications::valid_from, certifications::valid_until, certifications::suspended_at);

fn certificate((craft, valid_from, valid_until, suspended_at): CertificateRow) -> Certificate {
    let suspended = suspended_at.is_some();
    Certificate { craft: craft.0, valid_from: valid_from.get(), valid_until: valid_until.get(), suspended }
}

/// For what somebody may serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// The order.
    pub order: Uuid,
    /// Its region.
    pub region: DivisionCode,
    /// What it may do to who serves.
    pub hazard: Hazard,
}

impl From<&Order> for Occasion {
    fn from(order: &Order) -> Self {
        Self { order: order.id, region: order.region.clone(), hazard: order.hazard }
    }
}

/// What is known of a person: whether they are active and have not withdrawn that they are on record, certified, free in the window apart from that order, and belong to
/// the organisation that serves; for a dangerous order also whether they are insured and of age. Whoever is not a volunteer is
/// not active.
///
/// # Errors
/// The database's.
pub fn person(tx: &mut Tx, id: Uuid, window: Option<Window>, occasion: &Occasion, serving: Option<Uuid>) -> Result<Candidate, StoreError> {
    let rows: Vec<(String, Option<CertificateRow>)> = volunteers::table
        .left_join(certifications::table.on(certifications::person_id.eq(volunteers::person_id)))
        .filter(volunteers::person_id.eq(Uid(id)))
        .order(certifications::id.nullable())
        .select((volunteers::state, CERTIFICATE.nullable()))
        .load(&mut tx.conn)?;
    let active = rows.iter().any(|(state, _)| state == VolunteerState::Active.as_str())
        && !is_withdrawn(ConsentKind::Register, &crate::person::given_consents(tx, id)?);
    let certificates = rows.into_iter().filter_map(|(_, row)| row.map(certificate)).collect();
    let busy = match window {
        Some(window) => crate::claim::busy(tx, id, window, occasion.order)?,
        None => Vec::new(),
    };
    let belongs = match serving {
        Some(organisation) => belongs(tx, organisation, id)?,
        None => true,
    };
    let (insured, of_age) = if occasion.hazard == Hazard::None {
        (Vec::new(), false)
    } else {
        (crate::person::covers_of(tx, &[id])?, of_age(tx, id, &occasion.region)?)
    };
    Ok(Candidate { taker: Taker::Person(id), active, certificates, insured, of_age, belongs, busy })
}

/// Whether somebody is known to be of age today, in the zone of a region.
fn of_age(tx: &mut Tx, person: Uuid, region: &DivisionCode) -> Result<bool, StoreError> {
    let zone: String = regions::table.find(region.as_str()).select(regions::zone).first(&mut tx.conn)?;
    let zone: chrono_tz::Tz = zone.parse().map_err(|error| StoreError::Bug(format!("the zone of {region}: {error}")))?;
    let today = tx.now().with_timezone(&zone).date_naive();
    Ok(crate::person::birth_date(tx, person)?.is_some_and(|birth| is_of_age(birth, today)))
}

fn belongs(tx: &mut Tx, organisation: Uuid, person: Uuid) -> Result<bool, StoreError> {
    let current = memberships::table.find((Uid(organisation), Uid(person))).filter(memberships::left_at.is_null());
    Ok(current.count().get_result::<i64>(&mut tx.conn)? == 1)
}

/// What is known of an organisation: whether it is active, and the certificates of its members who are active volunteers.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn organisation(tx: &mut Tx, id: Uuid, occasion: &Occasion) -> Result<Candidate, StoreError> {
    let state: String = organisations::table.find(Uid(id)).select(organisations::state).first(&mut tx.conn)?;
    let members = active_members(tx, id)?;
    let rows: Vec<CertificateRow> = certifications::table
        .filter(certifications::person_id.eq_any(members.iter().copied().map(Uid).collect::<Vec<_>>()))
        .order(certifications::id)
        .select(CERTIFICATE)
        .load(&mut tx.conn)?;
    let insured = if occasion.hazard == Hazard::None { Vec::new() } else { crate::person::covers_of(tx, &members)? };
    Ok(Candidate {
        taker: Taker::Organisation(id),
        active: state == OrganisationState::Active.as_str(),
        certificates: rows.into_iter().map(certificate).collect(),
        insured,
        of_age: true,
        belongs: true,
        busy: Vec::new(),
    })
}

/// The active volunteers among the members of an organisation, without those who have withdrawn that they are on record.
fn active_members(tx: &mut Tx, organisation: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let members: Vec<Uid> = memberships::table
        .inner_join(volunteers::table.on(volunteers::person_id.eq(memberships::person_id)))
        .filter(memberships::organisation_id.eq(Uid(organisation)))
        .filter(memberships::left_at.is_null())
        .filter(volunteers::state.eq(VolunteerState::Active.as_str()))
        .order(memberships::person_id)
        .select(memberships::person_id)
        .load(&mut tx.conn)?;
    let mut members: Vec<Uuid> = members.into_iter().map(Into::into).collect();
    let given = crate::person::given_consents_of(tx, &members)?;
    members.retain(|member| given.get(member).is_none_or(|given| !is_withdrawn(ConsentKind::Register, given)));
    Ok(members)
}
