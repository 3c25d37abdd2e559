//! Reads what is still readable of a damaged file, page by page, past SQLite.
//!
//! SQLite stops at the first page that is not sound, and SQLCipher lets nothing more through a connection on which one
//! page failed its MAC. A row is worth as much on the page behind it. So this walks the pages itself: each one
//! authenticates alone, the key carries its salt, and a tree that lost an inner page still has its leaves. Rejected:
//! `.recover` (`sqlite3_recover` needs `sqlite_dbpage`, which the bundled build has not, and a connection that goes on);
//! SQLCipher's recovery mode (takes the first page in clear and a VFS of its own); a second copy of every write (twice
//! the syncs of each save, for a case that is rare).
//!
//! It knows no table: rows come with their table's name where the tree above them could be read, else without, and the
//! caller tells them apart by their shape. It reads only; see [`crate::replace_with_salvaged`] for what comes after.
//!
//! What it cannot give: rows of a damaged leaf (their range of row numbers is named); rows whose overflow page is
//! damaged (row number and page are named); columns that were added to a table after a row was written (the record is
//! shorter; the rest are the columns' defaults); tables without row numbers. When the first page or the list of free
//! pages is damaged, rows that were deleted with the whole of their page can come back, without a table's name. A plain
//! file has no MAC: a flipped bit inside a value goes unseen.

mod cipher;
mod log;
mod page;
mod pages;
mod record;
mod schema;
mod survey;
mod tree;

use std::collections::HashSet;
use std::io;
use std::ops::RangeInclusive;
use std::path::Path;

use rusqlite::types::Value;

use crate::disk::Disk;
use crate::error::DatabaseError;
use crate::key::DatabaseKey;
use log::Log;
use pages::{Pages, View};
use survey::Survey;
use tree::{Each, Walk};

/// How far a salvaged row can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It stands in the database as SQLite's own recovery sees it, or, without a table, on a page that no tree leads to.
    Committed,
    /// It stands behind a damaged place of the write-ahead log, or in the file below a log that is damaged. It may have
    /// been committed, or belong to a transaction that never was; it may be older or newer than a committed row of its
    /// number, or the same again. What proves itself (a hash chain) can be taken; the rest is for a person.
    Uncertain,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct SalvagedRow {
    /// `None` for a row whose tree could not be followed from the schema.
    pub table: Option<String>,
    /// The row's number, which is also the value of an `INTEGER PRIMARY KEY`: such a column is `Null` in `values`.
    pub rowid: i64,
    /// The page of its leaf, from 1.
    pub page: u32,
    /// In the order of the columns; fewer when columns were added later. A `REAL` without fraction comes as `Integer`,
    /// text that is not UTF-8 as `Blob`.
    pub values: Vec<Value>,
    /// How far it can be trusted.
    pub standing: Standing,
}

/// Rows of which nothing is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoneRange {
    /// The page that could not be read. That of an interior page takes only the way to its rows, not the rows.
    pub page: u32,
    /// `sqlite_schema` for the list of tables itself.
    pub table: Option<String>,
    /// Their numbers are greater than this; `None` for no bound.
    pub after: Option<i64>,
    /// And at most this.
    pub up_to: Option<i64>,
}

/// A row that has its place and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostCell {
    /// The page of its leaf.
    pub page: u32,
    /// As in [`SalvagedRow::table`].
    pub table: Option<String>,
    /// `None` when not even its number can be read.
    pub rowid: Option<i64>,
    /// The overflow page that is missing; `None` when the row does not parse.
    pub overflow: Option<u32>,
}

/// How the file stands, and what is gone. Pages count from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SalvageReport {
    /// Pages that the database should have by its own word, or has, whichever is known.
    pub pages: u32,
    /// Pages that are as they were written; in a plain file, pages that are whole.
    pub authentic: u32,
    /// Pages that are there and cannot be used.
    pub damaged: Vec<u32>,
    /// Pages that are not there: the file was cut.
    pub absent: Vec<RangeInclusive<u32>>,
    /// Names of the tables that the schema still gave, in its order.
    pub tables_seen: Vec<String>,
    /// Of these, tables without row numbers, whose rows are not salvaged.
    pub tables_skipped: Vec<String>,
    /// What the trees say stood on pages that are damaged or absent. Pages under a damaged interior page are not here.
    pub gone: Vec<GoneRange>,
    /// Leaves that no tree leads to; their rows came without a table.
    pub unreachable_leaves: u32,
    /// Rows that were delivered as [`Standing::Committed`].
    pub rows: u64,
    /// Rows that were delivered as [`Standing::Uncertain`].
    pub uncertain_rows: u64,
    /// Rows that could not be read although their leaf could.
    pub lost_cells: u32,
    /// The first [`SalvageReport::NAMED_CELLS`] of them.
    pub lost: Vec<LostCell>,
    /// Whether the list of free pages could be read; if not, deleted rows may be among those without a table.
    pub free_pages_known: bool,
    /// Frames of the write-ahead log that SQLite's recovery takes.
    pub wal_frames: u32,
    /// Frames of the same round behind them: a transaction without its commit, or what stands behind a damaged frame.
    pub wal_ignored: u32,
    /// At least so many commits among these had been acknowledged; see [`lost_commits`].
    pub wal_lost_commits: u32,
}

