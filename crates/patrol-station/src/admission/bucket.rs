//! A bucket of requests that fills by itself.

use std::time::Duration;

use tokio::time::Instant;

/// Counts in thousandths of a request, so that a millisecond of a rate of one is one.
#[derive(Debug)]
pub(super) struct Bucket {
    rate: u64,
    most: u64,
    level: u64,
    at: Instant,
}

const ONE: u64 = 1000;

impl Bucket {
    /// `rate` requests each second, `burst` at once after a pause.
    pub(super) fn full(rate: u32, burst: u32, now: Instant) -> Self {
        let most = u64::from(burst.max(1)) * ONE;
        Self {
            rate: u64::from(rate.max(1)),
            most,
            level: most,
            at: now,
        }
    }

    /// Takes one request; otherwise how long until there is one.
    pub(super) fn take(&mut self, now: Instant) -> Option<Duration> {
        let passed = u64::try_from(now.saturating_duration_since(self.at).as_millis()).unwrap_or(u64::MAX);
        if passed > 0 {
            self.level = self
                .level
                .saturating_add(passed.saturating_mul(self.rate))
                .min(self.most);
            self.at = now;
        }
        match self.level.checked_sub(ONE) {
            Some(left) => {
                self.level = left;
                None
            }
            None => Some(Duration::from_millis((ONE - self.level).div_ceil(self.rate))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_followed_by_the_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::full(4, 10, start);
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!((0..20).filter(|_| bucket.take(start).is_none()).count(), 10);
        assert_eq!(bucket.take(start), Some(Duration::from_millis(250)));
        assert_eq!(bucket.take(at(249)), Some(Duration::from_millis(1)));
        assert_eq!(bucket.take(at(250)), None);
        assert!(bucket.take(at(250)).is_some());
        assert_eq!((0..50).filter(|_| bucket.take(at(2250)).is_none()).count(), 8);
        // A pause of any length fills it, and no further.
        let late = at(3_600_000_000);
        assert_eq!((0..50).filter(|_| bucket.take(late).is_none()).count(), 10);
        // A clock that stands still or goes back gives nothing and breaks nothing.
        assert!(bucket.take(start).is_some());
    }
}
