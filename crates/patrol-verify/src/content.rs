//! What an export holds, reduced to hashes: enough to compare, little enough for a year of patrols.

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::op::{Adopted, LogOpened};
use patrol_domain::{Head, LogId, OpId, Seq, Sha256Hash};

/// One op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpRecord {
    /// Its id, when it can be read.
    pub id: Option<OpId>,
    /// SHA-256 of its bytes.
    pub bytes: Sha256Hash,
    /// The chain's value behind it.
    pub chain: Sha256Hash,
    /// Whether it is about the journal itself.
    pub is_about_its_journal: bool,
}

/// One journal.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    /// Its ops from position 1 on.
    pub ops: Vec<OpRecord>,
    /// The seal of each part, by position and field.
    pub parts: BTreeMap<(u64, String), Sha256Hash>,
    pub(crate) opened: Option<LogOpened>,
    pub(crate) adopted: Vec<(u64, Adopted)>,
}

impl Journal {
    /// The chain's value at a position; `None` beyond the last op.
    pub fn hash_at(&self, log: LogId, seq: u64) -> Option<Sha256Hash> {
        let Some(before) = seq.checked_sub(1) else {
            return Some(Head::start(log).hash);
        };
        let before = usize::try_from(before).ok()?;
        self.ops.get(before).map(|op| op.chain)
    }

    /// The thumbprint of the device key that the first op names.
    pub fn device_key(&self) -> Option<Sha256Hash> {
        self.opened.as_ref().map(|opened| opened.device_key_thumbprint)
    }

    /// How far it goes.
    pub fn head(&self, log: LogId) -> Head {
        let seq = self.ops.len() as u64;
        Head {
            seq: Seq(seq),
            hash: self.hash_at(log, seq).unwrap_or(Head::start(log).hash),
        }
    }
}

/// All that an export holds.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// The journals.
    pub journals: BTreeMap<LogId, Journal>,
    /// The originals that are here, each once, with their lengths.
    pub photos: BTreeMap<Sha256Hash, u64>,
    /// The originals that ops name, with the lengths that they state.
    pub named: BTreeMap<Sha256Hash, BTreeSet<u64>>,
    /// The originals that are not here and that the station has signed for: cleared away on the phone.
    pub at_station: BTreeSet<Sha256Hash>,
    /// The originals that an op calls lost or damaged.
    pub(crate) given_up: BTreeSet<Sha256Hash>,
}

impl Content {
    /// How many ops there are when each is counted once, whatever journals say it.
    pub fn distinct_ops(&self) -> usize {
        let ops = self.journals.values().flat_map(|journal| &journal.ops);
        ops.map(|op| (op.id, op.bytes)).collect::<BTreeSet<_>>().len()
    }
}
