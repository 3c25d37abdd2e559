//! Column values ⇄ the domain's types.

use patrol_domain::case::CaseState;
use patrol_domain::{Seq, Sha256Hash};
use patrol_sqlite::rusqlite::types::Type;
use patrol_sqlite::rusqlite::{Error, Result, Row};

/// An id of 16 bytes.
pub(super) fn id<T>(row: &Row<'_>, column: usize, from_slice: impl Fn(&[u8]) -> Option<T>) -> Result<T> {
    let bytes: Vec<u8> = row.get(column)?;
    from_slice(&bytes).ok_or_else(|| Error::InvalidColumnType(column, "id".into(), Type::Blob))
}

/// A hash of 32 bytes.
pub(super) fn hash(row: &Row<'_>, column: usize) -> Result<Sha256Hash> {
    id(row, column, Sha256Hash::from_slice)
}

/// A number that is never negative.
pub(super) fn count(row: &Row<'_>, column: usize) -> Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| Error::IntegralValueOutOfRange(column, number))
}

/// A position.
pub(super) fn seq(row: &Row<'_>, column: usize) -> Result<Seq> {
    count(row, column).map(Seq)
}

/// Where a case stands.
pub(super) fn state(row: &Row<'_>, column: usize) -> Result<CaseState> {
    let number: i64 = row.get(column)?;
    CaseState::from_number(number).ok_or(Error::IntegralValueOutOfRange(column, number))
}

/// A number for a column; what SQLite cannot hold becomes the largest that it can.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
