//! A site as a row.

use diesel::prelude::*;
use domain::Timestamp;
use domain::geo::Position;
use domain::language::Language;
use domain::site::SiteLanguage;
use domain::vocabulary::Vocabulary as _;
use uuid::Uuid;

use super::Site;
use crate::catalogue::{name, names};
use crate::error::StoreError;
use crate::order::{division, value};
use crate::schema::sites;
use crate::types::{Instant, Uid};

/// What never changes.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sites, treat_none_as_default_value = false)]
pub(super) struct Entered {
    id: Uid,
    region: String,
    division: String,
    created_by: Option<Uid>,
    created_at: Instant,
}

/// What may be written down anew.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sites, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Current {
    kind: String,
    name_zh: String,
    name_en: Option<String>,
    name_vi: Option<String>,
    address: String,
    phone: Option<String>,
    longitude_e7: i32,
    latitude_e7: i32,
    hours: String,
    languages: String,
    active: bool,
    version: i32,
}

/// A row of `sites`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sites, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(embed)]
    pub(super) entered: Entered,
    #[diesel(embed)]
    pub(super) current: Current,
}

impl Entered {
    pub(super) fn new(site: &Site, by: Option<Uuid>, at: Timestamp) -> Self {
        Self {
            id: site.id.into(),
            region: site.region.as_str().to_owned(),
            division: site.division.as_str().to_owned(),
            created_by: by.map(Into::into),
            created_at: at.into(),
        }
    }
}

impl Current {
    pub(super) fn new(site: &Site) -> Result<Self, StoreError> {
        let (longitude_e7, latitude_e7) = site.position.units();
        let languages: Vec<&str> = site.languages.iter().map(|language| language.as_str()).collect();
        Ok(Self {
            kind: site.kind.as_str().to_owned(),
            name_zh: site.names.shown_in(Language::Zh).to_owned(),
            name_en: name(&site.names, Language::En),
            name_vi: name(&site.names, Language::Vi),
            address: site.address.clone(),
            phone: site.phone.clone(),
            longitude_e7,
            latitude_e7,
            hours: serde_json::to_string(&site.hours).map_err(|error| StoreError::Bug(error.to_string()))?,
            languages: languages.join(" "),
            active: site.active,
            version: site.version,
        })
    }
}

impl Row {
    pub(super) fn into_site(self) -> Result<Site, StoreError> {
        let Self { entered, current } = self;
        let bug = |what: String| StoreError::Bug(format!("sites of {}: {what}", entered.id.0));
        let languages: Result<Vec<SiteLanguage>, StoreError> = current.languages.split_whitespace().map(value).collect();
        let position = Position::from_units(current.longitude_e7, current.latitude_e7);
        Ok(Site {
            id: entered.id.0,
            region: division(&entered.region)?,
            division: division(&entered.division)?,
            kind: value(&current.kind)?,
            names: names(&current.name_zh, current.name_en.as_deref(), current.name_vi.as_deref())?,
            address: current.address,
            phone: current.phone,
            position: position.map_err(|error| bug(error.to_string()))?,
            hours: serde_json::from_str(&current.hours).map_err(|error| bug(error.to_string()))?,
            languages: languages?,
            active: current.active,
            version: current.version,
        })
    }
}
