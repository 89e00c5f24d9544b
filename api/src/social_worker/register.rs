//! Who is a social worker.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::NaiveDate;
use domain::identity::Actor as Acting;
use domain::person::is_of_age;
use domain::region::DivisionCode;
use domain::social_worker::{Qualification, SocialWorkPost};
use persistence::person::Person;
use persistence::social_worker::{self, SocialWorker, WorkersOf};
use persistence::{Tx, person};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::readable;
use super::view::{SocialWorkerFile, SocialWorkerView, file, view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::days;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::second_person::{First, about_another};
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::person::input::today;
use crate::person::of_another;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of the register.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["social-workers": register, list, show, update]
}

/// What a social worker is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SocialWorkerInput {
    /// Where they work.
    #[schema(min_length = 2, max_length = 15, example = "230822106")]
    division: String,
    /// What they are qualified for; nothing yet where it is left out.
    qualification: Option<Qualification>,
    /// The number of the certificate.
    #[schema(min_length = 4, max_length = 40, example = "20251234567890231")]
    certificate: Option<String>,
    /// The day of the certificate.
    certified_on: Option<NaiveDate>,
    /// The day of the last registration 登记.
    registered_on: Option<NaiveDate>,
    /// For whom they work.
    post: SocialWorkPost,
    /// Whether they belong to the party.
    party_member: Option<bool>,
    /// Whether they work there now.
    #[serde(default = "yes")]
    active: bool,
}

fn yes() -> bool {
    true
}

/// Somebody who is a social worker.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterSocialWorker {
    /// Who: a person on record who is known to be of age.
    person: Uuid,
    /// What they are.
    worker: SocialWorkerInput,
}

impl SocialWorkerInput {
    /// Reads it for a request; `at` is where it stands in the body.
    fn asked(&self, at: &str, services: &Services, actor: &Actor<may::EditSocialWorkers>, person: Uuid) -> Result<SocialWorker, Problem> {
        actor.within(&region::code(&format!("{at}/division"), &self.division)?)?;
        self.read(at, services, actor.account(), person)
    }

    /// Reads it; `at` is where it stands, `account` whoever says it.
    pub(crate) fn read(&self, at: &str, services: &Services, account: Uuid, person: Uuid) -> Result<SocialWorker, Problem> {
        let division = region::code(&format!("{at}/division"), &self.division)?;
        let unknown = || Problem::field(format!("{at}/division"), Rule::UnknownDivision);
        let region = services.book.region_of(&division).ok_or_else(unknown)?.division.clone();
        self.check_days(at, today(services, &region))?;
        let certificate = self.certificate.as_deref().map(|number| region::line(&format!("{at}/certificate"), number)).transpose()?;
        Ok(SocialWorker {
            person,
            region,
            division,
            qualification: self.qualification,
            certificate,
            certified_on: self.certified_on,
            registered_on: self.registered_on,
            post: self.post,
            party_member: self.party_member,
            active: self.active,
            version: 1,
            entered_by: account,
        })
    }

    /// Certificates and registrations are of who is qualified, of the past, and in this order.
    fn check_days(&self, at: &str, today: NaiveDate) -> Result<(), Problem> {
        if self.qualification.is_none() {
            let given = [
                ("certificate", self.certificate.is_some()),
                ("certified_on", self.certified_on.is_some()),
                ("registered_on", self.registered_on.is_some()),
            ];
            return match given.iter().find(|(_, is_given)| *is_given) {
                Some((name, _)) => Err(Problem::field(format!("{at}/{name}"), Rule::NotQualified)),
                None => Ok(()),
            };
        }
        for (name, day) in [("certified_on", self.certified_on), ("registered_on", self.registered_on)] {
            let (Some(day), name) = (day, format!("{at}/{name}")) else { continue };
            days::check(&name, day)?;
            if day > today {
                return Err(Problem::field(name, Rule::InFuture));
            }
        }
        match (self.certified_on, self.registered_on) {
            (Some(certified), Some(registered)) if registered < certified => {
                Err(Problem::field_with(format!("{at}/registered_on"), Rule::TooLongAgo, vec![certified.to_string()]))
            }
            _ => Ok(()),
        }
    }
}

/// Write down that somebody is a social worker.
///
/// 登记社会工作者:资格等级、证书、登记日期、岗位与工作区划;须为已登记出生日期的成年人;不能登记自己。
#[utoipa::path(post, path = "/v1/social-workers", operation_id = "registerSocialWorker", request_body = RegisterSocialWorker,
    responses((status = 201, description = "社会工作者", body = SocialWorkerFile)))]
