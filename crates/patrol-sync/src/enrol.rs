//! Enrolment: from a one-time code to a station whose key is pinned.

use patrol_domain::hash::encode_hex;
use patrol_domain::port::{Randomness, random};
use patrol_store::{EnrolmentAttempt, Store};
use patrol_wire::{EnrolReply, EnrolRequest, EnrolmentCode, PublicKey};

use crate::error::SyncError;
use crate::transport::Transport;

/// A station's answer, checked against the code.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// The answer.
    pub reply: EnrolReply,
    /// The secret that goes with it.
    pub secret: String,
}

/// Asks the station in `code` to take this phone. The secret is durable before it is sent, so that the same code can be
/// asked again after a lost reply.
///
/// # Errors
/// [`SyncError`]; the phone is then not enrolled and may try the same code again.
pub async fn enrol<T: Transport>(
    transport: &T,
    store: &Store,
    randomness: &dyn Randomness,
    code: &EnrolmentCode,
    device_key: &[u8],
) -> Result<Enrolled, SyncError> {
    let fresh = EnrolmentAttempt {
        code: code.code.clone(),
        secret: encode_hex(&random::<32>(randomness)),
    };
    let EnrolmentAttempt {
        code: code_text,
        secret,
    } = store.enrolment_attempt(&code.code, fresh)?;
    let journal = store.journal()?.ok_or(patrol_store::StoreError::NoJournal)?;
    let device_key = PublicKey::from_sec1(device_key).map_err(|error| SyncError::Key(error.to_string()))?;
    let request = EnrolRequest {
        code: code_text,
        secret: secret.clone(),
        device_key,
        log: journal.log,
    };
    let reply = transport.enrol(&code.station_url, &request).await?;
    if reply.key.public.thumbprint() != code.key_thumbprint {
        return Err(SyncError::StationKey);
    }
    let certificate = reply
        .certificate
        .verify(&reply.key.public)
        .map_err(|_| SyncError::StationKey)?;
    if certificate.device != reply.device || certificate.device_key_thumbprint != request.device_key.thumbprint() {
        return Err(SyncError::StationKey);
    }
    Ok(Enrolled { reply, secret })
}
