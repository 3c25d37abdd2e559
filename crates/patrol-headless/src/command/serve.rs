//! `serve`: the built UI and the dispatch table over HTTP on 127.0.0.1, for development and browser tests.
//!
//! Only this machine's own pages may use it: the address is loopback, a request that a page of another origin makes is
//! refused, and so is one for another host name, since any web page open in the same browser could otherwise read and
//! write records (directly, or by a name of its own that it lets point here).

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path as UrlPath, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use patrol_app::{App, Photo};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::host::{Problem, open, recover_beside};
use crate::terminal::say;

/// The largest body: an original plus room.
const MAX_BODY: usize = 64 << 20;

/// As strict as the window's policy.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
                      connect-src 'self'; font-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

pub(crate) async fn serve(data: &Path, ui: &Path, photos: Option<PathBuf>, port: u16) -> Result<ExitCode, Problem> {
    let app = open(data, photos)?;
    recover_beside(&app);
    let listener = TcpListener::bind(("127.0.0.1", port))
        .await
        .map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let syncing = Arc::clone(&app);
    let sync = tokio::spawn(syncing.keep_syncing());
    say(format_args!("listening http://{address}"));
    let routes = Router::new()
        .route("/api/{command}", post(dispatch))
        .route("/photo/{sha256}", get(photo))
        .route("/tile/{*path}", get(tile))
        .with_state(Arc::clone(&app))
        .fallback_service(ServeDir::new(ui))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(axum::middleware::from_fn_with_state(address.port(), only_own_pages))
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ));
    let waited_for = Arc::clone(&app);
    let end = async move {
        ended().await;
        // A page that waits for news would else keep the server for as long as it may wait.
        waited_for.end_waits();
    };
    let served = axum::serve(listener, routes).with_graceful_shutdown(end).await;
    sync.abort();
    app.close().map_err(|error| error.to_string())?;
    served.map(|()| ExitCode::SUCCESS).map_err(|error| error.to_string())
}

async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn only_own_pages(State(port): State<u16>, request: Request, next: Next) -> Response {
    if is_own(request.headers(), port) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

fn is_own(headers: &HeaderMap, port: u16) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let hosts = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let is_host = |host: &str| hosts.iter().any(|own| own == host);
    let own_host = text(header::HOST).is_some_and(is_host);
    own_host && text(header::ORIGIN).is_none_or(|origin| origin.strip_prefix("http://").is_some_and(is_host))
}

async fn dispatch(
    State(app): State<Arc<App>>,
    UrlPath(command): UrlPath<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let raw = text("content-type") == Some("application/octet-stream");
    let (args, photo) = if raw {
        let source = text("x-photo-source").unwrap_or("import").to_owned();
        let case = text("x-photo-case").map(|case| json!({ "case_id": case }));
        (
            case.unwrap_or_default(),
            Some(Photo {
                bytes: body.to_vec(),
                source,
                slot: text("x-photo-slot").map(str::to_owned),
                shot: text("x-shot-name").map(str::to_owned),
            }),
        )
    } else {
        match serde_json::from_slice(&body) {
            Ok(args) => (args, None),
            Err(_) => return StatusCode::BAD_REQUEST.into_response(),
        }
    };
    match app.dispatch(&command, args, photo).await {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(reply) => (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(reply)).into_response(),
    }
}

/// A photo's small picture, or with `?full` the original: one at a time, because each is whole in memory.
async fn photo(State(app): State<Arc<App>>, UrlPath(sha256): UrlPath<String>, RawQuery(query): RawQuery) -> Response {
    static ONE: Semaphore = Semaphore::const_new(1);
    let found = if query.as_deref() != Some("full") {
        app.thumbnail(&sha256).ok().map(|jpeg| ("image/jpeg", jpeg))
    } else {
        let Ok(_one) = ONE.acquire().await else {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        };
        let read = tokio::task::spawn_blocking(move || app.original(&sha256).ok()).await;
        read.ok()
            .flatten()
            .map(|original| (original.mime.as_str(), original.bytes))
    };
    // An original that was decrypted is for the screen; no browser keeps it on disk.
    match found {
        Some((mime, bytes)) => (
            [(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, "no-store")],
            bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn tile(State(app): State<Arc<App>>, UrlPath(path): UrlPath<String>) -> Response {
    // Disk and unpacking: off the threads that answer.
    let tile = tokio::task::spawn_blocking(move || app.tile(&path)).await;
    match tile.ok().flatten() {
        Some(tile) => ([(header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile")], tile).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        is_own(&headers, 8700)
    }

    #[test]
    fn a_page_of_another_origin_or_under_another_name_is_refused() {
        assert!(own("127.0.0.1:8700", None));
        assert!(own("localhost:8700", Some("http://localhost:8700")));
        for (host, origin) in [
            ("127.0.0.1:8700", Some("http://evil.example")),
            ("evil.example:8700", Some("http://evil.example:8700")),
            ("evil.example:8700", None),
            ("127.0.0.1:8701", None),
            ("127.0.0.1:8700", Some("null")),
        ] {
            assert!(!own(host, origin), "{host} {origin:?}");
        }
    }
}
