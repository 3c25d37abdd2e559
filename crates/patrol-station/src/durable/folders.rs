//! Folders whose names are on the disk, remembered for as long as the program runs.
//!
//! A file is only as durable as the names of the folders above it, and a folder that is *there* may still be one that the
//! power takes along: a program that was killed between making and syncing it left it so. So what lies in a folder is
//! listed and synced once, when the first name below it is needed; from then on only what is made here can be new. What
//! this spares is a sync of `incoming` and one of `photos` for each original, which never had anything to write.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use patrol_sqlite::Disk;

/// The folders below one that is durable itself.
#[derive(Debug)]
pub(crate) struct DurableFolders {
    root: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Their own names are durable.
    durable: BTreeSet<PathBuf>,
    /// What lay in them when this program first looked is durable too.
    surveyed: BTreeSet<PathBuf>,
}

impl DurableFolders {
    /// Nothing known yet of what lies below `root`.
    pub(crate) fn below(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            known: Mutex::default(),
        }
    }

    /// Does what needs the folder to be there and durable. A folder that somebody has taken away meanwhile is made anew,
    /// and `work` is done once more.
    pub(crate) fn within<T>(
        &self,
        disk: &dyn Disk,
        folder: &Path,
        mut work: impl FnMut() -> io::Result<T>,
    ) -> io::Result<T> {
        self.make(disk, folder)?;
        match work() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.forget();
                self.make(disk, folder)?;
                work()
            }
            other => other,
        }
    }

    /// Makes a folder, if it is not there; durable when this returns.
    fn make(&self, disk: &dyn Disk, folder: &Path) -> io::Result<()> {
        // Held while a folder is made: whoever finds it there must not take it for durable before it is.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.make(disk, &self.root, folder)
    }

    fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Known::default();
    }
}

impl Known {
    fn make(&mut self, disk: &dyn Disk, root: &Path, folder: &Path) -> io::Result<()> {
        if folder == root || self.durable.contains(folder) {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.make(disk, root, above)?;
            if !self.surveyed.contains(above) {
                let there = disk.list(above)?;
                disk.sync_folder(above)?;
                self.durable.extend(there);
                self.surveyed.insert(above.to_owned());
            }
        }
        if !self.durable.contains(folder) {
            disk.make_folder(folder)?;
            // It may be there because another program, an import beside this one, made it a moment ago and has not
            // synced it yet.
            folder.parent().map_or(Ok(()), |above| disk.sync_folder(above))?;
            self.durable.insert(folder.to_owned());
        }
        Ok(())
    }
}
