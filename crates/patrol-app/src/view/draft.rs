//! Matters with their pictures and forms, drafts, timers, and what is known of a plate.

use std::collections::BTreeMap;

use patrol_domain::{FixError, PhotoRole, PhotoSource};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CaseStanding, PlaceView, PlateView};

views! {
    /// One matter of the catalogue.
    pub struct MatterView {
        /// Its code.
        pub code: String,
        /// Chinese name.
        pub zh: String,
        /// English name.
        pub en: String,
        /// Chinese name that fits a tile.
        pub short_zh: String,
        /// English name that fits a tile.
        pub short_en: String,
        /// Its class, e.g. `parking`.
        pub class: String,
        /// What it is about, e.g. `vehicle` or `shop`.
        pub subject: String,
        /// The icon's name.
        pub icon: String,
        /// Whether a vehicle's plate belongs to it.
        pub plate: bool,
        /// Seconds that have to lie between its two pictures; 0 when the rule asks for none.
        pub interval_s: u32,
        /// The pictures that its rule asks for, in their order.
        pub shots: Vec<ShotView>,
        /// What its form asks, the quantity first.
        pub fields: Vec<FieldView>,
        /// What it is counted in; the first is the usual one. An answer `unit` (its Chinese word) says which, beside the
        /// answer `quantity`.
        pub units: Vec<UnitView>,
        /// The articles that it rests on, in Chinese.
        pub law: Vec<String>,
    }

    /// A picture of a matter's shot list.
    pub struct ShotView {
        /// Its name.
        pub slot: String,
        /// Chinese name.
        pub zh: String,
        /// English name.
        pub en: String,
        /// How many the rule asks for; 0 = offered.
        pub min: u32,
        /// What it shows.
        pub role: PhotoRole,
        /// Why it is wanted, Chinese.
        pub why_zh: String,
        /// Why it is wanted, English.
        pub why_en: String,
    }

    /// A field of a matter's form.
    pub struct FieldView {
        /// Its name: the key of its answer.
        pub name: String,
        /// Chinese label.
        pub zh: String,
        /// English label.
        pub en: String,
        /// What an answer is.
        pub kind: FieldKind,
        /// Unit, Chinese.
        pub unit_zh: Option<String>,
        /// Unit, English.
        pub unit_en: Option<String>,
        /// What there is to choose.
        pub choices: Vec<ChoiceView>,
        /// Whether its absence is worth a hint; nothing but kind and photo keeps a record from being saved.
        pub required: bool,
        /// Whether the answer is about a person.
        pub personal: bool,
    }

    /// One thing to choose.
    pub struct ChoiceView {
        /// What stands in the answer.
        pub value: String,
        /// Chinese.
        pub zh: String,
        /// English.
        pub en: String,
    }

    /// A unit.
    pub struct UnitView {
        /// Chinese.
        pub zh: String,
        /// English.
        pub en: String,
    }

    /// A draft: the one in hand where nothing else is said.
    pub struct DraftView {
        /// Its id; none when nothing is in hand.
        pub id: Option<String>,
        /// The matter's code.
        pub matter: Option<String>,
        /// The plate as it will be recorded, when one was typed.
        pub plate: Option<PlateView>,
        /// The plate as typed.
        pub plate_typed: String,
        /// The street's id.
        pub street: Option<String>,
        /// The note as typed.
        pub note: String,
        /// The answers to the matter's form, by field; those of another matter stay until the draft is saved.
        #[cfg_attr(test, ts(type = "Record<string, string | number | boolean | string[]>"))]
        pub form: BTreeMap<String, Value>,
        /// Fields that are asked for and not answered.
        pub missing: Vec<String>,
        /// Fields with an answer that they do not know; it is recorded as it is.
        pub odd: Vec<String>,
        /// Where the phone, a photo or the street says that it is.
        pub fix: Option<PlaceView>,
        /// Where the officer put the pin.
        pub pin: Option<PlaceView>,
        /// Where the case will be placed: the pin, else the fix.
        pub place: Option<PlaceView>,
        /// Its timer, when it waits to be photographed again.
        pub timer: Option<TimerView>,
        /// The screen that the officer was on last.
        pub screen: String,
        /// The photos in their order.
        pub photos: Vec<DraftPhotoView>,
        /// When the draft last reached the disk: wall clock, ms since 1970.
        pub saved_ms: Option<i64>,
    }

    /// A photo on a draft.
    pub struct DraftPhotoView {
        /// SHA-256 of the original.
        pub sha256: String,
        /// Length in bytes.
        pub bytes: u64,
        /// Width upright, px.
        pub width: u32,
        /// Height upright, px.
        pub height: u32,
        /// What it shows.
        pub role: PhotoRole,
        /// Which picture of the shot list it is.
        pub slot: Option<String>,
        /// When this phone's camera took it: wall clock, ms since 1970; none for an import.
        pub shot_ms: Option<i64>,
        /// Local time by EXIF, `2026-06-18T09:12:08`.
        pub taken: Option<String>,
        /// How it came in.
        pub source: PhotoSource,
        /// Why EXIF's place was not taken.
        pub place_problem: Option<FixError>,
    }

    /// The drafts that were laid aside without a timer, in the order in which they were begun.
    pub struct DraftList {
        /// The drafts.
        pub drafts: Vec<DraftView>,
    }

    /// Where a camera will write.
    pub struct ShotBegun {
        /// The name to come back with.
        pub name: String,
    }

    /// Vehicles that wait to be photographed again.
    pub struct TimerList {
        /// In walking order; without a point to walk from, in the order in which they were begun.
        pub timers: Vec<TimerView>,
        /// Seconds between the two pictures by the station's rule.
        pub rule_interval_s: u32,
        /// Less than this proves nothing.
        pub evidence_interval_s: u32,
    }

    /// A vehicle that waits to be photographed again.
    pub struct TimerView {
        /// Its draft.
        pub id: String,
        /// The matter's code.
        pub matter: Option<String>,
        /// The plate.
        pub plate: Option<PlateView>,
        /// The street's id.
        pub street: Option<String>,
        /// Where it stands.
        pub place: Option<PlaceView>,
        /// Metres from the point that the list was asked for.
        pub distance_m: Option<u32>,
        /// When it was photographed first: wall clock, ms since 1970.
        pub started_ms: i64,
        /// Milliseconds since, by the clock that runs through suspend; none after a restart of the phone.
        pub elapsed_ms: Option<i64>,
        /// Seconds that have to lie between its two pictures.
        pub interval_s: u32,
        /// Whether they have passed; after a restart by the wall clock.
        pub is_due: bool,
        /// What a second picture proves, or would now.
        pub checks: TimerChecks,
        /// The photos in their order.
        pub photos: Vec<DraftPhotoView>,
    }

    /// What two pictures of a vehicle prove: the two that were taken, else the first one and this moment.
    pub struct TimerChecks {
        /// Whether enough time lay between them.
        pub interval: IntervalCheck,
        /// Whether the wall clock was changed in between.
        pub clock: ClockCheck,
        /// By how many seconds; 0 when it was not, or a restart hides it.
        pub moved_s: i64,
        /// Whether both have the same plate.
        pub plate: PlateCheck,
        /// Whether both were taken at the same spot.
        pub spot: SpotCheck,
        /// Metres between the two.
        pub spot_m: Option<u32>,
    }

    /// What this phone knows about a plate.
    pub struct PlateKnown {
        /// The plate as it would be recorded.
        pub plate: Option<PlateView>,
        /// Its cases on this phone, newest first, at most 20.
        pub cases: Vec<PlateCase>,
        /// How many there are in all.
        pub total: u64,
        /// As of when: wall clock, ms since 1970.
        pub as_of_ms: i64,
    }

    /// A case of a plate.
    pub struct PlateCase {
        /// The case.
        pub case_id: String,
        /// Its number on this phone.
        pub number: String,
        /// Chinese name of the matter.
        pub matter_zh: String,
        /// English name of the matter.
        pub matter_en: String,
        /// When: wall clock, ms since 1970.
        pub opened_ms: i64,
        /// Street, Chinese.
        pub street_zh: Option<String>,
        /// Street, English.
        pub street_en: Option<String>,
        /// Where it stands.
        pub state: CaseStanding,
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* pub enum $name:ident { $($(#[$word_doc:meta])* $word:ident),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(test, derive(ts_rs::TS), ts(export))]
        pub enum $name {
            $($(#[$word_doc])* $word,)*
        }
    )+};
}

words! {
    /// What an answer to a field is.
    pub enum FieldKind {
        /// A number, as a number or as typed.
        Number,
        /// One of the choices.
        Choice,
        /// Words.
        Text,
        /// Yes or no.
        Check,
        /// A telephone number as typed.
        Phone,
        /// Any of the choices, as a list.
        Many,
    }

    /// Whether enough time lay between two pictures.
    pub enum IntervalCheck {
        /// Not yet.
        Short,
        /// By the clock that runs through suspend.
        Proven,
        /// The phone was restarted in between.
        UnprovenReboot,
        /// One of them did not come from this phone's camera.
        UnprovenImport,
    }

    /// Whether the wall clock was changed between two pictures.
    pub enum ClockCheck {
        /// Not that the phone could tell.
        Unchanged,
        /// It was.
        Changed,
    }

    /// Whether two pictures have the same plate.
    pub enum PlateCheck {
        /// They do.
        Same,
        /// It is another one now.
        Differs,
        /// It was not typed with one of them.
        Unread,
    }

    /// Whether two pictures were taken at the same spot.
    pub enum SpotCheck {
        /// Within 30 m, as far as the fixes are accurate.
        Same,
        /// Farther apart.
        Far,
        /// One of them has no place.
        Unknown,
    }
}
