//! Organisations and teams 组织与队伍: known again by their credit codes, or by their names where they are at home.

use std::collections::HashMap;
use std::sync::Arc;

use domain::identity::Action;
use domain::import::ImportKind;
use domain::organisation::{OrganisationKind, OrganisationState};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::organisation::{self, Organisation, Profile};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::value::{date, given, of_list};
use super::{Column, Loader, Outcome, Row, Table, differing, refused};
use crate::body;
use crate::book::Book;
use crate::organisation::paper::{Paper, keep};
use crate::organisation::record::CreateOrganisation;
use crate::problem::{Fault, Problem, Rule};

/// What a table of organisations is loaded with.
#[derive(Clone)]
pub struct Organisations {
    /// The regions, whose time zones tell what day it is.
    pub book: Arc<Book>,
    /// Where who names no division is at home.
    pub division: Option<String>,
    /// The sponsor of those that name none, by credit code or name.
    pub sponsor: Option<String>,
    /// The kind of those that name none.
    pub kind: OrganisationKind,
    /// Where they stand at first: `draft`, or `active` where the other platform has admitted them.
    pub state: OrganisationState,
    /// Who loads the table.
    pub loader: Loader,
}

/// What a row says.
struct Said {
    line: usize,
    division: DivisionCode,
    region: DivisionCode,
    sponsor: Option<String>,
    paper: Paper,
}

impl Table for Organisations {
    const ACTION: Action = ImportKind::Organisations.action();

    const COLUMNS: &'static [Column] = &[
        Column {
            name: "name",
            headers: &["组织名称", "队伍名称", "团队名称", "团体名称", "名称", "单位名称", "tên tổ chức"],
            required: true,
        },
        Column {
            name: "kind", headers: &["组织类型", "队伍类型", "团队类型", "类型", "单位性质", "loại tổ chức"], required: false
        },
        Column {
            name: "credit_code", headers: &["统一社会信用代码", "信用代码", "社会信用代码", "mã tín dụng"], required: false
        },
        Column {
            name: "division", headers: &["区划代码", "所属区划代码", "社区代码", "区划编码", "mã địa bàn"], required: false
        },
        Column { name: "founded_on", headers: &["成立日期", "成立时间", "注册日期", "ngày thành lập"], required: false },
        Column {
            name: "sponsor",
            headers: &["主管单位", "业务主管单位", "发起单位", "挂靠单位", "上级组织", "联络组织", "đơn vị bảo trợ"],
            required: false,
        },
        Column {
            name: "contact_name", headers: &["联系人", "负责人", "联系人姓名", "负责人姓名", "người liên hệ"], required: false
        },
        Column {
            name: "contact_phone",
            headers: &["联系电话", "联系人电话", "负责人电话", "联系方式", "电话", "điện thoại"],
            required: false,
        },
    ];

    fn load(&self, tx: &mut Tx, rows: &[Row], trial: bool) -> Result<Outcome, Fault> {
        let mut outcome = Outcome::default();
        let mut said = Vec::with_capacity(rows.len());
        for row in rows {
            match self.read(tx, row) {
                Ok(read) => said.push(read),
                Err(problem) => outcome.refused.push(refused(row.line, Self::COLUMNS, &problem)),
            }
        }
        let mut known = Known::look(tx, &said)?;
        for said in said {
            let line = said.line;
            match self.take(tx, &mut known, said, trial)? {
                Ok(Taken::Added) => outcome.added += 1,
                Ok(Taken::There(differs)) if differs.is_empty() => outcome.unchanged += 1,
                Ok(Taken::There(differs)) => outcome.differing.extend(differing(line, &differs)),
                Err(problem) => outcome.refused.push(refused(line, Self::COLUMNS, &problem)),
            }
        }
        outcome.refused.sort_by_key(|refused| refused.line);
        if trial || outcome.added == 0 {
            tx.changes_nothing();
        } else {
            tx.about_named("organisations", "import");
        }
        Ok(outcome)
    }
}

