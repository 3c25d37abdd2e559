//! Enrolment: a one-time code turns a phone into a device of a station.
//!
//! `POST /v1/enrol`. The phone makes its secret; the same code with the same secret gets the same answer, so that a lost
//! reply costs nothing, and with another secret nothing at all.

use patrol_domain::{DeviceId, LogId, Sha256Hash, StationId, StationMs};
use serde::{Deserialize, Serialize};

use crate::signature::{PublicKey, Signed, SignedContent};
use crate::station_key::KeysReply;

/// What the phone sends.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The one-time code.
    pub code: String,
    /// 32 random bytes as 64 hexadecimal digits, made by the phone; the station keeps only their hash.
    pub secret: String,
    /// The device's public key.
    pub device_key: PublicKey,
    /// The phone's journal.
    pub log: LogId,
}

impl std::fmt::Debug for EnrolRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolRequest")
            .field("log", &self.log)
            .finish_non_exhaustive()
    }
}

/// The officer whom the code was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officer {
    /// The officer's number.
    pub number: String,
    /// The officer's name.
    pub name: String,
}

/// A key that the station signs with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationKey {
    /// The key; its id is derived from it.
    pub public: PublicKey,
}

/// The station's word that a device is its own. The phone keeps it, so that a station that was restored to before the
/// enrolment can be shown it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentCertificate {
    /// The station.
    pub station: StationId,
    /// The device.
    pub device: DeviceId,
    /// SHA-256 of the device's public key.
    pub device_key_thumbprint: Sha256Hash,
    /// SHA-256 of the device's secret.
    pub secret_hash: Sha256Hash,
    /// The journal that the device enrolled with.
    pub log: LogId,
    /// The officer's number.
    pub officer: String,
    /// The officer's name, so that a station restored to before the enrolment can show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer_name: Option<String>,
    /// The station's recovery key: what a phone's root key is sealed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_key: Option<PublicKey>,
    /// When, by the station's clock.
    pub station_ms: StationMs,
}

impl SignedContent for EnrolmentCertificate {
    const CONTEXT: [u8; 4] = *b"xge1";
}

/// What the station answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolReply {
    /// The station's name for the phone.
    pub device: DeviceId,
    /// The station.
    pub station: StationId,
    /// What people call the station.
    pub station_name: String,
    /// Whom the code was made for.
    pub officer: Officer,
    /// The key that receipts will be checked against; its thumbprint stood in the code, or a key's that statements tie to it.
    pub key: StationKey,
    /// All keys of the station with the statements that tie them; none from stations of before there could be several.
    #[serde(default, skip_serializing_if = "KeysReply::is_of_one")]
    pub keys: KeysReply,
    /// The signed certificate.
    pub certificate: Signed<EnrolmentCertificate>,
    /// The certificate authority of the station's TLS as hexadecimal DER; its fingerprint stood in the code. None over
    /// plain HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// Which life of the station's database this is.
    pub epoch: String,
    /// The station's clock as it answers.
    pub server_ms: StationMs,
}

/// `POST /v1/officers`, with the phone's usual authorisation: another officer signs in on a shared phone, with a one-time
/// code of their own. The same phone gets the same answer for the same code, so that a lost reply costs nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficerRequest {
    /// The one-time code.
    pub code: String,
}

impl std::fmt::Debug for OfficerRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OfficerRequest(..)")
    }
}

/// Whom the code was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficerReply {
    /// The officer.
    pub officer: Officer,
    /// The station's clock as it answers.
    pub server_ms: StationMs,
}

/// `POST /v1/enrol/certificate`, with the phone's usual authorisation: a phone that a restored station no longer knows
/// shows the certificate that the station once signed for it. Whatever does not fit is 401, like any stranger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadmitRequest {
    /// The certificate as received at enrolment.
    pub certificate: Signed<EnrolmentCertificate>,
    /// The device's public key, whose thumbprint stands in the certificate.
    pub device_key: PublicKey,
    /// The keys of the station that the phone knows, with their statements: the certificate may be by a key that came
    /// after everything that a restored station remembers.
    #[serde(default, skip_serializing_if = "KeysReply::is_of_one")]
    pub keys: KeysReply,
}

/// The station knows the phone again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadmitReply {
    /// Which life of the station's database this is.
    pub epoch: String,
    /// The station's clock as it answers.
    pub server_ms: StationMs,
}

/// `PUT /v1/recovery`: the phone's root key, sealed to the station's recovery key, so that a wiped keystore is not a lost
/// patrol. HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, with
/// `info = "xgk1" ‖ device id as 16 bytes` and no associated data. The station cannot open it without the recovery key's
/// private half, which may be kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryEnvelope {
    /// Which recovery key.
    pub key_id: String,
    /// The encapsulated key, hexadecimal.
    pub enc: String,
    /// The sealed root, hexadecimal.
    pub sealed: String,
}

impl RecoveryEnvelope {
    /// HPKE's `info` for this device: `"xgk1" ‖ device id as 16 bytes`. An envelope of one device does not open as
    /// another's.
    pub fn info(device: DeviceId) -> [u8; 20] {
        let mut info = *b"xgk1________________";
        for (to, from) in info.iter_mut().skip(4).zip(device.as_bytes()) {
            *to = *from;
        }
        info
    }
}
