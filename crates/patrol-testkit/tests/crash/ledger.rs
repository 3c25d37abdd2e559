//! An encrypted database that numbers its commits, so that a loss can be counted and a half commit seen.

use std::path::{Path, PathBuf};

use patrol_testkit::CrashDisk;
use rusqlite::{Connection, OpenFlags};

/// Every commit writes its number into both tables; `b` has enough bytes to spread over pages.
pub(crate) const SCHEMA: &str = "BEGIN; CREATE TABLE a (n INTEGER PRIMARY KEY) STRICT; CREATE TABLE b (n INTEGER NOT NULL, text BLOB) STRICT; COMMIT;";

/// Which `PRAGMA synchronous`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Synchronous {
    Off,
    Normal,
    Full,
}

/// An open database.
pub(crate) struct Ledger(pub Connection);

pub(crate) fn path(disk: &CrashDisk) -> PathBuf {
    disk.root().join("ledger.db")
}

/// A disk with an empty ledger on it, all of it durable.
pub(crate) fn prepared() -> CrashDisk {
    let disk = CrashDisk::new(0);
    let ledger = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
    ledger.0.execute_batch(SCHEMA).unwrap();
    drop(ledger);
    disk.reboot();
    disk
}

impl Ledger {
    pub(crate) fn open(path: &Path, synchronous: Synchronous) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.pragma_update(None, "cipher_log_level", "NONE")?;
        connection.pragma_update(None, "key", format!("x'{}'", "5a".repeat(48)))?;
        let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        assert_eq!(mode, "wal");
        let synchronous = match synchronous {
            Synchronous::Off => "OFF",
            Synchronous::Normal => "NORMAL",
            Synchronous::Full => "FULL",
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        // Few pages, so that a short run has several checkpoints and a log that begins anew.
        connection.pragma_update(None, "wal_autocheckpoint", 24)?;
        connection.pragma_update(None, "cache_size", 20)?;
        Ok(Self(connection))
    }

    pub(crate) fn commit(&mut self, number: i64) -> rusqlite::Result<()> {
        let transaction = self.0.transaction()?;
        transaction.execute("INSERT INTO a (n) VALUES (?1)", [number])?;
        let text = vec![u8::try_from(number % 251).unwrap(); 200 + usize::try_from(number * 37 % 5_000).unwrap()];
        transaction.execute(
            "INSERT INTO b (n, text) VALUES (?1, ?2)",
            rusqlite::params![number, text],
        )?;
        transaction.commit()
    }

    /// The highest number, when all up to it are there in both tables and the file is sound as SQLite reads it.
    pub(crate) fn check(&self) -> rusqlite::Result<i64> {
        let count = |sql: &str| self.0.query_row(sql, [], |row| row.get::<_, i64>(0));
        let highest = count("SELECT coalesce(max(n), 0) FROM a")?;
        let sound: String = self.0.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        let whole = count("SELECT count(*) FROM a")? == highest
            && count("SELECT count(DISTINCT n) FROM b")? == highest
            && count("SELECT count(*) FROM b")? == highest;
        if sound == "ok" && whole {
            Ok(highest)
        } else {
            Err(rusqlite::Error::InvalidQuery)
        }
    }

    /// Whether every page of the main file authenticates. SQLCipher looks at the file alone, without its log, so a
    /// checkpoint comes first: one that a cut interrupted leaves torn pages there, which the log makes good.
    pub(crate) fn check_pages(&self) -> rusqlite::Result<bool> {
        self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let mut pages = self.0.prepare("PRAGMA cipher_integrity_check")?;
        Ok(pages.query([])?.next()?.is_none())
    }
}
