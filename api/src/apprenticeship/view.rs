//! Apprenticeships and works as callers see them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::apprenticeship::{
    ApprenticeStage, ApprenticeshipEnd, ApprenticeshipSide, ApprenticeshipState, ApprenticeshipStep, ExhibitionKind,
};
use domain::identity::Actor;
use domain::language::Language;
use domain::person::ConsentChannel;
use domain::vocabulary::Vocabulary as _;
use persistence::apprenticeship::{self, Apprenticeship, StageDone, Work};
use persistence::{Tx, catalogue, person};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::advance::Standing;
use crate::actor::may;
use crate::order::view::NamedPerson;
use crate::problem::Fault;
use crate::region::may_in;

/// A stage that was done, and what it was found to be done by.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ApprenticeStageDone)]
pub struct StageDoneView {
    /// The stage.
    stage: ApprenticeStage,
    /// When it began.
    began_at: DateTime<Utc>,
    /// When it was confirmed to be done.
    done_at: DateTime<Utc>,
    /// Full days since it began.
    days: i64,
    /// How many it asked for.
    days_needed: i64,
    /// Works that were made in it and not withdrawn.
    works: i64,
    /// How many it asked for.
    works_needed: i64,
    /// The certification by which the master taught.
    certification: Uuid,
    /// The version of the policy.
    policy_version: String,
    /// When the master asked.
    asked_at: DateTime<Utc>,
    /// The account that has confirmed it.
    confirmed_by: Uuid,
}

impl From<StageDone> for StageDoneView {
    fn from(done: StageDone) -> Self {
        Self {
            stage: done.stage,
            began_at: done.began_at,
            done_at: done.done_at,
            days: done.days,
            days_needed: done.days_needed,
            works: done.works,
            works_needed: done.works_needed,
            certification: done.certification,
            policy_version: done.policy_version,
            asked_at: done.asked.at,
            confirmed_by: done.confirmed_by,
        }
    }
}

/// How far an apprentice has come in the stage that goes on.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ApprenticeProgress)]
pub struct ProgressView {
    /// Full days since it began.
    days: i64,
    /// How many it asks for.
    days_needed: i64,
    /// Works that were made in it and not withdrawn.
    works: i64,
    /// How many it asks for.
    works_needed: i64,
}

/// An apprenticeship.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Apprenticeship)]
pub struct ApprenticeshipView {
    /// Its id.
    pub(super) id: Uuid,
    /// Where the craft is passed on.
    division: String,
    /// The craft.
    craft: Uuid,
    /// What it is called, in the caller's language.
    craft_name: String,
    /// Who passes it on, masked.
    master: NamedPerson,
    /// Who learns it, masked.
    apprentice: NamedPerson,
    /// Where it stands.
    state: ApprenticeshipState,
    /// The same in the caller's language.
    label: String,
    /// The stage; null before the first one.
    stage: Option<ApprenticeStage>,
    /// Since when.
    stage_since: Option<DateTime<Utc>>,
    /// How far the apprentice has come in it; null where none goes on.
    progress: Option<ProgressView>,
    /// When the master agreed.
    master_agreed_at: Option<DateTime<Utc>>,
    /// When the apprentice agreed.
    apprentice_agreed_at: Option<DateTime<Utc>>,
    /// How the apprentice agreed, where staff have kept it on record.
    agreed_channel: Option<ConsentChannel>,
    /// Where the evidence of that lies; for the apprentice and those who keep it on record.
    agreed_evidence: Option<String>,
    /// Since when staff know that the certification of the master does not hold any more; null where it is not so.
    lapsed_at: Option<DateTime<Utc>>,
    /// When the master asked for the next stage; null where nobody waits for it.
    asked_at: Option<DateTime<Utc>>,
    /// Why it was ended early.
    end_reason: Option<ApprenticeshipEnd>,
    /// When it was over.
    ended_at: Option<DateTime<Utc>>,
    /// The stages that were done, in order.
    stages: Vec<StageDoneView>,
    /// The steps that can be taken now, whoever takes them.
    next: Vec<ApprenticeshipStep>,
    /// The version of the policy that holds for it.
    policy_version: String,
    /// When it was proposed.
    created_at: DateTime<Utc>,
    /// One more with every change.
    pub(super) version: i32,
}

fn named(tx: &mut Tx, id: Uuid) -> Result<NamedPerson, Fault> {
    let found = person::load(tx, id)?;
    Ok(NamedPerson { id: found.id, name: found.name.masked(), phone: None })
}

