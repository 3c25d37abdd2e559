//! Where ops were changed, dropped, put in or moved, told from the chain's value beside each.
//!
//! An op *fits* a position when it leads from the value in front of it to the value there; so an op that was left alone
//! shows where it belongs even when its neighbours are gone.

use std::collections::BTreeSet;

use patrol_domain::{Head, LogId, Seq, Sha256Hash};

use crate::failure::Failure;

/// How far from where it is expected an op is looked for.
const REACH: usize = 64;

/// A run of ops and the chain that belongs to it.
pub(super) struct Run<'run> {
    pub log: LogId,
    /// The first position.
    pub first: u64,
    /// The chain in front of it; `None` when what stands there is missing.
    pub before: Option<Sha256Hash>,
    /// The chain's values from `first` on.
    pub chain: &'run [Sha256Hash],
    pub ops: &'run [&'run [u8]],
}

impl Run<'_> {
    /// What is wrong with the run; nothing when each op fits its place.
    pub(super) fn failures(&self) -> Vec<Failure> {
        let places = self.places();
        let in_order = places.iter().enumerate().all(|(at, place)| *place == Some(at));
        if in_order && places.len() == self.chain.len() {
            return Vec::new();
        }
        self.explain(&places)
    }

    fn hash_before(&self, place: usize) -> Option<Sha256Hash> {
        match place.checked_sub(1) {
            None => self.before,
            Some(before) => self.chain.get(before).copied(),
        }
    }

    fn fits(&self, op: &[u8], place: usize) -> bool {
        let Some(stored) = self.chain.get(place) else {
            return false;
        };
        let Some(hash) = self.hash_before(place) else {
            // What stands in front is gone: the first op behind a hole is taken at its word.
            return true;
        };
        let seq = Seq((self.first + place as u64).saturating_sub(1));
        Head { seq, hash }.extend(op).hash == *stored
    }

    /// For each op the place that it was chained at.
    fn places(&self) -> Vec<Option<usize>> {
        let mut expected = 0usize;
        let place_of = |(at, op): (usize, &&[u8])| {
            let near = (expected.saturating_sub(REACH)..expected + REACH).filter(|place| *place != expected);
            let place = std::iter::once(expected)
                .chain(std::iter::once(at))
                .chain(near)
                .find(|place| self.fits(op, *place));
            expected = place.unwrap_or(expected) + 1;
            place
        };
        self.ops.iter().enumerate().map(place_of).collect()
    }

    fn explain(&self, places: &[Option<usize>]) -> Vec<Failure> {
        let covered: BTreeSet<usize> = places.iter().flatten().copied().collect();
        let mut failures = Vec::new();
        let mut aliens: Vec<&[u8]> = Vec::new();
        let mut next = 0;
        for (op, place) in self.ops.iter().zip(places) {
            match place {
                None => aliens.push(op),
                Some(place) if *place < next => {
                    let seq = self.first + *place as u64;
                    let is_second = places.iter().flatten().filter(|other| *other == place).count() > 1;
                    failures.push(if is_second {
                        Failure::OpInserted {
                            log: self.log,
                            after: (self.first + next as u64).saturating_sub(1),
                        }
                    } else {
                        Failure::OpMoved { log: self.log, seq }
                    });
                }
                Some(place) => {
                    let gap: Vec<usize> = (next..*place).filter(|one| !covered.contains(one)).collect();
                    self.explain_gap(next, &gap, &aliens, &mut failures);
                    aliens.clear();
                    next = place + 1;
                }
            }
        }
        let gap: Vec<usize> = (next..self.chain.len()).filter(|one| !covered.contains(one)).collect();
        self.explain_gap(next, &gap, &aliens, &mut failures);
        failures
    }

    /// Positions without an op beside ops without a position.
    fn explain_gap(&self, next: usize, gap: &[usize], aliens: &[&[u8]], failures: &mut Vec<Failure>) {
        let log = self.log;
        let seq = |place: &usize| self.first + *place as u64;
        if let ([first, .., last], Some(hash)) = (gap, self.hash_before(next))
            && gap.len() == aliens.len()
        {
            let before = Head {
                seq: Seq(seq(first).saturating_sub(1)),
                hash,
            };
            let through = aliens.iter().fold(before, |head, op| head.extend(op));
            if self.chain.get(*last) == Some(&through.hash) {
                failures.push(Failure::ChainChanged { log, seq: seq(first) });
                return;
            }
        }
        let pairs = gap.len().min(aliens.len());
        failures.extend(
            gap.iter()
                .take(pairs)
                .map(|place| Failure::OpChanged { log, seq: seq(place) }),
        );
        let mut gone = gap.iter().skip(pairs).map(seq).peekable();
        while let Some(from) = gone.next() {
            let mut to = from;
            while gone.peek() == Some(&(to + 1)) {
                to += 1;
                gone.next();
            }
            failures.push(Failure::OpMissing { log, from, to });
        }
        if aliens.len() > pairs {
            let after = gap.last().map_or(next, |last| last + 1);
            failures.push(Failure::OpInserted {
                log,
                after: (self.first + after as u64).saturating_sub(1),
            });
        }
    }
}
