//! Apprenticeships: kept, changed, found again.

use diesel::prelude::*;
use domain::apprenticeship::{ApprenticeStage, ApprenticeshipEnd, ApprenticeshipSide, ApprenticeshipState};
use domain::person::ConsentChannel;
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::order::{division, optional, value};
use crate::region::{in_ranges, ranges};
use crate::schema::{apprenticeships, certifications};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// What the evidence of an agreement is sealed for.
pub(crate) const EVIDENCE: &str = "apprenticeships.agreed_evidence";

/// That a side has said yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The account that said so, or kept it on record.
    pub by: Uuid,
    /// When.
    pub at: domain::Timestamp,
}

/// An apprenticeship.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apprenticeship {
    /// Its id.
    pub id: Uuid,
    /// The region whose policy it follows.
    pub region: DivisionCode,
    /// Where the craft is passed on.
    pub division: DivisionCode,
    /// The craft.
    pub craft: Uuid,
    /// Who passes it on.
    pub master: Uuid,
    /// Who learns it.
    pub apprentice: Uuid,
    /// Where it stands.
    pub state: ApprenticeshipState,
    /// The stage, once it has begun.
    pub stage: Option<ApprenticeStage>,
    /// Since when.
    pub stage_since: Option<domain::Timestamp>,
    /// That the master has agreed.
    pub master_agreed: Option<Agreed>,
    /// That the apprentice has agreed.
    pub apprentice_agreed: Option<Agreed>,
    /// How the apprentice agreed, where staff have kept it on record.
    pub channel: Option<ConsentChannel>,
    /// Where the evidence of that lies.
    pub evidence: Option<String>,
    /// The certification on which it rests.
    pub certification: Option<Uuid>,
    /// Since when staff know that it does not hold any more.
    pub lapsed_at: Option<domain::Timestamp>,
    /// Who has asked for the next stage, and when.
    pub asked: Option<Agreed>,
    /// Why it was ended, if it was.
    pub end: Option<ApprenticeshipEnd>,
    /// The version of the policy that holds for it.
    pub policy_version: String,
    /// One more with every change; a new one has 1.
    pub version: i32,
    /// The account that has proposed it.
    pub created_by: Uuid,
    /// When.
    pub created_at: domain::Timestamp,
    /// When it was over.
    pub ended_at: Option<domain::Timestamp>,
}

impl Apprenticeship {
    /// Which of the two somebody is.
    #[must_use]
    pub fn side_of(&self, person: Uuid) -> Option<ApprenticeshipSide> {
        match person {
            master if master == self.master => Some(ApprenticeshipSide::Master),
            apprentice if apprentice == self.apprentice => Some(ApprenticeshipSide::Apprentice),
            _ => None,
        }
    }

    /// Which of the two somebody is who is known under several ids.
    #[must_use]
    pub fn side_of_any(&self, persons: &[Uuid]) -> Option<ApprenticeshipSide> {
        persons.iter().find_map(|person| self.side_of(*person))
    }

    /// Who is on a side.
    #[must_use]
    pub const fn person_of(&self, side: ApprenticeshipSide) -> Uuid {
        match side {
            ApprenticeshipSide::Master => self.master,
            ApprenticeshipSide::Apprentice => self.apprentice,
        }
    }

    /// That a side has agreed, if it has.
    #[must_use]
    pub const fn agreement_of(&self, side: ApprenticeshipSide) -> Option<Agreed> {
        match side {
            ApprenticeshipSide::Master => self.master_agreed,
            ApprenticeshipSide::Apprentice => self.apprentice_agreed,
        }
    }
}

/// A row of `apprenticeships`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = apprenticeships, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    region: String,
    division: String,
    craft_id: Uid,
    master_id: Uid,
    apprentice_id: Uid,
    state: String,
    stage: Option<String>,
    stage_since: Option<Instant>,
    master_agreed_by: Option<Uid>,
    master_agreed_at: Option<Instant>,
    apprentice_agreed_by: Option<Uid>,
    apprentice_agreed_at: Option<Instant>,
    agreed_channel: Option<String>,
    agreed_evidence: Option<Vec<u8>>,
    certification_id: Option<Uid>,
    lapsed_at: Option<Instant>,
    asked_by: Option<Uid>,
    asked_at: Option<Instant>,
    end_reason: Option<String>,
    policy_version: String,
    version: i32,
    created_by: Uid,
    created_at: Instant,
    changed_by: Uid,
    changed_at: Instant,
    ended_at: Option<Instant>,
}

fn agreed(by: Option<Uid>, at: Option<Instant>) -> Option<Agreed> {
    by.zip(at).map(|(by, at)| Agreed { by: by.0, at: at.get() })
}

fn by(agreed: Option<Agreed>) -> Option<Uid> {
    agreed.map(|agreed| Uid(agreed.by))
}

