//! Making two records of one person into one.

use actix_web::web::{Data, Path};
use domain::order::Group;
use domain::person::group_on;
use persistence::Tx;
use persistence::person::{self, Merged};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::day;
use super::of_another;
use super::unmask::disclose;
use super::view::{PersonView, person_view};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of mergers.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["persons": merge]
}

/// The record that stays.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergePerson {
    /// The other record of the same person, which stays.
    into: Uuid,
}

/// Make two records of one person into one.
///
/// 合并重复登记:本记录并入另一记录,历史不删除;有未了结派单或订单时须先了结。姓名、出生日期或证件不一致的不能合并;一方已有本人账号,或一方为未成年人时,等同于向其提供另一方的明文:计入查看次数并留痕,未成年人须先经他人批准(用途 verification,全部字段)。
#[utoipa::path(post, path = "/v1/persons/{id}/merge", operation_id = "mergePersons",
    params(("id" = Uuid, Path, description = "并入他人的记录")), request_body = MergePerson,
    responses((status = 200, description = "保留的人员(脱敏)", body = PersonView)))]
pub async fn merge(
    services: Data<Services>,
    actor: Actor<may::MergePersons>,
    conditions: Conditions,
    reads: Reads,
    id: Path<Uuid>,
    body: Json<MergePerson>,
) -> Answer<PersonView> {
    let (shared, who, digest) = (services.clone(), actor.actor, body.digest);
    let (from, into) = (*id, body.value.into);
    let work = move |tx: &mut Tx| -> Result<(PersonView, bool), Fault> {
        let given = of_another::<may::MergePersons>(tx, &who, from)?;
        let kept = of_another::<may::MergePersons>(tx, &who, into).map_err(at_into)?;
        let once = conditions.once(tx, who.account, &digest, 200, into)?;
        if matches!(once, Once::First) {
            conditions.expect_version(given.version)?;
            if given.id == kept.id {
                return Err(Code::AlreadyExists.into());
            }
            refuse_two_people(&given, &kept)?;
            // Whoever signs in as the one, now or later, is given everything that is known of the other.
            for (one, other) in [(&given, &kept), (&kept, &given)] {
                if is_minor(tx, &shared, one) || (other.claimed && !one.claimed) {
                    disclose(tx, &shared, &who, one)?;
                }
            }
            match person::merge(tx, given.id, kept.id, who.account)? {
                Merged::Done => {}
                Merged::Bound => return Err(Code::PersonBound.into()),
            }
        }
        let kept = person::load(tx, into)?;
        Ok((person_view(tx, &shared, kept, reads.0)?, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    // Accounts have moved with the person.
    services.forget();
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

fn is_minor(tx: &Tx, services: &Services, person: &person::Person) -> bool {
    group_on(person.birth_date, day(services, &person.division, tx.now())) == Group::Minor
}

/// Refuses where the records show that they are of two people: names, birth dates or documents that differ, or an account of their
/// own behind each.
fn refuse_two_people(given: &person::Person, kept: &person::Person) -> Result<(), Problem> {
    let documents = matches!((&given.document, &kept.document), (Some(one), Some(other)) if one != other);
    let births = matches!((given.birth_date, kept.birth_date), (Some(one), Some(other)) if one != other);
    if given.name != kept.name || documents || births || (given.claimed && kept.claimed) {
        Err(Problem::field("/into", Rule::TwoPeople))
    } else {
        Ok(())
    }
}

/// Of the two records it is the other one that is not there.
fn at_into(fault: Fault) -> Fault {
    match Problem::from(fault) {
        problem if problem.code == Code::NotFound => Problem::field("/into", Rule::UnknownPerson).into(),
        problem => problem.into(),
    }
}
