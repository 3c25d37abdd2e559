//! Push: a run of ops with their parts, and what the station answers once it holds them.
//!
//! `POST /v1/logs/{log}/ops`. The body is a [`frame`](crate::frame); the headers name the run and let the station check
//! the chain without a hash per op. The answer comes only after a durable commit.

use patrol_domain::{Head, LogId, Seq, Sha256Hash, StationMs};
use serde::{Deserialize, Serialize};

use crate::signature::{SignatureBytes, Signed, SignedContent};

/// The headers of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushHead {
    /// Position of the first op.
    pub from_seq: Seq,
    /// How many ops.
    pub count: u64,
    /// The chain's value before the first op.
    pub prev_hash: Sha256Hash,
    /// The chain's value behind the last op.
    pub head_hash: Sha256Hash,
    /// The device's signature over [`head_message`].
    pub head_signature: SignatureBytes,
    /// The station's epoch as the phone last saw it.
    pub epoch: Option<String>,
    /// Up to which position the station once signed, when it holds less now. Proves nothing; stations before `signed`
    /// believe it.
    pub acked_seq: Option<Seq>,
    /// The station's own receipt for that position: it tells a station that it was set back together with its marker.
    pub signed: Option<Signed<Receipt>>,
    /// How far the phone's own journal goes.
    pub local_seq: Seq,
    /// Originals that wait on the phone.
    pub waiting_photos: u64,
    /// Their bytes.
    pub waiting_bytes: u64,
}

/// What the device signs with each push: `"xgs1" ‖ log ‖ last seq as u64 big-endian ‖ head hash`.
pub fn head_message(log: LogId, head: Head) -> Vec<u8> {
    [
        b"xgs1",
        log.as_bytes().as_slice(),
        &head.seq.0.to_be_bytes(),
        head.hash.as_bytes(),
    ]
    .concat()
}

/// A header is missing or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("header {0} is missing or malformed")]
pub struct HeaderError(pub &'static str);

const FROM_SEQ: &str = "xunge-from-seq";
const COUNT: &str = "xunge-count";
const PREV_HASH: &str = "xunge-prev-hash";
const HEAD_HASH: &str = "xunge-head-hash";
const HEAD_SIGNATURE: &str = "xunge-head-signature";
const EPOCH: &str = "xunge-epoch";
const ACKED_SEQ: &str = "xunge-acked-seq";
const SIGNED: &str = "xunge-signed";
const LOCAL_SEQ: &str = "xunge-local-seq";
const WAITING_PHOTOS: &str = "xunge-waiting-photos";
const WAITING_BYTES: &str = "xunge-waiting-bytes";

impl PushHead {
    /// As header names and values.
    pub fn to_headers(&self) -> Vec<(&'static str, String)> {
        let Self {
            from_seq,
            count,
            prev_hash,
            head_hash,
            head_signature,
            epoch,
            acked_seq,
            signed,
            local_seq,
            waiting_photos,
            waiting_bytes,
        } = self;
        let mut headers = vec![
            (FROM_SEQ, from_seq.0.to_string()),
            (COUNT, count.to_string()),
            (PREV_HASH, prev_hash.to_string()),
            (HEAD_HASH, head_hash.to_string()),
            (HEAD_SIGNATURE, patrol_domain::hash::encode_hex(&head_signature.0)),
            (LOCAL_SEQ, local_seq.0.to_string()),
            (WAITING_PHOTOS, waiting_photos.to_string()),
            (WAITING_BYTES, waiting_bytes.to_string()),
        ];
        headers.extend(epoch.clone().map(|epoch| (EPOCH, epoch)));
        headers.extend(acked_seq.map(|acked| (ACKED_SEQ, acked.0.to_string())));
        headers.extend(signed.as_ref().and_then(header_text).map(|text| (SIGNED, text)));
        headers
    }

    /// Reads the headers; `get` looks one up by its lowercase name.
    ///
    /// # Errors
    /// [`HeaderError`] with the name of the first one that is missing or malformed.
    pub fn from_headers<'value>(get: impl Fn(&str) -> Option<&'value str>) -> Result<Self, HeaderError> {
        let number = |name: &'static str| {
            get(name)
                .and_then(|value| value.parse::<u64>().ok())
                .ok_or(HeaderError(name))
        };
        let hash = |name: &'static str| {
            get(name)
                .and_then(|value| value.parse::<Sha256Hash>().ok())
                .ok_or(HeaderError(name))
        };
        Ok(Self {
            from_seq: Seq(number(FROM_SEQ)?),
            count: number(COUNT)?,
            prev_hash: hash(PREV_HASH)?,
            head_hash: hash(HEAD_HASH)?,
            head_signature: get(HEAD_SIGNATURE)
                .and_then(patrol_domain::hash::decode_hex)
                .map(SignatureBytes)
                .ok_or(HeaderError(HEAD_SIGNATURE))?,
            epoch: get(EPOCH).map(str::to_owned),
            acked_seq: get(ACKED_SEQ).and_then(|value| value.parse().ok()).map(Seq),
            signed: get(SIGNED).and_then(|value| serde_json::from_str(value).ok()),
            local_seq: Seq(number(LOCAL_SEQ)?),
            waiting_photos: number(WAITING_PHOTOS)?,
            waiting_bytes: number(WAITING_BYTES)?,
        })
    }
}

