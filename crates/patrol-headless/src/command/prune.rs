//! `prune`: clears away originals that the station is certain to keep.

use std::path::Path;
use std::process::ExitCode;

use crate::host::{Problem, describe, open_existing};
use crate::terminal::say;

pub(crate) fn prune(data: &Path, days: u32) -> Result<ExitCode, Problem> {
    let app = open_existing(data)?;
    let pruned = app.prune_originals(days).map_err(|error| describe(&error.reply()))?;
    say(format_args!(
        "cleared away: {} originals, {} KB",
        pruned.originals,
        pruned.bytes / 1000
    ));
    Ok(ExitCode::SUCCESS)
}
