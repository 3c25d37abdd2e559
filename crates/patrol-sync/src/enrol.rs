//! Enrolment: from a one-time code to a station whose key is pinned.

use patrol_domain::Sha256Hash;
use patrol_domain::hash::{decode_hex_bytes, encode_hex};
use patrol_domain::port::{Randomness, random};
use patrol_store::{EnrolmentAttempt, Store};
use patrol_wire::station_key::tied;
use patrol_wire::{EnrolReply, EnrolRequest, EnrolmentCode, PublicKey};

use crate::error::SyncError;
use crate::key::believe;
use crate::transport::Transport;

/// A station's answer, checked against the code.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// The answer.
    pub reply: EnrolReply,
    /// The secret that goes with it.
    pub secret: String,
    /// The certificate authority that the code named, DER; none over plain HTTP.
    pub authority: Option<Vec<u8>>,
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
    let reply = transport
        .enrol(&code.station_url, &code.authority.into(), &request)
        .await?;
    let named = [&reply.key.public].into_iter().chain(&reply.keys.keys);
    let named = named.into_iter().find(|key| key.thumbprint() == code.key_thumbprint);
    // The code may be older or newer than the key that the station signs with at this moment.
    let believed = tied(named.into_iter().cloned().collect(), reply.station, &reply.keys);
    if !believed.contains(&reply.key.public) {
        return Err(SyncError::StationKey);
    }
    let certificate = reply
        .certificate
        .verify(&reply.key.public)
        .map_err(|_| SyncError::StationKey)?;
    if certificate.device != reply.device || certificate.device_key_thumbprint != request.device_key.thumbprint() {
        return Err(SyncError::StationKey);
    }
    let authority = code
        .authority
        .map(|pinned| pinned_authority(&reply, pinned))
        .transpose()?;
    // What a restored station will have to be shown, should it have forgotten the key that signed the certificate.
    believe(
        store,
        reply.station,
        std::slice::from_ref(&reply.key.public),
        &reply.keys,
    )?;
    Ok(Enrolled {
        reply,
        secret,
        authority,
    })
}

/// The authority in the answer, when it is the one that the code named.
fn pinned_authority(reply: &EnrolReply, pinned: Sha256Hash) -> Result<Vec<u8>, SyncError> {
    let der = reply.authority.as_deref().and_then(decode_hex_bytes);
    der.filter(|der| Sha256Hash::of(der) == pinned)
        .ok_or(SyncError::StationKey)
}
