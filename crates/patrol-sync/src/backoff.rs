//! How long to wait after a failure: full jitter, doubling, capped, for ever.
//!
//! Full jitter (a random time between zero and the ceiling) because at the end of a shift a whole squad loses and finds
//! the same network at the same moment.

use std::time::Duration;

/// The first ceiling.
const FIRST: Duration = Duration::from_secs(1);

/// The last ceiling while the app is in front.
pub const LAST_IN_FRONT: Duration = Duration::from_secs(15 * 60);

/// The last ceiling while it is not: nobody waits for it, and the battery lasts longer.
pub const LAST_BEHIND: Duration = Duration::from_secs(60 * 60);

/// Counts failures in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// After a success or the officer's own tap.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// How many failures in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// How long to wait after one more failure: at most `last`, and never shorter than the station asked for.
    pub fn after_failure(&mut self, chance: u64, asked: Option<Duration>, last: Duration) -> Duration {
        let ceiling = FIRST
            .saturating_mul(1u32.checked_shl(self.failures.min(20)).unwrap_or(u32::MAX))
            .min(last);
        self.failures = self.failures.saturating_add(1);
        let ceiling_ms = u64::try_from(ceiling.as_millis()).unwrap_or(u64::MAX).max(1);
        Duration::from_millis(chance % ceiling_ms).max(asked.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_doubles_up_to_a_quarter_of_an_hour_or_an_hour_and_stays_there() {
        let mut backoff = Backoff::default();
        let longest: Vec<u64> = (0..12)
            .map(|_| {
                let ceiling = FIRST * (1 << backoff.failures().min(20));
                let chance = u64::try_from(ceiling.min(LAST_IN_FRONT).as_millis()).unwrap() - 1;
                (backoff.after_failure(chance, None, LAST_IN_FRONT).as_millis() as u64 + 1) / 1000
            })
            .collect();
        assert_eq!(longest, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        for _ in 0..100_000 {
            assert!(backoff.after_failure(u64::MAX, None, LAST_IN_FRONT) < LAST_IN_FRONT);
        }
        let behind = backoff.after_failure(LAST_BEHIND.as_millis() as u64 - 1, None, LAST_BEHIND);
        assert_eq!(behind.as_secs(), 3_599, "an hour while nobody looks");
        backoff.reset();
        assert!(backoff.after_failure(u64::MAX, None, LAST_IN_FRONT) < FIRST);
    }

    #[test]
    fn the_station_can_ask_for_more_time_and_not_for_less() {
        let asked = Some(Duration::from_secs(7));
        assert_eq!(
            Backoff::default().after_failure(10, asked, LAST_IN_FRONT),
            Duration::from_secs(7)
        );
        let mut tired = Backoff { failures: 8 };
        assert_eq!(
            tired.after_failure(200_000, asked, LAST_IN_FRONT),
            Duration::from_secs(200)
        );
    }
}
