//! What several exports hold together, and where an op stands in it.

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::{LogId, OpId, Sha256Hash};

use crate::content::{Content, Journal, OpRecord};

/// An op, whatever journal says it.
type Distinct = (OpId, Sha256Hash);

/// Where a side holds an op that the other has at a position of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the same position.
    Own,
    /// In a journal behind that one, byte-identical.
    Later,
    /// Nowhere, and it need not be: it is about a journal that was left, and that journal alone.
    Left,
    /// Nowhere.
    Nowhere,
}

/// What several exports hold together.
pub(super) struct Union<'all> {
    /// Two exports may tell one journal differently: all of them.
    journals: BTreeMap<LogId, Vec<&'all Journal>>,
    /// Which journals say an op.
    said_in: BTreeMap<Distinct, BTreeSet<LogId>>,
    /// The seals of an op's words, in whatever journal.
    words: BTreeMap<(Distinct, &'all str), BTreeSet<Sha256Hash>>,
    /// Which journal each one follows.
    before: BTreeMap<LogId, LogId>,
    pub(super) photos: BTreeSet<Sha256Hash>,
    pub(super) at_station: BTreeSet<Sha256Hash>,
}

impl<'all> Union<'all> {
    pub(super) fn of(contents: &[&'all Content]) -> Self {
        let mut union = Self {
            journals: BTreeMap::new(),
            said_in: BTreeMap::new(),
            words: BTreeMap::new(),
            before: BTreeMap::new(),
            photos: BTreeSet::new(),
            at_station: BTreeSet::new(),
        };
        for content in contents {
            union.photos.extend(content.photos.keys());
            union.at_station.extend(&content.at_station);
            for (log, journal) in &content.journals {
                union.add(*log, journal);
            }
        }
        union
    }

    fn add(&mut self, log: LogId, journal: &'all Journal) {
        self.journals.entry(log).or_default().push(journal);
        let predecessor = journal.opened.as_ref().and_then(|opened| opened.predecessor.as_ref());
        self.before.extend(predecessor.map(|before| (log, before.log)));
        for distinct in journal.ops.iter().filter_map(distinct) {
            self.said_in.entry(distinct).or_default().insert(log);
        }
        for ((seq, field), seal) in &journal.parts {
            if let Some(distinct) = op_at(journal, *seq).and_then(distinct) {
                self.words.entry((distinct, field.as_str())).or_default().insert(*seal);
            }
        }
    }

    pub(super) fn all_journals(&self) -> impl Iterator<Item = (LogId, &'all Journal)> {
        let all = self.journals.iter();
        all.flat_map(|(log, journals)| journals.iter().map(|journal| (*log, *journal)))
    }

    /// How far a journal goes; 0 when it is not here.
    pub(super) fn length(&self, log: LogId) -> u64 {
        let journals = self.journals.get(&log).into_iter().flatten();
        journals.map(|journal| journal.ops.len() as u64).max().unwrap_or(0)
    }

    /// Where this side holds what the other has at a position.
    pub(super) fn find(&self, log: LogId, seq: u64, op: &OpRecord) -> Place {
        let is_same =
            |own: &&&Journal| op_at(own, seq).is_some_and(|own| own.chain == op.chain && own.bytes == op.bytes);
        if self.journals.get(&log).into_iter().flatten().any(|own| is_same(&own)) {
            return Place::Own;
        }
        if self.is_later(log, op) {
            return Place::Later;
        }
        let is_left = self.journals.keys().any(|later| self.is_behind(*later, log));
        if op.is_about_its_journal && is_left {
            Place::Left
        } else {
            Place::Nowhere
        }
    }

    /// Whether the words of an op of the other side are here: at its position, or wherever the op is held instead.
    pub(super) fn has_words(&self, log: LogId, journal: &Journal, seq: u64, field: &str, seal: Sha256Hash) -> bool {
        let key = (seq, field.to_owned());
        let mut own = self.journals.get(&log).into_iter().flatten();
        if own.any(|own| own.parts.get(&key) == Some(&seal)) {
            return true;
        }
        let Some(op) = op_at(journal, seq) else { return false };
        let Some(distinct) = distinct(op).filter(|_| self.find(log, seq, op) == Place::Later) else {
            return false;
        };
        let seals = self.words.get(&(distinct, field));
        seals.is_some_and(|seals| seals.contains(&seal))
    }

    /// Whether every op of a journal from `from` on stands in a later one too.
    pub(super) fn has_left(&self, log: LogId, from: u64) -> bool {
        let is_followed = self.journals.keys().any(|later| self.is_behind(*later, log));
        let journals = self.journals.get(&log).into_iter().flatten();
        let mut ops = journals
            .flat_map(|journal| (1u64..).zip(&journal.ops))
            .filter(|(seq, _)| *seq >= from);
        is_followed && ops.all(|(_, op)| op.is_about_its_journal || self.is_later(log, op))
    }

    fn is_later(&self, log: LogId, op: &OpRecord) -> bool {
        let said_in = distinct(op).and_then(|distinct| self.said_in.get(&distinct));
        said_in.is_some_and(|logs| logs.iter().any(|later| self.is_behind(*later, log)))
    }

    /// Whether a journal follows another, perhaps with others in between.
    fn is_behind(&self, later: LogId, log: LogId) -> bool {
        let mut at = later;
        // A circle is nobody's succession.
        for _ in 0..self.before.len() {
            match self.before.get(&at) {
                Some(before) if *before == log => return true,
                Some(before) => at = *before,
                None => return false,
            }
        }
        false
    }
}

fn distinct(op: &OpRecord) -> Option<Distinct> {
    op.id.map(|id| (id, op.bytes))
}

fn op_at(journal: &Journal, seq: u64) -> Option<&OpRecord> {
    let before = usize::try_from(seq.checked_sub(1)?).ok()?;
    journal.ops.get(before)
}