/// The view of an apprenticeship for somebody.
pub(super) fn view(tx: &mut Tx, found: Apprenticeship, actor: &Actor, language: Language) -> Result<ApprenticeshipView, Fault> {
    let own = actor.person == Some(found.apprentice);
    let evidence = own || may_in::<may::AgreeApprenticeship>(tx, actor, &found.division)?;
    shown(tx, found, evidence, language)
}

fn shown(tx: &mut Tx, found: Apprenticeship, evidence: bool, language: Language) -> Result<ApprenticeshipView, Fault> {
    let standing = if found.state == ApprenticeshipState::Running { Standing::of(tx, &found)? } else { None };
    Ok(ApprenticeshipView {
        id: found.id,
        division: found.division.to_string(),
        craft: found.craft,
        craft_name: catalogue::load_craft(tx, found.craft)?.names.shown_in(language).to_owned(),
        master: named(tx, found.master)?,
        apprentice: named(tx, found.apprentice)?,
        state: found.state,
        label: found.state.label(language).to_owned(),
        stage: found.stage,
        stage_since: found.stage_since,
        progress: standing.map(|Standing { progress, needed, .. }| ProgressView {
            days: progress.days,
            days_needed: needed.days,
            works: progress.works,
            works_needed: needed.works,
        }),
        master_agreed_at: found.master_agreed.map(|agreed| agreed.at),
        apprentice_agreed_at: found.apprentice_agreed.map(|agreed| agreed.at),
        agreed_channel: found.channel,
        agreed_evidence: found.evidence.filter(|_| evidence),
        lapsed_at: found.lapsed_at,
        asked_at: found.asked.map(|asked| asked.at),
        end_reason: found.end,
        ended_at: found.ended_at,
        stages: apprenticeship::stages_of(tx, found.id)?.into_iter().map(Into::into).collect(),
        next: found.state.allowed(found.asked.is_some()),
        policy_version: found.policy_version,
        created_at: found.created_at,
        version: found.version,
    })
}

/// Something that an apprentice has made.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ApprenticeWork)]
pub struct WorkView {
    /// Its id.
    pub(super) id: Uuid,
    /// The apprenticeship in which it was made.
    pub(super) apprenticeship: Uuid,
    /// The stage in which it was made.
    stage: ApprenticeStage,
    /// What it is called; null once the apprentice was erased.
    title: Option<String>,
    /// What is said of it.
    description: Option<String>,
    /// When it was made.
    made_on: NaiveDate,
    /// Whether it was shown or sold; null where it was neither.
    exhibition: Option<ExhibitionKind>,
    /// On which day.
    exhibited_on: Option<NaiveDate>,
    /// At which site.
    site: Option<Uuid>,
    /// For how much it was sold, in fen.
    price_fen: Option<i64>,
    /// When it was withdrawn; it does not count any more then.
    withdrawn_at: Option<DateTime<Utc>>,
    /// One more with every change.
    pub(super) version: i32,
}

impl From<Work> for WorkView {
    fn from(work: Work) -> Self {
        Self {
            id: work.id,
            apprenticeship: work.apprenticeship,
            stage: work.stage,
            title: work.title,
            description: work.description,
            made_on: work.made_on,
            exhibition: work.exhibition.map(|exhibition| exhibition.kind),
            exhibited_on: work.exhibition.map(|exhibition| exhibition.day),
            site: work.exhibition.and_then(|exhibition| exhibition.site),
            price_fen: work.exhibition.and_then(|exhibition| exhibition.price_fen),
            withdrawn_at: work.withdrawn_at,
            version: work.version,
        }
    }
}

/// An apprenticeship of the person, and what they made in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedApprenticeship {
    /// The apprenticeship.
    apprenticeship: ApprenticeshipView,
    /// What the person made in it as the apprentice, also what was withdrawn.
    works: Vec<WorkView>,
}

/// Everything about the apprenticeships of somebody, for themselves.
///
/// # Errors
/// The database's.
pub(crate) fn of_people(tx: &mut Tx, persons: &[Uuid], language: Language) -> Result<Vec<ExportedApprenticeship>, Fault> {
    let mut exported = Vec::new();
    for found in apprenticeship::of_people(tx, persons, None, None, i64::MAX)? {
        let learns = found.side_of_any(persons) == Some(ApprenticeshipSide::Apprentice);
        let works = if learns { apprenticeship::works_of(tx, found.id, None, i64::MAX)? } else { Vec::new() };
        let works = works.into_iter().map(Into::into).collect();
        exported.push(ExportedApprenticeship { apprenticeship: shown(tx, found, learns, language)?, works });
    }
    Ok(exported)
}
