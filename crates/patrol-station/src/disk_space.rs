//! How much room the disk has, and how much of it is kept for ops.
//!
//! A disk that runs full with photos would refuse the ops too, and an op is what an officer cannot take again. So
//! originals are refused while there is still room for a day of ops.

use std::path::Path;

/// How many bytes a program may still write on the disk of this folder; nothing where the system does not tell.
#[cfg(unix)]
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// How many bytes a program may still write on the disk of this folder; nothing where the system does not tell.
#[cfg(not(unix))]
pub(crate) fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}

/// Whether an original of this length leaves the reserve untouched.
pub(crate) fn has_room(free: Option<u64>, length: u64, reserve: u64) -> bool {
    free.is_none_or(|free| free.saturating_sub(length) >= reserve.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_original_must_leave_the_reserve() {
        assert!(has_room(Some(1000), 400, 600));
        assert!(!has_room(Some(1000), 401, 600));
        assert!(!has_room(Some(10), u64::MAX, 0));
        assert!(has_room(None, u64::MAX, u64::MAX));
        assert!(free_bytes(&std::env::temp_dir()).is_none_or(|free| free > 0));
        assert_eq!(free_bytes(Path::new("/nowhere/at/all")), None);
    }
}
