//! `POST /v1/logs/{log}/ops`: a run of ops.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use patrol_domain::LogId;
use patrol_wire::frame::{self, FrameError};
use patrol_wire::{MAX_RAW_BYTES_PER_PUSH, PushHead, PushReply};

use super::App;
use super::answer::{Named, Refusal};
use super::body::collect;
use super::caller::Caller;

/// Bytes that do not compress grow a little in a frame.
const MAX_BODY_BYTES: usize = MAX_RAW_BYTES_PER_PUSH + 4 * 1024;

/// Takes a run of ops.
pub(super) async fn push(
    State(app): State<App>,
    Caller(device): Caller,
    Named(log): Named<LogId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<PushReply>, Refusal> {
    let body = collect(body, app.station.limits().stall, MAX_BODY_BYTES).await?;
    let head = PushHead::from_headers(|name| headers.get(name).and_then(|value| value.to_str().ok()))
        .map_err(|error| Refusal::malformed(error.to_string()))?;
    let ops = tokio::task::spawn_blocking(move || frame::decode(&body))
        .await
        .map_err(|_| Refusal::internal())??;
    let device_id = device.id;
    let reply = app.station.store().append(device, log, head, ops).await?;
    tracing::info!(device = %device_id, %log, acked_seq = reply.acked_seq.0, "pushed");
    Ok(Json(reply))
}

impl From<FrameError> for Refusal {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::TooLarge => Self::too_large(&error.to_string()),
            FrameError::Compression(_) | FrameError::Line { .. } => Self::malformed(error.to_string()),
        }
    }
}
