//! File operations that are on the disk when they return.
//!
//! A rename or a new file is only durable once its *folder* has been fsynced as well (Pillai et al., OSDI 2014).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use patrol_domain::Sha256Hash;
use patrol_domain::hash::Sha256Stream;

/// The largest run of bytes that is held at once.
const BUFFER: usize = 64 * 1024;

/// Makes what was done to a folder's entries durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
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

/// Makes a folder, if it is not there, inside one that is.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    // Journals and photos are about people: no other user of the machine may look in.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Ok(()) => {}
        // Made by another request a moment ago, perhaps: it must be durable for this one too.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    folder.parent().map_or(Ok(()), sync_folder)
}

/// Makes a folder and those above it, as far as they are not there.
pub(crate) fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    folder.parent().map_or(Ok(()), make_folders)?;
    make_folder(folder)
}

/// Writes a file that must not be there yet; `private` keeps other users of the machine out.
pub(crate) fn write_new(path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Writes a file anew, all or nothing: a reader finds the old one or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
    let fresh = path.with_extension("new");
    remove(&fresh)?;
    write_new(&fresh, bytes, private)?;
    rename(&fresh, path)
}

/// Moves a file that was fsynced and makes the move durable in both folders.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    to.parent().map_or(Ok(()), sync_folder)?;
    from.parent().map_or(Ok(()), sync_folder)
}

/// Removes a file; one that is not there is fine.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => path.parent().map_or(Ok(()), sync_folder),
    }
}

/// Removes a part that is longer than the whole: no more bytes can make it right, and its phone could never end it.
pub(crate) fn drop_longer_than(path: &Path, length: u64) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(part) if part.len() > length => {
            tracing::warn!(path = %path.display(), held = part.len(), length, "a part is too long; it is dropped");
            remove(path)
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
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

/// Reads a file through.
pub(crate) fn read_content(path: &Path) -> io::Result<Content> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256Stream::new();
    let mut buffer = vec![0; BUFFER];
    let mut bytes = 0u64;
    let mut extension = "";
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let piece = buffer.get(..read).unwrap_or_default();
        if bytes == 0 {
            extension = extension_of(piece);
        }
        hasher.update(piece);
        bytes += piece.len() as u64;
    }
    Ok(Content {
        sha256: hasher.finish(),
        bytes,
        extension,
    })
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
