//! Whole-system tests: the programs as they ship, real files, a real station on loopback, a network that breaks.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
#![allow(clippy::print_stderr, reason = "a test of kills reports what it hit")]

mod broken;
mod clock;
mod clones;
mod cut;
mod fault;
mod forged;
mod invariants;
mod kill;
mod line;
mod load;
mod memory;
mod near;
mod process;
mod restore;
mod restored;
mod shared;
mod whole;
