//! A copy of a file that nobody writes: how it is made while the original is written, and how it is read without leaving
//! a trace beside it.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::database::{Access, Transaction, ask, connect};
use crate::error::DatabaseError;
use crate::migrate::{Migration, check_version, migrate};

/// Writes one consistent state of the file at `from`, which others may be writing, to a new file at `to`: compact, with
/// no log beside it, and not yet synced. Only for files without a key.
///
/// # Errors
/// [`DatabaseError`] when the file cannot be read or the copy cannot be written; a half copy may then lie there.
pub fn copy_frozen(from: &Path, to: &Path) -> Result<(), DatabaseError> {
    let connection = connect(from, None, Access::Writes)?;
    connection.execute(include_str!("sql/vacuum_into.sql"), [to.to_string_lossy()])?;
    Ok(())
}

/// A file that nobody writes.
#[derive(Debug)]
pub struct Frozen {
    file: Connection,
    /// What an earlier program wrote, brought up to date in a place of its own.
    brought: Option<Brought>,
}

/// Closed before its folder goes.
#[derive(Debug)]
struct Brought {
    connection: Connection,
    _folder: TempDir,
}

impl Frozen {
    /// Opens it for reading alone: no log, no shared memory, nothing is made beside it. One of an earlier program is read as
    /// this program would read it, from a copy that is gone when this is dropped.
    ///
    /// # Errors
    /// [`DatabaseError::Damaged`], [`DatabaseError::Newer`]; [`DatabaseError::DiskFull`] when there is no room for the copy.
    pub fn open(path: &Path, migrations: &[Migration]) -> Result<Self, DatabaseError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        let brought = match check_version(&connection, migrations) {
            Ok(()) => None,
            Err(DatabaseError::Older { .. }) => Some(bring_up_to_date(&connection, migrations)?),
            Err(error) => return Err(error),
        };
        let read = brought.as_ref().map_or(&connection, |brought| &brought.connection);
        read.set_prepared_statement_cache_capacity(64);
        Ok(Self {
            file: connection,
            brought,
        })
    }

    /// SQLite's `quick_check`; empty when the file is sound.
    ///
    /// # Errors
    /// [`DatabaseError::Busy`] or [`DatabaseError::DiskFull`]: nothing is known then.
    pub fn check(&self) -> Result<Vec<String>, DatabaseError> {
        let mut found = Vec::new();
        ask(&self.file, "quick_check", &mut found)?;
        found.retain(|message| message != "ok");
        Ok(found)
    }

    /// Reads.
    ///
    /// # Errors
    /// What `work` returns.
    pub fn read<T, E>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let connection = self.brought.as_ref().map_or(&self.file, |brought| &brought.connection);
        let transaction = connection.unchecked_transaction().map_err(DatabaseError::from)?;
        work(&transaction)
    }
}

/// A copy in the system's folder for temporary files, with the migrations that the file has not seen. Not in SQLite's own
/// temporary place, which is memory in this build.
fn bring_up_to_date(file: &Connection, migrations: &[Migration]) -> Result<Brought, DatabaseError> {
    let folder = tempfile::tempdir().map_err(DatabaseError::Disk)?;
    let path = folder.path().join("brought.db");
    file.execute(include_str!("sql/vacuum_into.sql"), [path.to_string_lossy()])?;
    let mut connection = Connection::open(path)?;
    migrate(&mut connection, migrations)?;
    Ok(Brought {
        connection,
        _folder: folder,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;

    const NOTE: &[Migration] = &[Migration {
        number: 1,
        sql: "CREATE TABLE note (text TEXT NOT NULL) STRICT;",
    }];

    fn insert(database: &Database, text: &str) {
        let done: Result<(), DatabaseError> = database.write(|tx| {
            tx.execute("INSERT INTO note (text) VALUES (?1)", [text])?;
            Ok(())
        });
        done.unwrap();
    }

    #[test]
    fn a_copy_holds_what_was_committed_and_reading_it_makes_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("it's.db"), folder.path().join("copy ?#%.db"));
        let database = Database::open(&from, None, NOTE).unwrap();
        insert(&database, "一");
        copy_frozen(&from, &to).unwrap();
        insert(&database, "二");
        let bytes = std::fs::read(&to).unwrap();
        let frozen = Frozen::open(&to, NOTE).unwrap();
        assert_eq!(frozen.check().unwrap(), Vec::<String>::new());
        let count = frozen
            .read(|tx| Ok::<i64, DatabaseError>(tx.query_row("SELECT count(*) FROM note", [], |row| row.get(0))?));
        assert_eq!(count.unwrap(), 1);
        drop(frozen);
        drop(database);
        let mut names: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["copy ?#%.db", "it's.db"]);
        assert!(std::fs::read(&to).unwrap() == bytes);
        assert!(copy_frozen(&from, &to).is_err(), "a copy is never written over another");
    }

    #[test]
    fn a_copy_of_an_earlier_program_is_read_as_this_one_reads_it_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (from, path) = (folder.path().join("it.db"), folder.path().join("copy.db"));
        let database = Database::open(&from, None, NOTE).unwrap();
        insert(&database, "一");
        copy_frozen(&from, &path).unwrap();
        drop(database);
        std::fs::remove_file(&from).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let now = [
            Migration {
                number: 1,
                sql: NOTE[0].sql,
            },
            Migration {
                number: 2,
                sql: "ALTER TABLE note ADD COLUMN pages INTEGER NOT NULL DEFAULT 7;",
            },
        ];
        let frozen = Frozen::open(&path, &now).unwrap();
        assert_eq!(frozen.check().unwrap(), Vec::<String>::new());
        let read = frozen.read(|tx| {
            let row = tx.query_row("SELECT text, pages FROM note", [], |row| Ok((row.get(0)?, row.get(1)?)));
            Ok::<(String, i64), DatabaseError>(row?)
        });
        assert_eq!(read.unwrap(), ("一".to_owned(), 7));
        drop(frozen);
        assert!(std::fs::read(&path).unwrap() == bytes);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(matches!(Frozen::open(&path, &[]), Err(DatabaseError::Newer { .. })));
    }
}
