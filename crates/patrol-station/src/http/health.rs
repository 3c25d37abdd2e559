//! `/healthz`, `/readyz`, `/metrics`: for whoever watches the station, person or program.
//!
//! The first two say nothing but yes or no, so everybody may ask. The counters are answered only at an address of their
//! own, on this machine unless somebody sets another one.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use patrol_domain::Sha256Hash;

use super::App;
use super::answer::Refusal;
use crate::disk_space::free_bytes;
use crate::metrics::{self, Gauges};
use crate::store::StoreError;

/// The routes at the address of the counters.
pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .route("/metrics", get(counters))
        .fallback(async || Refusal::not_found())
        .with_state(app)
}

/// The process answers.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// The station can take records: it is not ending, and its database reads.
pub(super) async fn ready(State(app): State<App>) -> Result<&'static str, Refusal> {
    if app.work.is_closed() {
        return Err(Refusal::busy("the station is ending"));
    }
    // Nobody's thumbnail: looked for, so that the database is asked, and not there.
    match app.station.store().thumb(Sha256Hash::from_bytes([0; 32])).await {
        Ok(_) | Err(StoreError::NotFound) => Ok("ready\n"),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "not ready");
            Err(Refusal::busy("the database does not read"))
        }
    }
}

async fn counters(State(app): State<App>) -> Result<Response, Refusal> {
    let data = app.station.data().to_owned();
    let free = tokio::task::spawn_blocking(move || free_bytes(&data)).await;
    let gauges = Gauges {
        held_bytes: app.admission.held_bytes() as u64,
        free_bytes: free.ok().flatten(),
        certificate_ends: app.certificate.as_ref().map(|certificate| certificate.ends()),
        counts: app.station.store().counts().await?,
    };
    let text = app.metrics.text(&gauges);
    Ok((StatusCode::OK, [(CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response())
}
