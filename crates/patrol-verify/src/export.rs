//! Reading one export from its first byte to its last, and what follows once all of it has been seen.

mod index;
mod journal;
mod key;
mod locate;
mod photo;
mod receipt;
mod settle;
mod station;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use patrol_domain::hash::Sha256Stream;
use patrol_domain::{Head, LogId, Sha256Hash, StationId};
use patrol_wire::export::{
    ContainerError, EntryReader, ExportReader, Exporter, FileName, IndexSeal, MAX_HELD_BYTES, Manifest, SignedHead,
};
use patrol_wire::{PublicKey, Signed};

use crate::absence::Absence;
use crate::content::Content;
use crate::failure::Failure;

/// The index grows with the number of originals: a million of them.
const MAX_INDEX_BYTES: u64 = 256 * 1024 * 1024;

/// The file could not be read at all; nothing is known of it.
#[derive(Debug, thiserror::Error)]
#[error("the export cannot be read: {0}")]
pub struct VerifyError(#[from] std::io::Error);

/// How much an export holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Journals.
    pub journals: usize,
    /// Ops in all journals.
    pub ops: usize,
    /// Ops, those in several journals counted once.
    pub distinct_ops: usize,
    /// Sealed words.
    pub parts: usize,
    /// Originals.
    pub photos: usize,
    /// Their bytes.
    pub photo_bytes: u64,
    /// Receipts for ops.
    pub receipts: usize,
    /// Receipts for originals.
    pub photo_receipts: usize,
}

/// What was found in an export.
#[derive(Debug, Clone)]
pub struct Report {
    /// Who made it, when the manifest can be read.
    pub exporter: Option<Exporter>,
    /// Of which station.
    pub station: Option<StationId>,
    /// Whether the station's signatures were checked against a key that the reader gave.
    pub is_anchored: bool,
    /// How much there is.
    pub counts: Counts,
    /// Everything that is not as it was written; none = untouched.
    pub failures: Vec<Failure>,
    /// What is not here and may rightly not be.
    pub absences: Vec<Absence>,
    /// What it holds.
    pub content: Content,
    /// The manifest, when it can be read.
    pub manifest: Option<Manifest>,
    /// The journals whose heads the device has signed, with the key that their first op names.
    pub signed_heads: BTreeSet<LogId>,
}

/// Checks an export. `trusted`: thumbprints of station keys that the reader believes; with none, the export's own keys
/// are taken at their word.
///
/// # Errors
/// [`VerifyError`] when the disk refuses; whatever is wrong with the bytes is a [`Failure`].
pub fn verify(source: impl Read, trusted: &[Sha256Hash]) -> Result<Report, VerifyError> {
    let mut reading = Reading::new(trusted);
    let mut export = ExportReader::new(source);
    let read_to_the_end = loop {
        match export.next_entry() {
            Ok(None) => break true,
            Ok(Some(entry)) => {
                if let Err(error) = reading.take(entry) {
                    reading.note_container(error)?;
                    break false;
                }
            }
            Err(error) => {
                reading.note_container(error)?;
                break false;
            }
        }
    };
    Ok(reading.settle(read_to_the_end))
}

/// What a receipt for ops says; compared with the chains once all of them are known.
struct SignedFor {
    log: LogId,
    head: Head,
}

/// An export that is being read.
struct Reading<'keys> {
    trusted: &'keys [Sha256Hash],
    manifest: Option<Manifest>,
    /// The station's keys that are believed.
    station_keys: Vec<PublicKey>,
    /// Name → hash of every file that came, without index and seal.
    files: BTreeMap<String, Sha256Hash>,
    bytes: u64,
    index: Option<Vec<u8>>,
    seal: Option<Signed<IndexSeal>>,
    content: Content,
    /// The chain of the ops that come next.
    chain: Option<journal::ChainFile>,
    heads: BTreeMap<LogId, SignedHead>,
    /// The station's own.
    station_journals: BTreeMap<LogId, station::StationJournal>,
    signed_for: Vec<SignedFor>,
    /// Originals that the station has signed for, with the lengths that it states.
    photo_receipts: BTreeMap<Sha256Hash, BTreeSet<u64>>,
    photo_receipt_count: usize,
    signed_heads: BTreeSet<LogId>,
    failures: BTreeSet<Failure>,
    absences: BTreeSet<Absence>,
}

