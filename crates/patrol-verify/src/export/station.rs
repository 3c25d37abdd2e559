//! The journals of the station's own: their chains, their order, the station's word on their heads, and whether they speak
//! of the ops that are here.

use std::collections::BTreeMap;

use patrol_domain::{Head, LogId, OpId, Seq, Sha256Hash};
use patrol_wire::Signed;
use patrol_wire::station_journal::{IdConflict, OpPlace, StationHead, StationLogOpened, StationOp, StationOpKind};

use super::locate::Run;
use super::receipt::{Signature, check};
use super::{Reading, is_as_written};
use crate::failure::{Failure, StationFailure};

/// A journal of the station's own.
#[derive(Debug, Default)]
pub(super) struct StationJournal {
    /// The chain's values from position 1 on.
    chain: Vec<Sha256Hash>,
    opened: Vec<(u64, StationLogOpened)>,
    conflicts: Vec<(u64, IdConflict)>,
    head: Option<Signed<StationHead>>,
    /// Its ops do not fit its chain: that has been said, and nothing more can be told from them.
    is_broken: bool,
}

impl StationJournal {
    fn head(&self, log: LogId) -> Head {
        Head {
            seq: Seq(self.chain.len() as u64),
            hash: self.chain.last().copied().unwrap_or(Head::start(log).hash),
        }
    }

    fn note(&mut self, seq: u64, op: StationOp) {
        match op.body {
            StationOpKind::Opened(opened) => self.opened.push((seq, opened)),
            StationOpKind::IdConflict(conflict) => self.conflicts.push((seq, conflict)),
            StationOpKind::KeySucceeded(_) | StationOpKind::Unknown { .. } => {}
        }
    }
}

