//! `export`: everything that the phone holds in one file, plain or sealed to the station's recovery key.

use std::path::Path;
use std::process::ExitCode;

use crate::host::{Problem, describe, open_existing};
use crate::terminal::say;

pub(crate) fn export(data: &Path, out: &Path, sealed: bool) -> Result<ExitCode, Problem> {
    let app = open_existing(data)?;
    let exported = app.export(out, sealed).map_err(|error| describe(&error.reply()))?;
    say(format_args!(
        "exported {} journals, {} ops, {} originals to {}",
        exported.journals,
        exported.ops,
        exported.photos,
        out.display()
    ));
    if exported.missing_photos > 0 {
        say(format_args!(
            "{} originals cannot be read and are not in it",
            exported.missing_photos
        ));
    }
    Ok(ExitCode::SUCCESS)
}
