//! Lets a story happen: each step under the clock of its day, by the same rules and the same way as a request.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::Timestamp;
use domain::geo::Position;
use domain::order::{
    Command, Contact, ContactKind, Decision, Facts, Party, Placing, Proof, ReviewChannel, Ruling, Side, Taker, Taking, Window,
};
use domain::region::{DivisionCode, Level};
use persistence::candidate::{self, Occasion};
use persistence::order::{self, Loaded, TextKind, Texts};
use persistence::{Clock, Tx, catalogue, identity, person, region};
use uuid::{NoContext, Uuid};

use super::manifest::Cast;
use super::story::{Did, Place, Story, Told};
use crate::cli::stop::Stop;
use crate::content::worker;
use crate::order::step::{check_in_code, keep};
use crate::problem::{Code, Fault, Problem};
use crate::services::Services;

/// Tells the stories of one region.
pub(super) struct Teller {
    pub(super) services: Arc<Services>,
    pub(super) cast: Arc<Cast>,
    /// Where it plays: longitude and latitude.
    pub(super) centre: (f64, f64),
}

/// What a step needs that must not change when its transaction is tried again.
struct Step {
    order: Uuid,
    told: Told,
    people: i32,
    ids: Vec<Uuid>,
}

impl Teller {
    /// Places the order and takes every step of its story.
    pub(super) async fn tell(self, clock: &Clock, now: Timestamp, story: Story) -> Result<(), Stop> {
        let what = format!("{} in {}", story.text, self.cast.region);
        let failed = |step: usize, fault: Fault| Stop::failed(format!("demo, {what}, step {step}: {}", Stop::from(fault)));
        let (steps, people) = (story.steps.clone(), story.people);
        let told = Arc::new(self);
        let at = set(clock, now, story.placed);
        let (id, teller) = (id_at(at), Arc::clone(&told));
        let placed = told.services.store.write(move |tx| teller.place(tx, id, now, &story)).await;
        placed.map_err(|fault| failed(0, fault))?;
        worker::turn(&told.services).await?;
        for (number, step) in (1..).zip(steps) {
            let at = set(clock, now, step.at);
            let ids = (0..8).map(|_| id_at(at)).collect();
            let step = Step { order: id, told: step, people, ids };
            let teller = Arc::clone(&told);
            let done = told.services.store.write(move |tx| teller.step(tx, &step)).await;
            done.map_err(|fault| failed(number, fault))?;
            worker::turn(&told.services).await?;
        }
        Ok(())
    }

    fn place(&self, tx: &mut Tx, id: Uuid, now: Timestamp, story: &Story) -> Result<(), Fault> {
        let cast = &self.cast;
        let division = match story.place {
            Place::Grid => cast.grid.clone(),
            Place::Neighbour => cast.neighbour.clone(),
        };
        let service = catalogue::load_service(tx, find(&cast.services, story.service)?)?;
        let subject = person::load(tx, find(&cast.persons, story.subject)?)?;
        let actor = identity::actor(tx, find(&cast.accounts, story.placer)?)?;
        let region = self.services.book.region_of(&division).ok_or_else(|| Problem::internal("no region"))?;
        let today = tx.now().with_timezone(&region.zone).date_naive();
        let at = |minutes: i64| now + TimeDelta::minutes(minutes);
        let placing = Placing {
            id,
            number: format!("{}-D{:09X}", cast.region, id.as_u128() & 0xF_FFFF_FFFF),
            region: cast.region.clone(),
            handler: self.handler(tx, &division)?,
            division,
            service: service.id,
            payment: service.payment,
            hazard: service.hazard,
            craft: service.craft,
            minutes: service.minutes,
            urgency: story.urgency,
            group: domain::person::group_on(subject.birth_date, today),
            subject: subject.id,
            channel: story.channel,
            basis: story.basis,
            external_ref: story.ticket.map(ToOwned::to_owned),
            wanted: story.wanted.map(|(after, span)| Window { start: at(after), end: at(after + span) }),
            position: Position::new(self.centre.0, self.centre.1).ok(),
        };
        let acting = domain::order::acting_to_place(&placing, &actor);
        let policy = region.policy_at(tx.now());
        let facts = Facts { policy: &policy, zone: region.zone, acting: &acting, offers: &[], deadlines: &[], now: tx.now() };
        let decision: Decision = domain::order::place(&placing, &facts)?;
        let texts = vec![(TextKind::Request, story.text.to_owned()), (TextKind::Address, story.address.to_owned())];
        order::insert(tx, &decision, texts)?;
        Ok(())
    }

