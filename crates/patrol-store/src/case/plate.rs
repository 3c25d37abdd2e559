//! What is known about a plate.

use super::{CaseRecord, collect_page, rows_wanted};
use crate::error::StoreError;
use crate::store::Store;

impl Store {
    /// The cases of a plate, newest first, at most `limit`, and how many there are in all.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn cases_of_plate(&self, plate: &str, limit: usize) -> Result<(Vec<CaseRecord>, u64), StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("list_plate.sql"))?;
            let page = collect_page(tx, statement.query((plate, rows_wanted(limit)))?, limit)?;
            let total: i64 = tx
                .prepare_cached(include_str!("count_plate.sql"))?
                .query_row([plate], |row| row.get(0))?;
            Ok((page.cases, u64::try_from(total).unwrap_or(0)))
        })
    }

    /// The plates that were recorded last, each once, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn recent_plates(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("recent_plates.sql"))?;
            let plates = statement.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get(0))?;
            Ok(plates.collect::<Result<_, _>>()?)
        })
    }
}
