//! What is known of each original beside its bytes.

use patrol_domain::{Fix, FixError, Mime, PhotoSource, Sha256Hash};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::{OptionalExtension as _, Row};

use crate::error::StoreError;
use crate::outbox::expect_photo;
use crate::store::Store;

/// Facts read from an original when it was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoFacts {
    /// SHA-256 of the original.
    pub sha256: Sha256Hash,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its format.
    pub mime: Mime,
    /// How it came in.
    pub source: PhotoSource,
    /// Width as shown upright, in pixels.
    pub width: u32,
    /// Height as shown upright, in pixels.
    pub height: u32,
    /// Local time by EXIF, `2026-06-18T09:12:08`.
    pub taken: Option<String>,
    /// Place by EXIF.
    pub fix: Option<Fix>,
    /// Why EXIF's place was not taken.
    pub place_problem: Option<FixError>,
}

impl Store {
    /// A photo's thumbnail, a JPEG of at most 20 KB.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPhoto`] for a hash that was never taken in.
    pub fn thumbnail(&self, sha256: Sha256Hash) -> Result<Vec<u8>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached(include_str!("photo/find_thumbnail.sql"))?
                .query_row([sha256.as_bytes().as_slice()], |row| row.get(0))
                .optional()?
                .ok_or(StoreError::NoSuchPhoto(sha256))
        })
    }
}

pub(crate) fn insert_photo(tx: &Transaction<'_>, facts: &PhotoFacts, thumbnail: &[u8]) -> Result<(), StoreError> {
    let PhotoFacts {
        sha256,
        bytes,
        mime,
        source,
        width,
        height,
        taken,
        fix,
        place_problem,
    } = facts;
    tx.prepare_cached(include_str!("photo/insert_photo.sql"))?.execute((
        sha256.as_bytes().as_slice(),
        i64::try_from(*bytes).unwrap_or(i64::MAX),
        mime.as_str(),
        source.as_str(),
        width,
        height,
        taken,
        fix.map(|fix| serde_json::to_string(&fix)).transpose()?,
        place_problem
            .map(|problem| serde_json::to_string(&problem))
            .transpose()?,
        thumbnail,
    ))?;
    tx.prepare_cached(include_str!("photo/forget_pruned.sql"))?
        .execute([sha256.as_bytes().as_slice()])?;
    expect_photo(tx, *sha256)
}

/// A row as SQLite gives it, in the order of `photo/columns`: sha256, bytes, mime, source, width, height, taken, fix,
/// place_problem.
pub(crate) fn row_to_photo(row: &Row<'_>) -> Result<PhotoFacts, StoreError> {
    let sha256: Vec<u8> = row.get(0)?;
    let mime: String = row.get(2)?;
    let source: String = row.get(3)?;
    let fix: Option<String> = row.get(7)?;
    let place_problem: Option<String> = row.get(8)?;
    Ok(PhotoFacts {
        sha256: Sha256Hash::from_slice(&sha256).ok_or(StoreError::Column("photo.sha256"))?,
        bytes: u64::try_from(row.get::<_, i64>(1)?).map_err(|_| StoreError::Column("photo.bytes"))?,
        mime: Mime::from_name(&mime).ok_or(StoreError::Column("photo.mime"))?,
        source: PhotoSource::from_name(&source).ok_or(StoreError::Column("photo.source"))?,
        width: row.get(4)?,
        height: row.get(5)?,
        taken: row.get(6)?,
        fix: fix.map(|fix| serde_json::from_str(&fix)).transpose()?,
        place_problem: place_problem
            .map(|problem| serde_json::from_str(&problem))
            .transpose()?,
    })
}
