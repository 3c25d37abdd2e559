//! The write-ahead log: what is committed in it counts, what stands behind a damaged frame comes as uncertain.

use std::collections::{BTreeMap, BTreeSet};

use patrol_sqlite::rusqlite::types::Value;
use patrol_sqlite::{DatabaseError, MachineDisk, SalvagedRow, Standing, lost_commits};

use crate::fixture::{Fixture, PAGE, Rows, Salvaged, named, rows_by_sql, rows_of, save, text_of};

const HEADER: usize = 32;
const FRAME: usize = 24 + PAGE;

/// Copies file and log as they stand while the database is open: what a killed program leaves.
fn killed(from: &Fixture) -> Fixture {
    let copy = Fixture::like(from);
    std::fs::copy(from.path(), copy.path()).unwrap();
    if from.log_path().exists() {
        std::fs::copy(from.log_path(), copy.log_path()).unwrap();
    }
    copy
}

fn lost(fixture: &Fixture) -> u32 {
    lost_commits(&MachineDisk, &fixture.path(), fixture.key().as_ref()).unwrap()
}

/// What SQLite finds when it opens a copy.
fn recovered(fixture: &Fixture) -> Rows {
    rows_of(&killed(fixture).connect()).unwrap()
}

/// Numbers of the ops that came with this standing, with or without their table's name.
fn ops(found: &Salvaged, standing: Standing) -> BTreeSet<i64> {
    let rows = found.rows.iter().filter(|row| row.standing == standing);
    rows.filter(|row| is_op(row)).map(|row| row.rowid).collect()
}

fn is_op(row: &SalvagedRow) -> bool {
    let is_shaped = matches!(
        row.values.as_slice(),
        [Value::Blob(_), Value::Integer(_), Value::Blob(_)]
    );
    is_shaped && row.table.as_ref().is_none_or(|table| table == "op")
}

/// Whole frames in the log's file.
fn frames(fixture: &Fixture) -> usize {
    (std::fs::metadata(fixture.log_path()).unwrap().len() as usize - HEADER) / FRAME
}

fn damage(fixture: &Fixture, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(fixture.log_path()).unwrap();
    change(&mut bytes);
    std::fs::write(fixture.log_path(), bytes).unwrap();
}

#[test]
fn what_only_the_log_holds_comes_back_and_the_log_decides_over_the_file() {
    for source in [Fixture::encrypted(), Fixture::plain()] {
        let database = source.open();
        source.fill(&database, 30);
        let fixture = killed(&source);
        let found = fixture.salvage().unwrap();
        assert!(found.report.wal_frames > 30);
        assert_eq!(found.report.wal_ignored, 0);
        assert_eq!(named(&found.rows), rows_by_sql(&database));

        database.checkpoint().unwrap();
        save(&database, 1000..1020);
        database
            .write(|tx| {
                tx.execute("DELETE FROM note WHERE id < 60", [])
                    .map_err(DatabaseError::from)
            })
            .unwrap();
        let fixture = killed(&source);
        let found = fixture.salvage().unwrap();
        assert_eq!(named(&found.rows), rows_by_sql(&database));
        assert_eq!((found.report.uncertain_rows, lost(&fixture)), (0, 0));
        assert!(found.report.damaged.is_empty());
    }
}

#[test]
fn a_page_that_is_damaged_in_the_file_and_whole_in_the_log_is_no_loss() {
    let source = Fixture::encrypted();
    let database = source.open();
    save(&database, 1..40);
    database.checkpoint().unwrap();
    database
        .write(|tx| {
            tx.execute("UPDATE op SET bytes = x'00'", [])
                .map_err(DatabaseError::from)
        })
        .unwrap();
    let fixture = killed(&source);
    let leaf = fixture
        .salvage()
        .unwrap()
        .rows
        .iter()
        .find(|row| row.table.as_deref() == Some("op"))
        .unwrap()
        .page;
    let mut bytes = std::fs::read(fixture.path()).unwrap();
    bytes[(leaf as usize - 1) * PAGE + 100] ^= 1;
    std::fs::write(fixture.path(), bytes).unwrap();
    let found = fixture.salvage().unwrap();
    assert!(found.report.damaged.is_empty());
    assert_eq!(named(&found.rows), rows_by_sql(&database));
}

#[test]
fn frames_of_an_earlier_round_are_no_rows() {
    let source = Fixture::encrypted();
    let database = source.open();
    save(&database, 1..40);
    // Without truncation: the next commit overwrites the log's beginning under new salts.
    source.copy_log_into_file();
    save(&database, 40..45);
    let fixture = killed(&source);
    let found = fixture.salvage().unwrap();
    assert!(
        (found.report.wal_frames as usize) < frames(&fixture),
        "older frames stand behind"
    );
    assert_eq!((found.report.wal_ignored, lost(&fixture)), (0, 0));
    assert_eq!(named(&found.rows), rows_by_sql(&database));
    assert_eq!(found.report.uncertain_rows, 0);
}

