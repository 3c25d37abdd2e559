//! `GET /v1/keys`: the station's public keys and how each followed from the one before. For anybody, as keys are.

use axum::Json;
use axum::extract::State;
use patrol_wire::KeysReply;

use super::App;
use super::answer::Refusal;

pub(super) async fn keys(State(app): State<App>) -> Result<Json<KeysReply>, Refusal> {
    Ok(Json(app.station.store().station_keys().await?))
}
