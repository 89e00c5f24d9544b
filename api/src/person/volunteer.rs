//! Volunteers 志愿者: applying, registering, and where each stands.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::person::{ConsentKind, ReasonFault, VolunteerProfile, VolunteerReason, VolunteerState};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use persistence::person::{self, NewVolunteer, Person, VolunteerEvent};
use persistence::{Tx, secret};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::consent::{require, waits_for_guardian};
use super::profile::{ProfileBody, keep_profile};
use super::view::{VolunteerView, volunteer_of};
use super::{in_scope, of_another};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of volunteers.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": register, apply, decide, choose, list, events, own_events]
}

/// Somebody who wants to serve.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterVolunteer {
    /// Where the volunteer will serve; where the person lives if it is left out.
    #[schema(min_length = 6, max_length = 15, example = "230822100")]
    division: Option<String>,
    /// What the volunteer says of themselves; it can be said later.
    profile: Option<ProfileBody>,
}

/// What somebody wishes who wants to serve.
struct Wish {
    division: Option<DivisionCode>,
    profile: Option<VolunteerProfile>,
    number: String,
}

impl RegisterVolunteer {
    fn read(&self) -> Result<Wish, Problem> {
        let division = self.division.as_deref().map(|raw| region::code("/division", raw)).transpose()?;
        let profile = self.profile.as_ref().map(|profile| profile.read("/profile")).transpose()?;
        Ok(Wish { division, profile, number: number()? })
    }
}

/// Register a person as a volunteer.
///
/// 登记志愿者:由工作人员代为申请,经审核后在岗;未成年人的申请待监护人同意后方可审核通过。
#[utoipa::path(post, path = "/v1/persons/{id}/volunteer", operation_id = "registerVolunteer",
    params(("id" = Uuid, Path, description = "人员")), request_body = RegisterVolunteer,
    responses((status = 201, description = "志愿者", body = VolunteerView)))]
pub async fn register(
    services: Data<Services>,
    actor: Actor<may::RegisterVolunteer>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<RegisterVolunteer>,
) -> Answer<VolunteerView> {
    let (shared, who, digest, id) = (services.clone(), actor.actor, body.digest, *id);
    let asked = body.value.read()?;
    let work = move |tx: &mut Tx| -> Result<(VolunteerView, bool), Fault> {
        let person = in_scope::<may::RegisterVolunteer>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 201, person.id)?;
        if matches!(once, Once::First) {
            wish(tx, &shared, &person, &asked, who.account, false)?;
        }
        let volunteer = person::volunteer(tx, person.id)?;
        Ok((VolunteerView::new(volunteer, reads.0), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version(), format!("/v1/persons/{id}"));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Apply to be a volunteer.
///
/// 申请成为志愿者:须先实名登记,一人只登记一次;退出或未通过者可再次申请;未成年人的申请待监护人同意后方可审核通过。
#[utoipa::path(post, path = "/v1/me/volunteer", operation_id = "applyAsVolunteer", request_body = RegisterVolunteer,
    responses((status = 201, description = "志愿者申请", body = VolunteerView)))]
pub async fn apply(
    services: Data<Services>,
    actor: Actor<may::RegisterVolunteer>,
    conditions: Conditions,
    reads: Reads,
    body: Json<RegisterVolunteer>,
) -> Answer<VolunteerView> {
    let (shared, digest, account) = (services.clone(), body.digest, actor.account());
    let person = actor.actor.person.ok_or(Code::PersonRequired)?;
    let asked = body.value.read()?;
    let work = move |tx: &mut Tx| -> Result<(VolunteerView, bool), Fault> {
        let person = person::load(tx, person)?;
        let once = conditions.once(tx, account, &digest, 201, person.id)?;
        if matches!(once, Once::First) {
            wish(tx, &shared, &person, &asked, account, true)?;
        }
        let volunteer = person::volunteer(tx, person.id)?;
        Ok((VolunteerView::new(volunteer, reads.0), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version();
    Ok(Reply::created(view, "/v1/me").tagged(version).replayed(replayed))
}

/// A first application, or another one of somebody who has left or was refused. That of a minor waits for the guardian.
fn wish(tx: &mut Tx, services: &Services, person: &Person, asked: &Wish, account: Uuid, own: bool) -> Result<(), Fault> {
    if !waits_for_guardian(tx, services, person)? {
        require(tx, services, person, ConsentKind::Register, None)?;
    }
    let division = region::known(tx, "/division", asked.division.as_ref().unwrap_or(&person.division))?.code;
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    let to = VolunteerState::Applied;
    match volunteer_of(tx, person.id)? {
        Some(known) if known.state.is_own_choice(to) => {
            let event = VolunteerEvent { from: Some(known.state), to, reason: None, note: None, own, by: Some(account), at: tx.now() };
            person::step_volunteer(tx, person.id, &event)?;
        }
        Some(_) => return Err(Code::AlreadyExists.into()),
        None => {
            let (region, number) = (region.division.clone(), asked.number.clone());
            person::add_volunteer(tx, &NewVolunteer { person: person.id, number, region, division, state: to, by: Some(account) })?;
        }
    }
    if let Some(profile) = &asked.profile {
        let version = person::volunteer(tx, person.id)?.version;
        keep_profile(tx, services, person, version, profile)?;
    }
    Ok(())
}

/// A number that tells nothing: `V` and twelve characters, none of which looks like another.
///
/// # Errors
/// Randomness has failed.
pub(crate) fn number() -> Result<String, Problem> {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bytes: [u8; 12] = secret::random().map_err(Problem::internal)?;
    let characters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)).copied().map(char::from));
    Ok(std::iter::once('V').chain(characters).collect())
}

