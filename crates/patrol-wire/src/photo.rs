//! Photos on the wire: `PUT /v1/photos/{sha256}`, and after a break `HEAD` and `PATCH`.
//!
//! The field names are those of the IETF draft on resumable uploads; the address comes from the hash, so that a lost
//! first answer costs nothing (in the draft, the upload's address is only known from an answer).

use patrol_domain::{DeviceId, Sha256Hash, StationMs};
use serde::{Deserialize, Serialize};

use crate::signature::{Signed, SignedContent};

/// How many bytes the station holds durably (in an answer), or where this piece begins (in a request).
pub const UPLOAD_OFFSET: &str = "upload-offset";

/// The length of the whole original, in bytes.
pub const UPLOAD_LENGTH: &str = "upload-length";

/// `?1` when the original is complete, `?0` when it is not.
pub const UPLOAD_COMPLETE: &str = "upload-complete";

/// The station's word that it durably holds an original with exactly this hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoReceipt {
    /// SHA-256 of the bytes, computed by the station from what it stored.
    pub sha256: Sha256Hash,
    /// How many bytes.
    pub bytes: u64,
    /// Which phone brought it.
    pub device: DeviceId,
    /// When, by the station's clock.
    pub station_ms: StationMs,
}

impl SignedContent for PhotoReceipt {
    const CONTEXT: [u8; 4] = *b"xgf1";
}

/// The answer to the last byte of an original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoReply {
    /// The signed receipt; the same one for every repetition.
    pub receipt: Signed<PhotoReceipt>,
}
