//! Volunteers 志愿者: which people serve, and where each stands.

use diesel::prelude::*;
use domain::person::VolunteerState;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::error::StoreError;
use crate::order::{division, value};
use crate::schema::volunteers;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A volunteer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volunteer {
    /// Who.
    pub person: Uuid,
    /// The number under which others know the volunteer.
    pub number: String,
    /// The region in which the volunteer is registered.
    pub region: DivisionCode,
    /// Where the volunteer serves.
    pub division: DivisionCode,
    /// Where the volunteer stands.
    pub state: VolunteerState,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

/// A volunteer to register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVolunteer {
    /// Who.
    pub person: Uuid,
    /// The number, unique and telling nothing.
    pub number: String,
    /// The region.
    pub region: DivisionCode,
    /// Where the volunteer serves.
    pub division: DivisionCode,
    /// Where the volunteer stands at first: mostly has applied.
    pub state: VolunteerState,
    /// The account that registers.
    pub by: Option<Uuid>,
}

/// A row of `volunteers`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = volunteers)]
struct Row {
    person_id: Uid,
    number: String,
    region: String,
    division: String,
    state: String,
    version: i32,
    changed_by: Option<Uid>,
    created_at: Instant,
    changed_at: Instant,
}

/// Registers a volunteer.
///
/// # Errors
/// [`StoreError::Duplicate`] of `volunteers` and `number` where the number is taken, else where the person is a volunteer
/// already; [`StoreError::Unknown`] where the person or a division is not there.
pub fn add_volunteer(tx: &mut Tx, volunteer: &NewVolunteer) -> Result<(), StoreError> {
    let row = Row {
        person_id: volunteer.person.into(),
        number: volunteer.number.clone(),
        region: volunteer.region.as_str().to_owned(),
        division: volunteer.division.as_str().to_owned(),
        state: volunteer.state.as_str().to_owned(),
        version: 1,
        changed_by: volunteer.by.map(Into::into),
        created_at: tx.now().into(),
        changed_at: tx.now().into(),
    };
    diesel::insert_into(volunteers::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// The volunteer that a person is.
///
/// # Errors
/// [`StoreError::Missing`] where the person is none.
pub fn volunteer(tx: &mut Tx, person: Uuid) -> Result<Volunteer, StoreError> {
    let row: Row = volunteers::table.find(Uid(person)).select(Row::as_select()).first(&mut tx.conn)?;
    Ok(Volunteer {
        person: row.person_id.0,
        number: row.number,
        region: division(&row.region)?,
        division: division(&row.division)?,
        state: value(&row.state)?,
        version: row.version,
    })
}

/// Moves a volunteer from one state to another; which may follow is the domain's to say.
///
/// # Errors
/// [`StoreError::Stale`] where the volunteer does not stand where it was decided on.
pub fn change_volunteer(tx: &mut Tx, person: Uuid, from: VolunteerState, to: VolunteerState, actor: Uuid) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let changed = diesel::update(volunteers::table.find(Uid(person)))
        .filter(volunteers::state.eq(from.as_str()))
        .set((
            volunteers::state.eq(to.as_str()),
            volunteers::version.eq(volunteers::version + 1),
            volunteers::changed_by.eq(Some(Uid(actor))),
            volunteers::changed_at.eq(now),
        ))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
