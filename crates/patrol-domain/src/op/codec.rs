//! Op ⇄ bytes.
//!
//! Encoding goes through a JSON value and [`canonical`](crate::canonical); decoding insists that the bytes are exactly
//! what encoding the same value gives, so that one op cannot have two hashes. Fields that this build does not know are
//! allowed (fields are only ever added) and remain in the bytes.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, Op};
use crate::canonical::{self, CanonicalError};
use crate::id::{CaseId, OpId, PersonId};
use crate::photo::PhotoRef;
use crate::time::At;

/// The longest op, in bytes: one that cannot travel must not be written.
pub const MAX_OP_BYTES: usize = 64 * 1024;

/// The schema version that this build writes for every kind.
const SCHEMA_VERSION: i64 = 1;

/// The bytes of one op: stored, hashed and sent as they are, never encoded again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpBytes(Vec<u8>);

impl OpBytes {
    /// The bytes, without a line feed.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, owned.
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

/// The op cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// Longer than [`MAX_OP_BYTES`].
    #[error("the op has {bytes} bytes; at most {MAX_OP_BYTES} can travel")]
    TooLong {
        /// How long it would be.
        bytes: usize,
    },
    /// A number that the protocol cannot hold.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// A body that cannot become JSON.
    #[error("the op cannot become JSON")]
    Json(#[from] serde_json::Error),
    /// Only a reader meets unknown kinds.
    #[error("an op of a kind that this build does not know is kept, never written")]
    Unknown,
}

/// The bytes are not an op of this protocol.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Longer than [`MAX_OP_BYTES`].
    #[error("the op has {bytes} bytes; at most {MAX_OP_BYTES} are allowed")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// Not JSON, or not of an op's shape.
    #[error("not an op")]
    Shape(#[from] serde_json::Error),
    /// JSON, but not the one canonical way to write it.
    #[error("not in canonical form")]
    NotCanonical,
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    id: OpId,
    kind: String,
    sv: i64,
    at: At,
    author: PersonId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<CaseId>,
    after: Vec<OpId>,
    photos: Vec<PhotoRef>,
    body: Value,
}

impl Op {
    /// Writes the op.
    ///
    /// # Errors
    /// [`EncodeError`] when it is too long, holds a number beyond ±(2^53−1), or is of an unknown kind.
    pub fn encode(&self) -> Result<OpBytes, EncodeError> {
        let body = match &self.body {
            Body::LogOpened(body) => serde_json::to_value(body)?,
            Body::Adopted(body) => serde_json::to_value(body)?,
            Body::PersonBound(body) => serde_json::to_value(body)?,
            Body::ShiftStarted(body) => serde_json::to_value(body)?,
            Body::ShiftEnded(body) => serde_json::to_value(body)?,
            Body::TrackChunk(body) => serde_json::to_value(body)?,
            Body::CaseOpened(body) => serde_json::to_value(body)?,
            Body::PhotoAdded(body) => serde_json::to_value(body)?,
            Body::StepTaken(body) => serde_json::to_value(body)?,
            Body::CaseAmended(body) => serde_json::to_value(body)?,
            Body::CaseVoided(body) => serde_json::to_value(body)?,
            Body::OriginalDamaged(body) => serde_json::to_value(body)?,
            Body::OriginalLost(body) => serde_json::to_value(body)?,
            Body::Unknown { .. } => return Err(EncodeError::Unknown),
        };
        let Self {
            id,
            at,
            author,
            case,
            after,
            photos,
            body: _,
        } = self.clone();
        let kind = self.body.kind().to_owned();
        let envelope = Envelope {
            id,
            kind,
            sv: SCHEMA_VERSION,
            at,
            author,
            case,
            after,
            photos,
            body,
        };
        let bytes = canonical::encode(&serde_json::to_value(envelope)?)?;
        if bytes.len() > MAX_OP_BYTES {
            return Err(EncodeError::TooLong { bytes: bytes.len() });
        }
        Ok(OpBytes(bytes))
    }

    /// Reads an op. A kind or schema version that this build does not know gives [`Body::Unknown`].
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are no op, or not written canonically.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_OP_BYTES {
            return Err(DecodeError::TooLong { bytes: bytes.len() });
        }
        let value: Value = serde_json::from_slice(bytes)?;
        if canonical::encode(&value).ok().as_deref() != Some(bytes) {
            return Err(DecodeError::NotCanonical);
        }
        let Envelope {
            id,
            kind,
            sv,
            at,
            author,
            case,
            after,
            photos,
            body,
        } = serde_json::from_value(value)?;
        let body = read_body(kind, sv, body)?;
        Ok(Self {
            id,
            at,
            author,
            case,
            after,
            photos,
            body,
        })
    }
}

fn read_body(kind: String, sv: i64, body: Value) -> Result<Body, serde_json::Error> {
    fn read<T: DeserializeOwned>(body: Value, into: fn(T) -> Body) -> Result<Body, serde_json::Error> {
        serde_json::from_value(body).map(into)
    }
    if sv != SCHEMA_VERSION {
        return Ok(Body::Unknown { kind, sv });
    }
    match kind.as_str() {
        "log_opened" => read(body, Body::LogOpened),
        "adopted" => read(body, Body::Adopted),
        "person_bound" => read(body, Body::PersonBound),
        "shift_started" => read(body, Body::ShiftStarted),
        "shift_ended" => read(body, Body::ShiftEnded),
        "track_chunk" => read(body, Body::TrackChunk),
        "case_opened" => read(body, Body::CaseOpened),
        "photo_added" => read(body, Body::PhotoAdded),
        "step_taken" => read(body, Body::StepTaken),
        "case_amended" => read(body, Body::CaseAmended),
        "case_voided" => read(body, Body::CaseVoided),
        "original_damaged" => read(body, Body::OriginalDamaged),
        "original_lost" => read(body, Body::OriginalLost),
        _ => Ok(Body::Unknown { kind, sv }),
    }
}