pub async fn register(
    services: Data<Services>,
    actor: Actor<may::EditSocialWorkers>,
    conditions: Conditions,
    reads: Reads,
    body: Json<RegisterSocialWorker>,
) -> Answer<SocialWorkerFile> {
    let (shared, digest, asked) = (services.clone(), body.digest, body.value);
    let worker = asked.worker.asked("/worker", &services, &actor, asked.person)?;
    let who = actor.actor;
    let work = move |tx: &mut Tx| -> Result<(SocialWorkerFile, bool), Fault> {
        let person = of_another::<may::EditSocialWorkers>(tx, &who, asked.person)?;
        let once = conditions.once(tx, who.account, &digest, 201, person.id)?;
        if matches!(once, Once::First) {
            add(tx, &shared, &person, "/worker/division", worker.clone()).map_err(known)?;
        }
        let worker = social_worker::load(tx, person.id)?;
        Ok((file(tx, &shared, worker, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.worker.version, format!("/v1/social-workers/{}", view.worker.person.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Adds somebody to the register; `at` is where the division stands.
pub(crate) fn add(tx: &mut Tx, services: &Services, person: &Person, at: &str, worker: SocialWorker) -> Result<(), Fault> {
    let division = region::known(tx, at, &worker.division)?.code;
    check_person(tx, services, person, &division)?;
    Ok(social_worker::add(tx, &SocialWorker { person: person.id, division, ..worker })?)
}

/// Who is erased is no social worker, nor who is not known to be of age.
fn check_person(tx: &mut Tx, services: &Services, person: &Person, division: &DivisionCode) -> Result<(), Fault> {
    if person::erasure(tx, person.id)?.is_some() {
        return Err(Code::NotFound.into());
    }
    if !person.birth_date.is_some_and(|birth| is_of_age(birth, today(services, division))) {
        return Err(Problem::field("/person", Rule::AdultsOnly).into());
    }
    Ok(person::hold(tx, person.id, person.version)?)
}

fn known(fault: Fault) -> Fault {
    match fault {
        Fault::Store(error) if error.is_duplicate_of("social_workers", "person_id") => Code::AlreadyExists.into(),
        fault => fault,
    }
}

/// Which social workers.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSocialWorkers {
    /// Where they work.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// Only those with this qualification.
    qualification: Option<Qualification>,
    /// Only those of this post.
    post: Option<SocialWorkPost>,
    /// Also those who have left.
    also_left: Option<bool>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the social workers of a division.
///
/// 社会工作者名册:按工作区划,可按资格与岗位筛选;姓名与证书号脱敏。
#[utoipa::path(get, path = "/v1/social-workers", operation_id = "listSocialWorkers", params(ListSocialWorkers),
    responses((status = 200, description = "社会工作者", body = Page<SocialWorkerView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadSocialWorkers>,
    reads: Reads,
    query: Query<ListSocialWorkers>,
) -> Answer<Page<SocialWorkerView>> {
    let (asked, shared, keys) = (query.0, services.clone(), services.store.keys());
    let (limit, division) = (page::limit(asked.limit)?, region::code("division", &asked.division)?);
    actor.within(&division)?;
    let (qualification, post, also_left) = (asked.qualification, asked.post, asked.also_left.unwrap_or(false));
    let name = format!("social workers {division} {qualification:?} {post:?} {also_left}");
    let after: Option<Uuid> = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<SocialWorkerView>, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        let of = WorkersOf { within: &within, qualification, post, also_left };
        let found = social_worker::list(tx, &of, after, limit + 1)?;
        found.into_iter().map(|worker| view(tx, &shared, worker, reads.0)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &SocialWorkerView| view.person.id)
}

/// Read the file of a social worker.
///
/// 查看社会工作者:资格与登记、本登记期继续教育学时(应学、已学、尚缺)、在办个案数;本人可查。
#[utoipa::path(get, path = "/v1/social-workers/{id}", operation_id = "readSocialWorker", params(("id" = Uuid, Path, description = "人员")),
    responses((status = 200, description = "社会工作者", body = SocialWorkerFile)))]
pub async fn show(
    services: Data<Services>,
    actor: Actor<may::ReadSocialWorkers>,
    reads: Reads,
    id: Path<Uuid>,
) -> Answer<SocialWorkerFile> {
    let (shared, who, id) = (services.clone(), actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<SocialWorkerFile, Fault> {
        let worker = readable(tx, &who, id)?;
        file(tx, &shared, worker, reads.0)
    };
    let view = services.store.read(work).await?;
    let version = view.worker.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Change what is known of a social worker.
///
/// 变更社会工作者登记(续登、晋级、调岗、离岗):须携带所依据版本的 If-Match;未填的证书号保持原样,因为填写者看不到它;不能变更自己的。
#[utoipa::path(put, path = "/v1/social-workers/{id}", operation_id = "updateSocialWorker", request_body = SocialWorkerInput,
    params(("id" = Uuid, Path, description = "人员")), responses((status = 200, description = "社会工作者", body = SocialWorkerFile)))]
pub async fn update(
    services: Data<Services>,
    actor: Actor<may::EditSocialWorkers>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<SocialWorkerInput>,
) -> Answer<SocialWorkerFile> {
    let (shared, id) = (services.clone(), *id);
    let asked = body.value.asked("", &services, &actor, id)?;
    let who = actor.actor;
    let work = move |tx: &mut Tx| -> Result<SocialWorkerFile, Fault> {
        let before = of_another_in(tx, &who, id)?;
        conditions.require_version(before.version)?;
        let division = region::known(tx, "/division", &asked.division)?.code;
        let certificate = asked.certificate.clone().or(before.certificate).filter(|_| asked.qualification.is_some());
        let SocialWorker { version, entered_by, .. } = before;
        if asked.active && person::erasure(tx, id)?.is_some() {
            return Err(Code::NotFound.into());
        }
        social_worker::update(tx, &SocialWorker { division, certificate, version, entered_by, ..asked.clone() })?;
        let worker = social_worker::load(tx, id)?;
        file(tx, &shared, worker, reads.0)
    };
    let view = services.store.write(work).await?;
    let version = view.worker.version;
    Ok(Reply::ok(view).tagged(version))
}

/// A social worker other than the actor who works where the actor may change the register; others are not there.
fn of_another_in(tx: &mut Tx, actor: &Acting, person: Uuid) -> Result<SocialWorker, Fault> {
    let worker = social_worker::load(tx, person)?;
    region::within::<may::EditSocialWorkers>(tx, actor, &worker.division)?;
    about_another::<may::EditSocialWorkers>(tx, actor, &First::person(person))?;
    Ok(worker)
}
