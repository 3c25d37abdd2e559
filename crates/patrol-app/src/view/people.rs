//! What the UI is given about officers, their shifts, and how the phone is kept.

use serde::Serialize;

views! {
    /// The officers of this phone.
    pub struct PeopleView {
        /// They, by number.
        pub people: Vec<PersonView>,
        /// Whether nobody is signed in.
        pub is_locked: bool,
    }

    /// An officer of this phone.
    pub struct PersonView {
        /// Number at the station.
        pub number: String,
        /// Name.
        pub name: String,
        /// Whether this one records at the moment, or did before the phone was locked.
        pub is_active: bool,
        /// Whether a PIN is asked for.
        pub has_pin: bool,
        /// Wrong tries since the last right one.
        pub wrong_tries: u32,
        /// For how long no PIN is looked at, ms.
        pub wait_ms: i64,
        /// How many drafts and timers of theirs wait on this phone.
        pub drafts: u64,
    }

    /// How the screens look and when the phone locks.
    pub struct PreferenceView {
        /// `zh` or `en`.
        pub language: String,
        /// `m`, `l` or `xl`.
        pub text_size: String,
        /// `auto`, `light`, `dark` or `outdoor`.
        pub theme: String,
        /// `right` or `left`.
        pub hand: String,
        /// After how many minutes behind other apps the phone locks.
        pub lock_minutes: u32,
        /// Whether the screen of the first start was left.
        pub welcomed: bool,
    }

    /// The shift of the officer who is signed in, and what was before.
    pub struct ShiftState {
        /// The shift under way.
        pub running: Option<ShiftView>,
        /// Names of other officers of this phone whose shifts run too.
        pub others: Vec<String>,
        /// The officer's last shifts that have ended, newest first.
        pub recent: Vec<ShiftBrief>,
        /// Codes of the grids that can be chosen.
        pub grids: Vec<String>,
    }

    /// A shift under way.
    pub struct ShiftView {
        /// Its name.
        pub shift: String,
        /// When it began: wall clock, ms since 1970.
        pub started_ms: i64,
        /// Began so long ago that somebody forgot to end it.
        pub is_forgotten: bool,
        /// How far, in metres.
        pub metres: f64,
        /// Points of the track.
        pub points: u64,
        /// When the last good point was: wall clock, ms since 1970.
        pub last_point_ms: Option<i64>,
        /// The times without a track, the present one included.
        pub gaps: Vec<GapView>,
        /// How much of each grid was passed.
        pub grids: Vec<GridShareView>,
        /// Places that a mock provider made up; none of them is in the track.
        pub mocked: u32,
    }

    /// The way of the shift under way.
    pub struct ShiftTrack {
        /// Unbroken pieces in the order they were walked; between two of them nobody knows the way.
        pub lines: Vec<TrackLine>,
    }

    /// An unbroken piece of a track.
    pub struct TrackLine {
        /// Latitude and longitude of each point: WGS-84, 1e-7 degree. One point alone is a place, not a line.
        pub points: Vec<[i64; 2]>,
    }

    /// A shift that has ended.
    pub struct ShiftBrief {
        /// Its name.
        pub shift: String,
        /// When it began: wall clock, ms since 1970.
        pub started_ms: i64,
        /// When it ended.
        pub ended_ms: i64,
    }

    /// A time without a track.
    pub struct GapView {
        /// The last point before: wall clock, ms since 1970.
        pub from_ms: i64,
        /// The first point behind.
        pub to_ms: i64,
    }

    /// How much of a grid was passed.
    pub struct GridShareView {
        /// Its code.
        pub code: String,
        /// 0 to 100; `None` for a grid that this phone has no outline of.
        pub percent: Option<u32>,
    }

    /// What a shift came to.
    pub struct ShiftReport {
        /// Its name.
        pub shift: String,
        /// The officer.
        pub officer: String,
        /// When it began: wall clock, ms since 1970.
        pub started_ms: i64,
        /// When it ended; none while it runs.
        pub ended_ms: Option<i64>,
        /// How far, in metres.
        pub metres: f64,
        /// The times without a track.
        pub gaps: Vec<GapView>,
        /// How much of each grid was passed.
        pub grids: Vec<GridShareView>,
        /// Cases, void ones left out.
        pub cases: u32,
        /// Their photos.
        pub photos: u32,
        /// Cases by matter, the most frequent first.
        pub matters: Vec<MatterCountView>,
        /// Cases that the station has not signed for.
        pub cases_wait: u32,
        /// Photos that the station has not signed for.
        pub photos_wait: u32,
        /// All of it as text, Chinese.
        pub text_zh: String,
        /// The same in English.
        pub text_en: String,
    }

    /// How often a matter came up.
    pub struct MatterCountView {
        /// Chinese name.
        pub zh: String,
        /// English name.
        pub en: String,
        /// How often.
        pub count: u32,
    }

    /// How long the phone will do.
    pub struct BudgetView {
        /// Bytes that may still be written; none when the disk cannot tell.
        pub free_bytes: Option<u64>,
        /// Of these, kept for what was shot already.
        pub reserve_bytes: u64,
        /// What a photo takes, by the last fifty.
        pub photo_bytes: u64,
        /// How many photos still fit above the reserve.
        pub photos_left: Option<u64>,
        /// Bytes of originals that the station has not signed for.
        pub unsent_bytes: u64,
        /// How many these are.
        pub unsent_photos: u64,
        /// How it stands.
        pub level: BudgetLevel,
        /// The longer side of a new photo, px; none as large as the camera can. An original is never made smaller.
        pub max_px: Option<u32>,
    }

    /// A file that was written for others.
    pub struct WrittenFileView {
        /// Where it lies.
        pub path: String,
        /// Its length in bytes.
        pub bytes: u64,
    }

    /// How far an export is.
    pub struct ExportView {
        /// Whether one is being written.
        pub is_running: bool,
        /// Bytes written of it.
        pub written: u64,
        /// How many it will be, about.
        pub expected: u64,
        /// The last one of this run.
        pub last: Option<WrittenFileView>,
    }
}

/// How the room on the phone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum BudgetLevel {
    /// Enough.
    Fine,
    /// Time to make room.
    Low,
    /// Only the reserve is left: photos are taken smaller.
    Reserve,
}
