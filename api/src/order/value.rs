//! Values of orders as they travel: positions, times, takers.

use chrono::{DateTime, Utc};
use domain::geo::{Crs, Position};
use domain::order::{TakerKind, Window};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A position as it travels.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Position)]
pub struct PositionView {
    /// Degrees east.
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: f64,
    /// Degrees north.
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: f64,
    /// The system; WGS-84 where none is named.
    #[serde(default = "wgs84")]
    pub crs: Crs,
}

const fn wgs84() -> Crs {
    Crs::Wgs84
}

impl PositionView {
    /// A position in one of the systems.
    #[must_use]
    pub fn in_crs(position: Position, crs: Crs) -> Self {
        let Position { longitude, latitude } = match crs {
            Crs::Wgs84 => position,
            Crs::Gcj02 => position.to_gcj02(),
        };
        Self { longitude, latitude, crs }
    }
}

impl From<Position> for PositionView {
    fn from(position: Position) -> Self {
        Self::in_crs(position, Crs::Wgs84)
    }
}

/// From when to when.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Window)]
pub struct WindowView {
    /// First moment.
    pub start: DateTime<Utc>,
    /// First moment after it.
    pub end: DateTime<Utc>,
}

impl From<Window> for WindowView {
    fn from(window: Window) -> Self {
        Self { start: window.start, end: window.end }
    }
}

/// A taker by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakerRef {
    /// Person or organisation.
    pub kind: TakerKind,
    /// Its id.
    pub id: Uuid,
}

impl From<domain::order::Taker> for TakerRef {
    fn from(taker: domain::order::Taker) -> Self {
        match taker {
            domain::order::Taker::Person(id) => Self { kind: TakerKind::Person, id },
            domain::order::Taker::Organisation(id) => Self { kind: TakerKind::Organisation, id },
        }
    }
}

impl From<TakerRef> for domain::order::Taker {
    fn from(taker: TakerRef) -> Self {
        match taker.kind {
            TakerKind::Person => Self::Person(taker.id),
            TakerKind::Organisation => Self::Organisation(taker.id),
        }
    }
}
