//! A journal in lines of text, recomputed from stored bytes: phone and station agree when the lines are equal.
//!
//! Made for a person with `diff` as much as for a program, so it is text and not JSON:
//!
//! ```text
//! log <log id> <last seq> <head hash>
//! op <seq> <SHA-256 of the op bytes>
//! part <seq> <field> <seal recomputed from salt and value>
//! photo <SHA-256 recomputed from the original> <bytes>
//! ```

use std::collections::BTreeMap;
use std::fmt;

use crate::chain::{Head, Seq};
use crate::hash::Sha256Hash;
use crate::id::LogId;
use crate::seal::{Part, Sealed};

/// What one side holds of one journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalDigest {
    log: LogId,
    head: Head,
    ops: Vec<(Seq, Sha256Hash)>,
    parts: Vec<(Seq, String, Sealed)>,
    photos: BTreeMap<Sha256Hash, u64>,
}

impl JournalDigest {
    /// Starts with an empty journal.
    pub fn new(log: LogId) -> Self {
        Self {
            log,
            head: Head::start(log),
            ops: Vec::new(),
            parts: Vec::new(),
            photos: BTreeMap::new(),
        }
    }

    /// Takes the next op's stored bytes and the parts beside it.
    pub fn add_op(&mut self, op_bytes: &[u8], parts: &[Part]) {
        self.head = self.head.extend(op_bytes);
        let seq = self.head.seq;
        self.ops.push((seq, Sha256Hash::of(op_bytes)));
        let mut sealed: Vec<_> = parts
            .iter()
            .map(|part| (seq, part.field.clone(), part.seal()))
            .collect();
        sealed.sort_by(|(_, a, _), (_, b, _)| a.cmp(b));
        self.parts.append(&mut sealed);
    }

    /// Takes one original, hashed from its stored bytes.
    pub fn add_photo(&mut self, sha256: Sha256Hash, bytes: u64) {
        self.photos.insert(sha256, bytes);
    }

    /// The head over all ops taken so far.
    pub fn head(&self) -> Head {
        self.head
    }
}

impl fmt::Display for JournalDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "log {} {} {}", self.log, self.head.seq.0, self.head.hash)?;
        for (seq, hash) in &self.ops {
            writeln!(f, "op {} {hash}", seq.0)?;
        }
        for (seq, field, Sealed(hash)) in &self.parts {
            writeln!(f, "part {} {field} {hash}", seq.0)?;
        }
        for (sha256, bytes) in &self.photos {
            writeln!(f, "photo {sha256} {bytes}")?;
        }
        Ok(())
    }
}
