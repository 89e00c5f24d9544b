//! Sites 阵地: what they are, where they are, and how many of each kind there are.

mod near;
mod row;

use std::collections::HashMap;

use diesel::prelude::*;
use domain::catalogue::Names;
use domain::geo::Position;
use domain::region::DivisionCode;
use domain::site::hours::Hours;
use domain::site::{SiteKind, SiteLanguage};
use domain::vocabulary::Vocabulary as _;
use uuid::Uuid;

use self::row::{Current, Entered, Row};
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::insert_all;
use crate::order::{division, value};
use crate::region::{in_ranges, ranges_of};
use crate::schema::{services, site_services, sites};
use crate::store::Tx;
use crate::types::Uid;

pub use near::within;

/// A place at which people are served.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Its id.
    pub id: Uuid,
    /// The region it belongs to.
    pub region: DivisionCode,
    /// The division in which it lies.
    pub division: DivisionCode,
    /// What kind it is.
    pub kind: SiteKind,
    /// What it is called.
    pub names: Names,
    /// Where it is, in words.
    pub address: String,
    /// The number at which it is called.
    pub phone: Option<String>,
    /// Where it is.
    pub position: Position,
    /// When it is open.
    pub hours: Hours,
    /// In which languages people are served, in the order of the vocabulary.
    pub languages: Vec<SiteLanguage>,
    /// Whether it is in use.
    pub active: bool,
    /// One more with every change; a new one has 1.
    pub version: i32,
}

/// Which sites.
#[derive(Clone, Debug, Default)]
pub struct Which {
    /// Of this kind.
    pub kind: Option<SiteKind>,
    /// Where this service is given.
    pub service: Option<Uuid>,
}

type Query = sites::BoxedQuery<'static, MultiBackend>;

impl Which {
    fn of(&self, query: Query) -> Query {
        let query = match self.kind {
            Some(kind) => query.filter(sites::kind.eq(kind.as_str())),
            None => query,
        };
        let giving = |service| site_services::table.filter(site_services::service_id.eq(Uid(service))).select(site_services::site_id);
        match self.service {
            Some(service) => query.filter(sites::id.eq_any(giving(service))),
            None => query,
        }
    }
}

fn load_all(tx: &mut Tx, query: Query) -> Result<Vec<Site>, StoreError> {
    let rows: Vec<Row> = query.select(Row::as_select()).load(&mut tx.conn)?;
    rows.into_iter().map(Row::into_site).collect()
}

/// Keeps a new site.
///
/// # Errors
/// [`StoreError::Duplicate`] where the division has one of that name; [`StoreError::Unknown`] where a division or a service is not there.
pub fn add(tx: &mut Tx, site: &Site, services: &[Uuid], by: Option<Uuid>) -> Result<(), StoreError> {
    let row = Row { entered: Entered::new(site, by, tx.now()), current: Current::new(site)? };
    tx.in_region(&site.region);
    crate::both!(tx, |c| diesel::insert_into(sites::table).values(&row).execute(c))?;
    give(tx, site.id, services)
}

/// Keeps what a site has become, under the version after the one that it was read with.
///
/// # Errors
/// [`StoreError::Stale`] where it has changed meanwhile; else as [`add`].
pub fn update(tx: &mut Tx, site: &Site, services: &[Uuid]) -> Result<(), StoreError> {
    let current = Current::new(&Site { version: site.version + 1, ..site.clone() })?;
    tx.in_region(&site.region);
    let same = sites::table.find(Uid(site.id)).filter(sites::version.eq(site.version));
    if diesel::update(same).set(&current).execute(&mut tx.conn)? == 0 {
        return Err(StoreError::Stale);
    }
    diesel::delete(site_services::table.filter(site_services::site_id.eq(Uid(site.id)))).execute(&mut tx.conn)?;
    give(tx, site.id, services)
}

fn give(tx: &mut Tx, site: Uuid, services: &[Uuid]) -> Result<(), StoreError> {
    let row = |service: &Uuid| (site_services::site_id.eq(Uid(site)), site_services::service_id.eq(Uid(*service)));
    let rows: Vec<_> = services.iter().map(row).collect();
    insert_all!(tx, site_services::table, rows)?;
    Ok(())
}

/// One site.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Site, StoreError> {
    let row: Row = sites::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_site()
}

/// The sites in any of these divisions, in use or no longer, oldest first, from after one on.
///
/// # Errors
/// The database's.
pub fn list(
    tx: &mut Tx,
    within: &[DivisionCode],
    which: &Which,
    active: bool,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Site>, StoreError> {
    let lying = in_ranges!(sites::table, sites::division, ranges_of(tx, within)?);
    let mut query = which.of(sites::table.into_boxed::<MultiBackend>().filter(lying)).filter(sites::active.eq(active));
    if let Some(after) = after {
        query = query.filter(sites::id.gt(Uid(after)));
    }
    load_all(tx, query.order(sites::id).limit(limit))
}

/// The services that are given at sites, by site, each with what it is called, in the order of their codes.
///
/// # Errors
/// The database's.
pub fn services_of(tx: &mut Tx, of: &[Uuid]) -> Result<HashMap<Uuid, Vec<(Uuid, Names)>>, StoreError> {
    type Named = (Uid, Uid, String, Option<String>, Option<String>);
    let rows: Vec<Named> = site_services::table
        .inner_join(services::table.on(services::id.eq(site_services::service_id)))
        .filter(site_services::site_id.eq_any(of.iter().copied().map(Uid).collect::<Vec<_>>()))
        .order((site_services::site_id, services::code))
        .select((site_services::site_id, services::id, services::name_zh, services::name_en, services::name_vi))
        .load(&mut tx.conn)?;
    let mut found: HashMap<Uuid, Vec<(Uuid, Names)>> = HashMap::new();
    for (site, service, zh, en, vi) in rows {
        let names = crate::catalogue::names(&zh, en.as_deref(), vi.as_deref())?;
        found.entry(site.0).or_default().push((service.0, names));
    }
    Ok(found)
}

/// How many sites in use each division has of each kind, in a division and below it.
///
/// # Errors
/// The database's.
pub fn counts(tx: &mut Tx, within: &DivisionCode) -> Result<Vec<(DivisionCode, SiteKind, i64)>, StoreError> {
    let lying = in_ranges!(sites::table, sites::division, crate::region::ranges(tx, within)?);
    let rows: Vec<(String, String, i64)> = sites::table
        .filter(lying)
        .filter(sites::active.eq(true))
        .group_by((sites::division, sites::kind))
        .select((sites::division, sites::kind, diesel::dsl::count_star()))
        .load(&mut tx.conn)?;
    rows.into_iter().map(|(code, kind, count)| Ok((division(&code)?, value(&kind)?, count))).collect()
}
