//! `cargo xtask simulate`: many seeds of the simulation, or one that failed.
//!
//! What a run is and what it promises stands in tests/simulation; this only starts that program and says how many.

use anyhow::Result;

use crate::checkout::Checkout;

/// Runs so many seeds from the first, or replays one. An error when a promise was broken.
pub(crate) fn run(checkout: &Checkout, seeds: u64, seed: Option<u64>) -> Result<()> {
    let program = ["test", "--package", "acceptance", "--test", "simulation"];
    let call = checkout
        .cargo()
        .args(program)
        .args(["--", "--nocapture", "every_seed_keeps_every_promise"])
        .env("RUST_BACKTRACE", "0")
        .env("XUNGE_SEEDS", seeds.to_string());
    match seed {
        Some(seed) => call.env("XUNGE_SEED", seed.to_string()).run(),
        None => call.without_env("XUNGE_SEED").run(),
    }
}