/// Where a volunteer is to stand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeVolunteer {
    /// The state; which may follow is in `next` of the volunteer.
    state: VolunteerState,
    /// Why. Staff must say it for everything that keeps somebody from serving; nobody must say why they pause or leave.
    reason: Option<VolunteerReason>,
    /// What else is to be said; the reason `other` needs it.
    #[schema(min_length = 1, max_length = 500)]
    note: Option<String>,
}

impl ChangeVolunteer {
    fn note(&self) -> Result<Option<String>, Problem> {
        self.note.as_deref().map(|raw| region::line("/note", raw)).transpose()
    }
}

/// Decide where a volunteer stands.
///
/// 审核志愿者:通过、不通过、暂停、恢复、退出、禁止服务;不能审核自己。不通过、暂停、退出、禁止服务须说明理由。
/// 未成年人须有监护人同意方可通过。
#[utoipa::path(post, path = "/v1/persons/{id}/volunteer/state", operation_id = "decideVolunteer",
    params(("id" = Uuid, Path, description = "人员")), request_body = ChangeVolunteer,
    responses((status = 200, description = "志愿者", body = VolunteerView)))]
pub async fn decide(
    services: Data<Services>,
    actor: Actor<may::DecideVolunteer>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<ChangeVolunteer>,
) -> Answer<VolunteerView> {
    let (shared, who, digest, id, asked) = (services.clone(), actor.actor, body.digest, *id, body.value);
    let note = asked.note()?;
    let work = move |tx: &mut Tx| -> Result<(VolunteerView, bool), Fault> {
        let person = of_another::<may::DecideVolunteer>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, person.id)?;
        if matches!(once, Once::First) {
            let event = event(tx, &person, &asked, note.clone(), who.account, false)?;
            change(tx, &shared, &person, &event, &conditions)?;
        }
        let volunteer = person::volunteer(tx, person.id)?;
        Ok((VolunteerView::new(volunteer, reads.0), matches!(once, Once::Before(_))))
    };
    changed(&services, services.store.write(work).await?)
}

/// Pause, resume or leave as a volunteer.
///
/// 本人暂停、恢复或退出志愿服务:任何人不得强迫他人服务,无须说明理由。
#[utoipa::path(post, path = "/v1/me/volunteer/state", operation_id = "changeOwnVolunteerState", request_body = ChangeVolunteer,
    responses((status = 200, description = "志愿者", body = VolunteerView)))]
pub async fn choose(
    services: Data<Services>,
    actor: Actor<may::RegisterVolunteer>,
    conditions: Conditions,
    reads: Reads,
    body: Json<ChangeVolunteer>,
) -> Answer<VolunteerView> {
    let (shared, digest, account, asked) = (services.clone(), body.digest, actor.account(), body.value);
    let (person, note) = (actor.actor.person.ok_or(Code::PersonRequired)?, asked.note()?);
    let work = move |tx: &mut Tx| -> Result<(VolunteerView, bool), Fault> {
        let person = person::load(tx, person)?;
        let once = conditions.once(tx, account, &digest, 200, person.id)?;
        if matches!(once, Once::First) {
            let event = event(tx, &person, &asked, note.clone(), account, true)?;
            change(tx, &shared, &person, &event, &conditions)?;
        }
        let volunteer = person::volunteer(tx, person.id)?;
        Ok((VolunteerView::new(volunteer, reads.0), matches!(once, Once::Before(_))))
    };
    changed(&services, services.store.write(work).await?)
}

/// What is to happen, from where the volunteer stands.
fn event(
    tx: &mut Tx,
    person: &Person,
    asked: &ChangeVolunteer,
    note: Option<String>,
    account: Uuid,
    own: bool,
) -> Result<VolunteerEvent, Fault> {
    let from = Some(person::volunteer(tx, person.id)?.state);
    Ok(VolunteerEvent { from, to: asked.state, reason: asked.reason, note, own, by: Some(account), at: tx.now() })
}

