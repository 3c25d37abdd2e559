//! Refusals as the station writes them: `{code, message, …}` with an HTTP status.
//!
//! A refusal concerns the request, never one op: the station stores any op whose chain fits.

use patrol_domain::{Seq, Sha256Hash};
use serde::{Deserialize, Serialize};

/// Why a request was refused. The phone decides by this and never by the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 401: no such device, a wrong secret, or a signature that does not fit; which of them is not said.
    Unauthorised,
    /// 404: not there, or not this device's: which of them is not said.
    NotFound,
    /// 400: headers or body are not of the protocol's form.
    Malformed,
    /// 409: the push begins behind what the station holds; `acked_seq` and `head_hash` say where to begin.
    Gap,
    /// 409: the station holds another op at one of these positions.
    Forked,
    /// 409: an upload continues at another place than the station is at; `Upload-Offset` says where.
    OffsetMismatch,
    /// 413: more bytes than announced or allowed.
    TooLarge,
    /// 422: the bytes of an original do not have its hash.
    HashMismatch,
    /// 423: another request is at work on the same original.
    Locked,
    /// 403: this phone was retired: it may bring what it has, and nothing more is given out to it.
    Retired,
    /// 410: the station does not know this cursor (any more): read everything anew.
    CursorGone,
    /// 429 or 503: too much to do; come again.
    Busy,
    /// 507: no room on the station's disk.
    DiskFull,
    /// 403: this enrolment code was used by another phone. Only stations of before say so.
    CodeUsed,
    /// 403: no such enrolment code, or it has expired, or another phone has used it: the same answer for all three.
    CodeUnknown,
    /// 500: a defect of the station.
    Internal,
    /// A code that this build does not know.
    #[serde(other)]
    Unknown,
}

/// The body of every answer with a status of 400 or above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorReply {
    /// Why.
    pub code: ErrorCode,
    /// For logs: one English sentence.
    pub message: String,
    /// How long to wait before trying again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// With `gap` and `forked`: how far the station holds the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acked_seq: Option<Seq>,
    /// With `gap` and `forked`: the chain's value there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_hash: Option<Sha256Hash>,
}

impl ErrorReply {
    /// A refusal with nothing beside it.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after_ms: None,
            acked_seq: None,
            head_hash: None,
        }
    }
}
