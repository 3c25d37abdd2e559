//! The station's own journal: what the station itself decided, in a chain that nobody can rewrite unseen.
//!
//! The chain is the one of a phone's journal ([`Head`]); op bytes are one line of canonical JSON
//! `{body, id, kind, station_ms, sv}`. Each epoch opens a journal of its own that names the one before it. No envelope of
//! a phone's op (`at`, `author`, `after`): a station has no boot clock to show and speaks for nobody but itself.

use patrol_domain::op::Predecessor;
use patrol_domain::{Head, LogId, OpId, Seq, Sha256Hash, StationId, StationMs, canonical};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::signature::SignedContent;
use crate::station_key::KeyStatement;

/// A pulled row that is an op of the station's journal: [`StationOpBody`]; the id is `<log>.<seq>`.
pub const KIND_STATION_OP: &str = "station_op";

/// The schema version that this build writes for every kind.
const SCHEMA_VERSION: i64 = 1;

/// Why a station's journal was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StationOpenReason {
    /// A new station, or one that kept no journal until now.
    First,
    /// A backup was restored.
    Restore,
    /// The station found out that its database was put back, or heard it from a phone.
    SetBack,
}

/// The first op of every journal of a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationLogOpened {
    /// The station.
    pub station: StationId,
    /// The life of the database that this journal is of.
    pub epoch: String,
    /// SHA-256 of the public key that the station signs with; absent when a restored database lists none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_thumbprint: Option<Sha256Hash>,
    /// Name and version of the program.
    pub app: String,
    /// Why.
    pub reason: StationOpenReason,
    /// The journal before this one, as far as this database knows it: what a restore has lost of its end is not named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<Predecessor>,
}

/// Where an op stands, and which bytes they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpPlace {
    /// The phone's journal.
    pub log: LogId,
    /// The position in it.
    pub seq: Seq,
    /// SHA-256 of the op's bytes.
    pub sha256: Sha256Hash,
}

/// Two ops have one id: the first to arrive stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdConflict {
    /// The id.
    pub op: OpId,
    /// The one that counts.
    pub stands: OpPlace,
    /// The one that is held and does not count.
    pub set_aside: OpPlace,
}

/// What an op of a station's journal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StationOpKind {
    /// `station_log_opened`.
    Opened(StationLogOpened),
    /// `id_conflict`.
    IdConflict(IdConflict),
    /// `key_succeeded`.
    KeySucceeded(Box<KeyStatement>),
    /// Of a newer station: the bytes are kept.
    Unknown {
        /// Its kind.
        kind: String,
        /// The version of that kind.
        sv: i64,
    },
}

/// An op of a station's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationOp {
    /// Its id.
    pub id: OpId,
    /// When, by the station's clock.
    pub station_ms: StationMs,
    /// What it says.
    pub body: StationOpKind,
}

/// The op cannot be written, or the bytes are none.
#[derive(Debug, thiserror::Error)]
pub enum StationOpError {
    /// Not JSON, or not of an op's shape.
    #[error("not an op of a station's journal")]
    Shape(#[from] serde_json::Error),
    /// JSON, but not the one canonical way to write it.
    #[error("not in canonical form")]
    NotCanonical,
    /// Only a reader meets unknown kinds.
    #[error("an op of a kind that this build does not know is kept, never written")]
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    id: OpId,
    kind: String,
    sv: i64,
    station_ms: StationMs,
    body: Value,
}

impl StationOp {
    /// The op's bytes, without a line feed.
    ///
    /// # Errors
    /// [`StationOpError`].
    pub fn encode(&self) -> Result<Vec<u8>, StationOpError> {
        let (kind, body) = match &self.body {
            StationOpKind::Opened(body) => ("station_log_opened", serde_json::to_value(body)?),
            StationOpKind::IdConflict(body) => ("id_conflict", serde_json::to_value(body)?),
            StationOpKind::KeySucceeded(body) => ("key_succeeded", serde_json::to_value(body)?),
            StationOpKind::Unknown { .. } => return Err(StationOpError::Unknown),
        };
        let envelope = Envelope {
            id: self.id,
            kind: kind.to_owned(),
            sv: SCHEMA_VERSION,
            station_ms: self.station_ms,
            body,
        };
        canonical::encode(&serde_json::to_value(envelope)?).map_err(|_| StationOpError::NotCanonical)
    }

