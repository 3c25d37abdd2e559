//! Journals recomputed from what is stored: op bytes and parts from the database, photos from their files.

use patrol_domain::digest::JournalDigest;
use patrol_domain::seal::Salt;
use patrol_domain::{LogId, Part, Sha256Hash};
use patrol_sqlite::Transaction;

use super::{Inner, row};
use crate::durable;
use crate::store::StoreError;

/// An original's name and the suffix of its file.
type Named = (Sha256Hash, String);

impl Inner {
    pub(super) fn digest(&self, only: Option<LogId>) -> Result<Vec<JournalDigest>, StoreError> {
        // Files are read after the transaction: a long reader would keep the write-ahead log from being emptied.
        let read = self.database.read(|tx| journals(tx, only))?;
        if only.is_some() && read.is_empty() {
            return Err(StoreError::NotFound);
        }
        let with_photos = read.into_iter().map(|(mut digest, photos)| {
            photos.iter().for_each(|photo| self.add_photo(&mut digest, photo));
            digest
        });
        Ok(with_photos.collect())
    }

    fn add_photo(&self, digest: &mut JournalDigest, (sha256, extension): &Named) {
        match durable::read_content(self.disk(), &self.layout.photo(*sha256, extension)) {
            Ok(content) => digest.add_photo(content.sha256, content.bytes),
            // It is then missing from the digest, which is what a digest is for.
            Err(error) => tracing::error!(%sha256, %error, "a stored original cannot be read"),
        }
    }
}

fn journals(tx: &Transaction<'_>, only: Option<LogId>) -> Result<Vec<(JournalDigest, Vec<Named>)>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_logs.sql"))?;
    let rows = read.query_map([], |row| row::id(row, 0, LogId::from_slice))?;
    let logs: Vec<LogId> = rows.collect::<Result<_, _>>()?;
    logs.into_iter()
        .filter(|log| only.is_none_or(|only| only == *log))
        .map(|log| journal(tx, log))
        .collect()
}

/// Ops and parts of one journal, and the originals that belong to it and are complete.
fn journal(tx: &Transaction<'_>, log: LogId) -> Result<(JournalDigest, Vec<Named>), StoreError> {
    let mut digest = JournalDigest::new(log);
    let mut ops = tx.prepare_cached(include_str!("sql/list_ops.sql"))?;
    let mut rows = ops.query([log.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let (seq, bytes): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        digest.add_op(&bytes, &parts(tx, log, seq)?);
    }
    let mut photos = tx.prepare_cached(include_str!("sql/list_complete_photos.sql"))?;
    let rows = photos.query_map([log.as_bytes()], |row| Ok((row::hash(row, 0)?, row.get(1)?)))?;
    let photos = rows.collect::<Result<_, _>>()?;
    Ok((digest, photos))
}

pub(super) fn parts(tx: &Transaction<'_>, log: LogId, seq: i64) -> Result<Vec<Part>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_parts.sql"))?;
    let rows = read.query_map((log.as_bytes(), seq), |row| {
        Ok(Part {
            field: row.get(0)?,
            salt: Salt(row.get(1)?),
            value: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
