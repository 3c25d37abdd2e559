//! An open file: through the port, or as SQLite holds it with locks and shared memory.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::CrashDisk;
use super::count::Kind;
use super::locks::{Busy, Level, SharedMemory};
use super::state::Opened;

/// How a file is to be opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub kind: Kind,
    /// Make it when it is not there.
    pub create: bool,
    /// Refuse it when it is there.
    pub exclusive: bool,
}

/// An open file; of no use once the power was cut.
#[derive(Debug)]
pub(super) struct Handle {
    disk: CrashDisk,
    file: Opened,
}

impl Handle {
    /// Opens a file that is there.
    pub(super) fn open(disk: &CrashDisk, path: &Path) -> io::Result<Self> {
        let wish = Wish {
            kind: Kind::Other,
            create: false,
            exclusive: false,
        };
        Self::as_wished(disk, path, wish)
    }

    /// Makes a file that is not there.
    pub(super) fn create(disk: &CrashDisk, path: &Path) -> io::Result<Self> {
        let wish = Wish {
            kind: Kind::Other,
            create: true,
            exclusive: true,
        };
        Self::as_wished(disk, path, wish)
    }

    fn as_wished(disk: &CrashDisk, path: &Path, wish: Wish) -> io::Result<Self> {
        let path = disk.inside(path)?;
        let mut state = disk.state();
        match state.file(&path) {
            Ok(_) if wish.exclusive => return Err(io::ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound && wish.create => state.make_file(&path)?,
            other => _ = other?,
        }
        let file = state.open(&path, wish.kind)?;
        drop(state);
        Ok(Self {
            disk: disk.clone(),
            file,
        })
    }

    pub(super) fn read(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut state = self.disk.state();
        state.live(&self.file)?;
        Ok(state.content(&self.file)?.read(place(offset)?, into))
    }

    pub(super) fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.disk.state().write(&self.file, place(offset)?, bytes)
    }

    pub(super) fn truncate(&self, length: u64) -> io::Result<()> {
        self.disk.state().truncate(&self.file, place(length)?)
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        self.disk.state().sync(&self.file)
    }

    pub(super) fn length(&self) -> io::Result<u64> {
        let mut state = self.disk.state();
        state.live(&self.file)?;
        Ok(state.content(&self.file)?.bytes().len() as u64)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.disk.state().close(&self.file);
    }
}

/// A file as one connection of SQLite holds it.
#[derive(Debug)]
pub(super) struct Connected {
    handle: Handle,
    memory: Option<Arc<SharedMemory>>,
    /// The folder is to be synced together with the file's first sync, as SQLite's unix VFS does for new journals.
    name_is_new: bool,
}

impl Connected {
    /// Opens a file; `journal` says that it is one, of any sort.
    pub(super) fn open(disk: &CrashDisk, path: &Path, wish: Wish, journal: bool) -> io::Result<Self> {
        Ok(Self {
            handle: Handle::as_wished(disk, path, wish)?,
            memory: None,
            name_is_new: journal && wish.create,
        })
    }

    /// The bytes, without locks.
    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Writes all of it.
    pub(super) fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        if self.handle.write(offset, bytes)? < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.handle.sync()?;
        if self.name_is_new {
            let folder = self.handle.file.path.parent().unwrap_or(Path::new(""));
            self.handle.disk.state().sync_folder(folder)?;
            self.name_is_new = false;
        }
        Ok(())
    }

    pub(super) fn lock(&self, level: Level) -> io::Result<Result<(), Busy>> {
        let file = &self.handle.file;
        Ok(self.handle.disk.state().locks(file)?.lock(file.holder, level))
    }

    pub(super) fn unlock(&self, level: Level) {
        let file = &self.handle.file;
        if let Ok(locks) = self.handle.disk.state().locks(file) {
            locks.unlock(file.holder, level);
        }
    }

    pub(super) fn is_reserved(&self) -> io::Result<bool> {
        Ok(self.handle.disk.state().locks(&self.handle.file)?.is_reserved())
    }

    pub(super) fn region(&mut self, index: usize, size: usize, make: bool) -> io::Result<Option<*const AtomicU64>> {
        let memory = self.handle.disk.state().memory(&self.handle.file)?;
        let region = memory.region(index, size, make);
        self.memory = Some(memory);
        Ok(region)
    }

    pub(super) fn lock_memory(&self, first: usize, count: usize, exclusive: bool) -> io::Result<Result<(), Busy>> {
        let file = &self.handle.file;
        self.handle.disk.state().live(file)?;
        let memory = self.memory.as_ref().ok_or(io::ErrorKind::NotFound)?;
        Ok(memory.lock(file.holder, first, count, exclusive))
    }

    pub(super) fn unlock_memory(&self, first: usize, count: usize) {
        if let Some(memory) = &self.memory {
            memory.unlock(self.handle.file.holder, first, count);
        }
    }

    /// Lets go of the shared memory; the last one takes it away.
    pub(super) fn leave_memory(&mut self) {
        self.unlock_memory(0, super::locks::SLOTS);
        self.memory = None;
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.leave_memory();
    }
}

impl CrashDisk {
    /// Removes a file as SQLite asks for it, and makes that durable if it asks for that too.
    pub(super) fn delete(&self, path: &Path, durably: bool) -> io::Result<()> {
        let path = self.inside(path)?;
        let mut state = self.state();
        state.remove(&path)?;
        match path.parent() {
            Some(folder) if durably => state.sync_folder(folder),
            _ => Ok(()),
        }
    }
}

fn place(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|_| io::ErrorKind::FileTooLarge.into())
}
