//! Codes that were merged away.

use actix_web::web::{Data, Path};
use persistence::Tx;
use persistence::region;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::code;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::once::{Conditions, Once};
use crate::problem::{Fault, Problem, Rule};
use crate::services::Services;

/// Every endpoint of aliases.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["regions": add_alias]
}

/// A code that was merged into a division, or that the division had before.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddAlias {
    /// The other code, of the same level.
    #[schema(min_length = 2, max_length = 15, example = "230822107")]
    alias: String,
}

/// A code that leads to a division.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DivisionAlias)]
pub struct AliasView {
    /// The code that was merged away.
    alias: String,
    /// The division that it leads to now.
    code: String,
}

/// Say that a code was merged into a division.
///
/// 登记并入的旧码:此后旧码可查到现行区划,其下的历史记录计入现行区划;两个代码都须在本人管辖范围内。
#[utoipa::path(post, path = "/v1/divisions/{code}/aliases", operation_id = "addDivisionAlias",
    params(("code" = String, Path, description = "现行区划代码")), request_body = AddAlias,
    responses((status = 201, description = "旧码与现行区划", body = AliasView)))]
pub async fn add_alias(
    services: Data<Services>,
    actor: Actor<may::AddAlias>,
    conditions: Conditions,
    path: Path<String>,
    body: Json<AddAlias>,
) -> Answer<AliasView> {
    let (target, alias) = (code("code", &path)?, code("/alias", &body.value.alias)?);
    // Who merges a code gets to see what was recorded under it: both must be theirs.
    actor.within(&target)?;
    actor.within(&alias).map_err(|_| Problem::field("/alias", Rule::UnknownDivision))?;
    if alias.level() != target.level() {
        return Err(Problem::field_with("/alias", Rule::LevelMismatch, vec![target.level().to_string()]));
    }
    let (digest, account) = (body.digest, actor.account());
    let work = move |tx: &mut Tx| -> Result<(AliasView, bool), Fault> {
        let once = conditions.once(tx, account, &digest, 201, Uuid::nil())?;
        if matches!(once, Once::First) {
            region::add_alias(tx, &alias, &target)?;
        }
        let found = region::find(tx, &alias)?;
        Ok((AliasView { alias: alias.to_string(), code: found.code.to_string() }, matches!(once, Once::Before(_))))
    };
    let (view, replayed) = services.store.write(work).await?;
    let at = format!("/v1/divisions/{}", view.alias);
    Ok(Reply::created(view, &at).replayed(replayed))
}
