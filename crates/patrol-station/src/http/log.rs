//! `GET /v1/logs/{log}`: how far a journal is held.

use axum::Json;
use axum::extract::State;
use patrol_domain::LogId;
use patrol_wire::LogStatus;

use super::App;
use super::answer::{Named, Refusal};
use super::caller::Caller;

/// What is held of the caller's journal.
pub(super) async fn status(
    State(app): State<App>,
    Caller(device): Caller,
    Named(log): Named<LogId>,
) -> Result<Json<LogStatus>, Refusal> {
    Ok(Json(app.station.store().log_status(device.id, log).await?))
}
