use super::{Candidate, Certificate, Ineligible, eligible, is_certified, opening};
use crate::Timestamp;
use crate::order::{
    Acting, Basis, Channel, Facts, Group, Hazard, Order, OrderPolicy, Party, Payment, Placing, Taker, Urgency, Window, place,
};
use crate::person::InsuredTime;
use crate::region::DivisionCode;
use chrono::TimeDelta;
use uuid::Uuid;

const CRAFT: Uuid = Uuid::from_u128(1);
const SUBJECT: Uuid = Uuid::from_u128(2);

fn at(hour: i64) -> Timestamp {
    "2026-03-02T00:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::hours(hour)
}

fn hours(start: i64, end: i64) -> Window {
    Window { start: at(start), end: at(end) }
}

fn order() -> Order {
    let division = DivisionCode::parse("230822").unwrap();
    let placing = Placing {
        id: Uuid::nil(),
        number: "1".to_owned(),
        region: division.clone(),
        division: division.clone(),
        handler: division,
        service: Uuid::nil(),
        payment: Payment::Free,
        hazard: Hazard::None,
        craft: Some(CRAFT),
        minutes: 60,
        urgency: Urgency::Normal,
        group: Group::General,
        subject: SUBJECT,
        channel: Channel::Phone,
        basis: Some(Basis::Consent),
        external_ref: None,
        wanted: None,
        position: None,
    };
    let acting = Acting { account: Some(Uuid::nil()), person: None, parties: vec![Party::Placer], manages: Vec::new() };
    let facts = Facts {
        policy: &OrderPolicy::default(),
        zone: chrono_tz::Tz::Asia__Shanghai,
        acting: &acting,
        offers: &[],
        deadlines: &[],
        now: at(0),
    };
    place(&placing, &facts).unwrap().order
}

fn certificate() -> Certificate {
    Certificate { craft: CRAFT, valid_from: at(0), valid_until: at(24), suspended: false }
}

fn person() -> Candidate {
    Candidate {
        taker: Taker::Person(Uuid::from_u128(9)),
        active: true,
        certificates: vec![certificate()],
        insured: Vec::new(),
        of_age: false,
        belongs: true,
        busy: Vec::new(),
    }
}

#[test]
fn nothing_stands_against_an_able_person() {
    assert_eq!(eligible(&order(), &person(), Some(hours(9, 10)), at(8)), []);
}

#[test]
fn every_rule_is_named() {
    let with = |change: fn(&mut Candidate)| {
        let mut candidate = person();
        change(&mut candidate);
        eligible(&order(), &candidate, Some(hours(9, 10)), at(8))
    };
    assert_eq!(with(|candidate| candidate.active = false), [Ineligible::NotActive]);
    assert_eq!(with(|candidate| candidate.belongs = false), [Ineligible::NotMember]);
    assert_eq!(with(|candidate| candidate.taker = Taker::Person(SUBJECT)), [Ineligible::IsSubject]);
    assert_eq!(with(|candidate| candidate.certificates.clear()), [Ineligible::NotCertified]);
    assert_eq!(with(|candidate| candidate.certificates[0].craft = SUBJECT), [Ineligible::NotCertified]);
    assert_eq!(with(|candidate| candidate.certificates[0].suspended = true), [Ineligible::CertificationInvalid]);
    assert_eq!(with(|candidate| candidate.busy.push(hours(8, 11))), [Ineligible::Busy]);
    let all = with(|candidate| {
        let (taker, busy) = (Taker::Person(SUBJECT), vec![hours(9, 10)]);
        *candidate = Candidate { taker, active: false, certificates: Vec::new(), belongs: false, busy, ..person() };
    });
    assert_eq!(all.len(), 5);
}

#[test]
fn a_certificate_stands_now_and_when_the_service_starts() {
    let with = |valid_from, valid_until, window| {
        let candidate = Candidate { certificates: vec![Certificate { valid_from, valid_until, ..certificate() }], ..person() };
        eligible(&order(), &candidate, window, at(8))
    };
    assert_eq!(with(at(8), at(9), None), []);
    assert_eq!(with(at(9), at(20), None), [Ineligible::CertificationInvalid]);
    assert_eq!(with(at(0), at(8), None), [Ineligible::CertificationInvalid]);
    assert_eq!(with(at(0), at(9), Some(hours(9, 10))), [Ineligible::CertificationInvalid]);
    assert_eq!(with(at(0), at(10), Some(hours(9, 11))), []);
}

