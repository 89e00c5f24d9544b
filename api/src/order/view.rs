//! Orders as a caller sees them: what the caller is to the order decides what is shown.

use chrono::{DateTime, NaiveDate, Utc};
use domain::content::Standing;
use domain::identity::{Action, may_as};
use domain::language::Language;
use domain::order::{
    Acting, Basis, Channel, DeadlineKind, Exclusion, Group, Hazard, OfferState, Outcome, Party, Payment, Reason, Side, State, Step,
    TakerKind, TextKind, Urgency,
};
use persistence::content::Checked;
use persistence::order::{Loaded, Text};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use super::value::{PositionView, TakerRef, WindowView};

/// Somebody, by id and masked name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NamedPerson {
    /// The person's id.
    pub id: Uuid,
    /// The masked name, such as 张**.
    pub name: String,
    /// The masked phone number; only of the person served, only for those who serve or handle the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Who serves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TakerView {
    /// Person or organisation.
    pub kind: TakerKind,
    /// Its id.
    pub id: Uuid,
    /// A person's masked name, an organisation's full one.
    pub name: String,
}

/// An offer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfferView {
    /// Its id.
    pub id: Uuid,
    /// The round of offers.
    pub round: i32,
    /// To whom.
    pub taker: TakerRef,
    /// What became of it.
    pub state: OfferState,
    /// Until when it can be accepted.
    pub due: DateTime<Utc>,
    /// Why it was declined.
    pub reason: Option<Reason>,
}

/// A deadline.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadlineView {
    /// What must have happened.
    pub kind: DeadlineKind,
    /// The last moment.
    pub due: DateTime<Utc>,
    /// When it was met.
    pub met_at: Option<DateTime<Utc>>,
    /// Why it no longer counts.
    pub void: Option<Reason>,
}

/// A new time that waits for the other side.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposalView {
    /// The time.
    pub window: WindowView,
    /// Who proposed it.
    pub by: Side,
}

/// A text of the order, as far as the caller may read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TextView {
    /// What it is: request, address, note, work, review or contact.
    pub kind: String,
    /// The event it belongs to.
    pub seq: i32,
    /// The text; null while it is held from the caller.
    pub body: Option<String>,
    /// Whether others see it; its author, the station and those above see it in any case.
    pub standing: Standing,
}

/// An order in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderSummary {
    /// Its id.
    pub id: Uuid,
    /// What people call it by.
    pub number: String,
    /// Where it stands.
    pub state: State,
    /// The number of its last event.
    pub version: i32,
    /// Where the service happens.
    pub division: String,
    /// The division that handles it.
    pub handler: String,
    /// The service of the catalogue.
    pub service: Uuid,
    /// How it is paid for.
    pub payment: Payment,
    /// What the service may do to who serves.
    pub hazard: Hazard,
    /// The craft it needs.
    pub craft: Option<Uuid>,
    /// The group of the person served.
    pub group: Group,
    /// How pressing it is.
    pub urgency: Urgency,
    /// When the resident wants it.
    pub wanted: Option<WindowView>,
    /// The agreed time.
    pub agreed: Option<WindowView>,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
    /// How often it went back to the queue.
    pub returns: i32,
    /// How often it had to be mended.
    pub mends: i32,
    /// How it ended, once closed.
    pub outcome: Option<Outcome>,
    /// What the caller is to it.
    pub parties: Vec<Party>,
    /// What the caller may do now.
    pub allowed: Vec<Step>,
}

