//! What the station has let this phone know: rows behind a cursor, and a second set that is read anew beside them.
//!
//! Kinds that this program does not know are kept. Nothing here is the phone's own word: it can be read again at any time.

use patrol_domain::{CaseId, LogId, OpId, Seq, Sha256Hash};
use patrol_sqlite::Transaction;
use patrol_sqlite::rusqlite::OptionalExtension as _;
use serde::Deserialize;

use crate::error::StoreError;
use crate::store::Store;

/// Which set of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mirror {
    /// The one that is shown.
    Shown,
    /// The one that is read anew.
    Shadow,
}

/// Up to where each set was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MirrorCursors {
    /// Of the rows that are shown; none before the first page.
    pub shown: Option<String>,
    /// Of the rows that are read anew; none when that is not under way, empty before its first page.
    pub shadow: Option<String>,
}

/// A row that came, or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirrorChange {
    /// What kind of row.
    pub kind: String,
    /// Which row.
    pub id: String,
    /// Canonical JSON and its row hash; none when the row is gone.
    pub body: Option<(String, Sha256Hash)>,
}

/// An op of this phone that the station has set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The journal.
    pub log: LogId,
    /// Where it stands.
    pub seq: Seq,
    /// Why, in the station's words: `unreadable`, `unknown_kind`, `id_conflict`, `unlawful`, `depends_on`.
    pub code: String,
    /// The case it is about, as far as this phone can read it.
    pub case: Option<CaseId>,
}

#[derive(Deserialize)]
struct Heads {
    heads: Vec<OpId>,
}

#[derive(Deserialize)]
struct Numbered {
    number: String,
}

#[derive(Deserialize)]
struct Outcome {
    code: String,
}

impl Store {
    /// Up to where each set was read.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn mirror_cursors(&self) -> Result<MirrorCursors, StoreError> {
        self.read(|tx| {
            let found = tx
                .prepare_cached(include_str!("mirror/find_cursors.sql"))?
                .query_row([], |row| {
                    Ok(MirrorCursors {
                        shown: row.get(0)?,
                        shadow: row.get(1)?,
                    })
                })
                .optional()?;
            Ok(found.unwrap_or_default())
        })
    }

    /// Takes a page and moves the cursor, in one transaction: a cut between two pages goes on with the second.
    ///
    /// # Errors
    /// [`StoreError`]; rows and cursor are as they were.
    pub fn apply_changes(&self, mirror: Mirror, changes: &[MirrorChange], next: &str) -> Result<(), StoreError> {
        let (upsert, delete, cursor) = match mirror {
            Mirror::Shown => (
                include_str!("mirror/upsert_shown.sql"),
                include_str!("mirror/delete_shown.sql"),
                include_str!("mirror/write_cursor.sql"),
            ),
            Mirror::Shadow => (
                include_str!("mirror/upsert_shadow.sql"),
                include_str!("mirror/delete_shadow.sql"),
                include_str!("mirror/write_shadow_cursor.sql"),
            ),
        };
        self.database.write(|tx| {
            for MirrorChange { kind, id, body } in changes {
                match body {
                    Some((body, hash)) => {
                        if kind == "case" {
                            keep_number(tx, body)?;
                        }
                        tx.prepare_cached(upsert)?
                            .execute((kind, id, body, hash.as_bytes().as_slice()))?
                    }
                    None => tx.prepare_cached(delete)?.execute((kind, id))?,
                };
            }
            tx.prepare_cached(cursor)?.execute([next])?;
            Ok(())
        })
    }

    /// Begins to read everything anew beside what is shown.
    ///
    /// # Errors
    /// [`StoreError`]; nothing changed.
    pub fn begin_shadow(&self) -> Result<(), StoreError> {
        self.database.write(|tx| {
            tx.execute(include_str!("mirror/empty_shadow.sql"), [])?;
            tx.prepare_cached(include_str!("mirror/write_shadow_cursor.sql"))?
                .execute([""])?;
            Ok(())
        })
    }

    /// What was read anew takes the place of what was shown.
    ///
    /// # Errors
    /// [`StoreError`]; nothing changed.
    pub fn swap_mirror(&self) -> Result<(), StoreError> {
        self.database
            .write(|tx| Ok(tx.execute_batch(include_str!("mirror/swap.sql"))?))
    }

    /// The hashes of all rows of a set, for its checksum.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn mirror_hashes(&self, mirror: Mirror) -> Result<Vec<Sha256Hash>, StoreError> {
        let list = match mirror {
            Mirror::Shown => include_str!("mirror/list_hashes.sql"),
            Mirror::Shadow => include_str!("mirror/list_shadow_hashes.sql"),
        };
        self.read(|tx| {
            let mut statement = tx.prepare_cached(list)?;
            let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
            rows.map(|hash| Sha256Hash::from_slice(&hash?).ok_or(StoreError::Column("mirror_row.hash")))
                .collect()
        })
    }

    /// The rows of one kind that are shown, as `(id, canonical JSON)`.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn mirror_rows(&self, kind: &str) -> Result<Vec<(String, String)>, StoreError> {
        self.read(|tx| list_rows(tx, kind))
    }

    /// Ops of this phone that the station has set aside, in the order of their positions.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn set_aside(&self) -> Result<Vec<SetAside>, StoreError> {
        self.read(|tx| {
            let mut found = Vec::new();
            for (id, body) in list_rows(tx, "outcome")? {
                let place = id
                    .split_once('.')
                    .and_then(|(log, seq)| Some((log.parse().ok()?, Seq(seq.parse().ok()?))));
                let (Some((log, seq)), Ok(Outcome { code })) = (place, serde_json::from_str(&body)) else {
                    tracing::warn!(id, "an outcome that cannot be read");
                    continue;
                };
                let case = find_case(tx, log, seq)?;
                found.push(SetAside { log, seq, code, case });
            }
            found.sort_by_key(|aside| (aside.log, aside.seq));
            Ok(found)
        })
    }
}

