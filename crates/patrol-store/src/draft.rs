//! Drafts: the cases that are being recorded, on disk at every change.
//!
//! Leaving the screen, a call, a killed app: what was typed or shot is there again. There are as many as the officer has
//! begun: one at most is in hand, the others are parked, some of them with a timer running. Each is its officer's: at a
//! handover it is laid aside, and is there again when they sign in. Saving turns a draft into ops
//! and takes it away in the same transaction, so that a case is neither lost nor saved twice.

mod park;
mod row;

use std::io::Read;

use patrol_domain::{At, BootId, BootMs, DraftId, Fix, Head, LogId, Op, Part, PhotoRole, Sha256Hash, ShotAt, WallMs};
use patrol_sqlite::{DatabaseError, Transaction};

use crate::error::StoreError;
use crate::journal::{append, find_later};
use crate::outbox::{Moment, read_moment};
use crate::photo::{PhotoFacts, insert_photo};
use crate::store::Store;
use crate::vault::VaultNote;
pub(crate) use park::hand_over;
use row::{is_there, read_in_hand};
pub(crate) use row::{read_id, read_moment as read_shot_moment, read_one};

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
    /// The answers to the matter's form: a JSON object; empty when there are none.
    pub form: String,
    /// The screen that the officer was on last, as the interface calls it.
    pub screen: String,
}

/// Which picture a camera takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// What it is to show.
    pub role: PhotoRole,
    /// Its name in the pack's shot list.
    pub slot: Option<String>,
}

impl Default for Exposure {
    fn default() -> Self {
        Self {
            role: PhotoRole::Scene,
            slot: None,
        }
    }
}

/// A photo of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftPhoto {
    /// What is known of it.
    pub facts: PhotoFacts,
    /// Which picture it is.
    pub exposure: Exposure,
    /// When it came in; `None` for one of before such was written down.
    pub came: Option<ShotAt>,
    /// Where the phone was, or where the file says that it was; its age is measured at `came`.
    pub fix: Option<Fix>,
}

/// A draft that waits to be photographed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftTimer {
    /// When it was parked, by the wall clock.
    pub since: WallMs,
    /// The plate as it was typed then.
    pub plate: String,
}

/// A draft as it lies on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Its id; `None` when nothing is in hand.
    pub id: Option<DraftId>,
    /// What was typed or chosen.
    pub fields: DraftFields,
    /// Where the officer put the pin.
    pub pin: Option<Fix>,
    /// Whether it waits to be photographed again.
    pub timer: Option<DraftTimer>,
    /// The photos in the order in which they were added.
    pub photos: Vec<DraftPhoto>,
    /// When it last changed.
    pub saved: Option<WallMs>,
}

impl Draft {
    /// Whether nothing was typed, chosen or shot.
    pub fn is_empty(&self) -> bool {
        let Self {
            id: _,
            fields,
            pin,
            timer,
            photos,
            saved: _,
        } = self;
        let typed = DraftFields {
            screen: String::new(),
            ..fields.clone()
        };
        typed == DraftFields::default() && pin.is_none() && timer.is_none() && photos.is_empty()
    }
}

