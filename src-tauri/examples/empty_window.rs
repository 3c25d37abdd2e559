//! A window of Tauri's with nothing in it: what the officer's cold start is measured against (`cold_start`).
//!
//! As large as the officer's, with the same webview behind it; its page says only that it was painted.

/// Opens the window and stays until it is closed.
fn main() -> Result<(), tauri::Error> {
    tauri::Builder::default().run(tauri::generate_context!("examples/empty_window/tauri.conf.json"))
}
