//! Filling a region's catalogue.

use std::collections::BTreeMap;

use domain::catalogue::{CraftCode, Names, ServiceCode};
use domain::order::Hazard;
use domain::region::DivisionCode;
use persistence::Tx;
use persistence::catalogue::{self, Craft, Service};
use uuid::Uuid;

use super::catalogue_data::{Catalogue, DANGEROUS};
use crate::problem::{Fault, Problem};

/// Ids by code.
type Ids = BTreeMap<String, Uuid>;

/// Adds crafts and services; answers with the ids of both.
pub(super) fn add(tx: &mut Tx, region: &DivisionCode, offered: &Catalogue) -> Result<(Ids, Ids), Fault> {
    let (mut crafts, mut services) = (Ids::new(), Ids::new());
    for (domain, code, zh, en, vi) in offered.crafts {
        let id = Uuid::now_v7();
        let craft = Craft {
            id,
            region: region.clone(),
            domain: (*domain).to_owned(),
            code: CraftCode::parse(code).map_err(Problem::internal)?,
            names: names(zh, en, vi)?,
            active: true,
            version: 1,
        };
        catalogue::add_craft(tx, &craft)?;
        crafts.insert((*code).to_owned(), id);
    }
    for (code, craft, payment, minutes, zh, en, vi) in offered.services {
        let id = Uuid::now_v7();
        let service = Service {
            id,
            region: region.clone(),
            code: ServiceCode::parse(code).map_err(Problem::internal)?,
            craft: crafts.get(*craft).copied(),
            names: names(zh, en, vi)?,
            payment: *payment,
            minutes: *minutes,
            hazard: if DANGEROUS.contains(code) { Hazard::Dangerous } else { Hazard::None },
            active: true,
            version: 1,
        };
        catalogue::add_service(tx, &service)?;
        services.insert((*code).to_owned(), id);
    }
    Ok((crafts, services))
}

fn names(zh: &str, en: &str, vi: &str) -> Result<Names, Problem> {
    Names::new(zh, Some(en), Some(vi)).map_err(Problem::internal)
}
