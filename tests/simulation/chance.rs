//! What a seed decides.

use patrol_domain::port::random;
use patrol_testkit::SeededRandomness;

/// A row of draws that follows from its seed alone.
#[derive(Debug)]
pub(crate) struct Chance(SeededRandomness);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SeededRandomness::new(seed))
    }

    pub(crate) fn next(&self) -> u64 {
        u64::from_be_bytes(random(&self.0))
    }

    /// A number from 0 to `end`, without `end`.
    pub(crate) fn below(&self, end: usize) -> usize {
        usize::try_from(self.next() % (end as u64)).unwrap()
    }

    /// Whether something happens that happens `percent` times in a hundred.
    pub(crate) fn in_hundred(&self, percent: usize) -> bool {
        self.below(100) < percent
    }
}
