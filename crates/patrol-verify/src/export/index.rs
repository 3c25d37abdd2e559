//! The index of all files, and the exporter's signature over it.

use std::collections::BTreeMap;

use patrol_domain::Sha256Hash;
use patrol_wire::export::{Exporter, IndexSeal};
use patrol_wire::signature::SignatureError;
use patrol_wire::{PublicKey, Signed};

use super::{Reading, is_as_written};
use crate::failure::Failure;

impl Reading<'_> {
    pub(super) fn read_seal(&mut self, bytes: &[u8]) {
        match serde_json::from_slice::<Signed<IndexSeal>>(bytes) {
            // The seal itself stands in no index: another spelling of the same words is a change too.
            Ok(seal) if is_as_written(&seal, bytes) => self.seal = Some(seal),
            _ => self.fail(Failure::SealForged),
        }
    }

    /// Compares what came with the index, and the index with its signature.
    pub(super) fn settle_index(&mut self, read_to_the_end: bool) {
        let Some(index) = self.index.take() else {
            if read_to_the_end {
                self.fail(Failure::IndexMissing);
            }
            return;
        };
        self.settle_seal(&index, read_to_the_end);
        let listed = self.read_index(&index);
        let mut missing: BTreeMap<Sha256Hash, &String> = BTreeMap::new();
        let mut failures = Vec::new();
        for (name, sha256) in &listed {
            match self.files.get(name) {
                Some(found) if found == sha256 => {}
                Some(_) => failures.push(Failure::FileChanged { name: name.clone() }),
                None => {
                    missing.insert(*sha256, name);
                }
            }
        }
        for (name, sha256) in self.files.iter().filter(|(name, _)| !listed.contains_key(*name)) {
            let name = name.clone();
            failures.push(match missing.remove(sha256) {
                Some(was) => Failure::FileRenamed { name, was: was.clone() },
                None => Failure::FileExtra { name },
            });
        }
        if read_to_the_end {
            failures.extend(
                missing
                    .into_values()
                    .map(|name| Failure::FileMissing { name: name.clone() }),
            );
        }
        self.failures.extend(failures);
    }

    fn settle_seal(&mut self, index: &[u8], read_to_the_end: bool) {
        let Some(seal) = self.seal.take() else {
            if read_to_the_end && !self.failures.contains(&Failure::SealForged) {
                self.fail(Failure::SealMissing);
            }
            return;
        };
        let Some(key) = self.manifest.as_ref().map(|manifest| manifest.key.clone()) else {
            return;
        };
        match seal.verify(&key) {
            Ok(seal) if seal.index == Sha256Hash::of(index) => {}
            Ok(_) => self.fail(Failure::IndexChanged),
            Err(SignatureError::OtherKey { .. }) => self.fail(Failure::SealKey),
            Err(_) => self.fail(Failure::SealForged),
        }
    }

    fn read_index(&mut self, bytes: &[u8]) -> BTreeMap<String, Sha256Hash> {
        let mut listed = BTreeMap::new();
        let text = String::from_utf8_lossy(bytes);
        for (position, line) in text.lines().enumerate() {
            let entry = line
                .split_once("  ")
                .and_then(|(hash, name)| Some((hash.parse().ok()?, name)));
            let is_new = entry.is_some_and(|(hash, name)| listed.insert(name.to_owned(), hash).is_none());
            if !is_new {
                self.fail(Failure::IndexMalformed { line: position + 1 });
            }
        }
        listed
    }

    /// A phone signs with a key that one of its journals names, a station with its own.
    pub(super) fn settle_exporter(&mut self) {
        let Some(manifest) = &self.manifest else { return };
        let is_of = |key: &PublicKey| *key == manifest.key;
        let thumbprint = manifest.key.thumbprint();
        let is_known = match manifest.exporter {
            Exporter::Station => self.station_keys.iter().any(is_of),
            Exporter::Phone => {
                let mut opened = self
                    .content
                    .journals
                    .values()
                    .filter_map(|journal| journal.opened.as_ref());
                manifest.devices.iter().any(|device| is_of(&device.key))
                    && opened.any(|opened| opened.device_key_thumbprint == thumbprint)
            }
        };
        if !is_known {
            self.fail(Failure::ExporterKey);
        }
    }
}
