//! Erasing a person: everything that names or describes them goes, and their records stay under a pseudonym, so that
//! totals stay true. What must not be open is asked for after the person's row is held: a step that needs the person holds
//! it, too ([`hold`]).

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::order::{OfferState, State, TextKind};
use domain::person::{ConsentChannel, ErasureObstacle, VolunteerState};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::both;
use crate::dialect;
use crate::error::StoreError;
use crate::identity::{AccountState, cancel};
use crate::order::value;
use crate::photo;
use crate::schema::{
    accounts, certifications, consents, content_checks, erasures, messages, order_members, order_offers, order_reviews, order_texts,
    orders, persons, photos, volunteers,
};
use crate::secret::{hex, random};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What stands in the place of the name.
const PSEUDONYM: &str = "已注销";

/// That a person was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Who.
    pub person: Uuid,
    /// How it was asked for.
    pub through: ConsentChannel,
    /// The account that did it.
    pub by: Uuid,
    /// The version of the policy by which it was decided what is kept.
    pub policy: String,
    /// Until when records of service are kept.
    pub services_kept_until: Option<NaiveDate>,
    /// Until when records of access are kept.
    pub accesses_kept_until: Option<NaiveDate>,
    /// When.
    pub at: domain::Timestamp,
}

type ErasureRow = (Uid, String, Uid, String, Option<NaiveDate>, Option<NaiveDate>, Instant);

/// The erasure of a person, if they were erased.
///
/// # Errors
/// The database's.
pub fn erasure(tx: &mut Tx, person: Uuid) -> Result<Option<Erasure>, StoreError> {
    let row: Option<ErasureRow> = both!(tx, |c| erasures::table.find(Uid(person)).get_result(c)).optional()?;
    let read = |(person, through, by, policy, services_kept_until, accesses_kept_until, at): ErasureRow| {
        let through = value(&through)?;
        Ok(Erasure { person: person.0, through, by: by.0, policy, services_kept_until, accesses_kept_until, at: at.get() })
    };
    row.map(read).transpose()
}

/// Holds a person's record as it was read in this transaction until it ends: whoever erases or merges it meanwhile waits,
/// then finds what was done here. Where only one transaction writes at a time there is nobody to wait.
///
/// # Errors
/// [`StoreError::Stale`] where it has changed since; the store then decides again.
pub fn hold(tx: &mut Tx, person: Uuid, version: i32) -> Result<(), StoreError> {
    if dialect::writes_alone(&tx.conn) {
        return Ok(());
    }
    let held = diesel::update(persons::table.find(Uid(person)))
        .filter(persons::version.eq(version))
        .set(persons::version.eq(version))
        .execute(&mut tx.conn)?;
    if held == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The version of a record.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn version(tx: &mut Tx, person: Uuid) -> Result<i32, StoreError> {
    Ok(both!(tx, |c| persons::table.find(Uid(person)).select(persons::version).get_result(c))?)
}

/// Under which ids a person is known: records, and accounts.
#[derive(Clone, Debug)]
pub struct Known {
    /// The records, that of today first.
    pub persons: Vec<Uuid>,
    /// The accounts, also cancelled ones.
    pub accounts: Vec<Uuid>,
}

impl Known {
    fn persons(&self) -> Vec<Uid> {
        self.persons.iter().copied().map(Uid).collect()
    }

    fn some_persons(&self) -> Vec<Option<Uid>> {
        self.persons.iter().copied().map(|id| Some(Uid(id))).collect()
    }

    fn accounts(&self) -> Vec<Uid> {
        self.accounts.iter().copied().map(Uid).collect()
    }
}

/// Every id under which a person is known.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn known_as(tx: &mut Tx, person: Uuid) -> Result<Known, StoreError> {
    let persons = super::ids_of(tx, person)?;
    let ids: Vec<Option<Uid>> = persons.iter().copied().map(|id| Some(Uid(id))).collect();
    let rows: Vec<Uid> =
        accounts::table.filter(accounts::person_id.eq_any(ids)).order(accounts::id).select(accounts::id).load(&mut tx.conn)?;
    Ok(Known { persons, accounts: rows.into_iter().map(Into::into).collect() })
}

/// What is open about a person, each kind with how many there are.
///
/// # Errors
/// The database's.
pub fn open_matters(tx: &mut Tx, known: &Known) -> Result<Vec<(ErasureObstacle, i64)>, StoreError> {
    let open: Vec<&str> = State::OPEN.iter().copied().map(Vocabulary::as_str).collect();
    let is_open = orders::state.eq_any(open);
    let mine = orders::subject_id.eq_any(known.persons());
    let served: i64 = orders::table.filter(mine.clone()).filter(is_open.clone()).count().get_result(&mut tx.conn)?;
    let placed: i64 = orders::table
        .filter(orders::placed_by.eq_any(known.accounts()))
        .filter(diesel::dsl::not(mine))
        .filter(is_open.clone())
        .count()
        .get_result(&mut tx.conn)?;
    let taken: i64 =
        orders::table.filter(orders::taker_person.eq_any(known.some_persons())).filter(is_open.clone()).count().get_result(&mut tx.conn)?;
    let in_teams: i64 = order_members::table
        .inner_join(orders::table.on(orders::id.eq(order_members::order_id)))
        .filter(order_members::person_id.eq_any(known.persons()))
        .filter(is_open)
        .count()
        .get_result(&mut tx.conn)?;
    let offers: i64 = order_offers::table
        .filter(order_offers::person_id.eq_any(known.some_persons()))
        .filter(order_offers::state.eq(OfferState::Open.as_str()))
        .count()
        .get_result(&mut tx.conn)?;
    Ok(vec![
        (ErasureObstacle::ServedByOrder, served),
        (ErasureObstacle::PlacedOrder, placed),
        (ErasureObstacle::ServesOrder, taken + in_teams),
        (ErasureObstacle::OpenOffer, offers),
    ])
}

