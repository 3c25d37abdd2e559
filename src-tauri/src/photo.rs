//! `photo://localhost/<sha256>`: a photo's thumbnail for an `<img>`; with `?full` the original, to look at closely.
//!
//! A scheme of our own and not Tauri's file protocol: the pictures lie encrypted, and a page names them by hash, never by
//! path. The name is parsed as a hash before anything is looked up, so there is no path to play tricks with.

use tauri::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use tauri::http::{HeaderValue, Request, Response, StatusCode};
use tauri::{AppHandle, Manager as _, Runtime, UriSchemeContext, UriSchemeResponder, async_runtime};
use tokio::sync::Semaphore;

use crate::shell::Shell;

/// The scheme's name. On Windows and Android pages write it `http://photo.localhost/`.
pub(crate) const SCHEME: &str = "photo";

/// What is named by its hash never changes; and it is nobody else's business.
const FOR_EVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// An original that was decrypted is for the screen; the webview must not keep it on disk.
const NEVER: HeaderValue = HeaderValue::from_static("no-store");

/// One original at a time: each is whole in memory.
static ONE: Semaphore = Semaphore::const_new(1);

/// A picture for the page.
struct Picture {
    bytes: Vec<u8>,
    mime: &'static str,
    keep: HeaderValue,
}

/// Answers with the thumbnail or the original, or with 404.
pub(crate) fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().clone();
    async_runtime::spawn(async move {
        let sha256 = request.uri().path().trim_start_matches('/').to_owned();
        let picture = if request.uri().query() == Some("full") {
            original(&app, sha256).await
        } else {
            thumbnail(&app, sha256).await
        };
        responder.respond(response(picture));
    });
}

async fn thumbnail<R: Runtime>(app: &AppHandle<R>, sha256: String) -> Option<Picture> {
    let app = app.state::<Shell>().app().await.ok()?;
    // Disk and decryption: off the threads that keep the network and the window alive.
    let bytes = async_runtime::spawn_blocking(move || app.thumbnail(&sha256).ok())
        .await
        .ok()??;
    Some(Picture {
        bytes,
        mime: "image/jpeg",
        keep: FOR_EVER,
    })
}

async fn original<R: Runtime>(app: &AppHandle<R>, sha256: String) -> Option<Picture> {
    let app = app.state::<Shell>().app().await.ok()?;
    let _one = ONE.acquire().await.ok()?;
    let original = async_runtime::spawn_blocking(move || app.original(&sha256).ok())
        .await
        .ok()??;
    Some(Picture {
        bytes: original.bytes,
        mime: original.mime.as_str(),
        keep: NEVER,
    })
}

fn response(picture: Option<Picture>) -> Response<Vec<u8>> {
    let Some(Picture { bytes, mime, keep }) = picture else {
        let mut missing = Response::new(Vec::new());
        *missing.status_mut() = StatusCode::NOT_FOUND;
        return missing;
    };
    let mut found = Response::new(bytes);
    let headers = found.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, keep);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbnail_may_be_kept_and_a_missing_one_may_come_later() {
        let found = response(Some(Picture {
            bytes: vec![0xFF, 0xD8],
            mime: "image/jpeg",
            keep: FOR_EVER,
        }));
        assert_eq!(found.status(), StatusCode::OK);
        assert_eq!(found.headers()[CACHE_CONTROL], FOR_EVER);
        assert_eq!(found.headers()[CONTENT_TYPE], "image/jpeg");
        let missing = response(None);
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        assert!(missing.body().is_empty() && !missing.headers().contains_key(CACHE_CONTROL));
    }
}
