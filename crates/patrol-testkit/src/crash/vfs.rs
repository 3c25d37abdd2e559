//! SQLite's way to the disks: a VFS that takes paths under a disk's root and passes all others on.
//!
//! It promises what SQLite's unix VFS promises, no more: sectors of 512 bytes, and that a torn write leaves the bytes
//! around it alone (`SQLITE_IOCAP_POWERSAFE_OVERWRITE`, on by default on unix, and kept by `content.rs`). Neither atomic
//! nor sequential writes. As on unix, a new journal's folder is synced with the journal's first sync, and a deleted one's
//! when SQLite asks for it; the main file's name becomes durable with that of its first journal.
//!
//! The only unsafe code of the crate is here; what it does is translate pointers. A callback that panics answers with an
//! I/O error instead of unwinding into C.
#![allow(unsafe_code, reason = "a VFS is a table of C callbacks")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Once, OnceLock};

use rusqlite::ffi;

use super::CrashDisk;
use super::count::Kind;
use super::handle::{Connected, Wish};
use super::locks::Level;

/// The VFS that was the default before.
struct Original(*mut ffi::sqlite3_vfs);

// SAFETY: SQLite itself uses a registered VFS from any thread, and never frees the unix one.
unsafe impl Send for Original {}
// SAFETY: as above.
unsafe impl Sync for Original {}

static ORIGINAL: OnceLock<Original> = OnceLock::new();
static INSTALLED: Once = Once::new();

