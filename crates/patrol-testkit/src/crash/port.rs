//! The disk as product code sees it: [`patrol_sqlite::Disk`].

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use patrol_sqlite::{Disk, DiskRead, DiskWrite};

use super::CrashDisk;
use super::handle::Handle;
use super::names::Entry;

/// An open file with a place in it.
#[derive(Debug)]
struct Cursor {
    handle: Handle,
    position: u64,
}

impl Write for Cursor {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.handle.write(self.position, bytes)?;
        self.position += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl DiskWrite for Cursor {
    fn sync(&mut self) -> io::Result<()> {
        self.handle.sync()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.handle.truncate(length)?;
        self.position = length;
        Ok(())
    }
}

impl Read for Cursor {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.handle.read(self.position, into)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.handle.length()?.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl Disk for CrashDisk {
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        let folder = self.inside(folder)?;
        let mut path = PathBuf::new();
        for name in folder.components() {
            let above = path.clone();
            path.push(name);
            let mut state = self.state();
            state.powered()?;
            if state.make_folder(&path)? {
                state.sync_folder(&above)?;
            }
        }
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let folder = self.inside(folder)?;
        self.state().sync_folder(&folder)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let folder = self.inside(folder)?;
        let state = self.state();
        state.powered()?;
        if state.names.get(&folder) != Some(Entry::Folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let names = state.names.all().map(|(path, _)| path);
        let here = names.filter(|path| path.parent() == Some(&folder));
        Ok(here.map(|path| self.root().join(path)).collect())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskWrite>> {
        let handle = Handle::create(self, path)?;
        Ok(Box::new(Cursor { handle, position: 0 }))
    }

    fn append(&self, path: &Path) -> io::Result<(Box<dyn DiskWrite>, u64)> {
        let handle = Handle::open(self, path)?;
        let position = handle.length()?;
        Ok((Box::new(Cursor { handle, position }), position))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskRead>> {
        let handle = Handle::open(self, path)?;
        Ok(Box::new(Cursor { handle, position: 0 }))
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        let path = self.inside(path)?;
        let state = self.state();
        match state.file(&path) {
            Ok(inode) => Ok(state.contents.get(&inode).map(|content| content.bytes().len() as u64)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.inside(from)?, self.inside(to)?);
        self.state().rename(&from, &to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let path = self.inside(path)?;
        self.state().remove(&path)
    }
}
