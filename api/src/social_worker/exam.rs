//! The yearly examination 社会工作者职业资格考试: who sits for it, and what came of it.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::Datelike as _;
use domain::identity::Actor as Acting;
use domain::language::Language;
use domain::social_worker::{ExamResult, ExamState, Qualification, check_own_year, check_year};
use domain::vocabulary::Vocabulary as _;
use persistence::person::Person;
use persistence::social_worker::{self, ExamRegistration};
use persistence::{Tx, person};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::identity::Empty;
use crate::identity::second_person::{First, about_another};
use crate::once::{Conditions, Once};
use crate::order::view::NamedPerson;
use crate::page::{self, Page};
use crate::person::input::today;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of the examination.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["social-workers": register, list, of_person, result, withdraw]
}

/// That somebody sits for an examination.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExamRegistration)]
pub struct ExamView {
    /// Its id.
    id: Uuid,
    /// Who, masked.
    person: NamedPerson,
    /// Where they are counted: at home when they registered.
    division: String,
    /// The year of the examination.
    #[schema(example = 2027)]
    year: i32,
    /// For which level.
    level: Qualification,
    /// Where it stands.
    state: ExamState,
    /// The same in the caller's language.
    label: String,
    /// One more with every change.
    version: i32,
}

fn view(tx: &mut Tx, exam: ExamRegistration, language: Language) -> Result<ExamView, Fault> {
    let person = person::load(tx, exam.person)?;
    Ok(ExamView {
        id: exam.id,
        person: NamedPerson { id: person.id, name: person.name.masked(), phone: None },
        division: exam.division.to_string(),
        year: exam.year,
        level: exam.level,
        state: exam.state,
        label: exam.state.label(language).to_owned(),
        version: exam.version,
    })
}

/// Every examination that somebody has registered for, the newest first.
///
/// # Errors
/// The database's.
pub(crate) fn exams_of(tx: &mut Tx, person: &Person, language: Language) -> Result<Vec<ExamView>, Fault> {
    let records = person::ids_of(tx, person.id)?;
    social_worker::exams_of(tx, &records)?.into_iter().map(|exam| view(tx, exam, language)).collect()
}

/// Who sits for which examination.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterForExam {
    /// Who, where staff register them; oneself where it is left out.
    person: Option<Uuid>,
    /// The year of the examination: this one or the next; staff also write down earlier ones, since 2008.
    #[schema(minimum = 2008, maximum = 2200, example = 2027)]
    year: i32,
    /// For which level.
    level: Qualification,
}

/// Register for the examination of social workers.
///
/// 社会工作者职业资格考试报名:每人每年每级一次;本人可报当年或次年,工作人员可补录往年;已放弃的可重新报名。
#[utoipa::path(post, path = "/v1/exam-registrations", operation_id = "registerForExam", request_body = RegisterForExam,
    responses((status = 201, description = "考试报名", body = ExamView)))]
