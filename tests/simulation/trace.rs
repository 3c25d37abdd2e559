//! What happened in a run, line by line: its hash tells whether two runs were the same, its tail why one failed.

use std::collections::VecDeque;

use patrol_domain::Sha256Hash;

/// How many lines of a failing run are shown.
const TAIL: usize = 60;

/// The lines of a run.
#[derive(Debug)]
pub(crate) struct Trace {
    hash: Sha256Hash,
    lines: u64,
    tail: VecDeque<String>,
}

impl Trace {
    pub(crate) fn new() -> Self {
        Self {
            hash: Sha256Hash::of(b""),
            lines: 0,
            tail: VecDeque::new(),
        }
    }

    pub(crate) fn note(&mut self, line: String) {
        self.hash = Sha256Hash::of(&[self.hash.as_bytes().as_slice(), line.as_bytes()].concat());
        self.lines += 1;
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(line);
    }

    /// The hash over all lines.
    pub(crate) fn hash(&self) -> Sha256Hash {
        self.hash
    }

    pub(crate) fn tail(&self) -> String {
        let first = self.lines - self.tail.len() as u64;
        let numbered = self.tail.iter().enumerate();
        numbered
            .map(|(line, text)| format!("{:>6} {text}\n", first + line as u64 + 1))
            .collect()
    }
}
