//! Social workers of each region, what they sit for, and a case of one of them.

use chrono::{Datelike as _, Days, NaiveDate};
use domain::person::PersonName;
use domain::social_worker::{ExamState, Qualification, SocialWorkPost};
use persistence::person::{self, NewPerson};
use persistence::social_worker::{self, ExamRegistration, SocialWorker};
use persistence::{Tx, demand};
use uuid::Uuid;

use super::manifest::{Cast, Manifest};
use super::seed::Ground;
use crate::cli::stop::Stop;
use crate::problem::{Fault, Problem};

/// A social worker of the demo.
struct Worker {
    name: &'static str,
    birth: &'static str,
    qualification: Option<Qualification>,
    post: SocialWorkPost,
    party_member: bool,
    /// How many days before the demo the qualification was registered.
    registered: u64,
    /// The examination of this year.
    exam: Option<(Qualification, ExamState)>,
}

const WORKERS: [Worker; 4] = [
    Worker {
        name: "梁月华",
        birth: "1984-04-11",
        qualification: Some(Qualification::SocialWorker),
        post: SocialWorkPost::Station,
        party_member: true,
        registered: 400,
        exam: None,
    },
    Worker {
        name: "农志远",
        birth: "1993-08-30",
        qualification: Some(Qualification::Assistant),
        post: SocialWorkPost::BorderYouthOfficer,
        party_member: true,
        registered: 1_060,
        exam: Some((Qualification::SocialWorker, ExamState::Passed)),
    },
    Worker {
        name: "赵晓雯",
        birth: "1997-01-19",
        qualification: None,
        post: SocialWorkPost::CommunityWorker,
        party_member: false,
        registered: 0,
        exam: Some((Qualification::Assistant, ExamState::Registered)),
    },
    Worker {
        name: "宋建国",
        birth: "1978-12-05",
        qualification: Some(Qualification::Senior),
        post: SocialWorkPost::Agency,
        party_member: true,
        registered: 1_200,
        exam: None,
    },
];

/// Registers the social workers of each region.
pub(super) async fn register_all(ground: &Ground<'_>, manifest: &Manifest) -> Result<(), Stop> {
    ground.set_days_ago(9);
    for cast in manifest.0.values() {
        let cast = cast.clone();
        ground.store.write::<_, Fault>(move |tx| register(tx, &cast)).await?;
    }
    Ok(())
}

fn register(tx: &mut Tx, cast: &Cast) -> Result<(), Fault> {
    let by = Cast::known(&cast.accounts, "social_worker")?;
    let today = tx.now().date_naive();
    for (nth, worker) in WORKERS.iter().enumerate() {
        let id = enter(tx, cast, worker, by)?;
        let registered_on = worker.qualification.and_then(|_| today.checked_sub_days(Days::new(worker.registered)));
        social_worker::add(
            tx,
            &SocialWorker {
                person: id,
                region: cast.region.clone(),
                division: cast.township.clone(),
                qualification: worker.qualification,
                certificate: worker.qualification.map(|_| format!("2023{nth:09}")),
                certified_on: registered_on.and_then(|day| day.checked_sub_days(Days::new(60))),
                registered_on,
                post: worker.post,
                party_member: Some(worker.party_member),
                active: true,
                version: 1,
                entered_by: by,
            },
        )?;
        if let Some((level, state)) = worker.exam {
            sit(tx, cast, id, (today, level, state), by)?;
        }
        if nth == 0 {
            see_to(tx, cast, id, by)?;
        }
    }
    Ok(())
}

fn enter(tx: &mut Tx, cast: &Cast, worker: &Worker, by: Uuid) -> Result<Uuid, Fault> {
    let id = Uuid::now_v7();
    let written = NewPerson {
        id,
        division: cast.community.clone(),
        name: PersonName::parse(worker.name).map_err(Problem::internal)?,
        phone: None,
        document: None,
        birth_date: Some(worker.birth.parse::<NaiveDate>().map_err(Problem::internal)?),
        claimed: false,
        entered_by: Some(by),
    };
    person::add(tx, &written)?;
    Ok(id)
}

fn sit(tx: &mut Tx, cast: &Cast, person: Uuid, of: (NaiveDate, Qualification, ExamState), by: Uuid) -> Result<(), Fault> {
    let (today, level, state) = of;
    let exam = ExamRegistration {
        id: Uuid::now_v7(),
        person,
        region: cast.region.clone(),
        division: cast.community.clone(),
        year: today.year(),
        level,
        state,
        version: 1,
    };
    Ok(social_worker::add_exam(tx, &exam, by)?)
}

/// Gives a social worker the first need that is on a list.
fn see_to(tx: &mut Tx, cast: &Cast, worker: Uuid, by: Uuid) -> Result<(), Fault> {
    for need in cast.needs.values() {
        if demand::load(tx, *need)?.state.is_live() {
            return Ok(social_worker::add_case(tx, Uuid::now_v7(), worker, *need, by)?);
        }
    }
    Ok(())
}
