//! Audit: does the station hold what the phone holds?
//!
//! `POST /v1/logs/{log}/audit`. Both sides count their own stored ops per day and kind, and their own originals; equal or
//! not is the answer, with the days that differ. The station counts what it has stored, not what it has shown. Both use
//! [`Counter`], so that a difference is one of what they hold and never one of how they count.

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::time::civil_day;
use patrol_domain::{Head, LogId, Seq, Sha256Hash, StationMs};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many ops of one kind a journal has on one day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DayCount {
    /// `2026-11-23`: the day of the op's wall clock in the op's own time zone; empty when it cannot be read.
    pub day: String,
    /// The op's kind; empty when it cannot be read.
    pub kind: String,
    /// How many.
    pub ops: u64,
}

/// One side's count of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalCount {
    /// Up to which position was counted.
    pub seq: Seq,
    /// The chain's value there.
    pub head: Sha256Hash,
    /// Sorted by day and kind.
    pub days: Vec<DayCount>,
    /// Originals that these ops name, each once, and that the side holds.
    pub photos: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The station's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditReply {
    /// Whether both counts are the same.
    pub equal: bool,
    /// The station's own count at the same position, or as far as it holds the journal.
    pub station: JournalCount,
    /// The station's clock as it answers.
    pub server_ms: StationMs,
}

/// Counts one side's stored ops of a journal, from the first one on.
///
/// It reads JSON and not ops: what a build cannot read must be counted like what it can, or a phone and a station of
/// different versions would never be equal.
#[derive(Debug, Clone)]
pub struct Counter {
    head: Head,
    days: BTreeMap<(String, String), u64>,
    named: BTreeSet<Sha256Hash>,
    held: BTreeMap<Sha256Hash, u64>,
}

impl Counter {
    /// Starts with an empty journal.
    pub fn new(log: LogId) -> Self {
        Self {
            head: Head::start(log),
            days: BTreeMap::new(),
            named: BTreeSet::new(),
            held: BTreeMap::new(),
        }
    }

    /// Takes the next op's stored bytes.
    pub fn add_op(&mut self, op_bytes: &[u8]) {
        self.head = self.head.extend(op_bytes);
        let op: Value = serde_json::from_slice(op_bytes).unwrap_or(Value::Null);
        let kind = op.get("kind").and_then(Value::as_str).unwrap_or_default();
        let key = (day_of(&op).unwrap_or_default(), kind.to_owned());
        *self.days.entry(key).or_default() += 1;
        let photos = op.get("photos").and_then(Value::as_array);
        let hashes = photos
            .into_iter()
            .flatten()
            .filter_map(|photo| photo.get("sha256")?.as_str());
        self.named
            .extend(hashes.filter_map(|hash| hash.parse::<Sha256Hash>().ok()));
    }

    /// The originals that the ops taken so far name, each once.
    pub fn named(&self) -> impl Iterator<Item = Sha256Hash> {
        self.named.iter().copied()
    }

    /// Takes an original that this side holds, with its length. One that no op names is not of this journal and does not
    /// count; the same one twice is one.
    pub fn add_photo(&mut self, sha256: Sha256Hash, bytes: u64) {
        if self.named.contains(&sha256) {
            self.held.insert(sha256, bytes);
        }
    }

    /// How far was counted.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The count.
    pub fn finish(self) -> JournalCount {
        let Self {
            head,
            days,
            named: _,
            held,
        } = self;
        let days = days.into_iter().map(|((day, kind), ops)| DayCount { day, kind, ops });
        JournalCount {
            seq: head.seq,
            head: head.hash,
            days: days.collect(),
            photos: held.len() as u64,
            bytes: held.values().fold(0, |sum, bytes| sum.saturating_add(*bytes)),
        }
    }
}

/// The day of an op's wall clock in its own time zone, whatever the clock said.
fn day_of(op: &Value) -> Option<String> {
    let at = op.get("at")?;
    let (wall_ms, tz) = (at.get("wall_ms")?.as_i64()?, at.get("tz")?.as_i64()?);
    let local_ms = wall_ms.saturating_add(tz.saturating_mul(60_000));
    let (year, month, day) = civil_day(local_ms.div_euclid(86_400_000));
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> LogId {
        "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()
    }

    fn op(kind: &str, wall_ms: i64, tz: i64, photos: &[&[u8]]) -> Vec<u8> {
        let photos: Vec<_> = photos
            .iter()
            .map(|bytes| serde_json::json!({ "sha256": Sha256Hash::of(bytes) }))
            .collect();
        let op = serde_json::json!({ "kind": kind, "at": { "wall_ms": wall_ms, "tz": tz }, "photos": photos });
        op.to_string().into_bytes()
    }

    fn count(ops: &[Vec<u8>], photos: &[(&[u8], u64)]) -> JournalCount {
        let mut counter = Counter::new(log());
        ops.iter().for_each(|op| counter.add_op(op));
        photos
            .iter()
            .for_each(|(photo, bytes)| counter.add_photo(Sha256Hash::of(photo), *bytes));
        counter.finish()
    }

    #[test]
    fn ops_are_counted_by_the_day_on_the_phone_and_by_kind_whatever_the_clock_said() {
        let ops = [
            op("case_opened", 1_781_745_128_000, 480, &[]),
            op("case_opened", 1_781_745_128_001, 480, &[]),
            // A minute before midnight in UTC is the next day in China.
            op("case_sung", 1_781_740_740_000, 480, &[]),
            op("case_sung", 1_781_740_740_000, 0, &[]),
            op("absurd", i64::MAX, i64::MAX, &[]),
            op("absurd", i64::MIN, i64::MIN, &[]),
            b"\xff".to_vec(),
            b"{\"kind\":7}".to_vec(),
        ];
        let count = count(&ops, &[]);
        let days: Vec<_> = count
            .days
            .iter()
            .map(|day| (day.day.as_str(), day.kind.as_str(), day.ops))
            .collect();
        assert_eq!(
            days,
            [
                ("", "", 2),
                ("-292275055-05-16", "absurd", 1),
                ("2026-06-17", "case_sung", 1),
                ("2026-06-18", "case_opened", 2),
                ("2026-06-18", "case_sung", 1),
                ("292278994-08-17", "absurd", 1),
            ]
        );
        let chained = ops.iter().fold(Head::start(log()), |head, op| head.extend(op));
        assert_eq!((count.seq, count.head), (chained.seq, chained.hash));
    }

    #[test]
    fn an_original_counts_once_and_only_when_an_op_names_it() {
        let ops = [op("a", 0, 0, &[b"one", b"two"]), op("a", 0, 0, &[b"one"])];
        let count = count(&ops, &[(b"one", 5), (b"one", 5), (b"stranger", 70), (b"two", u64::MAX)]);
        assert_eq!((count.photos, count.bytes), (2, u64::MAX));
    }
}
