//! Messages 消息 to accounts.

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::message::MessageKind;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::error::StoreError;
use crate::identity::AccountState;
use crate::insert_all;
use crate::order::value;
use crate::schema::{accounts, messages, orders};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    pub kind: MessageKind,
    /// What it is about in particular.
    pub about: MessageAbout,
    /// Whether the person served was told, too; none where the message is to them.
    pub subject_told: Option<bool>,
    /// When it was written.
    pub at: domain::Timestamp,
    /// When it was marked as read.
    pub read_at: Option<domain::Timestamp>,
}

/// The thing that a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageAbout {
    /// An order.
    Order {
        /// Its id.
        id: Uuid,
        /// Its number.
        number: String,
    },
    /// A certification.
    Certification(Uuid),
    /// What else has an id; the kind of the message says what it is.
    Object(Uuid),
}

impl MessageAbout {
    /// The order, where it is about one.
    #[must_use]
    pub const fn order(&self) -> Option<Uuid> {
        if let Self::Order { id, .. } = self { Some(*id) } else { None }
    }

    /// The certification, where it is about one.
    #[must_use]
    pub const fn certification(&self) -> Option<Uuid> {
        if let Self::Certification(id) = self { Some(*id) } else { None }
    }

    /// What else it is about.
    #[must_use]
    pub const fn object(&self) -> Option<Uuid> {
        if let Self::Object(id) = self { Some(*id) } else { None }
    }
}

#[derive(Insertable)]
#[diesel(table_name = messages, treat_none_as_default_value = false)]
struct NewRow {
    id: Uid,
    account_id: Uid,
    kind: String,
    order_id: Option<Uid>,
    certification_id: Option<Uid>,
    object_id: Option<Uid>,
    subject_told: Option<bool>,
    at: Instant,
    read_at: Option<Instant>,
}

impl NewRow {
    fn new(account: Uuid, kind: MessageKind, at: Instant) -> Self {
        Self {
            id: Uuid::now_v7().into(),
            account_id: account.into(),
            kind: kind.as_str().to_owned(),
            order_id: None,
            certification_id: None,
            object_id: None,
            subject_told: None,
            at,
            read_at: None,
        }
    }
}

type Row = (Uid, String, Option<Uid>, Option<Uid>, Option<Uid>, Option<String>, Option<bool>, Instant, Option<Instant>);

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        (
            messages::id,
            messages::kind,
            messages::order_id,
            messages::certification_id,
            messages::object_id,
            orders::number.nullable(),
            messages::subject_told,
            messages::at,
            messages::read_at,
        )
    };
}

fn read((id, kind, order, certification, object, number, subject_told, at, read_at): Row) -> Result<Message, StoreError> {
    let (at, read_at) = (at.get(), read_at.map(Instant::get));
    let about = match (order.zip(number), certification, object) {
        (Some((order, number)), None, None) => MessageAbout::Order { id: order.0, number },
        (None, Some(certification), None) => MessageAbout::Certification(certification.0),
        (None, None, Some(object)) => MessageAbout::Object(object.0),
        _ => return Err(StoreError::Bug(format!("message {} is about nothing", id.0))),
    };
    Ok(Message { id: id.0, kind: value(&kind)?, about, subject_told, at, read_at })
}

/// The accounts of a person that are in use.
fn accounts_of(tx: &mut Tx, person: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let accounts: Vec<Uid> = accounts::table
        .filter(accounts::person_id.eq(Some(Uid(person))))
        .filter(accounts::state.ne(AccountState::Cancelled.as_str()))
        .order(accounts::id)
        .select(accounts::id)
        .load(&mut tx.conn)?;
    Ok(accounts.into_iter().map(Into::into).collect())
}

/// Tells both sides that an order was placed for another, in the transaction that places it.
///
/// # Errors
/// The database's.
pub fn confirm_proxy(tx: &mut Tx, order: Uuid, placer: Uuid, subject: Uuid) -> Result<(), StoreError> {
    let of_subject = accounts_of(tx, subject)?;
    let at = Instant::from(tx.now());
    let row = |(account, kind): (Uuid, MessageKind)| NewRow {
        order_id: Some(order.into()),
        subject_told: (kind == MessageKind::PlacedByYou).then_some(!of_subject.is_empty()),
        ..NewRow::new(account, kind, at)
    };
    let rows: Vec<NewRow> = domain::message::confirmations(placer, &of_subject).into_iter().map(row).collect();
    insert_all!(tx, messages::table, rows)?;
    Ok(())
}

/// Tells somebody that their certification is about to expire.
///
/// # Errors
/// The database's.
pub fn certification_expires(tx: &mut Tx, certification: Uuid, person: Uuid) -> Result<(), StoreError> {
    let at = Instant::from(tx.now());
    let row =
        |account| NewRow { certification_id: Some(certification.into()), ..NewRow::new(account, MessageKind::CertificationExpires, at) };
    let rows: Vec<NewRow> = accounts_of(tx, person)?.into_iter().map(row).collect();
    keep(tx, rows)
}

/// Tells accounts of something that has an id, each once.
///
/// # Errors
/// The database's.
pub fn tell_accounts(tx: &mut Tx, kind: MessageKind, object: Uuid, accounts: &[Uuid]) -> Result<(), StoreError> {
    let at = Instant::from(tx.now());
    let accounts: BTreeSet<Uuid> = accounts.iter().copied().collect();
    let row = |account| NewRow { object_id: Some(object.into()), ..NewRow::new(account, kind, at) };
    keep(tx, accounts.into_iter().map(row).collect())
}

/// Tells somebody of something that has an id, in each account of theirs.
///
/// # Errors
/// The database's.
pub fn tell(tx: &mut Tx, kind: MessageKind, object: Uuid, person: Uuid) -> Result<(), StoreError> {
    let accounts = accounts_of(tx, person)?;
    tell_accounts(tx, kind, object, &accounts)
}

fn keep(tx: &mut Tx, rows: Vec<NewRow>) -> Result<(), StoreError> {
    if !rows.is_empty() {
        insert_all!(tx, messages::table, rows)?;
    }
    Ok(())
}

/// The messages to an account, newest first, from one on.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx, account: Uuid, unread: bool, before: Option<Uuid>, limit: i64) -> Result<Vec<Message>, StoreError> {
    let mut query = messages::table
        .left_join(orders::table.on(messages::order_id.eq(orders::id.nullable())))
        .into_boxed::<crate::dialect::MultiBackend>()
        .filter(messages::account_id.eq(Uid(account)));
    if unread {
        query = query.filter(messages::read_at.is_null());
    }
    if let Some(before) = before {
        query = query.filter(messages::id.lt(Uid(before)));
    }
    let rows: Vec<Row> = query.order(messages::id.desc()).limit(limit).select(columns!()).load(&mut tx.conn)?;
    rows.into_iter().map(read).collect()
}

/// Marks a message to an account as read; one that is read stays as it is.
///
/// # Errors
/// [`StoreError::Missing`] where the account has no such message.
pub fn mark_read(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<Message, StoreError> {
    let now = Some(Instant::from(tx.now()));
    let its = messages::table.filter(messages::id.eq(Uid(id))).filter(messages::account_id.eq(Uid(account)));
    let changed = diesel::update(its.filter(messages::read_at.is_null())).set(messages::read_at.eq(now)).execute(&mut tx.conn)?;
    if changed == 0 {
        tx.changes_nothing();
    }
    let row: Row = its.left_join(orders::table.on(messages::order_id.eq(orders::id.nullable()))).select(columns!()).first(&mut tx.conn)?;
    read(row)
}
