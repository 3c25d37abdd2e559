//! The station's keys beside the one that was pinned at the enrolment: those after it, and those before.
//!
//! Kept because receipts by them must be believed and exported without the station. Losing them costs a question: whoever
//! meets an unknown key asks the station, and believes what statements tie to the pinned key.

use crate::error::StoreError;
use crate::store::Store;

/// A key of the station that a statement made believable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TiedKey {
    /// The key: a SEC 1 point.
    pub key: Vec<u8>,
    /// The statement, JSON as received.
    pub statement: String,
}

impl Store {
    /// These keys, in the order in which they were believed.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn tied_keys(&self) -> Result<Vec<TiedKey>, StoreError> {
        self.read(|tx| {
            let mut read = tx.prepare_cached(include_str!("station_key/list.sql"))?;
            let rows = read.query_map([], |row| {
                Ok(TiedKey {
                    key: row.get(0)?,
                    statement: row.get(1)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Believes further keys; the caller has verified their statements. One that is known stays as it is.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be written; then none of them is.
    pub fn believe_keys(&self, keys: &[TiedKey]) -> Result<(), StoreError> {
        self.write(|tx| {
            for TiedKey { key, statement } in keys {
                tx.prepare_cached(include_str!("station_key/insert.sql"))?
                    .execute((key, statement))?;
            }
            Ok(())
        })
    }
}
