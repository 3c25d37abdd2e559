//! Enrolment: a one-time code turns a phone into a device of a station.
//!
//! `POST /v1/enrol`. The phone makes its secret; the same code with the same secret gets the same answer, so that a lost
//! reply costs nothing, and with another secret nothing at all.

use patrol_domain::{DeviceId, LogId, Sha256Hash, StationId, StationMs};
use serde::{Deserialize, Serialize};

use crate::signature::{PublicKey, Signed, SignedContent};

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
    /// The key that receipts will be checked against; its thumbprint stood in the code.
    pub key: StationKey,
    /// The signed certificate.
    pub certificate: Signed<EnrolmentCertificate>,
    /// Which life of the station's database this is.
    pub epoch: String,
    /// The station's clock as it answers.
    pub server_ms: StationMs,
}