/// A number that the station knows is not given out here any more: a copy of this phone may have given it out.
fn keep_number(tx: &Transaction<'_>, body: &str) -> Result<(), StoreError> {
    let Ok(Numbered { number }) = serde_json::from_str(body) else {
        return Ok(());
    };
    if let Some((day, count)) = number.rsplit_once('-')
        && let Ok(count) = count.parse::<i64>()
    {
        tx.prepare_cached(include_str!("salvage/insert_number.sql"))?
            .execute((format!("{day}-"), count))?;
    }
    Ok(())
}

/// The heads of a case as the station knows them.
pub(crate) fn pulled_heads(tx: &Transaction<'_>, case: CaseId) -> Result<Vec<OpId>, StoreError> {
    let body: Option<String> = tx
        .prepare_cached(include_str!("mirror/find_row.sql"))?
        .query_row(("case", case.to_string()), |row| row.get(0))
        .optional()?;
    Ok(body
        .and_then(|body| serde_json::from_str(&body).ok())
        .map(|Heads { heads }| heads)
        .unwrap_or_default())
}

fn list_rows(tx: &Transaction<'_>, kind: &str) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("mirror/list_rows.sql"))?;
    let rows = statement.query_map([kind], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn find_case(tx: &Transaction<'_>, log: LogId, seq: Seq) -> Result<Option<CaseId>, StoreError> {
    let bytes: Option<Vec<u8>> = tx
        .prepare_cached(include_str!("mirror/find_op.sql"))?
        .query_row((log.as_bytes().as_slice(), crate::journal::to_column(seq)), |row| {
            row.get(0)
        })
        .optional()?;
    Ok(bytes
        .and_then(|bytes| patrol_domain::Op::decode(&bytes).ok())
        .and_then(|op| op.case))
}
