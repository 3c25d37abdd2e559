//! Whether two sets of exports hold the same, and whether two exports tell one journal differently.
//!
//! A phone that leaves a journal (fork, rollback, copy) takes what the station does not hold of it over into a later one,
//! byte-identical. So an op that is not at its own position counts as held when the very same op stands in a journal
//! *behind* that one; an op only in an earlier journal is missing where it should be. An original that a phone cleared
//! away counts as held when the other side has it.

mod union;

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::{LogId, Sha256Hash};

use crate::content::{Content, Journal};
use crate::failure::Failure;
use union::{Place, Union};

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
    /// Ops that the other side holds neither there nor in a later journal.
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
    /// An original that was cleared away here and is not there.
    #[error("original {sha256} is on neither side, and the station has signed for it")]
    PhotoNowhere {
        /// Which.
        sha256: Sha256Hash,
    },
}

/// What two sides have in common, and what they do not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Everything that one side lacks; none = equal.
    pub differences: Vec<Difference>,
    /// Ops that one side holds in a later journal instead.
    pub taken_over: usize,
    /// Originals that one side has cleared away and the other holds.
    pub cleared_away: usize,
}

const LEFT: &str = "left";
const RIGHT: &str = "right";

/// Compares `left` and `right`, each taken together.
pub fn compare(left: &[&Content], right: &[&Content]) -> Comparison {
    let (left, right) = (Union::of(left), Union::of(right));
    let mut found = BTreeSet::new();
    let mut comparison = Comparison::default();
    let mut missing: BTreeMap<LogId, Vec<(&'static str, BTreeSet<u64>)>> = BTreeMap::new();
    for (one, other, side) in [(&left, &right, LEFT), (&right, &left, RIGHT)] {
        let (absent, taken_over) = look_for(one, other);
        comparison.taken_over += taken_over;
        for (log, seqs) in absent {
            missing.entry(log).or_default().push((side, seqs));
        }
        found.extend(compare_words(one, other, side));
        for sha256 in one.photos.difference(&other.photos) {
            if other.at_station.contains(sha256) {
                comparison.cleared_away += 1;
            } else {
                found.insert(Difference::Photo { sha256: *sha256, side });
            }
        }
        let gone = one
            .at_station
            .iter()
            .filter(|sha256| !one.photos.contains(sha256) && !other.photos.contains(sha256));
        found.extend(gone.map(|sha256| Difference::PhotoNowhere { sha256: *sha256 }));
    }
    for (log, sides) in missing {
        found.extend(tell_missing(log, &sides, &left, &right));
    }
    comparison.differences = found.into_iter().collect();
    comparison
}

/// The positions whose ops the other side does not hold, by journal, and how many it holds in a later journal instead.
fn look_for(one: &Union<'_>, other: &Union<'_>) -> (BTreeMap<LogId, BTreeSet<u64>>, usize) {
    let mut absent: BTreeMap<LogId, BTreeSet<u64>> = BTreeMap::new();
    let mut taken_over = 0;
    for (log, journal) in one.all_journals() {
        for (seq, op) in (1u64..).zip(&journal.ops) {
            match other.find(log, seq, op) {
                Place::Own => {}
                Place::Later => taken_over += 1,
                Place::Left => {}
                Place::Nowhere => {
                    absent.entry(log).or_default().insert(seq);
                }
            }
        }
    }
    (absent, taken_over)
}

fn compare_words(one: &Union<'_>, other: &Union<'_>, side: &'static str) -> Vec<Difference> {
    let mut found = Vec::new();
    for (log, journal) in one.all_journals() {
        for ((seq, field), seal) in &journal.parts {
            if !other.has_words(log, journal, *seq, field, *seal) {
                let field = field.clone();
                let seq = *seq;
                found.push(Difference::Words { log, seq, field, side });
            }
        }
    }
    found
}

/// What is missing of a journal, in one sentence where one is enough.
fn tell_missing(
    log: LogId,
    sides: &[(&'static str, BTreeSet<u64>)],
    left: &Union<'_>,
    right: &Union<'_>,
) -> Vec<Difference> {
    if let [(_, one), (_, other)] = sides {
        let first = one.iter().chain(other).min().copied().unwrap_or(0);
        return vec![Difference::Forked { log, seq: first }];
    }
    let mut found = Vec::new();
    for (side, seqs) in sides {
        let (one, other) = if *side == LEFT { (left, right) } else { (right, left) };
        let ops = one.length(log);
        if other.length(log) == 0 && seqs.len() as u64 == ops {
            found.push(Difference::Journal { log, ops, side });
            continue;
        }
        let mut rest = seqs.iter().copied().peekable();
        while let Some(from) = rest.next() {
            let mut to = from;
            while rest.next_if_eq(&(to + 1)).is_some() {
                to += 1;
            }
            found.push(Difference::Ops { log, from, to, side });
        }
    }
    found
}

fn first_difference(left: &Journal, right: &Journal) -> Option<u64> {
    let pairs = left.ops.iter().zip(&right.ops).zip(1u64..);
    let mut differing = pairs.filter(|((left, right), _)| left.chain != right.chain || left.bytes != right.bytes);
    differing.next().map(|(_, seq)| seq)
}

/// Journals that these exports tell differently. One that only goes on longer is fine, and so is one whose exporter has
/// left it and taken everything from there on over into a later one.
pub fn find_forks(contents: &[&Content]) -> Vec<Failure> {
    let mut longest: BTreeMap<LogId, &Journal> = BTreeMap::new();
    let mut forks = BTreeSet::new();
    for content in contents {
        for (log, journal) in &content.journals {
            let known = longest.entry(*log).or_insert(journal);
            if let Some(seq) = first_difference(known, journal) {
                let is_left = contents.iter().any(|content| {
                    let own = content.journals.get(log);
                    own.is_some_and(|own| std::ptr::eq(own, *known) || std::ptr::eq(own, journal))
                        && Union::of(&[content]).has_left(*log, seq)
                });
                if !is_left {
                    forks.insert(Failure::Forked { log: *log, seq });
                }
            }
            if journal.ops.len() > known.ops.len() {
                *known = journal;
            }
        }
    }
    forks.into_iter().collect()
}
