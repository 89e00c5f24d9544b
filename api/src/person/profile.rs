//! What volunteers say of themselves: the personal data of a record of voluntary service, and when they can serve.

use actix_web::web::{Data, Path};
use chrono::NaiveDate;
use domain::order::Group;
use domain::person::{
    AvailabilityFault, AvailabilityList, ConsentKind, DayException, DayTime, Document, KnownOfPerson, ProfileGap, ServiceKind, Sex,
    VolunteerProfile, WeeklyWindow,
};
use persistence::Tx;
use persistence::person::{self, Person, Volunteer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::consent::{require, waits_for_guardian};
use super::in_scope;
use super::input::phone;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::Conditions;
use crate::problem::{Code, Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of profiles.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": show_own, keep_own, show, keep]
}

/// A skill, in words.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 1, max_length = 50, pattern = r"^[^\r\n]+$")]
pub struct Skill(String);

/// When somebody can serve, week by week.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WeeklyWindow)]
pub struct WindowBody {
    /// 1 is Monday, 7 is Sunday.
    #[schema(minimum = 1, maximum = 7, example = 6)]
    weekday: u8,
    /// From when on, in the region's zone.
    #[schema(min_length = 5, max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "09:00")]
    start: String,
    /// Until when; `24:00` is the end of the day.
    #[schema(min_length = 5, max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "11:30")]
    end: String,
}

/// A day on which it is otherwise.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DayException)]
pub struct ExceptionBody {
    /// The day, in the region's zone.
    day: NaiveDate,
    /// From when on; the beginning of the day where it is left out.
    #[serde(default = "midnight")]
    #[schema(min_length = 5, max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "00:00")]
    start: String,
    /// Until when; the end of the day where it is left out.
    #[serde(default = "day_end")]
    #[schema(min_length = 5, max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "24:00")]
    end: String,
    /// Whether the volunteer can serve then.
    available: bool,
}

fn midnight() -> String {
    "00:00".to_owned()
}

fn day_end() -> String {
    "24:00".to_owned()
}

/// What a volunteer says of themselves.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VolunteerProfileInput)]
pub struct ProfileBody {
    /// The sex; what an identity card states where it is left out.
    sex: Option<Sex>,
    /// Where the person lives, in words.
    #[schema(min_length = 1, max_length = 200, example = "红旗小区3号楼")]
    residence: Option<String>,
    /// A telephone number other than that of the person's record.
    #[schema(min_length = 8, max_length = 24, example = "13912345678")]
    phone: Option<String>,
    /// What the volunteer can do.
    #[serde(default)]
    #[schema(max_items = 20)]
    skills: Vec<Skill>,
    /// What the volunteer wants to do.
    #[serde(default)]
    #[schema(max_items = 13)]
    services: Vec<ServiceKind>,
    /// Whom the volunteer wants to serve.
    #[serde(default)]
    #[schema(max_items = 4)]
    groups: Vec<Group>,
    /// When the volunteer can serve, week by week; windows of one day have no moment in common.
    #[serde(default)]
    #[schema(max_items = 42)]
    windows: Vec<WindowBody>,
    /// On which days it is otherwise.
    #[serde(default)]
    #[schema(max_items = 100)]
    exceptions: Vec<ExceptionBody>,
}

impl ProfileBody {
    /// Reads it; `at` is where it stands in the body.
    ///
    /// # Errors
    /// Names the field and the rule.
    pub(crate) fn read(&self, at: &str) -> Result<VolunteerProfile, Problem> {
        let time = |list: &str, index: usize, part: &str, raw: &str| {
            DayTime::parse(raw)
                .ok_or_else(|| Problem::field_with(format!("{at}/{list}/{index}/{part}"), Rule::WrongFormat, vec!["HH:MM".to_owned()]))
        };
        let windows = self.windows.iter().enumerate().map(|(index, window)| {
            let (start, end) = (time("windows", index, "start", &window.start)?, time("windows", index, "end", &window.end)?);
            Ok(WeeklyWindow { weekday: window.weekday, start, end })
        });
        let exceptions = self.exceptions.iter().enumerate().map(|(index, day)| {
            let (start, end) = (time("exceptions", index, "start", &day.start)?, time("exceptions", index, "end", &day.end)?);
            Ok(DayException { day: day.day, start, end, available: day.available })
        });
        let skills = self.skills.iter().enumerate().map(|(index, skill)| region::line(&format!("{at}/skills/{index}"), &skill.0));
        let profile = VolunteerProfile {
            sex: self.sex,
            residence: self.residence.as_deref().map(|raw| region::line(&format!("{at}/residence"), raw)).transpose()?,
            phone: self.phone.as_deref().map(|raw| phone(&format!("{at}/phone"), raw)).transpose()?,
            skills: skills.collect::<Result<_, Problem>>()?,
            services: unique(&format!("{at}/services"), &self.services)?,
            groups: unique(&format!("{at}/groups"), &self.groups)?,
            windows: windows.collect::<Result<_, Problem>>()?,
            exceptions: exceptions.collect::<Result<_, Problem>>()?,
        };
        profile.check().map_err(|fault| wrong(at, fault))?;
        Ok(profile)
    }
}

/// Values of a list that none of may stand in twice.
///
/// # Errors
/// Names the list.
pub(crate) fn unique<V: Copy + PartialEq>(pointer: &str, values: &[V]) -> Result<Vec<V>, Problem> {
    let repeats = values.iter().enumerate().any(|(index, value)| values.iter().take(index).any(|earlier| earlier == value));
    if repeats { Err(Problem::field(pointer, Rule::Duplicates)) } else { Ok(values.to_vec()) }
}

fn wrong(at: &str, fault: AvailabilityFault) -> Problem {
    let place = |list: AvailabilityList, index: usize| match list {
        AvailabilityList::Windows => format!("{at}/windows/{index}"),
        AvailabilityList::Exceptions => format!("{at}/exceptions/{index}"),
    };
    match fault {
        AvailabilityFault::Weekday(index) => {
            let pointer = format!("{}/weekday", place(AvailabilityList::Windows, index));
            Problem::field_with(pointer, Rule::OutOfRange, vec!["1".to_owned(), "7".to_owned()])
        }
        AvailabilityFault::EndBeforeStart(list, index) => Problem::field(format!("{}/end", place(list, index)), Rule::EndBeforeStart),
        AvailabilityFault::Overlap(list, index) => Problem::field(place(list, index), Rule::WindowsOverlap),
    }
}

/// What a volunteer has said of themselves.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = VolunteerProfile)]
pub struct ProfileView {
    /// The person.
    person: Uuid,
    /// The sex, as it was said or as the identity card states it.
    sex: Option<Sex>,
    /// Where the person lives; null for everybody else.
    residence: Option<String>,
    /// The further telephone number; masked for everybody else.
    #[schema(example = "139****5678")]
    phone: Option<String>,
    /// What the volunteer can do.
    skills: Vec<String>,
    /// What the volunteer wants to do.
    services: Vec<ServiceKind>,
    /// Whom the volunteer wants to serve.
    groups: Vec<Group>,
    /// When the volunteer can serve.
    windows: Vec<WindowBody>,
    /// On which days it is otherwise.
    exceptions: Vec<ExceptionBody>,
    /// What of the personal data of a record of voluntary service is missing.
    missing: Vec<ProfileGap>,
    /// The version of the volunteer.
    version: i32,
}

/// What a volunteer has said; `plain` shows all of it.
///
/// # Errors
/// The database's.
pub(super) fn view(tx: &mut Tx, services: &Services, person: &Person, volunteer: &Volunteer, plain: bool) -> Result<ProfileView, Fault> {
    let said = person::volunteer_profile(tx, volunteer.person)?;
    let stated = person.document.as_ref().and_then(Document::sex);
    let known = KnownOfPerson {
        sex: stated.is_some(),
        birth_date: person.birth_date.is_some(),
        document: person.document.is_some(),
        phone: person.phone.is_some(),
        waits_for_guardian: waits_for_guardian(tx, services, person)?,
    };
    let missing = said.gaps(&known);
    Ok(profile_view(volunteer, said, stated, missing, plain))
}

fn profile_view(volunteer: &Volunteer, said: VolunteerProfile, stated: Option<Sex>, missing: Vec<ProfileGap>, plain: bool) -> ProfileView {
    let windows = said.windows.iter().map(|window| WindowBody {
        weekday: window.weekday,
        start: window.start.to_string(),
        end: window.end.to_string(),
    });
    let exceptions = said.exceptions.iter().map(|day| ExceptionBody {
        day: day.day,
        start: day.start.to_string(),
        end: day.end.to_string(),
        available: day.available,
    });
    ProfileView {
        person: volunteer.person,
        sex: said.sex.or(stated),
        residence: said.residence.filter(|_| plain),
        phone: said.phone.map(|phone| if plain { phone.as_str().to_owned() } else { phone.masked() }),
        windows: windows.collect(),
        exceptions: exceptions.collect(),
        skills: said.skills,
        services: said.services,
        groups: said.groups,
        missing,
        version: volunteer.version,
    }
}

/// Keeps a profile of a person who may be asked for it: nothing is kept of a minor whose guardian has not consented.
///
/// # Errors
/// The consent that is missing, the field that is wrong, or the database's.
pub(super) fn keep_profile(tx: &mut Tx, services: &Services, person: &Person, version: i32, said: &VolunteerProfile) -> Result<(), Fault> {
    require(tx, services, person, ConsentKind::Register, None)?;
    let stated = person.document.as_ref().and_then(Document::sex);
    if matches!((said.sex, stated), (Some(said), Some(stated)) if said != stated) {
        return Err(Problem::field("/sex", Rule::SexMismatch).into());
    }
    person::hold(tx, person.id, person.version)?;
    Ok(person::set_volunteer_profile(tx, person.id, version, said)?)
}

/// Read what one has said as a volunteer.
///
/// 查看本人志愿者档案:服务技能、类别、可服务时间,以及档案尚缺的内容。
#[utoipa::path(get, path = "/v1/me/volunteer/profile", operation_id = "readOwnVolunteerProfile",
    responses((status = 200, description = "志愿者档案", body = ProfileView)))]
