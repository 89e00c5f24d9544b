//! The way of every step: load for the actor, decide, keep, answer with what was kept.

use actix_web::web;
use domain::language::Language;
use domain::order::{Command, Facts, TakerKind, allowed, decide};
use persistence::Tx;
use persistence::order::{self, Loaded, TextKind, Texts};
use persistence::{organisation, person};
use uuid::Uuid;

use super::view::{NamedPerson, OrderView, Parts, TakerView};
use crate::actor::{Actor, Permission};
use crate::answer::{Answer, Reply};
use crate::demand::follow::follow;
use crate::once::{Conditions, Once};
use crate::problem::{Fault, Problem};
use crate::services::Services;

/// How many wrong codes lock the check-in by code.
pub const WRONG_CODES: i32 = 5;

/// A step as a request asks for it.
pub struct Request {
    /// The order.
    pub id: Uuid,
    /// The digest of the body.
    pub digest: Vec<u8>,
    /// The texts to keep with it.
    pub texts: Texts,
    /// The language to answer in.
    pub language: Language,
}

/// Takes a step: `command` says what is asked for, with the facts that the rules need about others.
///
/// # Errors
/// The rule that stands against it, or that there is no such order for this actor.
pub async fn take<P: Permission>(
    services: &web::Data<Services>,
    actor: &Actor<P>,
    conditions: Conditions,
    request: Request,
    command: impl Fn(&mut Tx, &Loaded) -> Result<Command, Fault> + Send + 'static,
) -> Answer<OrderView> {
    let (who, shared) = (actor.actor.clone(), services.clone());
    let work = move |tx: &mut Tx| -> Result<(OrderView, bool), Fault> {
        // A repeated request is answered with what its caller may read now, and only where they may.
        let before = load(tx, request.id, &who)?;
        let replayed = match conditions.once(tx, who.account, &request.digest, 200, request.id)? {
            Once::First => {
                conditions.expect_version(before.order.version)?;
                let asked = command(tx, &before)?;
                keep(tx, &shared, &before, &asked, request.texts.clone())?;
                false
            }
            Once::Before(_) => true,
        };
        // A step may end what the actor was to the order (a taker who declines): the answer shows it all the same.
        let mut after = order::load_for_timer(tx, request.id)?;
        after.acting = domain::order::acting(&after.order, &who, &after.offers);
        Ok((view(tx, &shared, after, request.language)?, replayed))
    };
    let (view, replayed) = services.store.write(work).await?;
    services.content.kick();
    let version = view.version();
    Ok(Reply::ok(view).tagged(version).replayed(replayed))
}

/// Loads for the actor. Who was offered the order and lost it knows of it: they are told that the offer is gone.
fn load(tx: &mut Tx, id: Uuid, actor: &domain::identity::Actor) -> Result<Loaded, Fault> {
    match order::load(tx, id, actor) {
        Err(persistence::StoreError::Missing) if order::was_offered(tx, id, actor)? => Err(crate::problem::Code::NoOpenOffer.into()),
        loaded => Ok(loaded?),
    }
}

/// Decides and keeps; used by requests and by the clock.
pub fn keep(tx: &mut Tx, services: &Services, before: &Loaded, command: &Command, texts: Texts) -> Result<(), Fault> {
    let (policy, zone) = services.book.of_order(tx, &before.order)?;
    let facts =
        Facts { policy: &policy, zone, acting: &before.acting, offers: &before.offers, deadlines: &before.deadlines, now: tx.now() };
    let decision = decide(&before.order, command, &facts)?;
    order::save(tx, before, &decision, texts)?;
    follow(tx, services, &decision, before.acting.account)?;
    crate::cavalry::ring::triaged(tx, services, before, &decision)
}

/// What the actor may do now with a loaded order.
///
/// # Errors
/// The order's region or policy is gone, which is a defect.
pub fn allowed_now(tx: &mut Tx, services: &Services, loaded: &Loaded) -> Result<Vec<domain::order::Step>, Fault> {
    let (policy, zone) = services.book.of_order(tx, &loaded.order)?;
    Ok(allowed(&loaded.order, &loaded.acting, &policy, zone, tx.now()))
}

/// What a view shows of others besides the order.
pub struct Shown {
    /// The texts, opened.
    pub texts: Vec<order::Text>,
    /// The person served.
    pub subject: person::Person,
    /// The names of the service.
    pub service: domain::catalogue::Names,
}

/// Builds the view of a loaded order.
///
/// # Errors
/// The database's.
pub fn view(tx: &mut Tx, services: &Services, loaded: Loaded, language: Language) -> Result<OrderView, Fault> {
    let shown = Shown {
        texts: order::texts(tx, loaded.order.id)?,
        subject: person::load(tx, loaded.order.subject)?,
        service: services.service(tx, loaded.order.service)?.names.clone(),
    };
    view_with(tx, services, loaded, shown, language)
}

/// As [`view`], where what it shows of others is at hand.
///
/// # Errors
/// The database's.
pub fn view_with(tx: &mut Tx, services: &Services, loaded: Loaded, shown: Shown, language: Language) -> Result<OrderView, Fault> {
    let allowed = allowed_now(tx, services, &loaded)?;
    let Shown { texts, subject, service } = shown;
    let subject = NamedPerson { id: loaded.order.subject, name: subject.name.masked(), phone: subject.phone.map(|phone| phone.masked()) };
    let taker = loaded.order.taker.map(|taker| named_taker(tx, taker)).transpose()?;
    let members = loaded.order.members.iter().map(|id| named(tx, *id)).collect::<Result<_, Fault>>()?;
    let code = check_in_code(tx, &loaded.order);
    Ok(OrderView::new(Parts { loaded, allowed, texts, subject, taker, members, service, code, language }))
}

fn named(tx: &mut Tx, id: Uuid) -> Result<NamedPerson, Fault> {
    Ok(NamedPerson { id, name: person::load(tx, id)?.name.masked(), phone: None })
}

fn named_taker(tx: &mut Tx, taker: domain::order::Taker) -> Result<TakerView, Fault> {
    Ok(match taker {
        domain::order::Taker::Person(id) => TakerView { kind: TakerKind::Person, id, name: person::load(tx, id)?.name.masked() },
        domain::order::Taker::Organisation(id) => TakerView { kind: TakerKind::Organisation, id, name: organisation::load(tx, id)?.name },
    })
}

/// The one-time code of this round: made again from the key instead of stored.
pub fn check_in_code(tx: &Tx, order: &domain::order::Order) -> String {
    let message = [order.id.as_bytes().as_slice(), &order.round.to_be_bytes(), &order.mends.to_be_bytes()].concat();
    let signed = tx.keys().sign("check-in", &message);
    let number = signed.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("{:06}", number % 1_000_000)
}

/// A text of a step, if there is one.
#[must_use]
pub fn text(kind: TextKind, body: Option<String>) -> Texts {
    body.into_iter().map(|body| (kind, body)).collect()
}

/// Reads a division code of a request.
///
/// # Errors
/// Names the field.
pub fn division(pointer: &str, raw: &str) -> Result<domain::region::DivisionCode, Problem> {
    domain::region::DivisionCode::parse(raw).map_err(|_| Problem::field(pointer, crate::problem::Rule::DivisionCode))
}
