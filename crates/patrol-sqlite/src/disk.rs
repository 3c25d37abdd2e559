//! Files and folders as what this crate and the photo vault need of them: made, synced, renamed, read.
//!
//! A port, because "saved" is a promise about what a disk keeps when the power goes, and only a disk that can be made to
//! forget shows whether the promise holds. Everything that is not SQLite's own goes through here, so that a test's disk
//! sees each write, each sync and each rename of a folder's entries. SQLite's own reads and writes go through its VFS.

use std::fmt::Debug;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A file that is being written.
pub trait DiskWrite: Write + Send {
    /// Makes what was written durable; the file's name needs [`Disk::sync_folder`] too (POSIX `fsync`).
    ///
    /// # Errors
    /// What the system says; nothing may be taken for durable then.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts the file; what is written next stands behind its new end. Durable after [`DiskWrite::sync`].
    ///
    /// # Errors
    /// What the system says.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
}

/// A file that is being read.
pub trait DiskRead: Read + Seek + Send {}

impl<T: Read + Seek + Send> DiskRead for T {}

/// The file system, as far as durability goes.
pub trait Disk: Send + Sync + Debug {
    /// Makes a folder and those above it, for this user alone; durable when this returns. One that is there already is
    /// fine, and as durable as it was.
    ///
    /// # Errors
    /// What the system says.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;

    /// Makes several folders in one that is there; durable when this returns, for the price of one sync.
    ///
    /// # Errors
    /// What the system says; some may be there then.
    fn make_folders(&self, above: &Path, names: &[String]) -> io::Result<()> {
        names.iter().try_for_each(|name| self.make_folder(&above.join(name)))
    }

    /// Makes the entries of a folder durable: a name that was made, renamed or removed is so only after this.
    ///
    /// # Errors
    /// What the system says; no name may be taken for durable then.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// The paths of all files and folders directly in a folder, sorted.
    ///
    /// # Errors
    /// What the system says; `NotFound` for a folder that is not there.
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>>;

    /// Begins a new file, for this user alone.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskWrite>>;

    /// Opens a file that is there, to write on behind its end; also says where that is.
    ///
    /// # Errors
    /// `NotFound`, or what the system says.
    fn append(&self, path: &Path) -> io::Result<(Box<dyn DiskWrite>, u64)>;

    /// Opens a file for reading.
    ///
    /// # Errors
    /// `NotFound`, or what the system says.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskRead>>;

    /// Holds a file, made when it is not there, against everybody else until what is given back is dropped; waits for
    /// whoever has it. A disk that one process alone can see needs none.
    ///
    /// # Errors
    /// What the system says.
    fn lock(&self, _path: &Path) -> io::Result<Box<dyn Send>> {
        Ok(Box::new(()))
    }

    /// A file's length in bytes; `None` when there is none of that name, or a folder.
    ///
    /// # Errors
    /// What the system says.
    fn length(&self, path: &Path) -> io::Result<Option<u64>>;

    /// Gives a file another name, replacing what had it. Durable after [`Disk::sync_folder`].
    ///
    /// # Errors
    /// What the system says; the file then still has its old name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file. Durable after [`Disk::sync_folder`].
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Bytes that a program like this may still write where `folder` lies; `None` when the disk cannot tell.
    ///
    /// # Errors
    /// What the system says.
    fn free(&self, _folder: &Path) -> io::Result<Option<u64>> {
        Ok(None)
    }
}

/// The machine's own file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct MachineDisk;

impl DiskWrite for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.seek(SeekFrom::End(0)).map(drop)
    }
}

/// Journals and photos are about people: no other user of the machine may look in.
fn private() -> std::fs::DirBuilder {
    let builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    let builder = {
        let mut private = builder;
        std::os::unix::fs::DirBuilderExt::mode(&mut private, 0o700);
        private
    };
    builder
}

impl Disk for MachineDisk {
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
            self.make_folder(above)?;
        }
        private().create(folder).or_else(unless_there)?;
        folder.parent().map_or(Ok(()), |above| self.sync_folder(above))
    }

    fn make_folders(&self, above: &Path, names: &[String]) -> io::Result<()> {
        let builder = private();
        for name in names {
            builder.create(above.join(name)).or_else(unless_there)?;
        }
        self.sync_folder(above)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // The parent of a relative path of one name is the empty path: the current folder.
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        #[cfg(not(unix))]
        let _ = folder;
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
        let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        Ok(paths)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskWrite>> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Box::new(options.open(path)?))
    }

    fn append(&self, path: &Path) -> io::Result<(Box<dyn DiskWrite>, u64)> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        let end = file.seek(SeekFrom::End(0))?;
        Ok((Box::new(file), end))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskRead>> {
        Ok(Box::new(File::open(path)?))
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send>> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        file.lock()?;
        Ok(Box::new(file))
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        match std::fs::metadata(path) {
            Ok(found) if found.is_file() => Ok(Some(found.len())),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn free(&self, folder: &Path) -> io::Result<Option<u64>> {
        let found = rustix::fs::statvfs(folder)?;
        Ok(Some(found.f_bavail.saturating_mul(found.f_frsize)))
    }
}

fn unless_there(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::AlreadyExists {
        Ok(())
    } else {
        Err(error)
    }
}
