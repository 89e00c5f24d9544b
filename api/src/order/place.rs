//! Placing an order 点单.

use actix_web::web::Data;
use chrono::TimeDelta;
use domain::content::ContentState;
use domain::geo::Position;
use domain::identity::{self, Role};
use domain::language::Language;
use domain::order::{Basis, Channel, Facts, Placing, Urgency, Window};
use domain::person::{ConsentKind, PersonName};
use domain::region::{DivisionCode, Level};
use domain::vocabulary::Vocabulary as _;
use persistence::content::Checked;
use persistence::order::{self, Text, TextKind, Texts};
use persistence::{Tx, message, person};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::step::{Shown, division, text, view, view_with};
use super::view::{OrderView, PositionView, WindowView};
use crate::actor::{Actor, Reads, may};
use crate::answer::{Answer, Reply};
use crate::body::Json;
use crate::book::KnownRegion;
use crate::once::{Conditions, Once};
use crate::person::consent::require;
use crate::problem::{Code, Fault, Problem, Rule, refers};
use crate::region;
use crate::services::Services;

/// A wish.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// The service of the catalogue.
    pub(crate) service: Uuid,
    /// The grid or community where the service is wanted.
    #[schema(min_length = 12, max_length = 15, example = "230822103200")]
    pub(crate) division: String,
    /// What is wanted, in words.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) text: String,
    /// Where, in words.
    #[schema(max_length = 200)]
    pub(crate) address: Option<String>,
    /// Where, as a position.
    pub(crate) position: Option<PositionView>,
    /// When it is wanted.
    pub(crate) wanted: Option<WindowView>,
    /// How pressing it is; `normal` where it is left out.
    #[serde(default = "normal")]
    pub(crate) urgency: Urgency,
    /// The person served; the caller where it is left out.
    pub(crate) subject: Option<Uuid>,
    /// The full name of the person served, where a resident places it for another: who does not know it may not.
    #[schema(min_length = 1, max_length = 50)]
    pub(crate) subject_name: Option<String>,
    /// On what basis the caller places it for another, and only then.
    pub(crate) basis: Option<Basis>,
    /// How the wish reached the caller; `mini_program` where it is left out.
    #[serde(default = "mini_program")]
    pub(crate) channel: Channel,
    /// The ticket of the hotline; for orders that came through it.
    #[schema(min_length = 1, max_length = 64)]
    pub(crate) external_ref: Option<String>,
}

const fn normal() -> Urgency {
    Urgency::Normal
}

const fn mini_program() -> Channel {
    Channel::MiniProgram
}

/// A resident names at most this span of time; a claim has one row for each of its quarter-hours.
const WANTED_AT_MOST: TimeDelta = TimeDelta::days(31);

fn asked_start(wanted: Option<Window>) -> domain::Timestamp {
    wanted.map_or_else(Default::default, |wanted| wanted.start)
}

/// What of a wish has been read before the transaction.
pub(crate) struct Wish {
    /// The id that the order gets.
    pub(crate) id: Uuid,
    number: String,
    asked: PlaceOrder,
    division: DivisionCode,
    region: std::sync::Arc<KnownRegion>,
    subject: Uuid,
    for_another: bool,
    listed: bool,
    wanted: Option<Window>,
    position: Option<Position>,
    texts: Texts,
}

impl Wish {
    /// The same, for somebody whose need stands on a list that the caller keeps.
    #[must_use]
    pub(crate) fn listed(self) -> Self {
        Self { listed: true, ..self }
    }

    /// The same, for an order that gets this id.
    #[must_use]
    pub(crate) fn known_as(self, id: Uuid) -> Self {
        Self { number: number(&self.region, id), id, ..self }
    }
}

/// Place an order.
///
/// 点单:为本人,或说明依据后代他人;由所在社区或最近的有派单员的上级区划受理。
#[utoipa::path(post, path = "/v1/orders", operation_id = "placeOrder", request_body = PlaceOrder,
    responses((status = 201, description = "已点的订单", body = OrderView)))]
pub async fn place(
    services: Data<Services>,
    actor: Actor<may::PlaceOrder>,
    conditions: Conditions,
    reads: Reads,
    body: Json<PlaceOrder>,
) -> Answer<OrderView> {
    let wish = read(&services, &actor.actor, body.value)?;
    let (shared, who, digest) = (services.clone(), actor.actor.clone(), body.digest);
    let work = move |tx: &mut Tx| -> Result<(OrderView, bool), Fault> {
        if let Once::Before(before) = conditions.once(tx, who.account, &digest, 201, wish.id)? {
            let loaded = order::load(tx, before, &who)?;
            return Ok((view(tx, &shared, loaded, reads.0)?, true));
        }
        Ok((enter(tx, &shared, &who, &wish, reads.0)?, false))
    };
    let (view, replayed) = services.store.write(work).await?;
    services.content.kick();
    let (version, at) = (view.version(), format!("/v1/orders/{}", view.id()));
    Ok(Reply::created(view, &at).tagged(version).replayed(replayed))
}