/// What SQLite allocates for an open file of ours.
#[repr(C)]
struct CrashFile {
    base: ffi::sqlite3_file,
    connected: *mut Connected,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

pub(super) fn install() {
    INSTALLED.call_once(|| {
        // SAFETY: a null name asks for the default VFS, and initialises SQLite.
        let original = unsafe { ffi::sqlite3_vfs_find(std::ptr::null()) };
        assert!(!original.is_null(), "SQLite has no VFS");
        ORIGINAL.get_or_init(|| Original(original));
        // SAFETY: found just now, never freed. All that its callbacks read of the table that they are given is
        // `pAppData`, which the copy has too; so those that do not deal with paths can stay as they are.
        let copy = unsafe { *original };
        let file = c_int::try_from(size_of::<CrashFile>()).expect("two pointers");
        let ours = Box::leak(Box::new(ffi::sqlite3_vfs {
            szOsFile: copy.szOsFile.max(file),
            pNext: std::ptr::null_mut(),
            zName: c"crash".as_ptr(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            ..copy
        }));
        // SAFETY: the table and its name live as long as the process.
        let registered = unsafe { ffi::sqlite3_vfs_register(ours, 1) };
        assert_eq!(registered, ffi::SQLITE_OK, "SQLite takes the VFS");
    });
}

fn original() -> *mut ffi::sqlite3_vfs {
    ORIGINAL.get().map_or(std::ptr::null_mut(), |original| original.0)
}

/// Runs a callback's work; a panic becomes `otherwise`.
fn guarded(otherwise: c_int, work: impl FnOnce() -> c_int) -> c_int {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(otherwise)
}

fn code(result: io::Result<()>, otherwise: c_int) -> c_int {
    match result {
        Ok(()) => ffi::SQLITE_OK,
        Err(error) if error.kind() == io::ErrorKind::StorageFull => ffi::SQLITE_FULL,
        Err(_) => otherwise,
    }
}

/// The disk and path that a name of SQLite's stands for; `None` for temporary files and for all that is not ours.
///
/// # Safety
/// `name` is null or a C string that lives as long as `'a`.
unsafe fn ours<'a>(name: *const c_char) -> Option<(CrashDisk, &'a Path)> {
    if name.is_null() {
        return None;
    }
    // SAFETY: not null, and a C string by this function's contract.
    let path = Path::new(unsafe { CStr::from_ptr(name) }.to_str().ok()?);
    Some((CrashDisk::of(path)?, path))
}

/// # Safety
/// `file` was filled by [`open`], is not closed, and no other callback is running on it: SQLite uses an open file from
/// one connection only, and a connection from one thread at a time.
unsafe fn connected<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Connected {
    // SAFETY: `open` put a pointer from `Box::into_raw` there.
    unsafe { &mut *(*file.cast::<CrashFile>()).connected }
}

unsafe extern "C" fn open(
    _vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    guarded(ffi::SQLITE_CANTOPEN, || {
        // SAFETY: SQLite's name.
        let Some((disk, path)) = (unsafe { ours(name) }) else {
            // SAFETY: the same call to the VFS that this one stands before; `file` has room for its sort of file.
            return unsafe { (*original()).xOpen }.map_or(ffi::SQLITE_CANTOPEN, |open| unsafe {
                // SAFETY: as above.
                open(original(), name, file, flags, out_flags)
            });
        };
        let opened = Connected::open(&disk, path, wish(flags), flags & JOURNALS != 0);
        // SAFETY: SQLite gives `szOsFile` bytes, and a place for the flags or null. Without methods SQLite does not
        // close the file.
        unsafe {
            let file = file.cast::<CrashFile>();
            (*file).base.pMethods = std::ptr::null();
            let Ok(opened) = opened else {
                return ffi::SQLITE_CANTOPEN;
            };
            (*file).connected = Box::into_raw(Box::new(opened));
            (*file).base.pMethods = &raw const METHODS;
            if !out_flags.is_null() {
                *out_flags = flags;
            }
        }
        ffi::SQLITE_OK
    })
}

/// The files whose names SQLite's unix VFS makes durable with their first sync.
const JOURNALS: c_int = ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL;

fn wish(flags: c_int) -> Wish {
    let has = |flag: c_int| flags & flag != 0;
    Wish {
        kind: if has(ffi::SQLITE_OPEN_MAIN_DB) {
            Kind::Database
        } else if has(ffi::SQLITE_OPEN_WAL) {
            Kind::Wal
        } else {
            Kind::Other
        },
        create: has(ffi::SQLITE_OPEN_CREATE),
        exclusive: has(ffi::SQLITE_OPEN_EXCLUSIVE),
    }
}

unsafe extern "C" fn delete(_vfs: *mut ffi::sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    guarded(ffi::SQLITE_IOERR_DELETE, || {
        // SAFETY: SQLite's name.
        let Some((disk, path)) = (unsafe { ours(name) }) else {
            // SAFETY: the same call to the VFS that this one stands before.
            return unsafe { (*original()).xDelete }.map_or(ffi::SQLITE_IOERR_DELETE, |delete| unsafe {
                // SAFETY: as above.
                delete(original(), name, sync_folder)
            });
        };
        match disk.delete(path, sync_folder != 0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => ffi::SQLITE_IOERR_DELETE_NOENT,
            other => code(other, ffi::SQLITE_IOERR_DELETE),
        }
    })
}

unsafe extern "C" fn access(
    _vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    result: *mut c_int,
) -> c_int {
    guarded(ffi::SQLITE_IOERR_ACCESS, || {
        // SAFETY: SQLite's name.
        let Some((disk, path)) = (unsafe { ours(name) }) else {
            // SAFETY: the same call to the VFS that this one stands before.
            return unsafe { (*original()).xAccess }.map_or(ffi::SQLITE_IOERR_ACCESS, |access| unsafe {
                // SAFETY: as above.
                access(original(), name, flags, result)
            });
        };
        let Ok(length) = patrol_sqlite::Disk::length(&disk, path) else {
            return ffi::SQLITE_IOERR_ACCESS;
        };
        // An empty file does not exist, as far as SQLite's unix VFS is asked.
        let there = length.is_some_and(|length| length > 0 || flags != ffi::SQLITE_ACCESS_EXISTS);
        // SAFETY: SQLite's place for the answer.
        unsafe { *result = c_int::from(there) };
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn full_pathname(
    _vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    size: c_int,
    out: *mut c_char,
) -> c_int {
    guarded(ffi::SQLITE_CANTOPEN, || {
        // SAFETY: SQLite's name.
        if unsafe { ours(name) }.is_none() {
            // SAFETY: the same call to the VFS that this one stands before.
            return unsafe { (*original()).xFullPathname }.map_or(ffi::SQLITE_CANTOPEN, |full| unsafe {
                // SAFETY: as above.
                full(original(), name, size, out)
            });
        }
        // SAFETY: not null, or it would not be ours.
        let bytes = unsafe { CStr::from_ptr(name) }.to_bytes_with_nul();
        if bytes.len() > usize::try_from(size).unwrap_or(0) {
            return ffi::SQLITE_CANTOPEN;
        }
        // SAFETY: `out` has room for `size` bytes, which are at least as many.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len()) };
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    guarded(ffi::SQLITE_IOERR_CLOSE, || {
        // SAFETY: `open` put a pointer from `Box::into_raw` there; SQLite closes once.
        unsafe {
            let file = file.cast::<CrashFile>();
            (*file).base.pMethods = std::ptr::null();
            drop(Box::from_raw((*file).connected));
        }
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    buffer: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    guarded(ffi::SQLITE_IOERR_READ, || {
        let (Ok(amount), Ok(offset)) = (usize::try_from(amount), u64::try_from(offset)) else {
            return ffi::SQLITE_IOERR_READ;
        };
        // SAFETY: SQLite gives `amount` writable bytes; they are zeroed first, which a short read must leave anyway.
        let into = unsafe {
            buffer.write_bytes(0, amount);
            std::slice::from_raw_parts_mut(buffer.cast::<u8>(), amount)
        };
        // SAFETY: an open file of ours.
        match unsafe { connected(file) }.handle().read(offset, into) {
            Ok(count) if count == amount => ffi::SQLITE_OK,
            Ok(_) => ffi::SQLITE_IOERR_SHORT_READ,
            Err(_) => ffi::SQLITE_IOERR_READ,
        }
    })
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    buffer: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    guarded(ffi::SQLITE_IOERR_WRITE, || {
        let (Ok(amount), Ok(offset)) = (usize::try_from(amount), u64::try_from(offset)) else {
            return ffi::SQLITE_IOERR_WRITE;
        };
        // SAFETY: SQLite gives `amount` readable bytes.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), amount) };
        // SAFETY: an open file of ours.
        let written = unsafe { connected(file) }.write(offset, bytes);
        code(written, ffi::SQLITE_IOERR_WRITE)
    })
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    guarded(ffi::SQLITE_IOERR_TRUNCATE, || {
        let Ok(size) = u64::try_from(size) else {
            return ffi::SQLITE_IOERR_TRUNCATE;
        };
        // SAFETY: an open file of ours.
        let done = unsafe { connected(file) }.handle().truncate(size);
        code(done, ffi::SQLITE_IOERR_TRUNCATE)
    })
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    guarded(ffi::SQLITE_IOERR_FSYNC, || {
        // SAFETY: an open file of ours.
        code(unsafe { connected(file) }.sync(), ffi::SQLITE_IOERR_FSYNC)
    })
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut ffi::sqlite3_int64) -> c_int {
    guarded(ffi::SQLITE_IOERR_FSTAT, || {
        // SAFETY: an open file of ours.
        let Ok(length) = unsafe { connected(file) }.handle().length() else {
            return ffi::SQLITE_IOERR_FSTAT;
        };
        // SAFETY: SQLite's place for the answer.
        unsafe { *size = i64::try_from(length).unwrap_or(i64::MAX) };
        ffi::SQLITE_OK
    })
}

fn level(of: c_int) -> Level {
    match of {
        ffi::SQLITE_LOCK_NONE => Level::None,
        ffi::SQLITE_LOCK_SHARED => Level::Shared,
        ffi::SQLITE_LOCK_RESERVED => Level::Reserved,
        ffi::SQLITE_LOCK_PENDING => Level::Pending,
        _ => Level::Exclusive,
    }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, wanted: c_int) -> c_int {
    guarded(ffi::SQLITE_IOERR_LOCK, || {
        // SAFETY: an open file of ours.
        match unsafe { connected(file) }.lock(level(wanted)) {
            Ok(Ok(())) => ffi::SQLITE_OK,
            Ok(Err(_)) => ffi::SQLITE_BUSY,
            Err(_) => ffi::SQLITE_IOERR_LOCK,
        }
    })
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, wanted: c_int) -> c_int {
    guarded(ffi::SQLITE_IOERR_UNLOCK, || {
        // SAFETY: an open file of ours.
        unsafe { connected(file) }.unlock(level(wanted));
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, result: *mut c_int) -> c_int {
    guarded(ffi::SQLITE_IOERR_CHECKRESERVEDLOCK, || {
        // SAFETY: an open file of ours.
        let Ok(reserved) = unsafe { connected(file) }.is_reserved() else {
            return ffi::SQLITE_IOERR_CHECKRESERVEDLOCK;
        };
        // SAFETY: SQLite's place for the answer.
        unsafe { *result = c_int::from(reserved) };
        ffi::SQLITE_OK
    })
}

/// Nothing is asked that has no answer by default.
unsafe extern "C" fn file_control(_file: *mut ffi::sqlite3_file, _op: c_int, _argument: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    512
}

unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    index: c_int,
    size: c_int,
    make: c_int,
    region: *mut *mut c_void,
) -> c_int {
    guarded(ffi::SQLITE_IOERR_SHMMAP, || {
        let (Ok(index), Ok(size)) = (usize::try_from(index), usize::try_from(size)) else {
            return ffi::SQLITE_IOERR_SHMMAP;
        };
        // SAFETY: an open file of ours.
        let Ok(found) = unsafe { connected(file) }.region(index, size, make != 0) else {
            return ffi::SQLITE_IOERR_SHMMAP;
        };
        // SAFETY: SQLite's place for the answer. The region is made of atomics, so it may be written through a shared
        // pointer, and stays where it is until `shm_unmap`.
        unsafe { *region = found.map_or(std::ptr::null_mut(), |found| found.cast_mut().cast()) };
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, first: c_int, count: c_int, flags: c_int) -> c_int {
    guarded(ffi::SQLITE_IOERR_SHMLOCK, || {
        let (Ok(first), Ok(count)) = (usize::try_from(first), usize::try_from(count)) else {
            return ffi::SQLITE_IOERR_SHMLOCK;
        };
        // SAFETY: an open file of ours.
        let connected = unsafe { connected(file) };
        if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
            connected.unlock_memory(first, count);
            return ffi::SQLITE_OK;
        }
        match connected.lock_memory(first, count, flags & ffi::SQLITE_SHM_EXCLUSIVE != 0) {
            Ok(Ok(())) => ffi::SQLITE_OK,
            Ok(Err(_)) => ffi::SQLITE_BUSY,
            Err(_) => ffi::SQLITE_IOERR_SHMLOCK,
        }
    })
}

unsafe extern "C" fn shm_barrier(_file: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _delete: c_int) -> c_int {
    guarded(ffi::SQLITE_IOERR_SHMMAP, || {
        // SAFETY: an open file of ours.
        unsafe { connected(file) }.leave_memory();
        ffi::SQLITE_OK
    })
}
