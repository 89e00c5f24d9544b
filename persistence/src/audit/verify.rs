//! Recomputing the chain: what was edited, deleted, reordered or cut off is found, and where.

use domain::Timestamp;
use uuid::Uuid;

use super::chain::{BEGINNING, Link, hash_of};
use super::checkpoint::Checkpoint;
use super::entry::{Entry, digest_of};
use crate::secret::sha256;

/// What does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An entry does not say what it said when it was written.
    #[error("link {link}: the entry {id} of {at} was edited")]
    EntryEdited {
        /// Its link.
        link: i64,
        /// The entry.
        id: Uuid,
        /// When it happened.
        at: Timestamp,
    },
    /// A link does not have as many entries as it was made of.
    #[error("link {link}, made {at}: {found} of {expected} entries are there")]
    EntriesMissing {
        /// The link.
        link: i64,
        /// When it was made.
        at: Timestamp,
        /// How many it was made of.
        expected: i32,
        /// How many are there.
        found: usize,
    },
    /// The entries of a link, or their order, are not those it was made of.
    #[error("link {link}, made {at}: its entries are not those, or not in the order, that it was made of")]
    EntriesReplaced {
        /// The link.
        link: i64,
        /// When it was made.
        at: Timestamp,
    },
    /// The entries of a link do not stand in the order of time and id.
    #[error("link {link}: the entry {id} does not stand in its place")]
    EntryOutOfOrder {
        /// The link.
        link: i64,
        /// The entry that stands after a later one.
        id: Uuid,
    },
    /// A link does not stand on the one before.
    #[error("link {link}, made {at}: it does not stand on the one before")]
    LinkEdited {
        /// The link.
        link: i64,
        /// When it was made.
        at: Timestamp,
    },
    /// A link is missing, or stands in another place.
    #[error("link {expected} is missing or out of order: {found} stands there")]
    LinkMissing {
        /// The number that is due.
        expected: i64,
        /// The number that stands there.
        found: i64,
    },
    /// The chain ends before a link that a checkpoint vouches for.
    #[error("cut off: the last link is {last}, a checkpoint vouches for {checkpoint}")]
    CutOff {
        /// The last link.
        last: i64,
        /// The link of the checkpoint.
        checkpoint: i64,
    },
    /// A link is not the one that a checkpoint vouches for.
    #[error("link {link} is not the one that its checkpoint vouches for")]
    CheckpointDiffers {
        /// The link.
        link: i64,
    },
    /// A checkpoint was not signed with a published key, or says something else than what was signed.
    #[error("the checkpoint of link {link} is not signed as it should be")]
    CheckpointForged {
        /// The link.
        link: i64,
    },
    /// Entries name a link that is not there.
    #[error("{count} entries name a link that is not there")]
    Strays {
        /// How many.
        count: i64,
    },
    /// What an entry said is gone.
    #[error("link {link}: the entry {id} of {at} says nothing any more")]
    Emptied {
        /// The link.
        link: i64,
        /// The entry.
        id: Uuid,
        /// When it happened.
        at: Timestamp,
    },
}

/// Walks along the chain of one region, link by link.
#[derive(Clone, Debug)]
pub struct Verifier {
    next: i64,
    before: Vec<u8>,
    checkpoints: Vec<Checkpoint>,
    entries: usize,
    faults: Vec<Fault>,
}

impl Verifier {
    /// At the beginning. The checkpoints' signatures are the caller's to check.
    #[must_use]
    pub fn new(checkpoints: Vec<Checkpoint>) -> Self {
        Self { next: 1, before: BEGINNING.to_vec(), checkpoints, entries: 0, faults: Vec::new() }
    }

    /// Notes the links whose checkpoints are not signed as they should be: found by who knows the keys.
    pub fn distrust(&mut self, links: Vec<i64>) {
        self.faults.extend(links.into_iter().map(|link| Fault::CheckpointForged { link }));
    }

    /// Notes entries that name a link which is not there.
    pub fn strays(&mut self, count: i64) {
        self.faults.extend((count > 0).then_some(Fault::Strays { count }));
    }

    /// Checks the next link with its entries, in the order in which they stand.
    pub fn step(&mut self, link: &Link, entries: &[Entry]) {
        self.entries += entries.len();
        if link.number != self.next {
            self.faults.push(Fault::LinkMissing { expected: self.next, found: link.number });
        }
        if hash_of(&link.region, link.number, &self.before, link.entries, link.at, &link.digest) != link.hash {
            self.faults.push(Fault::LinkEdited { link: link.number, at: link.at });
        }
        self.step_entries(link, entries);
        for checkpoint in self.checkpoints.iter().filter(|checkpoint| checkpoint.link == link.number) {
            if checkpoint.hash != link.hash {
                self.faults.push(Fault::CheckpointDiffers { link: link.number });
            }
        }
        self.before.clone_from(&link.hash);
        self.next = link.number + 1;
    }

    fn step_entries(&mut self, link: &Link, entries: &[Entry]) {
        for (one, other) in entries.iter().zip(entries.iter().skip(1)) {
            if (one.at, one.id) > (other.at, other.id) {
                self.faults.push(Fault::EntryOutOfOrder { link: link.number, id: other.id });
            }
        }
        for entry in entries {
            let (link, id, at) = (link.number, entry.id, entry.at);
            match &entry.content {
                Some(content) if digest_of(id, &entry.region, at, content) != entry.digest => {
                    self.faults.push(Fault::EntryEdited { link, id, at });
                }
                None => self.faults.push(Fault::Emptied { link, id, at }),
                Some(_) => {}
            }
        }
        let digests: Vec<&[u8]> = entries.iter().map(|entry| entry.digest.as_slice()).collect();
        if usize::try_from(link.entries).ok() != Some(entries.len()) {
            let (expected, found) = (link.entries, entries.len());
            self.faults.push(Fault::EntriesMissing { link: link.number, at: link.at, expected, found });
        } else if sha256(&digests.concat()) != link.digest {
            self.faults.push(Fault::EntriesReplaced { link: link.number, at: link.at });
        }
    }

    /// What was found, at the end of the chain.
    #[must_use]
    pub fn finish(mut self) -> Report {
        let last = self.next - 1;
        let beyond = self.checkpoints.iter().map(|checkpoint| checkpoint.link).filter(|link| *link > last).max();
        self.faults.extend(beyond.map(|checkpoint| Fault::CutOff { last, checkpoint }));
        Report { links: last, entries: self.entries, faults: self.faults }
    }
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The number of the last link.
    pub links: i64,
    /// How many entries were looked at.
    pub entries: usize,
    /// What does not hold; none where all is well.
    pub faults: Vec<Fault>,
}
