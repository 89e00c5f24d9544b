//! Volunteers 志愿者: which people serve, and where each stands.

use diesel::prelude::*;
use domain::person::{VolunteerProfile, VolunteerReason, VolunteerState};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::both;
use crate::copy_all;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division, optional, value};
use crate::region::{in_ranges, ranges};
use crate::schema::{volunteer_events, volunteers};
use crate::store::Tx;
use crate::types::{Instant, Uid};

use super::bulk::Enrolled;
use super::profile;

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

/// What is read of a row of `volunteers`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = volunteers)]
struct Row {
    person_id: Uid,
    number: String,
    region: String,
    division: String,
    state: String,
    version: i32,
}

/// A new row of `volunteers`, the profile sealed.
#[derive(Insertable)]
#[diesel(table_name = volunteers, treat_none_as_default_value = false)]
struct NewRow {
    person_id: Uid,
    number: String,
    region: String,
    division: String,
    state: String,
    version: i32,
    changed_by: Option<Uid>,
    created_at: Instant,
    changed_at: Instant,
    profile: Option<Vec<u8>>,
}

impl NewRow {
    fn new(volunteer: &NewVolunteer, profile: Option<Vec<u8>>, now: domain::Timestamp) -> Self {
        Self {
            person_id: volunteer.person.into(),
            number: volunteer.number.clone(),
            region: volunteer.region.as_str().to_owned(),
            division: volunteer.division.as_str().to_owned(),
            state: volunteer.state.as_str().to_owned(),
            version: 1,
            changed_by: volunteer.by.map(Into::into),
            created_at: now.into(),
            changed_at: now.into(),
            profile,
        }
    }
}

impl Row {
    fn into_volunteer(self) -> Result<Volunteer, StoreError> {
        Ok(Volunteer {
            person: self.person_id.0,
            number: self.number,
            region: division(&self.region)?,
            division: division(&self.division)?,
            state: value(&self.state)?,
            version: self.version,
        })
    }
}

/// Registers a volunteer.
///
/// # Errors
/// [`StoreError::Duplicate`] of `volunteers` and `number` where the number is taken, else where the person is a volunteer
/// already; [`StoreError::Unknown`] where the person or a division is not there.
pub fn add_volunteer(tx: &mut Tx, volunteer: &NewVolunteer) -> Result<(), StoreError> {
    let row = NewRow::new(volunteer, None, tx.now());
    diesel::insert_into(volunteers::table).values(&row).execute(&mut tx.conn)?;
    let (from, to, reason, note, own) = (None, volunteer.state, None, None, false);
    record(tx, volunteer.person, 1, &VolunteerEvent { from, to, reason, note, own, by: volunteer.by, at: tx.now() })
}

/// That a volunteer came to stand somewhere at first.
#[derive(Insertable)]
#[diesel(table_name = volunteer_events, treat_none_as_default_value = false)]
struct FirstEventRow {
    id: Uid,
    person_id: Uid,
    seq: i32,
    from_state: Option<String>,
    to_state: &'static str,
    reason: Option<String>,
    note: Option<Vec<u8>>,
    own: bool,
    by_account: Option<Uid>,
    at: Instant,
}

/// Registers many volunteers, as [`add_volunteer`] does one.
pub(super) fn insert_volunteers(tx: &mut Tx, enrolled: &[Enrolled]) -> Result<(), StoreError> {
    let now = tx.now();
    let row = |enrolled: &Enrolled| {
        let said = enrolled.profile.as_ref();
        let profile = said.map(|said| profile::seal(tx, enrolled.volunteer.person, said)).transpose()?;
        Ok(NewRow::new(&enrolled.volunteer, profile, now))
    };
    let rows = enrolled.iter().map(row).collect::<Result<Vec<_>, StoreError>>()?;
    copy_all!(tx, volunteers, rows)?;
    let event = |Enrolled { volunteer, .. }: &Enrolled| FirstEventRow {
        id: Uuid::now_v7().into(),
        person_id: volunteer.person.into(),
        seq: 1,
        from_state: None,
        to_state: volunteer.state.as_str(),
        reason: None,
        note: None,
        own: false,
        by_account: volunteer.by.map(Into::into),
        at: now.into(),
    };
    let rows: Vec<FirstEventRow> = enrolled.iter().map(event).collect();
    copy_all!(tx, volunteer_events, rows)?;
    Ok(())
}

