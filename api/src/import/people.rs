//! The people of a batch of rows against those on record: who is there already, who is somebody else, and who is new.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex};

use domain::identity::Action;
use domain::person::{Document, DocumentKind, Likeness, Phone, Trait, Traits, likeness};
use domain::region::DivisionCode;
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::person::{self, NewPerson, Person};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::value::{date, given, of_list};
use super::{Column, Loader, Outcome, Row, Table, differing, refused};
use crate::person::input::hold_many;
use crate::problem::{Fault, Problem, Rule};

/// Keys that were seen before, as short as they can be.
#[derive(Clone, Default)]
pub struct Seen(Arc<(Mutex<HashSet<u64>>, RandomState)>);

impl Seen {
    /// Notes a key; whether it was noted before.
    pub(super) fn note(&self, key: &str) -> bool {
        let (seen, hasher) = (&self.0.0, &self.0.1);
        seen.lock().is_ok_and(|mut seen| !seen.insert(hasher.hash_one(key)))
    }

    /// In a trial nobody is kept whom a later row could be compared with: that they were seen is enough.
    pub(super) fn note_person(&self, person: &NewPerson, about: &str) -> bool {
        let document = person.document.as_ref().map(document_key);
        let phone = person.phone.as_ref().map(|phone| format!("{} {}", phone.as_str(), person.name.as_str().to_lowercase()));
        // Both are noted, whatever is known of the first.
        [document, phone].into_iter().flatten().filter(|key| self.note(&format!("{key} {about}"))).count() > 0
    }
}

/// The columns by which people are known.
pub(super) const IDENTIFIERS: [Column; 5] = [
    Column { name: "document_kind", headers: &["证件类型", "证件类别", "证件种类", "loại giấy tờ"], required: false },
    Column { name: "document_country", headers: &["证件签发国", "签发国家", "国籍代码"], required: false },
    Column {
        name: "document",
        headers: &["证件号码", "证件号", "身份证号", "身份证号码", "身份号码", "公民身份号码", "身份证", "số giấy tờ"],
        required: false,
    },
    Column {
        name: "phone",
        headers: &["手机号", "手机号码", "手机", "联系电话", "电话", "移动电话", "联系方式", "điện thoại"],
        required: false,
    },
    Column { name: "birth_date", headers: &["出生日期", "出生年月日", "生日", "ngày sinh"], required: false },
];

/// The request that would write down the person of a row; `home` is where who names no division lives.
///
/// # Errors
/// Names the column.
pub(super) fn request(row: &Row, home: Option<&str>, basis: &str) -> Result<Value, Problem> {
    if given(row.get("document")).is_none() && given(row.get("phone")).is_none() {
        return Err(Problem::field("/document", Rule::IdentifierNeeded));
    }
    let mut asked = Map::new();
    let mut set = |name: &str, value: Option<Value>| value.map(|value| asked.insert(name.to_owned(), value));
    set("name", Some(json!(row.get("name"))));
    set("phone", given(row.get("phone")).map(|phone| json!(phone)));
    set("document", document(row)?);
    set("birth_date", given(row.get("birth_date")).map(|cell| json!(date(cell))));
    set("division", home.map(|division| json!(division)));
    set("basis", Some(json!(basis)));
    Ok(Value::Object(asked))
}

fn document(row: &Row) -> Result<Option<Value>, Problem> {
    const ALSO: &[(&str, DocumentKind)] = &[
        ("身份证", DocumentKind::ResidentIdentityCard),
        ("居民身份证", DocumentKind::ResidentIdentityCard),
        ("内地居民身份证", DocumentKind::ResidentIdentityCard),
        ("二代身份证", DocumentKind::ResidentIdentityCard),
        ("护照", DocumentKind::Passport),
    ];
    let Some(number) = given(row.get("document")) else { return Ok(None) };
    let kind = given(row.get("document_kind")).map(|cell| of_list("document_kind", cell, ALSO)).transpose()?;
    let kind = kind.unwrap_or(DocumentKind::ResidentIdentityCard);
    let mut document = json!({ "kind": kind.as_str(), "number": number });
    if let (Some(country), Some(document)) = (given(row.get("document_country")), document.as_object_mut()) {
        document.insert("country".to_owned(), json!(country));
    }
    Ok(Some(document))
}

/// Those on record whom the rows of a batch may be about, and who was written down by an earlier row.
#[derive(Default)]
pub(super) struct People {
    known: Vec<NewPerson>,
    by_document: HashMap<String, usize>,
    by_phone: HashMap<String, Vec<usize>>,
    divisions: HashMap<DivisionCode, DivisionCode>,
}

/// Somebody on record whom a row is about.
pub(super) struct Found {
    /// Who.
    pub(super) person: Uuid,
    /// The columns in which the row says otherwise.
    pub(super) differs: Vec<&'static str>,
}

