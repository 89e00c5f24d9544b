//! Prints the table of permissions and holds it against `docs/permissions.md`.

use std::fmt::Write as _;
use std::path::Path;

use super::{Action, Actor, ClientScope, Grant, Role, Who, may_ever, roles_of_party};
use crate::language::Language;
use crate::region::DivisionCode;
use crate::vocabulary::Vocabulary;
use uuid::Uuid;

const INTRODUCTION: &str = "# Who may do what

Printed from the table in `domain/src/identity/permission.rs`; a test fails when both differ
(`UPDATE_DOCS=1 cargo test -p linli-domain permissions` rewrites this page).

| word | meaning |
|---|---|
| public | without signing in |
| signed in | every account |
| own | every account, for what is its own |
| manager | for the organisation that the account manages |
| office | for an organisation that the person belongs to, in an office such as treasurer |
| scope | within the division of the grant and below it |
| party (…) | where the account stands in this relation to the order |
| — | never |

Besides: nobody merges, decides on, certifies or suspends themselves. Nobody grants a role to themselves or takes
their own away. Administrators grant inside their own division; further administrators only strictly below it;
operators never. Who resets a password or locks an account could take away every role that it holds. The first three
roles follow from a person's records and are never granted.

What belongs to the installation as a whole (its own chain of the audit log with every failed sign-in, its checkpoints, its runs of
retention) is for operators whose grants cover each of its regions (`may_everywhere`). Where there are several, an operator of one
sees that one.

A second person is somebody else: no account of the same person, and none that the first has in hand. Whoever has opened an
account, reset its password or second factor, unlocked it or given it a role has it in hand for 30 days
(`IdentityPolicy::independent_days`), counted back from when the matter began; so has whoever has done that to them. Such an account
decides nothing that the first has asked for, written or proposed, nothing about the first as a person, calls nobody about their
work, and neither grants nor dispatches anything to them.

Nor is whoever has an account in hand a second person to it: they decide nothing that it has asked for, submitted or worked on. Where
plain data of minors are approved, money is, an organisation that somebody has submitted is decided on, or an order is excluded from
the measures, two accounts that somebody third has in hand, such as one administrator who has lately opened both, are one. An account that was opened at the command line (`linli user add`) is in
nobody's hands: in the first 30 days of an installation open those of whoever is to approve there.
";

const CLIENTS: &str = "
## Machine clients

A client may do what a scope of its token opens, within its division and below it, and what is public; nothing else, and
nothing that is \"signed in\" or \"own\". A scope that opens nothing yet is kept for what will need it.

| scope | meaning | opens |
|---|---|---|
";

/// An actor who holds this role and no other.
fn holding(role: Role) -> Actor {
    let scope = DivisionCode::parse("230822").unwrap();
    let grant = Grant { role, scope, organisation: Some(Uuid::from_u128(7)) };
    Actor {
        account: Uuid::from_u128(1),
        person: (role == Role::Resident).then_some(Uuid::from_u128(9)),
        grants: if role.grantable() { vec![grant] } else { Vec::new() },
        volunteer: role == Role::Volunteer,
        craftsman: role == Role::Craftsman,
        client: None,
    }
}

fn cell(action: Action, role: Role) -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut parties: Vec<&str> = Vec::new();
    for who in action.who() {
        match who {
            Who::Public => words.push("public"),
            Who::Anyone => words.push("signed in"),
            Who::Own => words.push("own"),
            Who::Officer if role == Role::Resident => words.push("office"),
            Who::Manager if role == Role::OrganisationManager => words.push("manager"),
            Who::Role(holder) if holder == role => words.push("scope"),
            Who::Party(party) if roles_of_party(party).contains(&role) => parties.push(party.as_str()),
            Who::Manager | Who::Officer | Who::Role(_) | Who::Party(_) | Who::Client(_) => {}
        }
    }
    let parties = (!parties.is_empty()).then(|| format!("party ({})", parties.join(", ")));
    let words: Vec<String> = words.into_iter().map(str::to_owned).chain(parties).collect();
    if words.is_empty() { "—".to_owned() } else { words.join(", ") }
}

fn page() -> String {
    let mut page = format!("{INTRODUCTION}\n| action |");
    for role in Role::ALL {
        write!(page, " {role} |").unwrap();
    }
    write!(page, "\n|---|{}\n", "---|".repeat(Role::ALL.len())).unwrap();
    for action in Action::all() {
        write!(page, "| {action} |").unwrap();
        for role in Role::ALL {
            write!(page, " {} |", cell(action, *role)).unwrap();
        }
        page.push('\n');
    }
    page.push_str(CLIENTS);
    for scope in ClientScope::ALL {
        let opened: Vec<String> =
            Action::all().filter(|action| action.who().contains(&Who::Client(*scope))).map(|action| action.to_string()).collect();
        let opened = if opened.is_empty() { "—".to_owned() } else { opened.join(", ") };
        writeln!(page, "| `{scope}` | {} | {opened} |", scope.label(Language::En)).unwrap();
    }
    page
}

#[test]
fn permissions_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/permissions.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page(), "docs/permissions.md is stale: run UPDATE_DOCS=1 cargo test -p linli-domain permissions");
}

#[test]
fn a_dash_means_never_and_a_word_means_sometimes() {
    for action in Action::all() {
        for role in Role::ALL.iter().copied() {
            assert_eq!(cell(action, role) != "—", may_ever(action, &holding(role)), "{action} as {role}");
        }
    }
}

#[test]
fn scoped_roles_are_grantable() {
    for action in Action::all() {
        for who in action.who() {
            assert!(!matches!(who, Who::Role(role) if !role.grantable()), "{action} names a role that has no scope");
        }
    }
}

#[test]
fn names_are_unique() {
    let names: std::collections::BTreeSet<String> = Action::all().map(|action| action.to_string()).collect();
    assert_eq!(names.len(), Action::all().count());
}
