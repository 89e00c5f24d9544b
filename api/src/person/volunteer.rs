//! Volunteers 志愿者: applying, registering, and where each stands.

use actix_web::web::{Data, Path};
use domain::person::{ConsentKind, VolunteerState};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use persistence::person::{self, NewVolunteer, Person};
use persistence::{Tx, secret};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::consent::require;
use super::view::{VolunteerView, volunteer_of};
use super::{in_scope, of_another};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of volunteers.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": register, apply, decide, choose]
}

/// Somebody who wants to serve.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterVolunteer {
    /// Where the volunteer will serve; where the person lives if it is left out.
    #[schema(min_length = 6, max_length = 15, example = "230822100")]
    division: Option<String>,
}

impl RegisterVolunteer {
    fn read(&self) -> Result<Option<DivisionCode>, Problem> {
        self.division.as_deref().map(|raw| region::code("/division", raw)).transpose()
    }
}

/// Register a person as a volunteer.
///
/// 登记志愿者:由工作人员代为申请,经审核后在岗。
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
    let (division, number) = (body.value.read()?, number()?);
    let work = move |tx: &mut Tx| -> Result<(VolunteerView, bool), Fault> {
        let person = in_scope::<may::RegisterVolunteer>(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 201, person.id)?;
        if matches!(once, Once::First) {
            wish(tx, &shared, &person, division.as_ref(), &number, who.account)?;
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
/// 申请成为志愿者:须先实名登记;退出或未通过者可再次申请。
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
    let (division, number) = (body.value.read()?, number()?);
    let work = move |tx: &mut Tx| -> Result<(VolunteerView, bool), Fault> {
        let person = person::load(tx, person)?;
        let once = conditions.once(tx, account, &digest, 201, person.id)?;
        if matches!(once, Once::First) {
            wish(tx, &shared, &person, division.as_ref(), &number, account)?;
        }
        let volunteer = person::volunteer(tx, person.id)?;
        Ok((VolunteerView::new(volunteer, reads.0), matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version();
    Ok(Reply::created(view, "/v1/me").tagged(version).replayed(replayed))
}

/// A first application, or another one of somebody who has left or was refused.
fn wish(
    tx: &mut Tx,
    services: &Services,
    person: &Person,
    division: Option<&DivisionCode>,
    number: &str,
    account: Uuid,
) -> Result<(), Fault> {
    require(tx, services, person, ConsentKind::Register, None)?;
    let division = region::known(tx, "/division", division.unwrap_or(&person.division))?.code;
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    match volunteer_of(tx, person.id)? {
        Some(known) if known.state.is_own_choice(VolunteerState::Applied) => {
            Ok(person::change_volunteer(tx, person.id, known.state, VolunteerState::Applied, account)?)
        }
        Some(_) => Err(Code::AlreadyExists.into()),
        None => {
            let (region, number, state) = (region.division.clone(), number.to_owned(), VolunteerState::Applied);
            Ok(person::add_volunteer(tx, &NewVolunteer { person: person.id, number, region, division, state, by: Some(account) })?)
        }
    }
}

/// A number that tells nothing: `V` and twelve characters, none of which looks like another.
fn number() -> Result<String, Problem> {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bytes: [u8; 12] = secret::random().map_err(Problem::internal)?;
    let characters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)).copied().map(char::from));
    Ok(std::iter::once('V').chain(characters).collect())
}

/// Where a volunteer is to stand.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeVolunteer {
    /// The state; which may follow is in `next` of the volunteer.
    state: VolunteerState,
}

/// Decide where a volunteer stands.
///
/// 审核志愿者:通过、不通过、暂停、恢复、退出、禁止服务;不能审核自己。
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
    let (who, digest, id, to) = (actor.actor, body.digest, *id, body.value.state);
    let work = move |tx: &mut Tx| -> Result<(VolunteerView, bool), Fault> {
        let person = of_another::<may::DecideVolunteer>(tx, &who, id)?.id;
        let once = conditions.once(tx, who.account, &digest, 200, person)?;
        if matches!(once, Once::First) {
            change(tx, person, to, who.account, &conditions, VolunteerState::may_become)?;
        }
        let volunteer = person::volunteer(tx, person)?;
        Ok((VolunteerView::new(volunteer, reads.0), matches!(once, Once::Before(_))))
    };
    changed(&services, services.store.write(work).await?)
}

/// Pause, resume or leave as a volunteer.
///
/// 本人暂停、恢复或退出志愿服务:任何人不得强迫他人服务。
#[utoipa::path(post, path = "/v1/me/volunteer/state", operation_id = "changeOwnVolunteerState", request_body = ChangeVolunteer,
    responses((status = 200, description = "志愿者", body = VolunteerView)))]
pub async fn choose(
    services: Data<Services>,
    actor: Actor<may::RegisterVolunteer>,
    conditions: Conditions,
    reads: Reads,
    body: Json<ChangeVolunteer>,
) -> Answer<VolunteerView> {
    let (digest, account, to) = (body.digest, actor.account(), body.value.state);
    let person = actor.actor.person.ok_or(Code::PersonRequired)?;
    let work = move |tx: &mut Tx| -> Result<(VolunteerView, bool), Fault> {
        let once = conditions.once(tx, account, &digest, 200, person)?;
        if matches!(once, Once::First) {
            change(tx, person, to, account, &conditions, VolunteerState::is_own_choice)?;
        }
        let volunteer = person::volunteer(tx, person)?;
        Ok((VolunteerView::new(volunteer, reads.0), matches!(once, Once::Before(_))))
    };
    changed(&services, services.store.write(work).await?)
}

fn change(
    tx: &mut Tx,
    person: Uuid,
    to: VolunteerState,
    account: Uuid,
    conditions: &Conditions,
    may_become: fn(VolunteerState, VolunteerState) -> bool,
) -> Result<(), Fault> {
    let volunteer = person::volunteer(tx, person)?;
    conditions.expect_version(volunteer.version)?;
    if !may_become(volunteer.state, to) {
        return Err(Problem::field_with("/state", Rule::Transition, vec![to.as_str().to_owned()]).into());
    }
    Ok(person::change_volunteer(tx, person, volunteer.state, to, account)?)
}

/// The roles of a volunteer follow from the state: what is remembered of them goes.
fn changed(services: &Services, (view, replayed): (VolunteerView, bool)) -> Answer<VolunteerView> {
    services.forget();
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}
