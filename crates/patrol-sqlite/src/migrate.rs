//! Numbered migrations, each applied once and all or nothing.
//!
//! A released migration is never edited: its text's hash is kept in the file and compared at each open. The file's
//! version is `user_version`, so that an older program can refuse a newer file before it reads anything else.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use crate::error::DatabaseError;

/// One step of a schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// 1, 2, 3 … without gaps.
    pub number: i64,
    /// The statements.
    pub sql: &'static str,
}

pub(crate) fn migrate(connection: &mut Connection, migrations: &[Migration]) -> Result<(), DatabaseError> {
    let known = migrations.iter().map(|migration| migration.number).max().unwrap_or(0);
    let found: i64 = connection.query_row(include_str!("sql/read_version.sql"), [], |row| row.get(0))?;
    if found > known {
        return Err(DatabaseError::Newer { found, known });
    }
    // A file that is up to date is only read: a start costs no sync, and a damaged file stays as it was found.
    if found > 0 && list_missing(connection, migrations, found)?.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    transaction.execute_batch(include_str!("sql/create_migration.sql"))?;
    for migration in list_missing(&transaction, migrations, known)? {
        transaction.execute_batch(migration.sql)?;
        transaction.execute(
            include_str!("sql/insert_migration.sql"),
            (migration.number, fingerprint(migration.sql)),
        )?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

/// Whether a file is just what the migrations make; nothing is written.
pub(crate) fn check_version(connection: &Connection, migrations: &[Migration]) -> Result<(), DatabaseError> {
    let known = migrations.iter().map(|migration| migration.number).max().unwrap_or(0);
    let found: i64 = connection.query_row(include_str!("sql/read_version.sql"), [], |row| row.get(0))?;
    match found.cmp(&known) {
        std::cmp::Ordering::Less => Err(DatabaseError::Older { found, known }),
        std::cmp::Ordering::Greater => Err(DatabaseError::Newer { found, known }),
        std::cmp::Ordering::Equal => list_missing(connection, migrations, found).map(|_| ()),
    }
}

/// The migrations that a file of version `found` has not seen; an error when it has seen another text of one.
fn list_missing<'all>(
    connection: &Connection,
    migrations: &'all [Migration],
    found: i64,
) -> Result<Vec<&'all Migration>, DatabaseError> {
    let mut missing = Vec::new();
    for migration in migrations {
        if migration.number > found {
            missing.push(migration);
            continue;
        }
        let applied: Option<i64> = connection
            .query_row(include_str!("sql/read_migration.sql"), [migration.number], |row| {
                row.get(0)
            })
            .optional()?;
        match applied {
            Some(stored) if stored == fingerprint(migration.sql) => {}
            Some(_) => {
                return Err(DatabaseError::MigrationChanged {
                    number: migration.number,
                });
            }
            None => missing.push(migration),
        }
    }
    Ok(missing)
}

/// FNV-1a over the text: it guards against an edit by mistake, not against an attacker, who would have the key.
fn fingerprint(sql: &str) -> i64 {
    let hash = sql.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    i64::from_ne_bytes(hash.to_ne_bytes())
}
