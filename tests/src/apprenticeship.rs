//! Masters, apprentices and what they have between them.

use chrono::{Days, TimeDelta};
use domain::apprenticeship::{ApprenticeStage, ApprenticeshipState};
use domain::person::CraftLevel;
use persistence::apprenticeship::{self, Agreed, Apprenticeship, Work};
use persistence::catalogue::{self, Certification};
use uuid::Uuid;

use crate::Person;
use crate::world::{COMMUNITY, COUNTY, World, code};

impl World {
    /// Certifies an active volunteer of the county for plumbing at the level of masters, and returns the certification.
    pub async fn make_master(&self, holder: &Person, lasts: TimeDelta) -> Uuid {
        let (person, verified_by, now, craft, id) = (holder.person, holder.account, self.now(), self.catalogue.plumbing, Uuid::now_v7());
        self.keep(move |tx| {
            let certification = Certification {
                id,
                person,
                craft,
                level: CraftLevel::Senior,
                evidence: "高级技师证".to_owned(),
                verified_by,
                valid_from: now - TimeDelta::days(1),
                valid_until: now + lasts,
                suspended_at: None,
                version: 1,
            };
            catalogue::add_certification(tx, &certification)
        })
        .await;
        self.services.forget();
        id
    }

    /// A master of plumbing.
    pub async fn master(&self, name: &str) -> Person {
        let master = self.volunteer(name).await;
        self.make_master(&master, TimeDelta::days(1000)).await;
        master
    }

    /// An apprenticeship that has run for forty days; the first stage is done but for the master asking.
    pub async fn apprenticeship(&self, master: &Person, apprentice: &Person) -> Uuid {
        let certification = Some(self.make_master(master, TimeDelta::days(1000)).await);
        let (id, now, craft) = (Uuid::now_v7(), self.now(), self.catalogue.plumbing);
        let (began, teacher, pupil) = (now - TimeDelta::days(40), (master.person, master.account), (apprentice.person, apprentice.account));
        let yes = |by| Some(Agreed { by, at: began });
        let new = Apprenticeship {
            id,
            region: code(COUNTY),
            division: code(COMMUNITY),
            craft,
            master: teacher.0,
            apprentice: pupil.0,
            state: ApprenticeshipState::Running,
            stage: Some(ApprenticeStage::Beginner),
            stage_since: Some(began),
            master_agreed: yes(teacher.1),
            apprentice_agreed: yes(pupil.1),
            channel: None,
            evidence: None,
            certification,
            lapsed_at: None,
            asked: None,
            end: None,
            policy_version: "default-1".to_owned(),
            version: 1,
            created_by: teacher.1,
            created_at: began,
            ended_at: None,
        };
        self.keep(move |tx| {
            apprenticeship::add(tx, &new)?;
            let work = Work {
                id: Uuid::now_v7(),
                apprenticeship: id,
                division: new.division.clone(),
                craft,
                stage: ApprenticeStage::Beginner,
                title: Some("第一件作品".to_owned()),
                description: None,
                made_on: now.date_naive() - Days::new(5),
                exhibition: None,
                withdrawn_at: None,
                version: 1,
                created_by: pupil.1,
                created_at: now,
            };
            apprenticeship::add_work(tx, &work)
        })
        .await;
        id
    }
}
