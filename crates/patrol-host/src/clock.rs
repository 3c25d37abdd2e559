//! The machine's clocks: wall, boot, zone.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{Local, Offset as _};
use patrol_domain::port::{Clock, Randomness as _};
use patrol_domain::{BootId, BootMs, TzMinutes, WallMs};
use rustix::time::{ClockId, clock_gettime};
use uuid::Uuid;

use crate::random::SystemRandomness;

/// Where Linux and Android say which boot this is.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// The machine's clocks.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    boot_id: BootId,
}

impl SystemClock {
    /// Reads which boot this is; where the system does not say, each process counts as a boot of its own.
    pub fn new() -> Self {
        let told = std::fs::read_to_string(BOOT_ID)
            .ok()
            .and_then(|text| Uuid::parse_str(text.trim()).ok());
        let boot_id = told.unwrap_or_else(|| {
            let mut bytes = [0; 16];
            SystemRandomness.fill(&mut bytes);
            uuid::Builder::from_random_bytes(bytes).into_uuid()
        });
        Self {
            boot_id: BootId(boot_id),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the Clock port: the one place that reads the wall clock"
    )]
    fn wall(&self) -> WallMs {
        let ms = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
        };
        WallMs(ms)
    }

    fn boot(&self) -> BootMs {
        // CLOCK_BOOTTIME and not CLOCK_MONOTONIC: the latter stands still while the phone sleeps in a pocket.
        let time = clock_gettime(ClockId::Boottime);
        BootMs(
            time.tv_sec
                .saturating_mul(1000)
                .saturating_add(time.tv_nsec / 1_000_000),
        )
    }

    fn boot_id(&self) -> BootId {
        self.boot_id
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "this is the Clock port: the one place that reads the zone"
    )]
    fn zone(&self) -> TzMinutes {
        TzMinutes(Local::now().offset().fix().local_minus_utc() / 60)
    }
}

/// A time as this machine's people read it: `2026-11-23 17:05`. Empty for one that no calendar has.
pub fn local_text(ms: i64) -> String {
    let utc = chrono::DateTime::from_timestamp_millis(ms);
    utc.map(|utc| utc.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_clock_does_not_run_backwards_and_the_boot_has_one_name() {
        let clock = SystemClock::new();
        let first = clock.boot();
        assert!(clock.boot() >= first);
        assert_eq!(SystemClock::new().boot_id(), clock.boot_id());
        assert!(clock.wall().0 > 1_700_000_000_000);
    }
}
