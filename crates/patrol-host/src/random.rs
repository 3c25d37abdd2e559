//! The operating system's randomness.

use patrol_domain::port::Randomness;

/// `getrandom(2)` and its like.
#[derive(Debug, Clone, Copy)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("a system without randomness cannot keep anything secret: better to end here");
    }
}
