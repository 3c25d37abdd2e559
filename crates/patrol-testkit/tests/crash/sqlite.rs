//! SQLCipher at home on the disk: WAL, several connections, checkpoints.

use std::sync::atomic::{AtomicBool, Ordering};

use patrol_sqlite::{Database, DatabaseError, DatabaseKey, Migration};
use patrol_testkit::CrashDisk;
use rusqlite::Connection;

use crate::ledger::{Ledger, Synchronous, path, prepared};

#[test]
fn a_commit_is_one_sync_and_readers_see_it() {
    let disk = prepared();
    let mut writer = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
    let reader = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
    writer.commit(1).unwrap();
    disk.reset_counters();
    let old = reader.0.unchecked_transaction().unwrap();
    let seen = |reader: &Connection| reader.query_row("SELECT count(*) FROM a", [], |row| row.get::<_, i64>(0));
    assert_eq!(seen(&old).unwrap(), 1);
    writer.commit(2).unwrap();
    assert_eq!(seen(&old).unwrap(), 1, "a reader keeps its state");
    drop(old);
    assert_eq!(seen(&reader.0).unwrap(), 2);
    let counters = disk.counters();
    println!("one commit with WAL and FULL: {counters:?}");
    assert_eq!((counters.wal.syncs, counters.syncs()), (1, 1));
    assert_eq!(counters.database.writes, 0);
}

#[test]
fn a_checkpoint_moves_the_log_into_the_file() {
    let disk = prepared();
    let mut writer = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
    for number in 1..=5 {
        writer.commit(number).unwrap();
    }
    let wal = disk.root().join("ledger.db-wal");
    assert!(!disk.read(&wal).unwrap().is_empty());
    writer
        .0
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    assert!(disk.read(&wal).unwrap().is_empty());
    assert!(!disk.read(&path(&disk)).unwrap().starts_with(b"SQLite format 3"));
    drop(writer);
    assert_eq!(disk.files(), [path(&disk)], "the last connection takes the log away");
    assert_eq!(
        Ledger::open(&path(&disk), Synchronous::Full).unwrap().check().unwrap(),
        5
    );
}

#[test]
fn threads_read_while_one_writes() {
    let disk = prepared();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let reader = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
                    reader.0.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
                    let mut last = 0;
                    while !done.load(Ordering::Relaxed) {
                        let sql = "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)";
                        let (a, b): (i64, i64) = reader
                            .0
                            .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
                            .unwrap();
                        assert_eq!(a, b, "one state");
                        assert!(a >= last, "never back");
                        last = a;
                    }
                })
            })
            .collect();
        let mut writer = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
        writer.0.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
        for number in 1..=200 {
            writer.commit(number).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            reader.join().unwrap();
        }
        assert_eq!(writer.check().unwrap(), 200);
    });
}

#[test]
fn two_writers_wait_for_each_other() {
    let disk = prepared();
    let first = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
    let second = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
    first
        .0
        .execute_batch("BEGIN IMMEDIATE; INSERT INTO a (n) VALUES (1)")
        .unwrap();
    second.0.busy_timeout(std::time::Duration::ZERO).unwrap();
    let refused = second.0.execute_batch("BEGIN IMMEDIATE").unwrap_err();
    assert_eq!(refused.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy));
    first.0.execute_batch("COMMIT").unwrap();
    second
        .0
        .execute_batch("BEGIN IMMEDIATE; INSERT INTO a (n) VALUES (2); COMMIT")
        .unwrap();
}

/// EXTRA, because FULL leaves the journal's removal, which is the commit, to chance in this mode.
#[test]
fn a_rollback_journal_works_too() {
    let disk = CrashDisk::new(0);
    let file = disk.root().join("plain.db");
    let one = Connection::open(&file).unwrap();
    let two = Connection::open(&file).unwrap();
    one.execute_batch("PRAGMA synchronous = EXTRA; CREATE TABLE t (n); BEGIN; INSERT INTO t VALUES (1);")
        .unwrap();
    assert!(disk.read(&disk.root().join("plain.db-journal")).is_ok());
    two.busy_timeout(std::time::Duration::ZERO).unwrap();
    two.pragma_update(None, "synchronous", "EXTRA").unwrap();
    assert!(two.execute_batch("INSERT INTO t VALUES (2)").is_err(), "one writes");
    one.execute_batch("COMMIT").unwrap();
    two.execute_batch("INSERT INTO t VALUES (2)").unwrap();
    drop((one, two));
    disk.reboot();
    let rows: i64 = Connection::open(&file)
        .unwrap()
        .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 2);
}

#[test]
fn other_paths_go_where_they_always_went() {
    CrashDisk::install();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("machine.db");
    let machine = Connection::open(&file).unwrap();
    machine
        .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (n); INSERT INTO t VALUES (1)")
        .unwrap();
    assert!(std::fs::metadata(&file).unwrap().len() > 0);
    Connection::open_in_memory()
        .unwrap()
        .execute_batch("CREATE TABLE t (n)")
        .unwrap();
    assert!(Connection::open("/crash/0/nowhere.db").is_err(), "no such disk");
}

#[test]
fn what_was_opened_before_a_cut_is_dead_after_it() {
    let disk = prepared();
    let mut old = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
    old.commit(1).unwrap();
    disk.cut();
    assert!(old.commit(2).is_err());
    assert!(Ledger::open(&path(&disk), Synchronous::Full).is_err(), "no power");
    disk.reboot();
    let mut new = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
    new.commit(2).unwrap();
    assert!(old.commit(3).is_err());
    drop(old);
    new.commit(3).unwrap();
    assert_eq!(new.check().unwrap(), 3);
}

#[test]
fn the_products_own_database_needs_no_change() {
    const SCHEMA: Migration = Migration {
        number: 1,
        sql: "CREATE TABLE t (n INTEGER NOT NULL) STRICT;",
    };
    let disk = CrashDisk::new(0);
    let open = || Database::open(&path(&disk), Some(DatabaseKey::new([7; 48])), &[SCHEMA]);
    let insert = |database: &Database, n: i64| -> Result<(), DatabaseError> {
        database.write(|tx| Ok(tx.execute("INSERT INTO t (n) VALUES (?1)", [n]).map(|_| ())?))
    };
    let count = |database: &Database| -> Result<i64, DatabaseError> {
        database.read(|tx| Ok(tx.query_row("SELECT count(*) FROM t", [], |row| row.get(0))?))
    };
    let database = open().unwrap();
    insert(&database, 1).unwrap();
    disk.reset_counters();
    insert(&database, 2).unwrap();
    assert_eq!(disk.counters().syncs(), 1);
    disk.cut();
    assert!(insert(&database, 3).is_err());
    disk.reboot();
    let database = open().unwrap();
    assert_eq!(count(&database).unwrap(), 2);
    disk.fill_after(1);
    assert!(matches!(insert(&database, 3), Err(DatabaseError::DiskFull)));
    disk.free();
    insert(&database, 3).unwrap();
    assert_eq!(count(&database).unwrap(), 3);
}
