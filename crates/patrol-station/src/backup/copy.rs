//! Bytes from one place to another, hashed on the way, several files at a time.
//!
//! Two workers: while one waits for the disk the other hashes. Nothing is synced file by file; [`sync_all`] does it once
//! for everything before the word that makes it count.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use patrol_domain::Sha256Hash;
use patrol_domain::hash::Sha256Stream;

use super::{BackupError, BackupStep, OnStep};

/// Large enough that the system calls do not count.
const BUFFER: usize = 512 * 1024;

/// How many files are under way at once.
const WORKERS: usize = 2;

/// After how many files somebody is told.
const TELL_EVERY: usize = 64;

/// What a run of bytes was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    /// Its hash.
    pub(super) sha256: Sha256Hash,
    /// Its length.
    pub(super) bytes: u64,
}

/// Why a copy ended: it matters which side is to blame.
#[derive(Debug)]
pub(super) enum CopyFault {
    /// The source cannot be read.
    Source(std::io::Error),
    /// The copy cannot be written.
    Target(std::io::Error),
}

/// Reads a file through; nothing when there is none.
pub(super) fn read_hash(path: &Path) -> std::io::Result<Option<Read>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    through(&mut file, |_| Ok(())).map(Some).map_err(|fault| match fault {
        CopyFault::Source(error) | CopyFault::Target(error) => error,
    })
}

/// As [`read_hash`], but from the disk and not from what the system remembers of it, as far as the system can do that.
pub(super) fn read_back(path: &Path) -> std::io::Result<Option<Read>> {
    #[cfg(target_os = "linux")]
    if let Ok(file) = File::open(path) {
        // Only advice: a page that is in use elsewhere stays.
        let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
    }
    read_hash(path)
}

/// Writes a private copy to a place where nothing is or where something may be overwritten; not synced.
pub(super) fn copy(from: &Path, to: &Path) -> Result<Read, CopyFault> {
    let mut source = File::open(from).map_err(CopyFault::Source)?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut target = options.open(to).map_err(CopyFault::Target)?;
    let read = through(&mut source, |piece| target.write_all(piece))?;
    #[cfg(not(target_os = "linux"))]
    target.sync_all().map_err(CopyFault::Target)?;
    Ok(read)
}

fn through(source: &mut File, mut each: impl FnMut(&[u8]) -> std::io::Result<()>) -> Result<Read, CopyFault> {
    let mut hasher = Sha256Stream::new();
    let mut buffer = vec![0; BUFFER];
    let mut bytes = 0;
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(CopyFault::Source(error)),
        };
        let piece = buffer.get(..read).unwrap_or_default();
        hasher.update(piece);
        each(piece).map_err(CopyFault::Target)?;
        bytes += piece.len() as u64;
    }
    Ok(Read {
        sha256: hasher.finish(),
        bytes,
    })
}

/// Everything that was written to the file system of `folder` is on its disk when this returns.
pub(super) fn sync_all(folder: &Path) -> std::io::Result<()> {
    let folder = File::open(folder)?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&folder)?;
    // Elsewhere each file was synced as it was written.
    #[cfg(unix)]
    folder.sync_all()?;
    Ok(())
}

/// Does `work` for each item, a few at a time, and gives the results back in the items' order. The first error stops it.
pub(super) fn for_each<T: Sync, R: Send>(
    items: &[T],
    on_step: OnStep<'_>,
    work: impl Fn(&T) -> Result<R, BackupError> + Sync,
) -> Result<Vec<R>, BackupError> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let worker = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return Ok(results);
            };
            match work(item) {
                Ok(result) => results.push((index, result)),
                Err(error) => {
                    next.store(items.len(), Ordering::Relaxed);
                    return Err(error);
                }
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(TELL_EVERY) || done == items.len() {
                on_step(BackupStep::Files { done, of: items.len() });
            }
        }
    };
    let mut all = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(worker)).collect();
        let mut all = Vec::with_capacity(items.len());
        for worker in workers {
            match worker.join() {
                Ok(results) => all.extend(results?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, BackupError>(all)
    })?;
    all.sort_by_key(|(index, _)| *index);
    Ok(all.into_iter().map(|(_, result)| result).collect())
}