/// An order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderView {
    #[serde(flatten)]
    #[schema(inline)]
    summary: OrderSummary,
    /// The region whose policy it follows.
    region: String,
    /// The policy version of the day it was placed.
    policy_version: String,
    /// The name of the service in the caller's language.
    service_name: String,
    /// How long it should take, in minutes.
    minutes: i32,
    /// How many people it needs.
    people_needed: i32,
    /// The person served.
    subject: NamedPerson,
    /// How it reached the station.
    channel: Channel,
    /// On what basis somebody placed it for another.
    basis: Option<Basis>,
    /// The ticket of another system.
    external_ref: Option<String>,
    /// Where; for those who serve or handle the order.
    position: Option<PositionView>,
    /// Who serves.
    taker: Option<TakerView>,
    /// The people of a team who serve.
    members: Vec<NamedPerson>,
    /// A new time that waits for the other side.
    proposal: Option<ProposalView>,
    /// The open offers and those of the round; for the station all, for a taker their own.
    offers: Vec<OfferView>,
    /// The deadlines, for the station and those above.
    deadlines: Vec<DeadlineView>,
    /// The local day of the first dispatch: the period in which it is measured.
    dispatched_on: Option<NaiveDate>,
    /// When the service began.
    checked_in_at: Option<DateTime<Utc>>,
    /// When the work was last finished.
    finished_at: Option<DateTime<Utc>>,
    /// Minutes of work as the taker states them.
    worked_minutes: Option<i32>,
    /// What was paid for work, in fen.
    fee_fen: i64,
    /// What was paid for materials, in fen.
    materials_fen: i64,
    /// The stars of the last real review.
    stars: Option<i32>,
    /// Whether the division above must decide.
    decision_due: bool,
    /// Whether the division above has decided with binding force.
    bound: bool,
    /// Whether it counts in the measures.
    exclusion: Exclusion,
    /// The one-time code to show to who comes; only for the person served and a guardian who placed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    check_in_code: Option<String>,
    /// The texts that the caller may read.
    texts: Vec<TextView>,
}

/// What a view is made of besides the order itself.
pub struct Parts {
    /// The order and what the caller is to it.
    pub loaded: Loaded,
    /// What the caller may do now.
    pub allowed: Vec<Step>,
    /// The texts, opened.
    pub texts: Vec<Text>,
    /// The person served.
    pub subject: NamedPerson,
    /// Who serves.
    pub taker: Option<TakerView>,
    /// The people of a team.
    pub members: Vec<NamedPerson>,
    /// The names of the service.
    pub service: domain::catalogue::Names,
    /// The one-time code.
    pub code: String,
    /// The language of the caller.
    pub language: Language,
}

/// The parties that handle or serve: they may know whom and where.
const CLOSE: [Party; 7] = [Party::Subject, Party::Placer, Party::Taker, Party::Member, Party::Station, Party::Above, Party::Grid];

impl OrderSummary {
    /// What a list shows of an order.
    #[must_use]
    pub fn new(loaded: &Loaded, allowed: Vec<Step>) -> Self {
        let order = &loaded.order;
        Self {
            id: order.id,
            number: order.number.clone(),
            state: order.state,
            version: order.version,
            division: order.division.to_string(),
            handler: order.handler.to_string(),
            service: order.service,
            payment: order.payment,
            hazard: order.hazard,
            craft: order.craft,
            group: order.group,
            urgency: order.urgency,
            wanted: order.wanted.map(Into::into),
            agreed: order.agreed.map(Into::into),
            placed_at: order.placed_at,
            changed_at: order.changed_at,
            returns: order.returns,
            mends: order.mends,
            outcome: order.outcome,
            parties: loaded.acting.parties.clone(),
            allowed,
        }
    }
}

impl TextView {
    /// A text as far as the one who acts may see it.
    #[must_use]
    pub fn new(text: Text, acting: &Acting) -> Self {
        let (standing, visible) = seen(text.check, acting);
        Self { kind: text.kind.to_string(), seq: text.seq, body: visible.then_some(text.body), standing }
    }
}

/// How what is checked stands for everybody, and whether this caller sees it all the same.
pub(super) fn seen(check: Option<Checked>, acting: &Acting) -> (Standing, bool) {
    let Some(check) = check else { return (Standing::Shown, true) };
    let standing = check.state.standing();
    let knows = acting.account == Some(check.author) || may_as(Action::ReadHeldContent, &acting.parties);
    (standing, knows || standing == Standing::Shown)
}

