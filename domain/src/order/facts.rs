use uuid::Uuid;

use super::{Outcome, Reason, State, Step};
use crate::geo::Position;
use crate::region::DivisionCode;
use crate::{Timestamp, vocabulary};

vocabulary! {
    /// How pressing a matter is. An emergency goes to those on duty at once.
    pub enum Urgency = "urgencies" {
        /// Whenever there is time.
        Low = "low": "一般", "low", "thấp";
        /// The ordinary case.
        Normal = "normal": "普通", "normal", "bình thường";
        /// Today.
        High = "high": "紧急", "high", "khẩn";
        /// Life or property in danger.
        Emergency = "emergency": "特急", "emergency", "khẩn cấp";
    }
}

vocabulary! {
    /// The three groups 一老一小一青, and everybody else.
    pub enum Group = "groups" {
        /// 60 and older.
        Elderly = "elderly": "老年人", "elderly", "người cao tuổi";
        /// Under 18.
        Minor = "minor": "未成年人", "minor", "trẻ vị thành niên";
        /// 18 to 35.
        Youth = "youth": "青年", "youth", "thanh niên";
        /// Not in one of the three groups.
        General = "general": "其他居民", "general", "cư dân khác";
    }
}

vocabulary! {
    /// How a service is paid for. Paid work goes through the loop but earns neither hours nor points
    /// (志愿服务条例, 21 and 37).
    pub enum Payment = "payments" {
        /// Nothing is paid.
        Free = "free": "免费", "free of charge", "miễn phí";
        /// Materials only.
        AtCost = "at_cost": "仅收材料费", "materials at cost", "chỉ thu tiền vật tư";
        /// A fee is paid.
        Paid = "paid": "有偿服务", "paid", "có trả phí";
    }
}

vocabulary! {
    /// What a service may do to who serves.
    pub enum Hazard = "hazards" {
        /// Nothing out of the ordinary.
        None = "none": "一般", "none", "thông thường";
        /// Dangerous: only who is insured against accidents serves (志愿服务条例, 17).
        Dangerous = "dangerous": "有人身危险", "dangerous", "nguy hiểm";
        /// Rescue: as dangerous, and never by minors (志愿服务条例, 24).
        Rescue = "rescue": "应急救援", "rescue", "cứu hộ";
    }
}

vocabulary! {
    /// How an order reached the station.
    pub enum Channel = "order-channels" {
        /// The person served placed it.
        MiniProgram = "mini_program": "小程序", "mini-program", "ứng dụng nhỏ";
        /// Written down on a visit.
        Visit = "visit": "上门走访", "visit", "thăm hộ";
        /// By telephone.
        Phone = "phone": "电话", "telephone", "điện thoại";
        /// At the station.
        Station = "station": "站点", "station", "trạm";
        /// From the 12345 hotline; `external_ref` names the ticket.
        Hotline = "hotline": "12345热线", "12345 hotline", "đường dây 12345";
    }
}

vocabulary! {
    /// On what basis somebody acts for another (PIPL 13, 29 and 31; Civil Code 23 and 27).
    pub enum Basis = "bases" {
        /// The person served agreed.
        Consent = "consent": "本人同意", "consent of the person", "đương sự đồng ý";
        /// A guardian acts or agreed.
        Guardian = "guardian": "监护人同意", "guardian", "người giám hộ";
        /// Life, health or property is in danger.
        Emergency = "emergency": "紧急情况", "emergency", "trường hợp khẩn cấp";
        /// A law obliges the one who acts.
        StatutoryDuty = "statutory_duty": "法定职责", "statutory duty", "nghĩa vụ luật định";
    }
}

vocabulary! {
    /// In what relation somebody stands to an order. Steps are allowed to parties, never to names.
    pub enum Party = "parties" {
        /// The person served.
        Subject = "subject": "服务对象", "person served", "người được phục vụ";
        /// Who placed it for the person served.
        Placer = "placer": "代点人", "placer", "người đặt hộ";
        /// Has an open offer.
        Offered = "offered": "被派单人", "offered", "người được mời";
        /// The taker, or who manages the organisation that is the taker.
        Taker = "taker": "接单人", "taker", "người nhận";
        /// One of the team that serves.
        Member = "member": "服务成员", "member of the team", "thành viên phục vụ";
        /// A dispatcher or social worker of the division that handles it.
        Station = "station": "社工站", "station", "trạm công tác xã hội";
        /// The same roles in a division above the one that handles it.
        Above = "above": "上级区划", "division above", "cấp trên";
        /// A supervisor or administrator whose scope covers it.
        Supervisor = "supervisor": "监管部门", "supervisor", "cơ quan giám sát";
        /// A grid member whose grid it is in.
        Grid = "grid": "网格员", "grid member", "cán bộ lưới";
        /// The clock.
        Timer = "timer": "系统定时", "timer", "hệ thống";
    }
}

