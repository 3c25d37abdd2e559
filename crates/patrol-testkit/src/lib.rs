//! Builders for tests: photos sound and broken, a hand-moved clock, foreseeable randomness, real ops, a network that
//! breaks on command, a disk that forgets.
//!
//! Nothing here pretends to be one of our own parts: a test drives the true store, the true station and the true HTTP
//! between them, and what it moves by hand is only what lies outside (time, chance, the camera, the wire, the disk).
//! Product crates use this as a dev-dependency only.

pub mod clock;
pub mod crash;
pub mod map;
pub mod op;
pub mod photo;
#[cfg(feature = "network")]
pub mod proxy;
pub mod random;
pub mod shift;

pub use clock::HandClock;
pub use crash::{CrashDisk, Weakness};
#[cfg(feature = "network")]
pub use proxy::{Fault, FaultProxy, Heard};
pub use random::SeededRandomness;