/// The volunteers that these people are, and those that have these numbers, each once.
///
/// # Errors
/// The database's.
pub fn find_volunteers(tx: &mut Tx, people: &[Uuid], numbers: &[String]) -> Result<Vec<Volunteer>, StoreError> {
    let people: Vec<Uid> = people.iter().copied().map(Uid).collect();
    let mut rows: Vec<Row> = Vec::new();
    // One index for each, and none is asked for nothing: that would be read as a scan.
    if !people.is_empty() {
        let of_people = volunteers::table.filter(volunteers::person_id.eq_any(people));
        rows.extend(of_people.select(Row::as_select()).load::<Row>(&mut tx.conn)?);
    }
    if !numbers.is_empty() {
        let of_numbers = volunteers::table.filter(volunteers::number.eq_any(numbers.to_vec()));
        rows.extend(of_numbers.select(Row::as_select()).load::<Row>(&mut tx.conn)?);
    }
    rows.sort_unstable_by_key(|row| row.person_id);
    rows.dedup_by_key(|row| row.person_id);
    rows.into_iter().map(Row::into_volunteer).collect()
}

/// The volunteer that a person is.
///
/// # Errors
/// [`StoreError::Missing`] where the person is none.
pub fn volunteer(tx: &mut Tx, person: Uuid) -> Result<Volunteer, StoreError> {
    let row: Row = volunteers::table.find(Uid(person)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_volunteer()
}

/// The volunteers of a division, by person, from after one on.
///
/// # Errors
/// The database's.
pub fn list_volunteers(
    tx: &mut Tx,
    within: &DivisionCode,
    state: Option<VolunteerState>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Volunteer>, StoreError> {
    let near = in_ranges!(volunteers::table, volunteers::division, ranges(tx, within)?);
    let mut query = volunteers::table.into_boxed::<MultiBackend>().filter(near);
    if let Some(state) = state {
        query = query.filter(volunteers::state.eq(state.as_str()));
    }
    if let Some(after) = after {
        query = query.filter(volunteers::person_id.gt(Uid(after)));
    }
    let rows: Vec<Row> = query.order(volunteers::person_id).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_volunteer).collect()
}

/// That a volunteer came to stand somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolunteerEvent {
    /// Where the volunteer stood; none at first.
    pub from: Option<VolunteerState>,
    /// Where the volunteer stands since.
    pub to: VolunteerState,
    /// Why, where staff had to say it.
    pub reason: Option<VolunteerReason>,
    /// What was said about it.
    pub note: Option<String>,
    /// Whether the volunteer has done it alone.
    pub own: bool,
    /// The account that has done it.
    pub by: Option<Uuid>,
    /// When.
    pub at: domain::Timestamp,
}

/// Moves a volunteer from one state to another without a reason.
///
/// # Errors
/// As [`step_volunteer`].
pub fn change_volunteer(tx: &mut Tx, person: Uuid, from: VolunteerState, to: VolunteerState, actor: Uuid) -> Result<(), StoreError> {
    let event = VolunteerEvent { from: Some(from), to, reason: None, note: None, own: false, by: Some(actor), at: tx.now() };
    step_volunteer(tx, person, &event)
}

/// Moves a volunteer from one state to another; which may follow, and why, is the domain's to say.
///
/// # Errors
/// [`StoreError::Stale`] where the volunteer does not stand where it was decided on.
pub fn step_volunteer(tx: &mut Tx, person: Uuid, event: &VolunteerEvent) -> Result<(), StoreError> {
    let from = event.from.ok_or_else(|| StoreError::Bug("a step from nowhere".to_owned()))?;
    let now = Instant::from(event.at);
    let version: Option<i32> = both!(tx, |c| diesel::update(volunteers::table.find(Uid(person)))
        .filter(volunteers::state.eq(from.as_str()))
        .set((
            volunteers::state.eq(event.to.as_str()),
            volunteers::version.eq(volunteers::version + 1),
            volunteers::changed_by.eq(event.by.map(Uid)),
            volunteers::changed_at.eq(now),
        ))
        .returning(volunteers::version)
        .get_result(c)
        .optional())?;
    record(tx, person, version.ok_or(StoreError::Stale)?, event)?;
    crate::cavalry::follow_volunteer(tx, person, event.to)
}

