//! What lies near a position.

use diesel::prelude::*;
use domain::geo::Bounds;

use super::{Site, Which, load_all};
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::schema::sites;
use crate::store::Tx;

/// The sites in use within bounds, in no order: a range of an index.
///
/// # Errors
/// The database's.
pub fn within(tx: &mut Tx, bounds: Bounds, which: &Which) -> Result<Vec<Site>, StoreError> {
    let query = sites::table
        .into_boxed::<MultiBackend>()
        .filter(sites::active.eq(true))
        .filter(sites::latitude_e7.between(bounds.latitude.0, bounds.latitude.1))
        .filter(sites::longitude_e7.between(bounds.longitude.0, bounds.longitude.1));
    load_all(tx, which.of(query))
}