    /// The nearest division at or above the community that has a dispatcher.
    fn handler(&self, tx: &mut Tx, division: &DivisionCode) -> Result<DivisionCode, Fault> {
        let above: Vec<DivisionCode> = division.lineage().into_iter().filter(|code| code.level() != Level::Grid).collect();
        let dispatching = region::dispatching(tx, &above)?;
        Ok(dispatching.into_iter().next().unwrap_or_else(|| self.cast.region.clone()))
    }

    fn step(&self, tx: &mut Tx, step: &Step) -> Result<(), Fault> {
        if step.told.who == "timer" {
            let before = order::load_for_timer(tx, step.order)?;
            return keep(tx, &self.services, &before, &Command::DefaultReview, Vec::new());
        }
        let account = find(&self.cast.accounts, step.told.who)?;
        let actor = identity::actor(tx, account)?;
        let before = order::load(tx, step.order, &actor)?;
        if let Did::Reached { note } = step.told.did {
            return self.contact(tx, &before, first_id(step)?, account, ContactKind::FirstContact, note);
        }
        let command = self.command(tx, &before, step)?;
        keep(tx, &self.services, &before, &command, texts(&step.told.did))?;
        if let Did::CalledBack { text, .. } = step.told.did {
            let after = order::load(tx, step.order, &actor)?;
            let id = step.ids.get(1).copied().ok_or(Code::Internal)?;
            self.contact(tx, &after, id, account, ContactKind::Callback, text)?;
        }
        Ok(())
    }

    fn contact(&self, tx: &mut Tx, before: &Loaded, id: Uuid, by: Uuid, kind: ContactKind, note: &str) -> Result<(), Fault> {
        let (policy, zone) = self.services.book.of_order(tx, &before.order)?;
        let facts =
            Facts { policy: &policy, zone, acting: &before.acting, offers: &before.offers, deadlines: &before.deadlines, now: tx.now() };
        let said = (kind == ContactKind::Callback).then_some(true);
        let contact = Contact { id, kind, at: tx.now(), by, reached: true, solved: said, satisfied: said };
        let after = domain::order::contact(&before.order, &contact, &facts)?;
        Ok(order::keep_contact(tx, &after, &contact, Some(note.to_owned()))?)
    }

    /// What is asked for, with what the rules need to know about others.
    fn command(&self, tx: &mut Tx, before: &Loaded, step: &Step) -> Result<Command, Fault> {
        let (order, expected) = (&before.order, check_in_code(tx, &before.order));
        let proof = || Proof::Code { given: expected.clone(), expected: expected.clone() };
        Ok(match &step.told.did {
            Did::Triaged => Command::Triage {
                craft: order.craft.ok_or_else(|| Problem::internal("no craft"))?,
                group: order.group,
                urgency: order.urgency,
                minutes: order.minutes,
                people_needed: step.people,
            },
            Did::Transferred { reason } => Command::Transfer { to: self.cast.neighbour.clone(), reason: *reason },
            Did::Refused { reason, .. } => Command::Refuse { reason: *reason },
            Did::Appealed { .. } => Command::Appeal,
            Did::Offered { takers } => Command::Offer { takers: self.takings(tx, before, takers, &step.ids)? },
            Did::Declined { reason } => Command::Decline { taker: self.taker(step.told.who)?, reason: *reason },
            Did::Accepted { members } => self.acceptance(tx, before, step.told.who, members)?,
            Did::Released { reason } => Command::Release { reason: *reason },
            Did::ResidentAbsent => Command::NoShow { absent: Side::Resident },
            Did::CheckedIn => Command::CheckIn { proof: proof() },
            Did::Finished { minutes, fee_fen, materials_fen, .. } => {
                Command::Finish { proof: proof(), minutes: *minutes, fee_fen: *fee_fen, materials_fen: *materials_fen }
            }
            Did::Reviewed { stars, solved, tags, .. } => {
                let channel = if before.acting.is(Party::Subject) { ReviewChannel::Own } else { ReviewChannel::Proxy };
                review(step, channel, *stars, *solved, tags)?
            }
            Did::CalledBack { stars, solved, .. } => review(step, ReviewChannel::Callback, *stars, *solved, &[])?,
            Did::Mended { how, .. } => Command::Mend { how: *how },
            Did::Decided { reason, .. } => Command::Decide { ruling: Ruling::Requeue, handler: None, reason: *reason },
            Did::Cancelled { reason } => Command::Cancel { reason: *reason },
            Did::LeftUnreviewed | Did::Reached { .. } => Command::DefaultReview,
        })
    }