enum Taken {
    Added,
    /// It is there already, and differs in these.
    There(Vec<&'static str>),
}

impl Organisations {
    /// Reads a row as the request that would found it in the records.
    fn read(&self, tx: &Tx, row: &Row) -> Result<Said, Problem> {
        if let Some(column) = row.unreadable().next() {
            return Err(Problem::field(format!("/{column}"), Rule::NotReadable));
        }
        const ALSO: &[(&str, OrganisationKind)] = &[
            ("志愿服务队伍", OrganisationKind::VolunteerTeam),
            ("志愿队", OrganisationKind::VolunteerTeam),
            ("志愿服务组织", OrganisationKind::VolunteerTeam),
            ("社工机构", OrganisationKind::SocialWorkAgency),
            ("学校", OrganisationKind::School),
            ("医院", OrganisationKind::Hospital),
        ];
        let kind = given(row.get("kind")).map_or(Ok(self.kind), |cell| of_list("kind", cell, ALSO))?;
        let mut asked = Map::new();
        let mut set = |name: &str, value: Option<Value>| value.map(|value| asked.insert(name.to_owned(), value));
        set("name", Some(json!(row.get("name"))));
        set("kind", Some(json!(kind.as_str())));
        set("credit_code", given(row.get("credit_code")).map(|code| json!(code.to_ascii_uppercase())));
        set("division", given(row.get("division")).or(self.division.as_deref()).map(|division| json!(division)));
        set("founded_on", given(row.get("founded_on")).map(|cell| json!(date(cell))));
        match (given(row.get("contact_name")), given(row.get("contact_phone"))) {
            (Some(name), Some(phone)) => drop(set("contact", Some(json!({ "name": name, "phone": phone })))),
            (Some(_), None) => return Err(Problem::field("/contact_phone", Rule::Required)),
            (None, Some(_)) => return Err(Problem::field("/contact_name", Rule::Required)),
            (None, None) => {}
        }
        let asked: CreateOrganisation = body::row(&Value::Object(asked))?;
        let division = asked.home()?;
        self.loader.check(Self::ACTION, &division)?;
        let region = self.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
        let paper = asked.paper(tx.now().with_timezone(&region.zone).date_naive())?;
        let sponsor = given(row.get("sponsor")).map(ToOwned::to_owned).or_else(|| self.sponsor.clone());
        Ok(Said { line: row.line, division, region: region.division.clone(), sponsor, paper })
    }

