//! What the miniature holds before anybody comes: divisions, regions, crafts and services.

use api::openapi::example;
use domain::catalogue::{CraftCode, Names, ServiceCode};
use domain::order::{Hazard, Payment};
use domain::region::Level;
use persistence::catalogue::{Craft, Service};
use persistence::region::{Division, Region};
use persistence::{StoreError, Tx, catalogue, region};
use uuid::Uuid;

use crate::world::{COUNTY, OTHER_REGION, code};

/// The divisions of the miniature.
const DIVISIONS: [(&str, &str); 10] = [
    ("230822", "桦南县"),
    ("230822106", "桦南镇"),
    ("230822106001", "红旗社区"),
    ("230822106002", "铁西社区"),
    ("230822106001001", "红旗第一网格"),
    ("4514", "崇左市"),
    ("451402", "江州区"),
    ("451402001", "太平街道"),
    ("451402001001", "太平社区"),
    ("451402001001001", "太平第一网格"),
];

/// The services and crafts that every world has.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue {
    /// The craft of plumbers and electricians.
    pub plumbing: Uuid,
    /// The craft of hairdressers.
    pub hairdressing: Uuid,
    /// A free service of plumbers.
    pub free: Uuid,
    /// One with materials at cost.
    pub at_cost: Uuid,
    /// A paid one.
    pub paid: Uuid,
    /// A free one of hairdressers.
    pub haircut: Uuid,
    /// A service of the other region.
    pub elsewhere: Uuid,
}

/// Puts divisions, regions, crafts and services into an empty database.
pub(crate) fn fill(tx: &mut Tx) -> Result<Catalogue, StoreError> {
    for (text, name) in DIVISIONS {
        let code = code(text);
        let level = code.level();
        let root = matches!(level, Level::County | Level::Prefecture) && (text == COUNTY || text == OTHER_REGION);
        let parent = if root { None } else { code.parent() };
        region::add(tx, &Division { code, level, name: name.to_owned(), parent })?;
    }
    for (division, languages) in [(COUNTY, vec!["zh"]), (OTHER_REGION, vec!["zh", "vi"])] {
        let languages = languages.into_iter().map(ToOwned::to_owned).collect();
        let region = Region { division: code(division), zone: "Asia/Shanghai".to_owned(), languages, programme: "试点".to_owned() };
        region::add_region(tx, &region)?;
    }
    let plumbing = craft(tx, fixed(example::CRAFT), COUNTY, "plumbing", "水电维修")?;
    let hairdressing = craft(tx, Uuid::now_v7(), COUNTY, "hairdressing", "理发")?;
    let planting = craft(tx, Uuid::now_v7(), OTHER_REGION, "planting", "农技指导")?;
    Ok(Catalogue {
        plumbing,
        hairdressing,
        free: service_of(tx, fixed(example::SERVICE), COUNTY, "tap", "修水龙头", plumbing, Payment::Free)?,
        at_cost: service(tx, COUNTY, "pipe", "换水管", plumbing, Payment::AtCost)?,
        paid: service(tx, COUNTY, "boiler", "装热水器", plumbing, Payment::Paid)?,
        haircut: service(tx, COUNTY, "haircut", "上门理发", hairdressing, Payment::Free)?,
        elsewhere: service(tx, OTHER_REGION, "cane", "甘蔗技术", planting, Payment::Free)?,
    })
}

/// An id that the examples of the contract use.
///
/// # Panics
/// It is none.
#[must_use]
pub fn fixed(id: &str) -> Uuid {
    id.parse().expect("an id")
}

fn craft(tx: &mut Tx, id: Uuid, region: &str, text: &str, name: &str) -> Result<Uuid, StoreError> {
    let names = Names::new(name, Some(text), None).expect("names");
    let craft = Craft {
        id,
        region: code(region),
        domain: "维修".to_owned(),
        code: CraftCode::parse(text).expect("a craft code"),
        names,
        active: true,
        version: 1,
    };
    catalogue::add_craft(tx, &craft)?;
    Ok(id)
}

fn service(tx: &mut Tx, region: &str, text: &str, name: &str, craft: Uuid, payment: Payment) -> Result<Uuid, StoreError> {
    service_of(tx, Uuid::now_v7(), region, text, name, craft, payment)
}

fn service_of(tx: &mut Tx, id: Uuid, region: &str, text: &str, name: &str, craft: Uuid, payment: Payment) -> Result<Uuid, StoreError> {
    let service = Service {
        id,
        region: code(region),
        code: ServiceCode::parse(text).expect("a service code"),
        craft: Some(craft),
        names: Names::new(name, None, None).expect("names"),
        payment,
        minutes: 60,
        hazard: Hazard::None,
        active: true,
        version: 1,
    };
    catalogue::add_service(tx, &service)?;
    Ok(id)
}
