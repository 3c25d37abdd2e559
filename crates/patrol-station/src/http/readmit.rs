//! `POST /v1/enrol/certificate` and `PUT /v1/recovery`: what lets a phone back in after a loss on either side.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use patrol_wire::{ReadmitReply, ReadmitRequest, RecoveryEnvelope};

use super::App;
use super::answer::Refusal;
use super::body::collect;
use super::caller::{Bearer, Caller};

/// Far more than a sealed root needs.
const MAX_REQUEST_BYTES: usize = 8 * 1024;

/// A certificate, and two dozen successions of the station's key at a kilobyte each.
const MAX_READMIT_BYTES: usize = 32 * 1024;

/// Knows a phone again by the certificate that the station once signed. Whatever does not fit is the same 401.
pub(super) async fn readmit(
    State(app): State<App>,
    Bearer(device, secret_hash): Bearer,
    body: Body,
) -> Result<Json<ReadmitReply>, Refusal> {
    let _room = app.admission.body(MAX_READMIT_BYTES).await?;
    let body = collect(body, app.station.limits().stall, MAX_READMIT_BYTES).await?;
    let request: ReadmitRequest = serde_json::from_slice(&body).map_err(|_| Refusal::unauthorised())?;
    let facts = app.station.store().readmit(device, secret_hash, request).await?;
    tracing::info!(%device, "readmitted");
    Ok(Json(ReadmitReply {
        epoch: facts.epoch,
        server_ms: app.station.ports().clock.now(),
    }))
}

/// Keeps the caller's sealed root key.
pub(super) async fn keep_recovery(
    State(app): State<App>,
    Caller(device): Caller,
    body: Body,
) -> Result<StatusCode, Refusal> {
    let _room = app.admission.body(MAX_REQUEST_BYTES).await?;
    let body = collect(body, app.station.limits().stall, MAX_REQUEST_BYTES).await?;
    let envelope: RecoveryEnvelope =
        serde_json::from_slice(&body).map_err(|_| Refusal::malformed("the body is not a recovery envelope"))?;
    app.station.store().keep_recovery(device.id, envelope).await?;
    Ok(StatusCode::NO_CONTENT)
}
