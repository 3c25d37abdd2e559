//! A clock that stands still until a test moves it.
//!
//! Wall clock and boot clock move together when time passes, and apart when an officer sets the wall clock or the phone
//! restarts: the two ways in which a time is wrong in the field.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use patrol_domain::port::Clock;
use patrol_domain::{At, BootId, BootMs, TzMinutes, WallMs};
use uuid::Uuid;

/// Minutes east of UTC in all of China.
const CHINA: i32 = 480;

#[derive(Debug)]
struct Hands {
    wall_ms: i64,
    boot_ms: i64,
    boots: u64,
    zone: i32,
}

/// A clock moved by hand. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct HandClock(Arc<Mutex<Hands>>);

impl HandClock {
    /// The wall clock at `wall_ms`, booted one minute ago, in China's zone.
    pub fn new(wall_ms: i64) -> Self {
        Self(Arc::new(Mutex::new(Hands {
            wall_ms,
            boot_ms: 60_000,
            boots: 1,
            zone: CHINA,
        })))
    }

    /// Sets the wall clock, as an officer or the network would; the boot clock runs on untouched.
    pub fn set_wall(&self, wall_ms: i64) {
        self.hands().wall_ms = wall_ms;
    }

    /// Sets the zone, in minutes east of UTC.
    pub fn set_zone(&self, minutes_east: i32) {
        self.hands().zone = minutes_east;
    }

    /// Lets `ms` milliseconds pass on both clocks.
    pub fn advance(&self, ms: i64) {
        let mut hands = self.hands();
        hands.wall_ms = hands.wall_ms.saturating_add(ms);
        hands.boot_ms = hands.boot_ms.saturating_add(ms);
    }

    /// Restarts the phone: another boot id, and its clock at 0.
    pub fn reboot(&self) {
        let mut hands = self.hands();
        hands.boots += 1;
        hands.boot_ms = 0;
    }

    /// Now, as an op would say it without station or satellites.
    pub fn at(&self) -> At {
        At {
            wall_ms: self.wall(),
            boot_ms: self.boot(),
            boot_id: self.boot_id(),
            gnss_ms: None,
            offset: None,
            tz: self.zone(),
            beacon: None,
        }
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for HandClock {
    fn wall(&self) -> WallMs {
        WallMs(self.hands().wall_ms)
    }

    fn boot(&self) -> BootMs {
        BootMs(self.hands().boot_ms)
    }

    fn boot_id(&self) -> BootId {
        let mut bytes = *b"xunge-boot------";
        for (slot, byte) in bytes.iter_mut().skip(8).zip(self.hands().boots.to_be_bytes()) {
            *slot = byte;
        }
        BootId(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    fn zone(&self) -> TzMinutes {
        TzMinutes(self.hands().zone)
    }
}

/// A boot that no [`HandClock`] has ever counted from.
pub const OTHER_BOOT: BootId = BootId(Uuid::from_u128(0x5f2c_1d0e_8c3b_4f6e_9a7d_0b1c_2d3e_4f50));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_on_both_clocks_and_is_set_on_one() {
        let clock = HandClock::new(1_781_745_128_000);
        let same = clock.clone();
        clock.advance(250);
        assert_eq!(
            (same.wall(), same.boot()),
            (WallMs(1_781_745_128_250), BootMs(60_250)),
            "a clone is the same clock"
        );
        clock.set_wall(-5);
        assert_eq!((clock.wall(), clock.boot()), (WallMs(-5), BootMs(60_250)));
        assert_eq!(clock.zone(), TzMinutes(480));
    }

    #[test]
    fn a_restart_has_its_own_boot_id_and_counts_from_zero() {
        let clock = HandClock::new(0);
        let before = clock.boot_id();
        assert_eq!(before, clock.boot_id());
        clock.reboot();
        assert_ne!(before, clock.boot_id());
        assert_eq!((clock.wall(), clock.boot()), (WallMs(0), BootMs(0)));
        assert_ne!(clock.boot_id(), OTHER_BOOT);
    }
}
