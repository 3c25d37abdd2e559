//! `GET /v1/changes?cursor=…&limit=…`: what has changed at the station for this phone.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use patrol_wire::ChangesReply;

use super::App;
use super::answer::Refusal;
use super::caller::Caller;
use super::query;

/// How many changes a page has when the phone does not say.
const USUAL_LIMIT: u64 = 200;

/// A page behind the cursor, or from the beginning.
pub(super) async fn changes(
    State(app): State<App>,
    Caller(device): Caller,
    uri: Uri,
) -> Result<Json<ChangesReply>, Refusal> {
    let cursor = query::value(&uri, "cursor")?;
    let limit = query::value(&uri, "limit")?.unwrap_or(USUAL_LIMIT);
    Ok(Json(app.station.store().changes(device.id, cursor, limit).await?))
}
