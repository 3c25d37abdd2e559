//! `configure`: a pause, and originals that wait for a network that costs nothing.

use std::path::Path;
use std::process::ExitCode;

use patrol_app::Settings;

use crate::host::{Problem, describe, open_existing};

pub(crate) fn configure(data: &Path, is_paused: bool, only_unmetered: bool) -> Result<ExitCode, Problem> {
    let settings = Settings {
        is_paused,
        only_unmetered,
    };
    let app = open_existing(data)?;
    app.configure_sync(settings).map_err(|error| describe(&error.reply()))?;
    Ok(ExitCode::SUCCESS)
}
