//! Drafts as rows.

use patrol_domain::{BootId, BootMs, DraftId, PhotoRole, ShotAt, WallMs};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::{OptionalExtension as _, Row};

use super::{Draft, DraftFields, DraftPhoto, DraftTimer, Exposure};
use crate::error::StoreError;
use crate::photo::row_to_photo;

/// The id of the draft in hand.
pub(crate) fn read_id(tx: &Transaction<'_>) -> Result<Option<DraftId>, StoreError> {
    let id: Option<Vec<u8>> = tx
        .prepare_cached(include_str!("read_id.sql"))?
        .query_row([], |row| row.get(0))
        .optional()?;
    id.map(|id| DraftId::from_slice(&id).ok_or(StoreError::Column("draft_case.draft_id")))
        .transpose()
}

pub(super) fn is_there(tx: &Transaction<'_>, draft: DraftId) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached(include_str!("find_draft.sql"))?
        .exists([draft.as_bytes().as_slice()])?)
}

pub(super) fn read_in_hand(tx: &Transaction<'_>) -> Result<Draft, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("read_draft.sql"))?;
    let mut rows = statement.query([])?;
    let draft = rows.next()?.map(row_to_draft).transpose()?;
    draft.map_or_else(|| Ok(Draft::default()), |draft| with_photos(tx, draft))
}

/// One draft; `None` when it is gone.
pub(crate) fn read_one(tx: &Transaction<'_>, draft: DraftId) -> Result<Option<Draft>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("find_draft.sql"))?;
    let mut rows = statement.query([draft.as_bytes().as_slice()])?;
    let draft = rows.next()?.map(row_to_draft).transpose()?;
    draft.map(|draft| with_photos(tx, draft)).transpose()
}

pub(super) fn read_parked(tx: &Transaction<'_>) -> Result<Vec<Draft>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("list_parked.sql"))?;
    let mut rows = statement.query([])?;
    let mut drafts = Vec::new();
    while let Some(row) = rows.next()? {
        drafts.push(with_photos(tx, row_to_draft(row)?)?);
    }
    Ok(drafts)
}

fn row_to_draft(row: &Row<'_>) -> Result<Draft, StoreError> {
    let id: Vec<u8> = row.get(0)?;
    let pin: Option<String> = row.get(7)?;
    let timer: Option<i64> = row.get(8)?;
    let timer_plate = row.get(9)?;
    Ok(Draft {
        id: Some(DraftId::from_slice(&id).ok_or(StoreError::Column("draft_case.draft_id"))?),
        fields: DraftFields {
            matter: row.get(1)?,
            plate: row.get(2)?,
            street: row.get(3)?,
            note: row.get(4)?,
            form: row.get(5)?,
            screen: row.get(6)?,
        },
        pin: pin.map(|pin| serde_json::from_str(&pin)).transpose()?,
        timer: timer.map(|since| DraftTimer {
            since: WallMs(since),
            plate: timer_plate,
        }),
        photos: Vec::new(),
        saved: row.get::<_, Option<i64>>(10)?.map(WallMs),
    })
}

fn with_photos(tx: &Transaction<'_>, draft: Draft) -> Result<Draft, StoreError> {
    let Some(id) = draft.id else { return Ok(draft) };
    let mut statement = tx.prepare_cached(include_str!("list_photos.sql"))?;
    let mut rows = statement.query([id.as_bytes().as_slice()])?;
    let mut photos = Vec::new();
    while let Some(row) = rows.next()? {
        photos.push(row_to_draft_photo(row)?);
    }
    Ok(Draft { photos, ..draft })
}

fn row_to_draft_photo(row: &Row<'_>) -> Result<DraftPhoto, StoreError> {
    let role: String = row.get(9)?;
    let fix: Option<String> = row.get(14)?;
    Ok(DraftPhoto {
        facts: row_to_photo(row)?,
        exposure: Exposure {
            role: PhotoRole::from_name(&role).ok_or(StoreError::Column("draft_case_photo.role"))?,
            slot: row.get(10)?,
        },
        came: read_moment(row.get(11)?, row.get(12)?, row.get(13)?),
        fix: fix.map(|fix| serde_json::from_str(&fix)).transpose()?,
    })
}

/// A moment out of three columns; `None` unless all three are there.
pub(crate) fn read_moment(wall_ms: Option<i64>, boot_ms: Option<i64>, boot_id: Option<String>) -> Option<ShotAt> {
    Some(ShotAt {
        wall_ms: WallMs(wall_ms?),
        boot_ms: BootMs(boot_ms?),
        boot_id: BootId(boot_id?.parse().ok()?),
    })
}
