//! Writing down what an organisation is.

use actix_web::web::{Data, Path};
use chrono::NaiveDate;
use domain::organisation::OrganisationKind;
use persistence::organisation::{self, Organisation};
use persistence::{Tx, organisation as kept};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::paper::{Asked, OrganisationContact, check_sponsor, keep};
use super::permitted;
use super::record::{OrganisationView, view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::Conditions;
use crate::person::input::day;
use crate::problem::{Code, Fault};
use crate::services::Services;
use domain::vocabulary::Vocabulary as _;

/// Every endpoint of writing down.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["organisations": update]
}

/// What an organisation is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOrganisation {
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

/// Write down what an organisation is.
///
/// 修改组织登记:整体更新。类别、名称、信用代码、主管组织只能在草稿或未通过时修改;成立日期与联系方式在注销前均可修改。
#[utoipa::path(put, path = "/v1/organisations/{id}", operation_id = "updateOrganisation", request_body = UpdateOrganisation,
    params(("id" = Uuid, Path, description = "组织")), responses((status = 200, description = "组织", body = OrganisationView)))]
pub async fn update(
    services: Data<Services>,
    actor: Actor<may::EditOrganisation>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<UpdateOrganisation>,
) -> Answer<OrganisationView> {
    let (who, id, asked) = (actor.actor, *id, body.value);
    let asked_services = services.clone();
    let work = move |tx: &mut Tx| -> Result<OrganisationView, Fault> {
        let organisation = permitted::<may::EditOrganisation>(tx, &who, id)?;
        conditions.require_version(organisation.version)?;
        let UpdateOrganisation { kind, name, credit_code, sponsor, founded_on, contact } = asked.clone();
        let today = day(&asked_services, &organisation.division, tx.now());
        let paper = Asked { kind, name, credit_code, sponsor, founded_on, contact }.check(today)?;
        let before = organisation::profile(tx, id)?;
        let same = organisation.kind == paper.kind.as_str()
            && organisation.name == paper.name
            && before.credit_code == paper.profile.credit_code
            && before.sponsor == paper.profile.sponsor;
        if !organisation.state.lives() || !(organisation.state.is_open() || same) {
            return Err(Code::OrganisationState.into());
        }
        if !same {
            check_sponsor(tx, id, &organisation.region, paper.profile.sponsor)?;
        }
        let changed = Organisation { kind: paper.kind.as_str().to_owned(), name: paper.name, ..organisation };
        keep(tx, &changed, &paper.profile)?;
        let organisation = kept::load(tx, id)?;
        view(tx, &who, organisation, reads.0)
    };
    let view = services.store.write(work).await?;
    let version = view.version();
    Ok(Reply::ok(view).tagged(version))
}
