//! What the UI is given: plain values, ready to be shown. The TypeScript types are generated from these.

use patrol_domain::plate::PlateHint;
use patrol_domain::{PlateKind, Provider};
use serde::Serialize;

use crate::error::ErrorCode;

macro_rules! views {
    ($($(#[$doc:meta])* pub struct $name:ident { $($(#[$field_doc:meta])* pub $field:ident: $type:ty),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[cfg_attr(test, derive(ts_rs::TS), ts(export))]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }
    )+};
}

mod case;
mod draft;
mod map;
mod people;
mod sync;

pub use case::*;
pub use draft::*;
pub use map::*;
pub use people::*;
pub use sync::*;

views! {
    /// What does not change while the app runs, but for the enrolment.
    pub struct AppState {
        /// The app's version.
        pub version: String,
        /// The officer, once the phone is enrolled.
        pub officer: Option<OfficerView>,
        /// Whether nobody is signed in; only an officer with a PIN locks a phone.
        pub is_locked: bool,
        /// How the screens look.
        pub preference: PreferenceView,
        /// The station, once the phone is enrolled.
        pub station: Option<StationView>,
        /// The district that this phone works in.
        pub district: DistrictView,
        /// Its streets.
        pub streets: Vec<StreetView>,
        /// Its grids of responsibility, by code.
        pub grids: Vec<GridNameView>,
        /// The catalogue.
        pub matters: Vec<MatterView>,
        /// The matters of the first screen, in their places.
        pub tiles: Vec<String>,
        /// Why the catalogue in the data folder was not taken.
        pub pack_problem: Option<ErrorCode>,
        /// How many drafts there are beside the timers: the one in hand and those that were laid aside.
        pub drafts: u64,
        /// What was saved from a damaged database at this start.
        pub salvage: Option<SalvageView>,
        /// Rendered scenes that stand in for a camera in the demo.
        pub demo_photos: Vec<DemoPhotoView>,
    }

    /// A damaged database was set aside, and everything that could be read of it is in a new one.
    pub struct SalvageView {
        /// Numbers of the cases of which something is gone; their originals are still in the vault.
        pub lost_cases: Vec<String>,
        /// How many entries are gone for certain.
        pub lost_entries: u64,
        /// Whether the last entries may be gone without a trace.
        pub may_be_more: bool,
    }

    /// The officer.
    pub struct OfficerView {
        /// Number.
        pub number: String,
        /// Name.
        pub name: String,
    }

    /// The station.
    pub struct StationView {
        /// What people call it.
        pub name: String,
        /// Its address.
        pub url: String,
        /// When the phone was enrolled: wall clock, ms since 1970.
        pub enrolled_ms: i64,
    }

    /// The district.
    pub struct DistrictView {
        /// Chinese name.
        pub name_zh: String,
        /// English name.
        pub name_en: String,
        /// Street office, Chinese.
        pub office_zh: String,
        /// Street office, English.
        pub office_en: String,
        /// Whether the streets are invented.
        pub invented: bool,
    }

    /// One street.
    pub struct StreetView {
        /// Its id in the pack.
        pub id: String,
        /// Chinese name.
        pub zh: String,
        /// English name.
        pub en: String,
        /// Community, Chinese.
        pub community_zh: String,
        /// Community, English.
        pub community_en: String,
    }

    /// One rendered scene.
    pub struct DemoPhotoView {
        /// File name.
        pub name: String,
        /// Chinese name.
        pub zh: String,
        /// English name.
        pub en: String,
    }

    /// A plate.
    pub struct PlateView {
        /// Normalised text.
        pub text: String,
        /// As it stands on the plate.
        pub display: String,
        /// What it is taken for.
        pub kind: PlateKind,
        /// A doubt worth showing.
        pub hint: Option<PlateHint>,
    }

    /// A point.
    pub struct PlaceView {
        /// 1e-7 degree, WGS-84.
        pub lat_e7: i64,
        /// 1e-7 degree, WGS-84.
        pub lon_e7: i64,
        /// Radius of the 68 % circle, mm.
        pub accuracy_mm: Option<i64>,
        /// Who said so.
        pub provider: Provider,
        /// Whether the phone's system says that it was made up.
        pub is_mock: bool,
    }

    /// A draft that became a case.
    pub struct SavedView {
        /// The case.
        pub case_id: String,
        /// Its number on this phone.
        pub number: String,
        /// How many photos.
        pub photos: u32,
    }

    /// One page of cases, newest first.
    pub struct CasePage {
        /// The cases.
        pub rows: Vec<CaseRow>,
        /// What to ask for next; none at the end.
        pub next: Option<String>,
    }

    /// One case.
    pub struct CaseRow {
        /// The case.
        pub case_id: String,
        /// Its number on this phone.
        pub number: String,
        /// Where it stands.
        pub state: CaseStanding,
        /// How often it was amended.
        pub amendments: u64,
        /// The matter's code.
        pub matter: String,
        /// Chinese name of the matter.
        pub matter_zh: String,
        /// English name of the matter.
        pub matter_en: String,
        /// The plate.
        pub plate: Option<PlateView>,
        /// Street, Chinese.
        pub street_zh: Option<String>,
        /// Street, English.
        pub street_en: Option<String>,
        /// The point.
        pub place: Option<PlaceView>,
        /// The officer's words.
        pub note: String,
        /// When: wall clock, ms since 1970.
        pub opened_ms: i64,
        /// Minutes east of UTC that the phone showed.
        pub tz_minutes: i32,
        /// The photos in their order.
        pub photos: Vec<CasePhotoView>,
        /// Whether the station has signed for the record.
        pub record_at_station: bool,
        /// Whether the station has signed for the record and all its photos.
        pub at_station: bool,
        /// The station's time of the receipt that covers the record.
        pub receipt_ms: Option<i64>,
    }

    /// A photo of a case.
    pub struct CasePhotoView {
        /// SHA-256 of the original.
        pub sha256: String,
        /// Length in bytes.
        pub bytes: u64,
        /// Whether the station has signed for the original.
        pub at_station: bool,
        /// Whether an op says that the original on this phone is damaged or gone.
        pub lost: bool,
    }

    /// What has no receipt yet.
    pub struct OnPhone {
        /// Cases of which anything waits.
        pub cases: u64,
        /// Originals.
        pub photos: u64,
        /// Their bytes.
        pub bytes: u64,
    }

    /// What the station has signed for.
    pub struct AtStation {
        /// Cases with all their photos.
        pub cases: u64,
        /// Originals.
        pub photos: u64,
    }

    /// An original under way.
    pub struct SendingView {
        /// SHA-256 of the original.
        pub sha256: String,
        /// Bytes handed to the network.
        pub sent: u64,
        /// Of how many.
        pub total: u64,
    }

    /// What came of counting the records of phone and station.
    pub struct AuditView {
        /// Whether both have the same.
        pub is_equal: bool,
        /// The days that differ.
        pub days: Vec<String>,
        /// Up to which position of the journal.
        pub seq: u64,
        /// The station's time.
        pub station_ms: i64,
    }

    /// A record that the station holds and could not take up.
    pub struct SetAsideView {
        /// The case it is about, if this phone can tell.
        pub case_id: Option<String>,
        /// That case's number.
        pub number: Option<String>,
        /// Where it stands in its journal.
        pub seq: u64,
        /// Why.
        pub reason: SetAsideReason,
    }

    /// A receipt.
    pub struct ReceiptView {
        /// Up to which position of the journal.
        pub seq: u64,
        /// The chain's value there.
        pub head: String,
        /// The station's time.
        pub station_ms: i64,
        /// The value that goes into the next ops.
        pub beacon: String,
    }
}

/// What the sync is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum SyncPhase {
    /// Nothing waits, or the phone is not enrolled.
    Idle,
    /// Records.
    Records,
    /// Small pictures.
    Thumbnails,
    /// Originals.
    Originals,
    /// For the next try.
    Waiting,
    /// For the officer, who has stopped everything.
    Paused,
    /// For a network that costs nothing.
    Held,
}

/// Where the station says that this phone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum PhoneStanding {
    /// All may be done.
    Active,
    /// It may bring what it has, and is told nothing.
    Retired,
    /// It is not let in any more.
    Refused,
}

/// Why the station could not take up a record that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum SetAsideReason {
    /// Its bytes are no record.
    Unreadable,
    /// It is of a kind that the station does not know yet.
    UnknownKind,
    /// Another record has its name.
    IdConflict,
    /// It may not be done in the state the case is in.
    Unlawful,
    /// It waits for a record before it.
    DependsOn,
    /// Something that this version does not know.
    Other,
}
