//! Lines for whoever watches: each leaves the process before anything else happens.

use std::fmt::Display;
use std::io::Write as _;

/// Writes one line. A reader that went away (`| head`) is no reason to stop recording or sending.
pub(crate) fn say(line: impl Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Draws over the present line of a terminal; the next [`say`] writes over it.
pub(crate) fn draw(line: impl Display) {
    let mut out = std::io::stdout().lock();
    let _ = write!(out, "\x1b[2K{line}\r").and_then(|()| out.flush());
}
