//! What the table of permissions opens, and to whom.

use super::{client_may, may_concern, may_ever, may_everywhere, may_in, scopes};
use crate::identity::{Action, Actor, ClientGrant, ClientScope, Grant, Role};
use crate::order::Step;
use crate::region::DivisionCode;
use uuid::Uuid;

fn code(raw: &str) -> DivisionCode {
    DivisionCode::parse(raw).unwrap()
}

fn staff(grants: &[(Role, &str)]) -> Actor {
    let grant = |(role, scope): &(Role, &str)| Grant { role: *role, scope: code(scope), organisation: None };
    Actor { account: Uuid::from_u128(1), grants: grants.iter().map(grant).collect(), ..Actor::default() }
}

fn client(scope: ClientScope) -> Actor {
    let client = ClientGrant { scopes: vec![scope], division: code("230822106") };
    Actor { client: Some(client), ..Actor::default() }
}

#[test]
fn a_client_does_what_its_scopes_open_in_its_division_and_nothing_else() {
    let (orders, statistics) = (client(ClientScope::OrdersRead), client(ClientScope::StatisticsRead));
    let allowed = |actor: &Actor| Action::all().filter(|action| may_ever(*action, actor)).map(|action| action.to_string()).collect();
    let open = ["read_divisions", "read_catalogue"];
    let (read_orders, counted): (Vec<String>, Vec<String>) = (allowed(&orders), allowed(&statistics));
    assert_eq!(read_orders, [&open[..], &["read_sites", "list_orders", "read_order", "read_policy"]].concat());
    assert_eq!(counted, [&open[..], &["read_sites", "read_measures", "read_policy"]].concat());
    assert!(may_in(Action::ReadMeasures, &statistics, &code("230822106001")));
    assert!(!may_in(Action::ReadMeasures, &statistics, &code("230822")), "not above its division");
    assert!(!may_in(Action::ReadMeasures, &orders, &code("230822106001")), "another scope");
    assert!(client_may(Action::ReadOrder, &orders, &[&code("230822"), &code("230822106001")]));
    assert!(!client_may(Action::ReadOrder, &orders, &[&code("230822"), &code("4514")]));
    assert_eq!(scopes(Action::ReadMeasures, &statistics), [code("230822106")]);
    assert!(scopes(Action::ReadMeasures, &orders).is_empty());
}

#[test]
fn a_role_never_stands_in_for_a_scope() {
    let confused = Actor { grants: staff(&[(Role::Administrator, "23")]).grants, ..client(ClientScope::StatisticsRead) };
    assert!(!may_ever(Action::EditPolicy, &confused) && !may_in(Action::ReadOrder, &confused, &code("230822106")));
    assert!(!client_may(Action::ReadOrder, &staff(&[(Role::Administrator, "23")]), &[&code("230822106")]));
}

fn resident() -> Actor {
    Actor { person: Some(Uuid::from_u128(9)), ..staff(&[]) }
}

#[test]
fn a_dispatcher_dispatches_in_scope_only() {
    let dispatcher = staff(&[(Role::Dispatcher, "230822100")]);
    assert!(may_ever(Action::Order(Step::Offer), &dispatcher));
    assert!(may_in(Action::Order(Step::Offer), &dispatcher, &code("230822100001")));
    assert!(!may_in(Action::Order(Step::Offer), &dispatcher, &code("230822101001")));
    assert!(!may_ever(Action::EditPolicy, &dispatcher));
}

#[test]
fn a_resident_may_place_and_review_but_holds_no_scope() {
    let resident = resident();
    assert!(may_ever(Action::Order(Step::Place), &resident));
    assert!(may_ever(Action::Order(Step::Review), &resident));
    assert!(!may_ever(Action::Order(Step::Triage), &resident));
    assert!(!may_in(Action::ReadOrder, &resident, &code("230822")), "being the subject is known with the order only");
    assert!(scopes(Action::ReadOrder, &resident).is_empty());
}

