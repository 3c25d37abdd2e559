//! `/v1/photos/{sha256}`: originals with resume, their receipts, their thumbnails.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use patrol_domain::Sha256Hash;
use patrol_wire::photo::{UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET};
use patrol_wire::{MAX_THUMBNAIL_BYTES, PhotoReply};

use super::App;
use super::answer::{Named, Refusal};
use super::body::{collect, drain, is_one_of, watched};
use super::caller::Caller;
use crate::admission::{BodyRoom, PhotoTurn, STREAM_BYTES};
use crate::store::{Device, Received, StoreError, UploadStart, UploadState};

/// What an original may call itself.
const PHOTO_TYPES: &[&str] = &[
    "application/octet-stream",
    "application/partial-upload",
    "image/jpeg",
    "image/png",
    "image/webp",
];

/// A whole original from its first byte.
pub(super) async fn put(
    State(app): State<App>,
    Caller(device): Caller,
    Named(sha256): Named<Sha256Hash>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    is_one_of(&headers, PHOTO_TYPES)?;
    let length = number(&headers, UPLOAD_LENGTH)?;
    receive(&app, &device, sha256, UploadStart::Whole { length }, body).await
}

/// An original from where an earlier request ended.
pub(super) async fn patch(
    State(app): State<App>,
    Caller(device): Caller,
    Named(sha256): Named<Sha256Hash>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    is_one_of(&headers, PHOTO_TYPES)?;
    let length = number(&headers, UPLOAD_LENGTH)?;
    let offset = number(&headers, UPLOAD_OFFSET)?.ok_or_else(|| Refusal::malformed("upload-offset is missing"))?;
    receive(&app, &device, sha256, UploadStart::Resume { offset, length }, body).await
}

async fn receive(
    app: &App,
    device: &Device,
    sha256: Sha256Hash,
    start: UploadStart,
    body: Body,
) -> Result<Response, Refusal> {
    let mut body = watched(body, app.station.limits().stall);
    let (_turn, _room) = match admit(app, device, start).await {
        Ok(admitted) => admitted,
        Err(refusal) => {
            drain(&mut body).await;
            return Err(refusal);
        }
    };
    match app.station.store().receive(device.id, sha256, start, &mut body).await {
        Ok(Received::Complete(reply)) => {
            tracing::info!(device = %device.id, %sha256, "original complete");
            app.metrics.photo(reply.receipt.content.bytes);
            let state = UploadState {
                offset: reply.receipt.content.bytes,
                complete: true,
            };
            Ok((progress(state), Json(reply)).into_response())
        }
        Ok(Received::Part { offset }) => {
            let state = UploadState {
                offset,
                complete: false,
            };
            Ok((StatusCode::NO_CONTENT, progress(state)).into_response())
        }
        // Nothing comes any more, or nothing soon: there is nobody to read on for.
        Err(error @ StoreError::Body(_)) => Err(error.into()),
        Err(error) => {
            drain(&mut body).await;
            Err(error.into())
        }
    }
}

/// A turn of this phone's, room in memory, and room on the disk beside what is kept for ops.
async fn admit(app: &App, device: &Device, start: UploadStart) -> Result<(PhotoTurn, BodyRoom), Refusal> {
    let turn = app
        .admission
        .photo(device.id)
        .map_err(|again| Refusal::too_many(again, "this phone has too many originals on their way"))?;
    let (UploadStart::Whole { length } | UploadStart::Resume { length, .. }) = start;
    if !app.has_room_for(length.unwrap_or_default()).await {
        return Err(Refusal::disk_reserved());
    }
    Ok((turn, app.admission.body(STREAM_BYTES).await?))
}

/// How far an original is.
pub(super) async fn head(
    State(app): State<App>,
    Caller(device): Caller,
    Named(sha256): Named<Sha256Hash>,
) -> Result<Response, Refusal> {
    let state = app.station.store().upload_state(device.id, sha256).await?;
    Ok((StatusCode::NO_CONTENT, progress(state)).into_response())
}

/// The receipt of a complete original.
pub(super) async fn receipt(
    State(app): State<App>,
    Caller(device): Caller,
    Named(sha256): Named<Sha256Hash>,
) -> Result<Json<PhotoReply>, Refusal> {
    Ok(Json(app.station.store().photo_receipt(device.id, sha256).await?))
}

/// A thumbnail.
pub(super) async fn thumb(
    State(app): State<App>,
    Caller(device): Caller,
    Named(sha256): Named<Sha256Hash>,
    body: Body,
) -> Result<StatusCode, Refusal> {
    if !app.has_room_for(MAX_THUMBNAIL_BYTES as u64).await {
        return Err(Refusal::disk_reserved());
    }
    let _room = app.admission.body(MAX_THUMBNAIL_BYTES).await?;
    let jpeg = collect(body, app.station.limits().stall, MAX_THUMBNAIL_BYTES).await?;
    if !jpeg.starts_with(&[0xff, 0xd8, 0xff]) {
        return Err(Refusal::malformed("a thumbnail is a JPEG"));
    }
    app.station.store().keep_thumb(device.id, sha256, jpeg).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn progress(state: UploadState) -> HeaderMap {
    let UploadState { offset, complete } = state;
    let mut headers = HeaderMap::new();
    headers.insert(UPLOAD_OFFSET, HeaderValue::from(offset));
    headers.insert(
        UPLOAD_COMPLETE,
        HeaderValue::from_static(if complete { "?1" } else { "?0" }),
    );
    headers
}

/// A header that holds a number, when it is there.
fn number(headers: &HeaderMap, name: &str) -> Result<Option<u64>, Refusal> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let parsed = value.to_str().ok().and_then(|text| text.parse().ok());
    parsed
        .map(Some)
        .ok_or_else(|| Refusal::malformed(format!("header {name} is malformed")))
}
