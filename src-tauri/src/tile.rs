//! `tile://localhost/<z>/<x>/<y>`: one tile of the map as a vector tile.
//!
//! A page reads it by `fetch`, which to a browser is a request to another origin: so the answer names the window's own
//! pages as those that may have it, and nobody else. The path is parsed as three numbers before anything is looked up.

use tauri::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS};
use tauri::http::{HeaderValue, Request, Response, StatusCode};
use tauri::{AppHandle, Manager as _, Runtime, UriSchemeContext, UriSchemeResponder, Url, async_runtime};

use crate::shell::Shell;
use crate::window::is_own;

/// The scheme's name. On Windows and Android pages write it `http://tile.localhost/`.
pub(crate) const SCHEME: &str = "tile";

/// Mapbox Vector Tile 2.1, §"Multipurpose Internet Mail Extensions".
const VECTOR_TILE: HeaderValue = HeaderValue::from_static("application/vnd.mapbox-vector-tile");

/// Answers with the tile, or with 404.
pub(crate) fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().clone();
    async_runtime::spawn(async move {
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let reader = request.headers().get(ORIGIN).filter(|origin| is_own_page(origin));
        responder.respond(response(tile(&app, path).await, reader));
    });
}

async fn tile<R: Runtime>(app: &AppHandle<R>, path: String) -> Option<Vec<u8>> {
    let app = app.state::<Shell>().app().await.ok()?;
    // Disk and unpacking: off the threads that keep the network and the window alive.
    async_runtime::spawn_blocking(move || app.tile(&path)).await.ok()?
}

fn is_own_page(origin: &HeaderValue) -> bool {
    let url = origin.to_str().ok().and_then(|origin| origin.parse::<Url>().ok());
    url.is_some_and(|url| is_own(&url))
}

fn response(tile: Option<Vec<u8>>, reader: Option<&HeaderValue>) -> Response<Vec<u8>> {
    let status = if tile.is_some() {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    let mut response = Response::new(tile.unwrap_or_default());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, VECTOR_TILE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(VARY, HeaderValue::from_static("origin"));
    if let Some(reader) = reader {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, reader.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_windows_own_pages_may_read_a_tile_and_nobody_else() {
        let own = HeaderValue::from_static("tauri://localhost");
        assert!(is_own_page(&own));
        assert!(is_own_page(&HeaderValue::from_static("http://tauri.localhost")));
        for other in ["null", "https://example.com", "tauri://elsewhere", "tile://localhost"] {
            assert!(!is_own_page(&HeaderValue::from_static(other)), "{other}");
        }
        let found = response(Some(vec![0x1a]), Some(&own));
        assert_eq!(
            (found.status(), &found.headers()[ACCESS_CONTROL_ALLOW_ORIGIN]),
            (StatusCode::OK, &own)
        );
        let missing = response(None, None);
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        assert!(missing.body().is_empty() && !missing.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
    }
}
