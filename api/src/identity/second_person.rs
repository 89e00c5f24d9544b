//! What needs a second person: an account that the first one could act through is none.

use domain::Timestamp;
use domain::identity::{Actor, IdentityPolicy, may_concern};
use domain::order::{Order, Taker};
use persistence::{Tx, identity};
use uuid::Uuid;

use crate::actor::Permission;
use crate::problem::{Code, Fault};

/// The first people of a matter.
#[derive(Clone, Debug, Default)]
pub struct First {
    /// Accounts that have asked, written or acted.
    pub accounts: Vec<Uuid>,
    /// People that it is about, or who serve.
    pub persons: Vec<Uuid>,
    /// Organisations whose managers stand for them.
    pub organisations: Vec<Uuid>,
}

impl First {
    /// An account that has asked, written or acted.
    #[must_use]
    pub fn account(id: Uuid) -> Self {
        Self { accounts: vec![id], ..Self::default() }
    }

    /// A person that it is about.
    #[must_use]
    pub fn person(id: Uuid) -> Self {
        Self { persons: vec![id], ..Self::default() }
    }

    /// Those who serve an order, besides these.
    #[must_use]
    pub fn and_who_serves(mut self, order: &Order) -> Self {
        self.persons.extend(&order.members);
        self.and_taker(order.taker)
    }

    /// The accounts of these, of the same people, and those behind people and organisations.
    fn accounts_behind(&self, tx: &mut Tx) -> Result<Vec<Uuid>, Fault> {
        let mut behind = identity::with_siblings(tx, &self.accounts)?;
        behind.extend(identity::accounts_behind(tx, &self.persons, &self.organisations)?);
        Ok(behind)
    }

    /// A taker, besides these.
    #[must_use]
    pub fn and_taker(mut self, taker: Option<Taker>) -> Self {
        match taker {
            Some(Taker::Person(person)) => self.persons.push(person),
            Some(Taker::Organisation(organisation)) => self.organisations.push(organisation),
            None => {}
        }
        self
    }
}

/// Refuses who is the first person, with whichever account, and who is in their hands: whoever has lately reset, unlocked or opened
/// an account, or given it its role, could have its holder's word for their own. `began` is when the matter began.
///
/// # Errors
/// [`Code::SecondPersonNeeded`], or the database's.
pub fn independent(tx: &mut Tx, second: &Actor, first: &First, began: Timestamp) -> Result<(), Fault> {
    let since = IdentityPolicy::default().independent_since(began);
    let mut hands = identity::hands(tx, &[second.account], since)?;
    hands.push(second.account);
    refuse_common(&hands, &first.accounts_behind(tx)?)
}

/// Refuses what nobody does to themselves, nor through an account that they have in hand: `first` is the person whom it is about, and
/// whoever stands for them.
///
/// # Errors
/// [`Code::SecondPersonNeeded`], or the database's.
pub fn about_another<P: Permission>(tx: &mut Tx, actor: &Actor, first: &First) -> Result<(), Fault> {
    if first.persons.iter().any(|person| !may_concern(P::ACTION, actor, *person)) {
        return Err(Code::SecondPersonNeeded.into());
    }
    independent(tx, actor, first, tx.now())
}

/// As [`independent`], and refuses also who has a first account in hand.
///
/// # Errors
/// [`Code::SecondPersonNeeded`], or the database's.
pub fn neither_in_hand(tx: &mut Tx, second: &Actor, first: &First, began: Timestamp) -> Result<(), Fault> {
    independent(tx, second, first, began)?;
    let since = IdentityPolicy::default().independent_since(began);
    let behind = first.accounts_behind(tx)?;
    let hands = identity::hands(tx, &behind, since)?;
    refuse_common(&identity::with_siblings(tx, &[second.account])?, &hands)
}

/// That two decide, not one behind both: as [`neither_in_hand`], and refuses accounts that somebody third has in hand, such as two
/// that one administrator has lately opened. Accounts that were opened at the command line are in nobody's hands.
///
/// # Errors
/// [`Code::SecondPersonNeeded`], or the database's.
pub fn two_minds(tx: &mut Tx, second: &Actor, first: &First, began: Timestamp) -> Result<(), Fault> {
    if are_two_minds(tx, second, first, began)? { Ok(()) } else { Err(Code::SecondPersonNeeded.into()) }
}

/// Whether [`two_minds`] lets it pass.
///
/// # Errors
/// The database's.
pub fn are_two_minds(tx: &mut Tx, second: &Actor, first: &First, began: Timestamp) -> Result<bool, Fault> {
    let since = IdentityPolicy::default().independent_since(began);
    let behind = first.accounts_behind(tx)?;
    let (one, other) = (with_hands(tx, vec![second.account], since)?, with_hands(tx, behind, since)?);
    Ok(!have_common(&one, &other))
}

/// These accounts and those in whose hands they are, with the others of the same people.
fn with_hands(tx: &mut Tx, mut accounts: Vec<Uuid>, since: Timestamp) -> Result<Vec<Uuid>, Fault> {
    accounts.extend(identity::hands(tx, &accounts, since)?);
    Ok(identity::with_siblings(tx, &accounts)?)
}

fn refuse_common(one: &[Uuid], other: &[Uuid]) -> Result<(), Fault> {
    if have_common(one, other) { Err(Code::SecondPersonNeeded.into()) } else { Ok(()) }
}

fn have_common(one: &[Uuid], other: &[Uuid]) -> bool {
    one.iter().any(|account| other.contains(account))
}
