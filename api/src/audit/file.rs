//! A chain as a file: a line of JSON for each link, followed by its entries, then the checkpoints. Whoever has it can
//! recompute every digest and hash without this program.

use std::io::{BufRead, Write};

use chrono::{DateTime, Utc};
use persistence::audit::{Checkpoint, Content, Entry, Link, Report, Verifier};
use persistence::secret::hex;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::witness::Evidence;

/// A line of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    /// The first one.
    Chain { region: String, exported_at: DateTime<Utc> },
    /// A link; its entries follow.
    Link { link: i64, entries: i32, digest: String, hash: String, at: DateTime<Utc> },
    /// An entry of the link before.
    Entry {
        id: Uuid,
        at: DateTime<Utc>,
        digest: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<Said>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        erased_by: Option<Uuid>,
    },
    /// A checkpoint; those stand at the end.
    Checkpoint { link: i64, hash: String, at: DateTime<Utc>, token: String },
}

/// What an entry says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    actor_kind: domain::audit::ActorKind,
    actor: Option<Uuid>,
    role: Option<String>,
    action: String,
    object: Option<String>,
    purpose: Option<String>,
    outcome: String,
    request_id: Uuid,
    address: Option<String>,
}

impl From<Content> for Said {
    fn from(content: Content) -> Self {
        let Content { kind, actor, role, action, object, purpose, outcome, request, address } = content;
        Self { actor_kind: kind, actor, role, action, object, purpose, outcome, request_id: request, address }
    }
}

impl From<Said> for Content {
    fn from(said: Said) -> Self {
        let Said { actor_kind, actor, role, action, object, purpose, outcome, request_id, address } = said;
        Self { kind: actor_kind, actor, role, action, object, purpose, outcome, request: request_id, address }
    }
}

/// Why a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Reading or writing failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A line is not what it should be.
    #[error("line {line}: {message}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A checkpoint was given that is of another chain.
    #[error("the file is of the chain {file}, the checkpoint of {checkpoint}")]
    OtherChain {
        /// The file's.
        file: String,
        /// The checkpoint's.
        checkpoint: String,
    },
}

/// Writes a chain.
pub struct Writer<W: Write>(W);

impl<W: Write> Writer<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(out: W, region: &str, exported_at: DateTime<Utc>) -> Result<Self, FileError> {
        let mut writer = Self(out);
        writer.line(&Line::Chain { region: region.to_owned(), exported_at })?;
        Ok(writer)
    }

    /// Writes a link and its entries.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn link(&mut self, link: &Link, entries: Vec<Entry>) -> Result<(), FileError> {
        let (digest, hash) = (hex(&link.digest), hex(&link.hash));
        self.line(&Line::Link { link: link.number, entries: link.entries, digest, hash, at: link.at })?;
        entries.into_iter().try_for_each(|entry| {
            let Entry { id, at, content, digest, erased_by, .. } = entry;
            self.line(&Line::Entry { id, at, digest: hex(&digest), content: content.map(Into::into), erased_by })
        })
    }

    /// Writes a checkpoint, after all links.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), FileError> {
        let Checkpoint { link, hash, at, token, .. } = checkpoint;
        self.line(&Line::Checkpoint { link, hash: hex(&hash), at, token })
    }

    /// Ends the file, and gives back what it was written to.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn end(mut self) -> Result<W, FileError> {
        self.0.flush()?;
        Ok(self.0)
    }

    fn line(&mut self, line: &Line) -> Result<(), FileError> {
        serde_json::to_writer(&mut self.0, line).map_err(std::io::Error::from)?;
        Ok(self.0.write_all(b"\n")?)
    }
}

/// What was found in a file.
#[derive(Debug)]
pub struct Checked {
    /// The region; empty for the installation's own chain.
    pub region: String,
    /// What does not hold.
    pub report: Report,
}

/// Verifies a file. Without keys signatures are not checked, and nothing vouches for it.
///
/// # Errors
/// [`FileError`] where it is no such file, or a checkpoint is of another chain.
pub fn verify(file: impl BufRead, evidence: &Evidence) -> Result<Checked, FileError> {
    let mut reading = Reading::default();
    for (index, line) in file.lines().enumerate() {
        let wrong = |message: String| FileError::Line { line: index + 1, message };
        let line: Line = serde_json::from_str(&line?).map_err(|error| wrong(error.to_string()))?;
        reading.take(line).map_err(wrong)?;
    }
    reading.finish(evidence)
}

/// What of a file has been read.
#[derive(Default)]
struct Reading {
    region: Option<String>,
    links: Vec<(Link, Vec<Entry>)>,
    checkpoints: Vec<Checkpoint>,
}

impl Reading {
    fn take(&mut self, line: Line) -> Result<(), String> {
        let region = self.region.clone();
        match (line, region) {
            (Line::Chain { region, .. }, None) => self.region = Some(region),
            (Line::Chain { .. }, Some(_)) => return Err("a second chain in one file".to_owned()),
            (_, None) => return Err("the first line must name the chain".to_owned()),
            (Line::Link { link, entries, digest, hash, at }, Some(region)) => {
                let link = Link { region, number: link, entries, digest: bytes(&digest)?, hash: bytes(&hash)?, at };
                self.links.push((link, Vec::new()));
            }
            (Line::Entry { id, at, digest, content, erased_by }, Some(region)) => {
                let (link, entries) = self.links.last_mut().ok_or("an entry before the first link")?;
                let (digest, link) = (bytes(&digest)?, Some(link.number));
                entries.push(Entry { id, region, at, content: content.map(Into::into), digest, link, erased_by });
            }
            (Line::Checkpoint { link, hash, at, token }, Some(region)) => {
                self.checkpoints.push(Checkpoint { region, link, hash: bytes(&hash)?, at, token });
            }
        }
        Ok(())
    }

    fn finish(self, evidence: &Evidence) -> Result<Checked, FileError> {
        let missing = || FileError::Line { line: 1, message: "the file is empty".to_owned() };
        let region = self.region.ok_or_else(missing)?;
        if let Some(other) = evidence.deposited.iter().find(|checkpoint| checkpoint.region != region) {
            return Err(FileError::OtherChain { file: called(&region), checkpoint: called(&other.region) });
        }
        let mut verifier = Verifier::new(evidence.witnesses(&region, self.checkpoints, evidence.keys.as_deref()));
        for (link, entries) in &self.links {
            verifier.step(link, entries);
        }
        Ok(Checked { region, report: verifier.finish() })
    }
}

/// What the installation's own chain is called.
pub const INSTALLATION: &str = "installation";

/// What a chain is called.
#[must_use]
pub fn called(region: &str) -> String {
    if region.is_empty() { INSTALLATION.to_owned() } else { region.to_owned() }
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    persistence::secret::unhex(text).ok_or_else(|| format!("{text} is not hexadecimal"))
}
