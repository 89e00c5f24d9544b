use uuid::Uuid;

use super::{Group, Reason, ReviewChannel, Side, Step, Taker, Urgency, Window};
use crate::geo::Position;
use crate::region::DivisionCode;
use crate::vocabulary;

/// Proof that somebody was there.
#[derive(Clone, Debug, PartialEq)]
pub enum Proof {
    /// The one-time code that the person served has shown, and the one that was right.
    Code {
        /// What was typed.
        given: String,
        /// What the person served sees.
        expected: String,
    },
    /// A position; must lie within the policy's radius of the place of service.
    Position(Position),
    /// The station vouches for it.
    Staff,
}

vocabulary! {
    /// How presence was proved. Evidence for the service record.
    pub enum ProofKind = "proofs" {
        /// The one-time code of the person served.
        Code = "code": "服务码", "one-time code", "mã một lần";
        /// A position near the place of service.
        Position = "position": "现场定位", "position on the spot", "vị trí tại chỗ";
        /// The station's word.
        Staff = "staff": "站点确认", "confirmed by the station", "trạm xác nhận";
    }
}

impl Proof {
    /// Which kind of proof it is.
    #[must_use]
    pub const fn kind(&self) -> ProofKind {
        match self {
            Self::Code { .. } => ProofKind::Code,
            Self::Position(_) => ProofKind::Position,
            Self::Staff => ProofKind::Staff,
        }
    }
}

vocabulary! {
    /// What the division above decides.
    pub enum Ruling = "rulings" {
        /// It goes on as it is.
        Keep = "keep": "维持现状继续办理", "go on as it is", "giữ nguyên";
        /// It is dispatched anew.
        Requeue = "requeue": "重新派单", "dispatch anew", "điều phối lại";
        /// It is not taken on.
        Refuse = "refuse": "不予受理", "refuse", "từ chối";
    }
}

/// A taker to whom an order is to be offered, with what the rules ask about them now.
#[derive(Clone, Debug)]
pub struct Taking {
    /// The id that the offer will have.
    pub offer: Uuid,
    /// What is known of the taker.
    pub candidate: crate::dispatch::Candidate,
}

/// What somebody asks for. One variant for each step but placing.
#[derive(Clone, Debug)]
pub enum Command {
    /// Classify. `people_needed` above one asks for an organisation that names as many.
    Triage {
        /// The craft that it needs.
        craft: Uuid,
        /// The group of the person served.
        group: Group,
        /// How pressing it is.
        urgency: Urgency,
        /// How long it should take.
        minutes: i32,
        /// How many people it needs.
        people_needed: i32,
    },
    /// Hand over to another division of the region.
    Transfer {
        /// The division that handles it from now on.
        to: DivisionCode,
        /// Why.
        reason: Reason,
    },
    /// Do not take it on.
    Refuse {
        /// Why.
        reason: Reason,
    },
    /// Ask the division above to look at a refusal.
    Appeal,
    /// Offer to takers, who must be eligible now.
    Offer {
        /// Who is asked.
        takers: Vec<Taking>,
    },
    /// Take back all open offers.
    Recall {
        /// Why.
        reason: Reason,
    },
    /// Say no to the offer that was made to `taker`.
    Decline {
        /// To whom the offer was made.
        taker: Taker,
        /// Why.
        reason: Reason,
    },
    /// An offer's time is up.
    Expire {
        /// The offer.
        offer: Uuid,
    },
    /// Say yes: the candidate must be eligible now. Without `start`, the wanted start, else now.
    /// `members` are the people of an organisation who will serve, each with what the rules ask about them.
    Accept {
        /// Who takes it, with what the rules ask about them now.
        candidate: crate::dispatch::Candidate,
        /// When it starts.
        start: Option<crate::Timestamp>,
        /// Who serves, with what the rules ask about them now.
        members: Vec<crate::dispatch::Candidate>,
    },
    /// Name the people of a team who serve, in place of those named before.
    AssignMembers {
        /// Who serves, with what the rules ask about them now.
        members: Vec<crate::dispatch::Candidate>,
    },
    /// Propose a new time, or agree to the one that the other side has proposed.
    Reschedule {
        /// The time.
        window: Window,
    },
    /// Give it back.
    Release {
        /// Why.
        reason: Reason,
    },
    /// Say which side was not there.
    NoShow {
        /// The side that was not there.
        absent: Side,
    },
    /// Begin.
    CheckIn {
        /// How presence is proved.
        proof: Proof,
    },
    /// Break off: back to the queue, or ended where the resident stopped it ([`Reason::ResidentStopped`]).
    Abort {
        /// Why.
        reason: Reason,
    },
    /// Done.
    Finish {
        /// How presence is proved.
        proof: Proof,
        /// Minutes of work.
        minutes: i32,
        /// What was paid for work.
        fee_fen: i64,
        /// What was paid for materials.
        materials_fen: i64,
    },
    /// Judge. The text is kept apart.
    Review {
        /// The id that the review will have.
        id: Uuid,
        /// Through whom it comes.
        channel: ReviewChannel,
        /// 1 to 5.
        stars: i32,
        /// Whether the matter is solved.
        solved: bool,
        /// Words chosen from the region's list.
        tags: Vec<String>,
    },
    /// Nobody judged in time.
    DefaultReview,
    /// Explained ([`Reason::Explained`]), revisited ([`Reason::Revisited`]) or a new visit ([`Reason::NewVisit`]).
    Mend {
        /// How it was mended.
        how: Reason,
    },
    /// Hand to the division above.
    Escalate {
        /// Why.
        reason: Reason,
    },
    /// Decide with binding force; `handler` names who handles it from now on.
    Decide {
        /// What is decided.
        ruling: Ruling,
        /// Who handles it from now on; `None` leaves it.
        handler: Option<DivisionCode>,
        /// Why.
        reason: Reason,
    },
    /// Call off.
    Cancel {
        /// Why.
        reason: Reason,
    },
    /// Say that a deadline has passed.
    Remind {
        /// Which deadline.
        deadline: super::DeadlineKind,
    },
}

