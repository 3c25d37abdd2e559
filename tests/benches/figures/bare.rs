//! Bare SQLite: a connection with the product's key and settings, and nothing of the product around it.

use std::path::Path;

use hkdf::Hkdf;
use patrol_domain::hash::encode_hex;
pub(crate) use patrol_sqlite::rusqlite::types::Value;
use patrol_sqlite::rusqlite::{Connection, OpenFlags, Statement, ToSql, Transaction};
use sha2::Sha256;

use crate::phone::ROOT;

/// The text of one of patrol-store's statements.
macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../../../crates/patrol-store/src/", $name, ".sql"))
    };
}
pub(crate) use sql;

/// As patrol-sqlite connects, with the key that patrol-store derives.
pub(crate) fn connect(path: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).unwrap();
    let mut key = [0; 48];
    Hkdf::<Sha256>::new(None, &ROOT)
        .expand(b"xunge database 1", &mut key)
        .unwrap();
    connection
        .pragma_update(None, "key", format!("x'{}'", encode_hex(&key)))
        .unwrap();
    let _: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .unwrap();
    connection
        .execute_batch(include_str!("../../../crates/patrol-sqlite/src/sql/settings.sql"))
        .unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    connection
}

/// A new file with the product's tables.
pub(crate) fn begin(path: &Path) -> Connection {
    let connection = connect(path);
    connection.execute_batch(sql!("migrations/0001_phone")).unwrap();
    connection.execute_batch(sql!("migrations/0002_memory")).unwrap();
    connection.execute_batch(sql!("migrations/0003_station")).unwrap();
    connection.execute_batch(sql!("migrations/0004_proof")).unwrap();
    connection.execute_batch(sql!("migrations/0005_station_key")).unwrap();
    connection.execute_batch(sql!("migrations/0006_hand")).unwrap();
    connection
}

/// Runs a statement that gives no rows.
pub(crate) fn run(tx: &Transaction<'_>, sql: &str, values: &[&dyn ToSql]) {
    tx.prepare_cached(sql).unwrap().execute(values).unwrap();
}

/// Runs a query and reads every column of every row; how many rows there were.
pub(crate) fn read(tx: &Transaction<'_>, sql: &str, values: &[(&str, &dyn ToSql)]) -> usize {
    read_all(&mut tx.prepare_cached(sql).unwrap(), values)
}

/// The same with a statement that is at hand.
pub(crate) fn read_all(statement: &mut Statement<'_>, values: &[(&str, &dyn ToSql)]) -> usize {
    let columns = statement.column_count();
    let mut rows = statement.query(values).unwrap();
    let mut count = 0;
    while let Some(row) = rows.next().unwrap() {
        count += 1;
        for column in 0..columns {
            std::hint::black_box(row.get::<_, Value>(column).unwrap());
        }
    }
    count
}
