//! Photos on their way in: where the camera will write is on disk before the camera opens, and nothing that it wrote is
//! left behind.
//!
//! A phone's camera is another program. It may write the photo and we may be killed before we are told; so its target is
//! written down first, and at the next start each target is looked at. The same goes for an original that reached the
//! vault while the power went before its row. A file in the camera's folder that no target leads to is looked at too: the
//! power may have gone after its photo was taken in and before it was removed, or a damaged database may have taken the
//! target with it. Nobody's picture stays there in clear.

use std::io::{ErrorKind, Read as _};
use std::path::PathBuf;

use patrol_domain::{DraftId, PhotoRole, Sha256Hash, ShotAt, WallMs};
use patrol_sqlite::Transaction;

use crate::draft::{Coming, Exposure, in_hand, place_on_draft, read_one, read_shot_moment};
use crate::error::StoreError;
use crate::photo::{PhotoFacts, insert_photo, row_to_photo};
use crate::store::Store;
use crate::vault::VaultNote;

/// More than any photo that is taken: a longer file is read this far, and refused as too large by whoever looks at it.
const MAX_SHOT_BYTES: u64 = 64 << 20;

/// A target that the camera was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shot {
    /// The file's name.
    pub name: String,
    /// Where the camera has to write.
    pub path: PathBuf,
    /// The draft that the photo is taken for; all zeros when nothing says so any more.
    pub draft: DraftId,
    /// Which picture it is.
    pub exposure: Exposure,
    /// When the camera was opened; `None` when nothing says so any more.
    pub begun: Option<ShotAt>,
}

/// Something that was left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Orphan {
    /// The camera wrote this file, and nobody took it in, or nobody removed it.
    Shot(Shot),
    /// This original is in the vault and no row knows it.
    Original(Sha256Hash, Option<VaultNote>),
}

/// Where an orphan found its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// On the draft that it was taken for.
    OnDraft,
    /// Its case or its draft names it already; only what is known of it was missing.
    Known,
    /// Its draft is gone; it lies among the found photos.
    Found,
}

/// A photo whose draft is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPhoto {
    /// What its bytes say.
    pub facts: PhotoFacts,
    /// When it was taken, by the wall clock.
    pub at: WallMs,
    /// An officer has looked at it and left it where it is.
    pub is_aside: bool,
}

impl Store {
    /// Writes down where the camera is about to write for a draft, after making sure of room. The file's name is `name`.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`] when there is none; [`StoreError`] when it cannot be made durable: no camera may open then.
    pub fn begin_shot(&self, name: &str, draft: DraftId, exposure: &Exposure, at: ShotAt) -> Result<Shot, StoreError> {
        self.keep_reserve()?;
        self.disk.make_folder(&self.camera()).map_err(StoreError::Folder)?;
        self.write(|tx| {
            tx.prepare_cached(include_str!("shot/insert_shot.sql"))?.execute((
                name,
                draft.as_bytes().as_slice(),
                exposure.role.as_str(),
                at.wall_ms.0,
                &exposure.slot,
                at.boot_ms.0,
                at.boot_id.0.to_string(),
            ))?;
            Ok::<_, StoreError>(())
        })?;
        Ok(self.shot(name.to_owned(), draft, exposure.clone(), Some(at)))
    }

