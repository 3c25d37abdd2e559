//! What the UI is given of recorded cases: the list with its filters, a case with its history, found photos.

use std::collections::BTreeMap;

use patrol_domain::op::{Step, VoidCause};
use patrol_domain::{PhotoRole, PhotoSource};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CaseRow, OfficerView, PlaceView, SetAsideView};

views! {
    /// A piece of the list, newest first.
    pub struct CaseFound {
        /// The cases.
        pub rows: Vec<CaseRow>,
        /// What to ask for next; none at the end.
        pub next: Option<String>,
        /// How many cases fit in all, when that was asked.
        pub total: Option<u64>,
    }

    /// One case with everything that this phone knows about it.
    pub struct CaseView {
        /// The case as it stands in the list.
        pub row: CaseRow,
        /// The version of the catalogue that it was recorded under.
        pub pack: String,
        /// The street's id.
        pub street: Option<String>,
        /// Where the phone, a photo or the street said that it is.
        pub fix: Option<PlaceView>,
        /// Where the officer put the pin.
        pub pin: Option<PlaceView>,
        /// The answers to its form as they were recorded.
        #[cfg_attr(test, ts(type = "Record<string, string | number | boolean | string[]>"))]
        pub form: BTreeMap<String, Value>,
        /// The same in words, in the order of the form.
        pub answers: Vec<AnswerView>,
        /// Whether there were answers that are not here (any more).
        pub form_gone: bool,
        /// How long lay between the two photos that its rule asks for.
        pub interval: Option<IntervalView>,
        /// Community, Chinese.
        pub community_zh: Option<String>,
        /// Community, English.
        pub community_en: Option<String>,
        /// What is known of the phone's clock at the time.
        pub clock: ClockView,
        /// Its photos, in the order of the record.
        pub photos: Vec<PhotoFileView>,
        /// What happened, in order.
        pub events: Vec<EventView>,
        /// Records of it that the station holds and could not take up.
        pub set_aside: Vec<SetAsideView>,
        /// What was typed about it and is not recorded yet.
        pub typed: Vec<TypedActView>,
    }

    /// An answer to a form, in words.
    pub struct AnswerView {
        /// The field.
        pub name: String,
        /// Its label, Chinese; the field's name for one that no catalogue here has (any more).
        pub zh: String,
        /// Its label, English.
        pub en: String,
        /// What was answered, Chinese.
        pub said_zh: String,
        /// What was answered, English.
        pub said_en: String,
    }

    /// How long lay between two photos.
    pub struct IntervalView {
        /// By the clock that runs through suspend, ms; none when the phone was restarted in between.
        pub boot_ms: Option<i64>,
        /// By the wall clock, ms.
        pub wall_ms: i64,
        /// By how much the wall clock was set in between, ms; 0 for what clocks drift apart by themselves.
        pub wall_changed_ms: i64,
        /// Seconds that the matter's rule asks for; 0 when it asks for none.
        pub rule_s: u32,
    }

    /// How far the phone's clock can be trusted for a record.
    pub struct ClockView {
        /// What can be said.
        pub proof: ClockProof,
        /// Station minus phone, ms, as it was measured last before.
        pub offset_ms: Option<i64>,
        /// The measurement's error, ± ms.
        pub err_ms: Option<i64>,
        /// How long before the record it was measured, ms.
        pub age_ms: Option<i64>,
    }

    /// A photo of a case with what is known of it.
    pub struct PhotoFileView {
        /// SHA-256 of the original.
        pub sha256: String,
        /// Length in bytes.
        pub bytes: u64,
        /// Width upright, px; none for a photo that never lay on this phone.
        pub width: Option<u32>,
        /// Height upright, px.
        pub height: Option<u32>,
        /// What it shows.
        pub role: PhotoRole,
        /// How it came in.
        pub source: PhotoSource,
        /// Local time by EXIF, `2026-06-18T09:12:08`.
        pub taken: Option<String>,
        /// When it was recorded: wall clock, ms since 1970.
        pub recorded_ms: i64,
        /// Minutes east of UTC that the phone showed.
        pub tz_minutes: i32,
        /// The station's time of the receipt for this original.
        pub station_ms: Option<i64>,
        /// Whether an op says that the original on this phone is damaged or gone.
        pub lost: bool,
        /// Whether the original was cleared away here because the station is certain to keep it.
        pub cleared: bool,
        /// Whether it counts; if not, it lies beside the case as evidence.
        pub counts: bool,
    }

    /// One line of a case's history.
    pub struct EventView {
        /// The op.
        pub op_id: String,
        /// What happened.
        pub kind: EventKind,
        /// Whether it counts.
        pub effect: EventEffect,
        /// When: wall clock, ms since 1970.
        pub wall_ms: i64,
        /// Minutes east of UTC that the phone showed.
        pub tz_minutes: i32,
        /// What is known of the phone's clock at the time.
        pub clock: ClockProof,
        /// Who; none for somebody who is not known on this phone.
        pub officer: Option<OfficerView>,
        /// Which step was taken.
        pub step: Option<Step>,
        /// Why the case is void.
        pub cause: Option<VoidCause>,
        /// The officer's words, or the reason given.
        pub words: Option<WordsView>,
        /// What an amendment changed.
        pub changes: Vec<ChangeView>,
        /// Photos that it brought.
        pub photos: Vec<String>,
        /// The station's time of the newest receipt that covers it: it was there by then.
        pub receipt_ms: Option<i64>,
    }

    /// Words that were sealed.
    pub struct WordsView {
        /// The words; none when they are not here (any more).
        pub said: Option<String>,
    }

    /// One thing that an amendment changed.
    pub struct ChangeView {
        /// What.
        pub field: ChangedField,
        /// How it was, Chinese; none when there was nothing.
        pub before_zh: Option<String>,
        /// How it was, English.
        pub before_en: Option<String>,
        /// How it is since, Chinese; none when there is nothing any more.
        pub after_zh: Option<String>,
        /// How it is since, English.
        pub after_en: Option<String>,
    }

    /// What was typed for an act and is not recorded yet.
    pub struct TypedActView {
        /// Which act.
        pub act: ActName,
        /// The fields.
        pub fields: ActFields,
        /// When it last reached the disk: wall clock, ms since 1970.
        pub saved_ms: i64,
    }

    /// What came of comparing an original with its hash.
    pub struct PhotoCheck {
        /// The original.
        pub sha256: String,
        /// What came of it.
        pub state: PhotoState,
        /// When it was compared: wall clock, ms since 1970.
        pub checked_ms: i64,
    }

    /// Photos whose draft is gone.
    pub struct FoundList {
        /// Each of them, those that were set aside last.
        pub photos: Vec<FoundView>,
    }

    /// A photo whose draft is gone.
    pub struct FoundView {
        /// SHA-256 of the original.
        pub sha256: String,
        /// Length in bytes.
        pub bytes: u64,
        /// Width upright, px.
        pub width: u32,
        /// Height upright, px.
        pub height: u32,
        /// How it came in.
        pub source: PhotoSource,
        /// Local time by EXIF.
        pub taken: Option<String>,
        /// When it was taken in: wall clock, ms since 1970.
        pub at_ms: i64,
        /// Whether an officer has looked at it and left it where it is.
        pub is_aside: bool,
    }
}

