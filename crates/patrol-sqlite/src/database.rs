//! One file: one writer, a few readers, one gate for writes.

mod check;

pub(crate) use check::ask;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::DatabaseError;
use crate::key::DatabaseKey;
use crate::migrate::{Migration, check_version, migrate};

/// A transaction inside the write gate.
pub type Transaction<'connection> = rusqlite::Transaction<'connection>;

/// How many idle readers are kept open.
const IDLE_READERS: usize = 4;

/// An open file.
#[derive(Debug)]
pub struct Database {
    path: PathBuf,
    key: Option<DatabaseKey>,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Database {
    /// Opens or makes the file and brings its schema up to date.
    ///
    /// # Errors
    /// [`DatabaseError::Damaged`] for a wrong key or a damaged file, which is left untouched; [`DatabaseError::Newer`]
    /// for a file of a later program; [`DatabaseError::DiskFull`] when there is no room for the first page.
    pub fn open(path: &Path, key: Option<DatabaseKey>, migrations: &[Migration]) -> Result<Self, DatabaseError> {
        let mut writer = connect(path, key.as_ref(), Access::Makes)?;
        migrate(&mut writer, migrations)?;
        writer.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(Self {
            path: path.to_owned(),
            key,
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// Opens a file that is there, to look at it: nothing is made, migrated or folded into it.
    ///
    /// # Errors
    /// [`DatabaseError::Damaged`] also when there is no file; [`DatabaseError::Older`] and [`DatabaseError::Newer`] for
    /// another version than the migrations make.
    pub fn open_as_it_is(
        path: &Path,
        key: Option<DatabaseKey>,
        migrations: &[Migration],
    ) -> Result<Self, DatabaseError> {
        let writer = connect(path, key.as_ref(), Access::Writes)?;
        check_version(&writer, migrations)?;
        Ok(Self {
            path: path.to_owned(),
            key,
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// Runs `work` in one transaction: all of it is durable when this returns `Ok`, none of it when it returns `Err`.
    ///
    /// # Errors
    /// What `work` returns, or why the commit failed.
    pub fn write<T, E>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let mut writer = lock(&self.writer);
        let value = write_in(&mut writer, work);
        if value.is_err() && !is_usable(&writer) {
            // A connection that met a damaged page refuses all others (SQLCipher).
            *writer = connect(&self.path, self.key.as_ref(), Access::Writes)?;
        }
        value
    }

    /// Reads one consistent state of the file; never waits for the writer.
    ///
    /// # Errors
    /// What `work` returns, or why no reader could be opened.
    pub fn read<T, E>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let idle = lock(&self.readers).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => connect(&self.path, self.key.as_ref(), Access::Reads)?,
        };
        let value = {
            let transaction = reader.transaction().map_err(DatabaseError::from)?;
            work(&transaction)
        };
        let mut readers = lock(&self.readers);
        // A connection that met a damaged page refuses all others (SQLCipher), so one that failed is not used again.
        if value.is_ok() && readers.len() < IDLE_READERS {
            readers.push(reader);
        }
        value
    }

    /// Copies the write-ahead log into the file and empties it; for idle moments and before the program ends.
    ///
    /// # Errors
    /// [`DatabaseError`] when the disk refuses.
    pub fn checkpoint(&self) -> Result<(), DatabaseError> {
        lock(&self.writer).query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A panic in another thread leaves the connection usable: its transaction was rolled back when it was dropped.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write_in<T, E>(writer: &mut Connection, work: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E>
where
    E: From<DatabaseError>,
{
    let transaction = writer
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(DatabaseError::from)?;
    let value = work(&transaction)?;
    transaction.commit().map_err(DatabaseError::from)?;
    Ok(value)
}

/// Whether a connection still reads.
fn is_usable(connection: &Connection) -> bool {
    let read: Result<i64, _> = connection.query_row(include_str!("sql/count_schema.sql"), [], |row| row.get(0));
    read.is_ok()
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Writing; the file is made if it is not there.
    Makes,
    /// Writing to a file that is there.
    Writes,
    /// Reading.
    Reads,
}

pub(crate) fn connect(path: &Path, key: Option<&DatabaseKey>, access: Access) -> Result<Connection, DatabaseError> {
    // Readers of a WAL file must be able to write its shared memory; `query_only` keeps them from the tables.
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if access == Access::Makes {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let writes = access != Access::Reads;
    let connection = Connection::open_with_flags(path, flags)?;
    // A file that is refused is left as it is: without this, closing it would fold its write-ahead log into it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, writes)?;
    if let Some(key) = key {
        connection.pragma_update(None, "cipher_log_level", "NONE")?;
        connection.pragma_update(None, "key", key.pragma())?;
    }
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(DatabaseError::NoWriteAheadLog);
    }
    connection.execute_batch(include_str!("sql/settings.sql"))?;
    if !writes {
        connection.pragma_update(None, "query_only", true)?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Migration = Migration {
        number: 1,
        sql: "CREATE TABLE note (text TEXT NOT NULL) STRICT;",
    };
    const SECOND: Migration = Migration {
        number: 2,
        sql: "ALTER TABLE note ADD COLUMN at INTEGER NOT NULL DEFAULT 0;",
    };

    fn key(byte: u8) -> Option<DatabaseKey> {
        Some(DatabaseKey::new([byte; 48]))
    }

    fn insert(database: &Database, text: &str) -> Result<(), DatabaseError> {
        database.write(|tx| {
            tx.execute("INSERT INTO note (text) VALUES (?1)", [text])?;
            Ok(())
        })
    }

    fn count(database: &Database) -> i64 {
        database
            .read(|tx| Ok::<_, DatabaseError>(tx.query_row("SELECT count(*) FROM note", [], |row| row.get(0))?))
            .unwrap()
    }

    #[test]
    fn a_commit_is_there_after_opening_again_and_the_file_is_not_readable_without_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let database = Database::open(&path, key(1), &[FIRST]).unwrap();
        insert(&database, "王某的电话").unwrap();
        database.checkpoint().unwrap();
        drop(database);
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.starts_with(b"SQLite format 3"));
        assert!(!bytes.windows("王某".len()).any(|window| window == "王某".as_bytes()));
        assert!(matches!(
            Database::open(&path, key(2), &[FIRST]),
            Err(DatabaseError::Damaged)
        ));
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "a refused file stays as it is");
        assert_eq!(count(&Database::open(&path, key(1), &[FIRST]).unwrap()), 1);
    }

    #[test]
    fn settings_are_those_that_survive_a_power_cut() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("a.db"), key(1), &[FIRST]).unwrap();
        let writer = lock(&database.writer);
        let setting = |name: &str| {
            writer
                .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
                .unwrap()
        };
        assert_eq!(setting("synchronous"), 2, "FULL");
        assert_eq!(setting("foreign_keys"), 1);
        assert_eq!(setting("trusted_schema"), 0);
    }

    #[test]
    fn a_failed_transaction_leaves_nothing_and_a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("a.db"), None, &[FIRST]).unwrap();
        let failed: Result<(), DatabaseError> = database.write(|tx| {
            tx.execute("INSERT INTO note (text) VALUES ('x')", [])?;
            Err(DatabaseError::Busy)
        });
        assert!(failed.is_err());
        let written: Result<usize, DatabaseError> =
            database.read(|tx| Ok(tx.execute("INSERT INTO note (text) VALUES ('x')", [])?));
        assert!(written.is_err());
        assert_eq!(count(&database), 0);
    }

    #[test]
    fn a_newer_file_and_an_edited_migration_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        drop(Database::open(&path, None, &[FIRST, SECOND]).unwrap());
        assert!(matches!(
            Database::open(&path, None, &[FIRST]),
            Err(DatabaseError::Newer { found: 2, known: 1 })
        ));
        let edited = Migration {
            number: 1,
            sql: "CREATE TABLE note (text TEXT) STRICT;",
        };
        let opened = Database::open(&path, None, &[edited, SECOND]);
        assert!(matches!(opened, Err(DatabaseError::MigrationChanged { number: 1 })));
    }

    #[test]
    fn a_file_that_is_up_to_date_is_opened_without_a_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        drop(Database::open(&path, key(1), &[FIRST, SECOND]).unwrap());
        let before = std::fs::read(&path).unwrap();
        let database = Database::open(&path, key(1), &[FIRST, SECOND]).unwrap();
        assert_eq!(count(&database), 0);
        drop(database);
        assert!(std::fs::read(&path).unwrap() == before);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_old_schema() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        insert(&Database::open(&path, None, &[FIRST]).unwrap(), "kept").unwrap();
        let broken = Migration {
            number: 2,
            sql: "CREATE TABLE other (a INTEGER) STRICT; INSERT INTO nowhere VALUES (1);",
        };
        assert!(Database::open(&path, None, &[FIRST, broken]).is_err());
        assert_eq!(count(&Database::open(&path, None, &[FIRST]).unwrap()), 1);
        assert_eq!(count(&Database::open(&path, None, &[FIRST, SECOND]).unwrap()), 1);
    }
}
