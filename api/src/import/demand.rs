//! Needs 需求 of people: each row names somebody and what they need. Who is not on record yet is written down with it.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::web::Data;
use domain::demand::CareCategory;
use domain::identity::{Action, Actor};
use domain::import::ImportKind;
use domain::language::Language;
use domain::order::{Basis, Urgency};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::catalogue::{self, Craft};
use persistence::person::{self, Entry, NewPerson};
use serde_json::{Map, Value, json};

use super::people::{self, IDENTIFIERS, People, Taken};
use super::value::{given, list, of_list};
use super::{Column, Loader, Outcome, Row, Seen, Table};
use crate::body;
use crate::demand::enter::{EnterDemand, enter_listed};
use crate::person::entry::{self, EnterPerson};
use crate::person::input::today;
use crate::problem::{Fault, Problem, Rule};
use crate::services::Services;

/// What a table of needs is loaded with.
#[derive(Clone)]
pub struct Demands {
    /// The services, whose regions and policies hold.
    pub services: Data<Services>,
    /// Who has found the needs.
    pub who: Arc<Actor>,
    /// No further than there.
    pub within: DivisionCode,
    /// Where who names no division lives.
    pub division: Option<String>,
    /// On what basis the people and their needs are written down.
    pub basis: Basis,
    /// What has been seen in a trial, which keeps nothing.
    pub seen: Seen,
}

/// What a row says of a need: what is needed, and the rest of the request.
type Said = (String, Map<String, Value>);

impl Table for Demands {
    const ACTION: Action = ImportKind::Demands.action();

    const COLUMNS: &'static [Column] = &[
        Column {
            name: "name",
            headers: &["姓名", "需求人", "需求人姓名", "服务对象", "老人姓名", "居民姓名", "họ tên", "họ và tên"],
            required: true,
        },
        IDENTIFIERS[0],
        IDENTIFIERS[1],
        IDENTIFIERS[2],
        IDENTIFIERS[3],
        IDENTIFIERS[4],
        Column {
            name: "division",
            headers: &["区划代码", "网格代码", "所属网格代码", "社区代码", "所属区划代码", "mã địa bàn"],
            required: false,
        },
        Column {
            name: "category", headers: &["需求类别", "需求类型", "需求项目", "服务类别", "服务项目", "loại nhu cầu"], required: true
        },
        Column {
            name: "description", headers: &["需求内容", "需求描述", "需求说明", "具体需求", "内容", "nội dung"], required: true
        },
        Column { name: "urgency", headers: &["紧急程度", "紧迫程度", "优先级", "mức độ khẩn cấp"], required: false },
        Column {
            name: "tags", headers: &["脆弱情形", "人员类别", "特殊情况", "困难类型", "hoàn cảnh"], required: false
        },
    ];

    fn load(&self, tx: &mut Tx, rows: &[Row], trial: bool) -> Result<Outcome, Fault> {
        let mut crafts = HashMap::new();
        let read = |row: &Row| self.read(row);
        people::load::<Self, _>(tx, (rows, "demands", trial), read, |tx, people, person, said| {
            self.take(tx, people, &mut crafts, (person, said), trial)
        })
    }
}

impl Demands {
    /// Reads a row as the requests that would write down the person and the need.
    fn read(&self, row: &Row) -> Result<(NewPerson, Said), Problem> {
        if let Some(column) = row.unreadable().next() {
            return Err(Problem::field(format!("/{column}"), Rule::NotReadable));
        }
        let home = given(row.get("division")).or(self.division.as_deref());
        let asked: EnterPerson = body::row(&people::request(row, home, self.basis.as_str())?)?;
        let person = entry::read(&asked, Some(self.who.account), |division| today(&self.services, division))?;
        self.loader().check(Self::ACTION, &person.division)?;
        const URGENT: &[(&str, Urgency)] = &[("急", Urgency::High), ("非常紧急", Urgency::Emergency), ("一般紧急", Urgency::Normal)];
        let urgency = given(row.get("urgency")).map(|cell| of_list("urgency", cell, URGENT)).transpose()?.unwrap_or(Urgency::Normal);
        let tags = given(row.get("tags")).into_iter().flat_map(list).map(|cell| of_list("tags", cell, &[]));
        let tags = tags.collect::<Result<Vec<domain::demand::Vulnerability>, Problem>>()?;
        let need = json!({
            "urgency": urgency.as_str(), "tags": tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>(),
            "source": "other_organisation", "description": row.get("description"), "basis": self.basis.as_str(),
        });
        let Value::Object(need) = need else { return Err(Problem::internal("a need is an object")) };
        Ok((person, (row.get("category").to_owned(), need)))
    }

    fn loader(&self) -> Loader {
        Loader::Staff(Arc::clone(&self.who), self.within.clone())
    }

    /// Takes a row: the person where they are new, and the need where it is not on the list.
    fn take(
        &self,
        tx: &mut Tx,
        people: &mut People,
        crafts: &mut HashMap<DivisionCode, Vec<Craft>>,
        (person, (category, mut need)): (NewPerson, Said),
        trial: bool,
    ) -> Result<Taken, Fault> {
        let division = people.division(&person)?.clone();
        let (field, value) = self.category(tx, crafts, &division, &category)?;
        need.insert(field.to_owned(), value);
        let found = people.find(&person, &self.loader(), Self::ACTION)?;
        if trial && found.is_none() {
            // Nobody is kept whose need could be looked for.
            body::row::<EnterDemand>(&Value::Object(need))?;
            return Ok(if self.seen.note_person(&person, &category) { Taken::There(Vec::new()) } else { Taken::Added });
        }
        let subject = match found {
            Some(found) => found.person,
            None => {
                let new = NewPerson { division, ..person };
                person::enter_many(tx, &[Entry { person: new.clone(), basis: self.basis }])?;
                let id = new.id;
                people.know(new);
                id
            }
        };
        need.insert("subject".to_owned(), json!({ "kind": "person", "id": subject }));
        let asked: EnterDemand = body::row(&Value::Object(need))?;
        Ok(if enter_listed(tx, &self.services, &self.who, asked, trial)? { Taken::Added } else { Taken::There(Vec::new()) })
    }

    /// What is needed: a kind of care, or a craft of the region by one of its names.
    fn category(
        &self,
        tx: &mut Tx,
        crafts: &mut HashMap<DivisionCode, Vec<Craft>>,
        division: &DivisionCode,
        cell: &str,
    ) -> Result<(&'static str, Value), Fault> {
        let care = match of_list::<CareCategory>("category", cell, &[]) {
            Ok(care) => return Ok(("care", json!(care.as_str()))),
            Err(problem) => problem,
        };
        let region = self.services.book.region_of(division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
        if !crafts.contains_key(&region.division) {
            let known = catalogue::list_crafts(tx, &region.division)?;
            crafts.insert(region.division.clone(), known);
        }
        let is = |craft: &&Craft| craft.active && Language::ALL.iter().any(|language| craft.names.get(*language) == Some(cell));
        let craft = crafts.get(&region.division).into_iter().flatten().find(is);
        craft.map(|craft| ("craft", json!(craft.id))).ok_or_else(|| care.into())
    }
}
