//! The officer's window: Tauri around the use cases of `patrol-app`.
//!
//! It only translates. A page's call becomes one call of the dispatch table, a picture's address becomes one thumbnail,
//! and the environment says where the data lie. What is shown, refused and remembered is decided in `patrol-app`; a
//! database that cannot be opened is its answer too, which is why the window opens even then.

mod commands;
mod environment;
#[cfg(test)]
mod names;
mod photo;
mod shell;
mod tile;
mod window;

use tauri::webview::{PermissionKind, PermissionResponse};
use tauri::{Manager as _, RunEvent, async_runtime};

use crate::environment::Environment;
use crate::shell::Shell;

/// Opens the window and stays until it is closed.
///
/// # Errors
/// [`tauri::Error`] when Tauri cannot be set up.
///
/// # Panics
/// Tauri ends the program, with the reason, when there is no display or the system names no place for data.
pub fn run() -> Result<(), tauri::Error> {
    let app = tauri::Builder::default()
        .register_asynchronous_uri_scheme_protocol(photo::SCHEME, photo::answer)
        .register_asynchronous_uri_scheme_protocol(tile::SCHEME, tile::answer)
        // The viewfinder looks through the camera and tells where that was. The page needs none of the machine's ears.
        .on_permission_request(|_, kind| match kind {
            PermissionKind::Camera | PermissionKind::Geolocation => PermissionResponse::Allow,
            _ => PermissionResponse::Deny,
        })
        .invoke_handler(commands::handler())
        .setup(|app| {
            let environment = Environment::read(|| app.path().app_data_dir())?;
            let is_demo = environment.enrol_code.is_some();
            app.manage(Shell::new(environment.options, app.path().download_dir().ok()));
            let handle = app.handle().clone();
            // Beside the window: the webview takes longer to come than the data, and what the page asks waits for them.
            let started =
                async_runtime::spawn(async move { handle.state::<Shell>().start(environment.enrol_code).await });
            if is_demo {
                // Its window opens enrolled when the station is there.
                async_runtime::block_on(started)?;
            }
            // Only now: a page that is faster than the lines above would find no shell to answer it.
            Ok(window::open(app)?)
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            app.state::<Shell>().close();
        }
    });
    Ok(())
}
