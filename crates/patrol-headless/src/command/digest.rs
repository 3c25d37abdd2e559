//! `digest`: what this phone holds, recomputed from stored bytes, to be compared with the station's.

use std::path::Path;
use std::process::ExitCode;

use crate::host::{Problem, describe, open_existing};
use crate::terminal::say;

pub(crate) fn digest(data: &Path) -> Result<ExitCode, Problem> {
    let app = open_existing(data)?;
    let digest = app.digest().map_err(|error| describe(&error.reply()))?;
    say(digest.to_string().trim_end());
    Ok(ExitCode::SUCCESS)
}
