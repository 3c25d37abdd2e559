//! The machine's disk with less room than it has: a browser test fills the phone. Only the program without a window asks
//! for it. The journal's own file is SQLite's to write and stays on the machine's disk; what is limited are photos and
//! files for others, which is where a phone fills up.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use patrol_app::{Disk, DiskRead, DiskWrite};

/// A disk whose room a file says, in bytes. Without the file, or with one that cannot be read so, it has what the disk
/// beneath has. With none left, no new file can be begun and none written on.
#[derive(Debug)]
pub struct FilledDisk {
    under: Arc<dyn Disk>,
    file: PathBuf,
}

impl FilledDisk {
    /// Over a disk, filled by a file.
    pub fn new(under: Arc<dyn Disk>, file: PathBuf) -> Self {
        Self { under, file }
    }

    /// Read each time: whoever fills the disk renames a whole file into its place.
    fn room(&self) -> Option<u64> {
        std::fs::read_to_string(&self.file).ok()?.trim().parse().ok()
    }

    fn refuse_when_full(&self) -> io::Result<()> {
        if self.room() == Some(0) {
            return Err(ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

impl Disk for FilledDisk {
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        self.under.make_folder(folder)
    }

    fn make_folders(&self, above: &Path, names: &[String]) -> io::Result<()> {
        self.under.make_folders(above, names)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.under.sync_folder(folder)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.under.list(folder)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskWrite>> {
        self.refuse_when_full()?;
        self.under.create(path)
    }

    fn append(&self, path: &Path) -> io::Result<(Box<dyn DiskWrite>, u64)> {
        self.refuse_when_full()?;
        self.under.append(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskRead>> {
        self.under.open(path)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send>> {
        self.under.lock(path)
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        self.under.length(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.under.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.under.remove(path)
    }

    fn free(&self, folder: &Path) -> io::Result<Option<u64>> {
        match self.room() {
            Some(room) => Ok(Some(room)),
            None => self.under.free(folder),
        }
    }
}

#[cfg(test)]
mod tests {
    use patrol_app::MachineDisk;

    use super::*;

    #[test]
    fn a_filled_disk_follows_its_file_and_without_one_is_the_machines() {
        let folder = tempfile::tempdir().unwrap();
        let disk = FilledDisk::new(Arc::new(MachineDisk), folder.path().join("room"));
        let photo = folder.path().join("photo");
        assert!(disk.free(folder.path()).unwrap() > Some(0));
        std::fs::write(&disk.file, "0\n").unwrap();
        assert_eq!(disk.free(folder.path()).unwrap(), Some(0));
        assert_eq!(disk.create(&photo).err().unwrap().kind(), ErrorKind::StorageFull);
        assert_eq!(disk.length(&photo).unwrap(), None);
        std::fs::write(&disk.file, "4096").unwrap();
        disk.create(&photo).unwrap();
        assert_eq!(disk.length(&photo).unwrap(), Some(0));
    }
}