    /// Reads an op; what this build does not know is [`StationOpKind::Unknown`].
    ///
    /// # Errors
    /// [`StationOpError`] when the bytes are no op, or not written canonically.
    pub fn decode(bytes: &[u8]) -> Result<Self, StationOpError> {
        let value: Value = serde_json::from_slice(bytes)?;
        if canonical::encode(&value).ok().as_deref() != Some(bytes) {
            return Err(StationOpError::NotCanonical);
        }
        let Envelope {
            id,
            kind,
            sv,
            station_ms,
            body,
        } = serde_json::from_value(value)?;
        Ok(Self {
            id,
            station_ms,
            body: read_body(kind, sv, body)?,
        })
    }
}

fn read_body(kind: String, sv: i64, body: Value) -> Result<StationOpKind, serde_json::Error> {
    fn read<T: DeserializeOwned>(
        body: Value,
        into: fn(T) -> StationOpKind,
    ) -> Result<StationOpKind, serde_json::Error> {
        serde_json::from_value(body).map(into)
    }
    match (sv, kind.as_str()) {
        (SCHEMA_VERSION, "station_log_opened") => read(body, StationOpKind::Opened),
        (SCHEMA_VERSION, "id_conflict") => read(body, StationOpKind::IdConflict),
        (SCHEMA_VERSION, "key_succeeded") => read(body, StationOpKind::KeySucceeded),
        _ => Ok(StationOpKind::Unknown { kind, sv }),
    }
}

/// The body of a row of kind [`KIND_STATION_OP`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationOpBody {
    /// The chain's value behind the op.
    pub h: Sha256Hash,
    /// The op; its canonical form is its bytes.
    pub op: Value,
}

/// How far a journal of the station goes, in the station's own word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationHead {
    /// The station.
    pub station: StationId,
    /// Which journal.
    pub log: LogId,
    /// Its last position.
    pub seq: Seq,
    /// The chain's value there.
    pub head: Sha256Hash,
    /// When this was said, by the station's clock.
    pub station_ms: StationMs,
}

impl StationHead {
    /// Position and value together.
    pub fn at(&self) -> Head {
        Head {
            seq: self.seq,
            hash: self.head,
        }
    }
}

impl SignedContent for StationHead {
    const CONTEXT: [u8; 4] = *b"xgj1";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conflict() -> StationOp {
        let place = |seq, bytes: &[u8]| OpPlace {
            log: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            seq: Seq(seq),
            sha256: Sha256Hash::of(bytes),
        };
        StationOp {
            id: "01978123-4567-7abc-8def-0123456789ab".parse().unwrap(),
            station_ms: StationMs(1_781_745_128_000),
            body: StationOpKind::IdConflict(IdConflict {
                op: "01978123-4567-7abc-8def-0123456789ad".parse().unwrap(),
                stands: place(2, b"one"),
                set_aside: place(3, b"two"),
            }),
        }
    }

    #[test]
    fn an_op_reads_back_and_any_other_spelling_is_refused() {
        let bytes = conflict().encode().unwrap();
        assert_eq!(StationOp::decode(&bytes).unwrap(), conflict());
        let spaced = String::from_utf8(bytes).unwrap().replacen(':', ": ", 1);
        assert!(StationOp::decode(spaced.as_bytes()).is_err());
    }

    #[test]
    fn a_kind_of_the_future_is_kept_and_never_written() {
        let bytes = String::from_utf8(conflict().encode().unwrap()).unwrap();
        let later = bytes.replacen("id_conflict", "id_settled", 1);
        let read = StationOp::decode(later.as_bytes()).unwrap();
        assert!(matches!(&read.body, StationOpKind::Unknown { kind, sv: 1 } if kind == "id_settled"));
        assert!(matches!(read.encode(), Err(StationOpError::Unknown)));
    }
}
