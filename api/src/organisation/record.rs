//! An organisation's record.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use domain::identity::Actor as Acting;
use domain::language::Language;
use domain::organisation::{CreditCode, MemberRole, OrganisationKind, OrganisationState, OrganisationStep, OrganisationWarning};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use persistence::organisation::{self, Organisation, Profile};
use persistence::{Tx, person};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::may_do;
use super::paper::{Asked, OrganisationContact, Paper, check_sponsor, keep};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::order::view::NamedPerson;
use crate::page::{self, Page};
use crate::problem::{Fault, Problem, Rule};
use crate::region;
use crate::services::Services;

/// Every endpoint of records.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["organisations": create, show, list]
}

/// Somebody who belongs to an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberView {
    /// The person, masked.
    person: NamedPerson,
    /// What they do in it.
    role: MemberRole,
    /// Since when.
    joined_at: DateTime<Utc>,
}

/// An organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Organisation)]
pub struct OrganisationView {
    /// Its id.
    id: Uuid,
    /// The region it belongs to.
    region: String,
    /// Where it is at home.
    division: String,
    /// What kind it is.
    kind: OrganisationKind,
    /// The kind in the caller's language.
    label: String,
    /// What it is called.
    name: String,
    /// Where it stands.
    state: OrganisationState,
    /// Its unified social credit code, where it has one.
    credit_code: Option<String>,
    /// The organisation that sponsors it.
    sponsor: Option<Uuid>,
    /// When it was founded.
    founded_on: Option<NaiveDate>,
    /// What is odd about it without being wrong.
    warnings: Vec<OrganisationWarning>,
    /// Whom to ask; only for those who manage it.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<OrganisationContact>,
    /// The steps that the caller may take with it now; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<Vec<OrganisationStep>>,
    /// Who belongs to it, masked; only for those who manage it.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<MemberView>>,
    /// One more with every change.
    version: i32,
}

impl OrganisationView {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Its version.
    #[must_use]
    pub const fn version(&self) -> i32 {
        self.version
    }
}

fn plain(organisation: Organisation, profile: &Profile, language: Language) -> Result<OrganisationView, Problem> {
    let kind = OrganisationKind::from_text(&organisation.kind);
    let kind = kind.ok_or_else(|| Problem::internal(format!("organisations.kind of {}", organisation.id)))?;
    Ok(OrganisationView {
        id: organisation.id,
        region: organisation.region.to_string(),
        division: organisation.division.to_string(),
        kind,
        label: kind.label(language).to_owned(),
        name: organisation.name,
        state: organisation.state,
        credit_code: profile.credit_code.as_ref().map(|code| code.as_str().to_owned()),
        sponsor: profile.sponsor,
        founded_on: profile.founded_on,
        warnings: profile.credit_code.as_ref().map(CreditCode::warnings).unwrap_or_default(),
        contact: None,
        allowed: None,
        members: None,
        version: organisation.version,
    })
}

/// The view of an organisation, with its members and contact for those who manage it.
///
/// # Errors
/// The database's.
pub(super) fn view(tx: &mut Tx, actor: &Acting, organisation: Organisation, language: Language) -> Result<OrganisationView, Fault> {
    let (manages, profile) = (manages(tx, actor, &organisation)?, organisation::profile(tx, organisation.id)?);
    let allowed = Some(allowed(tx, actor, &organisation, &profile)?);
    let mut view = OrganisationView { allowed, ..plain(organisation, &profile, language)? };
    if manages {
        let mut members = Vec::new();
        for member in organisation::members(tx, view.id)? {
            let person = person::load(tx, member.person)?;
            let person = NamedPerson { id: person.id, name: person.name.masked(), phone: None };
            members.push(MemberView { person, role: member.role, joined_at: member.joined_at });
        }
        view.members = Some(members);
        view.contact = profile.contact.as_deref().map(OrganisationContact::kept).transpose()?;
    }
    Ok(view)
}

/// The steps that the actor may take by role. Whether they are a second person is asked when they decide.
fn allowed(tx: &mut Tx, actor: &Acting, organisation: &Organisation, profile: &Profile) -> Result<Vec<OrganisationStep>, Fault> {
    let edits = may_do::<may::EditOrganisation>(tx, actor, organisation)?;
    let first = profile.submitted.is_some_and(|(by, _)| by == actor.account) || actor.manages().contains(&organisation.id);
    let decides = !first && may_do::<may::DecideOrganisation>(tx, actor, organisation)?;
    let may = |step: &OrganisationStep| if step.is_decision() { decides } else { edits };
    Ok(organisation.state.steps().into_iter().filter(may).collect())
}

/// Whether the actor may change who belongs to it: its manager, or staff where it is at home.
fn manages(tx: &mut Tx, actor: &Acting, organisation: &Organisation) -> Result<bool, Fault> {
    may_do::<may::ManageMembers>(tx, actor, organisation)
}

