//! Emptying entries whose time is over, so that the chain still proves that nobody else has emptied one.
//!
//! Whoever empties entries adds one more, in the same transaction: its object is the digest of those that were emptied. It is
//! linked like every other, is never emptied itself, and each of the emptied entries names it. So a chain allows exactly those
//! entries to say nothing that it tells of, and only as far as a checkpoint vouches for the entry that tells it.

use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::Timestamp;
use domain::retention::{PROVISIONS, RecordKind, was_over};
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use super::chain::Link;
use super::entry::{Content, Entry, insert};
use super::fault::Fault;
use super::origin::ActorKind;
use super::verify::Vouched;
use crate::dialect::MultiBackend;
use crate::error::StoreError;
use crate::schema::{audit_entries, audit_links};
use crate::secret::{Sha256, hex};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// The action of the entries that tell what was emptied, and of what else the job has erased.
pub const RETENTION: &str = "retention";

/// The collection in their object, which ends with the digest of what was emptied.
const ERASURES: &str = "audit-erasures/";

/// What one entry adds to the digest of an erasure: its id, its time in microseconds since 1970 as eight bytes (big-endian), and its
/// own digest.
fn mark(id: Uuid, at: Timestamp, digest: &[u8]) -> Vec<u8> {
    [id.as_bytes().as_slice(), &at.timestamp_micros().to_be_bytes(), digest].concat()
}

/// The numbers of links of a region that were made before a moment.
type Linked = diesel::dsl::Select<
    diesel::dsl::Filter<
        diesel::dsl::Filter<audit_links::table, diesel::dsl::Eq<audit_links::region, String>>,
        diesel::dsl::Lt<audit_links::at, Instant>,
    >,
    diesel::dsl::Nullable<audit_links::link>,
>;

/// Which entries are looked for.
#[derive(Clone, Debug)]
pub struct Past {
    /// The region; empty for the installation's own.
    pub region: String,
    /// Those that show or hand out plain data, or the others.
    pub kind: RecordKind,
    /// After this one, in the order of time and id.
    pub after: (Timestamp, Uuid),
    /// From before this moment.
    pub cutoff: Timestamp,
}

impl Past {
    /// The links that were made before the moment, too: whoever verifies the chain knows the age of an entry by its link.
    fn linked(&self) -> Linked {
        let of_region = audit_links::table.filter(audit_links::region.eq(self.region.clone()));
        of_region.filter(audit_links::at.lt(Instant::from(self.cutoff))).select(audit_links::link.nullable())
    }

    fn query(&self) -> audit_entries::BoxedQuery<'static, MultiBackend> {
        let (at, id) = (Instant::from(self.after.0), Uid(self.after.1));
        let query = audit_entries::table
            .into_boxed::<MultiBackend>()
            .filter(audit_entries::region.eq(self.region.clone()))
            .filter(audit_entries::at.ge(at).and(audit_entries::at.gt(at).or(audit_entries::id.gt(id))))
            .filter(audit_entries::at.lt(Instant::from(self.cutoff)))
            .filter(audit_entries::link.eq_any(self.linked()));
        match self.kind {
            RecordKind::Provisions => query.filter(audit_entries::action.eq_any(PROVISIONS)),
            RecordKind::Audit | RecordKind::Orders | RecordKind::Demands | RecordKind::Sessions => {
                query.filter(audit_entries::action.ne_all(PROVISIONS.into_iter().chain([RETENTION])))
            }
        }
    }
}

/// How many entries are past their time and still say something.
///
/// # Errors
/// The database's.
pub fn count_past(tx: &mut Tx, past: &Past) -> Result<i64, StoreError> {
    Ok(past.query().count().get_result(&mut tx.conn)?)
}

