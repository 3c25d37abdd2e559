//! The machine's own clock and randomness: the only file that asks the system for either.

use std::time::{SystemTime, UNIX_EPOCH};

use patrol_domain::StationMs;

use super::{Clock, Randomness, RandomnessError};

/// The system clock; a station is expected to keep it synchronised.
pub(super) struct MachineClock;

impl Clock for MachineClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the port's one real implementation in the station"
    )]
    fn now(&self) -> StationMs {
        let millis = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        StationMs(match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => millis(after),
            Err(before) => -millis(before.duration()),
        })
    }
}

/// The kernel's generator.
pub(super) struct MachineRandomness;

impl Randomness for MachineRandomness {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        getrandom::fill(bytes).map_err(|_| RandomnessError)
    }
}
