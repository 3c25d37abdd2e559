//! Exports: journals and photos in one file that a court, a station and the verifier can read.
//!
//! A plain ustar file, so that `tar`, `sha256sum -c` and a text editor are enough to look into it:
//!
//! ```text
//! manifest.json                        who made it, how far each journal goes, the keys that signed
//! logs/<log>/<first seq>.chain         the chain's value behind each op, one a line
//! logs/<log>/<first seq>.ops           the lines of a push: `o` + op bytes, `p` + a part of the op above
//! logs/<log>/head                      the device's signature over the head, when the exporter has it
//! logs/<log>/receipts/<number>         signed receipts, one a line
//! station/<log>/<first seq>.chain      a journal of the station's own, as above; in stations' exports
//! station/<log>/<first seq>.ops
//! station/<log>/head                   the station's signature over its head
//! photos/<sha256>.<suffix>             originals
//! photos/receipts/<number>             signed receipts of originals, one a line
//! index                                every file above, as `sha256sum` writes it
//! seal.json                            the exporter's signature over the index, the last entry
//! ```
//!
//! Journals are cut into files of about [`CHUNK_BYTES`], so that neither side ever holds a whole one; `cat *.ops` puts them
//! together again. The chain stands beside the ops because it tells *where* ops were changed, dropped or put in.
//! Names are in order and all else in a header is fixed, so the same content is the same bytes.

mod read;
mod sealed;
mod write;

use patrol_domain::{DeviceId, Head, LogId, Sha256Hash, StationId};
use serde::{Deserialize, Serialize};

use crate::enrolment::EnrolmentCertificate;
use crate::signature::{Alg, PublicKey, SignatureBytes, Signed, SignedContent};
use crate::station_key::KeyStatement;

pub use read::{ContainerError, EntryReader, ExportReader};
pub use sealed::{Opener, SEALED_MAGIC, SealError, Sealer, key_id_of_secret};
pub use write::{ExportWriter, LinesWriter, LogWriter, WriteError};

/// The version that this build writes.
pub const FORMAT: u64 = 1;

/// A journal's files and files of receipts are closed behind this many bytes.
pub const CHUNK_BYTES: usize = 1024 * 1024;

/// No file but an original is longer: a chunk, and one op with its parts above it.
pub const MAX_HELD_BYTES: u64 = 8 * 1024 * 1024;

/// The first file.
pub const MANIFEST: &str = "manifest.json";

/// The last but one.
pub const INDEX: &str = "index";

/// The last.
pub const SEAL: &str = "seal.json";

/// Who made an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exporter {
    /// A phone, signing with its device key.
    Phone,
    /// A station, signing with the key of its receipts.
    Station,
}

/// How far a journal goes in this export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedLog {
    /// Which journal.
    pub log: LogId,
    /// Its last op in this export.
    pub head: Head,
    /// Whose it is, when the exporter knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
}

/// How far a journal of the station's own goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedStationLog {
    /// Which journal.
    pub log: LogId,
    /// Its last op.
    pub head: Head,
}

/// A device whose journals are in an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedDevice {
    /// Its public key.
    pub key: PublicKey,
    /// The station's certificate for it; none before enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Signed<EnrolmentCertificate>>,
}

/// `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u64,
    /// Who made it.
    pub exporter: Exporter,
    /// The key that seals it.
    pub key: PublicKey,
    /// The station; none for a phone that has never been enrolled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<StationId>,
    /// When, by the exporter's clock, in milliseconds since 1970-01-01 UTC.
    pub made_ms: i64,
    /// The journals, in the order of their ids.
    pub logs: Vec<ExportedLog>,
    /// The journals of the station's own, the oldest first; each names the one before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub station_logs: Vec<ExportedStationLog>,
    /// The keys that the station signs and has signed with, the present one first.
    pub station_keys: Vec<PublicKey>,
    /// How these keys follow from each other, as far as the exporter knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_statements: Vec<KeyStatement>,
    /// The devices.
    pub devices: Vec<ExportedDevice>,
    /// Which recovery key the phone's root is sealed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_key_id: Option<String>,
}

