//! Drafts that are not in hand: laid aside, or waiting to be photographed again.

use patrol_domain::{DraftId, Op, Part, WallMs};
use patrol_sqlite::{DatabaseError, Transaction};

use super::row::{read_in_hand, read_one, read_parked};
use super::{Draft, DraftToSave, delete};
use crate::error::StoreError;
use crate::journal::append;
use crate::store::Store;

impl Store {
    /// The drafts that are not in hand, in the order in which they were begun.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn parked_drafts(&self) -> Result<Vec<Draft>, StoreError> {
        self.read(read_parked)
    }

    /// One draft, in hand or not; `None` when it is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn find_draft(&self, draft: DraftId) -> Result<Option<Draft>, StoreError> {
        self.read(|tx| read_one(tx, draft))
    }

    /// Lays the draft in hand aside; an empty one is dropped.
    ///
    /// # Errors
    /// [`StoreError`]; the draft is in hand still.
    pub fn park_draft(&self) -> Result<(), StoreError> {
        self.write(park)
    }

    /// Lays the draft in hand aside to be photographed again. A timer that runs already runs on.
    ///
    /// # Errors
    /// [`StoreError`]; the draft is in hand still.
    pub fn start_timer(&self, at: WallMs) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.prepare_cached(include_str!("write_timer.sql"))?.execute([at.0])?;
            park(tx)
        })
    }

    /// Takes a draft in hand; the one that was is laid aside.
    ///
    /// # Errors
    /// [`StoreError::NoSuchDraft`] when it is gone; nothing was changed then.
    pub fn take_draft(&self, draft: DraftId) -> Result<(), StoreError> {
        self.write(|tx| {
            if read_one(tx, draft)?.is_none() {
                return Err(StoreError::NoSuchDraft(draft));
            }
            let held = read_in_hand(tx)?;
            if held.id == Some(draft) {
                return Ok(());
            }
            park(tx)?;
            tx.prepare_cached(include_str!("take.sql"))?
                .execute([draft.as_bytes().as_slice()])?;
            Ok(())
        })
    }

    /// Gives a draft up. Its originals stay in the vault.
    ///
    /// # Errors
    /// [`StoreError`]; the draft is then as it was.
    pub fn drop_draft(&self, draft: DraftId) -> Result<(), StoreError> {
        self.write(|tx| delete(tx, draft))
    }

    /// Makes a draft a case, as [`Store::save_draft`], with all ops that `build` gives: what was done at once stands behind
    /// the opening.
    ///
    /// # Errors
    /// [`StoreError::NoSuchDraft`] when it is gone, what `build` refuses, or [`StoreError`]; nothing was saved then.
    pub fn save_parked<T, E>(
        &self,
        draft: DraftId,
        mut build: impl FnMut(&DraftToSave<'_, '_>) -> Result<(Vec<(Op, Vec<Part>)>, T), E>,
    ) -> Result<T, E>
    where
        E: From<StoreError> + From<DatabaseError>,
    {
        self.write(|tx| {
            let found = read_one(tx, draft)?.ok_or(StoreError::NoSuchDraft(draft))?;
            let (ops, built) = build(&DraftToSave { tx, draft: found })?;
            for (op, parts) in &ops {
                append(tx, op, parts)?;
            }
            delete(tx, draft)?;
            Ok(built)
        })
    }
}

fn park(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let held = read_in_hand(tx)?;
    match held.id {
        Some(id) if held.is_empty() => delete(tx, id),
        Some(_) => {
            tx.prepare_cached(include_str!("park.sql"))?.execute([])?;
            Ok(())
        }
        None => Ok(()),
    }
}
