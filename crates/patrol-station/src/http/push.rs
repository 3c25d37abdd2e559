//! `POST /v1/logs/{log}/ops`: a run of ops.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use patrol_domain::LogId;
use patrol_wire::frame::{self, FrameError};
use patrol_wire::{MAX_RAW_BYTES_PER_PUSH, PushHead, PushReply};

use super::App;
use super::answer::{Named, Refusal};
use super::body::{collect, is_one_of};
use super::caller::Caller;
use crate::admission::ComeAgain;

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
    is_one_of(&headers, &["application/zstd", "application/octet-stream"])?;
    // The body and what comes out of it are held together for a moment.
    let held = length_of(&headers).map_or(MAX_BODY_BYTES, |length| length.min(MAX_BODY_BYTES));
    let _room = app.admission.body(held + MAX_RAW_BYTES_PER_PUSH).await?;
    let body = collect(body, app.station.limits().stall, MAX_BODY_BYTES).await?;
    let body_bytes = body.len() as u64;
    let head = PushHead::from_headers(|name| headers.get(name).and_then(|value| value.to_str().ok()))
        .map_err(|error| Refusal::malformed(error.to_string()))?;
    let ops = tokio::task::spawn_blocking(move || frame::decode(&body))
        .await
        .map_err(|_| Refusal::internal())??;
    let device_id = device.id;
    let pushed = ops.len() as u64;
    let mut reply = app.station.store().append(device, log, head, ops).await?;
    reply.retry_after_ms = app.admission.breather().map(|ComeAgain(after_ms)| after_ms);
    app.metrics.push(pushed, reply.quarantined.len() as u64, body_bytes);
    tracing::info!(device = %device_id, %log, acked_seq = reply.acked_seq.0, "pushed");
    Ok(Json(reply))
}

/// The length that the phone announces; nothing when it sends in chunks.
fn length_of(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

impl From<FrameError> for Refusal {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::TooLarge => Self::too_large(&error.to_string()),
            FrameError::Compression(_) | FrameError::Line { .. } => Self::malformed(error.to_string()),
        }
    }
}
