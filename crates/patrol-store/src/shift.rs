//! Shifts and the way that was walked in them: what the journal says, and the points that stand in no op yet.

use patrol_domain::track::{TrackPoint, decode};
use patrol_domain::{BootId, BootMs, Op, Part, PersonId, ShiftId, WallMs, Wgs84};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::Row;

use crate::error::StoreError;
use crate::journal::append;
use crate::store::Store;

/// A shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftRecord {
    /// Its name.
    pub shift: ShiftId,
    /// Whose.
    pub author: PersonId,
    /// The codes of the grids to walk.
    pub grids: Vec<String>,
    /// When it began.
    pub started: WallMs,
    /// When it ended; `None` while it runs.
    pub ended: Option<WallMs>,
    /// Minutes east of UTC that the phone showed at the beginning.
    pub tz_minutes: i32,
}

/// A point that stands in no op yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingPoint {
    /// In which shift.
    pub shift: ShiftId,
    /// The boot of the point's clock.
    pub boot: BootId,
    /// The point.
    pub point: TrackPoint,
}

/// A case that was opened in a shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftCase {
    /// Who recorded it.
    pub author: PersonId,
    /// Its matter's code.
    pub matter: String,
    /// How many photos it has.
    pub photos: u32,
    /// Whether the station has not signed for all of its record.
    pub record_waits: bool,
    /// Photos that the station has not signed for.
    pub photos_wait: u32,
}

impl Store {
    /// One shift.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn shift(&self, shift: ShiftId) -> Result<Option<ShiftRecord>, StoreError> {
        self.read(|tx| Ok(list(tx, Some(shift), 1)?.pop()))
    }

    /// The last shifts of this phone, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn shifts(&self, limit: u32) -> Result<Vec<ShiftRecord>, StoreError> {
        self.read(|tx| list(tx, None, limit))
    }

    /// The shifts that run, newest first: at most one of each officer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn open_shifts(&self) -> Result<Vec<ShiftRecord>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("shift/find_open.sql"))?;
            let rows = statement.query_map([], read_shift)?;
            rows.map(|row| checked(row?)).collect()
        })
    }

    /// Writes ops about a shift, each with its part, and forgets the points up to `taken`, which stand in them now.
    ///
    /// # Errors
    /// [`StoreError`]; nothing changed.
    pub fn write_shift(&self, ops: &[(Op, Option<Part>)], taken: Option<i64>) -> Result<(), StoreError> {
        self.write(|tx| {
            for (op, part) in ops {
                append(tx, op, part.as_slice())?;
            }
            if let Some(position) = taken {
                tx.prepare_cached(include_str!("shift/delete_points.sql"))?
                    .execute([position])?;
            }
            Ok(())
        })
    }

    /// Keeps points, durably, all or none.
    ///
    /// # Errors
    /// [`StoreError`]; none was kept.
    pub fn add_points(&self, points: &[PendingPoint]) -> Result<(), StoreError> {
        self.write(|tx| {
            for PendingPoint { shift, boot, point } in points {
                tx.prepare_cached(include_str!("shift/insert_point.sql"))?.execute((
                    shift.as_bytes().as_slice(),
                    point.lat_e7(),
                    point.lon_e7(),
                    point.accuracy_mm().unwrap_or(0),
                    boot.0.to_string(),
                    point.boot_ms().0,
                    point.wall_ms().0,
                ))?;
            }
            Ok(())
        })
    }

    /// The points that stand in no op yet, each with its position.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn pending_points(&self) -> Result<Vec<(i64, PendingPoint)>, StoreError> {
        self.read(list_points)
    }

    /// All points of a shift as they were walked: those in ops, then those in none yet. A piece whose words are gone is
    /// left out, and shows as a gap.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn shift_points(&self, shift: ShiftId) -> Result<Vec<(BootId, TrackPoint)>, StoreError> {
        self.read(|tx| {
            let mut points = Vec::new();
            let mut statement = tx.prepare_cached(include_str!("shift/list_chunks.sql"))?;
            let mut rows = statement.query([shift.as_bytes().as_slice()])?;
            while let Some(row) = rows.next()? {
                let bytes: Vec<u8> = row.get(0)?;
                let text: Option<String> = row.get(1)?;
                let (Ok(op), Some(Ok(piece))) = (Op::decode(&bytes), text.map(|text| decode(&text))) else {
                    continue;
                };
                points.extend(piece.into_iter().map(|point| (op.at.boot_id, point)));
            }
            let pending = list_points(tx)?.into_iter().map(|(_, pending)| pending);
            let own = pending.filter(|pending| pending.shift == shift);
            points.extend(own.map(|pending| (pending.boot, pending.point)));
            Ok(points)
        })
    }

    /// The cases that were opened while a shift ran, whoever recorded them.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn shift_cases(&self, shift: ShiftId) -> Result<Vec<ShiftCase>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("shift/list_cases.sql"))?;
            let mut rows = statement.query([shift.as_bytes().as_slice()])?;
            let mut cases = Vec::new();
            while let Some(row) = rows.next()? {
                let bytes: Vec<u8> = row.get(1)?;
                cases.push(ShiftCase {
                    author: Op::decode(&bytes)?.author,
                    matter: row.get(0)?,
                    photos: row.get(2)?,
                    record_waits: row.get(3)?,
                    photos_wait: row.get(4)?,
                });
            }
            Ok(cases)
        })
    }
}

type ShiftRow = (Vec<u8>, Option<Vec<u8>>, String, i64, Option<i64>, i32);

fn list(tx: &Transaction<'_>, shift: Option<ShiftId>, limit: u32) -> Result<Vec<ShiftRecord>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("shift/list.sql"))?;
    let wanted = shift.as_ref().map(|shift| shift.as_bytes().as_slice());
    let rows = statement.query_map((wanted, limit), read_shift)?;
    rows.map(|row| checked(row?)).collect()
}

fn read_shift(row: &Row<'_>) -> Result<ShiftRow, patrol_sqlite::rusqlite::Error> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
    ))
}

fn checked(row: ShiftRow) -> Result<ShiftRecord, StoreError> {
    let (shift, author, grids, started, ended, tz_minutes) = row;
    let author = author.and_then(|author| PersonId::from_slice(&author));
    Ok(ShiftRecord {
        shift: ShiftId::from_slice(&shift).ok_or(StoreError::Column("view_shift.shift"))?,
        author: author.ok_or(StoreError::Column("view_shift.author"))?,
        grids: grids
            .split(',')
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect(),
        started: WallMs(started),
        ended: ended.map(WallMs),
        tz_minutes,
    })
}

fn list_points(tx: &Transaction<'_>) -> Result<Vec<(i64, PendingPoint)>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("shift/list_points.sql"))?;
    let mut rows = statement.query([])?;
    let mut points = Vec::new();
    while let Some(row) = rows.next()? {
        let (shift, boot): (Vec<u8>, String) = (row.get(1)?, row.get(5)?);
        let at = Wgs84::from_e7(row.get(2)?, row.get(3)?).map_err(|_| StoreError::Column("track_pending.lat_e7"))?;
        let accuracy: i64 = row.get(4)?;
        let pending = PendingPoint {
            shift: ShiftId::from_slice(&shift).ok_or(StoreError::Column("track_pending.shift"))?,
            boot: serde_json::from_value(serde_json::Value::String(boot))?,
            point: TrackPoint::new(at, Some(accuracy), BootMs(row.get(6)?), WallMs(row.get(7)?)),
        };
        points.push((row.get(0)?, pending));
    }
    Ok(points)
}
