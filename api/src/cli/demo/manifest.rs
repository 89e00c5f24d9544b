//! What the demo remembers of what it made, kept as a fact of the installation.

use std::collections::BTreeMap;

use domain::region::DivisionCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cli::stop::Stop;

/// The name of the fact.
pub(super) const FACT: &str = "demo";

/// The regions by code.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Manifest(pub(super) BTreeMap<String, Cast>);

impl Manifest {
    /// Reads what was kept.
    pub(super) fn from_text(text: &str) -> Result<Self, Stop> {
        let other = |error| Stop::failed(format!("the demo data was made by another version ({error}): delete the data folder"));
        serde_json::from_str(text).map_err(other)
    }

    /// The text to keep.
    pub(super) fn to_text(&self) -> Result<String, Stop> {
        serde_json::to_string(self).map_err(|error| Stop::failed(error.to_string()))
    }
}

/// Who and what there is in one region, each under a short key that is the same in every region.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Cast {
    /// The region.
    pub(super) region: DivisionCode,
    /// The county in which the demo plays; the region itself where that is a county.
    pub(super) county: DivisionCode,
    /// The township in which the demo plays.
    pub(super) township: DivisionCode,
    /// The community that has a station of its own.
    pub(super) community: DivisionCode,
    /// A community beside it, whose orders the township handles.
    pub(super) neighbour: DivisionCode,
    /// A grid of the community.
    pub(super) grid: DivisionCode,
    /// Accounts by role.
    pub(super) accounts: BTreeMap<String, Uuid>,
    /// People by key.
    pub(super) persons: BTreeMap<String, Uuid>,
    /// Organisations by key.
    pub(super) organisations: BTreeMap<String, Uuid>,
    /// Crafts by code.
    pub(super) crafts: BTreeMap<String, Uuid>,
    /// Services by code.
    pub(super) services: BTreeMap<String, Uuid>,
    /// What is needed, by key: items of the demand lists.
    #[serde(default)]
    pub(super) needs: BTreeMap<String, Uuid>,
    /// Sites by key.
    #[serde(default)]
    pub(super) sites: BTreeMap<String, Uuid>,
    /// What staff sign in with.
    pub(super) usernames: BTreeMap<String, String>,
    /// What residents sign in with: a code of the WeChat stand-in is this name, a colon and anything new.
    pub(super) wechat_names: BTreeMap<String, String>,
}

/// Finds what a script names.
pub(super) fn named<T: Clone>(of: &BTreeMap<String, T>, key: &str) -> Result<T, Stop> {
    of.get(key).cloned().ok_or_else(|| Stop::failed(format!("the demo has no {key}")))
}
