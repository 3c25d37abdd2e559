//! The bad line between the demo's phones and their station.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::checkout::Checkout;
use crate::process::{Call, Running};

/// Where the phones believe their station to be: fixed, because they remember it.
const LISTEN: &str = "127.0.0.1:8621";
/// A slow mobile network.
const BYTES_PER_SECOND: u64 = 1_500_000;
/// Less than the largest originals, so that some arrive in pieces.
const BYTES_UNTIL_A_CUT: u64 = 2_500_000;

/// The program that is the line.
pub(super) struct BadLine {
    program: PathBuf,
}

impl BadLine {
    pub(super) fn at(checkout: &Checkout) -> Self {
        Self {
            program: checkout.program("bad-line"),
        }
    }

    /// The station's address as phones see it.
    pub(super) fn url() -> String {
        format!("https://{LISTEN}")
    }

    /// How bad it is, for people.
    pub(super) fn describe() -> String {
        format!(
            "{:.1} MB/s, and every connection breaks after {:.1} MB",
            BYTES_PER_SECOND as f64 / 1e6,
            BYTES_UNTIL_A_CUT as f64 / 1e6
        )
    }

    /// Leads to `station`, such as `127.0.0.1:8620`, until it is dropped.
    pub(super) fn lead(&self, station: &str) -> Result<Running> {
        let (running, stdout) = Call::new(&self.program)
            .args([LISTEN, station])
            .arg(BYTES_PER_SECOND.to_string())
            .arg(BYTES_UNTIL_A_CUT.to_string())
            .start_piped()?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        if !line.starts_with("listening ") {
            bail!("the bad line does not listen (is {LISTEN} taken?)");
        }
        Ok(running)
    }
}
