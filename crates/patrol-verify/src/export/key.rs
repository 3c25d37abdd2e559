//! The station's keys: those that the reader believes, and those that signed statements tie to them.

use patrol_wire::export::Manifest;
use patrol_wire::station_key;
use patrol_wire::{KeysReply, PublicKey};

use super::Reading;
use crate::failure::{Failure, StationFailure};

/// The believed keys, those that came after them, and those that came before: a key that was believed has vouched for both.
pub(super) fn tied(believed: Vec<PublicKey>, manifest: &Manifest) -> Vec<PublicKey> {
    let Some(station) = manifest.station else {
        return believed;
    };
    let told = KeysReply {
        keys: manifest.station_keys.clone(),
        statements: manifest.key_statements.clone(),
    };
    station_key::tied(believed, station, &told)
}

impl Reading<'_> {
    /// Several keys of one station must follow from each other: one that nothing ties to the others was put in.
    pub(super) fn settle_key_statements(&mut self, manifest: &Manifest) {
        let keys = &manifest.station_keys;
        for statement in &manifest.key_statements {
            if !keys.iter().any(|key| statement.verify(key).is_ok()) {
                let key = statement.by_old.content.key.thumbprint();
                self.fail(Failure::Station(StationFailure::KeyStatement { key }));
            }
        }
        let Some(first) = keys.last() else { return };
        let whole = tied(vec![first.clone()], manifest);
        for key in keys.iter().filter(|key| !whole.contains(key)) {
            let key = key.thumbprint();
            self.fail(Failure::Station(StationFailure::KeyChain { key }));
        }
    }
}