/// An organisation to found.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOrganisation {
    /// Where it is at home.
    #[schema(min_length = 2, max_length = 15, example = "230822")]
    division: String,
    /// What kind it is.
    kind: OrganisationKind,
    /// What it is called; unique in the division.
    #[schema(min_length = 1, max_length = 100, example = "邻里十八匠")]
    name: String,
    /// Its unified social credit code (GB 32100), where it has one.
    #[schema(min_length = 18, max_length = 18, example = "91350100M000100Y43")]
    credit_code: Option<String>,
    /// The organisation that sponsors it: who has no credit code needs one to be submitted.
    sponsor: Option<Uuid>,
    /// When it was founded.
    founded_on: Option<NaiveDate>,
    /// Whom to ask.
    contact: Option<OrganisationContact>,
}

impl CreateOrganisation {
    /// Where it is at home.
    ///
    /// # Errors
    /// Names the field.
    pub(crate) fn home(&self) -> Result<DivisionCode, Problem> {
        region::code("/division", &self.division)
    }

    /// What is written down of it.
    ///
    /// # Errors
    /// Names the field and the rule.
    pub(crate) fn paper(self, today: NaiveDate) -> Result<Paper, Problem> {
        let Self { division: _, kind, name, credit_code, sponsor, founded_on, contact } = self;
        Asked { kind, name, credit_code, sponsor, founded_on, contact }.check(today)
    }
}

/// Found an organisation in the records.
///
/// 登记组织(草稿):名称在所在区划内唯一,统一社会信用代码全库唯一;提交并经他人审核通过后方可接单。
#[utoipa::path(post, path = "/v1/organisations", operation_id = "createOrganisation", request_body = CreateOrganisation,
    responses((status = 201, description = "新组织", body = OrganisationView)))]
pub async fn create(
    services: Data<Services>,
    actor: Actor<may::CreateOrganisation>,
    conditions: Conditions,
    reads: Reads,
    body: Json<CreateOrganisation>,
) -> Answer<OrganisationView> {
    let (asked, digest) = (body.value, body.digest);
    let division = asked.home()?;
    actor.within(&division)?;
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    let paper = asked.paper(region.zone.from_utc_datetime(&services.store.clock().now().naive_utc()).date_naive())?;
    let (region, kind, name, profile) = (region.division.clone(), paper.kind.as_str().to_owned(), paper.name, paper.profile);
    let state = OrganisationState::Draft;
    let (new, who) = (Organisation { id: Uuid::now_v7(), region, division, kind, name, state, version: 0 }, actor.actor);
    let work = move |tx: &mut Tx| -> Result<(OrganisationView, bool), Fault> {
        let once = conditions.once(tx, who.account, &digest, 201, new.id)?;
        let id = match once {
            Once::First => {
                let division = region::known(tx, "/division", &new.division)?.code;
                check_sponsor(tx, new.id, &new.region, profile.sponsor)?;
                organisation::add(tx, &Organisation { division, ..new.clone() }, Some(who.account))?;
                keep(tx, &new, &profile)?;
                new.id
            }
            Once::Before(before) => before,
        };
        let kept = organisation::load(tx, id)?;
        Ok((view(tx, &who, kept, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/organisations/{}", view.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Read an organisation.
///
/// 查看组织:成员名单(脱敏)只对其管理者可见。
#[utoipa::path(get, path = "/v1/organisations/{id}", operation_id = "readOrganisation",
    params(("id" = Uuid, Path, description = "组织")), responses((status = 200, description = "组织", body = OrganisationView)))]
pub async fn show(services: Data<Services>, actor: Actor<may::ReadOrganisation>, reads: Reads, id: Path<Uuid>) -> Answer<OrganisationView> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<OrganisationView, Fault> {
        let organisation = organisation::load(tx, id)?;
        view(tx, &who, organisation, reads.0)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Which organisations.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListOrganisations {
    /// Only those at home in this division; all where it is left out.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    within: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the one before.
    cursor: Option<String>,
}

/// List organisations.
///
/// 组织名录,先登记者在前。
#[utoipa::path(get, path = "/v1/organisations", operation_id = "listOrganisations", params(ListOrganisations),
    responses((status = 200, description = "组织", body = Page<OrganisationView>)))]
pub async fn list(
    services: Data<Services>,
    request: HttpRequest,
    _actor: Actor<may::ReadOrganisation>,
    reads: Reads,
    query: Query<ListOrganisations>,
) -> Answer<Page<OrganisationView>> {
    let asked = query.0;
    let limit = page::limit(asked.limit)?;
    let within = asked.within.as_deref().map(|raw| region::code("within", raw)).transpose()?;
    let after = asked.cursor.as_deref().map(|cursor| page::read_cursor(services.store.keys(), "organisations", cursor)).transpose()?;
    let work = move |tx: &mut Tx| -> Result<Vec<OrganisationView>, Fault> {
        let within = match &within {
            Some(code) => vec![region::known(tx, "within", code)?.code],
            None => persistence::region::roots(tx)?.into_iter().map(|root| root.code).collect(),
        };
        let found = organisation::list(tx, &within, after, limit + 1)?;
        let ids: Vec<Uuid> = found.iter().map(|organisation| organisation.id).collect();
        let profiles = organisation::profiles(tx, &ids)?;
        let seen = |organisation: Organisation| {
            let profile = profiles.get(&organisation.id).cloned().unwrap_or_default();
            Ok(plain(organisation, &profile, reads.0)?)
        };
        found.into_iter().map(seen).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), "organisations", views, limit, OrganisationView::id)
}
