//! Insurances of people who serve.

use diesel::prelude::*;
use domain::person::{InsuranceCover, InsuredTime};
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::insurances;
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What the insurer is sealed for.
pub(crate) const INSURER: &str = "insurances.insurer";
/// What the number is sealed for.
pub(crate) const NUMBER: &str = "insurances.number";

/// An insurance of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insurance {
    /// Its id.
    pub id: Uuid,
    /// Who is insured.
    pub person: Uuid,
    /// With whom; none where it was erased.
    pub insurer: Option<String>,
    /// The number of the policy; none where it was erased.
    pub number: Option<String>,
    /// What it covers.
    pub covers: Vec<InsuranceCover>,
    /// From when on it holds.
    pub valid_from: domain::Timestamp,
    /// The first moment at which it no longer does.
    pub valid_until: domain::Timestamp,
    /// The account that has entered it.
    pub entered_by: Uuid,
    /// When it was ended early, if it was.
    pub ended_at: Option<domain::Timestamp>,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

/// A row of `insurances`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = insurances, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    person_id: Uid,
    insurer: Option<Vec<u8>>,
    number: Option<Vec<u8>>,
    number_index: Vec<u8>,
    accident: bool,
    liability: bool,
    medical: bool,
    valid_from: Instant,
    valid_until: Instant,
    entered_by: Uid,
    ended_at: Option<Instant>,
    version: i32,
    created_at: Instant,
}

impl Row {
    fn open(self, tx: &Tx) -> Result<Insurance, StoreError> {
        let id = self.id.0;
        let covers = [
            (InsuranceCover::Accident, self.accident),
            (InsuranceCover::Liability, self.liability),
            (InsuranceCover::Medical, self.medical),
        ];
        Ok(Insurance {
            id,
            person: self.person_id.0,
            insurer: self.insurer.map(|sealed| tx.unseal(INSURER, id, &sealed)).transpose()?,
            number: self.number.map(|sealed| tx.unseal(NUMBER, id, &sealed)).transpose()?,
            covers: covers.into_iter().filter_map(|(cover, is_covered)| is_covered.then_some(cover)).collect(),
            valid_from: self.valid_from.get(),
            valid_until: self.valid_until.get(),
            entered_by: self.entered_by.0,
            ended_at: self.ended_at.map(Instant::get),
            version: self.version,
        })
    }
}

/// Keeps an insurance.
///
/// # Errors
/// [`StoreError::Duplicate`] of `insurances` where the person has one with that insurer and number already;
/// [`StoreError::Unknown`] where the person is not there.
pub fn add_insurance(tx: &mut Tx, insurance: &Insurance) -> Result<(), StoreError> {
    let (insurer, number) = (insurance.insurer.as_deref().unwrap_or_default(), insurance.number.as_deref().unwrap_or_default());
    let covers = |cover| insurance.covers.contains(&cover);
    let row = Row {
        id: insurance.id.into(),
        person_id: insurance.person.into(),
        insurer: Some(tx.seal(INSURER, insurance.id, insurer)?),
        number: Some(tx.seal(NUMBER, insurance.id, number)?),
        number_index: tx.keys().blind("insurances.number", &format!("{insurer}\n{number}")),
        accident: covers(InsuranceCover::Accident),
        liability: covers(InsuranceCover::Liability),
        medical: covers(InsuranceCover::Medical),
        valid_from: insurance.valid_from.into(),
        valid_until: insurance.valid_until.into(),
        entered_by: insurance.entered_by.into(),
        ended_at: None,
        version: insurance.version,
        created_at: tx.now().into(),
    };
    diesel::insert_into(insurances::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One insurance.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_insurance(tx: &mut Tx, id: Uuid) -> Result<Insurance, StoreError> {
    let row: Row = insurances::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.open(tx)
}

/// Every insurance of a person, also those that hold no longer, the newest first.
///
/// # Errors
/// The database's.
pub fn insurances(tx: &mut Tx, person: Uuid) -> Result<Vec<Insurance>, StoreError> {
    let rows: Vec<Row> = insurances::table
        .filter(insurances::person_id.eq(Uid(person)))
        .order(insurances::id.desc())
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.open(tx)).collect()
}

/// Ends an insurance early: from now on it does not count.
///
/// # Errors
/// [`StoreError::Stale`] where it was ended before, or has changed meanwhile.
pub fn end_insurance(tx: &mut Tx, id: Uuid, version: i32, by: Uuid) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let changed = diesel::update(insurances::table.find(Uid(id)))
        .filter(insurances::ended_at.is_null())
        .filter(insurances::version.eq(version))
        .set((insurances::ended_at.eq(Some(now)), insurances::ended_by.eq(Some(Uid(by))), insurances::version.eq(version + 1)))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// When these people are insured against accidents.
///
/// # Errors
/// The database's.
pub(crate) fn covers_of(tx: &mut Tx, persons: &[Uuid]) -> Result<Vec<InsuredTime>, StoreError> {
    let persons: Vec<Uid> = persons.iter().copied().map(Uid).collect();
    let rows: Vec<(Instant, Instant)> = insurances::table
        .filter(insurances::person_id.eq_any(persons))
        .filter(insurances::accident.eq(true))
        .filter(insurances::ended_at.is_null())
        .order(insurances::id)
        .select((insurances::valid_from, insurances::valid_until))
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(from, until)| InsuredTime { from: from.get(), until: until.get() }).collect())
}

/// Hands the insurances of one record over to another; one that both have is ended in the record that is given up.
pub(super) fn move_insurances(tx: &mut Tx, from: Uuid, into: Uuid, by: Uuid) -> Result<(), StoreError> {
    let held: Vec<Vec<u8>> =
        insurances::table.filter(insurances::person_id.eq(Uid(into))).select(insurances::number_index).load(&mut tx.conn)?;
    let given = insurances::table.filter(insurances::person_id.eq(Uid(from)));
    diesel::update(given.filter(insurances::number_index.ne_all(held)))
        .set((insurances::person_id.eq(Uid(into)), insurances::version.eq(insurances::version + 1)))
        .execute(&mut tx.conn)?;
    let rest: Vec<(Uid, i32)> =
        given.filter(insurances::ended_at.is_null()).select((insurances::id, insurances::version)).load(&mut tx.conn)?;
    rest.into_iter().try_for_each(|(id, version)| end_insurance(tx, id.0, version, by))
}

/// Erases with whom and under which number somebody was insured, and ends it; that they were stays.
pub(super) fn forget_insurances(tx: &mut Tx, person: Uuid, by: Uuid) -> Result<(), StoreError> {
    let its: Vec<(Uid, i32, Option<Instant>)> = insurances::table
        .filter(insurances::person_id.eq(Uid(person)))
        .select((insurances::id, insurances::version, insurances::ended_at))
        .load(&mut tx.conn)?;
    for (id, version, ended_at) in its {
        if ended_at.is_none() {
            end_insurance(tx, id.0, version, by)?;
        }
        let index = super::erase::nothing()?;
        let erased = (insurances::insurer.eq(None::<Vec<u8>>), insurances::number.eq(None::<Vec<u8>>), insurances::number_index.eq(index));
        diesel::update(insurances::table.find(id)).set(erased).execute(&mut tx.conn)?;
    }
    Ok(())
}