    fn take(&self, tx: &mut Tx, known: &mut Known, said: Said, trial: bool) -> Result<Result<Taken, Problem>, Fault> {
        let Some(division) = known.divisions.get(&said.division).cloned() else {
            return Ok(Err(Problem::field("/division", Rule::UnknownDivision)));
        };
        let Paper { kind, name, mut profile } = said.paper;
        let by_code = profile.credit_code.as_ref().and_then(|code| known.by_code.get(code.as_str()));
        let by_name = known.by_name.get(&(division.clone(), name.clone()));
        let there = match (by_code, by_name) {
            (Some(one), Some(other)) if one != other => return Ok(Err(Problem::field("/name", Rule::SomebodyElse))),
            (one, other) => one.or(other).and_then(|id| known.organisations.get(id)),
        };
        if let Some((organisation, kept)) = there {
            if !self.loader.reaches(Self::ACTION, &organisation.division) {
                return Ok(Err(Problem::field("/name", Rule::SomebodyElse)));
            }
            let mut differs = differences(&profile, kept);
            differs.extend((organisation.kind != kind.as_str()).then_some("kind"));
            differs.extend((organisation.name != name).then_some("name"));
            differs.extend((organisation.division != division).then_some("division"));
            differs.retain(|column| self.loader.tells(column));
            return Ok(Ok(Taken::There(differs)));
        }
        let sponsor = said.sponsor.filter(|sponsor| *sponsor != name);
        match sponsor.map(|sponsor| known.sponsor(&said.region, &sponsor)).transpose() {
            Ok(sponsor) => profile.sponsor = sponsor,
            Err(problem) => return Ok(Err(problem)),
        }
        if self.state == OrganisationState::Active && profile.credit_code.is_none() && profile.sponsor.is_none() {
            return Ok(Err(Problem::field("/credit_code", Rule::IdentityNeeded)));
        }
        let (id, kind, region) = (Uuid::now_v7(), kind.as_str().to_owned(), said.region);
        let new = Organisation { id, region, division, kind, name, state: self.state, version: 0 };
        if !trial {
            organisation::add(tx, &new, self.loader.account())?;
            keep(tx, &new, &profile)?;
        }
        known.know(new, profile);
        Ok(Ok(Taken::Added))
    }
}

/// In what a row says otherwise than the record.
fn differences(said: &Profile, kept: &Profile) -> Vec<&'static str> {
    let differs = [
        ("credit_code", said.credit_code.is_some() && said.credit_code != kept.credit_code),
        ("founded_on", said.founded_on.is_some() && said.founded_on != kept.founded_on),
        ("contact_name", said.contact.is_some() && said.contact != kept.contact),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

/// What is on record about the organisations of a batch and their sponsors.
#[derive(Default)]
struct Known {
    organisations: HashMap<Uuid, (Organisation, Profile)>,
    by_code: HashMap<String, Uuid>,
    by_name: HashMap<(DivisionCode, String), Uuid>,
    divisions: HashMap<DivisionCode, DivisionCode>,
}

impl Known {
    fn look(tx: &mut Tx, said: &[Said]) -> Result<Self, Fault> {
        let sponsors = said.iter().filter_map(|said| said.sponsor.clone());
        let names: Vec<String> = said.iter().map(|said| said.paper.name.clone()).chain(sponsors.clone()).collect();
        let codes = said.iter().filter_map(|said| said.paper.profile.credit_code.as_ref()).map(|code| code.as_str().to_owned());
        let codes: Vec<String> = codes.chain(sponsors.map(|sponsor| sponsor.to_ascii_uppercase())).collect();
        let found = organisation::find_many(tx, &codes, &names)?;
        let ids: Vec<Uuid> = found.iter().map(|organisation| organisation.id).collect();
        let mut profiles = organisation::profiles(tx, &ids)?;
        let divisions: Vec<DivisionCode> = said.iter().map(|said| said.division.clone()).collect();
        let mut known = Self { divisions: persistence::region::find_many(tx, &divisions)?, ..Self::default() };
        for organisation in found {
            let profile = profiles.remove(&organisation.id).unwrap_or_default();
            known.know(organisation, profile);
        }
        Ok(known)
    }

    fn know(&mut self, organisation: Organisation, profile: Profile) {
        self.by_code.extend(profile.credit_code.as_ref().map(|code| (code.as_str().to_owned(), organisation.id)));
        self.by_name.insert((organisation.division.clone(), organisation.name.clone()), organisation.id);
        self.organisations.insert(organisation.id, (organisation, profile));
    }

    /// The one active organisation of a region with this credit code or name.
    fn sponsor(&self, region: &DivisionCode, said: &str) -> Result<Uuid, Problem> {
        let named = |(organisation, profile): &&(Organisation, Profile)| {
            let code = profile.credit_code.as_ref().is_some_and(|code| code.as_str() == said.to_ascii_uppercase());
            organisation.region == *region && (code || organisation.name == said)
        };
        let mut found = self.organisations.values().filter(named);
        match (found.next(), found.next()) {
            (Some((organisation, _)), None) if organisation.state == OrganisationState::Active => Ok(organisation.id),
            (Some(_), None) => Err(Problem::field("/sponsor", Rule::NotActive)),
            _ => Err(Problem::field("/sponsor", Rule::UnknownOrganisation)),
        }
    }
}
