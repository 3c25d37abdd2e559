//! Building the targets with the flags that let libFuzzer see which code an input reaches.
//!
//! These are the flags of `cargo fuzz run --sanitizer none` (cargo-fuzz 0.13), which stable Rust takes, and cargo is
//! called with them directly. Rejected: cargo-fuzz itself, which takes a minute of one core to compile and then makes
//! this one call; and building with `-Clink-dead-code` as it does, which is for coverage reports. Sanitizers need a
//! nightly compiler, and would look for faults of memory in a workspace without `unsafe`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::MANIFEST;
use crate::checkout::Checkout;

/// Counters of edges and tables to read them by; operands of comparisons, so that magic words are guessed; the depth
/// of the stack. `--cfg fuzzing` makes decoders skip the checksums that no mutated file would ever have.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-sanitizer-coverage-stack-depth",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "--cfg",
    "fuzzing",
];

/// Where everything about fuzzing is kept: programs, what they learnt, what they found.
pub(super) fn folder(checkout: &Checkout) -> PathBuf {
    checkout.target_folder().join("fuzz")
}

/// Builds these targets and gives back the folder that their programs are in.
pub(super) fn build(checkout: &Checkout, names: &[String]) -> Result<PathBuf> {
    let host = host(checkout)?;
    let folder = folder(checkout);
    // A target is named although it is this machine's: only then do build scripts go without the flags.
    let call = checkout
        .cargo()
        .args(["build", "--release", "--manifest-path", MANIFEST, "--target", &host])
        .env("CARGO_TARGET_DIR", &folder)
        .env("RUSTFLAGS", FLAGS.join(" "))
        .without_env("CARGO_ENCODED_RUSTFLAGS");
    names.iter().fold(call, |call, name| call.args(["--bin", name])).run()?;
    Ok(folder.join(host).join("release"))
}

fn host(checkout: &Checkout) -> Result<String> {
    let said = checkout.call("rustc").arg("-vV").silently().capture()?;
    host_in(&said).context("`rustc -vV` does not name this machine")
}

fn host_in(said: &str) -> Option<String> {
    said.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_read_from_what_the_compiler_says() {
        let said = "rustc 1.95.0\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0\n";
        assert_eq!(host_in(said).as_deref(), Some("x86_64-unknown-linux-gnu"));
        assert_eq!(host_in("rustc 1.95.0"), None);
    }
}
