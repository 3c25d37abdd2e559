//! What happens to a disk from outside: bits turn, sectors die, somebody copies a phone.
//!
//! None of this is an operation: it is not counted, needs no power, and is on the platter at once together with all else
//! that the file held.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::CrashDisk;
use super::content::Content;
use super::names::Entry;

impl CrashDisk {
    /// Turns the bits of `mask` in the byte at `offset`.
    ///
    /// # Errors
    /// `NotFound` without such a file, `UnexpectedEof` when it is shorter.
    pub fn flip(&self, path: &Path, offset: u64, mask: u8) -> io::Result<()> {
        self.damage(path, |bytes| {
            let byte = bytes.get_mut(within(offset)?).ok_or(io::ErrorKind::UnexpectedEof)?;
            *byte ^= mask;
            Ok(())
        })
    }

    /// Fills a range with zeros, as a dead or never written sector reads.
    ///
    /// # Errors
    /// As [`CrashDisk::flip`].
    pub fn zero(&self, path: &Path, range: Range<u64>) -> io::Result<()> {
        self.damage(path, |bytes| {
            let range = within(range.start)?..within(range.end)?;
            bytes.get_mut(range).ok_or(io::ErrorKind::UnexpectedEof)?.fill(0);
            Ok(())
        })
    }

    /// Shortens a file, or lengthens it with zeros.
    ///
    /// # Errors
    /// `NotFound` without such a file.
    pub fn truncate_to(&self, path: &Path, length: u64) -> io::Result<()> {
        self.damage(path, |bytes| {
            bytes.resize(within(length)?, 0);
            Ok(())
        })
    }

    /// All bytes of a file as everybody reads them, even without power.
    ///
    /// # Errors
    /// `NotFound` without such a file.
    pub fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let path = self.inside(path)?;
        let state = self.state();
        match state.names.get(&path) {
            Some(Entry::File(inode)) => Ok(state
                .contents
                .get(&inode)
                .map(|content| content.bytes().to_vec())
                .unwrap_or_default()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Puts a file there, replacing what had its name; all names of the disk are durable afterwards.
    ///
    /// # Errors
    /// `NotFound` when its folder is not there.
    pub fn write_raw(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let path = self.inside(path)?;
        let mut state = self.state();
        if !state.names.has_room_for(&path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let inode = state.fresh();
        state.contents.insert(inode, Content::synced(bytes.to_vec()));
        state.names.make(&path, Entry::File(inode));
        state.names.sync_all();
        Ok(())
    }

    /// Every file, sorted.
    pub fn files(&self) -> Vec<PathBuf> {
        let state = self.state();
        let files = state.names.all().filter(|(_, entry)| *entry != Entry::Folder);
        files.map(|(path, _)| self.root().join(path)).collect()
    }

    /// Copies a folder with all in it, as a backup program copies a phone: the bytes as they are read now, without the
    /// shared memory of open databases. All names of the disk are durable afterwards.
    ///
    /// # Errors
    /// `NotFound` without such a folder or without the folder above `to`.
    pub fn copy_tree(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.inside(from)?, self.inside(to)?);
        let mut state = self.state();
        if state.names.get(&from) != Some(Entry::Folder) || !state.names.has_room_for(&to) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let tree: Vec<_> = state
            .names
            .all()
            .filter_map(|(path, entry)| Some((to.join(path.strip_prefix(&from).ok()?), entry)))
            .collect();
        for (path, entry) in tree {
            let copy = match entry {
                Entry::Folder => Entry::Folder,
                Entry::File(inode) => {
                    let bytes = state.contents.get(&inode).map(|content| content.bytes().to_vec());
                    let copy = state.fresh();
                    state.contents.insert(copy, Content::synced(bytes.unwrap_or_default()));
                    Entry::File(copy)
                }
            };
            // `join("")` leaves a slash behind.
            state.names.make(&path.components().collect::<PathBuf>(), copy);
        }
        state.names.sync_all();
        Ok(())
    }

    /// Writes all files into a folder of the machine, to look at a failing state by hand.
    ///
    /// # Errors
    /// What the machine's file system says.
    pub fn export(&self, folder: &Path) -> io::Result<()> {
        let state = self.state();
        for (path, entry) in state.names.all() {
            let there = folder.join(path);
            match entry {
                Entry::Folder => std::fs::create_dir_all(there)?,
                Entry::File(inode) => {
                    let content = state.contents.get(&inode);
                    std::fs::write(there, content.map(Content::bytes).unwrap_or_default())?;
                }
            }
        }
        Ok(())
    }

    fn damage(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
        let path = self.inside(path)?;
        let mut state = self.state();
        let Some(Entry::File(inode)) = state.names.get(&path) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let content = state.contents.get_mut(&inode).ok_or(io::ErrorKind::NotFound)?;
        let mut bytes = content.bytes().to_vec();
        change(&mut bytes)?;
        *content = Content::synced(bytes);
        Ok(())
    }
}

fn within(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof.into())
}
