//! File operations that are on the disk when they return.
//!
//! A rename or a new file is only durable once its *folder* has been fsynced as well (Pillai et al., OSDI 2014).

mod folders;

use std::io::{self, Read as _, Write as _};
use std::path::Path;

use patrol_domain::Sha256Hash;
use patrol_domain::hash::Sha256Stream;
use patrol_sqlite::Disk;

pub(crate) use folders::DurableFolders;

/// The largest run of bytes that is held at once.
const BUFFER: usize = 64 * 1024;

/// Makes a folder, if it is not there.
pub(crate) fn make_folder(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    disk.make_folder(folder)?;
    // Made by another request a moment ago, perhaps: it must be durable for this one too.
    folder.parent().map_or(Ok(()), |above| disk.sync_folder(above))
}

/// Writes a file that must not be there yet.
pub(crate) fn write_new(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = disk.create(path)?;
    file.write_all(bytes)?;
    file.sync()?;
    path.parent().map_or(Ok(()), |folder| disk.sync_folder(folder))
}

/// Writes a file anew, all or nothing: a reader finds the old one, if there was one, or the new one.
pub(crate) fn write_whole(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let side = path.with_extension("new");
    remove(disk, &side)?;
    write_new(disk, &side, bytes)?;
    rename(disk, &side, path)
}

/// Reads a file of text whole.
pub(crate) fn read_text(disk: &dyn Disk, path: &Path) -> io::Result<String> {
    let mut text = String::new();
    disk.open(path)?.read_to_string(&mut text)?;
    Ok(text)
}

/// Reads a file whole.
pub(crate) fn read(disk: &dyn Disk, path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    disk.open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes what was written to a file and to its name durable; how much that is at least, for somebody may be writing.
pub(crate) fn sync(disk: &dyn Disk, path: &Path) -> io::Result<u64> {
    let (mut file, length) = disk.append(path)?;
    file.sync()?;
    path.parent().map_or(Ok(()), |folder| disk.sync_folder(folder))?;
    Ok(length)
}

/// Moves a file that was fsynced; its new name is durable then.
///
/// The folder that it leaves is not synced: nothing is promised of its old name. Where a file system keeps the two
/// folders apart (POSIX allows it; ext4, XFS, btrfs and f2fs do not), a power cut may leave both names, of the same bytes.
pub(crate) fn rename(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    disk.rename(from, to)?;
    to.parent().map_or(Ok(()), |folder| disk.sync_folder(folder))
}

/// Removes a file; one that is not there is fine.
pub(crate) fn remove(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    match disk.remove(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => path.parent().map_or(Ok(()), |folder| disk.sync_folder(folder)),
    }
}

/// Removes a part that is longer than the whole: no more bytes can make it right, and its phone could never end it.
pub(crate) fn drop_longer_than(disk: &dyn Disk, path: &Path, length: u64) -> io::Result<()> {
    match disk.length(path)? {
        Some(held) if held > length => {
            tracing::warn!(path = %path.display(), held, length, "a part is too long; it is dropped");
            remove(disk, path)
        }
        Some(_) | None => Ok(()),
    }
}

/// What a file's bytes are, read from the disk a piece at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    /// Their hash.
    pub(crate) sha256: Sha256Hash,
    /// How many.
    pub(crate) bytes: u64,
    /// The suffix that their first bytes call for: `jpg`, `png`, `webp` or nothing.
    pub(crate) extension: &'static str,
}

/// Finds out what bytes are while they pass.
pub(crate) struct ContentStream {
    hasher: Sha256Stream,
    bytes: u64,
    extension: &'static str,
}

impl ContentStream {
    /// Nothing has passed.
    pub(crate) fn new() -> Self {
        Self {
            hasher: Sha256Stream::new(),
            bytes: 0,
            extension: "",
        }
    }

    /// The next bytes.
    pub(crate) fn update(&mut self, piece: &[u8]) {
        if self.bytes == 0 {
            self.extension = extension_of(piece);
        }
        self.hasher.update(piece);
        self.bytes += piece.len() as u64;
    }

    /// What they were.
    pub(crate) fn finish(self) -> Content {
        Content {
            sha256: self.hasher.finish(),
            bytes: self.bytes,
            extension: self.extension,
        }
    }
}

/// Reads a file through.
pub(crate) fn read_content(disk: &dyn Disk, path: &Path) -> io::Result<Content> {
    let mut file = disk.open(path)?;
    let mut content = ContentStream::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(content.finish()),
            Ok(read) => content.update(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Taken from the bytes and not from what a phone says, so that one hash has one path.
fn extension_of(start: &[u8]) -> &'static str {
    match start {
        [0xff, 0xd8, 0xff, ..] => "jpg",
        [0x89, b'P', b'N', b'G', ..] => "png",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        _ => "",
    }
}
