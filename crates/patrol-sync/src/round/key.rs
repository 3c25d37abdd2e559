//! Whose signature it is: the key that was pinned at the enrolment, or one that it leads to.
//!
//! A receipt by a key that this phone has not heard of ends the try, not the round: the station is asked for its keys, what
//! the believed ones have signed is believed and kept, and everything is compared and sent again. Nothing is lost by
//! that and nothing doubled, because an answer that was not believed has moved no counter.

use patrol_wire::station_journal::{StationOp, StationOpBody, StationOpKind};
use patrol_wire::{Change, ErrorCode, KeyStatement, KeysReply, Signed, SignedContent};

use super::Round;
use crate::error::SyncError;
use crate::key::{believe, believed_keys};
use crate::transport::{Transport, TransportError};

impl<T: Transport> Round<'_, T> {
    /// What was signed, if a believed key has signed it.
    pub(super) fn check<'signed, C: SignedContent>(&self, signed: &'signed Signed<C>) -> Result<&'signed C, SyncError> {
        let key = self.station_keys.iter().find(|key| key.key_id() == signed.key_id);
        let key = key.ok_or_else(|| SyncError::UnknownKey(signed.key_id.clone()))?;
        Ok(signed.verify(key)?)
    }

    /// Asks the station for its keys; says whether one of them is new and believed.
    pub(super) async fn learn_keys(&self) -> Result<bool, SyncError> {
        match self.transport.station_keys(&self.access).await {
            Ok(told) => self.believe_told(&told),
            // A station that has never had another key.
            Err(TransportError::Refused { reply, .. }) if reply.code == ErrorCode::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps what pulled rows say of the station's keys, so that a phone knows a key before it meets it.
    pub(super) fn hear_keys(&self, changes: &[Change]) -> Result<(), SyncError> {
        let bodies = changes.iter().filter_map(|change| change.body.as_ref());
        let statements: Vec<KeyStatement> = bodies.filter_map(statement_in).collect();
        if !statements.is_empty() {
            self.believe_told(&KeysReply {
                keys: Vec::new(),
                statements,
            })?;
        }
        Ok(())
    }

    fn believe_told(&self, told: &KeysReply) -> Result<bool, SyncError> {
        let store = self.host.store();
        let station = store.station()?.ok_or(SyncError::NotEnrolled)?;
        believe(store, station.station, &believed_keys(store, &station.key)?, told)
    }
}

/// The statement in a row that is an op of the station's journal and holds one.
fn statement_in(body: &serde_json::Value) -> Option<KeyStatement> {
    let StationOpBody { h: _, op } = serde_json::from_value(body.clone()).ok()?;
    let bytes = patrol_domain::canonical::encode(&op).ok()?;
    match StationOp::decode(&bytes).ok()?.body {
        StationOpKind::KeySucceeded(statement) => Some(*statement),
        StationOpKind::Opened(_) | StationOpKind::IdConflict(_) | StationOpKind::Unknown { .. } => None,
    }
}