/// Places an order.
///
/// # Errors
/// The rule that stands against it.
pub(crate) fn enter(tx: &mut Tx, services: &Services, who: &identity::Actor, wish: &Wish, language: Language) -> Result<OrderView, Fault> {
    let (placing, mut shown) = complete(tx, services, who, wish)?;
    require(tx, services, &shown.subject, ConsentKind::BeServed, wish.asked.basis)?;
    // Not while the person is being erased: whoever comes second decides on what the first has done.
    person::hold(tx, shown.subject.id, shown.subject.version)?;
    let acting = domain::order::acting_to_place(&placing, who);
    let policy = wish.region.policy_at(tx.now());
    let facts = Facts { policy: &policy, zone: wish.region.zone, acting: &acting, offers: &[], deadlines: &[], now: tx.now() };
    let decision = domain::order::place(&placing, &facts)?;
    if order::insert(tx, &decision, wish.texts.clone())? {
        let pending = Checked { state: ContentState::Pending, author: who.account };
        shown.texts.iter_mut().filter(|text| !text.body.trim().is_empty()).for_each(|text| text.check = Some(pending));
    }
    if wish.for_another {
        message::confirm_proxy(tx, wish.id, who.account, shown.subject.id)?;
    }
    crate::cavalry::ring::placed(tx, services, &decision.order)?;
    let loaded = order::Loaded {
        acting: domain::order::acting(&decision.order, who, &[]),
        deadlines: opened(&decision),
        order: decision.order,
        offers: Vec::new(),
        check_in_failures: 0,
    };
    view_with(tx, services, loaded, shown, language)
}

