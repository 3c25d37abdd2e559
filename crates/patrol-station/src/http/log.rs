//! `GET /v1/logs/{log}`, `GET …/head?seq=`, `POST …/audit`: how far a journal is held, and whether all of it is.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Uri;
use patrol_domain::{LogId, Seq};
use patrol_wire::{AuditReply, HeadReply, JournalCount, LogStatus};

use super::answer::{Named, Refusal};
use super::body::collect;
use super::caller::Caller;
use super::{App, caps, query};

/// The longest count that is read, in bytes: more than a year of days and kinds.
const MAX_COUNT_BYTES: usize = 512 * 1024;

/// What is held of the caller's journal.
pub(super) async fn status(
    State(app): State<App>,
    Caller(device): Caller,
    Named(log): Named<LogId>,
    uri: Uri,
) -> Result<Json<LogStatus>, Refusal> {
    let missing_after = query::value(&uri, "missing_after")?;
    let status = app.station.store().log_status(device.id, log, missing_after).await?;
    Ok(Json(LogStatus {
        caps: Some(caps::limits()),
        ..status
    }))
}

/// The chain's value at one position of the caller's journal.
pub(super) async fn head(
    State(app): State<App>,
    Caller(device): Caller,
    Named(log): Named<LogId>,
    uri: Uri,
) -> Result<Json<HeadReply>, Refusal> {
    let seq = query::value(&uri, "seq")?.ok_or_else(|| Refusal::malformed("seq is missing"))?;
    Ok(Json(app.station.store().head(device.id, log, Seq(seq)).await?))
}

/// Whether the caller's count of its journal is the station's.
pub(super) async fn audit(
    State(app): State<App>,
    Caller(device): Caller,
    Named(log): Named<LogId>,
    body: Body,
) -> Result<Json<AuditReply>, Refusal> {
    let _room = app.admission.body(MAX_COUNT_BYTES).await?;
    let body = collect(body, app.station.limits().stall, MAX_COUNT_BYTES).await?;
    let count: JournalCount =
        serde_json::from_slice(&body).map_err(|_| Refusal::malformed("the body is not a count of a journal"))?;
    Ok(Json(app.station.store().audit(device.id, log, count).await?))
}