/// `logs/<log>/head`: the device's signature over [`head_message`](crate::push::head_message).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    /// Which journal.
    pub log: LogId,
    /// The head.
    #[serde(flatten)]
    pub head: Head,
    /// How.
    pub alg: Alg,
    /// The signature.
    pub sig: SignatureBytes,
}

/// `seal.json`: what the exporter signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSeal {
    /// SHA-256 of the file `index`.
    pub index: Sha256Hash,
    /// How many files the index names.
    pub files: u64,
    /// How many bytes they have together.
    pub bytes: u64,
}

impl SignedContent for IndexSeal {
    const CONTEXT: [u8; 4] = *b"xgi1";
}

/// What a file of an export is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileName {
    /// [`MANIFEST`].
    Manifest,
    /// The chain of ops from a position on.
    Chain(LogId, u64),
    /// Ops from a position on.
    Ops(LogId, u64),
    /// A signed head.
    Head(LogId),
    /// Receipts of a journal.
    Receipts(LogId),
    /// The chain of a journal of the station's own from a position on.
    StationChain(LogId, u64),
    /// Ops of such a journal from a position on.
    StationOps(LogId, u64),
    /// The station's signature over the head of such a journal.
    StationHead(LogId),
    /// An original.
    Photo(Sha256Hash),
    /// Receipts of originals.
    PhotoReceipts,
    /// [`INDEX`].
    Index,
    /// [`SEAL`].
    Seal,
    /// Something that this build does not know; it is in the index and counts for nothing else.
    Later,
}

impl FileName {
    /// Reads a name.
    pub fn parse(name: &str) -> Self {
        Self::known(name).unwrap_or(Self::Later)
    }

    fn known(name: &str) -> Option<Self> {
        match name {
            MANIFEST => return Some(Self::Manifest),
            INDEX => return Some(Self::Index),
            SEAL => return Some(Self::Seal),
            _ => {}
        }
        let fields: Vec<&str> = name.split('/').collect();
        match fields.as_slice() {
            ["photos", "receipts", _] => Some(Self::PhotoReceipts),
            ["photos", file] => {
                let hash = file.split_once('.').map_or(*file, |(hash, _)| hash);
                hash.parse().ok().map(Self::Photo)
            }
            ["logs", log, "head"] => log.parse().ok().map(Self::Head),
            ["logs", log, "receipts", _] => log.parse().ok().map(Self::Receipts),
            ["station", log, "head"] => log.parse().ok().map(Self::StationHead),
            [folder @ ("logs" | "station"), log, file] => {
                let log = log.parse().ok()?;
                let (first, kind) = file.split_once('.')?;
                let first = first.parse().ok()?;
                match (*folder, kind) {
                    ("logs", "chain") => Some(Self::Chain(log, first)),
                    ("logs", "ops") => Some(Self::Ops(log, first)),
                    ("station", "chain") => Some(Self::StationChain(log, first)),
                    ("station", "ops") => Some(Self::StationOps(log, first)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The name of an original's file; the suffix may be empty.
pub fn photo_name(sha256: Sha256Hash, suffix: &str) -> String {
    if suffix.is_empty() {
        format!("photos/{sha256}")
    } else {
        format!("photos/{sha256}.{suffix}")
    }
}

/// The header of a file. Nothing in it is free: whatever differs was not written by an exporter.
fn header(name: &str, bytes: u64) -> std::io::Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_size(bytes);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    Ok(header)
}

/// Files are filled up to whole blocks.
const BLOCK: usize = 512;

/// How many zeros fill up a file of this length.
fn padding(bytes: u64) -> usize {
    let over = usize::try_from(bytes % BLOCK as u64).unwrap_or(0);
    if over == 0 { 0 } else { BLOCK - over }
}