    /// Targets that were given to the camera and neither taken in nor given up.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn shots(&self) -> Result<Vec<Shot>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("shot/list_shots.sql"))?;
            let mut rows = statement.query([])?;
            let mut shots = Vec::new();
            while let Some(row) = rows.next()? {
                let draft: Vec<u8> = row.get(1)?;
                let role: String = row.get(2)?;
                let exposure = Exposure {
                    role: PhotoRole::from_name(&role).ok_or(StoreError::Column("shot.role"))?,
                    slot: row.get(4)?,
                };
                let draft = DraftId::from_slice(&draft).ok_or(StoreError::Column("shot.draft_id"))?;
                let begun = read_shot_moment(row.get(3)?, row.get(5)?, row.get(6)?);
                shots.push(self.shot(row.get(0)?, draft, exposure, begun));
            }
            Ok(shots)
        })
    }

    /// What the camera wrote; `None` when it wrote nothing.
    ///
    /// # Errors
    /// [`StoreError::Folder`] when the file cannot be read.
    pub fn read_shot(&self, shot: &Shot) -> Result<Option<Vec<u8>>, StoreError> {
        let mut file = match self.disk.open(&shot.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            other => other.map_err(StoreError::Folder)?,
        };
        let mut bytes = Vec::new();
        file.by_ref()
            .take(MAX_SHOT_BYTES)
            .read_to_end(&mut bytes)
            .map_err(StoreError::Folder)?;
        Ok((!bytes.is_empty()).then_some(bytes))
    }

    /// Takes in what the camera wrote: into the vault, onto the draft, and only then the camera's file is removed.
    ///
    /// # Errors
    /// [`StoreError`]; the camera's file and its target stay.
    pub fn finish_shot(
        &self,
        shot: &Shot,
        bytes: &[u8],
        note: &VaultNote,
        thumbnail: &[u8],
        describe: impl FnOnce(Sha256Hash, u64) -> PhotoFacts,
    ) -> Result<Adoption, StoreError> {
        let (sha256, length) = self.vault.put(&mut &*bytes, note)?;
        let facts = describe(sha256, length);
        let adoption = self.write(|tx| {
            insert_photo(tx, &facts, thumbnail)?;
            let adoption = place(tx, sha256, &shot.exposure, Some(shot.draft), Coming::of(note))?;
            forget_shot(tx, &shot.name)?;
            Ok::<_, StoreError>(adoption)
        })?;
        self.remove_shot(shot)?;
        Ok(adoption)
    }

    /// The camera was closed without a photo, or what it wrote is no photo: then the file is kept under another name.
    ///
    /// # Errors
    /// [`StoreError`]; the target stays.
    pub fn give_up_shot(&self, shot: &Shot) -> Result<(), StoreError> {
        let length = self.disk.length(&shot.path).map_err(StoreError::Folder)?;
        if length == Some(0) {
            self.remove_shot(shot)?;
        } else if length.is_some() {
            let aside = self.camera().join("unreadable");
            self.disk.make_folder(&aside).map_err(StoreError::Folder)?;
            self.disk
                .rename(&shot.path, &aside.join(&shot.name))
                .map_err(StoreError::Folder)?;
            self.disk.sync_folder(&aside).map_err(StoreError::Folder)?;
            self.disk.sync_folder(&self.camera()).map_err(StoreError::Folder)?;
        }
        self.write(|tx| forget_shot(tx, &shot.name))
    }

    /// Everything that was left behind: camera files without a photo; originals without a row, in the order in which they
    /// were taken in. Nothing is changed.
    ///
    /// # Errors
    /// [`StoreError`] when folder or database cannot be read.
    pub fn orphans(&self) -> Result<Vec<Orphan>, StoreError> {
        let mut orphans: Vec<Orphan> = self.left_shots.iter().cloned().map(Orphan::Shot).collect();
        let in_vault = self.vault.list()?;
        let strays = self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("shot/find_photo.sql"))?;
            let mut strays = Vec::new();
            for sha256 in in_vault {
                if !statement.exists([sha256.as_bytes().as_slice()])? {
                    strays.push(sha256);
                }
            }
            Ok::<_, StoreError>(strays)
        })?;
        let mut originals = Vec::new();
        for sha256 in strays {
            match self.vault.read(sha256) {
                Ok(reader) => originals.push((sha256, reader.note())),
                // A file that cannot be read is not adopted; `verify` names it.
                Err(error) => tracing::warn!(%error, "an original without a row cannot be read"),
            }
        }
        // On the draft they stand in the order in which they are adopted.
        originals.sort_by_key(|(_, note)| note.as_ref().map(|note| note.at.wall_ms));
        orphans.extend(
            originals
                .into_iter()
                .map(|(sha256, note)| Orphan::Original(sha256, note)),
        );
        Ok(orphans)
    }

    /// What cameras of earlier runs left behind; asked once, when the memory is opened.
    pub(crate) fn find_left_shots(&self) -> Result<Vec<Shot>, StoreError> {
        let mut shots = self.shots()?;
        shots.extend(self.files_without_target(&shots)?);
        Ok(shots)
    }

    /// Gives an original without a row its row and its place.
    ///
    /// # Errors
    /// [`StoreError`]; it is an orphan still.
    pub fn adopt_original(
        &self,
        facts: &PhotoFacts,
        note: Option<&VaultNote>,
        thumbnail: &[u8],
        at: WallMs,
    ) -> Result<Adoption, StoreError> {
        let sha256 = facts.sha256;
        self.vault.settle(sha256)?;
        self.write(|tx| {
            insert_photo(tx, facts, thumbnail)?;
            let nobody_noted = Coming {
                at,
                moment: None,
                fix: None,
            };
            let coming = note.map_or(nobody_noted, Coming::of);
            let draft = note.and_then(|note| note.draft);
            place(tx, sha256, &Exposure::default(), draft, coming)
        })
    }

    /// Photos whose draft is gone, oldest first: somebody has to say where they belong.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn found_photos(&self) -> Result<Vec<(Sha256Hash, WallMs)>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("shot/list_found.sql"))?;
            let rows = statement.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))?;
            let found = rows.map(|row| {
                let (sha256, at) = row?;
                let sha256 = Sha256Hash::from_slice(&sha256).ok_or(StoreError::Column("photo_found.sha256"))?;
                Ok((sha256, WallMs(at)))
            });
            found.collect()
        })
    }

    /// The found photos with what their bytes say, oldest first; those that an officer has set aside come last.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn list_found(&self) -> Result<Vec<FoundPhoto>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("shot/list_found_facts.sql"))?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(FoundPhoto {
                    facts: row_to_photo(row)?,
                    at: WallMs(row.get(9)?),
                    is_aside: row.get(10)?,
                });
            }
            Ok(found)
        })
    }

    /// Sets a found photo aside, or takes it back among those that are asked for.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPhoto`] when it is not among the found ones.
    pub fn set_found_aside(&self, sha256: Sha256Hash, is_aside: bool) -> Result<(), StoreError> {
        self.write(|tx| {
            let changed = tx
                .prepare_cached(include_str!("shot/set_found_aside.sql"))?
                .execute((sha256.as_bytes().as_slice(), is_aside))?;
            if changed == 0 {
                return Err(StoreError::NoSuchPhoto(sha256));
            }
            Ok(())
        })
    }

    /// Puts a found photo on the draft in hand.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPhoto`] when it is not among the found ones.
    pub fn place_found_photo(&self, sha256: Sha256Hash, at: WallMs) -> Result<(), StoreError> {
        let fresh = self.fresh_draft();
        self.write(|tx| {
            let removed = tx
                .prepare_cached(include_str!("shot/delete_found.sql"))?
                .execute([sha256.as_bytes().as_slice()])?;
            if removed == 0 {
                return Err(StoreError::NoSuchPhoto(sha256));
            }
            let nobody_noted = Coming {
                at,
                moment: None,
                fix: None,
            };
            let draft = in_hand(tx, fresh)?;
            place_on_draft(tx, draft, sha256, &Exposure::default(), nobody_noted)
        })
    }

    fn files_without_target(&self, shots: &[Shot]) -> Result<Vec<Shot>, StoreError> {
        let paths = match self.disk.list(&self.camera()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(StoreError::Folder)?,
        };
        let mut found = Vec::new();
        for path in paths {
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(name) = name.filter(|name| shots.iter().all(|shot| shot.name != *name)) else {
                continue;
            };
            if self.disk.length(&path).map_err(StoreError::Folder)?.is_some() {
                let nobodys = DraftId::from_slice(&[0; 16]).expect("an id is 16 bytes");
                found.push(self.shot(name.to_owned(), nobodys, Exposure::default(), None));
            }
        }
        Ok(found)
    }

    fn remove_shot(&self, shot: &Shot) -> Result<(), StoreError> {
        match self.disk.remove(&shot.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::Folder(error)),
            _ => self.disk.sync_folder(&self.camera()).map_err(StoreError::Folder),
        }
    }

    fn shot(&self, name: String, draft: DraftId, exposure: Exposure, begun: Option<ShotAt>) -> Shot {
        Shot {
            path: self.camera().join(&name),
            name,
            draft,
            exposure,
            begun,
        }
    }

    fn camera(&self) -> PathBuf {
        self.folder.join("camera")
    }
}

