//! What the screens of the way to the station are given: the status, the station, its receipts.

use serde::Serialize;

use super::{AtStation, AuditView, CaseRow, OnPhone, PhoneStanding, ReceiptView, SendingView, SetAsideView, SyncPhase};
use crate::error::ErrorReply;

views! {
    /// What is where, and what the sync is doing.
    pub struct SyncStatus {
        /// Changes with everything else here; what `sync_wait` is asked with.
        pub version: u64,
        /// What it is doing.
        pub phase: SyncPhase,
        /// What has no receipt yet.
        pub on_phone: OnPhone,
        /// What the station has signed for.
        pub at_station: AtStation,
        /// The originals under way.
        pub sending: Vec<SendingView>,
        /// How fast, over the round, in bytes.
        pub bytes_per_second: Option<u64>,
        /// The originals' bytes that have still to go, of the whole backlog.
        pub bytes_left: u64,
        /// Whether the officer has stopped everything.
        pub is_paused: bool,
        /// Whether originals wait for a network that costs nothing.
        pub only_unmetered: bool,
        /// What the network at hand costs, if anybody can tell.
        pub network: NetworkKind,
        /// Where the station said last that this phone stands.
        pub standing: PhoneStanding,
        /// When the station last answered: wall clock, ms since 1970. None in this boot's memory.
        pub last_contact_ms: Option<i64>,
        /// The difference to the station's clock, when it was measured since the phone was switched on.
        pub clock: Option<StationClockView>,
        /// What came of counting both sides.
        pub audit: Option<AuditView>,
        /// Records that the station holds and could not take up, at most 50.
        pub set_aside: Vec<SetAsideView>,
        /// Originals that wait and cannot be given any more, at most 50.
        pub lost: Vec<LostPhotoView>,
        /// When the next try comes: wall clock, ms since 1970.
        pub next_try_ms: Option<i64>,
        /// Why the last round ended early.
        pub last_error: Option<ErrorReply>,
        /// The newest receipt.
        pub last_receipt: Option<ReceiptView>,
        /// Cases of which anything waits, newest first, at most 50.
        pub waiting: Vec<CaseRow>,
    }

    /// The difference to the station's clock.
    pub struct StationClockView {
        /// Station minus phone, ms.
        pub offset_ms: i64,
        /// The true difference lies within ± this, ms.
        pub err_ms: i64,
        /// How long ago it was measured, ms of the boot clock.
        pub age_ms: i64,
        /// The same as a moment of the wall clock as it is now, ms since 1970.
        pub measured_ms: i64,
        /// Whether the station stated that its own clock was synchronised.
        pub station_is_synchronised: bool,
    }

    /// An original that waits and cannot be given.
    pub struct LostPhotoView {
        /// SHA-256 of the original.
        pub sha256: String,
        /// The number of a case that shows it.
        pub number: Option<String>,
        /// What became of it.
        pub reason: LostReason,
    }

    /// The station as this phone believes it. Fingerprints are SHA-256 in sixteen groups of four hexadecimal digits.
    pub struct StationDetail {
        /// What people call it.
        pub name: String,
        /// Its address.
        pub url: String,
        /// Its id.
        pub station_id: String,
        /// Its name for this phone.
        pub device_id: String,
        /// When the phone was enrolled: wall clock, ms since 1970.
        pub enrolled_ms: i64,
        /// The keys that are believed, the one that was pinned at the enrolment first.
        pub keys: Vec<StationKeyView>,
        /// Fingerprint of the certificate authority; none over plain HTTP on this machine.
        pub authority: Option<Vec<String>>,
        /// Fingerprint of this phone's own key.
        pub phone_key: Vec<String>,
        /// Whether an export can be sealed to the station.
        pub can_seal: bool,
    }

    /// A key of the station.
    pub struct StationKeyView {
        /// Its short name, as it stands in receipts.
        pub key_id: String,
        /// Its fingerprint.
        pub fingerprint: Vec<String>,
        /// Since when the station signs with it, by its clock; not known of the pinned one and of those before it.
        pub since_ms: Option<i64>,
    }

    /// One page of receipts, newest first.
    pub struct ReceiptPage {
        /// The receipts.
        pub rows: Vec<ReceiptRow>,
        /// What to ask for next; none at the end.
        pub next: Option<String>,
    }

    /// One receipt.
    pub struct ReceiptRow {
        /// What it is for.
        pub kind: ReceiptKind,
        /// Up to which position of the journal.
        pub seq: Option<u64>,
        /// The number of a case that shows the photo.
        pub number: Option<String>,
        /// The chain's value, or the original's hash.
        pub hash: String,
        /// When, by the station's clock.
        pub station_ms: i64,
        /// The key that signed it.
        pub key_id: String,
    }
}

/// What a receipt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum ReceiptKind {
    /// All entries of a journal up to a position.
    Records,
    /// One original.
    Photo,
}

/// What became of an original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum LostReason {
    /// Its bytes are not those that were recorded.
    Damaged,
    /// Its file is gone.
    Lost,
}

/// What the network at hand costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum NetworkKind {
    /// Each byte is paid for.
    Metered,
    /// It costs nothing.
    Unmetered,
    /// Nobody can tell.
    Unknown,
    /// There is none.
    None,
}
