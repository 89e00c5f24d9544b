//! A training that was held, with who was there and has passed, and one to come that has fewer seats than people.

use chrono::TimeDelta;
use domain::training::{EnrolmentStep, SessionState};
use persistence::Tx;
use persistence::training::{self, Course, Outcome, Session};
use uuid::Uuid;

use super::manifest::{Cast, Manifest};
use super::seed::Ground;
use crate::cli::stop::Stop;
use crate::problem::Fault;

/// So many days before the demo begins the training was announced, and held.
const ANNOUNCED: i64 = 25;
const HELD: i64 = 12;

/// How many seats the session to come has.
const SEATS: i32 = 2;

/// Lets each region hold its training.
pub(super) async fn hold_all(ground: &Ground<'_>, manifest: &Manifest) -> Result<(), Stop> {
    for cast in manifest.0.values() {
        let held = Uuid::now_v7();
        ground.set_days_ago(ANNOUNCED);
        let (made, judged) = (cast.clone(), cast.clone());
        ground.store.write::<_, Fault>(move |tx| announce(tx, &made, held)).await?;
        ground.set_days_ago(HELD - 1);
        ground.store.write::<_, Fault>(move |tx| judge(tx, &judged, held)).await?;
    }
    Ok(())
}

/// Announces a course with two sessions, and lets everybody enrol.
fn announce(tx: &mut Tx, cast: &Cast, held: Uuid) -> Result<(), Fault> {
    let by = Cast::known(&cast.accounts, "social_worker")?;
    let course = Course {
        id: Uuid::now_v7(),
        region: cast.region.clone(),
        division: cast.county.clone(),
        title: "居家照护基础".to_owned(),
        description: Some("翻身、助浴与防跌倒，配合实操".to_owned()),
        credit_hours: 8,
        certifies: None,
        active: true,
        version: 1,
        created_by: by,
    };
    training::add_course(tx, &course)?;
    for (id, days, capacity) in [(held, ANNOUNCED - HELD, 30), (Uuid::now_v7(), ANNOUNCED + 10, SEATS)] {
        let starts_at = tx.now() + TimeDelta::days(days);
        let session = Session {
            id,
            course: course.id,
            place: "社区活动室".to_owned(),
            starts_at,
            ends_at: starts_at + TimeDelta::hours(6),
            capacity,
            taken: 0,
            turn: 0,
            state: SessionState::Open,
            version: 1,
            created_by: by,
        };
        training::add_session(tx, &session)?;
        for person in cast.persons.values().take(5) {
            let session = training::take_turn(tx, id)?;
            training::line_up(tx, Uuid::now_v7(), &session, *person, by)?;
            training::fill(tx, &session, by)?;
        }
    }
    Ok(())
}

/// Writes down that all but the last were there and have passed.
fn judge(tx: &mut Tx, cast: &Cast, held: Uuid) -> Result<(), Fault> {
    let by = Cast::known(&cast.accounts, "social_worker")?;
    let scheduled = training::load_session(tx, held)?;
    let mut enrolled = training::open_enrolments(tx, held)?;
    let absent = enrolled.pop().map(|last| (last, EnrolmentStep::Miss));
    let there = enrolled.into_iter().map(|enrolment| (enrolment, EnrolmentStep::Attend));
    for (enrolment, step) in there.chain(absent) {
        training::change_enrolment(tx, &enrolment, Outcome::plain(step.to()), by)?;
        if step == EnrolmentStep::Attend {
            let enrolment = training::load_enrolment(tx, enrolment.id)?;
            let passed = Outcome { credit_hours: Some(scheduled.course.credit_hours), ..Outcome::plain(EnrolmentStep::Pass.to()) };
            training::change_enrolment(tx, &enrolment, passed, by)?;
        }
    }
    Ok(())
}