/// After a damaged log: no op is wrong, and none is missing but those of one page. Returns how many are missing.
fn check(found: &Salvaged, sound: &Rows, leaves: &BTreeMap<i64, u32>, what: &str) -> usize {
    for row in found.rows.iter().filter(|row| is_op(row)) {
        assert_eq!(sound[&("op".to_owned(), row.rowid)], text_of(&row.values), "{what}");
    }
    let came: BTreeSet<i64> = &ops(found, Standing::Committed) | &ops(found, Standing::Uncertain);
    let missing: Vec<i64> = leaves.keys().copied().filter(|op| !came.contains(op)).collect();
    let pages: BTreeSet<u32> = missing.iter().map(|op| leaves[op]).collect();
    assert!(pages.len() <= 1, "{what}: {missing:?} are missing from pages {pages:?}");
    missing.len()
}

#[test]
fn behind_each_damaged_frame_the_saved_rows_come_back_as_uncertain() {
    for source in [Fixture::encrypted(), Fixture::plain()] {
        let database = source.open();
        save(&database, 1..40);
        let sound = rows_by_sql(&database);
        let whole = killed(&source);
        let found = whole.salvage().unwrap();
        let of_ops = found.rows.iter().filter(|row| is_op(row));
        let leaves = of_ops.map(|row| (row.rowid, row.page)).collect();
        let bytes = std::fs::read(whole.log_path()).unwrap();
        let count = frames(&whole);
        let (mut missing, mut silent) = (0, 0);
        for frame in 0..count {
            let start = HEADER + frame * FRAME;
            // In its number, its size, its salts, its checksum, its page; and all of it.
            for (at, length) in [(3, 1), (7, 1), (9, 1), (20, 1), (24 + 2000, 1), (0, FRAME)] {
                let mut damaged = bytes.clone();
                damaged[start + at..start + at + length]
                    .iter_mut()
                    .for_each(|byte| *byte ^= 0x10);
                std::fs::write(whole.log_path(), damaged).unwrap();
                let what = format!("{length} bytes at {at} of frame {frame}");
                let found = whole.salvage().unwrap();
                missing += check(&found, &sound, &leaves, &what);
                silent += usize::from(lost(&whole) == 0);
                assert!(lost(&whole) > 0 || frame + 10 > count, "{what}");
                if length == FRAME && frame % 5 == 0 {
                    assert_eq!(named(&found.rows), recovered(&whole), "{what}");
                }
            }
        }
        println!("{count} frames, 6 damages each: {missing} ops missing in all, {silent} not told from a torn commit");
    }
}

#[test]
fn a_log_without_its_header_comes_back_as_uncertain() {
    let source = Fixture::encrypted();
    let database = source.open();
    save(&database, 1..30);
    let fixture = killed(&source);
    damage(&fixture, |log| log[..HEADER].fill(0));
    let found = fixture.salvage().unwrap();
    assert_eq!(found.report.wal_frames, 0);
    assert_eq!(ops(&found, Standing::Uncertain), (1..30).collect());
    assert!(lost(&fixture) > 20);
}

#[test]
fn a_commit_that_a_power_cut_tore_is_no_damage() {
    let source = Fixture::encrypted();
    let database = source.open();
    save(&database, 1..30);
    let sound = killed(&source);
    let bytes = std::fs::read(sound.log_path()).unwrap();
    for cut in (0..bytes.len()).rev().step_by(1111).take(40) {
        std::fs::write(sound.log_path(), &bytes[..cut]).unwrap();
        assert_eq!(lost(&sound), 0, "cut at {cut}");
        let found = sound.salvage().unwrap();
        assert_eq!(named(&found.rows), recovered(&sound), "cut at {cut}");
    }
    // The last frame of the last transaction reached the disk, the one before did not.
    let last = (bytes.len() - HEADER) / FRAME - 2;
    let mut torn = bytes.clone();
    torn[HEADER + last * FRAME..][..FRAME].fill(0);
    std::fs::write(sound.log_path(), torn).unwrap();
    assert_eq!(lost(&sound), 0);
}

#[test]
fn what_a_checkpoint_carried_into_the_file_outlives_a_damaged_log() {
    let source = Fixture::encrypted();
    let database = source.open();
    save(&database, 1..60);
    source.copy_log_into_file();
    let fixture = killed(&source);
    let bytes = std::fs::read(fixture.log_path()).unwrap();
    for frame in (0..frames(&fixture)).step_by(3) {
        let mut damaged = bytes.clone();
        damaged[HEADER + frame * FRAME + 24 + 99] ^= 1;
        std::fs::write(fixture.log_path(), damaged).unwrap();
        let found = fixture.salvage().unwrap();
        let came: BTreeSet<i64> = &ops(&found, Standing::Committed) | &ops(&found, Standing::Uncertain);
        assert_eq!(came, (1..60).collect(), "frame {frame}");
    }
}

#[test]
fn a_rolled_back_transaction_that_reached_the_log_is_at_most_uncertain() {
    let source = Fixture::encrypted();
    let database = source.open();
    save(&database, 1..5);
    let connection = source.connect();
    connection
        .execute_batch("PRAGMA cache_size = 5; BEGIN IMMEDIATE;")
        .unwrap();
    for number in 100..200 {
        connection
            .execute(
                "INSERT INTO op (log, seq, bytes) VALUES (x'01', ?1, zeroblob(900))",
                [number],
            )
            .unwrap();
    }
    let fixture = killed(&source);
    connection.execute_batch("ROLLBACK").unwrap();
    let found = fixture.salvage().unwrap();
    assert!(
        found.report.wal_ignored > 10,
        "the cache was too small for the transaction"
    );
    assert_eq!(named(&found.rows), rows_by_sql(&database));
    assert_eq!(lost(&fixture), 0);
}