/// Empties entries that are past their time, the oldest first, at most so many, and adds the entry that tells it. How many there
/// were, and the last one; `run` is the report that they stand in.
///
/// # Errors
/// [`StoreError::Stale`] where somebody else has emptied one meanwhile.
pub fn empty(tx: &mut Tx, past: &Past, limit: i64, by: ActorKind, run: Uuid) -> Result<(usize, Option<(Timestamp, Uuid)>), StoreError> {
    type Found = (Option<i64>, Instant, Uid, Vec<u8>);
    let columns = (audit_entries::link, audit_entries::at, audit_entries::id, audit_entries::digest);
    let oldest = past.query().order((audit_entries::at, audit_entries::id)).limit(limit);
    let mut found: Vec<Found> = oldest.select(columns).load(&mut tx.conn)?;
    let Some(last) = found.last().map(|(_, at, id, _)| (at.get(), id.0)) else { return Ok((0, None)) };
    // In the order of the chain, in which whoever verifies it meets them.
    found.sort_by_key(|(link, at, id, _)| (*link, at.get(), id.0));
    let mut digest = Sha256::new();
    found.iter().for_each(|(_, at, id, own)| digest.update(&mark(id.0, at.get(), own)));
    let erasure = Uuid::now_v7();
    let ids: Vec<Uid> = found.iter().map(|(_, _, id, _)| *id).collect();
    let nothing = (
        audit_entries::actor_kind.eq(None::<String>),
        audit_entries::actor_id.eq(None::<Uid>),
        audit_entries::role.eq(None::<String>),
        audit_entries::action.eq(None::<String>),
        audit_entries::object.eq(None::<String>),
        audit_entries::purpose.eq(None::<String>),
        audit_entries::outcome.eq(None::<String>),
        audit_entries::request_id.eq(None::<Uid>),
        audit_entries::address.eq(None::<String>),
        audit_entries::erased_by.eq(Some(Uid(erasure))),
    );
    let those = audit_entries::table.filter(audit_entries::id.eq_any(ids)).filter(audit_entries::action.is_not_null());
    if diesel::update(those).set(nothing).execute(&mut tx.conn)? != found.len() {
        return Err(StoreError::Stale);
    }
    let content = Content {
        kind: by,
        actor: None,
        role: None,
        action: RETENTION.to_owned(),
        object: Some(format!("{ERASURES}{}", hex(&digest.finish()))),
        purpose: Some(past.kind.as_str().to_owned()),
        outcome: "done".to_owned(),
        request: run,
        address: None,
    };
    insert(tx, erasure, past.region.clone(), content)?;
    Ok((found.len(), Some(last)))
}

/// What an erasure says of itself.
#[derive(Clone, Debug)]
struct Told {
    link: i64,
    /// When it was: no later than its link.
    at: Timestamp,
    kind: RecordKind,
    digest: String,
}

/// The entries that name an erasure.
#[derive(Clone, Debug)]
struct Emptied {
    digest: Sha256,
    entries: usize,
    /// When the last of them was linked: the time of an empty entry itself proves nothing, as its digest cannot be computed again.
    latest: Timestamp,
}

/// The erasures of a chain, as it is walked along: what they tell, and what is empty in their name.
#[derive(Clone, Debug, Default)]
pub(super) struct Erasures {
    told: BTreeMap<Uuid, Told>,
    emptied: BTreeMap<Uuid, Emptied>,
}

impl Erasures {
    /// Notes an entry that says something, if it tells of an erasure.
    pub(super) fn hear(&mut self, entry: &Entry, link: &Link) {
        let told = entry.content.as_ref().filter(|said| said.action == RETENTION && said.actor.is_none());
        let digest = told.and_then(|said| said.object.as_deref()).and_then(|object| object.strip_prefix(ERASURES));
        let kind = told.and_then(|said| said.purpose.as_deref()).and_then(RecordKind::from_text);
        if let (Some(digest), Some(kind)) = (digest, kind) {
            self.told.insert(entry.id, Told { link: link.number, at: entry.at.min(link.at), kind, digest: digest.to_owned() });
        }
    }

    /// Notes an entry that says nothing, in the name of an erasure.
    pub(super) fn see(&mut self, entry: &Entry, erasure: Uuid, link: &Link) {
        let fresh = || Emptied { digest: Sha256::new(), entries: 0, latest: link.at };
        let emptied = self.emptied.entry(erasure).or_insert_with(fresh);
        emptied.digest.update(&mark(entry.id, entry.at, &entry.digest));
        emptied.entries += 1;
        emptied.latest = emptied.latest.max(link.at);
    }

    /// What became of the empty entries, at the end of the chain: so many are proven to be past their time, so many are told of by
    /// an erasure that nothing vouches for, and what does not hold. An erasure was no later than the first checkpoint that vouches
    /// for it was made.
    pub(super) fn finish(self, vouched: &[Vouched]) -> (usize, usize, Vec<Fault>) {
        let (mut proven, mut unproven, mut faults) = (0, 0, Vec::new());
        for (erasure, Emptied { digest, entries, latest }) in self.emptied {
            let told = self.told.get(&erasure);
            let by = told.and_then(|told| vouched.iter().filter(|by| told.link <= by.link).map(|by| by.at).min());
            match told {
                None => faults.push(Fault::ErasureUnknown { erasure, entries }),
                Some(told) if told.digest != hex(&digest.finish()) => faults.push(Fault::ErasureDiffers { erasure, link: told.link }),
                Some(told) if !was_over(told.kind, latest, by.map_or(told.at, |by| told.at.min(by))) => {
                    faults.push(Fault::ErasedTooEarly { erasure, link: told.link, latest })
                }
                Some(_) if by.is_some() => proven += entries,
                Some(_) => unproven += entries,
            }
        }
        (proven, unproven, faults)
    }
}
