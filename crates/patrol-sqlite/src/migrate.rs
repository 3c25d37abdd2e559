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
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    transaction.execute_batch(include_str!("sql/create_migration.sql"))?;
    for migration in migrations {
        let fingerprint = fingerprint(migration.sql);
        let applied: Option<i64> = transaction
            .query_row(include_str!("sql/read_migration.sql"), [migration.number], |row| {
                row.get(0)
            })
            .optional()?;
        match applied {
            Some(stored) if stored == fingerprint => {}
            Some(_) => {
                return Err(DatabaseError::MigrationChanged {
                    number: migration.number,
                });
            }
            None => {
                transaction.execute_batch(migration.sql)?;
                transaction.execute(
                    include_str!("sql/insert_migration.sql"),
                    (migration.number, fingerprint),
                )?;
            }
        }
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

/// FNV-1a over the text: it guards against an edit by mistake, not against an attacker, who would have the key.
fn fingerprint(sql: &str) -> i64 {
    let hash = sql.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    i64::from_ne_bytes(hash.to_ne_bytes())
}
