//! Giving the station the phone's root key, sealed to its recovery key: a wiped keystore is then not a lost patrol.

use patrol_domain::hash::encode_hex;
use patrol_wire::{ErrorCode, PublicKey, RecoveryEnvelope};

use super::Round;
use crate::error::SyncError;
use crate::transport::{Transport, TransportError};

/// What the sealed root is bound to: `"xgk1" ‖ device id as 16 bytes`.
const CONTEXT: &[u8; 4] = b"xgk1";

impl<T: Transport> Round<'_, T> {
    /// Sends the sealed root once; again after the station was restored.
    pub(super) async fn send_recovery(&self) -> Result<(), SyncError> {
        let store = self.host.store();
        if !store.recovery_waits()? {
            return Ok(());
        }
        let Some(recovery_key) = store.station()?.and_then(|station| station.recovery_key) else {
            return Ok(());
        };
        let info = [CONTEXT.as_slice(), self.access.device.as_bytes()].concat();
        let sealed = self.host.seal_root(&recovery_key, &info).map_err(SyncError::Key)?;
        let envelope = RecoveryEnvelope {
            key_id: PublicKey::from_sec1(&recovery_key)?.key_id(),
            enc: encode_hex(&sealed.enc),
            sealed: encode_hex(&sealed.sealed),
        };
        match self.transport.put_recovery(&self.access, &envelope).await {
            Ok(()) => Ok(store.record_recovery(true)?),
            // A station that takes none (any more) keeps nothing else back.
            Err(TransportError::Refused { reply, .. })
                if matches!(reply.code, ErrorCode::NotFound | ErrorCode::Retired) =>
            {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}
