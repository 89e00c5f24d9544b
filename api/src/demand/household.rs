//! Households 家庭: people who live together, whose need is one.

use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::identity::Actor as Acting;
use domain::person::HouseholdRelation;
use persistence::demand::household::{self, Household};
use persistence::{Tx, person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::enter::grid;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Nothing, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::order::view::NamedPerson;
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region;
use crate::services::Services;

/// Every endpoint of households.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["demands": add_household, show_household, add_household_member, remove_household_member]
}

/// Who belongs to a household.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = HouseholdMember)]
pub struct MemberView {
    /// The person, masked.
    person: NamedPerson,
    /// What they are to its head.
    relation: HouseholdRelation,
    /// Since when.
    joined_at: DateTime<Utc>,
}

/// A household.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Household)]
pub struct HouseholdView {
    /// Its id.
    id: Uuid,
    /// The grid or community in which it lives.
    division: String,
    /// Who belongs to it now, the longest first.
    members: Vec<MemberView>,
    /// One more with every change of who belongs to it.
    version: i32,
}

/// A household to write down.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddHousehold {
    /// The grid or community in which it lives.
    #[schema(min_length = 12, max_length = 15, example = "230822106001")]
    division: String,
    /// Its head.
    head: Option<Uuid>,
}

/// Somebody who belongs to a household.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddHouseholdMember {
    /// Who.
    person: Uuid,
    /// What they are to its head.
    relation: HouseholdRelation,
}

/// A household where the actor may look after them; others are not there.
fn in_scope(tx: &mut Tx, actor: &Acting, id: Uuid) -> Result<Household, Fault> {
    let household = household::load(tx, id)?;
    region::within::<may::ManageHousehold>(tx, actor, &household.division)?;
    Ok(household)
}

fn view(tx: &mut Tx, id: Uuid) -> Result<HouseholdView, Fault> {
    let household = household::load(tx, id)?;
    let mut members = Vec::new();
    for member in household::members(tx, id)? {
        let person = person::load(tx, member.person)?;
        let person = NamedPerson { id: person.id, name: person.name.masked(), phone: None };
        members.push(MemberView { person, relation: member.relation, joined_at: member.joined_at });
    }
    Ok(HouseholdView { id, division: household.division.to_string(), members, version: household.version })
}

/// Takes a person into a household who is at home where the actor may look after them.
fn take_in(tx: &mut Tx, actor: &Acting, household: Uuid, member: AddHouseholdMember, pointer: &str) -> Result<(), Fault> {
    let person = refers(person::load(tx, member.person), pointer, Rule::UnknownPerson)?;
    let mine = region::may_in::<may::ManageHousehold>(tx, actor, &person.division)?;
    if !mine || person::erasure(tx, person.id)?.is_some() {
        return Err(Problem::field(pointer, Rule::UnknownPerson).into());
    }
    person::hold(tx, person.id, person.version)?;
    household::join(tx, household, person.id, member.relation).map_err(|error| {
        if error.is_duplicate_of("household_members", "person") { Fault::from(Code::AnotherHousehold) } else { error.into() }
    })
}

/// Write down a household.
///
/// 登记家庭:户主可同时登记;一人只属于一个家庭。
#[utoipa::path(post, path = "/v1/households", operation_id = "addHousehold", request_body = AddHousehold,
    responses((status = 201, description = "新家庭", body = HouseholdView)))]
pub async fn add_household(
    services: Data<Services>,
    actor: Actor<may::ManageHousehold>,
    conditions: Conditions,
    body: Json<AddHousehold>,
) -> Answer<HouseholdView> {
    let (asked, digest, new) = (body.value, body.digest, Uuid::now_v7());
    let division = grid("/division", &asked.division)?;
    actor.within(&division)?;
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    let (who, region) = (actor.actor, region.division.clone());
    let work = move |tx: &mut Tx| -> Result<(HouseholdView, bool), Fault> {
        let once = conditions.once(tx, who.account, &digest, 201, new)?;
        let id = match once {
            Once::First => {
                let division = region::known(tx, "/division", &division)?.code;
                household::add(tx, &Household { id: new, region: region.clone(), division, version: 1 }, who.account)?;
                if let Some(person) = asked.head {
                    take_in(tx, &who, new, AddHouseholdMember { person, relation: HouseholdRelation::Head }, "/head")?;
                }
                new
            }
            Once::Before(before) => before,
        };
        Ok((view(tx, id)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let (version, at) = (view.version, format!("/v1/households/{}", view.id));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Read a household.
///
/// 查看家庭:成员姓名脱敏。
#[utoipa::path(get, path = "/v1/households/{id}", operation_id = "readHousehold", params(("id" = Uuid, Path, description = "家庭")),
    responses((status = 200, description = "家庭", body = HouseholdView)))]
pub async fn show_household(services: Data<Services>, actor: Actor<may::ManageHousehold>, id: Path<Uuid>) -> Answer<HouseholdView> {
    let (who, id) = (actor.actor, *id);
    let work = move |tx: &mut Tx| -> Result<HouseholdView, Fault> {
        in_scope(tx, &who, id)?;
        view(tx, id)
    };
    let view = services.store.read(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version))
}

/// Take somebody into a household.
///
/// 将人员登记入户,或更正其与户主的关系。
#[utoipa::path(post, path = "/v1/households/{id}/members", operation_id = "addHouseholdMember", request_body = AddHouseholdMember,
    params(("id" = Uuid, Path, description = "家庭")), responses((status = 200, description = "家庭", body = HouseholdView)))]
pub async fn add_household_member(
    services: Data<Services>,
    actor: Actor<may::ManageHousehold>,
    conditions: Conditions,
    id: Path<Uuid>,
    body: Json<AddHouseholdMember>,
) -> Answer<HouseholdView> {
    let (who, id, asked, digest) = (actor.actor, *id, body.value, body.digest);
    let work = move |tx: &mut Tx| -> Result<(HouseholdView, bool), Fault> {
        let household = in_scope(tx, &who, id)?;
        let once = conditions.once(tx, who.account, &digest, 200, id)?;
        if matches!(once, Once::First) {
            conditions.expect_version(household.version)?;
            take_in(tx, &who, id, asked, "/person")?;
        }
        Ok((view(tx, id)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let version = view.version;
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Let somebody leave a household.
///
/// 将人员移出家庭。
#[utoipa::path(delete, path = "/v1/households/{id}/members/{person}", operation_id = "removeHouseholdMember",
    params(("id" = Uuid, Path, description = "家庭"), ("person" = Uuid, Path, description = "人员")),
    responses((status = 204, description = "已移出")))]
pub async fn remove_household_member(
    services: Data<Services>,
    actor: Actor<may::ManageHousehold>,
    of: Path<(Uuid, Uuid)>,
) -> Result<Nothing, Problem> {
    let (who, (id, person)) = (actor.actor, of.into_inner());
    let work = move |tx: &mut Tx| -> Result<(), Fault> {
        in_scope(tx, &who, id)?;
        tx.about("households", id);
        Ok(household::leave(tx, id, person)?)
    };
    services.store.write(work).await?;
    Ok(Nothing)
}