fn record(tx: &mut Tx, person: Uuid, seq: i32, event: &VolunteerEvent) -> Result<(), StoreError> {
    let id = Uuid::now_v7();
    let row = (
        volunteer_events::id.eq(Uid(id)),
        volunteer_events::person_id.eq(Uid(person)),
        volunteer_events::seq.eq(seq),
        volunteer_events::from_state.eq(event.from.map(Vocabulary::as_str)),
        volunteer_events::to_state.eq(event.to.as_str()),
        volunteer_events::reason.eq(event.reason.map(Vocabulary::as_str)),
        volunteer_events::note.eq(event.note.as_deref().map(|note| tx.seal(profile::NOTE, id, note)).transpose()?),
        volunteer_events::own.eq(event.own),
        volunteer_events::by_account.eq(event.by.map(Uid)),
        volunteer_events::at.eq(Instant::from(event.at)),
    );
    diesel::insert_into(volunteer_events::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

type EventRow = (Uid, Option<String>, String, Option<String>, Option<Vec<u8>>, bool, Option<Uid>, Instant);

/// Where a person has stood as a volunteer, under any of these records, oldest first.
///
/// # Errors
/// The database's.
pub fn volunteer_events(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<VolunteerEvent>, StoreError> {
    let persons: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let rows: Vec<EventRow> = volunteer_events::table
        .filter(volunteer_events::person_id.eq_any(persons))
        .order((volunteer_events::at, volunteer_events::seq, volunteer_events::person_id))
        .select((
            volunteer_events::id,
            volunteer_events::from_state,
            volunteer_events::to_state,
            volunteer_events::reason,
            volunteer_events::note,
            volunteer_events::own,
            volunteer_events::by_account,
            volunteer_events::at,
        ))
        .load(&mut tx.conn)?;
    let read = |(id, from, to, reason, note, own, by, at): EventRow| {
        let note = note.map(|sealed| tx.unseal(profile::NOTE, id.0, &sealed)).transpose()?;
        let (from, to, reason) = (optional(from.as_deref())?, value(&to)?, optional(reason.as_deref())?);
        Ok(VolunteerEvent { from, to, reason, note, own, by: by.map(Into::into), at: at.get() })
    };
    rows.into_iter().map(read).collect()
}

/// What a volunteer has said of themselves; nothing where they have said nothing.
///
/// # Errors
/// [`StoreError::Missing`] where the person is no volunteer.
pub fn volunteer_profile(tx: &mut Tx, person: Uuid) -> Result<VolunteerProfile, StoreError> {
    let sealed: Option<Vec<u8>> = volunteers::table.find(Uid(person)).select(volunteers::profile).first(&mut tx.conn)?;
    sealed.map_or_else(|| Ok(VolunteerProfile::default()), |sealed| profile::open(tx, person, &sealed))
}

/// Keeps what a volunteer says of themselves, if the volunteer still has the version given. The version is then one more.
///
/// # Errors
/// [`StoreError::Stale`] where the volunteer has changed meanwhile.
pub fn set_volunteer_profile(tx: &mut Tx, person: Uuid, version: i32, said: &VolunteerProfile) -> Result<(), StoreError> {
    let sealed = profile::seal(tx, person, said)?;
    let changed = diesel::update(volunteers::table.find(Uid(person)))
        .filter(volunteers::version.eq(version))
        .set((volunteers::profile.eq(Some(sealed)), volunteers::version.eq(version + 1)))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Moves the volunteer of one record to another, which is none; the profile is sealed for its new place.
pub(super) fn move_volunteer(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    let said = volunteer_profile(tx, from)?;
    let profile = if said == VolunteerProfile::default() { None } else { Some(profile::seal(tx, into, &said)?) };
    diesel::update(volunteers::table.find(Uid(from)))
        .set((volunteers::person_id.eq(Uid(into)), volunteers::profile.eq(profile)))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// Erases what the volunteer of a record has said, and what was said about them.
pub(super) fn forget_volunteer(tx: &mut Tx, person: Uuid) -> Result<(), StoreError> {
    diesel::update(volunteers::table.find(Uid(person))).set(volunteers::profile.eq(None::<Vec<u8>>)).execute(&mut tx.conn)?;
    diesel::update(volunteer_events::table.filter(volunteer_events::person_id.eq(Uid(person))))
        .set(volunteer_events::note.eq(None::<Vec<u8>>))
        .execute(&mut tx.conn)?;
    Ok(())
}
