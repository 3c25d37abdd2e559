//! What the station remembers of its backups, and up to where a journal is safe.

use patrol_domain::{LogId, Seq};
use patrol_sqlite::Transaction;

use super::row;
use crate::store::StoreError;

/// Up to where every op of a journal, its parts and its photos are in a verified backup of the present epoch.
pub(super) fn safe_seq(tx: &Transaction<'_>, log: LogId) -> Result<Seq, StoreError> {
    Ok(tx
        .prepare_cached(include_str!("sql/read_safe_seq.sql"))?
        .query_row([log.as_bytes()], |row| row::seq(row, 0))?)
}
