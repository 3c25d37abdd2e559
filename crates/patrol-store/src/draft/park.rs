//! Drafts that are not in hand: laid aside, or waiting to be photographed again.

use patrol_domain::{DraftId, Op, Part, PersonId, WallMs};
use patrol_sqlite::{DatabaseError, Transaction};

use super::row::{read_in_hand, read_one, read_parked};
use super::{Draft, DraftToSave, delete};
use crate::error::StoreError;
use crate::journal::append;
use crate::store::Store;

impl Store {
    /// The active officer's drafts that are not in hand, in the order in which they were begun.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn parked_drafts(&self) -> Result<Vec<Draft>, StoreError> {
        self.read(read_parked)
    }

    /// One draft, in hand or not, whoever began it; `None` when it is gone.
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
    /// [`StoreError::NoSuchDraft`] when it is gone or another officer's; nothing was changed then.
    pub fn take_draft(&self, draft: DraftId) -> Result<(), StoreError> {
        self.write(|tx| {
            check_own(tx, draft)?;
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
    /// [`StoreError::NoSuchDraft`] when it is gone or another officer's, or [`StoreError`]; the draft is then as it was.
    pub fn drop_draft(&self, draft: DraftId) -> Result<(), StoreError> {
        self.write(|tx| {
            check_own(tx, draft)?;
            delete(tx, draft)
        })
    }

    /// How many drafts and timers each officer has on this phone. Those of before anybody was named are in none.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn count_drafts(&self) -> Result<Vec<(PersonId, u64)>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("count_by_author.sql"))?;
            let mut rows = statement.query([])?;
            let mut counts = Vec::new();
            while let Some(row) = rows.next()? {
                let owner: Option<Vec<u8>> = row.get(0)?;
                let Some(owner) = owner else { continue };
                let owner = PersonId::from_slice(&owner).ok_or(StoreError::Column("draft_case.author"))?;
                let count: i64 = row.get(1)?;
                counts.push((owner, count.unsigned_abs()));
            }
            Ok(counts)
        })
    }

    /// Makes a draft a case, as [`Store::save_draft`], with all ops that `build` gives: what was done at once stands behind
    /// the opening.
    ///
    /// # Errors
    /// [`StoreError::NoSuchDraft`] when it is gone or another officer's, what `build` refuses, or [`StoreError`]; nothing was
    /// saved then.
    pub fn save_parked<T, E>(
        &self,
        draft: DraftId,
        mut build: impl FnMut(&DraftToSave<'_, '_>) -> Result<(Vec<(Op, Vec<Part>)>, T), E>,
    ) -> Result<T, E>
    where
        E: From<StoreError> + From<DatabaseError>,
    {
        self.write(|tx| {
            check_own(tx, draft)?;
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

/// Another officer takes the phone: what was begun stays the one's who had it, and nothing of it is in hand any more.
pub(crate) fn hand_over(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let held = read_in_hand(tx)?;
    if let Some(id) = held.id.filter(|_| held.is_empty()) {
        tx.prepare_cached(include_str!("drop_empty.sql"))?
            .execute([id.as_bytes().as_slice()])?;
    }
    tx.prepare_cached(include_str!("name_author.sql"))?.execute([])?;
    tx.prepare_cached(include_str!("park.sql"))?.execute([])?;
    Ok(())
}

fn check_own(tx: &Transaction<'_>, draft: DraftId) -> Result<(), StoreError> {
    let is_own = tx
        .prepare_cached(include_str!("find_own.sql"))?
        .exists([draft.as_bytes().as_slice()])?;
    if is_own {
        Ok(())
    } else {
        Err(StoreError::NoSuchDraft(draft))
    }
}
