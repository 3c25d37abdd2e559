//! How much room there is, and how much a photo takes.

use crate::error::StoreError;
use crate::store::Store;

impl Store {
    /// Bytes that may still be written where the data lie; `None` when the disk cannot tell.
    ///
    /// # Errors
    /// [`StoreError::Folder`] when the disk cannot be asked.
    pub fn free_bytes(&self) -> Result<Option<u64>, StoreError> {
        self.disk.free(&self.folder).map_err(StoreError::Folder)
    }

    /// The bytes of all originals that cases name.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn original_bytes(&self) -> Result<u64, StoreError> {
        self.read(|tx| {
            let bytes: i64 = tx
                .prepare_cached(include_str!("budget/original_bytes.sql"))?
                .query_row([], |row| row.get(0))?;
            u64::try_from(bytes).map_err(|_| StoreError::Column("view_case_photo.bytes"))
        })
    }

    /// The mean size of the last fifty photos, in bytes; `None` before the first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn mean_photo_bytes(&self) -> Result<Option<u64>, StoreError> {
        self.read(|tx| {
            let mean: Option<f64> = tx
                .prepare_cached(include_str!("budget/mean_photo.sql"))?
                .query_row([], |row| row.get(0))?;
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "lengths of files: positive and far below 2^53"
            )]
            let whole = mean.map(|mean| mean.round() as u64);
            Ok(whole)
        })
    }
}