impl Reading<'_> {
    pub(super) fn read_station_ops(&mut self, name: &str, log: LogId, first: u64, bytes: &[u8]) {
        let malformed = Failure::OpsMalformed { name: name.to_owned() };
        let Some(chain) = self.take_chain(log, first) else {
            self.fail(malformed);
            return;
        };
        let journal = self.station_journals.entry(log).or_default();
        let before = journal.head(log);
        let lines: Vec<&[u8]> = bytes
            .strip_suffix(b"\n")
            .map_or(Vec::new(), |text| text.split(|byte| *byte == b'\n').collect());
        let ops: Vec<&[u8]> = lines.iter().filter_map(|line| line.strip_prefix(b"o")).collect();
        if ops.len() != lines.len() || lines.is_empty() || first != before.seq.0 + 1 {
            self.fail(malformed);
            return;
        }
        let run = Run {
            log,
            first,
            before: Some(before.hash),
            chain: &chain,
            ops: &ops,
        };
        let failures = run.failures();
        let is_untouched = failures.is_empty();
        self.failures.extend(failures);
        let mut unreadable = Vec::new();
        let journal = self.station_journals.entry(log).or_default();
        journal.chain.extend(chain);
        journal.is_broken |= !is_untouched;
        for (op, seq) in ops.iter().zip(first..).filter(|_| is_untouched) {
            match StationOp::decode(op) {
                Ok(op) => journal.note(seq, op),
                Err(_) => unreadable.push(StationFailure::OpMalformed { log, seq }),
            }
        }
        self.failures.extend(unreadable.into_iter().map(Failure::Station));
    }

    pub(super) fn read_station_head(&mut self, log: LogId, bytes: &[u8]) {
        match serde_json::from_slice::<Signed<StationHead>>(bytes) {
            Ok(head) if head.content.log == log && is_as_written(&head, bytes) => {
                self.station_journals.entry(log).or_default().head = Some(head);
            }
            _ => {
                self.station_journals.entry(log).or_default();
                self.fail(Failure::Station(StationFailure::HeadMalformed { log }));
            }
        }
    }

    /// What the manifest, the heads and the journals themselves say of each other.
    pub(super) fn settle_station(&mut self) {
        let journals = std::mem::take(&mut self.station_journals);
        self.settle_station_manifest(&journals);
        for (log, journal) in &journals {
            let failures = [
                self.head_failure(*log, journal),
                self.opening_failure(*log, journal),
                self.predecessor_failure(*log, journal, &journals),
            ];
            self.failures
                .extend(failures.into_iter().flatten().map(Failure::Station));
            for (seq, conflict) in &journal.conflicts {
                let IdConflict { op, stands, set_aside } = conflict;
                if !self.is_there(*op, stands) || !self.is_there(*op, set_aside) {
                    self.fail(Failure::Station(StationFailure::Conflict { log: *log, seq: *seq }));
                }
            }
        }
    }

    fn settle_station_manifest(&mut self, journals: &BTreeMap<LogId, StationJournal>) {
        let Some(manifest) = &self.manifest else { return };
        let mut failures = Vec::new();
        for listed in &manifest.station_logs {
            let log = listed.log;
            match journals.get(&log) {
                None => failures.push(Failure::LogMissing { log }),
                Some(journal) if journal.head(log) != listed.head => failures.push(Failure::LogHead { log }),
                Some(_) => {}
            }
        }
        let is_listed = |log: &LogId| manifest.station_logs.iter().any(|listed| listed.log == *log);
        let unlisted = journals.keys().filter(|log| !is_listed(log));
        failures.extend(unlisted.map(|log| Failure::LogUnlisted { log: *log }));
        self.failures.extend(failures);
    }

    fn head_failure(&self, log: LogId, journal: &StationJournal) -> Option<StationFailure> {
        let malformed = Failure::Station(StationFailure::HeadMalformed { log });
        let Some(signed) = &journal.head else {
            // That it cannot be read has been said.
            return (!self.failures.contains(&malformed)).then_some(StationFailure::HeadMissing { log });
        };
        match check(signed, &self.station_keys) {
            Signature::Forged => Some(StationFailure::HeadForged { log }),
            Signature::OtherKey => Some(StationFailure::HeadKey { log }),
            Signature::Ours if signed.content.at() != journal.head(log) => Some(StationFailure::HeadOther { log }),
            Signature::Ours => None,
        }
    }

    fn opening_failure(&self, log: LogId, journal: &StationJournal) -> Option<StationFailure> {
        let station = self.manifest.as_ref().and_then(|manifest| manifest.station);
        let is_ours = match journal.opened.as_slice() {
            [(1, opened)] => Some(opened.station) == station,
            _ => journal.is_broken,
        };
        (!is_ours).then_some(StationFailure::Opening { log })
    }

    /// The oldest journal follows none; each other one follows the one before it, from its very end.
    fn predecessor_failure(
        &self,
        log: LogId,
        journal: &StationJournal,
        journals: &BTreeMap<LogId, StationJournal>,
    ) -> Option<StationFailure> {
        let manifest = self.manifest.as_ref()?;
        let place = manifest.station_logs.iter().position(|listed| listed.log == log)?;
        let (_, opened) = journal.opened.first()?;
        let before = place
            .checked_sub(1)
            .and_then(|before| manifest.station_logs.get(before))
            .and_then(|before| Some((before.log, journals.get(&before.log)?.head(before.log))));
        let named = opened.predecessor.as_ref().map(|named| {
            let (seq, hash) = (named.seq, named.h);
            (named.log, Head { seq, hash })
        });
        (before != named).then_some(StationFailure::Predecessor { log })
    }

    /// Whether an op stands where the station says; of a journal that is not here nobody can tell.
    fn is_there(&self, id: OpId, place: &OpPlace) -> bool {
        let Some(journal) = self.content.journals.get(&place.log) else {
            return true;
        };
        let at = place.seq.0.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| journal.ops.get(at))
            .is_some_and(|op| op.bytes == place.sha256 && op.id == Some(id))
    }
}