#[test]
fn an_account_without_a_person_may_do_what_is_open_and_its_own() {
    let nobody = staff(&[]);
    let allowed: Vec<String> = Action::all().filter(|action| may_ever(*action, &nobody)).map(|action| action.to_string()).collect();
    let open = ["read_divisions", "read_catalogue", "read_person", "claim_person", "record_consent", "erase_person"];
    let own = [
        "register_volunteer",
        "read_volunteer_file",
        "read_organisation",
        "read_partnership",
        "propose_apprenticeship",
        "agree_apprenticeship",
        "ask_for_stage",
        "end_apprenticeship",
        "read_apprenticeships",
        "keep_works",
        "read_sites",
        "book_appointment",
        "read_bookings",
        "release_shift",
        "read_shifts",
        "read_own",
        "export_own",
        "enter_demand",
        "read_demand",
    ];
    let last = ["read_policy", "read_photo"];
    let training = ["read_training", "enrol_in_training", "read_social_workers", "register_for_exam", "join_cavalry", "be_on_duty"];
    let (own, organisations) = own.split_at(2);
    assert_eq!(allowed, [&open[..], own, &training, organisations, &last].concat());
}

#[test]
fn nobody_acts_as_the_clock() {
    let everything: Vec<(Role, &str)> =
        <Role as crate::vocabulary::Vocabulary>::ALL.iter().filter(|role| role.grantable()).map(|role| (*role, "23")).collect();
    let everybody = Actor { volunteer: true, craftsman: true, person: Some(Uuid::from_u128(9)), ..staff(&everything) };
    let not = |step| !may_ever(Action::Order(step), &everybody);
    assert!(not(Step::Expire) && not(Step::DefaultReview) && not(Step::Remind));
}

#[test]
fn a_manager_without_an_organisation_manages_nothing() {
    let mut manager = staff(&[(Role::OrganisationManager, "230822")]);
    assert!(!may_ever(Action::ManageMembers, &manager));
    manager.grants[0].organisation = Some(Uuid::from_u128(7));
    assert!(may_ever(Action::ManageMembers, &manager));
    assert!(!may_in(Action::ManageMembers, &manager, &code("230822")), "other organisations of the division are not theirs");
}

#[test]
fn scopes_are_those_of_the_right_roles_and_none_inside_another() {
    let grants =
        [(Role::SocialWorker, "230822100001"), (Role::Dispatcher, "230822100"), (Role::Merchant, "4514"), (Role::GridMember, "2309")];
    let staff = staff(&grants);
    assert_eq!(scopes(Action::Order(Step::Triage), &staff), [code("230822100")]);
    assert_eq!(scopes(Action::ReadOrder, &staff), [code("230822100"), code("2309")]);
}

#[test]
fn the_installation_is_for_operators_of_all_its_regions() {
    let (one, both) = ([code("230822")], [code("230822"), code("4514")]);
    let may = |grants: &[(Role, &str)], regions: &[DivisionCode]| may_everywhere(Action::ReadAudit, &staff(grants), regions);
    assert!(may(&[(Role::Operator, "230822")], &one) && may(&[(Role::Operator, "23")], &one) && may(&[(Role::Operator, "23")], &[]));
    assert!(may(&[(Role::Operator, "230822"), (Role::Operator, "4514")], &both));
    assert!(!may(&[(Role::Operator, "230822")], &both) && !may(&[(Role::Operator, "230822106")], &one), "not all of it");
    assert!(!may(&[(Role::Operator, "230822"), (Role::Administrator, "4514")], &both), "the other one in another role");
    assert!(!may(&[(Role::Supervisor, "230822")], &one) && !may(&[], &[]), "no operator");
    assert!(!may_everywhere(Action::EditPolicy, &staff(&[(Role::Operator, "23")]), &one), "no action of operators");
}

#[test]
fn nobody_certifies_themselves() {
    let worker = Actor { person: Some(Uuid::from_u128(9)), ..staff(&[(Role::SocialWorker, "230822")]) };
    assert!(!may_concern(Action::Certify, &worker, Uuid::from_u128(9)));
    assert!(may_concern(Action::Certify, &worker, Uuid::from_u128(10)));
    assert!(may_concern(Action::ReadPerson, &worker, Uuid::from_u128(9)));
}