/// Puts an original where it belongs: on the draft that it was taken for, where it is named already, or among the found.
fn place(
    tx: &Transaction<'_>,
    sha256: Sha256Hash,
    exposure: &Exposure,
    draft: Option<DraftId>,
    coming: Coming,
) -> Result<Adoption, StoreError> {
    // First: the same bytes may stand in another case, and the officer who shoots them again means this draft.
    if let Some(draft) = draft
        && read_one(tx, draft)?.is_some()
    {
        place_on_draft(tx, draft, sha256, exposure, coming)?;
        return Ok(Adoption::OnDraft);
    }
    let is_named = tx
        .prepare_cached(include_str!("shot/find_name.sql"))?
        .exists([sha256.as_bytes().as_slice()])?;
    if is_named {
        return Ok(Adoption::Known);
    }
    tx.prepare_cached(include_str!("shot/insert_found.sql"))?
        .execute((sha256.as_bytes().as_slice(), coming.at.0))?;
    Ok(Adoption::Found)
}

/// Takes a photo from among the found ones, for the place that it gets in the same transaction.
pub(crate) fn take_found(tx: &Transaction<'_>, sha256: Sha256Hash) -> Result<PhotoFacts, StoreError> {
    let id = sha256.as_bytes().as_slice();
    let removed = tx
        .prepare_cached(include_str!("shot/delete_found.sql"))?
        .execute([id])?;
    if removed == 0 {
        return Err(StoreError::NoSuchPhoto(sha256));
    }
    let mut statement = tx.prepare_cached(include_str!("shot/find_facts.sql"))?;
    let mut rows = statement.query([id])?;
    rows.next()?
        .map_or(Err(StoreError::NoSuchPhoto(sha256)), |row| row_to_photo(row))
}

fn forget_shot(tx: &Transaction<'_>, name: &str) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("shot/delete_shot.sql"))?
        .execute([name])?;
    Ok(())
}