impl OrderView {
    /// What the caller sees.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let parties = parts.loaded.acting.parties.clone();
        let is_one_of = |list: &[Party]| parties.iter().any(|party| list.contains(party));
        let (close, watching) = (is_one_of(&CLOSE), is_one_of(&Party::WATCHING));
        let guards = is_one_of(&[Party::Placer]) && parts.loaded.order.basis == Some(Basis::Guardian);
        let shows_code = (is_one_of(&[Party::Subject]) || guards)
            && !parts.loaded.acting.serves(&parts.loaded.order)
            && matches!(parts.loaded.order.state, State::Accepted | State::Serving);
        let readable = |text: &Text| match text.kind {
            TextKind::Note | TextKind::Contact => is_one_of(&[Party::Station, Party::Above]),
            TextKind::Request => close || is_one_of(&[Party::Offered]),
            TextKind::Address | TextKind::Work | TextKind::Review => close,
        };
        let own = |offer: &domain::order::Offer| watching || is_own(&parts.loaded, offer.taker);
        let summary = OrderSummary::new(&parts.loaded, parts.allowed);
        let texts = parts.texts.into_iter().filter(readable);
        let texts = texts.map(|text| TextView::new(text, &parts.loaded.acting)).collect();
        let offers = parts.loaded.offers.iter().filter(|offer| own(offer)).map(OfferView::from).collect();
        let order = parts.loaded.order;
        Self {
            region: order.region.to_string(),
            policy_version: order.policy_version,
            service_name: parts.service.shown_in(parts.language).to_owned(),
            minutes: order.minutes,
            people_needed: order.people_needed,
            subject: NamedPerson { phone: parts.subject.phone.filter(|_| close), ..parts.subject },
            channel: order.channel,
            basis: order.basis,
            external_ref: order.external_ref,
            position: order.position.filter(|_| close).map(Into::into),
            taker: parts.taker,
            members: parts.members,
            proposal: order.proposal.map(|proposal| ProposalView { window: proposal.window.into(), by: proposal.by }),
            offers,
            deadlines: if watching { parts.loaded.deadlines.iter().map(DeadlineView::from).collect() } else { Vec::new() },
            dispatched_on: order.dispatched_on,
            checked_in_at: order.checked_in_at,
            finished_at: order.finished_at,
            worked_minutes: order.worked_minutes,
            fee_fen: order.fee_fen,
            materials_fen: order.materials_fen,
            stars: order.stars,
            decision_due: order.decision_due,
            bound: order.bound,
            exclusion: order.exclusion,
            check_in_code: shows_code.then_some(parts.code),
            texts,
            summary,
        }
    }

    /// The same as a machine client sees it: no name, no phone number, no position, no text, no ticket of another system, and
    /// people by what the client knows them by. Organisations are no people.
    #[must_use]
    pub fn under_pseudonyms(self, pseudonym: impl Fn(Uuid) -> Uuid) -> Self {
        let hidden = |id: Uuid| NamedPerson { id: pseudonym(id), name: "*".to_owned(), phone: None };
        let taker = self.taker.map(|taker| match taker.kind {
            TakerKind::Person => TakerView { id: pseudonym(taker.id), name: "*".to_owned(), ..taker },
            TakerKind::Organisation => taker,
        });
        Self {
            subject: hidden(self.subject.id),
            members: self.members.iter().map(|member| hidden(member.id)).collect(),
            taker,
            position: None,
            external_ref: None,
            offers: Vec::new(),
            check_in_code: None,
            texts: Vec::new(),
            ..self
        }
    }

    /// The number of the order's last event.
    #[must_use]
    pub const fn version(&self) -> i32 {
        self.summary.version
    }

    /// The order's id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.summary.id
    }
}

fn is_own(loaded: &Loaded, taker: domain::order::Taker) -> bool {
    match taker {
        domain::order::Taker::Person(id) => loaded.acting.person == Some(id),
        domain::order::Taker::Organisation(id) => loaded.acting.manages.contains(&id),
    }
}

impl From<&domain::order::Offer> for OfferView {
    fn from(offer: &domain::order::Offer) -> Self {
        Self { id: offer.id, round: offer.round, taker: offer.taker.into(), state: offer.state, due: offer.due, reason: offer.reason }
    }
}

impl From<&domain::order::Deadline> for DeadlineView {
    fn from(deadline: &domain::order::Deadline) -> Self {
        Self { kind: deadline.kind, due: deadline.due, met_at: deadline.met, void: deadline.void }
    }
}
