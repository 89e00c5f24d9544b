//! Consents 同意, kept one by one, with their withdrawals.

use diesel::prelude::*;
use domain::order::Basis;
use domain::person::{ConsentChannel, ConsentGiver, ConsentKind, GivenConsent, GuardianRelation, PrivacyPolicy};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::both;
use crate::copy_all;
use crate::error::StoreError;
use crate::insert_all;
use crate::order::{optional, value};
use crate::schema::{consents, persons};
use crate::store::Tx;
use crate::types::{Instant, Uid};

const EVIDENCE: &str = "consents.evidence";

/// A consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: Uuid,
    /// Whose data it is about.
    pub person: Uuid,
    /// What it allows.
    pub kind: ConsentKind,
    /// The version of the text that was consented to.
    pub text_version: String,
    /// Who gave it.
    pub giver: ConsentGiver,
    /// How a guardian stands to the person, where it is known.
    pub relation: Option<GuardianRelation>,
    /// How it was given.
    pub channel: ConsentChannel,
    /// Where the evidence lies, such as the number of a form.
    pub evidence: Option<String>,
    /// The account that wrote it down.
    pub recorded_by: Option<Uuid>,
    /// When it was given.
    pub given_at: domain::Timestamp,
    /// When it was withdrawn, if it was.
    pub withdrawn_at: Option<domain::Timestamp>,
    /// The account that wrote the withdrawal down.
    pub withdrawn_by: Option<Uuid>,
}

impl Consent {
    /// What the rule sees of it.
    #[must_use]
    pub const fn given(&self) -> GivenConsent {
        GivenConsent { kind: self.kind, giver: self.giver, stands: self.withdrawn_at.is_none() }
    }
}

/// A row of `consents`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = consents, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    person_id: Uid,
    kind: String,
    text_version: String,
    giver: String,
    relation: Option<String>,
    channel: String,
    evidence: Option<Vec<u8>>,
    recorded_by: Option<Uid>,
    given_at: Instant,
    withdrawn_at: Option<Instant>,
    withdrawn_by: Option<Uid>,
}

impl Row {
    fn seal(tx: &Tx, consent: &Consent) -> Result<Self, StoreError> {
        Ok(Self {
            id: consent.id.into(),
            person_id: consent.person.into(),
            kind: consent.kind.as_str().to_owned(),
            text_version: consent.text_version.clone(),
            giver: consent.giver.as_str().to_owned(),
            relation: consent.relation.map(|relation| relation.as_str().to_owned()),
            channel: consent.channel.as_str().to_owned(),
            evidence: consent.evidence.as_deref().map(|text| tx.seal(EVIDENCE, consent.id, text)).transpose()?,
            recorded_by: consent.recorded_by.map(Into::into),
            given_at: consent.given_at.into(),
            withdrawn_at: consent.withdrawn_at.map(Into::into),
            withdrawn_by: consent.withdrawn_by.map(Into::into),
        })
    }

    fn open(self, tx: &Tx) -> Result<Consent, StoreError> {
        let id = self.id.0;
        Ok(Consent {
            id,
            person: self.person_id.0,
            kind: value(&self.kind)?,
            text_version: self.text_version,
            giver: value(&self.giver)?,
            relation: optional(self.relation.as_deref())?,
            channel: value(&self.channel)?,
            evidence: self.evidence.map(|sealed| tx.unseal(EVIDENCE, id, &sealed)).transpose()?,
            recorded_by: self.recorded_by.map(Into::into),
            given_at: self.given_at.get(),
            withdrawn_at: self.withdrawn_at.map(Instant::get),
            withdrawn_by: self.withdrawn_by.map(Into::into),
        })
    }
}