pub async fn register(
    services: Data<Services>,
    actor: Actor<may::RegisterForExam>,
    conditions: Conditions,
    reads: Reads,
    body: Json<RegisterForExam>,
) -> Answer<ExamView> {
    let (shared, who, digest, asked, fresh) = (services.clone(), actor.actor, body.digest, body.value, Uuid::now_v7());
    let person = asked.person.or(who.person).ok_or(Code::PersonRequired)?;
    let work = move |tx: &mut Tx| -> Result<(ExamView, bool), Fault> {
        let person = candidate(tx, &who, person)?;
        let records = person::ids_of(tx, person.id)?;
        let before = social_worker::exam_of(tx, &records, asked.year, asked.level)?;
        let id = before.as_ref().map_or(fresh, |before| before.id);
        let once = conditions.once(tx, who.account, &digest, 201, id)?;
        let id = match once {
            Once::First => {
                sit(tx, &shared, &who, &person, &asked, (id, before))?;
                id
            }
            Once::Before(before) => before,
        };
        let exam = social_worker::load_exam(tx, id)?;
        Ok((view(tx, exam, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/persons/{}/exams", view.person.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Somebody whom the actor may register and withdraw: themselves, or people of their divisions. Others are not there.
fn candidate(tx: &mut Tx, actor: &Acting, person: Uuid) -> Result<Person, Fault> {
    let person = person::load(tx, person)?;
    if actor.person != Some(person.id) {
        region::within::<may::RegisterForExam>(tx, actor, &person.division)?;
    }
    Ok(person)
}

fn sit(
    tx: &mut Tx,
    services: &Services,
    actor: &Acting,
    person: &Person,
    asked: &RegisterForExam,
    (id, before): (Uuid, Option<ExamRegistration>),
) -> Result<(), Fault> {
    if person::erasure(tx, person.id)?.is_some() {
        return Err(Code::NotFound.into());
    }
    let year = today(services, &person.division).year();
    let by_staff = region::may_in::<may::RecordExam>(tx, actor, &person.division)?;
    let checked = if by_staff { check_year(asked.year, year) } else { check_own_year(asked.year, year) };
    checked.map_err(|fault| {
        let bounds = vec![fault.0.start().to_string(), fault.0.end().to_string()];
        Problem::field_with("/year", Rule::OutOfRange, bounds)
    })?;
    person::hold(tx, person.id, person.version)?;
    match before {
        Some(before) if before.state.may_return() => Ok(social_worker::change_exam(tx, &before, ExamState::Registered, actor.account)?),
        Some(_) => Err(Code::AlreadyExists.into()),
        None => {
            let unknown = || Problem::internal(format!("no region of {}", person.division));
            let region = services.book.region_of(&person.division).ok_or_else(unknown)?.division.clone();
            let exam = ExamRegistration {
                id,
                person: person.id,
                region,
                division: person.division.clone(),
                year: asked.year,
                level: asked.level,
                state: ExamState::Registered,
                version: 1,
            };
            Ok(social_worker::add_exam(tx, &exam, actor.account)?)
        }
    }
}

/// Which registrations.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListExamRegistrations {
    /// Of whom: people of this division.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// The year of the examination.
    #[param(minimum = 2008, maximum = 2200, example = 2027)]
    year: i32,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List who of a division has registered for the examination of a year.
///
/// 某年考试报名名单及结果;姓名脱敏。
#[utoipa::path(get, path = "/v1/exam-registrations", operation_id = "listExamRegistrations", params(ListExamRegistrations),
    responses((status = 200, description = "考试报名", body = Page<ExamView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    actor: Actor<may::ReadSocialWorkers>,
    reads: Reads,
    query: Query<ListExamRegistrations>,
) -> Answer<Page<ExamView>> {
    let (asked, keys) = (query.0, services.store.keys());
    let (limit, division, year) = (page::limit(asked.limit)?, region::code("division", &asked.division)?, asked.year);
    actor.within(&division)?;
    let name = format!("exams {division} {year}");
    let after: Option<Uuid> = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<ExamView>, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        let found = social_worker::list_exams(tx, &within, year, after, limit + 1)?;
        found.into_iter().map(|exam| view(tx, exam, reads.0)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &ExamView| view.id)
}

/// List the examinations of a person.
///
/// 某人的考试报名与结果,新的在前;本人可查。
#[utoipa::path(get, path = "/v1/persons/{id}/exams", operation_id = "listExamsOfPerson", params(("id" = Uuid, Path, description = "人员")),
    responses((status = 200, description = "考试报名", body = Page<ExamView>)))]
pub async fn of_person(
    services: Data<Services>,
    actor: Actor<may::ReadSocialWorkers>,
    reads: Reads,
    id: Path<Uuid>,
) -> Answer<Page<ExamView>> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<Vec<ExamView>, Fault> {
        let person = person::load(tx, id)?;
        if who.person != Some(person.id) {
            region::within::<may::ReadSocialWorkers>(tx, &who, &person.division)?;
        }
        exams_of(tx, &person, reads.0)
    };
    let items = services.store.read(work).await?;
    Ok(Reply::ok(Page { items, next_cursor: None }))
}

/// What came of it.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordExamResult {
    /// What came of it; one that is on record can be corrected.
    result: ExamResult,
}

/// Keep on record what came of an examination.
///
/// 登记考试结果(可更正):自考试当年起;合格后凭证书另行变更资格;不能登记自己的。
#[utoipa::path(post, path = "/v1/exam-registrations/{id}/result", operation_id = "recordExamResult", request_body = RecordExamResult,
    params(("id" = Uuid, Path, description = "考试报名")), responses((status = 200, description = "考试报名", body = ExamView)))]
pub async fn result(
    services: Data<Services>,
    actor: Actor<may::RecordExam>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<RecordExamResult>,
) -> Answer<ExamView> {
    let (shared, who, digest, state, id) = (services.clone(), actor.actor, body.digest, body.value.result.state(), *id);
    let work = move |tx: &mut Tx| -> Result<(ExamView, bool), Fault> {
        let exam = social_worker::load_exam(tx, id)?;
        region::within::<may::RecordExam>(tx, &who, &exam.division)?;
        let person = person::load(tx, exam.person)?;
        about_another::<may::RecordExam>(tx, &who, &First::person(person.id))?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) && exam.state != state {
            conditions.expect_version(exam.version)?;
            if !exam.state.takes_a_result() {
                return Err(stands(exam.state));
            }
            if exam.year > today(&shared, &exam.region).year() {
                return Err(Code::ExamToCome.into());
            }
            social_worker::change_exam(tx, &exam, state, who.account)?;
        }
        let exam = social_worker::load_exam(tx, id)?;
        Ok((view(tx, exam, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Withdraw from an examination.
///
/// 放弃考试:出结果前本人或工作人员可放弃;已放弃的保持原样,可重新报名。
#[utoipa::path(post, path = "/v1/exam-registrations/{id}/withdraw", operation_id = "withdrawFromExam", request_body = Empty,
    params(("id" = Uuid, Path, description = "考试报名")), responses((status = 200, description = "考试报名", body = ExamView)))]
pub async fn withdraw(
    services: Data<Services>,
    actor: Actor<may::RegisterForExam>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<Empty>,
) -> Answer<ExamView> {
    let (who, digest, id) = (actor.actor, body.digest, *id);
    let work = move |tx: &mut Tx| -> Result<(ExamView, bool), Fault> {
        let exam = social_worker::load_exam(tx, id)?;
        candidate(tx, &who, exam.person)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) && exam.state != ExamState::Withdrawn {
            conditions.expect_version(exam.version)?;
            if !exam.state.may_withdraw() {
                return Err(stands(exam.state));
            }
            social_worker::change_exam(tx, &exam, ExamState::Withdrawn, who.account)?;
        }
        let exam = social_worker::load_exam(tx, id)?;
        Ok((view(tx, exam, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

fn stands(state: ExamState) -> Fault {
    Problem::stands_against(Code::EnrolmentStep, Rule::EnrolmentStep, vec![state.as_str().to_owned()]).into()
}
