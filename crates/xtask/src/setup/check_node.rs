//! Node: there, and new enough for the bundler (Vite 8 refuses anything before 20.19).
//!
//! It is checked and not installed: people have their own ways with Node versions, and Debian 12's own is 18.

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;

/// The oldest usable version: major, minor.
const OLDEST: (u32, u32) = (20, 19);
const ADVICE: &str = "install Node.js 20.19 or newer (nodejs.org, or your distribution if it has it) and start again";

/// An error with advice when Node or npm is missing or too old.
pub(crate) fn check(checkout: &Checkout) -> Result<()> {
    let said = checkout
        .call("node")
        .arg("--version")
        .silently()
        .ask()
        .with_context(|| format!("Node.js builds the interface, and there is none here: {ADVICE}"))?;
    judge(said.trim())?;
    checkout
        .call("npm")
        .arg("--version")
        .silently()
        .ask()
        .with_context(|| format!("npm fetches the interface's libraries, and there is none here: {ADVICE}"))?;
    Ok(())
}

fn judge(said: &str) -> Result<()> {
    let mut parts = said.trim_start_matches('v').split('.').map(str::parse::<u32>);
    let (Some(Ok(major)), Some(Ok(minor))) = (parts.next(), parts.next()) else {
        bail!("`node --version` says `{said}`, which is no version: {ADVICE}");
    };
    if (major, minor) < OLDEST {
        bail!("Node.js here is {said}: {ADVICE}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_are_refused_with_advice() {
        for old in ["v18.20.4", "v20.18.1", "v9.0.0"] {
            assert!(judge(old).unwrap_err().to_string().contains("20.19"), "{old}");
        }
    }

    #[test]
    fn new_versions_are_taken() {
        for new in ["v20.19.0", "v20.20.2", "v22.1.0", "v24.0.0-nightly"] {
            judge(new).unwrap();
        }
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(judge("segmentation fault").is_err());
    }
}
