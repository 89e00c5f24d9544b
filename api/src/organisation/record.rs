//! An organisation's record.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::identity::Actor as Acting;
use domain::language::Language;
use domain::organisation::{OrganisationKind, OrganisationState};
use domain::vocabulary::Vocabulary;
use persistence::organisation::{self, Organisation};
use persistence::{Tx, person};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::{Json, Query};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::order::view::NamedPerson;
use crate::page::{self, Page};
use crate::problem::{Code, Fault, Problem, Rule};
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

fn plain(organisation: Organisation, language: Language) -> Result<OrganisationView, Problem> {
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
        members: None,
        version: organisation.version,
    })
}

/// The view of an organisation, with its members for those who manage it.
///
/// # Errors
/// The database's.
pub(super) fn view(tx: &mut Tx, actor: &Acting, organisation: Organisation, language: Language) -> Result<OrganisationView, Fault> {
    let manages = manages(tx, actor, &organisation)?;
    let mut view = plain(organisation, language)?;
    if manages {
        let mut members = Vec::new();
        for member in organisation::members(tx, view.id)? {
            let person = person::load(tx, member.person)?;
            let person = NamedPerson { id: person.id, name: person.name.masked(), phone: None };
            members.push(MemberView { person, joined_at: member.joined_at });
        }
        view.members = Some(members);
    }
    Ok(view)
}

/// Whether the actor may change who belongs to it: its manager, or staff where it is at home.
///
/// # Errors
/// The database's.
pub(super) fn manages(tx: &mut Tx, actor: &Acting, organisation: &Organisation) -> Result<bool, Fault> {
    Ok(actor.manages().contains(&organisation.id) || region::may_in::<may::ManageMembers>(tx, actor, &organisation.division)?)
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
}

/// Found an organisation in the records.
///
/// 登记组织:名称在所在区划内唯一。
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
    let division = region::code("/division", &asked.division)?;
    actor.within(&division)?;
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    let (region, kind, name) = (region.division.clone(), asked.kind.as_str().to_owned(), region::line("/name", &asked.name)?);
    let state = OrganisationState::Active;
    let (new, who) = (Organisation { id: Uuid::now_v7(), region, division, kind, name, state, version: 1 }, actor.actor);
    let work = move |tx: &mut Tx| -> Result<(OrganisationView, bool), Fault> {
        let once = conditions.once(tx, who.account, &digest, 201, new.id)?;
        let id = match once {
            Once::First => {
                let division = region::known(tx, "/division", &new.division)?.code;
                organisation::add(tx, &Organisation { division, ..new.clone() }, Some(who.account))?;
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
        found.into_iter().map(|organisation| Ok(plain(organisation, reads.0)?)).collect()
    };
    let views = services.store.read(work).await?;
    page::reply(&request, services.store.keys(), "organisations", views, limit, OrganisationView::id)
}

/// An organisation that the actor manages. Everybody who has signed in may know of it, so others get 403.
///
/// # Errors
/// [`Code::NotFound`], [`Code::Forbidden`], or the database's.
pub(super) fn managed(tx: &mut Tx, actor: &Acting, id: Uuid) -> Result<Organisation, Fault> {
    let organisation = organisation::load(tx, id)?;
    if manages(tx, actor, &organisation)? { Ok(organisation) } else { Err(Code::Forbidden.into()) }
}
