//! Bodies as they arrive: watched for a stall, counted as they come, never held whole unless small.

use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use futures_util::StreamExt as _;

use super::answer::Refusal;
use crate::store::{BodyFault, PhotoBody};

/// How much of a refused body is read, so that a phone that is still writing can hear why it was refused.
const DRAIN_BYTES: usize = 16 * 1024 * 1024;

/// The bytes of a body; ends with a fault when the connection does, or when no byte comes for `stall`.
pub(super) fn watched(body: Body, stall: Duration) -> PhotoBody {
    let stream = body.into_data_stream();
    futures_util::stream::unfold(Some(stream), move |stream| async move {
        let mut stream = stream?;
        match tokio::time::timeout(stall, stream.next()).await {
            Ok(Some(Ok(piece))) => Some((Ok(piece), Some(stream))),
            Ok(Some(Err(_))) => Some((Err(BodyFault::Gone), None)),
            Ok(None) => None,
            Err(_) => Some((Err(BodyFault::Stalled), None)),
        }
    })
    .fuse()
    .boxed()
}

/// Refuses a body that says to be something else. One that says nothing is taken: what counts is what it is.
pub(super) fn is_one_of(headers: &HeaderMap, types: &[&str]) -> Result<(), Refusal> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let said = value.to_str().unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default().trim();
    if types.iter().any(|known| known.eq_ignore_ascii_case(essence)) {
        Ok(())
    } else {
        Err(Refusal::wrong_type())
    }
}

/// A small body, whole.
pub(super) async fn collect(body: Body, stall: Duration, limit: usize) -> Result<Bytes, Refusal> {
    let mut body = watched(body, stall);
    let mut whole = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece?;
        if whole.len() + piece.len() > limit {
            drain(&mut body).await;
            return Err(Refusal::too_large("the body is larger than the protocol allows"));
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.into())
}

/// Reads on after a refusal, up to a limit.
pub(super) async fn drain(body: &mut PhotoBody) {
    let mut left = DRAIN_BYTES;
    while let Some(Ok(piece)) = body.next().await {
        left = left.saturating_sub(piece.len());
        if left == 0 {
            return;
        }
    }
}
