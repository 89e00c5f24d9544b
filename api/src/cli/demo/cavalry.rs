//! Couriers, riders and drivers of each region: who was on duty, and who is now.

use chrono::TimeDelta;
use domain::cavalry::{CavalryPolicy, DutyEnd, Employment, cell, expires};
use domain::geo::Position;
use domain::person::VolunteerState;
use persistence::cavalry::{self, Duty, Member};
use persistence::{Tx, person, site};
use uuid::Uuid;

use super::manifest::{Cast, Manifest};
use super::seed::Ground;
use crate::cli::stop::Stop;
use crate::problem::{Fault, Problem};

/// Who rides: how they work, and whether emergencies may ring them.
const RIDERS: [(&str, Employment, bool); 4] = [
    ("craftsman_second", Employment::Courier, true),
    ("team_member_second", Employment::FoodDelivery, true),
    ("volunteer", Employment::RideHailing, true),
    ("craftsman_health", Employment::Other, false),
];

/// So many days before the demo begins they joined, and on which days somebody was on duty for how many minutes.
const JOINED: i64 = 12;
const RIDDEN: [(i64, usize, i64); 5] = [(6, 0, 185), (5, 1, 240), (4, 2, 95), (2, 0, 130), (1, 1, 310)];

/// How far from the station those are who are on duty now, in degrees.
const NOW: [(usize, f64, f64); 2] = [(0, 0.004, 0.003), (1, -0.009, 0.006)];

/// Lets some people of each region ride.
pub(super) async fn ride_all(ground: &Ground<'_>, manifest: &Manifest) -> Result<(), Stop> {
    for cast in manifest.0.values() {
        let joining = cast.clone();
        ground.set_days_ago(JOINED);
        ground.store.write::<_, Fault>(move |tx| RIDERS.iter().try_for_each(|rider| join(tx, &joining, *rider))).await?;
        for (days, rider, minutes) in RIDDEN {
            let (begins, ends) = (cast.clone(), cast.clone());
            ground.set_days_ago(days);
            ground.store.write::<_, Fault>(move |tx| begin(tx, &begins, rider, (0.0, 0.0))).await?;
            ground.clock.advance(TimeDelta::minutes(minutes));
            ground.store.write::<_, Fault>(move |tx| end(tx, &ends, rider)).await?;
        }
        ground.set_days_ago(0);
        for (rider, east, north) in NOW {
            let begins = cast.clone();
            ground.store.write::<_, Fault>(move |tx| begin(tx, &begins, rider, (east, north))).await?;
        }
    }
    Ok(())
}

fn join(tx: &mut Tx, cast: &Cast, (key, employment, emergency_ready): (&str, Employment, bool)) -> Result<(), Fault> {
    let person = Cast::known(&cast.persons, key)?;
    let volunteer = person::volunteer(tx, person)?;
    if volunteer.state != VolunteerState::Active {
        return Err(Problem::internal(format!("{key} does not serve")).into());
    }
    let member = Member {
        person,
        region: volunteer.region,
        division: volunteer.division,
        employment,
        emergency_ready,
        active: true,
        version: 1,
        by: Cast::known(&cast.accounts, "social_worker")?,
        joined_at: tx.now(),
    };
    Ok(cavalry::join(tx, &member)?)
}

fn rider(cast: &Cast, nth: usize) -> Result<Uuid, Fault> {
    let (key, ..) = RIDERS.get(nth).ok_or_else(|| Problem::internal(format!("no rider {nth}")))?;
    Cast::known(&cast.persons, key)
}

fn begin(tx: &mut Tx, cast: &Cast, nth: usize, (east, north): (f64, f64)) -> Result<(), Fault> {
    let (person, now, policy) = (rider(cast, nth)?, tx.now(), CavalryPolicy::default());
    let station = site::load(tx, Cast::known(&cast.sites, "station")?)?.position;
    let place = Position::new(station.longitude + east, station.latitude + north).map_err(Problem::internal)?;
    let member = cavalry::load(tx, person)?;
    let duty = Duty {
        id: Uuid::now_v7(),
        person,
        region: member.region,
        division: member.division,
        policy_version: policy.version.clone(),
        started_at: now,
        ended_at: None,
        end: None,
    };
    let (expires_at, _) = expires(now, now, &policy);
    let cell = cell(place, policy.cell_metres).map_err(Problem::internal)?;
    Ok(cavalry::start(tx, &duty, cell, expires_at)?)
}

fn end(tx: &mut Tx, cast: &Cast, nth: usize) -> Result<(), Fault> {
    let person = rider(cast, nth)?;
    cavalry::end(tx, person, DutyEnd::Own)?;
    Ok(())
}