impl Command {
    /// The step of the table that this asks for.
    #[must_use]
    pub const fn step(&self) -> Step {
        match self {
            Self::Triage { .. } => Step::Triage,
            Self::Transfer { .. } => Step::Transfer,
            Self::Refuse { .. } => Step::Refuse,
            Self::Appeal => Step::Appeal,
            Self::Offer { .. } => Step::Offer,
            Self::Recall { .. } => Step::Recall,
            Self::Decline { .. } => Step::Decline,
            Self::Expire { .. } => Step::Expire,
            Self::Accept { .. } => Step::Accept,
            Self::AssignMembers { .. } => Step::AssignMembers,
            Self::Reschedule { .. } => Step::Reschedule,
            Self::Release { .. } => Step::Release,
            Self::NoShow { .. } => Step::NoShow,
            Self::CheckIn { .. } => Step::CheckIn,
            Self::Abort { .. } => Step::Abort,
            Self::Finish { .. } => Step::Finish,
            Self::Review { .. } => Step::Review,
            Self::DefaultReview => Step::DefaultReview,
            Self::Mend { .. } => Step::Mend,
            Self::Escalate { .. } => Step::Escalate,
            Self::Decide { .. } => Step::Decide,
            Self::Cancel { .. } => Step::Cancel,
            Self::Remind { .. } => Step::Remind,
        }
    }
}

/// A wish, as it is placed.
#[derive(Clone, Debug)]
pub struct Placing {
    /// The order's id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// The region.
    pub region: DivisionCode,
    /// The grid or community where the service happens.
    pub division: DivisionCode,
    /// The nearest division at or above the community that has a dispatcher.
    pub handler: DivisionCode,
    /// The service, with what the catalogue says of it.
    pub service: Uuid,
    /// How the service is paid for.
    pub payment: super::Payment,
    /// What it may do to who serves.
    pub hazard: super::Hazard,
    /// The craft of the service.
    pub craft: Option<Uuid>,
    /// The usual duration in minutes.
    pub minutes: i32,
    /// How pressing the one who places says it is.
    pub urgency: Urgency,
    /// The group of the person served.
    pub group: Group,
    /// The person served.
    pub subject: Uuid,
    /// How it reached the station.
    pub channel: super::Channel,
    /// Required where the actor is not the person served.
    pub basis: Option<super::Basis>,
    /// The ticket of another system.
    pub external_ref: Option<String>,
    /// When the resident wants it; in the future.
    pub wanted: Option<Window>,
    /// Where.
    pub position: Option<Position>,
}
