//! The regions: divisions that run a programme of their own.

use actix_web::web::Data;
use persistence::Tx;
use persistence::region;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{Answer, Reply};
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::page::Page;
use crate::problem::Fault;
use crate::services::Services;

/// Every endpoint of programmes.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["regions": regions]
}

/// A division that runs a programme of its own.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Region)]
pub struct RegionView {
    /// The division.
    #[schema(example = "230822")]
    division: String,
    /// What the division is called.
    name: String,
    /// Its time zone (IANA).
    #[schema(example = "Asia/Shanghai")]
    zone: String,
    /// The languages in which it speaks to its residents, the first one first (BCP 47).
    languages: Vec<String>,
    /// What the programme is called.
    programme: String,
}

/// List the regions that run a programme.
///
/// 开展服务的区域:各自的时区、语言与项目名称。
#[utoipa::path(get, path = "/v1/regions", operation_id = "listRegions", security(()),
    responses((status = 200, description = "区域", body = Page<RegionView>)))]
pub async fn regions(services: Data<Services>) -> Answer<Page<RegionView>> {
    let work = |tx: &mut Tx| -> Result<Vec<RegionView>, Fault> {
        let mut views = Vec::new();
        for region in region::regions(tx)? {
            let name = region::find(tx, &region.division)?.name;
            let (zone, languages, programme) = (region.zone, region.languages, region.programme);
            views.push(RegionView { division: region.division.to_string(), name, zone, languages, programme });
        }
        Ok(views)
    };
    let items = services.store.read(work).await?;
    Ok(Reply::ok(Page { items, next_cursor: None }))
}