fn change(tx: &mut Tx, services: &Services, person: &Person, event: &VolunteerEvent, conditions: &Conditions) -> Result<(), Fault> {
    let volunteer = person::volunteer(tx, person.id)?;
    conditions.expect_version(volunteer.version)?;
    let to = event.to;
    let may_follow = if event.own { volunteer.state.is_own_choice(to) } else { volunteer.state.may_become(to) };
    if !may_follow {
        return Err(Problem::field_with("/state", Rule::Transition, vec![to.as_str().to_owned()]).into());
    }
    if !event.own {
        to.check_reason(event.reason, event.note.is_some()).map_err(|fault| reason(to, fault))?;
    }
    if to == VolunteerState::Active {
        require(tx, services, person, ConsentKind::Register, None)?;
    }
    Ok(person::step_volunteer(tx, person.id, event)?)
}

fn reason(to: VolunteerState, fault: ReasonFault) -> Problem {
    match fault {
        ReasonFault::Missing => Problem::field("/reason", Rule::Required),
        ReasonFault::NoteMissing => Problem::field("/note", Rule::Required),
        ReasonFault::NotFitting => {
            let fitting: Vec<&str> = to.reasons().iter().map(|reason| reason.as_str()).collect();
            Problem::field_with("/reason", Rule::WrongReason, vec![fitting.join(", ")])
        }
    }
}

/// The roles of a volunteer follow from the state: what is remembered of them goes.
fn changed(services: &Services, (view, replayed): (VolunteerView, bool)) -> Answer<VolunteerView> {
    services.forget();
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Which volunteers.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListVolunteers {
    /// Where they serve.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// Where they stand; everywhere if it is left out.
    state: Option<VolunteerState>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the volunteers of a division.
///
/// 志愿者名册:按区划与状态,供审核与联系;只含编号与状态,不含姓名。
#[utoipa::path(get, path = "/v1/volunteers", operation_id = "listVolunteers", params(ListVolunteers),
    responses((status = 200, description = "志愿者", body = Page<VolunteerView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::FindPerson>,
    reads: Reads,
    query: Query<ListVolunteers>,
) -> Answer<Page<VolunteerView>> {
    let asked = query.0;
    let (limit, division, state) = (page::limit(asked.limit)?, region::code("division", &asked.division)?, asked.state);
    actor.within(&division)?;
    let name = format!("volunteers {division} {}", state.map_or("", Vocabulary::as_str));
    let after = asked.cursor.as_deref().map(|cursor| page::read_cursor(services.store.keys(), &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<VolunteerView>, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        let found = person::list_volunteers(tx, &within, state, after, limit + 1)?;
        Ok(found.into_iter().map(|volunteer| VolunteerView::new(volunteer, reads.0)).collect())
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), &name, views, limit, VolunteerView::person)
}

/// That a volunteer came to stand somewhere.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = VolunteerEvent)]
pub struct EventView {
    /// Where the volunteer stood; null at first.
    from: Option<VolunteerState>,
    /// Where the volunteer stands since.
    to: VolunteerState,
    /// Why.
    reason: Option<VolunteerReason>,
    /// What else was said.
    note: Option<String>,
    /// Whether the volunteer has done it alone.
    own: bool,
    /// When.
    at: DateTime<Utc>,
}

impl From<VolunteerEvent> for EventView {
    fn from(event: VolunteerEvent) -> Self {
        let VolunteerEvent { from, to, reason, note, own, at, .. } = event;
        Self { from, to, reason, note, own, at }
    }
}

fn history(tx: &mut Tx, person: Uuid) -> Result<Page<EventView>, Fault> {
    let known = person::ids_of(tx, person)?;
    let items = person::volunteer_events(tx, &known)?.into_iter().map(Into::into).collect();
    Ok(Page { items, next_cursor: None })
}

/// List the decisions on a volunteer.
///
/// 志愿者状态变化记录:时间、理由与说明,由早到晚。
#[utoipa::path(get, path = "/v1/persons/{id}/volunteer/events", operation_id = "listVolunteerEvents",
    params(("id" = Uuid, Path, description = "人员")), responses((status = 200, description = "变化记录", body = Page<EventView>)))]
pub async fn events(services: Data<Services>, actor: Actor<may::ReadVolunteerFile>, id: Path<Uuid>) -> Answer<Page<EventView>> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<Page<EventView>, Fault> {
        let person = person::load(tx, id)?;
        if who.person != Some(person.id) {
            region::within::<may::ReadVolunteerFile>(tx, &who, &person.division)?;
        }
        history(tx, person.id)
    };
    Ok(Reply::ok(services.store.read(work).await?))
}

/// List the decisions on oneself as a volunteer.
///
/// 本人志愿者状态变化记录:含每次决定的理由与说明。
#[utoipa::path(get, path = "/v1/me/volunteer/events", operation_id = "listOwnVolunteerEvents",
    responses((status = 200, description = "变化记录", body = Page<EventView>)))]
pub async fn own_events(services: Data<Services>, actor: Actor<may::ReadOwn>) -> Answer<Page<EventView>> {
    let person = actor.actor.person.ok_or(Code::PersonRequired)?;
    let work = move |tx: &mut Tx| history(tx, person);
    Ok(Reply::ok(services.store.read::<_, Fault>(work).await?))
}
