//! The machine's own clock and randomness: the only file that asks the system for either.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use patrol_domain::StationMs;

use super::{Clock, Randomness, RandomnessError};

/// Touched at each successful synchronisation (systemd-timesyncd.service(8), FILES). The kernel's own word (`adjtimex`) is
/// not asked: it takes unsafe code, and the station's systemd unit shuts that call off (`ProtectClock`).
const TOUCHED: &str = "/run/systemd/timesync/synchronized";

/// timesyncd asks at least every 2,048 s; behind this many seconds it has missed several.
const STALE: Duration = Duration::from_secs(2 * 60 * 60);

/// Whether the file was touched of late; `None` when there is no such service.
fn is_touched(file: &Path, now: SystemTime) -> Option<bool> {
    if !file.parent()?.is_dir() {
        return None;
    }
    let touched = std::fs::metadata(file).and_then(|found| found.modified());
    let age = |touched| {
        now.duration_since(touched)
            .unwrap_or_else(|ahead: std::time::SystemTimeError| ahead.duration())
    };
    Some(touched.is_ok_and(|touched| age(touched) <= STALE))
}

/// The system clock; a station is expected to keep it synchronised.
pub(super) struct MachineClock;

impl Clock for MachineClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the port's one real implementation in the station"
    )]
    fn now(&self) -> StationMs {
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        StationMs(match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => millis(after),
            Err(before) => -millis(before.duration()),
        })
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "this is the port's one real implementation in the station"
    )]
    fn is_synchronised(&self) -> Option<bool> {
        is_touched(Path::new(TOUCHED), SystemTime::now())
    }
}

/// The kernel's generator.
pub(super) struct MachineRandomness;

impl Randomness for MachineRandomness {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        getrandom::fill(bytes).map_err(|_| RandomnessError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_counts_as_synchronised_while_the_service_keeps_saying_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("timesync/synchronized");
        let now = UNIX_EPOCH + Duration::from_secs(1_781_745_128);
        assert_eq!(is_touched(&file, now), None, "no such service");
        std::fs::create_dir(file.parent().unwrap()).unwrap();
        assert_eq!(is_touched(&file, now), Some(false), "not yet");
        let touched = std::fs::File::create(&file).unwrap();
        for (seconds, expected) in [(0, true), (7200, true), (7201, false)] {
            let away = Duration::from_secs(seconds);
            for at in [now - away, now + away] {
                touched.set_modified(at).unwrap();
                assert_eq!(is_touched(&file, now), Some(expected), "{seconds} s");
            }
        }
    }
}