/// A receipt as JSON in visible ASCII: other characters, which only a field of later can hold, are escaped.
fn header_text(signed: &Signed<Receipt>) -> Option<String> {
    let json = serde_json::to_string(signed).ok()?;
    let escaped = json.chars().map(|char| {
        if char.is_ascii() {
            return char.to_string();
        }
        let units = char.encode_utf16(&mut [0; 2]).to_vec();
        units.into_iter().map(|unit| format!("\\u{unit:04x}")).collect()
    });
    Some(escaped.collect())
}

/// An op that the station holds but could not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Where it stands.
    pub seq: Seq,
    /// Why: `unreadable`, `unknown_kind`, `id_conflict`, `unlawful`, `depends_on`.
    pub code: String,
}

/// A personal field that the station has no words for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MissingPart {
    /// Where its op stands.
    pub seq: Seq,
    /// Which field.
    pub field: String,
}

/// The station's word that it durably holds a journal up to a position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Which journal.
    pub log: LogId,
    /// Up to which position.
    pub seq: Seq,
    /// The chain's value there.
    pub head: Sha256Hash,
    /// When, by the station's clock.
    pub station_ms: StationMs,
    /// A fresh value that goes into the phone's next ops: they cannot be older than this receipt.
    pub beacon: String,
    /// In which life of its database the station signed; not in receipts of before it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
}

impl SignedContent for Receipt {
    const CONTEXT: [u8; 4] = *b"xgr1";
}

/// The answer to a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReply {
    /// Which life of the station's database this is.
    pub epoch: String,
    /// Up to which position it holds the journal.
    pub acked_seq: Seq,
    /// The chain's value there.
    pub head_hash: Sha256Hash,
    /// Ops of this push that it holds but could not apply.
    pub quarantined: Vec<Quarantined>,
    /// Personal fields of this push without words.
    pub missing_parts: Vec<MissingPart>,
    /// At most 200 originals that ops of this push name and that have not arrived, newest first.
    pub missing_photos: Vec<Sha256Hash>,
    /// Up to which position everything is in a verified backup.
    pub safe_seq: Seq,
    /// The signed receipt; the same one for the same head.
    pub receipt: Signed<Receipt>,
    /// The station's clock as it answers.
    pub server_ms: StationMs,
    /// How long the phone should wait before the next push, when the station is busy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// What the station takes at once; a phone reads it and does not assume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caps {
    /// The most ops of one push.
    pub max_ops_per_push: u64,
    /// The most bytes of one push before compression.
    pub max_raw_bytes_per_push: u64,
    /// The largest thumbnail, in bytes.
    pub max_thumbnail_bytes: u64,
    /// How many originals one phone may have on their way at once.
    pub photos_in_flight: u64,
}

/// Where a phone stands with its station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// All may be done.
    Active,
    /// It may bring what it has and pulls nothing.
    Retired,
    /// A state that this build does not know.
    #[serde(other)]
    Unknown,
}

/// `GET /v1/logs/{log}`: what the station holds of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogStatus {
    /// Which life of the station's database this is.
    pub epoch: String,
    /// Up to which position it holds the journal; 0 = nothing.
    pub acked_seq: Seq,
    /// The chain's value there.
    pub head_hash: Sha256Hash,
    /// At most 200 originals that this journal names and that have not arrived.
    pub missing_photos: Vec<Sha256Hash>,
    /// Up to which position everything is in a verified backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe_seq: Option<Seq>,
    /// The station's limits, so that no call of their own is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caps: Option<Caps>,
    /// Where the calling phone stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_state: Option<DeviceState>,
    /// Whether the station says that its own clock is synchronised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_synchronised: Option<bool>,
    /// The station's clock as it answers.
    pub server_ms: StationMs,
}
