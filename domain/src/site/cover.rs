//! What a division lacks of the 1+2+N scheme.

use std::collections::BTreeMap;

use super::{SiteKind, SitePolicy, SiteTier};
use crate::vocabulary::Vocabulary as _;

/// Where a division stands towards the regions that run programmes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It runs a programme: the whole scheme is expected of it.
    Region,
    /// It lies in a region, and is no grid: stations are expected.
    Within,
    /// It is a grid, or lies above the regions: nothing is expected.
    Beside,
}

/// How many sites of a tier a division is to have, and has; never as many as it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Which tier.
    pub tier: SiteTier,
    /// How many there are to be.
    pub needed: i64,
    /// How many there are.
    pub there: i64,
}

/// What a division lacks, tier by tier; `counts` are the sites in it and below it that are in use.
#[must_use]
pub fn missing(policy: &SitePolicy, standing: Standing, counts: &BTreeMap<SiteKind, i64>) -> Vec<Missing> {
    let lacks = |tier: &SiteTier| {
        let needed = match (standing, tier) {
            (Standing::Region, SiteTier::One) => policy.centres,
            (Standing::Region, SiteTier::Two) => policy.think_tanks,
            (Standing::Region | Standing::Within, SiteTier::Many) => policy.stations,
            (Standing::Within, SiteTier::One | SiteTier::Two) | (Standing::Beside, _) => 0,
        };
        let there = counts.get(&tier.kind()).copied().unwrap_or_default();
        (there < needed).then_some(Missing { tier: *tier, needed, there })
    };
    SiteTier::ALL.iter().filter_map(lacks).collect()
}

#[cfg(test)]
mod tests {
    use super::{BTreeMap, Missing, SiteKind, SitePolicy, SiteTier, Standing, missing};

    #[test]
    fn a_region_needs_all_of_the_scheme_and_what_lies_in_it_a_station() {
        let policy = SitePolicy::default();
        let counts = BTreeMap::from([(SiteKind::ThinkTank, 1), (SiteKind::Station, 3), (SiteKind::BorderClinic, 9)]);
        let one = Missing { tier: SiteTier::One, needed: 1, there: 0 };
        let two = Missing { tier: SiteTier::Two, needed: 2, there: 1 };
        assert_eq!(missing(&policy, Standing::Region, &counts), [one, two]);
        assert_eq!(missing(&policy, Standing::Within, &counts), []);
        let many = Missing { tier: SiteTier::Many, needed: 1, there: 0 };
        assert_eq!(missing(&policy, Standing::Within, &BTreeMap::new()), [many]);
        assert_eq!(missing(&policy, Standing::Beside, &BTreeMap::new()), []);
    }
}
