//! The machine's clocks, moved by what a file says: a browser test lets half an hour pass, sets the phone's clock wrong,
//! restarts the phone. Only the program without a window asks for it; an officer's window has the machine's own.

use std::path::PathBuf;
use std::sync::Arc;

use patrol_domain::port::Clock;
use patrol_domain::{BootId, BootMs, TzMinutes, WallMs};
use uuid::Uuid;

/// A clock that is moved while the program runs, by a file that holds three whole numbers: what is added to the wall
/// clock (ms), what is added to the boot clock (ms), and how often the phone was restarted. Without the file, or with
/// one that cannot be read so, it is the clock beneath.
pub struct MovedClock {
    under: Arc<dyn Clock>,
    file: PathBuf,
}

impl std::fmt::Debug for MovedClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("MovedClock").field(&self.file).finish()
    }
}

#[derive(Default)]
struct Moved {
    wall_ms: i64,
    boot_ms: i64,
    boots: u32,
}

impl MovedClock {
    /// Over a clock, moved by a file.
    pub fn new(under: Arc<dyn Clock>, file: PathBuf) -> Self {
        Self { under, file }
    }

    /// Read each time: whoever moves the clock renames a whole file into its place.
    fn moved(&self) -> Moved {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        read(&text).unwrap_or_default()
    }
}

fn read(text: &str) -> Option<Moved> {
    let mut words = text.split_whitespace();
    Some(Moved {
        wall_ms: words.next()?.parse().ok()?,
        boot_ms: words.next()?.parse().ok()?,
        boots: words.next()?.parse().ok()?,
    })
}

impl Clock for MovedClock {
    fn wall(&self) -> WallMs {
        WallMs(self.under.wall().0.saturating_add(self.moved().wall_ms))
    }

    fn boot(&self) -> BootMs {
        BootMs(self.under.boot().0.saturating_add(self.moved().boot_ms))
    }

    fn boot_id(&self) -> BootId {
        let own = self.under.boot_id().0.as_u128();
        BootId(Uuid::from_u128(own ^ u128::from(self.moved().boots)))
    }

    fn zone(&self) -> TzMinutes {
        self.under.zone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemClock;

    #[test]
    fn a_moved_clock_follows_its_file_and_without_one_is_the_machines() {
        let folder = tempfile::tempdir().unwrap();
        let under: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let clock = MovedClock::new(Arc::clone(&under), folder.path().join("clock"));
        assert_eq!(clock.boot_id(), under.boot_id());
        assert!(clock.boot().0 - under.boot().0 < 60_000);
        std::fs::write(&clock.file, "-3600000 600000 1\n").unwrap();
        assert!(clock.wall().0 < under.wall().0 - 3_500_000);
        assert!(clock.boot().0 >= under.boot().0 + 599_000);
        assert_ne!(clock.boot_id(), under.boot_id());
    }
}
