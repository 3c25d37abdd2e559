//! A disk in memory that holds a few files and takes no other.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use patrol_sqlite::{Disk, DiskRead, DiskWrite};

/// Files that can be read; every write is refused, every sync succeeds.
#[derive(Debug, Default)]
pub struct Shelf(BTreeMap<PathBuf, Arc<[u8]>>);

impl Shelf {
    /// The same disk with one more file.
    #[must_use]
    pub fn with(mut self, path: &Path, bytes: &[u8]) -> Self {
        self.0.insert(path.to_owned(), Arc::from(bytes));
        self
    }
}

/// The whole of a file that a test has just made.
///
/// # Panics
/// When it is not there.
pub fn whole_file(disk: &dyn Disk, path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut file = disk.open(path).expect("the file was just made");
    file.read_to_end(&mut bytes).expect("nothing breaks this disk");
    bytes
}

fn refused<T>() -> io::Result<T> {
    Err(io::ErrorKind::ReadOnlyFilesystem.into())
}

impl Disk for Shelf {
    fn make_folder(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_folder(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let paths = self.0.keys();
        Ok(paths.filter(|path| path.parent() == Some(folder)).cloned().collect())
    }

    fn create(&self, _path: &Path) -> io::Result<Box<dyn DiskWrite>> {
        refused()
    }

    fn append(&self, _path: &Path) -> io::Result<(Box<dyn DiskWrite>, u64)> {
        refused()
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskRead>> {
        let bytes = self.0.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(Arc::clone(bytes))))
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        Ok(self.0.get(path).map(|bytes| bytes.len() as u64))
    }

    fn rename(&self, _from: &Path, _to: &Path) -> io::Result<()> {
        refused()
    }

    fn remove(&self, _path: &Path) -> io::Result<()> {
        refused()
    }
}