impl SalvageReport {
    /// How many lost rows are named one by one.
    pub const NAMED_CELLS: usize = 4096;
}

/// Reads the file at `path` and its write-ahead log, and hands each row that is left to `each`: committed rows first,
/// each exactly once, table by table where the schema can be read. Nobody may write to the file meanwhile.
///
/// `Ok(None)`: not one page authenticates; a wrong key, or a file that is none of ours. A place of the disk that cannot
/// be read counts as damaged.
///
/// # Errors
/// [`DatabaseError::Disk`] when there is no file, or when the disk gives nothing of it.
pub fn salvage(
    disk: &dyn Disk,
    path: &Path,
    key: Option<&DatabaseKey>,
    each: &mut dyn FnMut(SalvagedRow),
) -> Result<Option<SalvageReport>, DatabaseError> {
    let mut pages = Pages::open(disk, path, key).map_err(DatabaseError::Disk)?;
    let log = Log::read(&mut pages);
    pages.look_at(log.committed.clone());
    let survey = Survey::take(&mut pages);
    if !survey.is_ours && log.authentic == 0 {
        return match pages.failure() {
            Some(error) => Err(DatabaseError::Disk(error)),
            None => Ok(None),
        };
    }
    let (mut report, delivered) = read_view(&mut pages, survey, &[], each);
    report.wal_frames = log.frames;
    report.wal_ignored = log.ignored;
    report.wal_lost_commits = log.lost_commits;
    if log.ignored > 0 {
        let committed = Seen {
            view: log.committed,
            delivered,
        };
        report.uncertain_rows = read_uncertain(&mut pages, committed, log.newest, each);
    }
    Ok(Some(report))
}

/// At least how many commits SQLite will drop without a word when it opens the file at `path`, because a frame before
/// them in the write-ahead log is damaged. To be asked before the file is opened: afterwards they are gone.
///
/// Counts the commits that the log goes on from. A power cut leaves a log that ends behind the last commit that was
/// synced, or within one that was not; so nothing goes on from a commit behind a damaged place unless the disk took the
/// damage later. A damaged last commit looks like one that a power cut tore, and is not counted.
///
/// # Errors
/// [`DatabaseError::Disk`] when the files cannot be opened; no file at all has lost nothing.
pub fn lost_commits(disk: &dyn Disk, path: &Path, key: Option<&DatabaseKey>) -> Result<u32, DatabaseError> {
    match Pages::open(disk, path, key) {
        Ok(mut pages) => Ok(Log::read(&mut pages).lost_commits),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(DatabaseError::Disk(error)),
    }
}

/// A view whose rows were delivered.
struct Seen {
    view: View,
    /// Its leaves, less those that an earlier view had delivered.
    delivered: HashSet<u32>,
}

/// The log with all that authenticates, then the file without its log: a checkpoint may have carried into the file what
/// the log has lost since.
fn read_uncertain(pages: &mut Pages, committed: Seen, newest: View, each: Each<'_>) -> u64 {
    let mut rows = 0;
    let mut seen = vec![committed];
    for view in [newest, View::default()] {
        pages.look_at(view.clone());
        let survey = Survey::take(pages);
        let (report, delivered) = read_view(pages, survey, &seen, each);
        rows += report.rows;
        seen.push(Seen { view, delivered });
    }
    rows
}

/// The rows of one view, less the leaves that another view has delivered.
fn read_view(pages: &mut Pages, survey: Survey, seen: &[Seen], each: Each<'_>) -> (SalvageReport, HashSet<u32>) {
    let mut walk = Walk::new(pages, seen, survey.report);
    for table in schema::read(&mut walk, survey.header.is_some(), &survey.leaves) {
        walk.table(&table, each);
    }
    let free = survey.header.and_then(|header| survey::free_pages(walk.pages, header));
    walk.report.free_pages_known = free.is_some();
    walk.unreachable(&survey.leaves, &free.unwrap_or_default(), each);
    walk.finish()
}
