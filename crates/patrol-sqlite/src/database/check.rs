//! Looks over a whole file that is open, in the background: a page that nobody reads can be damaged for a year.

use rusqlite::Connection;

use super::{Access, Database, connect};
use crate::error::DatabaseError;

impl Database {
    /// Reads every page and says what is wrong with it: SQLite's `quick_check`, and SQLCipher's `cipher_integrity_check`
    /// when the file has a key. Empty when the file is sound. The words are SQLite's, for a log and not for a person.
    ///
    /// Reads beside the writer, never waits for it, and takes about as long as reading the file. It does not see the write-ahead log's damage,
    /// because SQLite drops what stands behind it (see [`crate::lost_commits`]).
    ///
    /// # Errors
    /// [`DatabaseError::Busy`] or [`DatabaseError::DiskFull`]: nothing is known then.
    pub fn check(&self) -> Result<Vec<String>, DatabaseError> {
        let found = self.check_once()?;
        if found.is_empty() {
            return Ok(found);
        }
        // A page that a checkpoint was just writing looks damaged, once: SQLCipher reads it without a lock.
        self.check_once()
    }

    fn check_once(&self) -> Result<Vec<String>, DatabaseError> {
        let mut found = Vec::new();
        // A connection of its own: one that met a damaged page is of no further use.
        let connection = match connect(&self.path, self.key.as_ref(), Access::Reads) {
            Ok(connection) => connection,
            Err(error) => {
                note(&mut found, error)?;
                return Ok(found);
            }
        };
        if self.key.is_some() {
            // SQLCipher's check reads the file without its log: after a power cut in the middle of a checkpoint it would
            // call pages damaged that the log still holds. Passive: it waits for nobody.
            if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
                note(&mut found, error.into())?;
            }
            ask(&connection, "cipher_integrity_check", &mut found)?;
        }
        ask(&connection, "quick_check", &mut found)?;
        found.retain(|message| message != "ok");
        Ok(found)
    }
}

pub(crate) fn ask(connection: &Connection, pragma: &str, found: &mut Vec<String>) -> Result<(), DatabaseError> {
    let asked = connection.pragma_query(None, pragma, |row| {
        found.push(row.get(0)?);
        Ok(())
    });
    match asked {
        Ok(()) => Ok(()),
        Err(error) => note(found, error.into()),
    }
}

/// An answer that broke off is an answer too, except where the file is not to blame.
fn note(found: &mut Vec<String>, error: DatabaseError) -> Result<(), DatabaseError> {
    match error {
        DatabaseError::Busy | DatabaseError::DiskFull => Err(error),
        DatabaseError::Sqlite(source) => {
            found.push(source.to_string());
            Ok(())
        }
        other => {
            found.push(other.to_string());
            Ok(())
        }
    }
}
