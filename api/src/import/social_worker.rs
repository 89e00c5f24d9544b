//! Social workers 社会工作者: each row names somebody and what they are. Who is not on record yet is written down with it.

use std::sync::Arc;

use actix_web::web::Data;
use domain::identity::{Action, Actor};
use domain::import::ImportKind;
use domain::order::Basis;
use domain::region::DivisionCode;
use domain::social_worker::{Qualification, SocialWorkPost};
use domain::vocabulary::Vocabulary as _;
use persistence::person::{self, Entry, NewPerson};
use persistence::social_worker::{self, SocialWorker};
use persistence::{StoreError, Tx};
use serde_json::{Map, Value, json};

use super::people::{self, Found, IDENTIFIERS, People, Taken};
use super::value::{date, given, of_list, yes};
use super::{Column, Loader, Outcome, Row, Seen, Table};
use crate::actor::may;
use crate::body;
use crate::identity::second_person::{First, about_another};
use crate::person::entry::{self, EnterPerson};
use crate::person::input::today;
use crate::problem::{Fault, Problem, Rule};
use crate::services::Services;
use crate::social_worker::register::{SocialWorkerInput, add};

/// What a table of social workers is loaded with.
#[derive(Clone)]
pub struct SocialWorkers {
    /// The services, whose regions and policies hold.
    pub services: Data<Services>,
    /// Who writes them down.
    pub who: Arc<Actor>,
    /// No further than there.
    pub within: DivisionCode,
    /// Where who names no division works; who names no home lives there, too, where it is a grid or a community.
    pub division: Option<String>,
    /// Who has been seen in a trial, which keeps nobody.
    pub seen: Seen,
}

impl Table for SocialWorkers {
    const ACTION: Action = ImportKind::SocialWorkers.action();

    const COLUMNS: &'static [Column] = &[
        Column {
            name: "name", headers: &["姓名", "社工姓名", "社会工作者姓名", "họ tên", "họ và tên"], required: true
        },
        IDENTIFIERS[0],
        IDENTIFIERS[1],
        IDENTIFIERS[2],
        IDENTIFIERS[3],
        IDENTIFIERS[4],
        Column {
            name: "division",
            headers: &["工作区划代码", "工作区划", "区划代码", "所在区划代码", "mã địa bàn làm việc"],
            required: false,
        },
        Column { name: "home", headers: &["居住社区代码", "居住区划代码", "社区代码", "mã nơi ở"], required: false },
        Column {
            name: "post", headers: &["岗位", "岗位类别", "工作岗位", "单位类别", "人员类别", "vị trí"], required: true
        },
        Column {
            name: "qualification",
            headers: &["职业资格", "资格等级", "资格", "职业水平等级", "证书等级", "trình độ"],
            required: false,
        },
        Column {
            name: "certificate", headers: &["证书编号", "证书号", "资格证书编号", "管理号", "số chứng chỉ"], required: false
        },
        Column {
            name: "certified_on", headers: &["发证日期", "取证日期", "批准日期", "证书日期", "ngày cấp"], required: false
        },
        Column {
            name: "registered_on", headers: &["登记日期", "首次登记日期", "注册日期", "ngày đăng ký"], required: false
        },
        Column { name: "party_member", headers: &["是否党员", "党员", "中共党员", "đảng viên"], required: false },
    ];

    fn load(&self, tx: &mut Tx, rows: &[Row], trial: bool) -> Result<Outcome, Fault> {
        let read = |row: &Row| self.read(row);
        people::load::<Self, _>(tx, (rows, "social-workers", trial), read, |tx, people, person, worker| {
            self.take(tx, people, person, worker, trial)
        })
    }
}

impl SocialWorkers {
    /// Reads a row as the requests that would write down the person and what they are.
    fn read(&self, row: &Row) -> Result<(NewPerson, SocialWorker), Problem> {
        if let Some(column) = row.unreadable().next() {
            return Err(Problem::field(format!("/{column}"), Rule::NotReadable));
        }
        let division = given(row.get("division")).or(self.division.as_deref());
        let division = division.ok_or_else(|| Problem::field("/division", Rule::Required))?;
        let worker = self.worker(row, division)?;
        self.loader().check(Self::ACTION, &worker.division)?;
        let home = given(row.get("home")).unwrap_or(division);
        let at_home = |problem: Problem| if given(row.get("home")).is_none() { Problem::field("/home", Rule::Required) } else { problem };
        let asked: EnterPerson = body::row(&people::request(row, Some(home), Basis::StatutoryDuty.as_str())?)?;
        crate::person::input::home("/home", home).map_err(at_home)?;
        let person = entry::read(&asked, Some(self.who.account), |division| today(&self.services, division))?;
        if !person.birth_date.is_some_and(|birth| domain::person::is_of_age(birth, today(&self.services, &worker.division))) {
            return Err(Problem::field("/birth_date", Rule::AdultsOnly));
        }
        let worker = SocialWorker { person: person.id, ..worker };
        Ok((person, worker))
    }

