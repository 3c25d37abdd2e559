//! `GET /v1/caps`: what the station takes at once. Phones read it and do not assume.

use axum::Json;
use patrol_wire::{MAX_OPS_PER_PUSH, MAX_RAW_BYTES_PER_PUSH, MAX_THUMBNAIL_BYTES, PROTOCOL_VERSION};
use serde::Serialize;

use super::caller::Caller;

/// The limits.
#[derive(Debug, Serialize)]
pub(super) struct Caps {
    protocol: &'static str,
    max_ops_per_push: usize,
    max_raw_bytes_per_push: usize,
    max_thumbnail_bytes: usize,
    photos_in_flight: usize,
}

/// The limits of this build.
pub(super) async fn caps(_caller: Caller) -> Json<Caps> {
    Json(Caps {
        protocol: PROTOCOL_VERSION,
        max_ops_per_push: MAX_OPS_PER_PUSH,
        max_raw_bytes_per_push: MAX_RAW_BYTES_PER_PUSH,
        max_thumbnail_bytes: MAX_THUMBNAIL_BYTES,
        photos_in_flight: 2,
    })
}
