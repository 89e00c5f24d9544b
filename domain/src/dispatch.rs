//! Dispatch 精准派单: who may be asked to serve.

use uuid::Uuid;

use crate::order::{Hazard, Order, Taker, Window};
use crate::person::InsuredTime;
use crate::{Timestamp, vocabulary};

vocabulary! {
    /// Why a taker may not serve an order.
    pub enum Ineligible = "ineligibilities" {
        /// The volunteer or organisation is not active.
        NotActive = "not_active": "未在岗，或已撤回登记同意", "not active, or not on record by consent any more", "không hoạt động, hoặc đã rút lại sự đồng ý đăng ký";
        /// No certification for the craft.
        NotCertified = "not_certified": "未取得该技能认证", "not certified for the craft", "chưa được chứng nhận tay nghề";
        /// The certification has expired, is not yet valid, or is suspended.
        CertificationInvalid = "certification_invalid": "技能认证已过期或暂停", "certification expired or suspended", "chứng nhận hết hạn hoặc bị đình chỉ";
        /// Not insured against accidents for as long as a dangerous service lasts.
        NotInsured = "not_insured": "该服务有人身危险，接单人未投保意外险或保险不在有效期内", "not insured for a dangerous service", "chưa có bảo hiểm tai nạn còn hiệu lực";
        /// A minor, or somebody of whom it is not known that they are none, does not serve in a rescue.
        NotOfAge = "not_of_age": "应急救援不得由未成年人或年龄不明者承担", "not known to be of age for a rescue", "chưa đủ tuổi hoặc chưa rõ tuổi để cứu hộ";
        /// Bound elsewhere at that time.
        Busy = "busy": "该时段已有安排", "busy at that time", "bận vào thời gian đó";
        /// The taker is the person served.
        IsSubject = "is_subject": "接单人即服务对象", "is the person served", "chính là người được phục vụ";
        /// The taker placed the order for somebody else: the two sides must be two people.
        IsPlacer = "is_placer": "接单人即代点人", "placed the order for another", "chính là người đặt hộ";
        /// Not a member of the organisation that serves.
        NotMember = "not_member": "非该队伍成员", "not a member of the organisation", "không thuộc đội";
    }
}

/// A certification of a craft, as far as the rule asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The craft.
    pub craft: Uuid,
    /// First day.
    pub valid_from: Timestamp,
    /// First moment after it.
    pub valid_until: Timestamp,
    /// Suspended for now.
    pub suspended: bool,
}

/// What is known of somebody who may serve, now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub taker: Taker,
    /// Whether the volunteer, or the organisation, is active.
    pub active: bool,
    /// A person's own certificates; for an organisation those of its active members.
    pub certificates: Vec<Certificate>,
    /// When a person is insured against accidents; for an organisation when its active members are.
    pub insured: Vec<InsuredTime>,
    /// Whether a person is known to be of age today. True for an organisation: its members are asked when they are named.
    pub of_age: bool,
    /// For a member of the serving organisation: whether they belong to it. True for everybody else.
    pub belongs: bool,
    /// When the person is bound elsewhere. Empty for an organisation: its members are asked when they are named.
    pub busy: Vec<Window>,
}

impl Certificate {
    /// Whether it stands at this moment.
    #[must_use]
    pub fn is_valid(&self, at: Timestamp) -> bool {
        !self.suspended && self.valid_from <= at && at < self.valid_until
    }
}

impl Window {
    /// Whether both have a moment in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Every rule that stands against a candidate; empty where they may serve. The one rule of eligibility: asked when an
/// order is offered, again when it is accepted, and for every member of a team.
///
/// `window` is when they would serve, if that is known: they must be free, and still certified when it starts.
#[must_use]
pub fn eligible(order: &Order, candidate: &Candidate, window: Option<Window>, now: Timestamp) -> Vec<Ineligible> {
    let holds_craft = order.craft.is_none_or(|craft| candidate.certificates.iter().any(|certificate| certificate.craft == craft));
    let start = window.map_or(now, |window| window.start.max(now));
    let valid = order.craft.is_none() || (is_certified(order, candidate, now) && is_certified(order, candidate, start));
    let end = window.map_or(start, |window| window.end.max(start));
    let insured = candidate.insured.iter().any(|insured| insured.covers(start, end));
    let busy = window.is_some_and(|window| candidate.busy.iter().any(|busy| busy.overlaps(&window)));
    let rules = [
        (Ineligible::NotActive, !candidate.active),
        (Ineligible::NotCertified, !holds_craft),
        (Ineligible::CertificationInvalid, holds_craft && !valid),
        (Ineligible::NotInsured, order.hazard != Hazard::None && !insured),
        (Ineligible::NotOfAge, order.hazard == Hazard::Rescue && !candidate.of_age),
        (Ineligible::Busy, busy),
        (Ineligible::IsSubject, candidate.taker == Taker::Person(order.subject)),
        (Ineligible::IsPlacer, order.placer.is_some_and(|placer| candidate.taker == Taker::Person(placer) && placer != order.subject)),
        (Ineligible::NotMember, !candidate.belongs),
    ];
    rules.into_iter().filter_map(|(rule, broken)| broken.then_some(rule)).collect()
}

/// As [`eligible`], for an offer that is made now: they would serve at the first opening in the time that is wanted.
#[must_use]
pub fn offerable(order: &Order, candidate: &Candidate, now: Timestamp) -> Vec<Ineligible> {
    let window = order.wanted.map(|wanted| opening(wanted, order.minutes, &candidate.busy, now));
    eligible(order, candidate, window, now)
}

/// Whether the candidate holds a certificate of the order's craft that stands at this moment. False while the craft is not
/// known.
#[must_use]
pub fn is_certified(order: &Order, candidate: &Candidate, at: Timestamp) -> bool {
    order.craft.is_some_and(|craft| candidate.certificates.iter().any(|held| held.craft == craft && held.is_valid(at)))
}

/// The first time within `wanted`, from `now` on, at which somebody is free for so many minutes; where there is none, the
/// beginning, at which they then are not. A service that starts within what is wanted may end after it.
#[must_use]
pub fn opening(wanted: Window, minutes: i32, busy: &[Window], now: Timestamp) -> Window {
    let from = |start: Timestamp| {
        let end = start.checked_add_signed(chrono::TimeDelta::minutes(i64::from(minutes))).unwrap_or(Timestamp::MAX_UTC);
        Window { start, end }
    };
    let earliest = wanted.start.max(now);
    let mut starts: Vec<Timestamp> = busy.iter().map(|busy| busy.end).filter(|end| *end > earliest && *end < wanted.end).collect();
    starts.push(earliest);
    starts.sort_unstable();
    let free = starts.into_iter().map(from).find(|window| !busy.iter().any(|busy| busy.overlaps(window)));
    free.unwrap_or_else(|| from(earliest))
}

#[cfg(test)]
mod tests;
