//! A site as it is shown.

use chrono::{DateTime, Utc};
use domain::Timestamp;
use domain::geo::Crs;
use domain::language::Language;
use domain::site::hours::Status;
use domain::site::{SiteKind, SiteLanguage};
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::site::{self, Site};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::hours::OpeningHours;
use crate::catalogue::NamesBody;
use crate::order::value::PositionView;
use crate::problem::{Fault, Problem};
use crate::services::Services;

/// A service that is given at a site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SiteService {
    /// The service of the catalogue.
    id: Uuid,
    /// Its name in the caller's language.
    name: String,
}

/// A site.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Site)]
pub struct SiteView {
    /// Its id.
    id: Uuid,
    /// The region it belongs to.
    region: String,
    /// The division in which it lies.
    division: String,
    /// What kind it is.
    kind: SiteKind,
    /// The kind in the caller's language.
    label: String,
    /// Its name in the caller's language.
    name: String,
    /// Its names.
    names: NamesBody,
    /// Where it is, in words.
    address: String,
    /// The number at which it is called.
    phone: Option<String>,
    /// Where it is, in the system that was asked for.
    position: PositionView,
    /// In which languages people are served.
    languages: Vec<SiteLanguage>,
    /// What is done for people there.
    services: Vec<SiteService>,
    /// When it is open.
    hours: OpeningHours,
    /// Whether it is in use and open now.
    open: bool,
    /// When that changes next; null where that is more than a month away, and for a site that is out of use.
    until: Option<DateTime<Utc>>,
    /// Whether it is in use.
    active: bool,
    /// One more with every change.
    version: i32,
}

impl SiteView {
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

/// For whom sites are shown.
#[derive(Clone, Copy)]
pub(super) struct Looking {
    /// In which language.
    pub(super) language: Language,
    /// In which system of coordinates.
    pub(super) crs: Crs,
}

/// Whether a site is open at a moment, in the zone of its region. One that is out of use never is.
///
/// # Errors
/// Its region is not there, which is a defect.
pub(crate) fn status(services: &Services, site: &Site, now: Timestamp) -> Result<Status, Problem> {
    if !site.active {
        return Ok(Status { open: false, until: None });
    }
    let region = services.book.region_of(&site.region).ok_or_else(|| Problem::internal(format!("no region {}", site.region)))?;
    Ok(site.hours.status(now, region.zone))
}

/// The views of sites, in their order.
///
/// # Errors
/// The database's.
pub(super) fn views(tx: &mut Tx, services: &Services, sites: Vec<Site>, looking: Looking) -> Result<Vec<SiteView>, Fault> {
    let ids: Vec<Uuid> = sites.iter().map(|site| site.id).collect();
    let (mut given, now) = (site::services_of(tx, &ids)?, tx.now());
    let view = |site: Site| {
        let status = status(services, &site, now)?;
        let given = given.remove(&site.id).unwrap_or_default();
        let service = |(id, names): (Uuid, domain::catalogue::Names)| SiteService { id, name: names.shown_in(looking.language).to_owned() };
        Ok(SiteView {
            id: site.id,
            region: site.region.to_string(),
            division: site.division.to_string(),
            kind: site.kind,
            label: site.kind.label(looking.language).to_owned(),
            name: site.names.shown_in(looking.language).to_owned(),
            names: (&site.names).into(),
            address: site.address,
            phone: site.phone,
            position: PositionView::in_crs(site.position, looking.crs),
            languages: site.languages,
            services: given.into_iter().map(service).collect(),
            hours: (&site.hours).into(),
            open: status.open,
            until: status.until,
            active: site.active,
            version: site.version,
        })
    };
    sites.into_iter().map(view).collect()
}

/// The view of one site.
///
/// # Errors
/// [`crate::problem::Code::NotFound`], or the database's.
pub(super) fn view(tx: &mut Tx, services: &Services, id: Uuid, looking: Looking) -> Result<SiteView, Fault> {
    let site = site::load(tx, id)?;
    let view = views(tx, services, vec![site], looking)?.pop();
    Ok(view.ok_or_else(|| Problem::internal(format!("no view of the site {id}")))?)
}