impl<'keys> Reading<'keys> {
    fn new(trusted: &'keys [Sha256Hash]) -> Self {
        Self {
            trusted,
            manifest: None,
            station_keys: Vec::new(),
            files: BTreeMap::new(),
            bytes: 0,
            index: None,
            seal: None,
            content: Content::default(),
            chain: None,
            heads: BTreeMap::new(),
            station_journals: BTreeMap::new(),
            signed_for: Vec::new(),
            photo_receipts: BTreeMap::new(),
            photo_receipt_count: 0,
            signed_heads: BTreeSet::new(),
            failures: BTreeSet::new(),
            absences: BTreeSet::new(),
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.failures.insert(failure);
    }

    fn note_container(&mut self, error: ContainerError) -> Result<(), VerifyError> {
        let failure = match error {
            ContainerError::File(error) => return Err(error.into()),
            ContainerError::CutOff { at } => Failure::CutOff { at },
            ContainerError::Altered { at } => Failure::ContainerAltered { at },
            ContainerError::Trailing => Failure::TrailingBytes,
            ContainerError::Sealed => Failure::Sealed,
        };
        self.fail(failure);
        Ok(())
    }

    /// Takes the next file.
    fn take<R: Read>(&mut self, mut entry: EntryReader<'_, R>) -> Result<(), ContainerError> {
        let name = entry.name.clone();
        let kind = FileName::parse(&name);
        if kind != FileName::Manifest && self.files.is_empty() && self.manifest.is_none() {
            self.fail(Failure::ManifestMissing);
        }
        let most = match kind {
            FileName::Photo(_) | FileName::Later => 0,
            FileName::Index => MAX_INDEX_BYTES,
            _ => MAX_HELD_BYTES,
        };
        let mut held = Vec::new();
        let bytes = entry.bytes;
        let sha256 = read_through(&mut entry, most, &mut held)?;
        let is_listed = !matches!(kind, FileName::Index | FileName::Seal);
        let is_known_twice = match kind {
            FileName::Index => self.index.is_some(),
            FileName::Seal => self.seal.is_some(),
            _ => self.files.contains_key(&name),
        };
        if is_known_twice {
            self.fail(Failure::FileTwice { name });
            return Ok(());
        }
        if most > 0 && bytes > most {
            self.fail(Failure::FileTooLarge { name: name.clone() });
            held.clear();
        }
        if is_listed {
            self.files.insert(name.clone(), sha256);
            self.bytes += bytes;
        }
        self.read(kind, &name, sha256, bytes, held);
        Ok(())
    }

    fn read(&mut self, kind: FileName, name: &str, sha256: Sha256Hash, bytes: u64, held: Vec<u8>) {
        match kind {
            FileName::Manifest => self.read_manifest(&held),
            FileName::Chain(log, first) | FileName::StationChain(log, first) => {
                self.read_chain(name, log, first, &held);
            }
            FileName::Ops(log, first) => self.read_ops(name, log, first, &held),
            FileName::Head(log) => self.read_head(log, &held),
            FileName::StationOps(log, first) => self.read_station_ops(name, log, first, &held),
            FileName::StationHead(log) => self.read_station_head(log, &held),
            FileName::Receipts(log) => self.read_receipts(name, log, &held),
            FileName::Photo(named) => self.read_photo(named, sha256, bytes),
            FileName::PhotoReceipts => self.read_photo_receipts(name, &held),
            FileName::Index => self.index = Some(held),
            FileName::Seal => self.read_seal(&held),
            FileName::Later => {}
        }
    }

    fn read_manifest(&mut self, bytes: &[u8]) {
        let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) else {
            self.fail(Failure::ManifestMalformed);
            return;
        };
        self.settle_key_statements(&manifest);
        let vouched = manifest.exporter == Exporter::Station && self.trusted.contains(&manifest.key.thumbprint());
        // A station that is believed is believed about its own earlier keys, a phone about no station's.
        let believed =
            |key: &&PublicKey| self.trusted.is_empty() || vouched || self.trusted.contains(&key.thumbprint());
        let named: Vec<PublicKey> = manifest.station_keys.iter().filter(believed).cloned().collect();
        self.station_keys = key::tied(named, &manifest);
        self.manifest = Some(manifest);
    }
}

/// Reads a file to its end; keeps its bytes only if there are at most `most`.
fn read_through<R: Read>(
    entry: &mut EntryReader<'_, R>,
    most: u64,
    held: &mut Vec<u8>,
) -> Result<Sha256Hash, ContainerError> {
    let mut hasher = Sha256Stream::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = entry.piece(&mut buffer)?;
        let piece = buffer.get(..read).unwrap_or_default();
        if piece.is_empty() {
            return Ok(hasher.finish());
        }
        hasher.update(piece);
        if entry.bytes <= most {
            held.write_all(piece)?;
        }
    }
}

/// Whether these bytes are the one way in which an exporter writes this value.
fn is_as_written<T: serde::Serialize>(value: &T, bytes: &[u8]) -> bool {
    let mut written = serde_json::to_vec(value).unwrap_or_default();
    written.push(b'\n');
    written == bytes
}
