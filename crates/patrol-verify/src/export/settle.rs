//! What can only be told once every file has been seen.

use std::collections::BTreeSet;

use patrol_domain::LogId;
use patrol_domain::op::OpenReason;

use super::{Counts, Reading, Report};
use crate::absence::Absence;
use crate::failure::Failure;

impl Reading<'_> {
    pub(super) fn settle(mut self, read_to_the_end: bool) -> Report {
        let receipts = self.signed_for.len();
        self.settle_chain();
        self.settle_index(read_to_the_end);
        // Of a file that breaks off nobody can say what else it would have held.
        if read_to_the_end {
            self.settle_manifest();
            self.settle_exporter();
            self.settle_certificates();
            self.settle_receipts();
            self.settle_heads();
            self.settle_station();
        }
        self.settle_photos(read_to_the_end);
        self.settle_adopted();
        self.settle_salvaged();
        let content = self.content;
        let counts = Counts {
            journals: content.journals.len(),
            ops: content.journals.values().map(|journal| journal.ops.len()).sum(),
            distinct_ops: content.distinct_ops(),
            parts: content.journals.values().map(|journal| journal.parts.len()).sum(),
            photos: content.photos.len(),
            photo_bytes: content.photos.values().sum(),
            receipts,
            photo_receipts: self.photo_receipt_count,
        };
        Report {
            exporter: self.manifest.as_ref().map(|manifest| manifest.exporter),
            station: self.manifest.as_ref().and_then(|manifest| manifest.station),
            is_anchored: !self.trusted.is_empty(),
            counts,
            failures: self.failures.into_iter().collect(),
            absences: self.absences.into_iter().collect(),
            content,
            manifest: self.manifest,
            signed_heads: self.signed_heads,
        }
    }

    /// Holes in a journal that a salvage has ended are no tampering.
    fn settle_salvaged(&mut self) {
        let opened = self
            .content
            .journals
            .values()
            .filter_map(|journal| journal.opened.as_ref());
        let salvaged: BTreeSet<LogId> = opened
            .filter(|opened| opened.reason == OpenReason::Salvage)
            .filter_map(|opened| opened.predecessor.as_ref().map(|predecessor| predecessor.log))
            .collect();
        let (lost, failures) = std::mem::take(&mut self.failures)
            .into_iter()
            .partition(|failure| matches!(failure, Failure::OpMissing { log, .. } if salvaged.contains(log)));
        self.failures = failures;
        let lost: BTreeSet<Failure> = lost;
        self.absences
            .extend(lost.into_iter().filter_map(|failure| match failure {
                Failure::OpMissing { log, from, to } => Some(Absence::OpsLost { log, from, to }),
                _ => None,
            }));
    }

    /// The manifest says how far each journal goes.
    fn settle_manifest(&mut self) {
        let Some(manifest) = &self.manifest else { return };
        let mut failures = Vec::new();
        let mut listed: BTreeSet<LogId> = BTreeSet::new();
        for entry in &manifest.logs {
            let log = entry.log;
            if !listed.insert(log) {
                failures.push(Failure::LogTwice { log });
                continue;
            }
            match self.content.journals.get(&log) {
                None if entry.head.seq.0 > 0 => failures.push(Failure::LogMissing { log }),
                Some(journal) if journal.head(log) != entry.head => failures.push(Failure::LogHead { log }),
                _ => {}
            }
        }
        let unlisted = self.content.journals.keys().filter(|log| !listed.contains(log));
        failures.extend(unlisted.map(|log| Failure::LogUnlisted { log: *log }));
        self.failures.extend(failures);
    }
}
