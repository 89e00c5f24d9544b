//! Positions on the earth and the distances between them.

/// A position in WGS-84 degrees, the only system that is stored.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// Degrees east, −180 to 180.
    pub longitude: f64,
    /// Degrees north, −90 to 90.
    pub latitude: f64,
}

/// Why a pair of numbers is not a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// The longitude is not a number from −180 to 180.
    #[error("longitude must be a number from -180 to 180")]
    Longitude,
    /// The latitude is not a number from −90 to 90.
    #[error("latitude must be a number from -90 to 90")]
    Latitude,
}

/// The mean radius of the earth in metres (IUGG).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

impl Position {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`PositionError`] names the number that is out of its range.
    pub fn new(longitude: f64, latitude: f64) -> Result<Self, PositionError> {
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(PositionError::Longitude);
        }
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(PositionError::Latitude);
        }
        Ok(Self { longitude, latitude })
    }

    /// The great-circle distance in metres (haversine; error below 0.6 %, which is enough for "is on the spot").
    #[must_use]
    pub fn metres_to(self, other: Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_height = ((to - from) / 2.0).sin();
        let half_width = ((other.longitude - self.longitude).to_radians() / 2.0).sin();
        let chord = half_width.mul_add(half_width * from.cos() * to.cos(), half_height * half_height);
        2.0 * EARTH_RADIUS_M * chord.sqrt().asin()
    }
}

/// So many units of a stored coordinate make a degree: a unit is about a centimetre.
const UNITS_PER_DEGREE: f64 = 1e7;

/// A stretch of longitudes and latitudes in units of 1e-7 degrees, bounds included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// From and to, east.
    pub longitude: (i32, i32),
    /// From and to, north.
    pub latitude: (i32, i32),
}

impl Position {
    /// Longitude and latitude in whole units of 1e-7 degrees, as what is searched by place is kept.
    #[must_use]
    pub fn units(self) -> (i32, i32) {
        (units(self.longitude), units(self.latitude))
    }

    /// The position of whole units of 1e-7 degrees.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_units(longitude: i32, latitude: i32) -> Result<Self, PositionError> {
        Self::new(f64::from(longitude) / UNITS_PER_DEGREE, f64::from(latitude) / UNITS_PER_DEGREE)
    }

    /// Bounds within which everything lies that is at most so many metres away. Across the date line, and near a pole, they take in
    /// every longitude.
    #[must_use]
    pub fn around(self, metres: f64) -> Bounds {
        let height = (metres / EARTH_RADIUS_M).to_degrees();
        let (south, north) = (self.latitude - height, self.latitude + height);
        // The circle is widest where it is furthest from the equator.
        let widest = south.abs().max(north.abs());
        let width = if widest < 90.0 { height / widest.to_radians().cos() } else { 360.0 };
        let (west, east) = (self.longitude - width, self.longitude + width);
        let longitude = if west < -180.0 || east > 180.0 { (-180.0, 180.0) } else { (west, east) };
        let outwards = |(from, to): (f64, f64)| (units(from).saturating_sub(1), units(to).saturating_add(1));
        Bounds { longitude: outwards(longitude), latitude: outwards((south.max(-90.0), north.min(90.0))) }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "180 degrees are 1.8e9 units, and a cast of what is larger saturates")]
fn units(degrees: f64) -> i32 {
    (degrees * UNITS_PER_DEGREE).round() as i32
}

crate::vocabulary! {
    /// A coordinate reference system in which positions travel.
    pub enum Crs = "coordinate-systems" {
        /// What satellites give and what is stored.
        Wgs84 = "wgs84": "WGS-84（国际标准）", "WGS-84", "WGS-84";
        /// What Chinese maps ask for (GB 20263): shifted by some hundred metres within China.
        Gcj02 = "gcj02": "GCJ-02（国测局）", "GCJ-02", "GCJ-02";
    }
}

/// The ellipsoid of the shift: Krasovsky 1940.
const SEMI_MAJOR_M: f64 = 6_378_245.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