impl People {
    /// Looks for everybody whom the rows may be about. Who writes down the same by telephone number and name waits meanwhile.
    pub(super) fn look(tx: &mut Tx, said: &[&NewPerson], trial: bool) -> Result<Self, Fault> {
        if !trial {
            hold_many(tx, said.iter().filter_map(|person| Some((person.phone.as_ref()?, &person.name))))?;
        }
        let documents: Vec<Document> = said.iter().filter_map(|person| person.document.clone()).collect();
        let phones: Vec<Phone> = said.iter().filter_map(|person| person.phone.clone()).collect();
        let codes: HashSet<DivisionCode> = said.iter().map(|person| person.division.clone()).collect();
        let codes: Vec<DivisionCode> = codes.into_iter().collect();
        let mut people = Self { divisions: persistence::region::find_many(tx, &codes)?, ..Self::default() };
        for person in person::find_many(tx, &documents, &phones)? {
            people.know(on_record(person));
        }
        Ok(people)
    }

    /// Everybody's id.
    pub(super) fn ids(&self) -> Vec<Uuid> {
        self.known.iter().map(|person| person.id).collect()
    }

    /// From now on rows may be about this one, too.
    pub(super) fn know(&mut self, person: NewPerson) {
        let place = self.known.len();
        if let Some(document) = &person.document {
            self.by_document.insert(document_key(document), place);
        }
        if let Some(phone) = &person.phone {
            self.by_phone.entry(phone.as_str().to_owned()).or_default().push(place);
        }
        self.known.push(person);
    }

    /// Whom a row is about, if they are on record. Of somebody whom the loader does not reach nothing is told but that they are there.
    pub(super) fn find(&self, person: &NewPerson, loader: &Loader, action: Action) -> Result<Option<Found>, Problem> {
        let traits = traits(person, self.division(person)?);
        for known in self.candidates(person) {
            match likeness(&traits, &self::traits(known, &known.division)) {
                Likeness::Unrelated => {}
                _ if !loader.reaches(action, &known.division) => return Err(Problem::field("/document", Rule::SomebodyElse)),
                Likeness::Contradicts(what) => return Err(Problem::field(format!("/{}", column(what)), Rule::SomebodyElse)),
                Likeness::Same(differs) => {
                    let differs = differs.into_iter().map(column).filter(|column| loader.tells(column)).collect();
                    return Ok(Some(Found { person: known.id, differs }));
                }
            }
        }
        Ok(None)
    }

    /// Whom a row may be about: by document first.
    fn candidates(&self, person: &NewPerson) -> impl Iterator<Item = &NewPerson> {
        let by_document = person.document.as_ref().and_then(|document| self.by_document.get(&document_key(document)));
        let by_phone = person.phone.as_ref().and_then(|phone| self.by_phone.get(phone.as_str()));
        by_document.into_iter().chain(by_phone.into_iter().flatten()).filter_map(|place| self.known.get(*place))
    }

    /// Where somebody lives, as it is called today.
    pub(super) fn division(&self, person: &NewPerson) -> Result<&DivisionCode, Problem> {
        self.divisions.get(&person.division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))
    }
}

/// What became of a row about somebody.
pub(super) enum Taken {
    /// It was added.
    Added,
    /// It is there already, and differs in these.
    There(Vec<&'static str>),
}

/// Loads rows that are each about somebody, one after the other: `read` reads a row, `take` decides on what it says of whom.
pub(super) fn load<T: Table, S>(
    tx: &mut Tx,
    (rows, collection, trial): (&[Row], &'static str, bool),
    read: impl Fn(&Row) -> Result<(NewPerson, S), Problem>,
    mut take: impl FnMut(&mut Tx, &mut People, NewPerson, S) -> Result<Taken, Fault>,
) -> Result<Outcome, Fault> {
    let (mut outcome, mut said) = (Outcome::default(), Vec::with_capacity(rows.len()));
    for row in rows {
        match read(row) {
            Ok((person, says)) => said.push((row.line, person, says)),
            Err(problem) => outcome.refused.push(refused(row.line, T::COLUMNS, &problem)),
        }
    }
    let mut people = People::look(tx, &said.iter().map(|(_, person, _)| person).collect::<Vec<_>>(), trial)?;
    for (line, person, says) in said {
        match take(tx, &mut people, person, says) {
            Ok(Taken::Added) => outcome.added += 1,
            Ok(Taken::There(differs)) if differs.is_empty() => outcome.unchanged += 1,
            Ok(Taken::There(differs)) => outcome.differing.extend(differing(line, &differs)),
            Err(Fault::Problem(problem)) => outcome.refused.push(refused(line, T::COLUMNS, &problem)),
            Err(fault) => return Err(fault),
        }
    }
    outcome.refused.sort_by_key(|refused| refused.line);
    if trial || outcome.added == 0 {
        tx.changes_nothing();
    } else {
        tx.about_named(collection, "import");
    }
    Ok(outcome)
}

const fn column(what: Trait) -> &'static str {
    match what {
        Trait::Name => "name",
        Trait::Phone => "phone",
        Trait::Document => "document",
        Trait::BirthDate => "birth_date",
        Trait::Division => "division",
    }
}

fn document_key(document: &Document) -> String {
    format!("{} {} {}", document.kind(), document.country(), document.number())
}

const fn traits<'a>(person: &'a NewPerson, division: &'a DivisionCode) -> Traits<'a> {
    let (phone, document) = (person.phone.as_ref(), person.document.as_ref());
    Traits { name: &person.name, phone, document, birth_date: person.birth_date, division }
}

fn on_record(person: Person) -> NewPerson {
    let Person { id, division, name, phone, document, birth_date, claimed, entered_by, .. } = person;
    NewPerson { id, division, name, phone, document, birth_date, claimed, entered_by }
}
