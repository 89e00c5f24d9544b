//! Recomputing the chain: what was edited, deleted, reordered or cut off is found, and where.

use domain::Timestamp;

use super::chain::{BEGINNING, Link, hash_of};
use super::checkpoint::Checkpoint;
use super::entry::{Entry, digest_of};
use super::erasure::Erasures;
use super::fault::Fault;
use crate::secret::sha256;

/// A checkpoint, and how far it can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// What is known of its signature.
    pub standing: Standing,
}

/// What is known of a checkpoint's signature, by who knows the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was signed with a key that is trusted.
    Genuine,
    /// There is no key to check it with.
    Unchecked,
    /// It was not, for this reason.
    Forged(String),
}

/// How far a chain is vouched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// The last link that a genuine checkpoint fits.
    pub link: i64,
    /// When that checkpoint was made.
    pub at: Timestamp,
}

/// Walks along the chain of one region, link by link.
#[derive(Clone, Debug)]
pub struct Verifier {
    next: i64,
    before: Vec<u8>,
    witnesses: Vec<Witness>,
    vouched: Vec<Vouched>,
    entries: usize,
    erasures: Erasures,
    faults: Vec<Fault>,
}

impl Verifier {
    /// At the beginning. What is forged is a fault, and compared all the same; only what is genuine vouches for anything.
    #[must_use]
    pub fn new(witnesses: Vec<Witness>) -> Self {
        let forged = |witness: &Witness| match &witness.standing {
            Standing::Forged(why) => Some(Fault::CheckpointForged { link: witness.checkpoint.link, why: why.clone() }),
            Standing::Genuine | Standing::Unchecked => None,
        };
        let faults = witnesses.iter().filter_map(forged).collect();
        Self { next: 1, before: BEGINNING.to_vec(), witnesses, vouched: Vec::new(), entries: 0, erasures: Erasures::default(), faults }
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
        self.compare(link);
        self.before.clone_from(&link.hash);
        self.next = link.number + 1;
    }

    /// Compares a link with the checkpoints that vouch for it.
    fn compare(&mut self, link: &Link) {
        for Witness { checkpoint, standing } in self.witnesses.iter().filter(|witness| witness.checkpoint.link == link.number) {
            if checkpoint.hash != link.hash {
                self.faults.push(Fault::CheckpointDiffers { link: link.number });
            } else if *standing == Standing::Genuine {
                self.vouched.push(Vouched { link: link.number, at: checkpoint.at });
            }
        }
    }

    fn step_entries(&mut self, link: &Link, entries: &[Entry]) {
        for (one, other) in entries.iter().zip(entries.iter().skip(1)) {
            if (one.at, one.id) > (other.at, other.id) {
                self.faults.push(Fault::EntryOutOfOrder { link: link.number, id: other.id });
            }
        }
        for entry in entries {
            let (number, id, at) = (link.number, entry.id, entry.at);
            match &entry.content {
                Some(content) if digest_of(id, &entry.region, at, content) != entry.digest => {
                    self.faults.push(Fault::EntryEdited { link: number, id, at });
                }
                Some(_) => self.erasures.hear(entry, link),
                None => match entry.erased_by {
                    Some(erasure) => self.erasures.see(entry, erasure, link),
                    None => self.faults.push(Fault::Emptied { link: number, id, at }),
                },
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
        let beyond = self.witnesses.iter().map(|witness| witness.checkpoint.link).filter(|link| *link > last).max();
        self.faults.extend(beyond.map(|checkpoint| Fault::CutOff { last, checkpoint }));
        let (erased, unproven, faults) = self.erasures.finish(&self.vouched);
        self.faults.extend(faults);
        Report { links: last, entries: self.entries, erased, unproven, vouched: self.vouched.last().copied(), faults: self.faults }
    }
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The number of the last link.
    pub links: i64,
    /// How many entries were looked at.
    pub entries: usize,
    /// How many of them say nothing any more because their time was over, as a checkpoint vouches for.
    pub erased: usize,
    /// How many say nothing any more, as the chain tells, but no checkpoint vouches for that.
    pub unproven: usize,
    /// How far a genuine checkpoint vouches for it; what comes after can have been rewritten or cut off.
    pub vouched: Option<Vouched>,
    /// What does not hold; none where all is well.
    pub faults: Vec<Fault>,
}
