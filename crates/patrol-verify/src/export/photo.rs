//! Originals: their hashes are their names, and ops name them.

use patrol_domain::Sha256Hash;
use patrol_wire::export::Exporter;

use super::Reading;
use crate::absence::Absence;
use crate::failure::Failure;

impl Reading<'_> {
    pub(super) fn read_photo(&mut self, named: Sha256Hash, found: Sha256Hash, bytes: u64) {
        if named != found {
            self.fail(Failure::PhotoChanged { sha256: named });
        } else if self.content.photos.insert(named, bytes).is_some() {
            self.fail(Failure::PhotoTwice { sha256: named });
        }
    }

    pub(super) fn settle_photos(&mut self, read_to_the_end: bool) {
        let mut failures = Vec::new();
        for (sha256, bytes) in &self.content.photos {
            match self.content.named.get(sha256) {
                None => failures.push(Failure::PhotoUnnamed { sha256: *sha256 }),
                Some(lengths) if !lengths.contains(bytes) => failures.push(Failure::PhotoLength { sha256: *sha256 }),
                Some(_) => {}
            }
        }
        for (sha256, lengths) in &self.photo_receipts {
            match self.content.named.get(sha256) {
                None => failures.push(Failure::PhotoReceiptUnnamed { sha256: *sha256 }),
                Some(named) if !lengths.is_subset(named) => {
                    failures.push(Failure::PhotoReceiptLength { sha256: *sha256 });
                }
                Some(_) => {}
            }
        }
        self.failures.extend(failures);
        if read_to_the_end {
            self.settle_missing();
        }
    }

    /// An original that is named and not here: told apart from one that was taken out.
    fn settle_missing(&mut self) {
        let exporter = self.manifest.as_ref().map(|manifest| manifest.exporter);
        let named: Vec<Sha256Hash> = self.content.named.keys().copied().collect();
        for sha256 in named {
            let changed = Failure::PhotoChanged { sha256 };
            if self.content.photos.contains_key(&sha256) || self.failures.contains(&changed) {
                continue;
            }
            let is_receipted = self.photo_receipts.contains_key(&sha256);
            let is_lost = self.content.given_up.contains(&sha256);
            if is_receipted && exporter == Some(Exporter::Phone) {
                self.content.at_station.insert(sha256);
            }
            match (exporter, is_receipted, is_lost) {
                (Some(Exporter::Station), true, _) => self.fail(Failure::PhotoMissing { sha256 }),
                (_, _, true) => {
                    self.absences.insert(Absence::PhotoLost { sha256 });
                }
                (Some(Exporter::Station), false, false) => {
                    self.absences.insert(Absence::PhotoNotArrived { sha256 });
                }
                (_, true, false) => {
                    self.absences.insert(Absence::PhotoAtStation { sha256 });
                }
                (_, false, false) => self.fail(Failure::PhotoMissing { sha256 }),
            }
        }
    }
}
