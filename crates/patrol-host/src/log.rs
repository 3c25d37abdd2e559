//! The program's last log lines, kept in memory: an officer can hand them to the station without a cable or a console.
//!
//! Lines carry ids and codes and nothing that names a person, a plate or a place, as everywhere in the log. Nothing is
//! written to disk until somebody asks.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// So much is kept, in bytes: some two thousand lines.
const KEPT: usize = 256 * 1024;

/// The last log lines; each clone is the same one.
#[derive(Debug, Clone, Default)]
pub struct LogRing(Arc<Mutex<VecDeque<u8>>>);

/// This program's.
pub fn log_ring() -> LogRing {
    static RING: LazyLock<LogRing> = LazyLock::new(LogRing::default);
    RING.clone()
}

impl LogRing {
    /// What is kept, whole lines only.
    pub fn text(&self) -> String {
        let bytes: Vec<u8> = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .copied()
            .collect();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if bytes.len() < KEPT {
            return text;
        }
        // The oldest line has lost its beginning.
        text.split_once('\n')
            .map_or_else(String::new, |(_, whole)| whole.to_owned())
    }
}

impl io::Write for LogRing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(bytes);
        let over = kept.len().saturating_sub(KEPT);
        kept.drain(..over);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_each_is_whole() {
        let mut ring = LogRing::default();
        writeln!(ring, "the first line").unwrap();
        assert_eq!(ring.text(), "the first line\n");
        for line in 0..20_000 {
            writeln!(ring, "line {line:06} of many").unwrap();
        }
        let text = ring.text();
        assert!(text.len() <= KEPT && text.len() > KEPT - 64);
        assert!(text.starts_with("line ") && text.ends_with("line 019999 of many\n"));
    }
}