impl Store {
    /// The draft in hand as it lies on disk; an empty one when none is.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn draft(&self) -> Result<Draft, StoreError> {
        self.read(read_in_hand)
    }

    /// The id of the draft in hand; one with the id `fresh` is begun when none is.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be made durable.
    pub fn draft_id(&self, fresh: DraftId) -> Result<DraftId, StoreError> {
        if let Some(id) = self.read(read_id)? {
            return Ok(id);
        }
        self.write(|tx| in_hand(tx, fresh))
    }

    /// Writes what was typed.
    ///
    /// # Errors
    /// [`StoreError`]; the former draft stands then.
    pub fn write_draft(&self, fields: &DraftFields, at: WallMs) -> Result<(), StoreError> {
        let fresh = self.fresh_draft();
        self.write(|tx| {
            in_hand(tx, fresh)?;
            let DraftFields {
                matter,
                plate,
                street,
                note,
                form,
                screen,
            } = fields;
            tx.prepare_cached(include_str!("draft/write_draft.sql"))?
                .execute((matter, plate, street, note, form, screen, at.0))?;
            Ok(())
        })
    }

    /// Puts the pin of the draft in hand somewhere, or takes it away.
    ///
    /// # Errors
    /// [`StoreError`]; the pin is then where it was.
    pub fn pin_draft(&self, pin: Option<&Fix>, at: WallMs) -> Result<(), StoreError> {
        let fresh = self.fresh_draft();
        self.write(|tx| {
            in_hand(tx, fresh)?;
            let pin = pin.map(serde_json::to_string).transpose()?;
            tx.prepare_cached(include_str!("draft/write_pin.sql"))?
                .execute((pin, at.0))?;
            Ok(())
        })
    }

    /// Takes an original into the vault and puts it on the draft that `note` names, else on the one in hand: the file is
    /// durable before the row.
    ///
    /// `describe` gets the hash and the length that the vault found. The same bytes twice are one photo.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`] when the case could not be saved any more; else [`StoreError`]. The draft is then as it was.
    pub fn add_draft_photo(
        &self,
        exposure: &Exposure,
        original: &mut dyn Read,
        note: &VaultNote,
        thumbnail: &[u8],
        describe: impl FnOnce(Sha256Hash, u64) -> PhotoFacts,
    ) -> Result<(), StoreError> {
        self.keep_reserve()?;
        let (sha256, bytes) = self.vault.put(original, note)?;
        let facts = describe(sha256, bytes);
        let fresh = self.fresh_draft();
        self.write(|tx| {
            insert_photo(tx, &facts, thumbnail)?;
            let draft = match note.draft {
                Some(draft) if is_there(tx, draft)? => draft,
                _ => in_hand(tx, fresh)?,
            };
            place_on_draft(tx, draft, sha256, exposure, Coming::of(note))
        })
    }

    /// Says where the phone was when a photo was taken, once that is known.
    ///
    /// # Errors
    /// [`StoreError`]; the photo is as it was.
    pub fn fix_draft_photo(&self, draft: DraftId, sha256: Sha256Hash, fix: &Fix) -> Result<(), StoreError> {
        self.write(|tx| {
            let key = (draft.as_bytes().as_slice(), sha256.as_bytes().as_slice());
            tx.prepare_cached(include_str!("draft/write_fix.sql"))?.execute((
                key.0,
                key.1,
                serde_json::to_string(fix)?,
            ))?;
            Ok(())
        })
    }

    /// Takes a photo off the draft in hand. Its original stays in the vault.
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

    /// Gives up the draft in hand. Originals stay in the vault.
    ///
    /// # Errors
    /// [`StoreError`]; the draft is then as it was.
    pub fn discard_draft(&self) -> Result<(), StoreError> {
        self.write(|tx| match read_id(tx)? {
            Some(id) => delete(tx, id),
            None => Ok(()),
        })
    }

    /// Makes the draft in hand a case: `build` reads what it needs and gives the op and its parts, all in one transaction
    /// with one sync of the disk. What reaches the draft meanwhile waits, and belongs to the next case.
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
            let draft = read_in_hand(tx)?;
            let id = draft.id;
            let (op, parts, built) = build(&DraftToSave { tx, draft })?;
            let head = append(tx, &op, &parts)?;
            if let Some(id) = id {
                delete(tx, id)?;
            }
            Ok((head, built))
        })
    }

    /// An id for a draft that nobody has named.
    pub(crate) fn fresh_draft(&self) -> DraftId {
        DraftId::new(uuid::Builder::from_random_bytes(self.random()).into_uuid())
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

/// When a photo came in, and where the phone was then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coming {
    pub(crate) at: WallMs,
    pub(crate) moment: Option<ShotAt>,
    pub(crate) fix: Option<Fix>,
}

impl Coming {
    pub(crate) fn of(note: &VaultNote) -> Self {
        let VaultNote { at, fix, .. } = note;
        let At { wall_ms, .. } = at;
        Self {
            at: *wall_ms,
            moment: Some(at.into()),
            fix: *fix,
        }
    }
}

/// The draft in hand; one is begun with the id `fresh` when none is.
pub(crate) fn in_hand(tx: &Transaction<'_>, fresh: DraftId) -> Result<DraftId, StoreError> {
    if let Some(id) = read_id(tx)? {
        return Ok(id);
    }
    tx.prepare_cached(include_str!("draft/begin.sql"))?
        .execute([fresh.as_bytes().as_slice()])?;
    Ok(fresh)
}

pub(crate) fn place_on_draft(
    tx: &Transaction<'_>,
    draft: DraftId,
    sha256: Sha256Hash,
    exposure: &Exposure,
    coming: Coming,
) -> Result<(), StoreError> {
    let (id, hash) = (draft.as_bytes().as_slice(), sha256.as_bytes().as_slice());
    let Exposure { role, slot } = exposure;
    let Coming { at, moment, fix } = coming;
    tx.prepare_cached(include_str!("draft/insert_photo.sql"))?.execute((
        id,
        hash,
        role.as_str(),
        slot,
        moment.map(|moment| moment.wall_ms.0),
        moment.map(|moment| moment.boot_ms.0),
        moment.map(|moment| moment.boot_id.0.to_string()),
        fix.map(|fix| serde_json::to_string(&fix)).transpose()?,
    ))?;
    tx.prepare_cached(include_str!("shot/delete_found.sql"))?
        .execute([hash])?;
    tx.prepare_cached(include_str!("draft/touch_draft.sql"))?
        .execute((id, at.0))?;
    Ok(())
}

fn delete(tx: &Transaction<'_>, draft: DraftId) -> Result<(), StoreError> {
    let id = [draft.as_bytes().as_slice()];
    tx.prepare_cached(include_str!("draft/delete_photos.sql"))?
        .execute(id)?;
    tx.prepare_cached(include_str!("draft/delete_draft.sql"))?.execute(id)?;
    Ok(())
}