pub async fn show_own(services: Data<Services>, actor: Actor<may::ReadOwn>) -> Answer<ProfileView> {
    let (shared, person) = (services.clone(), actor.actor.person.ok_or(Code::PersonRequired)?);
    let work = move |tx: &mut Tx| -> Result<ProfileView, Fault> {
        let person = person::load(tx, person)?;
        let volunteer = person::volunteer(tx, person.id)?;
        view(tx, &shared, &person, &volunteer, person.claimed)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Say what one can do as a volunteer, and when.
///
/// 填写本人志愿者档案:性别、居住地址、联系方式、技能、服务类别与对象、每周可服务时段及特殊日期;须携带所依据版本的 If-Match。
#[utoipa::path(put, path = "/v1/me/volunteer/profile", operation_id = "keepOwnVolunteerProfile", request_body = ProfileBody,
    responses((status = 200, description = "志愿者档案", body = ProfileView)))]
pub async fn keep_own(
    services: Data<Services>,
    actor: Actor<may::RegisterVolunteer>,
    conditions: Conditions,
    body: Json<ProfileBody>,
) -> Answer<ProfileView> {
    conditions.must_match()?;
    let (shared, person) = (services.clone(), actor.actor.person.ok_or(Code::PersonRequired)?);
    let said = body.value.read("")?;
    let work = move |tx: &mut Tx| -> Result<ProfileView, Fault> {
        let person = person::load(tx, person)?;
        let volunteer = person::volunteer(tx, person.id)?;
        tx.about("persons", person.id);
        conditions.require_version(volunteer.version)?;
        keep_profile(tx, &shared, &person, volunteer.version, &said)?;
        let volunteer = person::volunteer(tx, person.id)?;
        view(tx, &shared, &person, &volunteer, person.claimed)
    };
    let view = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Read what a volunteer has said.
///
/// 查看志愿者档案(脱敏):住址不显示,电话脱敏;missing 列出档案尚缺的内容。
#[utoipa::path(get, path = "/v1/persons/{id}/volunteer/profile", operation_id = "readVolunteerProfile",
    params(("id" = Uuid, Path, description = "人员")), responses((status = 200, description = "志愿者档案(脱敏)", body = ProfileView)))]
