//! Ops about the journal itself and about who writes it.

use serde::{Deserialize, Serialize};

use crate::chain::Seq;
use crate::hash::Sha256Hash;
use crate::id::{LogId, PersonId, StationId};
use crate::seal::Sealed;

/// Why a journal was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenReason {
    /// A new install.
    First,
    /// The database turned out to be a copy of another phone's.
    Copy,
    /// The database turned out to be older than what had left the phone.
    Rollback,
    /// The station holds another op at one of our positions.
    Fork,
    /// A damaged database was set aside.
    Salvage,
    /// The device key was lost.
    Key,
    /// The phone now belongs to another station.
    Station,
}

/// The journal before this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predecessor {
    /// Its id.
    pub log: LogId,
    /// How far this phone knew it.
    pub seq: Seq,
    /// The chain's value there.
    pub h: Sha256Hash,
}

/// The first op of every journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogOpened {
    /// SHA-256 of the device's public key (SEC 1, uncompressed point).
    pub device_key_thumbprint: Sha256Hash,
    /// Name and version of the program.
    pub app: String,
    /// The station, when the phone already knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<StationId>,
    /// Why.
    pub reason: OpenReason,
    /// The journal before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<Predecessor>,
}

/// A person made on the phone is this officer of the station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonBound {
    /// The person as ops name them.
    pub local: PersonId,
    /// The officer's number at the station.
    pub officer: String,
    /// The officer's name, sealed.
    pub name: Sealed,
}

/// Ops of an earlier journal follow, byte-identical and in order. Those that a later journal already has and those about
/// the journal itself (`log_opened`, `adopted`) are left out. A reader who knows them already stores them and applies nothing twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// Whose ops.
    pub log: LogId,
    /// The first position that is taken over.
    pub from_seq: Seq,
    /// The last position that is taken over.
    pub to_seq: Seq,
}