    fn worker(&self, row: &Row, division: &str) -> Result<SocialWorker, Problem> {
        const LEVELS: &[(&str, Qualification)] = &[
            ("助理", Qualification::Assistant),
            ("初级", Qualification::Assistant),
            ("中级", Qualification::SocialWorker),
            ("高级", Qualification::Senior),
        ];
        const POSTS: &[(&str, SocialWorkPost)] = &[
            ("社工站", SocialWorkPost::Station),
            ("边境专干", SocialWorkPost::BorderYouthOfficer),
            ("社区", SocialWorkPost::CommunityWorker),
            ("社工机构", SocialWorkPost::Agency),
            ("其他", SocialWorkPost::Other),
        ];
        let mut asked = Map::new();
        let mut set = |name: &str, value: Option<Value>| value.map(|value| asked.insert(name.to_owned(), value));
        let qualification = given(row.get("qualification")).map(|cell| of_list("qualification", cell, LEVELS)).transpose()?;
        set("division", Some(json!(division)));
        set("post", Some(json!(of_list("post", row.get("post"), POSTS)?.as_str())));
        set("qualification", qualification.map(|level| json!(level.as_str())));
        set("certificate", given(row.get("certificate")).map(|number| json!(number)));
        for day in ["certified_on", "registered_on"] {
            set(day, given(row.get(day)).map(|cell| json!(date(cell))));
        }
        let member = given(row.get("party_member")).map(|cell| yes("party_member", cell)).transpose()?;
        set("party_member", member.map(|member| json!(member)));
        let asked: SocialWorkerInput = body::row(&Value::Object(asked))?;
        asked.read("", &self.services, self.who.account, uuid::Uuid::nil())
    }

    fn loader(&self) -> Loader {
        Loader::Staff(Arc::clone(&self.who), self.within.clone())
    }

    fn take(&self, tx: &mut Tx, people: &mut People, person: NewPerson, worker: SocialWorker, trial: bool) -> Result<Taken, Fault> {
        let home = people.division(&person).map_err(|_| Problem::field("/home", Rule::UnknownDivision))?.clone();
        let Some(found) = people.find(&person, &self.loader(), Self::ACTION)? else {
            if trial {
                return Ok(if self.seen.note_person(&person, "") { Taken::There(Vec::new()) } else { Taken::Added });
            }
            let new = NewPerson { division: home, ..person };
            // Whoever works as a social worker has consented to be on record as one.
            person::enter_many(tx, &[Entry { person: new.clone(), basis: Basis::Consent }])?;
            let written = person::load(tx, new.id)?;
            add(tx, &self.services, &written, "/division", worker)?;
            people.know(new);
            return Ok(Taken::Added);
        };
        self.take_known(tx, &found, worker, trial)
    }

    /// Takes a row about somebody on record.
    fn take_known(&self, tx: &mut Tx, found: &Found, worker: SocialWorker, trial: bool) -> Result<Taken, Fault> {
        match about_another::<may::EditSocialWorkers>(tx, &self.who, &First::person(found.person)) {
            Err(Fault::Problem(_)) => return Err(Problem::field("/name", Rule::OthersOnly).into()),
            independent => independent?,
        }
        match social_worker::load(tx, found.person) {
            Ok(kept) => {
                // Where somebody lives is no matter of the register.
                let differs = found.differs.iter().copied().filter(|column| *column != "division").chain(differences(&worker, &kept));
                Ok(Taken::There(differs.filter(|column| self.loader().tells(column)).collect()))
            }
            Err(StoreError::Missing) => {
                if !trial {
                    let known = person::load(tx, found.person)?;
                    add(tx, &self.services, &known, "/division", SocialWorker { person: found.person, ..worker })?;
                }
                Ok(Taken::Added)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// In what a row says otherwise than the register.
fn differences(said: &SocialWorker, kept: &SocialWorker) -> impl Iterator<Item = &'static str> + use<> {
    let differs = [
        ("division", said.division != kept.division),
        ("post", said.post != kept.post),
        ("qualification", said.qualification.is_some() && said.qualification != kept.qualification),
        ("certificate", said.certificate.is_some() && said.certificate != kept.certificate),
        ("certified_on", said.certified_on.is_some() && said.certified_on != kept.certified_on),
        ("registered_on", said.registered_on.is_some() && said.registered_on != kept.registered_on),
        ("party_member", said.party_member.is_some() && said.party_member != kept.party_member),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(column, _)| column)
}