pub async fn show(services: Data<Services>, actor: Actor<may::ReadPerson>, id: Path<Uuid>) -> Answer<ProfileView> {
    let (shared, who, id) = (services.clone(), actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<ProfileView, Fault> {
        let person = person::load(tx, id)?;
        if who.person != Some(person.id) {
            region::within::<may::ReadPerson>(tx, &who, &person.division)?;
        }
        let volunteer = person::volunteer(tx, person.id)?;
        view(tx, &shared, &person, &volunteer, false)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Write down what a volunteer says.
///
/// 代填志愿者档案:须携带所依据版本的 If-Match;未填的住址与电话保持原样,因为代填者看不到它们。
#[utoipa::path(put, path = "/v1/persons/{id}/volunteer/profile", operation_id = "keepVolunteerProfile",
    params(("id" = Uuid, Path, description = "人员")), request_body = ProfileBody,
    responses((status = 200, description = "志愿者档案(脱敏)", body = ProfileView)))]
pub async fn keep(
    services: Data<Services>,
    actor: Actor<may::RegisterVolunteer>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<ProfileBody>,
) -> Answer<ProfileView> {
    let (shared, who, id, said) = (services.clone(), actor.actor, *id, body.value.read("")?);
    let work = move |tx: &mut Tx| -> Result<ProfileView, Fault> {
        let person = in_scope::<may::RegisterVolunteer>(tx, &who, id)?;
        let volunteer = person::volunteer(tx, person.id)?;
        tx.about("persons", person.id);
        conditions.require_version(volunteer.version)?;
        let before = person::volunteer_profile(tx, person.id)?;
        let (residence, phone) = (said.residence.clone().or(before.residence), said.phone.clone().or(before.phone));
        let said = VolunteerProfile { residence, phone, ..said.clone() };
        keep_profile(tx, &shared, &person, volunteer.version, &said)?;
        let volunteer = person::volunteer(tx, person.id)?;
        view(tx, &shared, &person, &volunteer, false)
    };
    let view = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}