    /// A person, or the organisation that they manage: managers take no orders themselves.
    fn taker(&self, key: &str) -> Result<Taker, Fault> {
        match key {
            "organisation_manager" | "team" => Ok(Taker::Organisation(find(&self.cast.organisations, "team")?)),
            key => Ok(Taker::Person(find(&self.cast.persons, key)?)),
        }
    }

    fn takings(&self, tx: &mut Tx, before: &Loaded, keys: &[&str], ids: &[Uuid]) -> Result<Vec<Taking>, Fault> {
        let (order, occasion) = (&before.order, Occasion::from(&before.order));
        let mut takings = Vec::new();
        for (key, offer) in keys.iter().zip(ids) {
            let candidate = match self.taker(key)? {
                Taker::Person(id) => candidate::person(tx, id, order.wanted, &occasion, None)?,
                Taker::Organisation(id) => candidate::organisation(tx, id, &occasion)?,
            };
            takings.push(Taking { offer: *offer, candidate });
        }
        Ok(takings)
    }

    fn acceptance(&self, tx: &mut Tx, before: &Loaded, who: &str, members: &[&str]) -> Result<Command, Fault> {
        let (order, occasion) = (&before.order, Occasion::from(&before.order));
        let start = order.wanted.map_or_else(|| tx.now(), |wanted| wanted.start);
        let window = Window { start, end: start + TimeDelta::minutes(i64::from(order.minutes)) };
        let (candidate, team) = match self.taker(who)? {
            Taker::Person(id) => (candidate::person(tx, id, Some(window), &occasion, None)?, None),
            Taker::Organisation(id) => (candidate::organisation(tx, id, &occasion)?, Some(id)),
        };
        let mut named = Vec::new();
        for key in members {
            named.push(candidate::person(tx, find(&self.cast.persons, key)?, Some(window), &occasion, team)?);
        }
        Ok(Command::Accept { candidate, start: None, members: named })
    }
}

fn review(step: &Step, channel: ReviewChannel, stars: i32, solved: bool, tags: &[&str]) -> Result<Command, Fault> {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    Ok(Command::Review { id: first_id(step)?, channel, stars, solved, tags })
}

fn first_id(step: &Step) -> Result<Uuid, Fault> {
    Ok(step.ids.first().copied().ok_or(Code::Internal)?)
}

/// The words of a step.
fn texts(did: &Did) -> Texts {
    let (kind, text) = match did {
        Did::Refused { note, .. } | Did::Mended { note, .. } | Did::Decided { note, .. } => (TextKind::Note, *note),
        Did::Appealed { text } => (TextKind::Note, *text),
        Did::Finished { work, .. } => (TextKind::Work, *work),
        Did::Reviewed { text, .. } | Did::CalledBack { text, .. } => (TextKind::Review, *text),
        Did::Triaged
        | Did::Transferred { .. }
        | Did::Offered { .. }
        | Did::Declined { .. }
        | Did::Accepted { .. }
        | Did::Released { .. }
        | Did::ResidentAbsent
        | Did::CheckedIn
        | Did::LeftUnreviewed
        | Did::Cancelled { .. }
        | Did::Reached { .. } => return Vec::new(),
    };
    vec![(kind, text.to_owned())]
}

fn find(of: &std::collections::BTreeMap<String, Uuid>, key: &str) -> Result<Uuid, Fault> {
    of.get(key).copied().ok_or_else(|| Problem::internal(format!("the demo has no {key}")).into())
}

/// Sets the clock to so many minutes before now.
fn set(clock: &Clock, now: Timestamp, ago: i64) -> Timestamp {
    let at = now - TimeDelta::minutes(ago);
    clock.advance(at - clock.now());
    at
}

/// An id of that moment, so that what is newer sorts later.
fn id_at(at: Timestamp) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, at.timestamp_subsec_nanos()))
}
