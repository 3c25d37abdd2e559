//! What a seed decides: how much of a write arrives, which sectors and names outlive a cut.

use crate::random::next;

/// How likely one unsynced thing is to survive, in eighths. Drawn anew for every file and folder tree, so that among many
/// cuts there are those in which everything survives, nothing does, or one sector in eight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Odds(u64);

/// A row of draws that follows from its seed alone.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to `end`, without `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(next(&mut self.0) % end).unwrap_or(0)
    }

    pub(super) fn odds(&mut self) -> Odds {
        Odds(match self.below(5) {
            0 => 0,
            1 => 1,
            2 => 4,
            3 => 7,
            _ => 8,
        })
    }

    pub(super) fn keeps(&mut self, odds: Odds) -> bool {
        next(&mut self.0) % 8 < odds.0
    }
}
