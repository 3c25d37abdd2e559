//! Pull: what has changed at the station for this phone, as rows and tombstones behind a cursor.
//!
//! `GET /v1/changes?cursor=…&limit=…`. A cursor is (epoch, change number, rolling hash): the hash is over all changes up
//! to the number, so that a station whose machine was set back, marker and all, cannot serve the same numbers with other
//! rows unnoticed. The last page states how many rows the scope has and an order-independent checksum over them, so that
//! a phone proves that its mirror equals the station's. A cursor that the station no longer knows is 410
//! [`CursorGone`](crate::ErrorCode::CursorGone): the phone then reads everything anew beside its mirror and swaps.
//!
//! Rows are `(kind, id, body)` and a phone keeps kinds that it does not know, so that a newer station can add some.

use std::fmt;
use std::str::FromStr;

use patrol_domain::{Seq, Sha256Hash, StationMs, canonical};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a phone is in its station's changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Which life of the station's database.
    pub epoch: String,
    /// The last change that was taken; 0 = none.
    pub seq: u64,
    /// The rolling hash there; see [`roll`].
    pub hash: Sha256Hash,
}

/// The text is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor")]
pub struct CursorFormatError;

impl fmt::Display for Cursor {
    /// `<epoch>.<seq>.<hash>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.epoch, self.seq, self.hash)
    }
}

impl FromStr for Cursor {
    type Err = CursorFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut fields = text.split('.');
        let (Some(epoch), Some(seq), Some(hash), None) = (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(CursorFormatError);
        };
        if epoch.is_empty() || epoch.len() > 64 || !epoch.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(CursorFormatError);
        }
        Ok(Self {
            epoch: epoch.to_owned(),
            seq: seq.parse().map_err(|_| CursorFormatError)?,
            hash: hash.parse().map_err(|_| CursorFormatError)?,
        })
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One row that came, changed or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number, dense per scope from 1 in the order of commits; superseded ones are left out of pages.
    pub seq: u64,
    /// What kind of row; see the constants of this module.
    pub kind: String,
    /// Which row.
    pub id: String,
    /// The row; absent = the row is gone, or has left the scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// A case as the station sees it: [`CaseBody`]; the id is the case's.
pub const KIND_CASE: &str = "case";

/// What became of an op of this phone's journals that was set aside: [`OutcomeBody`]; the id is `<log>.<seq>`. The row
/// goes when the op is applied after all.
pub const KIND_OUTCOME: &str = "outcome";

/// The body of a row of kind [`KIND_CASE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseBody {
    /// The number that the phone gave it.
    pub number: String,
    /// `recorded`, `handled` or `voided`.
    pub state: String,
    /// The ids of the ops behind which nothing stands yet.
    pub heads: Vec<String>,
    /// How many photos count.
    pub photos: u64,
    /// How many of them are at the station.
    pub stored: u64,
}

/// The body of a row of kind [`KIND_OUTCOME`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeBody {
    /// Why: `unreadable`, `unknown_kind`, `id_conflict`, `unlawful`, `depends_on`.
    pub code: String,
}

/// A page of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesReply {
    /// In the order of their numbers.
    pub changes: Vec<Change>,
    /// Where the next page begins.
    pub next: Cursor,
    /// With the last page: what the whole scope holds at `next`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeSum>,
    /// The station's clock as it answers.
    pub server_ms: StationMs,
}

/// How much a scope holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeSum {
    /// Rows, without tombstones.
    pub rows: u64,
    /// The XOR of [`row_hash`] over them, in any order.
    pub checksum: Sha256Hash,
}

/// The hash of one row: `SHA-256("xgm1" ‖ kind ‖ 0 ‖ id ‖ 0 ‖ canonical JSON of the body)`.
///
/// # Errors
/// [`canonical::CanonicalError`] for a body that is not canonical JSON (a fraction, a null).
pub fn row_hash(kind: &str, id: &str, body: &Value) -> Result<Sha256Hash, canonical::CanonicalError> {
    let body = canonical::encode(body)?;
    Ok(Sha256Hash::of_all(&[
        b"xgm1",
        kind.as_bytes(),
        &[0],
        id.as_bytes(),
        &[0],
        &body,
    ]))
}

/// Adds a row to a checksum, or takes it out again.
pub fn fold_checksum(checksum: Sha256Hash, row: Sha256Hash) -> Sha256Hash {
    let mut bytes = *checksum.as_bytes();
    for (byte, other) in bytes.iter_mut().zip(row.as_bytes()) {
        *byte ^= other;
    }
    Sha256Hash::from_bytes(bytes)
}

/// The rolling hash behind one more change:
/// `SHA-256("xgc2" ‖ hash before ‖ number as u64 big-endian ‖ kind ‖ 0 ‖ id ‖ 0 ‖ canonical body, nothing for a tombstone)`.
/// The hash before the first change is 32 zero bytes.
///
/// # Errors
/// As [`row_hash`].
pub fn roll(before: Sha256Hash, change: &Change) -> Result<Sha256Hash, canonical::CanonicalError> {
    let body = change
        .body
        .as_ref()
        .map(canonical::encode)
        .transpose()?
        .unwrap_or_default();
    Ok(Sha256Hash::of_all(&[
        b"xgc2",
        before.as_bytes(),
        &change.seq.to_be_bytes(),
        change.kind.as_bytes(),
        &[0],
        change.id.as_bytes(),
        &[0],
        &body,
    ]))
}

/// `GET /v1/logs/{log}/head?seq=`: the chain's value at one position, so that a phone finds the last one that both hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadReply {
    /// Which life of the station's database this is.
    pub epoch: String,
    /// The position that was asked for.
    pub seq: Seq,
    /// The chain's value there; 404 when the journal is not held that far.
    pub head_hash: Sha256Hash,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cursor_reads_back_and_anything_else_is_refused() {
        let cursor = Cursor {
            epoch: "K7Q2".into(),
            seq: 12,
            hash: Sha256Hash::of(b"x"),
        };
        assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        for bad in ["", "a.b.c", "a.1", ".1.", "a/b.1.00", &format!("{cursor}.1")] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_checksum_does_not_know_the_order_and_forgets_what_is_taken_out() {
        let rows: Vec<_> = (0..5)
            .map(|number| row_hash("case", &number.to_string(), &json!({ "n": number })).unwrap())
            .collect();
        let sum = |rows: &[Sha256Hash]| {
            rows.iter()
                .fold(Sha256Hash::from_bytes([0; 32]), |sum, row| fold_checksum(sum, *row))
        };
        let mut turned = rows.clone();
        turned.reverse();
        assert_eq!(sum(&rows), sum(&turned));
        assert_eq!(fold_checksum(sum(&rows), rows[4]), sum(&rows[..4]));
        assert_ne!(sum(&rows), sum(&rows[..4]));
    }
}