fn at(agreed: Option<Agreed>) -> Option<Instant> {
    agreed.map(|agreed| agreed.at.into())
}

impl Row {
    fn read(self, tx: &Tx) -> Result<Apprenticeship, StoreError> {
        Ok(Apprenticeship {
            evidence: self.agreed_evidence.map(|sealed| tx.unseal(EVIDENCE, self.id.0, &sealed)).transpose()?,
            id: self.id.0,
            region: division(&self.region)?,
            division: division(&self.division)?,
            craft: self.craft_id.0,
            master: self.master_id.0,
            apprentice: self.apprentice_id.0,
            state: value(&self.state)?,
            stage: optional(self.stage.as_deref())?,
            stage_since: self.stage_since.map(Instant::get),
            master_agreed: agreed(self.master_agreed_by, self.master_agreed_at),
            apprentice_agreed: agreed(self.apprentice_agreed_by, self.apprentice_agreed_at),
            channel: optional(self.agreed_channel.as_deref())?,
            certification: self.certification_id.map(|id| id.0),
            lapsed_at: self.lapsed_at.map(Instant::get),
            asked: agreed(self.asked_by, self.asked_at),
            end: optional(self.end_reason.as_deref())?,
            policy_version: self.policy_version,
            version: self.version,
            created_by: self.created_by.0,
            created_at: self.created_at.get(),
            ended_at: self.ended_at.map(Instant::get),
        })
    }
}

