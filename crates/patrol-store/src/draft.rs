//! The draft: the case that is being recorded, on disk at every change.
//!
//! Leaving the screen, a call, a killed app: what was typed or shot is there again. Saving turns the draft into one op
//! and empties it in the same transaction, so that a case is neither lost nor saved twice.

use std::io::Read;

use patrol_domain::{BootId, BootMs, DraftId, Head, LogId, Op, Part, PhotoRole, Sha256Hash, WallMs};
use patrol_sqlite::{DatabaseError, Transaction};

use crate::error::StoreError;
use crate::journal::{append, find_later};
use crate::outbox::{Moment, read_moment};
use crate::photo::{PhotoFacts, insert_photo, row_to_photo};
use crate::store::Store;
use crate::vault::VaultNote;

/// What the officer typed or chose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftFields {
    /// The matter's code.
    pub matter: Option<String>,
    /// The plate as typed.
    pub plate: String,
    /// The street's id.
    pub street: Option<String>,
    /// The note as typed.
    pub note: String,
}

/// A photo of the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftPhoto {
    /// What is known of it.
    pub facts: PhotoFacts,
    /// What it is to show.
    pub role: PhotoRole,
}

/// The draft as it lies on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// What was typed or chosen.
    pub fields: DraftFields,
    /// The photos in the order in which they were added.
    pub photos: Vec<DraftPhoto>,
    /// When it last changed.
    pub saved: Option<WallMs>,
}

impl Store {
    /// The draft as it lies on disk.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn draft(&self) -> Result<Draft, StoreError> {
        self.read(read_draft)
    }

    /// The draft's id; it is `fresh` from now on when it had none.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be made durable.
    pub fn draft_id(&self, fresh: DraftId) -> Result<DraftId, StoreError> {
        if let Some(id) = self.read(read_id)? {
            return Ok(id);
        }
        self.write(|tx| {
            tx.prepare_cached(include_str!("draft/write_id.sql"))?
                .execute([fresh.as_bytes().as_slice()])?;
            Ok(read_id(tx)?.unwrap_or(fresh))
        })
    }

    /// Writes what was typed.
    ///
    /// # Errors
    /// [`StoreError`]; the former draft stands then.
    pub fn write_draft(&self, fields: &DraftFields, at: WallMs) -> Result<(), StoreError> {
        self.write(|tx| {
            let DraftFields {
                matter,
                plate,
                street,
                note,
            } = fields;
            tx.prepare_cached(include_str!("draft/write_draft.sql"))?
                .execute((matter, plate, street, note, at.0))?;
            Ok(())
        })
    }

    /// Takes an original into the vault and puts it on the draft: the file is durable before the row.
    ///
    /// `describe` gets the hash and the length that the vault found. The same bytes twice are one photo.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`] when the case could not be saved any more; else [`StoreError`]. The draft is then as it was.
    pub fn add_draft_photo(
        &self,
        original: &mut dyn Read,
        note: &VaultNote,
        thumbnail: &[u8],
        describe: impl FnOnce(Sha256Hash, u64) -> PhotoFacts,
    ) -> Result<(), StoreError> {
        self.keep_reserve()?;
        let (sha256, bytes) = self.vault.put(original, note)?;
        let facts = describe(sha256, bytes);
        self.write(|tx| {
            insert_photo(tx, &facts, thumbnail)?;
            place_on_draft(tx, sha256, PhotoRole::Scene, note.at.wall_ms)
        })
    }

    /// Takes a photo off the draft. Its original stays in the vault.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPhoto`] when the draft does not have it.
    pub fn remove_draft_photo(&self, sha256: Sha256Hash) -> Result<(), StoreError> {
        self.write(|tx| {
            let delete = include_str!("draft/delete_photo.sql");
            let removed = tx.prepare_cached(delete)?.execute([sha256.as_bytes().as_slice()])?;
            if removed == 0 {
                Err(StoreError::NoSuchPhoto(sha256))
            } else {
                Ok(())
            }
        })
    }

    /// Empties the draft. Originals stay in the vault.
    ///
    /// # Errors
    /// [`StoreError`]; the draft is then as it was.
    pub fn discard_draft(&self) -> Result<(), StoreError> {
        self.write(empty_draft)
    }

    /// Makes the draft a case: `build` reads what it needs and gives the op and its parts, all in one transaction with one
    /// sync of the disk. What reaches the draft meanwhile waits, and belongs to the next case.
    ///
    /// # Errors
    /// What `build` refuses, or [`StoreError`]; nothing was saved and the draft is as it was.
    pub fn save_draft<T, E>(
        &self,
        mut build: impl FnMut(&DraftToSave<'_, '_>) -> Result<(Op, Vec<Part>, T), E>,
    ) -> Result<(Head, T), E>
    where
        E: From<StoreError> + From<DatabaseError>,
    {
        self.write(|tx| {
            let (op, parts, built) = build(&DraftToSave {
                tx,
                draft: read_draft(tx)?,
            })?;
            let head = append(tx, &op, &parts)?;
            empty_draft(tx)?;
            Ok((head, built))
        })
    }
}

