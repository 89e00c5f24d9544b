//! A batch of rows against what is on record: who is there already, who is somebody else, and who is new.

use std::collections::{HashMap, HashSet};

use domain::person::{
    ConsentGiver, ConsentKind, Document, GivenConsent, Likeness, Phone, PrivacyPolicy, Trait, Traits, VolunteerState, ground, likeness,
    who_consents,
};
use domain::region::DivisionCode;
use persistence::Tx;
use persistence::person::{self, Enrolled, Entry, NewPerson, NewVolunteer, Person};
use uuid::Uuid;

use super::read::Said;
use super::{Seen, Volunteers};
use crate::import::{Outcome, Refused, Table as _, refused};
use crate::person::input::hold_many;
use crate::person::volunteer;
use crate::problem::{Fault, Problem, Rule};

/// What is on record about the people of a batch.
#[derive(Default)]
pub(super) struct Batch {
    known: Vec<Known>,
    by_document: HashMap<String, usize>,
    by_phone: HashMap<String, Vec<usize>>,
    /// Who has a volunteer's number.
    numbers: HashMap<String, Uuid>,
    /// Divisions by their codes, as they are called today.
    divisions: HashMap<DivisionCode, DivisionCode>,
    entries: Vec<Entry>,
    enrolled: Vec<Enrolled>,
}

/// Somebody on record, or written down by an earlier row.
struct Known {
    person: NewPerson,
    consents: Vec<GivenConsent>,
    /// The volunteer's number, where the person is one.
    number: Option<String>,
}

/// What is to be done with a row.
enum Decision {
    New,
    /// Somebody on record becomes a volunteer.
    Enrol(usize),
    /// Nothing: that is there, and differs in these.
    There(Vec<&'static str>),
}

impl Batch {
    /// Looks for everybody whom the rows may be about. Who writes down the same by telephone number and name waits meanwhile.
    pub(super) fn look(tx: &mut Tx, said: &[Said], trial: bool) -> Result<Self, Fault> {
        if !trial {
            hold_many(tx, said.iter().filter_map(|said| Some((said.person.phone.as_ref()?, &said.person.name))))?;
        }
        let documents: Vec<Document> = said.iter().filter_map(|said| said.person.document.clone()).collect();
        let phones: Vec<Phone> = said.iter().filter_map(|said| said.person.phone.clone()).collect();
        let found = person::find_many(tx, &documents, &phones)?;
        let ids: Vec<Uuid> = found.iter().map(|person| person.id).collect();
        let numbers: Vec<String> = said.iter().filter_map(|said| said.number.clone()).collect();
        let volunteers = person::find_volunteers(tx, &ids, &numbers)?;
        let mut consents = person::given_consents_of(tx, &ids)?;
        let mut batch = Self { divisions: divisions(tx, said)?, ..Self::default() };
        let mut of_person: HashMap<Uuid, String> = HashMap::new();
        for volunteer in volunteers {
            batch.numbers.insert(volunteer.number.clone(), volunteer.person);
            of_person.insert(volunteer.person, volunteer.number);
        }
        for person in found {
            let (number, consents) = (of_person.remove(&person.id), consents.remove(&person.id).unwrap_or_default());
            batch.know(Known { person: on_record(person), consents, number });
        }
        Ok(batch)
    }

    fn know(&mut self, known: Known) {
        let place = self.known.len();
        if let Some(document) = &known.person.document {
            self.by_document.insert(document_key(document), place);
        }
        if let Some(phone) = &known.person.phone {
            self.by_phone.entry(phone.as_str().to_owned()).or_default().push(place);
        }
        self.known.push(known);
    }

    /// Decides on each row in turn, and keeps what can be taken.
    pub(super) fn decide(
        mut self,
        table: &Volunteers,
        tx: &mut Tx,
        said: Vec<Said>,
        outcome: &mut Outcome,
        trial: bool,
    ) -> Result<(), Fault> {
        for said in said {
            let line = said.line;
            match self.decide_row(&said) {
                Err(problem) => outcome.refused.push(refused(line, Volunteers::COLUMNS, &problem)),
                Ok(Decision::There(differs)) if differs.is_empty() => outcome.unchanged += 1,
                Ok(Decision::There(differs)) => outcome.differing.extend(differing(line, &differs)),
                Ok(_) if trial && seen_before(&table.seen, &said) => outcome.unchanged += 1,
                Ok(decision) => match self.take(table, said, &decision) {
                    Ok(()) => outcome.added += 1,
                    Err(problem) => outcome.refused.push(refused(line, Volunteers::COLUMNS, &problem)),
                },
            }
        }
        if trial {
            return Ok(());
        }
        if self.entries.is_empty() && self.enrolled.is_empty() {
            tx.changes_nothing();
            return Ok(());
        }
        tx.about_named("volunteers", "import");
        person::enter_many(tx, &self.entries)?;
        Ok(person::add_volunteers(tx, &self.enrolled)?)
    }

