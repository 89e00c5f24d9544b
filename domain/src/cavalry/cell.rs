//! Rounding a position to a cell, so that nobody's place is known more closely than their work asks for.

use crate::geo::{Position, PositionError};

/// How many metres a degree of latitude has (mean radius of the earth, IUGG).
const DEGREE_METRES: f64 = 111_195.08;

/// Near the poles cells would have no width: beyond about 89.4 degrees they are as wide as there.
const NARROWEST: f64 = 0.01;

/// The middle of the cell in which a position lies. Cells are rows of `metres` from south to north, each row divided from west to east
/// into pieces that are `metres` wide in the middle of the row, so everybody who computes it gets the same cell. Kept in WGS-84.
///
/// # Errors
/// None that can happen: the middle of a cell lies on the earth.
pub fn cell(position: Position, metres: i32) -> Result<Position, PositionError> {
    let height = f64::from(metres) / DEGREE_METRES;
    let latitude = middle(position.latitude, height).clamp(-90.0, 90.0);
    let width = height / latitude.to_radians().cos().max(NARROWEST);
    Position::new(middle(position.longitude, width).clamp(-180.0, 180.0), latitude)
}

fn middle(degrees: f64, step: f64) -> f64 {
    ((degrees / step).floor() + 0.5) * step
}

#[cfg(test)]
mod tests {
    use super::cell;
    use crate::geo::Position;
    use proptest::prelude::*;

    #[test]
    fn neighbours_share_a_cell_and_those_far_apart_do_not() {
        let at = |longitude, latitude| cell(Position::new(longitude, latitude).unwrap(), 500).unwrap();
        assert_eq!(at(130.5530, 46.2390), at(130.5531, 46.2391));
        assert_ne!(at(130.5530, 46.2390), at(130.5630, 46.2390));
    }

    proptest! {
        #[test]
        fn a_cell_is_near_and_is_its_own_cell(east in -179.0_f64..179.0, north in -85.0_f64..85.0, metres in 100..5_000_i32) {
            let exact = Position::new(east, north).unwrap();
            let rounded = cell(exact, metres).unwrap();
            prop_assert!(exact.metres_to(rounded) <= f64::from(metres), "{exact:?} {rounded:?}");
            let (longitude, latitude) = rounded.units();
            let kept = Position::from_units(longitude, latitude).unwrap();
            prop_assert_eq!(cell(kept, metres).unwrap(), rounded, "what was kept says no more");
        }
    }
}