/// Keeps a new apprenticeship.
///
/// # Errors
/// [`StoreError::Duplicate`] of `apprenticeships` where these two have one in this craft that is not over.
pub fn add(tx: &mut Tx, new: &Apprenticeship) -> Result<(), StoreError> {
    tx.in_region(&new.region);
    let row = Row {
        id: new.id.into(),
        region: new.region.to_string(),
        division: new.division.to_string(),
        craft_id: new.craft.into(),
        master_id: new.master.into(),
        apprentice_id: new.apprentice.into(),
        state: new.state.as_str().to_owned(),
        stage: new.stage.map(|stage| stage.as_str().to_owned()),
        stage_since: new.stage_since.map(Into::into),
        master_agreed_by: by(new.master_agreed),
        master_agreed_at: at(new.master_agreed),
        apprentice_agreed_by: by(new.apprentice_agreed),
        apprentice_agreed_at: at(new.apprentice_agreed),
        agreed_channel: new.channel.map(|channel| channel.as_str().to_owned()),
        agreed_evidence: new.evidence.as_deref().map(|text| tx.seal(EVIDENCE, new.id, text)).transpose()?,
        certification_id: new.certification.map(Uid),
        lapsed_at: new.lapsed_at.map(Into::into),
        asked_by: by(new.asked),
        asked_at: at(new.asked),
        end_reason: new.end.map(|end| end.as_str().to_owned()),
        policy_version: new.policy_version.clone(),
        version: new.version,
        created_by: new.created_by.into(),
        created_at: new.created_at.into(),
        changed_by: new.created_by.into(),
        changed_at: new.created_at.into(),
        ended_at: new.ended_at.map(Into::into),
    };
    diesel::insert_into(apprenticeships::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One apprenticeship.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Apprenticeship, StoreError> {
    let row: Row = apprenticeships::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.read(tx)
}

/// Keeps what changes of an apprenticeship, if it is still of that version: it becomes one more.
///
/// # Errors
/// [`StoreError::Stale`].
pub fn save(tx: &mut Tx, changed: &Apprenticeship, account: Uuid) -> Result<(), StoreError> {
    tx.in_region(&changed.region);
    let evidence = changed.evidence.as_deref().map(|text| tx.seal(EVIDENCE, changed.id, text)).transpose()?;
    let values = (
        apprenticeships::state.eq(changed.state.as_str()),
        apprenticeships::stage.eq(changed.stage.map(Vocabulary::as_str)),
        apprenticeships::stage_since.eq(changed.stage_since.map(Instant::from)),
        apprenticeships::master_agreed_by.eq(by(changed.master_agreed)),
        apprenticeships::master_agreed_at.eq(at(changed.master_agreed)),
        apprenticeships::apprentice_agreed_by.eq(by(changed.apprentice_agreed)),
        apprenticeships::apprentice_agreed_at.eq(at(changed.apprentice_agreed)),
        apprenticeships::agreed_channel.eq(changed.channel.map(Vocabulary::as_str)),
        apprenticeships::agreed_evidence.eq(evidence),
        apprenticeships::certification_id.eq(changed.certification.map(Uid)),
        apprenticeships::lapsed_at.eq(changed.lapsed_at.map(Instant::from)),
        apprenticeships::asked_by.eq(by(changed.asked)),
        apprenticeships::asked_at.eq(at(changed.asked)),
        apprenticeships::end_reason.eq(changed.end.map(Vocabulary::as_str)),
        apprenticeships::version.eq(changed.version + 1),
        apprenticeships::changed_by.eq(Uid(account)),
        apprenticeships::changed_at.eq(Instant::from(tx.now())),
        apprenticeships::ended_at.eq(changed.ended_at.map(Instant::from)),
    );
    let its = apprenticeships::table.find(Uid(changed.id)).filter(apprenticeships::version.eq(changed.version));
    if diesel::update(its).set(values).execute(&mut tx.conn)? == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// How many apprentices a master has, or has asked: what others have asked of the master counts once the master agrees.
///
/// # Errors
/// The database's.
pub fn apprentices_of(tx: &mut Tx, master: Uuid) -> Result<i64, StoreError> {
    let live: Vec<&str> = ApprenticeshipState::LIVE.iter().map(|state| state.as_str()).collect();
    let its = apprenticeships::table.filter(apprenticeships::master_id.eq(Uid(master))).filter(apprenticeships::state.eq_any(live));
    Ok(its.filter(apprenticeships::master_agreed_at.is_not_null()).count().get_result(&mut tx.conn)?)
}

/// Which apprenticeships.
#[derive(Clone, Debug)]
pub struct ApprenticeshipFilter {
    /// Where.
    pub division: DivisionCode,
    /// Only in this craft.
    pub craft: Option<Uuid>,
    /// Only those in this state.
    pub state: Option<ApprenticeshipState>,
}

/// Apprenticeships of a division, the newest first, from before one on.
///
/// # Errors
/// The database's.
pub fn newest(tx: &mut Tx, filter: &ApprenticeshipFilter, before: Option<Uuid>, limit: i64) -> Result<Vec<Apprenticeship>, StoreError> {
    let near = in_ranges!(apprenticeships::table, apprenticeships::division, ranges(tx, &filter.division)?);
    let mut query = apprenticeships::table.into_boxed::<MultiBackend>().filter(near);
    if let Some(craft) = filter.craft {
        query = query.filter(apprenticeships::craft_id.eq(Uid(craft)));
    }
    if let Some(state) = filter.state {
        query = query.filter(apprenticeships::state.eq(state.as_str()));
    }
    if let Some(before) = before {
        query = query.filter(apprenticeships::id.lt(Uid(before)));
    }
    let rows: Vec<Row> = query.order(apprenticeships::id.desc()).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.read(tx)).collect()
}

/// Apprenticeships in which any of these people takes part, the newest first, from before one on; on one side only where it is said.
///
/// # Errors
/// The database's.
pub fn of_people(
    tx: &mut Tx,
    persons: &[Uuid],
    side: Option<ApprenticeshipSide>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Apprenticeship>, StoreError> {
    let ids = || persons.iter().copied().map(Uid).collect::<Vec<Uid>>();
    let query = apprenticeships::table.into_boxed::<MultiBackend>();
    let mut query = match side {
        Some(ApprenticeshipSide::Master) => query.filter(apprenticeships::master_id.eq_any(ids())),
        Some(ApprenticeshipSide::Apprentice) => query.filter(apprenticeships::apprentice_id.eq_any(ids())),
        None => query.filter(apprenticeships::master_id.eq_any(ids()).or(apprenticeships::apprentice_id.eq_any(ids()))),
    };
    if let Some(before) = before {
        query = query.filter(apprenticeships::id.lt(Uid(before)));
    }
    let rows: Vec<Row> = query.order(apprenticeships::id.desc()).limit(limit).select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(|row| row.read(tx)).collect()
}

/// Running apprenticeships whose certification does not hold any more, of which staff were not told.
///
/// # Errors
/// The database's.
pub fn lapsing(tx: &mut Tx, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let now = Instant::from(tx.now());
    let gone = certifications::suspended_at.is_not_null().or(certifications::valid_until.le(now));
    let rows: Vec<Uid> = apprenticeships::table
        .inner_join(certifications::table.on(apprenticeships::certification_id.eq(certifications::id.nullable())))
        .filter(apprenticeships::state.eq(ApprenticeshipState::Running.as_str()))
        .filter(apprenticeships::lapsed_at.is_null())
        .filter(gone)
        .order(apprenticeships::id)
        .limit(limit)
        .select(apprenticeships::id)
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Keeps on which certification a running apprenticeship rests, or since when it rests on none; nothing that anybody decides on changes.
///
/// # Errors
/// The database's.
pub fn keep_certification(tx: &mut Tx, id: Uuid, certification: Option<Uuid>, lapsed: Option<domain::Timestamp>) -> Result<(), StoreError> {
    let values = (apprenticeships::certification_id.eq(certification.map(Uid)), apprenticeships::lapsed_at.eq(lapsed.map(Instant::from)));
    let its = apprenticeships::table.find(Uid(id)).filter(apprenticeships::state.eq(ApprenticeshipState::Running.as_str()));
    diesel::update(its).set(values).execute(&mut tx.conn)?;
    Ok(())
}