#[test]
fn a_second_certificate_stands_in_for_one_that_has_ended() {
    let old = Certificate { valid_until: at(4), ..certificate() };
    let candidate = Candidate { certificates: vec![old, certificate()], ..person() };
    assert!(is_certified(&order(), &candidate, at(8)));
    assert_eq!(eligible(&order(), &candidate, None, at(8)), []);
}

#[test]
fn a_dangerous_service_needs_an_insurance_for_as_long_as_it_lasts() {
    let order = |hazard| Order { hazard, ..order() };
    let insured = |from, until| Candidate { insured: vec![InsuredTime { from, until }], of_age: true, ..person() };
    let asked = |hazard, candidate: &Candidate, window| eligible(&order(hazard), candidate, window, at(8));
    let window = Some(hours(9, 11));
    assert_eq!(asked(Hazard::Dangerous, &person(), window), [Ineligible::NotInsured]);
    assert_eq!(asked(Hazard::Dangerous, &insured(at(0), at(10)), window), [Ineligible::NotInsured], "it ends before the service does");
    assert_eq!(asked(Hazard::Dangerous, &insured(at(0), at(11)), window), []);
    assert_eq!(asked(Hazard::Dangerous, &insured(at(9), at(11)), window), [], "it may begin with the service");
    assert_eq!(asked(Hazard::Dangerous, &insured(at(9), at(11)), None), [Ineligible::NotInsured], "no time is known: it must hold now");
    assert_eq!(asked(Hazard::None, &person(), window), []);
}

#[test]
fn only_who_is_known_to_be_of_age_serves_in_a_rescue() {
    let insured = InsuredTime { from: at(0), until: at(24) };
    let of_age = |of_age| Candidate { insured: vec![insured], of_age, ..person() };
    let asked = |hazard, candidate: &Candidate| eligible(&Order { hazard, ..order() }, candidate, Some(hours(9, 10)), at(8));
    assert_eq!(asked(Hazard::Rescue, &of_age(true)), []);
    assert_eq!(asked(Hazard::Rescue, &of_age(false)), [Ineligible::NotOfAge]);
    assert_eq!(asked(Hazard::Rescue, &person()), [Ineligible::NotInsured, Ineligible::NotOfAge]);
    assert_eq!(asked(Hazard::Dangerous, &of_age(false)), []);
}

#[test]
fn while_the_craft_is_not_known_none_is_asked_for() {
    let order = Order { craft: None, ..order() };
    let candidate = Candidate { certificates: Vec::new(), ..person() };
    assert_eq!(eligible(&order, &candidate, None, at(8)), []);
    assert!(!is_certified(&order, &candidate, at(8)));
}

#[test]
fn windows_that_touch_do_not_overlap() {
    assert!(!hours(8, 9).overlaps(&hours(9, 10)));
    assert!(hours(8, 10).overlaps(&hours(9, 11)) && hours(9, 11).overlaps(&hours(8, 10)));
    assert!(hours(8, 12).overlaps(&hours(9, 10)) && hours(9, 10).overlaps(&hours(8, 12)));
}

#[test]
fn an_opening_is_the_first_free_time() {
    assert_eq!(opening(hours(9, 17), 60, &[], at(0)), hours(9, 10));
    assert_eq!(opening(hours(9, 17), 60, &[], at(11)), hours(11, 12));
    assert_eq!(opening(hours(9, 17), 60, &[hours(8, 10), hours(10, 12)], at(0)), hours(12, 13));
    assert_eq!(opening(hours(9, 17), 120, &[hours(10, 11)], at(0)), hours(11, 13));
    // Free nowhere: the beginning, at which the rule then says busy.
    assert_eq!(opening(hours(9, 17), 60, &[hours(0, 24)], at(0)), hours(9, 10));
}