/// Keeps a consent.
///
/// # Errors
/// [`StoreError::Unknown`] where the person is not there.
pub fn add_consent(tx: &mut Tx, consent: &Consent) -> Result<(), StoreError> {
    let row = Row::seal(tx, consent)?;
    diesel::insert_into(consents::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// Keeps what is consented to by being written down: to be registered and to be served. Another basis is no consent.
pub(super) fn consent_by_entry(tx: &mut Tx, person: Uuid, basis: Option<Basis>, by: Option<Uuid>) -> Result<(), StoreError> {
    let (giver, channel) = match basis {
        None => (ConsentGiver::Own, ConsentChannel::MiniProgram),
        Some(Basis::Consent) => (ConsentGiver::Own, ConsentChannel::InPerson),
        Some(Basis::Guardian) => (ConsentGiver::Guardian, ConsentChannel::InPerson),
        Some(Basis::Emergency | Basis::StatutoryDuty) => return Ok(()),
    };
    let rows = [ConsentKind::Register, ConsentKind::BeServed].map(|kind| Consent {
        id: Uuid::now_v7(),
        person,
        kind,
        text_version: PrivacyPolicy::default().version.to_owned(),
        giver,
        relation: None,
        channel,
        evidence: None,
        recorded_by: by,
        given_at: tx.now(),
        withdrawn_at: None,
        withdrawn_by: None,
    });
    let rows = rows.iter().map(|consent| Row::seal(tx, consent)).collect::<Result<Vec<_>, _>>()?;
    insert_all!(tx, consents::table, rows)?;
    Ok(())
}

/// Keeps many consents.
pub(super) fn add_consents(tx: &mut Tx, consents: &[Consent]) -> Result<(), StoreError> {
    let rows = consents.iter().map(|consent| Row::seal(tx, consent)).collect::<Result<Vec<_>, _>>()?;
    copy_all!(tx, consents, rows)?;
    Ok(())
}

/// The consents about a person, oldest first.
///
/// # Errors
/// The database's.
pub fn consents(tx: &mut Tx, person: Uuid) -> Result<Vec<Consent>, StoreError> {
    let rows: Vec<Row> = consents::table
        .filter(consents::person_id.eq(Uid(person)))
        .order((consents::given_at, consents::id))
        .select(Row::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.open(tx)).collect()
}

/// What the rule sees of the consents about a person.
///
/// # Errors
/// The database's.
pub fn given_consents(tx: &mut Tx, person: Uuid) -> Result<Vec<GivenConsent>, StoreError> {
    let rows: Vec<(String, String, Option<Instant>)> = both!(tx, |c| consents::table
        .filter(consents::person_id.eq(Uid(person)))
        .select((consents::kind, consents::giver, consents::withdrawn_at))
        .load(c))?;
    rows.into_iter().map(given).collect()
}

/// What the rule sees of a row.
pub(super) fn given((kind, giver, withdrawn): (String, String, Option<Instant>)) -> Result<GivenConsent, StoreError> {
    Ok(GivenConsent { kind: value(&kind)?, giver: value(&giver)?, stands: withdrawn.is_none() })
}

/// Withdraws every standing consent of a kind; how many there were. The person's record gets its next version: whatever was about to
/// rest on the consent meanwhile ([`super::hold`]) is decided again.
///
/// # Errors
/// The database's.
pub fn withdraw_consents(tx: &mut Tx, person: Uuid, kind: ConsentKind, by: Uuid) -> Result<usize, StoreError> {
    let now = Instant::from(tx.now());
    let standing = consents::table
        .filter(consents::person_id.eq(Uid(person)))
        .filter(consents::kind.eq(kind.as_str()))
        .filter(consents::withdrawn_at.is_null());
    let withdrawn = (consents::withdrawn_at.eq(Some(now)), consents::withdrawn_by.eq(Some(Uid(by))));
    let count = diesel::update(standing).set(withdrawn).execute(&mut tx.conn)?;
    diesel::update(persons::table.find(Uid(person))).set(persons::version.eq(persons::version + 1)).execute(&mut tx.conn)?;
    Ok(count)
}
