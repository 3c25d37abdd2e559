//! Salvage of a plain database: rubbish in its pages or in its log ends the walk and never stops it or turns it in
//! circles, and what is said to be delivered was.
//!
//! Plain, because behind a page's MAC no foreign byte is ever read.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use fuzz::{Shelf, splice, whole_file};
use libfuzzer_sys::fuzz_target;
use patrol_sqlite::rusqlite::{Connection, params};
use patrol_sqlite::{Disk, Standing, lost_commits, salvage};
use patrol_testkit::CrashDisk;

const FILE: &str = "/patrol.db";
const LOG: &str = "/patrol.db-wal";

/// A database and its log, with tables, an index, rows that overflow and free pages.
struct Sound {
    file: Vec<u8>,
    log: Vec<u8>,
}

static SOUND: LazyLock<Sound> = LazyLock::new(|| {
    let disk = CrashDisk::new(7);
    let path = disk.root().join("patrol.db");
    disk.make_folder(disk.root()).expect("nothing breaks this disk");
    filled(&path)
        .expect("nothing breaks this disk")
        .close()
        .map_err(|(_, error)| error)
        .expect("nothing breaks this disk");
    let file = whole_file(&disk, &path);
    let connection = Connection::open(&path).expect("nothing breaks this disk");
    logged(&connection).expect("nothing breaks this disk");
    let log = whole_file(&disk, &disk.root().join("patrol.db-wal"));
    Sound { file, log }
});

fn filled(path: &Path) -> patrol_sqlite::rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.execute_batch(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, words TEXT NOT NULL, sum REAL) STRICT;
         CREATE TABLE b (name TEXT PRIMARY KEY, bytes BLOB) STRICT, WITHOUT ROWID;
         CREATE INDEX a_words ON a (words);",
    )?;
    for id in 0..200 {
        connection.execute(
            "INSERT INTO a (words, sum) VALUES (?1, ?2)",
            params![format!("字 {id}"), 0.5],
        )?;
    }
    connection.execute("INSERT INTO a (words) VALUES (?1)", ["长".repeat(3000)])?;
    connection.execute("INSERT INTO b (name, bytes) VALUES ('n', x'0102')", [])?;
    connection.execute("DELETE FROM a WHERE id BETWEEN 20 AND 150", [])?;
    Ok(connection)
}

/// Two commits that stand in the log only.
fn logged(connection: &Connection) -> patrol_sqlite::rusqlite::Result<()> {
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.execute("UPDATE a SET words = 'x' WHERE id = 5", [])?;
    connection.execute("INSERT INTO a (words) VALUES ('y')", [])?;
    Ok(())
}

fuzz_target!(|input: &[u8]| {
    read(input, &[]);
    let Some((which, patches)) = input.split_first() else {
        return;
    };
    let Sound { file, log } = &*SOUND;
    match which % 3 {
        0 => read(&splice(file, patches), &[]),
        1 => read(&splice(file, patches), log),
        _ => read(file, &splice(log, patches)),
    }
});

fn read(file: &[u8], log: &[u8]) {
    let shelf = Shelf::default().with(Path::new(FILE), file).with(Path::new(LOG), log);
    let (mut committed, mut uncertain) = (0, 0);
    let salvaged = salvage(&shelf, Path::new(FILE), None, &mut |row| match row.standing {
        Standing::Committed => committed += 1,
        Standing::Uncertain => uncertain += 1,
    });
    let report = salvaged.expect("this disk can be read");
    let counted = report
        .as_ref()
        .map_or((0, 0), |report| (report.rows, report.uncertain_rows));
    assert_eq!(counted, (committed, uncertain));
    lost_commits(&shelf, Path::new(FILE), None).expect("this disk can be read");
}
