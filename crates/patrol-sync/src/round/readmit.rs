//! A station that does not know this phone: it may have been restored to before the enrolment, so it is shown its own
//! word. If that does not help, the phone is not let in any more; nothing is deleted, and recording goes on.

use patrol_store::DeviceStanding;
use patrol_wire::{ErrorCode, PublicKey, ReadmitRequest};

use super::Round;
use crate::error::SyncError;
use crate::key::known_keys;
use crate::transport::{Transport, TransportError};

impl<T: Transport> Round<'_, T> {
    /// Shows the certificate.
    pub(super) async fn readmit(&self) -> Result<(), SyncError> {
        let station = self.host.store().station()?.ok_or(SyncError::NotEnrolled)?;
        let device_key = self.host.device_key().map_err(SyncError::Key)?;
        let request = ReadmitRequest {
            certificate: serde_json::from_str(&station.certificate).map_err(patrol_store::StoreError::from)?,
            device_key: PublicKey::from_sec1(&device_key).map_err(|error| SyncError::Key(error.to_string()))?,
            keys: known_keys(self.host.store(), &station.key)?,
        };
        match self.transport.readmit(&self.access, &request).await {
            Ok(_) => {
                tracing::warn!("the station did not know this phone and took it in again by its certificate");
                Ok(())
            }
            // 404: a station of before certificates could be shown.
            Err(TransportError::Refused { reply, .. })
                if matches!(reply.code, ErrorCode::Unauthorised | ErrorCode::NotFound) =>
            {
                Err(self.refused()?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Writes down that the station does not let this phone in.
    pub(super) fn refused(&self) -> Result<SyncError, SyncError> {
        self.host.store().record_device_standing(DeviceStanding::Refused)?;
        Ok(SyncError::NotAccepted)
    }
}
