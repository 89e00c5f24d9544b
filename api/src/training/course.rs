//! Courses: what is taught, for whom, and what passing gives.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use domain::region::DivisionCode;
use persistence::training::{self, Certifies, Course};
use persistence::{StoreError, Tx, catalogue};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::view::{CertifiesBody, CourseView};
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::page::{self, Page};
use crate::problem::{Fault, Problem, Rule, refers};
use crate::region;
use crate::services::Services;

/// Every endpoint of courses.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["training": create, list, show, update]
}

/// Something to teach.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTrainingCourse {
    /// For the people of which division it is.
    #[schema(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// What it is called.
    #[schema(min_length = 1, max_length = 100, example = "居家照护基础")]
    title: String,
    /// What it is about.
    #[schema(min_length = 1, max_length = 1000)]
    description: Option<String>,
    /// The credit hours 学时 of who passes.
    #[schema(minimum = 0, maximum = 500, example = 8)]
    credit_hours: i32,
    /// What who passes is certified for; only volunteers may enrol then.
    certifies: Option<CertifiesBody>,
}

/// Offer a course.
///
/// 新增培训课程:面向某一区划的人员;合格者得学时,或同时获得某项技能认证(此类课程只收已登记的志愿者)。
#[utoipa::path(post, path = "/v1/training-courses", operation_id = "createTrainingCourse", request_body = CreateTrainingCourse,
    responses((status = 201, description = "新课程", body = CourseView)))]
pub async fn create(
    services: Data<Services>,
    actor: Actor<may::EditTraining>,
    conditions: Conditions,
    body: Json<CreateTrainingCourse>,
) -> Answer<CourseView> {
    let (asked, digest, account) = (body.value, body.digest, actor.account());
    let division = region::code("/division", &asked.division)?;
    actor.within(&division)?;
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    let course = Course {
        id: Uuid::now_v7(),
        region: region.division.clone(),
        division,
        title: region::line("/title", &asked.title)?,
        description: asked.description.as_deref().map(|text| region::line("/description", text)).transpose()?,
        credit_hours: asked.credit_hours,
        certifies: asked.certifies.map(Into::into),
        active: true,
        version: 1,
        created_by: account,
    };
    let work = move |tx: &mut Tx| -> Result<(Course, bool), Fault> {
        match conditions.once(tx, account, &digest, 201, course.id)? {
            Once::First => {
                let division = region::known(tx, "/division", &course.division)?.code;
                check_craft(tx, course.certifies, &course.region)?;
                let course = Course { division, ..course.clone() };
                training::add_course(tx, &course)?;
                Ok((course, false))
            }
            Once::Before(before) => Ok((training::load_course(tx, before)?, true)),
        }
    };
    let (course, replayed) = services.store.write(work).await?;
    let (version, at) = (course.version, format!("/v1/training-courses/{}", course.id));
    Ok(Reply::created(course.into(), &at).tagged(version).replayed(replayed))
}

/// The craft that is certified is offered in the catalogue of the region.
fn check_craft(tx: &mut Tx, certifies: Option<Certifies>, region: &DivisionCode) -> Result<(), Fault> {
    let Some(Certifies { craft, .. }) = certifies else { return Ok(()) };
    let craft = refers(catalogue::load_craft(tx, craft), "/certifies/craft", Rule::UnknownCraft)?;
    if craft.active && craft.region == *region { Ok(()) } else { Err(Problem::field("/certifies/craft", Rule::UnknownCraft).into()) }
}

/// Which courses.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCourses {
    /// For whom: courses of this division, of those in it and of those above it.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List the courses for a division.
///
/// 培训课程:本区划、其下级与上级开设的课程,新的在前。
#[utoipa::path(get, path = "/v1/training-courses", operation_id = "listTrainingCourses", params(ListCourses),
    responses((status = 200, description = "课程", body = Page<CourseView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    _actor: Actor<may::ReadTraining>,
    query: Query<ListCourses>,
) -> Answer<Page<CourseView>> {
    let (asked, keys) = (query.0, services.store.keys());
    let (limit, division) = (page::limit(asked.limit)?, region::code("division", &asked.division)?);
    let name = format!("training courses {division}");
    let before = asked.cursor.as_deref().map(|cursor| page::read_cursor(keys, &name, cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<CourseView>, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        Ok(training::list_courses(tx, &within, before, limit + 1)?.into_iter().map(Into::into).collect())
    };
    let views = services.store.read(work).await?;
    page::reply(&request, keys, &name, views, limit, |view: &CourseView| view.id)
}

/// Read a course.
///
/// 查看培训课程。
#[utoipa::path(get, path = "/v1/training-courses/{id}", operation_id = "readTrainingCourse",
    params(("id" = Uuid, Path, description = "课程")), responses((status = 200, description = "课程", body = CourseView)))]
pub async fn show(services: Data<Services>, _actor: Actor<may::ReadTraining>, id: Path<Uuid>) -> Answer<CourseView> {
    let id = *id;
    let course = services.store.glance::<_, StoreError>(move |tx| training::load_course(tx, id)).await.map_err(Fault::from)?;
    let version = course.version;
    Ok(Reply::ok(course.into()).tagged(version))
}

/// A course as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTrainingCourse {
    /// What it is called.
    #[schema(min_length = 1, max_length = 100, example = "居家照护基础")]
    title: String,
    /// What it is about.
    #[schema(min_length = 1, max_length = 1000)]
    description: Option<String>,
    /// The credit hours of who passes from now on.
    #[schema(minimum = 0, maximum = 500, example = 8)]
    credit_hours: i32,
    /// What who passes from now on is certified for.
    certifies: Option<CertifiesBody>,
    /// Whether people can enrol.
    active: bool,
}

/// Change a course.
///
/// 修改培训课程:须携带所依据版本的 If-Match;已有的学时与认证不变,停开的课程不再接受报名。
#[utoipa::path(put, path = "/v1/training-courses/{id}", operation_id = "updateTrainingCourse", request_body = UpdateTrainingCourse,
    params(("id" = Uuid, Path, description = "课程")), responses((status = 200, description = "修改后的课程", body = CourseView)))]
pub async fn update(
    services: Data<Services>,
    actor: Actor<may::EditTraining>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<UpdateTrainingCourse>,
) -> Answer<CourseView> {
    let (asked, who, id) = (body.value, actor.actor, *id);
    let title = region::line("/title", &asked.title)?;
    let description = asked.description.as_deref().map(|text| region::line("/description", text)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Course, Fault> {
        let known = training::load_course(tx, id)?;
        region::within::<may::EditTraining>(tx, &who, &known.division)?;
        conditions.require_version(known.version)?;
        let certifies = asked.certifies.map(Into::into);
        check_craft(tx, certifies, &known.region)?;
        let (credit_hours, active, title, description) = (asked.credit_hours, asked.active, title.clone(), description.clone());
        training::update_course(tx, &Course { title, description, credit_hours, certifies, active, ..known })?;
        Ok(training::load_course(tx, id)?)
    };
    let course = services.store.write(work).await?;
    let version = course.version;
    Ok(Reply::ok(course.into()).tagged(version))
}
