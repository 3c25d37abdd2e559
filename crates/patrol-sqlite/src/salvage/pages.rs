//! The pages of a file and of its write-ahead log, by number, as one view of both shows them.
//!
//! Page by page, so that a large file needs little memory. A place of the disk that cannot be read is a damaged page:
//! the rest of the file is still wanted.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::cipher::{MAGIC, PAGE, PageCipher};
use super::page::FileHeader;
use crate::disk::{Disk, DiskRead};
use crate::key::DatabaseKey;
use crate::replace::beside;

/// Which pages the log overlays, and how many pages there are then.
#[derive(Debug, Clone, Default)]
pub(super) struct View {
    /// Page number to the place of its bytes in the log.
    pub(super) overlay: BTreeMap<u32, u64>,
    /// Pages of the database after the log's last commit.
    pub(super) size: Option<u32>,
}

/// A file that may have places that cannot be read.
pub(super) struct Part {
    reader: Option<Box<dyn DiskRead>>,
    /// In bytes.
    pub(super) length: u64,
    failure: Option<io::Error>,
}

impl Part {
    /// A file that is not there has no bytes.
    fn open(disk: &dyn Disk, path: &Path) -> io::Result<Self> {
        let length = disk.length(path)?;
        let reader = length.map(|_| disk.open(path)).transpose()?;
        Ok(Self {
            reader,
            length: length.unwrap_or(0),
            failure: None,
        })
    }

    /// `None` where the file has not that many bytes, or the disk does not give them.
    pub(super) fn read<const BYTES: usize>(&mut self, at: u64) -> Option<[u8; BYTES]> {
        let mut bytes = [0; BYTES];
        let end = at.checked_add(BYTES as u64)?;
        let reader = self.reader.as_mut().filter(|_| end <= self.length)?;
        let read = reader
            .seek(SeekFrom::Start(at))
            .and_then(|_| reader.read_exact(&mut bytes));
        match read {
            Ok(()) => Some(bytes),
            Err(error) => {
                self.failure.get_or_insert(error);
                None
            }
        }
    }
}

/// A file and its log.
pub(super) struct Pages {
    cipher: Option<PageCipher>,
    file: Part,
    pub(super) log: Part,
    view: View,
}

impl Pages {
    pub(super) fn open(disk: &dyn Disk, path: &Path, key: Option<&DatabaseKey>) -> io::Result<Self> {
        let file = Part::open(disk, path)?;
        let log = Part::open(disk, &beside(path, "-wal"))?;
        if file.reader.is_none() && log.reader.is_none() {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(Self {
            cipher: key.map(PageCipher::new),
            file,
            log,
            view: View::default(),
        })
    }

    pub(super) fn look_at(&mut self, view: View) {
        self.view = view;
    }

    /// A page in clear, without reserved bytes; `None` when it is not there, cannot be read, or is not authentic.
    pub(super) fn page(&mut self, number: u32) -> Option<Vec<u8>> {
        let raw = self.raw(number)?;
        match &self.cipher {
            Some(cipher) => cipher.open(number, &raw),
            None => Some(raw.to_vec()),
        }
    }

    /// Whether these bytes are what was written under this number; `None` for a plain file, which cannot tell.
    pub(super) fn is_authentic(&self, number: u32, raw: &[u8; PAGE]) -> Option<bool> {
        self.cipher.as_ref().map(|cipher| cipher.is_authentic(number, raw))
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.cipher.is_some()
    }

    /// Whether another view shows the same bytes under this number.
    pub(super) fn is_as_in(&mut self, view: &View, number: u32) -> bool {
        let own = self.view.overlay.get(&number).copied();
        let other = view.overlay.get(&number).copied();
        own == other || self.raw_at(number, own) == self.raw_at(number, other)
    }

    /// Pages that the file itself has, a cut one among them.
    pub(super) fn file_pages(&self) -> u32 {
        u32::try_from(self.file.length.div_ceil(PAGE as u64)).unwrap_or(u32::MAX)
    }

    /// The numbers of all pages that this view has bytes for, up to `last`, in order.
    pub(super) fn numbers(&self, last: u32) -> impl Iterator<Item = u32> + use<> {
        let file = self.file_pages().min(last);
        let behind = self.view.overlay.keys().copied().filter(|&number| number > file);
        let behind: Vec<u32> = behind.filter(|&number| number <= last).collect();
        (1..=file).chain(behind)
    }

    /// Pages of the database after the log's last commit, where the log says so.
    pub(super) fn size(&self) -> Option<u32> {
        self.view.size
    }

    /// What the first page says about the file.
    pub(super) fn header(&mut self) -> Option<FileHeader> {
        FileHeader::read(&self.page(1)?, MAGIC)
    }

    /// Why the disk gave no bytes, the first time that it did not.
    pub(super) fn failure(self) -> Option<io::Error> {
        self.file.failure.or(self.log.failure)
    }

    fn raw(&mut self, number: u32) -> Option<[u8; PAGE]> {
        let place = self.view.overlay.get(&number).copied();
        self.raw_at(number, place)
    }

    fn raw_at(&mut self, number: u32, in_log: Option<u64>) -> Option<[u8; PAGE]> {
        match in_log {
            Some(place) => self.log.read(place),
            None => self.file.read(u64::from(number.checked_sub(1)?) * PAGE as u64),
        }
    }
}
