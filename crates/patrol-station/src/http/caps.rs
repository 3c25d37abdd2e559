//! `GET /v1/caps`: what the station takes at once. Phones read it and do not assume.

use axum::Json;
use patrol_wire::{Caps, MAX_OPS_PER_PUSH, MAX_RAW_BYTES_PER_PUSH, MAX_THUMBNAIL_BYTES, PROTOCOL_VERSION};
use serde::Serialize;

use super::caller::Caller;

/// The limits, with the protocol that they are of.
#[derive(Debug, Serialize)]
pub(super) struct CapsReply {
    protocol: &'static str,
    #[serde(flatten)]
    caps: Caps,
}

/// The limits of this build.
pub(super) fn limits() -> Caps {
    Caps {
        max_ops_per_push: MAX_OPS_PER_PUSH as u64,
        max_raw_bytes_per_push: MAX_RAW_BYTES_PER_PUSH as u64,
        max_thumbnail_bytes: MAX_THUMBNAIL_BYTES as u64,
        photos_in_flight: 2,
    }
}

/// The limits, for whoever asks for nothing else.
pub(super) async fn caps(_caller: Caller) -> Json<CapsReply> {
    Json(CapsReply {
        protocol: PROTOCOL_VERSION,
        caps: limits(),
    })
}