/// Whether a person was ever served or placed an order, and when they last ended a service.
///
/// # Errors
/// The database's.
pub fn history(tx: &mut Tx, known: &Known) -> Result<(bool, Option<domain::Timestamp>), StoreError> {
    let part: i64 = orders::table
        .filter(orders::subject_id.eq_any(known.persons()).or(orders::placed_by.eq_any(known.accounts())))
        .count()
        .get_result(&mut tx.conn)?;
    let members = order_members::table.filter(order_members::person_id.eq_any(known.persons())).select(order_members::order_id);
    let last: Option<Option<Instant>> = orders::table
        .filter(orders::taker_person.eq_any(known.some_persons()).or(orders::id.eq_any(members)))
        .filter(orders::finished_at.is_not_null())
        .order(orders::finished_at.desc())
        .select(orders::finished_at)
        .first(&mut tx.conn)
        .optional()?;
    Ok((part > 0, last.flatten().map(Instant::get)))
}

/// Notes that a person is being erased; `false` where they were before. Whoever erases at the same time waits here.
///
/// # Errors
/// [`StoreError::Unknown`] where the person is not there.
pub fn add_erasure(tx: &mut Tx, erasure: &Erasure) -> Result<bool, StoreError> {
    let row = (
        erasures::person_id.eq(Uid(erasure.person)),
        erasures::requested_through.eq(erasure.through.as_str()),
        erasures::by_account.eq(Uid(erasure.by)),
        erasures::policy_version.eq(&erasure.policy),
        erasures::services_kept_until.eq(erasure.services_kept_until),
        erasures::accesses_kept_until.eq(erasure.accesses_kept_until),
        erasures::at.eq(Instant::from(erasure.at)),
    );
    let first = both!(tx, |c| diesel::insert_into(erasures::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(first == 1)
}

/// Erases what names or describes a person. It cannot be undone.
///
/// # Errors
/// The database's.
pub fn erase(tx: &mut Tx, known: &Known, by: Uuid) -> Result<(), StoreError> {
    for person in &known.persons {
        rename(tx, *person)?;
        retire(tx, *person, by)?;
    }
    erase_accounts(tx, known)?;
    erase_orders(tx, known)?;
    crate::care::forget(tx, &known.persons)?;
    crate::apprenticeship::forget(tx, &known.persons, by)?;
    crate::demand::forget(tx, &known.persons)?;
    let evidence = consents::evidence.eq(None::<Vec<u8>>);
    diesel::update(consents::table.filter(consents::person_id.eq_any(known.persons()))).set(evidence).execute(&mut tx.conn)?;
    let standing = consents::table.filter(consents::person_id.eq_any(known.persons())).filter(consents::withdrawn_at.is_null());
    let withdrawn = (consents::withdrawn_at.eq(Some(Instant::from(tx.now()))), consents::withdrawn_by.eq(Some(Uid(by))));
    diesel::update(standing).set(withdrawn).execute(&mut tx.conn)?;
    Ok(())
}

/// Indexes that nothing is found by: random, and as long as real ones.
pub(super) fn nothing() -> Result<Vec<u8>, StoreError> {
    random::<32>().map(|bytes| bytes.to_vec()).map_err(|error| StoreError::Bug(error.to_string()))
}

fn rename(tx: &mut Tx, person: Uuid) -> Result<(), StoreError> {
    let erased = (
        persons::name.eq(tx.seal("persons.name", person, PSEUDONYM)?),
        persons::name_index.eq(nothing()?),
        persons::surname_index.eq(nothing()?),
        persons::phone.eq(None::<Vec<u8>>),
        persons::phone_index.eq(None::<Vec<u8>>),
        persons::document_kind.eq(None::<String>),
        persons::document_country.eq(None::<String>),
        persons::document.eq(None::<Vec<u8>>),
        persons::document_index.eq(None::<Vec<u8>>),
        persons::birth_date.eq(None::<Vec<u8>>),
        persons::version.eq(persons::version + 1),
    );
    diesel::update(persons::table.find(Uid(person))).set(erased).execute(&mut tx.conn)?;
    Ok(())
}

/// Ends what goes on: the volunteer has left (a bar stays), is a member of nothing, and certificates rest on nothing said.
fn retire(tx: &mut Tx, person: Uuid, by: Uuid) -> Result<(), StoreError> {
    let state: Option<String> = volunteers::table.find(Uid(person)).select(volunteers::state).first(&mut tx.conn).optional()?;
    if let Some(state) = state.map(|state| value::<VolunteerState>(&state)).transpose()?
        && !matches!(state, VolunteerState::Left | VolunteerState::Barred | VolunteerState::Refused)
    {
        super::change_volunteer(tx, person, state, VolunteerState::Left, by)?;
    }
    diesel::update(certifications::table.filter(certifications::person_id.eq(Uid(person))))
        .set((certifications::evidence.eq(None::<Vec<u8>>), certifications::unsealed_evidence.eq(None::<String>)))
        .execute(&mut tx.conn)?;
    super::volunteer::forget_volunteer(tx, person)?;
    super::insurance::forget_insurances(tx, person, by)?;
    crate::catalogue::forget_certifications(tx, person)?;
    crate::training::forget_enrolments(tx, person, by)?;
    crate::social_worker::forget(tx, person, by)?;
    crate::appointment::forget(tx, person, by)?;
    crate::cavalry::forget(tx, person)?;
    crate::organisation::forget_member(tx, person)
}

fn erase_accounts(tx: &mut Tx, known: &Known) -> Result<(), StoreError> {
    diesel::delete(messages::table.filter(messages::account_id.eq_any(known.accounts()))).execute(&mut tx.conn)?;
    for account in &known.accounts {
        match cancel(tx, *account) {
            Ok(()) | Err(StoreError::Stale) => {}
            Err(error) => return Err(error),
        }
        let name = random::<12>().map_err(|error| StoreError::Bug(error.to_string()))?;
        diesel::update(accounts::table.find(Uid(*account)))
            .filter(accounts::state.eq(AccountState::Cancelled.as_str()))
            .filter(accounts::username.is_not_null())
            .set(accounts::username.eq(Some(format!("erased-{}", hex(&name)))))
            .execute(&mut tx.conn)?;
    }
    Ok(())
}

/// Erases texts by and about the person, where they live, and photos. Steps, stars and minutes stay.
fn erase_orders(tx: &mut Tx, known: &Known) -> Result<(), StoreError> {
    let of_kinds = |kinds: &[TextKind]| kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>();
    let served = || orders::table.filter(orders::subject_id.eq_any(known.persons())).select(orders::id);
    let placed = orders::table.filter(orders::placed_by.eq_any(known.accounts())).select(orders::id);
    let taken = || orders::table.filter(orders::taker_person.eq_any(known.some_persons())).select(orders::id);
    diesel::delete(order_texts::table.filter(order_texts::order_id.eq_any(served()))).execute(&mut tx.conn)?;
    diesel::delete(
        order_texts::table
            .filter(order_texts::order_id.eq_any(placed))
            .filter(order_texts::kind.eq_any(of_kinds(&[TextKind::Request, TextKind::Review]))),
    )
    .execute(&mut tx.conn)?;
    diesel::delete(
        order_texts::table
            .filter(order_texts::order_id.eq_any(taken()))
            .filter(order_texts::kind.eq_any(of_kinds(&[TextKind::Work, TextKind::Review]))),
    )
    .execute(&mut tx.conn)?;
    let judged = order_reviews::table.filter(order_reviews::order_id.eq_any(served()).or(order_reviews::order_id.eq_any(taken())));
    let no_tags = (order_reviews::tags.eq(None::<Vec<u8>>), order_reviews::unsealed_tags.eq(None::<String>));
    diesel::update(judged).set(no_tags).execute(&mut tx.conn)?;
    diesel::update(orders::table.filter(orders::subject_id.eq_any(known.persons())))
        .set((orders::longitude.eq(None::<f64>), orders::latitude.eq(None::<f64>), orders::external_ref.eq(None::<String>)))
        .execute(&mut tx.conn)?;
    let pictures: Vec<Uid> = photos::table
        .filter(photos::order_id.eq_any(served()).or(photos::uploaded_by.eq_any(known.accounts())))
        .order(photos::id)
        .select(photos::id)
        .load(&mut tx.conn)?;
    photo::remove(tx, &pictures)?;
    erase_checks(tx, known)
}

/// What is erased is not checked any more; a decision stays on record without its note.
fn erase_checks(tx: &mut Tx, known: &Known) -> Result<(), StoreError> {
    let concerned = || {
        let served = orders::table.filter(orders::subject_id.eq_any(known.persons())).select(orders::id);
        content_checks::order_id.eq_any(served).or(content_checks::author.eq_any(known.accounts()))
    };
    let decided = content_checks::decided_by.is_not_null();
    diesel::delete(content_checks::table.filter(concerned()).filter(content_checks::decided_by.is_null())).execute(&mut tx.conn)?;
    diesel::update(content_checks::table.filter(concerned()).filter(decided))
        .set(content_checks::note.eq(None::<Vec<u8>>))
        .execute(&mut tx.conn)?;
    Ok(())
}
