//! What only the host can know: the clocks and chance. Everything else in the workspace is handed these two.

use crate::time::{BootId, BootMs, TzMinutes, WallMs};

/// The machine's clocks.
pub trait Clock: Send + Sync {
    /// The wall clock, whatever it says.
    fn wall(&self) -> WallMs;
    /// The clock since boot, running on through suspend.
    fn boot(&self) -> BootMs;
    /// Which boot [`Clock::boot`] counts from.
    fn boot_id(&self) -> BootId;
    /// The time zone that people here read their clocks in.
    fn zone(&self) -> TzMinutes;
}

/// A source of bytes that nobody can foretell.
pub trait Randomness: Send + Sync {
    /// Fills `bytes`. A host whose source fails must end the program: a predictable key or salt is worse.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` unforetellable bytes.
pub fn random<const N: usize>(source: &dyn Randomness) -> [u8; N] {
    let mut bytes = [0; N];
    source.fill(&mut bytes);
    bytes
}