/// What an officer has typed and chosen for an act.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ActFields {
    /// Another matter's code; none as long as it stays as it was.
    pub matter: Option<String>,
    /// Another plate as typed.
    pub plate: Option<String>,
    /// Other words, or words to a step.
    pub note: Option<String>,
    /// Other answers to the form, all of them.
    #[cfg_attr(test, ts(type = "Record<string, string | number | boolean | string[]> | null"))]
    pub form: Option<BTreeMap<String, Value>>,
    /// Another street's id; an empty text means none.
    pub street: Option<String>,
    /// Another pin.
    pub pin: Option<PinFields>,
    /// Why.
    pub reason: String,
    /// Why a case is void.
    pub cause: Option<VoidCause>,
    /// Which step.
    pub step: Option<Step>,
}

/// Where an officer puts a pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct PinFields {
    /// 1e-7 degree, WGS-84.
    #[cfg_attr(test, ts(type = "number"))]
    pub lat_e7: i64,
    /// 1e-7 degree, WGS-84.
    #[cfg_attr(test, ts(type = "number"))]
    pub lon_e7: i64,
}

macro_rules! names {
    ($($(#[$doc:meta])* pub enum $name:ident { $($(#[$value_doc:meta])* $value:ident),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(test, derive(ts_rs::TS), ts(export))]
        pub enum $name {
            $($(#[$value_doc])* $value,)*
        }
    )+};
}

names! {
    /// Where a case stands.
    pub enum CaseStanding {
        /// Recorded, and nothing has concluded it.
        Recorded,
        /// Nothing is left to be done on the spot.
        Handled,
        /// Void.
        Voided,
    }

    /// Where the parts of a case lie.
    pub enum CaseLies {
        /// Something of it has no receipt yet.
        OnPhone,
        /// The station has signed for all of it.
        AtStation,
        /// An original is damaged or gone, and the station does not have it.
        Lost,
    }

    /// What can be said of the phone's clock.
    pub enum ClockProof {
        /// Within a second of a station whose own clock was right.
        Right,
        /// Further off; by how much is known.
        Off,
        /// The station did not state that its own clock was right.
        Unproven,
        /// The phone had not met the station since it was switched on.
        Unknown,
    }

    /// What happened to a case.
    pub enum EventKind {
        /// It was recorded.
        Opened,
        /// Photos were added.
        PhotoAdded,
        /// Something was done about it.
        Step,
        /// A mistake was put right.
        Amended,
        /// It was made void.
        Voided,
        /// Something that this version does not know.
        Other,
    }

    /// What came of an op.
    pub enum EventEffect {
        /// It counts.
        Applies,
        /// It came too late or twice: shown beside the case.
        Evidence,
        /// It waits for the record before it.
        Waits,
    }

    /// What an amendment changed.
    pub enum ChangedField {
        /// The matter.
        Matter,
        /// The plate.
        Plate,
        /// The place.
        Place,
        /// The officer's words.
        Note,
        /// Answers to the form.
        Form,
    }

    /// An act about a recorded case.
    pub enum ActName {
        /// A mistake is put right.
        Amend,
        /// The case is made void.
        Void,
        /// Something was done.
        Step,
    }

    /// What came of comparing an original with its hash.
    pub enum PhotoState {
        /// The same bytes.
        Same,
        /// Other bytes, or none that can be decrypted.
        Damaged,
        /// Not on this phone.
        Missing,
    }

    /// Where a found photo goes.
    pub enum FoundTo {
        /// To the draft in hand.
        Draft,
        /// To a recorded case.
        Case,
        /// Nowhere; it is not asked for again.
        Aside,
        /// Back among those that are asked for.
        Ask,
    }
}