vocabulary! {
    /// One of the two sides of an appointment.
    pub enum Side = "sides" {
        /// The person served, or who acts for them.
        Resident = "resident": "居民方", "resident", "phía cư dân";
        /// Who serves.
        Taker = "taker": "接单方", "taker", "phía nhận đơn";
    }
}

vocabulary! {
    /// What became of an offer.
    pub enum OfferState = "offer-states" {
        /// Waits for an answer.
        Open = "open": "待应答", "open", "chờ trả lời";
        /// Accepted.
        Accepted = "accepted": "已接受", "accepted", "đã nhận";
        /// Declined.
        Declined = "declined": "已婉拒", "declined", "đã từ chối";
        /// Not answered in time.
        Expired = "expired": "已超时", "expired", "hết hạn";
        /// Taken back: another accepted, or the dispatcher recalled it.
        Withdrawn = "withdrawn": "已撤回", "withdrawn", "đã thu hồi";
    }
}

vocabulary! {
    /// Whether an order counts in the measures. A second person confirms; confirmed ones are listed for evaluators.
    pub enum Exclusion = "scope-exclusions" {
        /// Nobody has asked to leave it out.
        None = "none": "未申请剔除", "none", "không";
        /// Asked for; still counts.
        Proposed = "proposed": "已申请剔除", "proposed", "đã đề xuất";
        /// Confirmed by a second person; does not count.
        Confirmed = "confirmed": "已确认剔除", "confirmed", "đã xác nhận";
        /// Rejected by a second person; counts.
        Rejected = "rejected": "已驳回", "rejected", "đã bác bỏ";
    }
}

/// From when to when, `start` before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Window {
    /// First moment.
    pub start: Timestamp,
    /// First moment after it.
    pub end: Timestamp,
}

/// Who serves, or is asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Taker {
    /// A person.
    Person(Uuid),
    /// A team or another organisation, which names members.
    Organisation(Uuid),
}

/// A new time that one side has proposed and the other has not yet answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The time proposed.
    pub window: Window,
    /// Who proposed it.
    pub by: Side,
}

