//! The hash chain of a journal, and its verifier.
//!
//! `h_0 = SHA-256("xg1" ‖ log id)`, `h_n = SHA-256(h_{n−1} ‖ n as u64 big-endian ‖ op bytes)`. Log and position are in
//! the chain and not in the op, so that an op can be adopted byte-identical into another journal.

use serde::{Deserialize, Serialize};

use crate::hash::Sha256Hash;
use crate::id::LogId;

/// A position in a journal: dense, the first op is 1, 0 is the empty journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The position behind this one.
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// How far a journal goes: its last position and the hash over everything up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The last position.
    pub seq: Seq,
    /// The chain's value there.
    pub hash: Sha256Hash,
}

impl Head {
    /// The head of an empty journal.
    pub fn start(log: LogId) -> Self {
        Self {
            seq: Seq(0),
            hash: Sha256Hash::of_all(&[b"xg1", log.as_bytes()]),
        }
    }

    /// The head after one more op.
    pub fn extend(self, op_bytes: &[u8]) -> Self {
        let seq = self.seq.next();
        Self {
            seq,
            hash: Sha256Hash::of_all(&[self.hash.as_bytes(), &seq.0.to_be_bytes(), op_bytes]),
        }
    }
}

/// Where a stored journal stops being the one that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A position is missing or stands twice.
    #[error("position {found} stands where {expected} belongs")]
    Gap {
        /// The position that should come.
        expected: u64,
        /// The position that came.
        found: u64,
    },
    /// The bytes of this op, or of one before it, are not those that were chained.
    #[error("the chain breaks at position {seq}")]
    Broken {
        /// The first position whose hash differs.
        seq: u64,
    },
}

/// Checks stored ops one after the other against the hash that was stored with each.
#[derive(Debug, Clone, Copy)]
pub struct Verifier {
    head: Head,
}

impl Verifier {
    /// Starts before the first op of `log`.
    pub fn start(log: LogId) -> Self {
        Self { head: Head::start(log) }
    }

    /// Starts behind a head that is known to be good.
    pub fn resume(head: Head) -> Self {
        Self { head }
    }

    /// Takes the next stored op.
    ///
    /// # Errors
    /// [`ChainError`] at the first op that does not fit.
    pub fn check(&mut self, seq: Seq, op_bytes: &[u8], stored: Sha256Hash) -> Result<(), ChainError> {
        let next = self.head.extend(op_bytes);
        if seq != next.seq {
            return Err(ChainError::Gap {
                expected: next.seq.0,
                found: seq.0,
            });
        }
        if stored != next.hash {
            return Err(ChainError::Broken { seq: seq.0 });
        }
        self.head = next;
        Ok(())
    }

    /// How far everything was good.
    pub fn head(&self) -> Head {
        self.head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> LogId {
        "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()
    }

    fn chained(ops: &[&[u8]]) -> Vec<(Seq, Vec<u8>, Sha256Hash)> {
        let mut head = Head::start(log());
        ops.iter()
            .map(|op| {
                head = head.extend(op);
                (head.seq, op.to_vec(), head.hash)
            })
            .collect()
    }

    fn verify(stored: &[(Seq, Vec<u8>, Sha256Hash)]) -> Result<Head, ChainError> {
        let mut verifier = Verifier::start(log());
        for (seq, op, hash) in stored {
            verifier.check(*seq, op, *hash)?;
        }
        Ok(verifier.head())
    }

    #[test]
    fn a_chain_as_written_verifies() {
        assert_eq!(verify(&chained(&[b"{}", b"{\"a\":1}"])).unwrap().seq, Seq(2));
    }

    #[test]
    fn a_changed_missing_swapped_or_doubled_op_is_found_where_it_is() {
        let good = chained(&[b"a", b"b", b"c"]);
        let mut changed = good.clone();
        changed[1].1 = b"B".to_vec();
        assert_eq!(verify(&changed), Err(ChainError::Broken { seq: 2 }));
        let mut missing = good.clone();
        missing.remove(1);
        assert_eq!(verify(&missing), Err(ChainError::Gap { expected: 2, found: 3 }));
        let mut swapped = good.clone();
        swapped.swap(0, 1);
        assert_eq!(verify(&swapped), Err(ChainError::Gap { expected: 1, found: 2 }));
        let mut doubled = good.clone();
        doubled.insert(1, good[0].clone());
        assert_eq!(verify(&doubled), Err(ChainError::Gap { expected: 2, found: 1 }));
    }

    #[test]
    fn the_same_op_in_another_journal_has_another_hash() {
        let other: LogId = "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap();
        assert_ne!(
            Head::start(log()).extend(b"x").hash,
            Head::start(other).extend(b"x").hash
        );
    }
}
