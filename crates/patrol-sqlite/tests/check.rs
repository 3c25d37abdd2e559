//! The look over an open file finds a page that nobody has read.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends loudly")]

use patrol_sqlite::{Database, DatabaseError, DatabaseKey, Migration};

const SCHEMA: Migration = Migration {
    number: 1,
    sql: "CREATE TABLE note (text TEXT NOT NULL) STRICT;",
};

fn fill(path: &std::path::Path, key: Option<DatabaseKey>) {
    let database = Database::open(path, key, &[SCHEMA]).unwrap();
    database
        .write(|tx| {
            for number in 0..500 {
                tx.execute("INSERT INTO note (text) VALUES (?1)", [format!("{number:0>200}")])?;
            }
            Ok::<_, DatabaseError>(())
        })
        .unwrap();
    database.checkpoint().unwrap();
}

#[test]
fn a_sound_file_has_nothing_to_say_and_a_damaged_page_is_found() {
    for key in [None, Some(DatabaseKey::new([9; 48]))] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        fill(&path, key.clone());
        let database = Database::open(&path, key.clone(), &[SCHEMA]).unwrap();
        assert_eq!(database.check().unwrap(), Vec::<String>::new());
        drop(database);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[4096 * 9..4096 * 9 + 60].fill(0x77);
        std::fs::write(&path, bytes).unwrap();
        let database = Database::open(&path, key.clone(), &[SCHEMA]).unwrap();
        let found = database.check().unwrap();
        assert!(!found.is_empty());
        let ask = |sql: &str| {
            database.read(|tx| {
                let answer: i64 = tx.query_row(sql, [], |row| row.get(0))?;
                Ok::<_, DatabaseError>(answer)
            })
        };
        let read = ask("SELECT sum(length(text)) FROM note");
        assert!(matches!(read, Err(DatabaseError::Damaged)), "{read:?}");
        assert_eq!(
            ask("SELECT count(*) FROM schema_migration").unwrap(),
            1,
            "sound pages can still be read"
        );
    }
}

#[test]
fn a_check_runs_beside_a_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let key = Some(DatabaseKey::new([9; 48]));
    fill(&path, key.clone());
    let database = Database::open(&path, key, &[SCHEMA]).unwrap();
    database
        .write(|tx| {
            tx.execute("INSERT INTO note (text) VALUES ('x')", [])?;
            assert_eq!(database.check()?, Vec::<String>::new());
            Ok::<_, DatabaseError>(())
        })
        .unwrap();
}