/// Reads what needs no database.
///
/// # Errors
/// Names the field that is wrong.
pub(crate) fn read(services: &Services, actor: &identity::Actor, asked: PlaceOrder) -> Result<Wish, Problem> {
    let division = division("/division", &asked.division)?;
    if !matches!(division.level(), Level::Community | Level::Grid) {
        return Err(Problem::field("/division", Rule::NotAGrid));
    }
    let region = services.book.region_of(&division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    let subject = asked.subject.or(actor.person).ok_or(Code::PersonRequired)?;
    let for_another = actor.person != Some(subject);
    if !for_another && asked.basis.is_some() {
        return Err(Problem::field("/basis", Rule::BasisForOneself));
    }
    let is_staff = [Role::Dispatcher, Role::SocialWorker, Role::GridMember].iter().any(|role| actor.has(*role));
    if for_another && is_staff {
        may_place_in(actor, &division)?;
    }
    if asked.channel == Channel::Hotline && !(for_another && is_staff) {
        return Err(Problem::field("/channel", Rule::StaffOnly));
    }
    if for_another && !is_staff {
        by_a_neighbour(&asked)?;
    }
    let wanted = asked.wanted.map(|wanted| Window { start: wanted.start, end: wanted.end });
    if wanted.is_some_and(|wanted| wanted.end <= wanted.start) {
        return Err(Problem::field("/wanted/end", Rule::EndBeforeStart));
    }
    if wanted.is_some_and(|wanted| wanted.end - wanted.start > WANTED_AT_MOST) {
        return Err(Problem::field_with("/wanted/end", Rule::TooBig, vec![(asked_start(wanted) + WANTED_AT_MOST).to_rfc3339()]));
    }
    let position = asked.position.map(|at| Position::from_crs(at.longitude, at.latitude, at.crs)).transpose();
    let position = position.map_err(|_| Problem::field("/position", Rule::WrongFormat))?;
    let texts = texts_of(&asked);
    let id = Uuid::now_v7();
    Ok(Wish { number: number(&region, id), id, asked, division, region, subject, for_another, listed: false, wanted, position, texts })
}

fn texts_of(asked: &PlaceOrder) -> Texts {
    let mut texts = text(TextKind::Request, Some(asked.text.clone()));
    texts.extend(text(TextKind::Address, asked.address.clone()));
    texts
}

/// The wish that a care plan has for one of its visits. Everybody was told of the plan: nobody is told of each visit again.
///
/// # Errors
/// The division has no region any more.
pub(crate) fn of_plan(
    services: &Services,
    division: &DivisionCode,
    window: Window,
    subject: Uuid,
    asked: PlaceOrder,
) -> Result<Wish, Problem> {
    let region = services.book.region_of(division).ok_or_else(|| Problem::field("/division", Rule::UnknownDivision))?;
    let (id, texts) = (Uuid::now_v7(), texts_of(&asked));
    Ok(Wish {
        number: number(&region, id),
        id,
        asked,
        division: division.clone(),
        region,
        subject,
        for_another: false,
        listed: true,
        wanted: Some(window),
        position: None,
        texts,
    })
}

/// Refuses a division in which staff may not place orders, as if it were not there.
fn may_place_in(actor: &identity::Actor, division: &DivisionCode) -> Result<(), Problem> {
    let action = identity::Action::Order(domain::order::Step::Place);
    if identity::may_in(action, actor, division) { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// What a resident must say who places it for another: the name, which strangers do not know; and no duty that only staff have.
/// An emergency is one only where the order is.
fn by_a_neighbour(asked: &PlaceOrder) -> Result<(), Problem> {
    if asked.subject_name.is_none() {
        return Err(Problem::field("/subject_name", Rule::Required));
    }
    match asked.basis {
        Some(Basis::StatutoryDuty) => Err(Problem::field("/basis", Rule::StaffOnly)),
        Some(Basis::Emergency) if asked.urgency != Urgency::Emergency => Err(Problem::field("/basis", Rule::EmergencyOnly)),
        _ => Ok(()),
    }
}

/// What people call an order by: the region and ten characters that nobody can count on from the last one.
fn number(region: &KnownRegion, id: Uuid) -> String {
    const ALPHABET: [char; 32] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P', 'Q', 'R', 'S',
        'T', 'V', 'W', 'X', 'Y', 'Z',
    ];
    let random = id.as_u128() & ((1 << 60) - 1);
    let character = |place: u32| {
        let index = usize::try_from((random >> (place * 5)) & 31).unwrap_or_default();
        ALPHABET.get(index).copied().unwrap_or('0')
    };
    let tail: String = (0..10).map(character).collect();
    format!("{}-{tail}", region.division)
}

/// Reads what the database knows of the wish: what is placed, and what is shown of it.
fn complete(tx: &mut Tx, services: &Services, who: &identity::Actor, wish: &Wish) -> Result<(Placing, Shown), Fault> {
    let service = refers(services.service(tx, wish.asked.service), "/service", Rule::UnknownService)?;
    if !service.active || service.region != wish.region.division {
        return Err(Problem::field("/service", Rule::UnknownService).into());
    }
    let handler = refers(services.handler(tx, &wish.region.division, &wish.division), "/division", Rule::UnknownDivision)?;
    let subject = refers(person::load(tx, wish.subject), "/subject", Rule::UnknownPerson)?;
    if person::erasure(tx, subject.id)?.is_some() {
        return Err(Problem::field("/subject", Rule::UnknownPerson).into());
    }
    let named = |name: &String| PersonName::parse(name).is_ok_and(|name| name == subject.name);
    let is_theirs = |tx: &mut Tx| region::may_in::<may::PlaceOrder>(tx, who, &subject.division);
    // Nobody is found by an id alone: staff know those at home where they work, anybody else must say the name.
    let is_known = match &wish.asked.subject_name {
        Some(name) => named(name),
        None => !wish.for_another || wish.listed || is_theirs(tx)?,
    };
    if !is_known || !wish.region.division.covers(&subject.division) {
        return Err(Problem::field("/subject", Rule::UnknownPerson).into());
    }
    let today = tx.now().with_timezone(&wish.region.zone).date_naive();
    let placing = Placing {
        id: wish.id,
        number: wish.number.clone(),
        region: wish.region.division.clone(),
        division: wish.division.clone(),
        handler,
        service: service.id,
        payment: service.payment,
        hazard: service.hazard,
        craft: service.craft,
        minutes: service.minutes,
        urgency: wish.asked.urgency,
        group: domain::person::group_on(subject.birth_date, today),
        subject: subject.id,
        channel: wish.asked.channel,
        basis: wish.asked.basis,
        external_ref: wish.asked.external_ref.clone(),
        wanted: wish.wanted,
        position: wish.position,
    };
    Ok((placing, Shown { texts: written(&wish.texts), subject, service: service.names.clone() }))
}

/// The texts of the first event, in the order in which they are read again.
fn written(texts: &Texts) -> Vec<Text> {
    let mut texts: Vec<Text> = texts.iter().map(|(kind, body)| Text { kind: *kind, seq: 1, body: body.clone(), check: None }).collect();
    texts.sort_unstable_by_key(|text| text.kind.as_str());
    texts
}

fn opened(decision: &domain::order::Decision) -> Vec<domain::order::Deadline> {
    let opened = decision.changes.iter().filter_map(|change| match change {
        domain::order::Change::Opened(deadline) => Some(deadline.clone()),
        _ => None,
    });
    opened.collect()
}