/// What a case is made from, as it stands in the transaction that will save it.
pub struct DraftToSave<'transaction, 'connection> {
    tx: &'transaction Transaction<'connection>,
    /// The draft.
    pub draft: Draft,
}

impl std::fmt::Debug for DraftToSave<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DraftToSave")
            .field("draft", &self.draft)
            .finish_non_exhaustive()
    }
}

impl DraftToSave<'_, '_> {
    /// Gives out the next number under a prefix. None is given out twice, whatever becomes of the case; if the case is not
    /// saved, neither is the number.
    ///
    /// # Errors
    /// [`StoreError`] when the database refuses.
    pub fn next_number(&self, prefix: &str) -> Result<u64, StoreError> {
        let last: i64 = self
            .tx
            .prepare_cached(include_str!("case/next_number.sql"))?
            .query_row([prefix], |row| row.get(0))?;
        u64::try_from(last).map_err(|_| StoreError::Column("case_number.last"))
    }

    /// The journal that the case will stand in, if it is not the first of this phone; as [`Store::later_journal`].
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn later_journal(&self) -> Result<Option<LogId>, StoreError> {
        find_later(self.tx)
    }

    /// What the station has let this phone know of time.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn moment(&self, boot_id: BootId, boot: BootMs) -> Result<Moment, StoreError> {
        read_moment(self.tx, boot_id, boot)
    }
}

pub(crate) fn place_on_draft(
    tx: &Transaction<'_>,
    sha256: Sha256Hash,
    role: PhotoRole,
    at: WallMs,
) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("draft/insert_photo.sql"))?
        .execute((sha256.as_bytes().as_slice(), role.as_str()))?;
    tx.prepare_cached(include_str!("shot/delete_found.sql"))?
        .execute([sha256.as_bytes().as_slice()])?;
    tx.prepare_cached(include_str!("draft/touch_draft.sql"))?
        .execute([at.0])?;
    Ok(())
}

pub(crate) fn read_id(tx: &Transaction<'_>) -> Result<Option<DraftId>, StoreError> {
    let id: Option<Vec<u8>> = tx
        .prepare_cached(include_str!("draft/read_id.sql"))?
        .query_row([], |row| row.get(0))?;
    id.map(|id| DraftId::from_slice(&id).ok_or(StoreError::Column("draft.draft_id")))
        .transpose()
}

fn empty_draft(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("draft/delete_photos.sql"))?
        .execute([])?;
    tx.prepare_cached(include_str!("draft/empty_draft.sql"))?.execute([])?;
    Ok(())
}

fn read_draft(tx: &Transaction<'_>) -> Result<Draft, StoreError> {
    let (fields, saved) = tx
        .prepare_cached(include_str!("draft/read_draft.sql"))?
        .query_row([], |row| {
            let fields = DraftFields {
                matter: row.get(0)?,
                plate: row.get(1)?,
                street: row.get(2)?,
                note: row.get(3)?,
            };
            Ok((fields, row.get::<_, Option<i64>>(4)?.map(WallMs)))
        })?;
    let mut statement = tx.prepare_cached(include_str!("draft/list_photos.sql"))?;
    let mut rows = statement.query([])?;
    let mut photos = Vec::new();
    while let Some(row) = rows.next()? {
        let role: String = row.get(9)?;
        photos.push(DraftPhoto {
            facts: row_to_photo(row)?,
            role: PhotoRole::from_name(&role).ok_or(StoreError::Column("draft_photo.role"))?,
        });
    }
    Ok(Draft { fields, photos, saved })
}
