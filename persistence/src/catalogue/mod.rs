//! The catalogue 服务目录 of a region: crafts, the services that residents order, and who is certified for what.

mod certification;
mod history;

use diesel::prelude::*;
use domain::catalogue::{CraftCode, Names, ServiceCode};
use domain::language::Language;
use domain::order::{Hazard, Payment};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

pub(crate) use certification::EVIDENCE;
pub use certification::{
    Certification, Craftsman, add_certification, list_certifications, list_craftsmen, load_certification, resume_certification,
    suspend_certification,
};
pub(crate) use history::REASON;
pub use history::{CertificationEvent, certification_events, expiring, forget_certifications, told, untold};

use crate::error::StoreError;
use crate::order::{division, value};
use crate::schema::{crafts, services};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A craft 匠 that people can be certified for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Craft {
    /// Its id.
    pub id: Uuid,
    /// The region whose catalogue it stands in.
    pub region: DivisionCode,
    /// The domain it belongs to, such as 维修.
    pub domain: String,
    /// Its code, stable for good.
    pub code: CraftCode,
    /// What it is called.
    pub names: Names,
    /// Whether it is offered.
    pub active: bool,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

/// A service that residents order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its id.
    pub id: Uuid,
    /// The region whose catalogue it stands in.
    pub region: DivisionCode,
    /// Its code, stable for good.
    pub code: ServiceCode,
    /// The craft it needs, if it needs one.
    pub craft: Option<Uuid>,
    /// What it is called.
    pub names: Names,
    /// How it is paid for.
    pub payment: Payment,
    /// How many minutes it usually takes.
    pub minutes: i32,
    /// What it may do to who serves.
    pub hazard: Hazard,
    /// Whether it can be ordered.
    pub active: bool,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

/// What something is called, as both tables keep it.
pub(crate) fn names(zh: &str, en: Option<&str>, vi: Option<&str>) -> Result<Names, StoreError> {
    Names::new(zh, en, vi).map_err(|error| StoreError::Bug(format!("the names of {zh}: {error}")))
}

pub(crate) fn name(names: &Names, language: Language) -> Option<String> {
    names.get(language).map(ToOwned::to_owned)
}

/// A row of `crafts`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = crafts, treat_none_as_default_value = false)]
struct CraftRow {
    id: Uid,
    region: String,
    domain: String,
    code: String,
    name_zh: String,
    name_en: Option<String>,
    name_vi: Option<String>,
    active: bool,
    version: i32,
    created_at: Instant,
}

impl CraftRow {
    fn into_craft(self) -> Result<Craft, StoreError> {
        Ok(Craft {
            id: self.id.0,
            region: division(&self.region)?,
            domain: self.domain,
            code: CraftCode::parse(&self.code).map_err(|error| StoreError::Bug(format!("{}: {error}", self.code)))?,
            names: names(&self.name_zh, self.name_en.as_deref(), self.name_vi.as_deref())?,
            active: self.active,
            version: self.version,
        })
    }
}

/// A row of `services`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = services, treat_none_as_default_value = false)]
struct ServiceRow {
    id: Uid,
    region: String,
    code: String,
    craft_id: Option<Uid>,
    name_zh: String,
    name_en: Option<String>,
    name_vi: Option<String>,
    payment: String,
    minutes: i32,
    active: bool,
    version: i32,
    created_at: Instant,
    hazard: String,
}

impl ServiceRow {
    fn into_service(self) -> Result<Service, StoreError> {
        Ok(Service {
            id: self.id.0,
            region: division(&self.region)?,
            code: ServiceCode::parse(&self.code).map_err(|error| StoreError::Bug(format!("{}: {error}", self.code)))?,
            craft: self.craft_id.map(Into::into),
            names: names(&self.name_zh, self.name_en.as_deref(), self.name_vi.as_deref())?,
            payment: value(&self.payment)?,
            minutes: self.minutes,
            hazard: value(&self.hazard)?,
            active: self.active,
            version: self.version,
        })
    }
}

/// Adds a craft.
///
/// # Errors
/// [`StoreError::Duplicate`] where the region has the code already; [`StoreError::Unknown`] where the region is not there.
pub fn add_craft(tx: &mut Tx, craft: &Craft) -> Result<(), StoreError> {
    let row = CraftRow {
        id: craft.id.into(),
        region: craft.region.as_str().to_owned(),
        domain: craft.domain.clone(),
        code: craft.code.as_str().to_owned(),
        name_zh: craft.names.shown_in(Language::Zh).to_owned(),
        name_en: name(&craft.names, Language::En),
        name_vi: name(&craft.names, Language::Vi),
        active: craft.active,
        version: craft.version,
        created_at: tx.now().into(),
    };
    diesel::insert_into(crafts::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One craft.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_craft(tx: &mut Tx, id: Uuid) -> Result<Craft, StoreError> {
    let row: CraftRow = crafts::table.find(Uid(id)).select(CraftRow::as_select()).first(&mut tx.conn)?;
    row.into_craft()
}

/// Every craft of a region, by domain and code.
///
/// # Errors
/// The database's.
pub fn list_crafts(tx: &mut Tx, region: &DivisionCode) -> Result<Vec<Craft>, StoreError> {
    let rows: Vec<CraftRow> = crafts::table
        .filter(crafts::region.eq(region.as_str()))
        .order((crafts::domain, crafts::code))
        .select(CraftRow::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(CraftRow::into_craft).collect()
}

/// Keeps domain, names and whether it is offered, if the craft still has the version given. Its version is then one more.
///
/// # Errors
/// [`StoreError::Stale`] where it has changed meanwhile.
pub fn update_craft(tx: &mut Tx, craft: &Craft) -> Result<(), StoreError> {
    let changed = diesel::update(crafts::table.find(Uid(craft.id)))
        .filter(crafts::version.eq(craft.version))
        .set((
            crafts::domain.eq(&craft.domain),
            crafts::name_zh.eq(craft.names.shown_in(Language::Zh)),
            crafts::name_en.eq(name(&craft.names, Language::En)),
            crafts::name_vi.eq(name(&craft.names, Language::Vi)),
            crafts::active.eq(craft.active),
            crafts::version.eq(craft.version + 1),
        ))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Adds a service.
///
/// # Errors
/// [`StoreError::Duplicate`] where the region has the code already; [`StoreError::Unknown`] where the region or the craft is
/// not there.
pub fn add_service(tx: &mut Tx, service: &Service) -> Result<(), StoreError> {
    let row = ServiceRow {
        id: service.id.into(),
        region: service.region.as_str().to_owned(),
        code: service.code.as_str().to_owned(),
        craft_id: service.craft.map(Into::into),
        name_zh: service.names.shown_in(Language::Zh).to_owned(),
        name_en: name(&service.names, Language::En),
        name_vi: name(&service.names, Language::Vi),
        payment: service.payment.as_str().to_owned(),
        minutes: service.minutes,
        active: service.active,
        version: service.version,
        created_at: tx.now().into(),
        hazard: service.hazard.as_str().to_owned(),
    };
    diesel::insert_into(services::table).values(&row).execute(&mut tx.conn)?;
    Ok(())
}

/// One service.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load_service(tx: &mut Tx, id: Uuid) -> Result<Service, StoreError> {
    let row: ServiceRow = services::table.find(Uid(id)).select(ServiceRow::as_select()).get_result(&mut tx.conn)?;
    row.into_service()
}

/// Every service of a region, by code.
///
/// # Errors
/// The database's.
pub fn list_services(tx: &mut Tx, region: &DivisionCode) -> Result<Vec<Service>, StoreError> {
    let rows: Vec<ServiceRow> = services::table
        .filter(services::region.eq(region.as_str()))
        .order(services::code)
        .select(ServiceRow::as_select())
        .load(&mut tx.conn)?;
    rows.into_iter().map(ServiceRow::into_service).collect()
}

/// Keeps craft, names, payment, duration, hazard and whether it can be ordered, if the service still has the version given. Its
/// version is then one more.
///
/// # Errors
/// [`StoreError::Stale`] where it has changed meanwhile; [`StoreError::Unknown`] where the craft is not there.
pub fn update_service(tx: &mut Tx, service: &Service) -> Result<(), StoreError> {
    let changed = diesel::update(services::table.find(Uid(service.id)))
        .filter(services::version.eq(service.version))
        .set((
            services::craft_id.eq(service.craft.map(Uid)),
            services::name_zh.eq(service.names.shown_in(Language::Zh)),
            services::name_en.eq(name(&service.names, Language::En)),
            services::name_vi.eq(name(&service.names, Language::Vi)),
            services::payment.eq(service.payment.as_str()),
            services::minutes.eq(service.minutes),
            services::hazard.eq(service.hazard.as_str()),
            services::active.eq(service.active),
            services::version.eq(service.version + 1),
        ))
        .execute(&mut tx.conn)?;
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
