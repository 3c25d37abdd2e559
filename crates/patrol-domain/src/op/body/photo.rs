//! Ops about an original that can no longer be sent.

use serde::{Deserialize, Serialize};

use crate::hash::Sha256Hash;

/// An original on the phone no longer has the bytes that were recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalDamaged {
    /// The hash that was recorded.
    pub sha256: Sha256Hash,
}

/// An original is no longer on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalLost {
    /// The hash that was recorded.
    pub sha256: Sha256Hash,
}
