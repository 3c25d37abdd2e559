//! Everything a disk holds and what is to go wrong with it. Callers hold the one lock around it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use super::Weakness;
use super::chance::Chance;
use super::content::{Content, torn};
use super::count::{Counters, Kind};
use super::locks::{FileLocks, Holder, Level, SharedMemory};
use super::names::{Entry, Inode, Names};

#[derive(Debug)]
pub(super) struct State {
    pub names: Names,
    pub contents: BTreeMap<Inode, Content>,
    pub counters: Counters,
    pub faults: Faults,
    chance: Chance,
    /// How often the power came back; a handle of an earlier boot is dead.
    pub boot: u64,
    open: BTreeMap<Inode, usize>,
    locks: BTreeMap<Inode, FileLocks>,
    memories: BTreeMap<Inode, Weak<SharedMemory>>,
    next: u64,
}

/// What was done so far, and what is to fail.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub operations: u64,
    pub cut_in: Option<u64>,
    pub off: bool,
    pub cut_at: Option<String>,
    pub fill_in: Option<u64>,
    pub capacity: Option<u64>,
    pub normal_synchronous: bool,
    pub no_folder_sync: bool,
}

/// An open file as the disk sees it.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub inode: Inode,
    pub boot: u64,
    pub kind: Kind,
    /// Which of all open files; locks go by it.
    pub holder: Holder,
    pub path: PathBuf,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            names: Names::new(),
            contents: BTreeMap::new(),
            counters: Counters::default(),
            faults: Faults::default(),
            chance: Chance::new(seed),
            boot: 0,
            open: BTreeMap::new(),
            locks: BTreeMap::new(),
            memories: BTreeMap::new(),
            next: 1,
        }
    }

    /// The same files and folders with another seed, on a disk that nobody has open and that has no faults.
    pub(super) fn fork(&self, seed: u64) -> Self {
        Self {
            names: self.names.clone(),
            contents: self.contents.clone(),
            next: self.next,
            ..Self::new(seed)
        }
    }

    pub(super) fn powered(&self) -> io::Result<()> {
        if self.faults.off { Err(power_is_off()) } else { Ok(()) }
    }

    /// Whether an open file can still be used.
    pub(super) fn live(&self, file: &Opened) -> io::Result<()> {
        self.powered()?;
        if file.boot == self.boot {
            Ok(())
        } else {
            Err(io::Error::other("this file was opened before the power was cut"))
        }
    }

    /// Counts a mutating operation, or cuts the power before it.
    fn step(&mut self, what: &str, path: &Path) -> io::Result<()> {
        self.powered()?;
        self.faults.operations += 1;
        match self.faults.cut_in {
            Some(0 | 1) => {
                self.faults.off = true;
                self.faults.cut_in = None;
                self.faults.cut_at = Some(format!("{what} {}", path.display()));
                Err(power_is_off())
            }
            Some(left) => {
                self.faults.cut_in = Some(left - 1);
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub(super) fn make_file(&mut self, path: &Path) -> io::Result<()> {
        if self.names.get(path).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if !self.names.has_room_for(path) {
            return Err(not_found());
        }
        self.step("create", path)?;
        let inode = self.fresh();
        self.contents.insert(inode, Content::default());
        self.names.make(path, Entry::File(inode));
        Ok(())
    }

    /// Makes one folder in a folder that is there; says whether it was new.
    pub(super) fn make_folder(&mut self, path: &Path) -> io::Result<bool> {
        match self.names.get(path) {
            Some(Entry::Folder) => Ok(false),
            Some(Entry::File(_)) => Err(io::ErrorKind::AlreadyExists.into()),
            None if !self.names.has_room_for(path) => Err(not_found()),
            None => {
                self.step("create", path)?;
                self.names.make(path, Entry::Folder);
                Ok(true)
            }
        }
    }

    pub(super) fn sync_folder(&mut self, path: &Path) -> io::Result<()> {
        if self.names.get(path) != Some(Entry::Folder) {
            return Err(not_found());
        }
        self.step("sync_folder", path)?;
        if self.faults.no_folder_sync {
            return Ok(());
        }
        self.counters.folder_syncs += 1;
        self.names.sync(path);
        self.forget();
        Ok(())
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.file(from)?;
        if self.names.get(to) == Some(Entry::Folder) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !self.names.has_room_for(to) {
            return Err(not_found());
        }
        self.step("rename", from)?;
        self.names.rename(from, to);
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.file(path)?;
        self.step("remove", path)?;
        self.names.remove(path);
        Ok(())
    }

    pub(super) fn open(&mut self, path: &Path, kind: Kind) -> io::Result<Opened> {
        let inode = self.file(path)?;
        *self.open.entry(inode).or_default() += 1;
        Ok(Opened {
            inode,
            boot: self.boot,
            kind,
            holder: self.fresh(),
            path: path.to_owned(),
        })
    }

    pub(super) fn close(&mut self, file: &Opened) {
        if file.boot != self.boot {
            return;
        }
        if let Some(locks) = self.locks.get_mut(&file.inode) {
            locks.unlock(file.holder, Level::None);
        }
        if let Some(count) = self.open.get_mut(&file.inode) {
            *count -= 1;
            if *count == 0 {
                self.open.remove(&file.inode);
                self.locks.remove(&file.inode);
                if !self.names.needed().contains(&file.inode) {
                    self.contents.remove(&file.inode);
                }
            }
        }
    }

    /// Writes what there is room for; how many bytes that was.
    pub(super) fn write(&mut self, file: &Opened, offset: usize, bytes: &[u8]) -> io::Result<usize> {
        self.live(file)?;
        if let Err(cut) = self.step("write", &file.path) {
            let arrived = torn(offset, bytes, &mut self.chance);
            let torn = bytes.get(..arrived).unwrap_or_default();
            self.content(file)?.write(offset, torn);
            return Err(cut);
        }
        let length = self.content(file)?.bytes().len();
        let room = self.room(length, offset.saturating_add(bytes.len()));
        let count = bytes.len().min(room.saturating_sub(offset));
        if count == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let written = bytes.get(..count).unwrap_or_default();
        self.content(file)?.write(offset, written);
        let traffic = self.counters.of(file.kind);
        traffic.writes += 1;
        traffic.bytes += count as u64;
        Ok(count)
    }

    /// The length up to which a file of `length` bytes can be written now, when it is to become `wanted`.
    fn room(&mut self, length: usize, wanted: usize) -> usize {
        if wanted <= length {
            return wanted;
        }
        match self.faults.fill_in {
            Some(0 | 1) => {
                self.faults.fill_in = Some(0);
                return length;
            }
            Some(left) => self.faults.fill_in = Some(left - 1),
            None => {}
        }
        let Some(capacity) = self.faults.capacity else {
            return wanted;
        };
        let free = usize::try_from(capacity.saturating_sub(self.used())).unwrap_or(usize::MAX);
        wanted.min(length.saturating_add(free))
    }

    /// Bytes in all files that have a name or are open.
    pub(super) fn used(&self) -> u64 {
        let named = self.names.all().filter_map(|(_, entry)| match entry {
            Entry::File(inode) => Some(inode),
            Entry::Folder => None,
        });
        let counted: BTreeSet<Inode> = named.chain(self.open.keys().copied()).collect();
        let contents = counted.iter().filter_map(|inode| self.contents.get(inode));
        contents.map(|content| content.bytes().len() as u64).sum()
    }

    pub(super) fn truncate(&mut self, file: &Opened, length: usize) -> io::Result<()> {
        self.live(file)?;
        self.step("truncate", &file.path)?;
        self.content(file)?.truncate(length);
        Ok(())
    }

    pub(super) fn sync(&mut self, file: &Opened) -> io::Result<()> {
        self.live(file)?;
        let weak = self.faults.normal_synchronous && file.kind == Kind::Wal;
        let content = self.content(file)?;
        if weak && std::mem::take(&mut content.frames) {
            return Ok(());
        }
        self.step("sync", &file.path)?;
        self.content(file)?.sync();
        self.counters.of(file.kind).syncs += 1;
        Ok(())
    }

    pub(super) fn weaken(&mut self, weakness: Weakness) {
        match weakness {
            Weakness::NormalSynchronous => self.faults.normal_synchronous = true,
            Weakness::NoFolderSync => self.faults.no_folder_sync = true,
        }
    }

    /// The power comes back, cut before or cut right now.
    pub(super) fn reboot(&mut self) {
        self.names.cut(&mut self.chance);
        self.boot += 1;
        self.open.clear();
        self.locks.clear();
        self.memories.clear();
        self.faults.off = false;
        self.faults.cut_in = None;
        self.forget();
        for content in self.contents.values_mut() {
            content.cut(&mut self.chance);
        }
    }

    pub(super) fn locks(&mut self, file: &Opened) -> io::Result<&mut FileLocks> {
        self.live(file)?;
        Ok(self.locks.entry(file.inode).or_default())
    }

    /// The memory that all connections to one database share; made by the first, gone with the last.
    pub(super) fn memory(&mut self, file: &Opened) -> io::Result<Arc<SharedMemory>> {
        self.live(file)?;
        let slot = self.memories.entry(file.inode).or_default();
        if let Some(memory) = slot.upgrade() {
            return Ok(memory);
        }
        let memory = Arc::new(SharedMemory::default());
        *slot = Arc::downgrade(&memory);
        Ok(memory)
    }

    /// The inode of the file at `path`.
    pub(super) fn file(&self, path: &Path) -> io::Result<Inode> {
        self.powered()?;
        match self.names.get(path) {
            Some(Entry::File(inode)) => Ok(inode),
            Some(Entry::Folder) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(not_found()),
        }
    }

    pub(super) fn content(&mut self, file: &Opened) -> io::Result<&mut Content> {
        self.contents.get_mut(&file.inode).ok_or_else(not_found)
    }

    pub(super) fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Lets go of bytes that no name leads to and nobody has open.
    fn forget(&mut self) {
        let needed = self.names.needed();
        let open = &self.open;
        self.contents
            .retain(|inode, _| needed.contains(inode) || open.contains_key(inode));
    }
}

fn power_is_off() -> io::Error {
    io::Error::other("the power is off")
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}
