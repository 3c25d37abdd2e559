//! cargo-nextest, the test runner: each test is a process of its own, so a test that kills its process ends nobody else.

use anyhow::{Context, Result};

use crate::checkout::Checkout;

/// The version this project was tried with.
const PINNED: &str = "0.9.143";
/// The oldest 0.9 that is accepted when it is there already.
const OLDEST_PATCH: u32 = 100;

/// Installs the pinned version when no usable one is there.
pub(crate) fn install(checkout: &Checkout) -> Result<()> {
    let said = checkout
        .cargo()
        .args(["nextest", "--version"])
        .silently()
        .ask()
        .unwrap_or_default();
    if is_usable(&said) {
        return Ok(());
    }
    println!("cargo-nextest (the test runner: one process per test) is missing or too old; installing {PINNED}.");
    println!("This compiles it once and takes some minutes.");
    checkout
        .cargo()
        .args(["install", "cargo-nextest", "--locked", "--version", PINNED])
        .run()
        .context("cannot install cargo-nextest")
}

fn is_usable(said: &str) -> bool {
    let version = said.split_whitespace().nth(1).unwrap_or_default();
    let patch = version.strip_prefix("0.9.").and_then(|patch| patch.parse::<u32>().ok());
    patch.is_some_and(|patch| patch >= OLDEST_PATCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usable_is_any_late_0_9() {
        assert!(is_usable(
            "cargo-nextest 0.9.143 (60fa45f63 2026-08-04)\nrelease: 0.9.143"
        ));
        assert!(is_usable("cargo-nextest 0.9.100"));
        assert!(!is_usable("cargo-nextest 0.9.99"));
        assert!(!is_usable("cargo-nextest 0.10.1"));
        assert!(!is_usable(""));
    }
}
