//! Clears away what a cut left among the uploads and nobody will ask for again.
//!
//! A part of an original stays: its phone goes on with it. A thumbnail comes in one piece, so the file that it was being
//! written to is nobody's after the process has ended; only the one process that may serve clears it away.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use patrol_sqlite::Disk;

use crate::durable;
use crate::error::StationError;
use crate::layout::Layout;

/// What a thumbnail's file is called while it is written.
pub(crate) const THUMBNAIL: &str = "thumb";

/// Removes thumbnails that were being written when the process before this one ended.
pub(crate) fn thumbnails(disk: &dyn Disk, layout: &Layout) -> Result<(), StationError> {
    for folder in list(disk, &layout.incoming())? {
        for path in list(disk, &folder)? {
            if path.extension().is_some_and(|extension| extension == THUMBNAIL) {
                durable::remove(disk, &path).map_err(failed(&path))?;
            }
        }
    }
    Ok(())
}

/// What is in a folder; nothing in one that is not there or is a file.
fn list(disk: &dyn Disk, folder: &Path) -> Result<Vec<PathBuf>, StationError> {
    match disk.list(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Vec::new()),
        other => other.map_err(failed(folder)),
    }
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> StationError {
    let path = path.to_owned();
    move |source| StationError::File { path, source }
}