    fn decide_row(&self, said: &Said) -> Result<Decision, Problem> {
        let division = self.division(&said.person)?;
        let traits = traits(&said.person, division);
        for place in self.candidates(&said.person) {
            let Some(known) = self.known.get(place) else { continue };
            match likeness(&traits, &self::traits(&known.person, &known.person.division)) {
                Likeness::Unrelated => {}
                Likeness::Contradicts(what) => return Err(Problem::field(format!("/{}", column(what)), Rule::SomebodyElse)),
                Likeness::Same(_) if known.number.is_none() => {
                    self.free_number(said, Some(known.person.id))?;
                    return Ok(Decision::Enrol(place));
                }
                Likeness::Same(differs) => {
                    let number = said.number.as_ref().is_some_and(|number| known.number.as_ref() != Some(number));
                    return Ok(Decision::There(differs.into_iter().map(column).chain(number.then_some("number")).collect()));
                }
            }
        }
        self.free_number(said, None)?;
        Ok(Decision::New)
    }

    /// Whom a row may be about: by document first.
    fn candidates(&self, person: &NewPerson) -> Vec<usize> {
        let by_document = person.document.as_ref().and_then(|document| self.by_document.get(&document_key(document)));
        let by_phone = person.phone.as_ref().and_then(|phone| self.by_phone.get(phone.as_str()));
        by_document.into_iter().chain(by_phone.into_iter().flatten()).copied().collect()
    }

    fn free_number(&self, said: &Said, own: Option<Uuid>) -> Result<(), Problem> {
        let holder = said.number.as_ref().and_then(|number| self.numbers.get(number));
        if holder.is_some_and(|holder| Some(*holder) != own) { Err(Problem::field("/number", Rule::SomebodyElse)) } else { Ok(()) }
    }

    fn division(&self, person: &NewPerson) -> Result<&DivisionCode, Problem> {
        self.divisions.get(&person.division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))
    }

    /// Takes a row: the person where they are new, and the volunteer.
    fn take(&mut self, table: &Volunteers, said: Said, decision: &Decision) -> Result<(), Problem> {
        let division = self.division(&said.person)?.clone();
        let there = if let Decision::Enrol(place) = decision { self.known.get(*place) } else { None };
        let consents = there.map_or_else(|| person::given_by_entry(said.basis), |known| known.consents.clone());
        let person = there.map_or(said.person.id, |known| known.person.id);
        let state = first_state(table.state, said.age, &consents)?;
        let number = said.number.map_or_else(volunteer::number, Ok)?;
        let volunteer =
            NewVolunteer { person, number: number.clone(), region: said.region, division: division.clone(), state, by: table.by };
        self.numbers.insert(number.clone(), person);
        if let Decision::Enrol(place) = decision {
            if let Some(known) = self.known.get_mut(*place) {
                known.number = Some(number);
            }
        } else {
            let new = NewPerson { division, ..said.person };
            self.know(Known { person: new.clone(), consents, number: Some(number) });
            self.entries.push(Entry { person: new, basis: said.basis });
        }
        self.enrolled.push(Enrolled { volunteer, profile: said.profile });
        Ok(())
    }
}

/// Where somebody stands at first: as asked for, or waiting for the guardian's consent.
fn first_state(asked: VolunteerState, age: Option<u32>, consents: &[GivenConsent]) -> Result<VolunteerState, Problem> {
    match ground(ConsentKind::Register, age, consents, None, &PrivacyPolicy::default()) {
        Ok(_) => Ok(asked),
        Err(_) if who_consents(age) == ConsentGiver::Guardian => Ok(VolunteerState::Applied),
        Err(missing) => Err(missing.into()),
    }
}

/// In a trial nobody is kept whom a later row could be compared with: that they were seen is enough.
fn seen_before(seen: &Seen, said: &Said) -> bool {
    let document = said.person.document.as_ref().map(document_key);
    let phone = said.person.phone.as_ref().map(|phone| format!("{} {}", phone.as_str(), said.person.name.as_str().to_lowercase()));
    // Both are noted, whatever is known of the first.
    [document, phone].into_iter().flatten().filter(|key| seen.note(key)).count() > 0
}

fn differing(line: usize, differs: &[&'static str]) -> Vec<Refused> {
    differs.iter().map(|field| Refused { line, field, rule: Rule::DiffersFromRecord, words: Vec::new() }).collect()
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

/// The divisions of the rows as they are called today; those that are not there are left out.
fn divisions(tx: &mut Tx, said: &[Said]) -> Result<HashMap<DivisionCode, DivisionCode>, Fault> {
    let codes: HashSet<DivisionCode> = said.iter().map(|said| said.person.division.clone()).collect();
    let codes: Vec<DivisionCode> = codes.into_iter().collect();
    Ok(persistence::region::find_many(tx, &codes)?)
}