/// An order: what the rules need and what is kept of it, without any personal text.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Its id.
    pub id: Uuid,
    /// What people call it by: opaque text.
    pub number: String,
    /// The region whose policy it follows.
    pub region: DivisionCode,
    /// Where the service happens: a grid or a community. Never changes.
    pub division: DivisionCode,
    /// The division that handles it now.
    pub handler: DivisionCode,
    /// The service of the catalogue.
    pub service: Uuid,
    /// How that service is paid for, as it was when the order was placed.
    pub payment: Payment,
    /// What that service may do to who serves, as it was when the order was placed.
    pub hazard: Hazard,
    /// The craft it needs; known from the service, changed by triage.
    pub craft: Option<Uuid>,
    /// The group of the person served.
    pub group: Group,
    /// How pressing it is.
    pub urgency: Urgency,
    /// How long the service should take, in minutes.
    pub minutes: i32,
    /// How many people it needs.
    pub people_needed: i32,
    /// The person served.
    pub subject: Uuid,
    /// The account that placed it.
    pub placed_by: Uuid,
    /// The person behind that account, where known.
    pub placer: Option<Uuid>,
    /// How it reached the station.
    pub channel: Channel,
    /// Why somebody else could place it; `None` where the person served did.
    pub basis: Option<Basis>,
    /// The ticket of another system, unique.
    pub external_ref: Option<String>,
    /// When the resident wants it.
    pub wanted: Option<Window>,
    /// Where the service happens.
    pub position: Option<Position>,
    /// The policy version of the day it was placed.
    pub policy_version: String,
    /// Where it stands.
    pub state: State,
    /// The number of its last event.
    pub version: i32,
    /// When that event happened; never runs back.
    pub changed_at: Timestamp,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// The round of offers, from 1; 0 before the first.
    pub round: i32,
    /// How often it went back to the queue.
    pub returns: i32,
    /// How often it had to be mended.
    pub mends: i32,
    /// Whether its one appeal has been used.
    pub appealed: bool,
    /// Whether the division above must now decide.
    pub decision_due: bool,
    /// Whether the division above has decided: transfer and release are then closed.
    pub bound: bool,
    /// Whether it counts in the measures.
    pub exclusion: Exclusion,
    /// Who serves.
    pub taker: Option<Taker>,
    /// The people of a team who serve.
    pub members: Vec<Uuid>,
    /// The agreed time.
    pub agreed: Option<Window>,
    /// A new time that waits for the other side.
    pub proposal: Option<Proposal>,
    /// The first dispatch.
    pub dispatched_at: Option<Timestamp>,
    /// The local day of the first dispatch: the period in which it is measured.
    pub dispatched_on: Option<chrono::NaiveDate>,
    /// The division that dispatched it last: it may not enter the review.
    pub dispatched_from: Option<DivisionCode>,
    /// Whether an offer of the first round was accepted by a taker certified for the craft; `None` until then.
    pub matched: Option<bool>,
    /// When the service began.
    pub checked_in_at: Option<Timestamp>,
    /// When the work was last finished.
    pub finished_at: Option<Timestamp>,
    /// What was paid for work, in fen.
    pub fee_fen: i64,
    /// What was paid for materials, in fen.
    pub materials_fen: i64,
    /// Minutes of work as the taker states them.
    pub worked_minutes: Option<i32>,
    /// The stars of the last real review.
    pub stars: Option<i32>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended, once closed.
    pub outcome: Option<Outcome>,
    /// When the resident was first reached, in time or not.
    pub first_contact_at: Option<Timestamp>,
    /// Whether that was within the policy's limit.
    pub first_contact_in_time: Option<bool>,
    /// What the last callback that reached the person said: solved.
    pub callback_solved: Option<bool>,
    /// What the last callback that reached the person said: satisfied.
    pub callback_satisfied: Option<bool>,
}

/// An offer of an order to a taker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its id.
    pub id: Uuid,
    /// The round it belongs to.
    pub round: i32,
    /// Who is asked.
    pub taker: Taker,
    /// What became of it.
    pub state: OfferState,
    /// When it was made.
    pub offered_at: Timestamp,
    /// Until when it can be accepted.
    pub due: Timestamp,
    /// When it was answered, expired or withdrawn.
    pub answered_at: Option<Timestamp>,
    /// Why it was declined.
    pub reason: Option<Reason>,
}

impl Offer {
    /// Whether it waits for an answer, its time being up or not.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == OfferState::Open
    }

    /// Whether it can be accepted at this moment.
    #[must_use]
    pub fn can_be_accepted(&self, at: Timestamp) -> bool {
        self.is_open() && at < self.due
    }
}

/// What happened to an order: ids and codes only, append-only.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Event {
    /// 1 for placing, then without a gap.
    pub seq: i32,
    /// The step taken.
    pub step: Step,
    /// The state before; `None` for placing.
    pub from: Option<State>,
    /// The state after.
    pub to: State,
    /// When.
    pub at: Timestamp,
    /// The account that acted; `None` for the timer.
    pub actor: Option<Uuid>,
    /// In what relation the actor stood to the order.
    pub party: Party,
    /// Why.
    pub reason: Option<Reason>,
    /// The handler afterwards.
    pub handler: DivisionCode,
    /// Returns afterwards.
    pub returns: i32,
    /// Mends afterwards.
    pub mends: i32,
    /// The offer that the step was about.
    pub offer: Option<Uuid>,
}

/// Who acts, and in what relations to this order.
#[derive(Clone, Debug)]
pub struct Acting {
    /// The account; `None` for the timer.
    pub account: Option<Uuid>,
    /// The person behind it.
    pub person: Option<Uuid>,
    /// Every relation in which the actor stands to the order.
    pub parties: Vec<Party>,
    /// The organisations that the actor manages.
    pub manages: Vec<Uuid>,
}
