//! A batch of rows against what is on record: who is there already, who is somebody else, and who is new.

use std::collections::HashMap;

use domain::person::{ConsentGiver, ConsentKind, GivenConsent, PrivacyPolicy, VolunteerState, ground, who_consents};
use persistence::Tx;
use persistence::person::{self, Enrolled, Entry, NewPerson, NewVolunteer};
use uuid::Uuid;

use super::Volunteers;
use super::read::Said;
use crate::import::people::People;
use crate::import::{Outcome, Table as _, differing, refused};
use crate::person::volunteer;
use crate::problem::{Fault, Problem, Rule};

/// What is on record about the people of a batch.
pub(super) struct Batch {
    people: People,
    /// What those on record have consented to, and who was written down by an earlier row.
    consents: HashMap<Uuid, Vec<GivenConsent>>,
    /// The numbers of those who are volunteers.
    of_person: HashMap<Uuid, String>,
    /// Who has a volunteer's number.
    numbers: HashMap<String, Uuid>,
    entries: Vec<Entry>,
    enrolled: Vec<Enrolled>,
}

/// What is to be done with a row.
enum Decision {
    New,
    /// Somebody on record becomes a volunteer.
    Enrol(Uuid),
    /// Nothing: that is there, and differs in these.
    There(Vec<&'static str>),
}

impl Batch {
    /// Looks for everybody whom the rows may be about.
    pub(super) fn look(tx: &mut Tx, said: &[Said], trial: bool) -> Result<Self, Fault> {
        let people = People::look(tx, &said.iter().map(|said| &said.person).collect::<Vec<_>>(), trial)?;
        let ids = people.ids();
        let numbers: Vec<String> = said.iter().filter_map(|said| said.number.clone()).collect();
        let volunteers = person::find_volunteers(tx, &ids, &numbers)?;
        let consents = person::given_consents_of(tx, &ids)?;
        let numbers = volunteers.iter().map(|volunteer| (volunteer.number.clone(), volunteer.person)).collect();
        let of_person = volunteers.into_iter().map(|volunteer| (volunteer.person, volunteer.number)).collect();
        Ok(Self { people, consents, of_person, numbers, entries: Vec::new(), enrolled: Vec::new() })
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
            match self.decide_row(table, &said) {
                Err(problem) => outcome.refused.push(refused(line, Volunteers::COLUMNS, &problem)),
                Ok(Decision::There(differs)) if differs.is_empty() => outcome.unchanged += 1,
                Ok(Decision::There(differs)) => outcome.differing.extend(differing(line, &differs)),
                Ok(_) if trial && table.seen.note_person(&said.person, "") => outcome.unchanged += 1,
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

    fn decide_row(&self, table: &Volunteers, said: &Said) -> Result<Decision, Problem> {
        let Some(found) = self.people.find(&said.person, &table.loader, Volunteers::ACTION)? else {
            self.free_number(said, None)?;
            return Ok(Decision::New);
        };
        let Some(number) = self.of_person.get(&found.person) else {
            self.free_number(said, Some(found.person))?;
            return Ok(Decision::Enrol(found.person));
        };
        let renumbered = said.number.as_ref().is_some_and(|said| said != number).then_some("number");
        Ok(Decision::There(found.differs.into_iter().chain(renumbered).collect()))
    }

    fn free_number(&self, said: &Said, own: Option<Uuid>) -> Result<(), Problem> {
        let holder = said.number.as_ref().and_then(|number| self.numbers.get(number));
        if holder.is_some_and(|holder| Some(*holder) != own) { Err(Problem::field("/number", Rule::SomebodyElse)) } else { Ok(()) }
    }

    /// Takes a row: the person where they are new, and the volunteer.
    fn take(&mut self, table: &Volunteers, said: Said, decision: &Decision) -> Result<(), Problem> {
        let division = self.people.division(&said.person)?.clone();
        let there = if let Decision::Enrol(id) = decision { Some(*id) } else { None };
        let consents = match there {
            Some(id) => self.consents.get(&id).cloned().unwrap_or_default(),
            None => person::given_by_entry(said.basis),
        };
        let person = there.unwrap_or(said.person.id);
        let state = first_state(table.state, said.age, &consents)?;
        let number = said.number.map_or_else(volunteer::number, Ok)?;
        let volunteer = NewVolunteer {
            person,
            number: number.clone(),
            region: said.region,
            division: division.clone(),
            state,
            by: table.loader.account(),
        };
        self.numbers.insert(number.clone(), person);
        self.of_person.insert(person, number);
        if there.is_none() {
            let new = NewPerson { division, ..said.person };
            self.people.know(new.clone());
            self.consents.insert(person, consents);
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
