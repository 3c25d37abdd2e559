//! The station over HTTP: routes, and what every answer has in common.
//!
//! Handlers take no axum extractor that could answer by itself, so that every refusal is an
//! [`ErrorReply`](patrol_wire::ErrorReply) and carries the protocol's header: a phone takes anything without it for a
//! captive portal's page.

mod answer;
mod body;
mod caller;
mod caps;
mod changes;
mod enrol;
mod log;
mod officer;
mod photo;
mod push;
mod query;
mod readmit;
mod view;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use patrol_wire::{PROTOCOL_HEADER, PROTOCOL_VERSION};
use tokio_util::task::TaskTracker;

use crate::station::Station;
use answer::Refusal;
pub(crate) use view::Peer;

/// What handlers work with.
#[derive(Clone)]
struct App {
    station: Station,
    /// Work that goes on when its connection is gone; the end of serving waits for it.
    work: TaskTracker,
}

/// All routes.
pub(crate) fn router(station: Station, work: TaskTracker) -> Router {
    let app = App { station, work };
    Router::new()
        .route("/", get(view::page))
        .route("/style.css", get(view::style))
        .route("/thumbs/{sha256}", get(view::thumb))
        .route("/v1/enrol", post(enrol::enrol))
        .route("/v1/officers", post(officer::add))
        .route("/v1/enrol/certificate", post(readmit::readmit))
        .route("/v1/recovery", put(readmit::keep_recovery))
        .route("/v1/caps", get(caps::caps))
        .route("/v1/logs/{log}", get(log::status))
        .route("/v1/logs/{log}/ops", post(push::push))
        .route("/v1/logs/{log}/head", get(log::head))
        .route("/v1/logs/{log}/audit", post(log::audit))
        .route("/v1/changes", get(changes::changes))
        .route(
            "/v1/photos/{sha256}",
            put(photo::put).patch(photo::patch).head(photo::head),
        )
        .route("/v1/photos/{sha256}/receipt", get(photo::receipt))
        .route("/v1/photos/{sha256}/thumb", put(photo::thumb))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::method())
        .layer(from_fn_with_state(app.clone(), envelope))
        .with_state(app)
}

/// The most fields in a request's head.
const MOST_FIELDS: usize = 64;

/// The most bytes of a request's head: an authorisation and a push's own fields come to 1 KB.
const MOST_HEAD_BYTES: usize = 16 * 1024;

/// What a connection too many is answered, whatever it asks.
pub(crate) fn doorkeeper() -> Router {
    Router::new().fallback(async || {
        let mut response = Refusal::busy("too many connections").into_response();
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
        ours(response)
    })
}

/// Marks an answer as ours.
fn ours(mut response: Response) -> Response {
    response.headers_mut().insert(
        HeaderName::from_static(PROTOCOL_HEADER),
        HeaderValue::from_static(PROTOCOL_VERSION),
    );
    response
}

fn is_head_too_large(request: &Request) -> bool {
    let fields = request.headers().iter();
    let bytes: usize = fields.map(|(name, value)| name.as_str().len() + value.len()).sum();
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    request.headers().len() > MOST_FIELDS || bytes + target > MOST_HEAD_BYTES
}

/// Marks every answer as ours, and writes one log line for it: ids stand in the path, a query is left out.
async fn envelope(State(app): State<App>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    if is_head_too_large(&request) {
        return ours(Refusal::head_too_large().into_response());
    }
    // The work goes on when the phone hangs up: half an append is no state to be in, and its retry is then cheap.
    let answered = app.work.spawn(next.run(request)).await;
    let response = ours(answered.unwrap_or_else(|_| Refusal::internal().into_response()));
    tracing::debug!(%method, path, status = response.status().as_u16(), "answered");
    response
}
