//! Bytes that look random and are the same in every run.
//!
//! SplitMix64 (Steele, Lea and Flood, 2014), written out here because golden vectors are made with it: a crate that
//! changes its generator would change them. ◆ For the same reason this file's numbers never change.

use std::sync::{Mutex, PoisonError};

use patrol_domain::port::Randomness;

/// A source whose bytes follow from its seed alone. For tests: anybody can foretell it.
#[derive(Debug)]
pub struct SeededRandomness(Mutex<u64>);

impl SeededRandomness {
    /// Starts the row of bytes that belongs to `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in bytes.chunks_mut(8) {
            for (slot, byte) in piece.iter_mut().zip(next(&mut state).to_le_bytes()) {
                *slot = byte;
            }
        }
    }
}

/// The next number of the row that `state` stands in.
pub(crate) fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use patrol_domain::port::random;

    #[test]
    fn the_bytes_of_seed_zero_are_those_of_the_published_generator() {
        let expected = [0xe220_a839_7b1d_cdaf_u64, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f];
        let bytes: [u8; 24] = random(&SeededRandomness::new(0));
        assert_eq!(bytes.to_vec(), expected.map(u64::to_le_bytes).concat());
    }

    #[test]
    fn another_seed_and_another_draw_give_other_bytes() {
        let source = SeededRandomness::new(7);
        let (first, second): ([u8; 19], [u8; 19]) = (random(&source), random(&source));
        assert_ne!(first, second);
        assert_eq!(first, random(&SeededRandomness::new(7)));
        assert_ne!(first, random(&SeededRandomness::new(8)));
    }
}
