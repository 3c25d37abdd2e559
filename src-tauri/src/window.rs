//! The one window, and the doors that stay closed around it.
//!
//! The page's policy (`tauri.conf.json`) says what it may load, the capability what it may call; neither says where the
//! window may go. So going elsewhere, opening another window and downloading are refused here.

use tauri::webview::NewWindowResponse;
use tauri::{App, Runtime, Url, WebviewWindowBuilder};

/// Opens it as `tauri.conf.json` describes it.
pub(crate) fn open<R: Runtime>(app: &App<R>) -> tauri::Result<()> {
    for config in &app.config().app.windows {
        WebviewWindowBuilder::from_config(app, config)?
            .on_navigation(is_own)
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .on_download(|_, _| false)
            .build()?;
    }
    Ok(())
}

/// The pages that are built into this program: `tauri://localhost`, on Windows and Android `http://tauri.localhost`.
pub(crate) fn is_own(url: &Url) -> bool {
    matches!(
        (url.scheme(), url.host_str()),
        ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_goes_nowhere_else() {
        let own = |url: &str| is_own(&url.parse().unwrap());
        assert!(own("tauri://localhost/index.html#/records"));
        assert!(own("http://tauri.localhost/"));
        for url in [
            "http://127.0.0.1/",
            "https://example.com/",
            "http://localhost/",
            "tauri://elsewhere/",
            "file:///etc/hosts",
            "data:text/html,hello",
            "about:blank",
        ] {
            assert!(!own(url), "{url}");
        }
    }
}
