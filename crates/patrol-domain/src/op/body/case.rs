//! Ops about a case: opened, photographed, acted upon, amended, voided.

use serde::{Deserialize, Serialize};

use crate::fix::Fix;
use crate::hash::Sha256Hash;
use crate::photo::PhotoRef;
use crate::plate::{Plate, PlateKind};
use crate::seal::Sealed;

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
    /// Where the officer put the pin by hand; the fix stays beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Fix>,
    /// The community's 12-digit code (GB/T 10114, the district's 6 digits in front).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// The street's id in the district pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
}

impl Place {
    /// The point that counts: the officer's pin if there is one, else the fix.
    pub fn point(&self) -> Option<Fix> {
        self.pin.or(self.fix)
    }
}

/// How long lay between two photos of a vehicle that stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// The earlier photo.
    pub first: Sha256Hash,
    /// The later photo.
    pub second: Sha256Hash,
    /// By the clock that runs through suspend, in milliseconds; absent when the phone was restarted in between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_ms: Option<i64>,
    /// By the wall clock, in milliseconds, whatever was done to it.
    pub wall_ms: i64,
    /// By how much the wall clock was changed in between, in milliseconds; 0 also when a restart hides it.
    pub wall_changed_ms: i64,
    /// Whether both photos were taken within one boot.
    pub is_same_boot: bool,
}

impl Interval {
    /// The interval between two photos; `None` unless this phone's camera took both.
    pub fn between(first: &PhotoRef, second: &PhotoRef) -> Option<Self> {
        let (one, other) = (first.shot?, second.shot?);
        let boot_ms = one.boot_until(&other);
        Some(Self {
            first: first.sha256,
            second: second.sha256,
            boot_ms,
            wall_ms: one.wall_until(&other),
            wall_changed_ms: one.changed_until(&other).unwrap_or(0),
            is_same_boot: boot_ms.is_some(),
        })
    }
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
    /// The answers to the matter's form, sealed: a JSON object in canonical form, field name to answer. An answer is text, a
    /// whole number, true or false, or a list of texts; a number with a fraction is its decimal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Sealed>,
    /// How long lay between the two photos that the matter's rule asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
}

/// More photos of a case; the photos stand in the op itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoAdded {}

/// What an officer did about a matter. Names are those of daily orders, not of a procedure's documents: a step is a fact,
/// and whether a document was lawful is decided elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Step {
    /// 口头劝导: spoken to.
    Advised,
    /// 张贴告知单: a notice was put on the vehicle or the door.
    NoticePosted,
    /// 责令改正: ordered to put it right.
    CorrectionOrdered,
    /// 当场改正: put right on the spot. Concludes.
    Corrected,
    /// 自行离开: the vehicle or stall left by itself. Concludes.
    Left,
    /// 现场清理: cleared away by the officers. Concludes.
    Cleared,
    /// 移交: handed over to whoever is in charge. Concludes.
    HandedOver,
    /// 复发: it is there again.
    Recurred,
}

impl Step {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Advised,
        Self::NoticePosted,
        Self::CorrectionOrdered,
        Self::Corrected,
        Self::Left,
        Self::Cleared,
        Self::HandedOver,
        Self::Recurred,
    ];

    /// Whether nothing is left to be done on the spot.
    pub const fn concludes(self) -> bool {
        matches!(self, Self::Corrected | Self::Left | Self::Cleared | Self::HandedOver)
    }
}

/// An officer did something about the matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTaken {
    /// What.
    pub step: Step,
    /// The officer's words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
}

/// A field that an amendment empties. (Absent means "as it was", so emptying has to be said.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emptied {
    /// There is no vehicle.
    Plate,
    /// There are no words.
    Note,
}

/// A mistake is put right; what stood before stays in the journal. A field that is absent stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseAmended {
    /// Another matter, with the catalogue that its code was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<MatterChoice>,
    /// Another plate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<PlateRecord>,
    /// Another place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Other words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    /// Other answers to the form, all of them, sealed as in `case_opened`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Sealed>,
    /// Fields that are empty from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emptied: Vec<Emptied>,
    /// Why, in the officer's words, sealed.
    pub reason: Sealed,
}

/// A matter's code and the catalogue that it was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatterChoice {
    /// The code.
    pub code: String,
    /// The catalogue.
    pub pack: PackVersion,
}

/// Why a case is void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum VoidCause {
    /// 重复登记: recorded twice.
    Duplicate,
    /// 登记错误: recorded by mistake.
    Mistake,
    /// 其他: another reason, said in words.
    Other,
}

/// The case is void. It stays in the journal with its photos.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseVoided {
    /// Why.
    pub cause: VoidCause,
    /// Why, in the officer's words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
}
