//! What can be wrong with a chain.

use domain::Timestamp;
use uuid::Uuid;

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
    /// A checkpoint was not signed with a key that is known, or says something else than what was signed.
    #[error("the checkpoint of link {link} is not signed as it should be: {why}")]
    CheckpointForged {
        /// The link.
        link: i64,
        /// What is wrong with its signature.
        why: String,
    },
    /// Entries name a link that is not there.
    #[error("{count} entries name a link that is not there")]
    Strays {
        /// How many.
        count: i64,
    },
    /// What an entry said is gone, and nothing tells why.
    #[error("link {link}: the entry {id} of {at} says nothing any more")]
    Emptied {
        /// The link.
        link: i64,
        /// The entry.
        id: Uuid,
        /// When it happened.
        at: Timestamp,
    },
    /// Entries say nothing any more in the name of an erasure that the chain does not tell of.
    #[error("{entries} entries say nothing any more, and the chain does not tell of the erasure {erasure} that they name")]
    ErasureUnknown {
        /// The erasure that they name.
        erasure: Uuid,
        /// How many.
        entries: usize,
    },
    /// Other entries were emptied than an erasure tells of.
    #[error("link {link}: the entries that name the erasure {erasure} are not those that it tells of")]
    ErasureDiffers {
        /// The erasure.
        erasure: Uuid,
        /// The link of the entry that tells of it.
        link: i64,
    },
    /// An erasure has emptied what the law still wanted to be kept.
    #[error("link {link}: the erasure {erasure} has emptied an entry of {latest}, before its time was over")]
    ErasedTooEarly {
        /// The erasure.
        erasure: Uuid,
        /// The link of the entry that tells of it.
        link: i64,
        /// When the latest of the emptied entries happened.
        latest: Timestamp,
    },
}