impl Position {
    /// Reads a position that came in one of the systems.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_crs(longitude: f64, latitude: f64, crs: Crs) -> Result<Self, PositionError> {
        let given = Self::new(longitude, latitude)?;
        Ok(match crs {
            Crs::Wgs84 => given,
            Crs::Gcj02 => given.unshifted(),
        })
    }

    /// The position in GCJ-02; outside of China nothing is shifted.
    #[must_use]
    pub fn to_gcj02(self) -> Self {
        if !(72.004..=137.8347).contains(&self.longitude) || !(0.8293..=55.8271).contains(&self.latitude) {
            return self;
        }
        let (x, y) = (self.longitude - 105.0, self.latitude - 35.0);
        let radians = self.latitude.to_radians();
        let magic = ECCENTRICITY_SQUARED.mul_add(-(radians.sin() * radians.sin()), 1.0);
        let root = magic.sqrt();
        let north = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (magic * root);
        let east = SEMI_MAJOR_M / root * radians.cos();
        Self {
            longitude: self.longitude + (shift_east(x, y) / east).to_degrees(),
            latitude: self.latitude + (shift_north(x, y) / north).to_degrees(),
        }
    }

    /// The position whose shift is this one: the shift is smooth, so a few steps come within a millimetre.
    fn unshifted(self) -> Self {
        let mut guess = self;
        for _ in 0..8 {
            let shifted = guess.to_gcj02();
            guess.longitude -= shifted.longitude - self.longitude;
            guess.latitude -= shifted.latitude - self.latitude;
        }
        guess
    }
}

/// The waves that both shifts share.
fn waves(along: f64) -> f64 {
    use std::f64::consts::PI;
    20.0f64.mul_add((6.0 * along * PI).sin(), 20.0 * (2.0 * along * PI).sin()) * 2.0 / 3.0
}

fn shift_north(x: f64, y: f64) -> f64 {
    use std::f64::consts::PI;
    let slow = 20.0f64.mul_add((y * PI).sin(), 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0;
    let long = 160.0f64.mul_add((y / 12.0 * PI).sin(), 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt() + waves(x) + slow + long
}

fn shift_east(x: f64, y: f64) -> f64 {
    use std::f64::consts::PI;
    let slow = 20.0f64.mul_add((x * PI).sin(), 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0;
    let long = 150.0f64.mul_add((x / 12.0 * PI).sin(), 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt() + waves(x) + slow + long
}

#[cfg(test)]
mod tests {
    use super::{Crs, Position, PositionError};
    use proptest::prelude::*;

    #[test]
    fn the_shift_meets_the_published_check_values_and_can_be_undone() {
        for (wgs, gcj) in [((130.553, 46.239), (130.560388, 46.240927)), ((106.766, 22.094), (106.769602, 22.091172))] {
            let shifted = Position::new(wgs.0, wgs.1).unwrap().to_gcj02();
            assert!((shifted.longitude - gcj.0).abs() < 1e-6 && (shifted.latitude - gcj.1).abs() < 1e-6, "{shifted:?}");
            let back = Position::from_crs(shifted.longitude, shifted.latitude, Crs::Gcj02).unwrap();
            assert!((back.longitude - wgs.0).abs() < 1e-8 && (back.latitude - wgs.1).abs() < 1e-8, "{back:?}");
        }
        let paris = Position::new(2.35, 48.85).unwrap();
        assert_eq!(paris.to_gcj02(), paris, "outside of China nothing is shifted");
    }

    #[test]
    fn a_degree_of_latitude_is_111_kilometres() {
        let south = Position::new(130.55, 46.0).unwrap();
        let north = Position::new(130.55, 47.0).unwrap();
        assert!((south.metres_to(north) - 111_195.0).abs() < 10.0, "{}", south.metres_to(north));
        assert!(south.metres_to(south) < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn nothing_near_lies_outside_of_the_bounds(east in -180.0_f64..180.0, north in -89.0_f64..89.0, dx in -1.0..1.0, dy in -1.0..1.0) {
            let (centre, other) = (Position::new(east, north).unwrap(), Position::new(east + dx, f64::clamp(north + dy, -90.0, 90.0)));
            let Ok(other) = other else { return Ok(()) };
            let bounds = centre.around(centre.metres_to(other));
            let (x, y) = other.units();
            prop_assert!(bounds.longitude.0 <= x && x <= bounds.longitude.1 && bounds.latitude.0 <= y && y <= bounds.latitude.1);
        }
    }

    #[test]
    fn a_stored_position_is_within_a_centimetre() {
        let place = Position::new(106.766_123_456_789, 22.094_987_654_321).unwrap();
        let (longitude, latitude) = place.units();
        assert!(place.metres_to(Position::from_units(longitude, latitude).unwrap()) < 0.01);
        assert_eq!(Position::from_units(1_800_000_001, 0), Err(PositionError::Longitude));
    }

    #[test]
    fn what_is_not_on_the_earth_is_refused() {
        assert_eq!(Position::new(181.0, 0.0), Err(PositionError::Longitude));
        assert_eq!(Position::new(0.0, f64::NAN), Err(PositionError::Latitude));
    }
}
