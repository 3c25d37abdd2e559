//! Whether two sets of exports hold the same, and whether two exports tell one journal differently.

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::{LogId, Sha256Hash};

use crate::content::{Content, Journal};
use crate::failure::Failure;

/// Something that one side holds and the other does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Difference {
    /// A journal.
    #[error("journal {log} ({ops} ops) is only on the {side} side")]
    Journal {
        /// Which.
        log: LogId,
        /// How many ops it has there.
        ops: u64,
        /// On which side.
        side: &'static str,
    },
    /// Ops behind the end of the other side.
    #[error("journal {log}: ops {from} to {to} are only on the {side} side")]
    Ops {
        /// Which journal.
        log: LogId,
        /// The first.
        from: u64,
        /// The last.
        to: u64,
        /// On which side.
        side: &'static str,
    },
    /// Other ops at the same position.
    #[error("journal {log}: the sides hold other ops from {seq} on")]
    Forked {
        /// Which journal.
        log: LogId,
        /// The first position that differs.
        seq: u64,
    },
    /// Words.
    #[error("journal {log}: the words `{field}` of op {seq} are only on the {side} side, or differ")]
    Words {
        /// Which journal.
        log: LogId,
        /// Which op.
        seq: u64,
        /// Which field.
        field: String,
        /// On which side.
        side: &'static str,
    },
    /// An original.
    #[error("original {sha256} is only on the {side} side")]
    Photo {
        /// Which.
        sha256: Sha256Hash,
        /// On which side.
        side: &'static str,
    },
}

const LEFT: &str = "left";
const RIGHT: &str = "right";

/// What several exports hold together.
struct Union<'all> {
    journals: BTreeMap<LogId, &'all Journal>,
    parts: BTreeMap<(LogId, u64, &'all str), Sha256Hash>,
    photos: BTreeSet<Sha256Hash>,
}

impl<'all> Union<'all> {
    fn of(contents: &[&'all Content]) -> Self {
        let mut union = Self {
            journals: BTreeMap::new(),
            parts: BTreeMap::new(),
            photos: BTreeSet::new(),
        };
        for content in contents {
            union.photos.extend(content.photos.keys());
            for (log, journal) in &content.journals {
                let longest = union.journals.entry(*log).or_insert(journal);
                if journal.ops.len() > longest.ops.len() {
                    *longest = journal;
                }
                let parts = journal.parts.iter();
                union
                    .parts
                    .extend(parts.map(|((seq, field), seal)| ((*log, *seq, field.as_str()), *seal)));
            }
        }
        union
    }
}

/// What `left` and `right` do not have in common, each taken together.
pub fn compare(left: &[&Content], right: &[&Content]) -> Vec<Difference> {
    let (left, right) = (Union::of(left), Union::of(right));
    let mut found = BTreeSet::new();
    for log in left.journals.keys().chain(right.journals.keys()) {
        found.extend(compare_journal(
            *log,
            left.journals.get(log).copied(),
            right.journals.get(log).copied(),
        ));
    }
    for (one, other, side) in [(&left, &right, LEFT), (&right, &left, RIGHT)] {
        let differs = one
            .parts
            .iter()
            .filter(|(place, seal)| other.parts.get(*place) != Some(*seal));
        found.extend(differs.map(|((log, seq, field), _)| Difference::Words {
            log: *log,
            seq: *seq,
            field: (*field).to_owned(),
            side,
        }));
        let photos = one.photos.difference(&other.photos);
        found.extend(photos.map(|sha256| Difference::Photo { sha256: *sha256, side }));
    }
    found.into_iter().collect()
}

fn compare_journal(log: LogId, left: Option<&Journal>, right: Option<&Journal>) -> Option<Difference> {
    match (left, right) {
        (Some(left), Some(right)) => {
            if let Some(seq) = first_difference(left, right) {
                return Some(Difference::Forked { log, seq });
            }
            let (left, right) = (left.ops.len() as u64, right.ops.len() as u64);
            let side = if left > right { LEFT } else { RIGHT };
            (left != right).then(|| Difference::Ops {
                log,
                from: left.min(right) + 1,
                to: left.max(right),
                side,
            })
        }
        (Some(only), None) | (None, Some(only)) => Some(Difference::Journal {
            log,
            ops: only.ops.len() as u64,
            side: if left.is_some() { LEFT } else { RIGHT },
        }),
        (None, None) => None,
    }
}

fn first_difference(left: &Journal, right: &Journal) -> Option<u64> {
    let pairs = left.ops.iter().zip(&right.ops).zip(1u64..);
    let mut differing = pairs.filter(|((left, right), _)| left.chain != right.chain || left.bytes != right.bytes);
    differing.next().map(|(_, seq)| seq)
}

/// Journals that these exports tell differently. One that only goes on longer is fine.
pub fn find_forks(contents: &[&Content]) -> Vec<Failure> {
    let mut longest: BTreeMap<LogId, &Journal> = BTreeMap::new();
    let mut forks = BTreeSet::new();
    for content in contents {
        for (log, journal) in &content.journals {
            let known = longest.entry(*log).or_insert(journal);
            if let Some(seq) = first_difference(known, journal) {
                forks.insert(Failure::Forked { log: *log, seq });
            }
            if journal.ops.len() > known.ops.len() {
                *known = journal;
            }
        }
    }
    forks.into_iter().collect()
}
