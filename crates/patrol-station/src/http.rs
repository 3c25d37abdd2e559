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
mod health;
mod key;
mod log;
mod officer;
mod photo;
mod push;
mod query;
mod readmit;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use patrol_wire::{ErrorCode, PROTOCOL_HEADER, PROTOCOL_VERSION};
use tokio_util::task::TaskTracker;

use crate::admission::Admission;
use crate::disk_space::{free_bytes, has_room};
use crate::metrics::{Answered, Metrics};
use crate::station::Station;
use crate::tls::ServedCertificate;
use answer::Refusal;
pub(crate) use view::Peer;

/// What handlers work with.
#[derive(Clone)]
struct App {
    station: Station,
    /// Work that goes on when its connection is gone; the end of serving waits for it.
    work: TaskTracker,
    metrics: Metrics,
    admission: Arc<Admission>,
    /// None over plain HTTP.
    certificate: Option<Arc<ServedCertificate>>,
}

impl App {
    /// What is free of the disk is looked up where it may block.
    async fn has_room_for(&self, length: u64) -> bool {
        let (data, reserve) = (self.station.data().to_owned(), self.station.limits().disk_reserve_bytes);
        let free = tokio::task::spawn_blocking(move || free_bytes(&data)).await;
        has_room(free.ok().flatten(), length, reserve)
    }
}

/// What a served station answers, by address.
pub(crate) struct Routers {
    /// At the station's own.
    pub(crate) station: Router,
    /// There, when there are too many connections.
    pub(crate) doorkeeper: Router,
    /// At the address of the counters.
    pub(crate) metrics: Router,
}

/// All routes.
pub(crate) fn routers(
    station: Station,
    work: TaskTracker,
    metrics: Metrics,
    certificate: Option<Arc<ServedCertificate>>,
) -> Routers {
    let admission = Arc::new(Admission::new(station.limits(), station.ports().clone()));
    let app = App {
        station,
        work,
        metrics,
        admission,
        certificate,
    };
    Routers {
        station: router(app.clone()),
        doorkeeper: doorkeeper(),
        metrics: health::router(app),
    }
}

fn router(app: App) -> Router {
    Router::new()
        .route("/healthz", get(health::health))
        .route("/readyz", get(health::ready))
        .route("/", get(view::page))
        .route("/style.css", get(view::style))
        .route("/thumbs/{sha256}", get(view::thumb))
        .route("/v1/enrol", post(enrol::enrol))
        .route("/v1/officers", post(officer::add))
        .route("/v1/enrol/certificate", post(readmit::readmit))
        .route("/v1/recovery", put(readmit::keep_recovery))
        .route("/v1/caps", get(caps::caps))
        .route("/v1/keys", get(key::keys))
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
fn doorkeeper() -> Router {
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
    let _running = app.metrics.request();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let response = if is_head_too_large(&request) {
        Refusal::head_too_large().into_response()
    } else {
        // The work goes on when the phone hangs up: half an append is no state to be in, and its retry is then cheap.
        let answered = app.work.spawn(next.run(request)).await;
        answered.unwrap_or_else(|_| Refusal::internal().into_response())
    };
    let answered = Answered {
        route: route.unwrap_or_else(|| "none".to_owned()),
        method: known_method(&method),
        status: response.status().as_u16(),
    };
    tracing::debug!(%method, path, status = answered.status, "answered");
    app.metrics
        .answer(answered, response.extensions().get().and_then(code_name));
    ours(response)
}

/// A method by its own name; strangers invent others.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

/// A code as it stands in the reply.
fn code_name(code: &ErrorCode) -> Option<String> {
    serde_json::to_value(code).ok()?.as_str().map(str::to_owned)
}
