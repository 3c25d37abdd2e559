//! `POST /v1/officers`: another officer signs in on a shared phone.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use patrol_wire::{OfficerReply, OfficerRequest};

use super::App;
use super::answer::Refusal;
use super::body::collect;
use super::caller::Caller;

/// Far more than a code needs.
const MAX_REQUEST_BYTES: usize = 1024;

/// Whom the code was made for.
pub(super) async fn add(
    State(app): State<App>,
    Caller(device): Caller,
    body: Body,
) -> Result<Json<OfficerReply>, Refusal> {
    let _room = app.admission.body(MAX_REQUEST_BYTES).await?;
    let body = collect(body, app.station.limits().stall, MAX_REQUEST_BYTES).await?;
    // What serde says could quote the code.
    let OfficerRequest { code } =
        serde_json::from_slice(&body).map_err(|_| Refusal::malformed("the body is not a sign-in"))?;
    let officer = app.station.store().add_officer(device.id, code).await?;
    tracing::info!(device = %device.id, "another officer signed in");
    Ok(Json(OfficerReply {
        officer,
        server_ms: app.station.ports().clock.now(),
    }))
}
