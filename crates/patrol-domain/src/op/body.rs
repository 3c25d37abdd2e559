//! What an op can say. Fields are only added and never change their meaning; a retired kind's name is not used again.

use serde::{Deserialize, Serialize};

use crate::chain::Seq;
use crate::fix::Fix;
use crate::hash::Sha256Hash;
use crate::id::{LogId, PersonId, StationId};
use crate::plate::{Plate, PlateKind};
use crate::seal::Sealed;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// `log_opened`: the first op of every journal.
    LogOpened(LogOpened),
    /// `person_bound`: a person made on the phone is this officer of the station.
    PersonBound(PersonBound),
    /// `case_opened`: an officer recorded a matter.
    CaseOpened(CaseOpened),
    /// `original_damaged`: an original on the phone no longer has the bytes that were recorded.
    OriginalDamaged(OriginalDamaged),
    /// `original_lost`: an original is no longer on the phone.
    OriginalLost(OriginalLost),
    /// A kind, or a later version of a kind, that this build does not know. Its bytes are kept.
    Unknown {
        /// The kind as written.
        kind: String,
        /// The schema version as written.
        sv: i64,
    },
}

impl Body {
    /// The name under which this body is written.
    pub fn kind(&self) -> &str {
        match self {
            Self::LogOpened(_) => "log_opened",
            Self::PersonBound(_) => "person_bound",
            Self::CaseOpened(_) => "case_opened",
            Self::OriginalDamaged(_) => "original_damaged",
            Self::OriginalLost(_) => "original_lost",
            Self::Unknown { kind, .. } => kind,
        }
    }

    /// The personal fields that this body seals, by name: a part of that name belongs beside the op.
    pub fn sealed(&self) -> Vec<(&'static str, Sealed)> {
        match self {
            Self::CaseOpened(body) => body.note.into_iter().map(|sealed| ("note", sealed)).collect(),
            Self::PersonBound(body) => vec![("name", body.name)],
            Self::LogOpened(_) | Self::OriginalDamaged(_) | Self::OriginalLost(_) | Self::Unknown { .. } => Vec::new(),
        }
    }
}

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

/// The version of a pack that a record was made under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackVersion {
    /// Which pack.
    pub name: String,
    /// Which version of it.
    pub version: String,
}

/// Where, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// A point with its provenance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// The community's 12-digit code (GB/T 10114, the district's 6 digits in front).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// The street's id in the district pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
}

/// A plate as recorded: the text that was checked and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlateRecord {
    /// Normalised text.
    pub text: String,
    /// What the text was taken for when it was recorded.
    pub kind: PlateKind,
}

impl From<&Plate> for PlateRecord {
    fn from(plate: &Plate) -> Self {
        Self {
            text: plate.text().to_owned(),
            kind: plate.kind(),
        }
    }
}

/// An officer recorded a matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseOpened {
    /// The number that the phone shows for it, unique on this phone.
    pub number: String,
    /// The matter's code in the catalogue.
    pub matter: String,
    /// The catalogue that the code was taken from.
    pub pack: PackVersion,
    /// The vehicle, if one is concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<PlateRecord>,
    /// Where.
    #[serde(default)]
    pub place: Place,
    /// The officer's words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
}

/// An original on the phone no longer has the bytes that were recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalDamaged {
    /// The hash that was recorded.
    pub sha256: Sha256Hash,
}

/// An original is no longer on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalLost {
    /// The hash that was recorded.
    pub sha256: Sha256Hash,
}
