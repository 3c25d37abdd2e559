//! Bytes of any kind: the walk ends, nothing panics, and what is authentic still comes back.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::fixture::{Fixture, PAGE, Rows, named, rows_by_sql, salvage_at, save};

/// File and log of a killed program, and what is in them.
struct Killed {
    fixture: Fixture,
    file: Vec<u8>,
    log: Vec<u8>,
    rows: Rows,
}

fn killed(source: Fixture) -> Killed {
    let database = source.open();
    source.fill(&database, 20);
    database.checkpoint().unwrap();
    save(&database, 100..130);
    let fixture = Fixture::like(&source);
    let killed = Killed {
        file: std::fs::read(source.path()).unwrap(),
        log: std::fs::read(source.log_path()).unwrap(),
        rows: rows_by_sql(&database),
        fixture,
    };
    killed.write(&killed.file, &killed.log);
    killed
}

impl Killed {
    fn write(&self, file: &[u8], log: &[u8]) {
        std::fs::write(self.fixture.path(), file).unwrap();
        std::fs::write(self.fixture.log_path(), log).unwrap();
    }
}

static ENCRYPTED: LazyLock<Killed> = LazyLock::new(|| killed(Fixture::encrypted()));
static PLAIN: LazyLock<Killed> = LazyLock::new(|| killed(Fixture::plain()));

/// Where (as a share of the length), and which bytes from there on.
fn strokes() -> impl Strategy<Value = Vec<(f64, Vec<u8>)>> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..40),
        prop::collection::vec(any::<u8>(), 4000..9000),
        (any::<u8>(), 1..9000_usize).prop_map(|(byte, length)| vec![byte; length]),
        // Bytes that a page's head is made of.
        prop::collection::vec(prop::sample::select(vec![0_u8, 1, 2, 5, 10, 13, 100, 255]), 8..40),
    ];
    prop::collection::vec((0.0..1.0_f64, bytes), 1..8)
}

fn apply(target: &mut [u8], strokes: &[(f64, Vec<u8>)], whole_pages: bool) {
    for (place, bytes) in strokes {
        let mut start = (place * target.len() as f64) as usize;
        if whole_pages {
            start -= start % PAGE;
        }
        let end = (start + bytes.len()).min(target.len());
        let length = end - start;
        target[start..end].copy_from_slice(&bytes[..length]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_encrypted_file_gives_only_rows_that_were_in_it(
        file in strokes(), log in strokes(), cut in 0.0..1.0_f64, does_cut in any::<bool>(),
    ) {
        let killed = &*ENCRYPTED;
        let mut bytes = killed.file.clone();
        apply(&mut bytes, &file, false);
        if does_cut {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        let mut log_bytes = killed.log.clone();
        if !does_cut {
            apply(&mut log_bytes, &log, false);
        }
        killed.write(&bytes, &log_bytes);
        if let Some(found) = killed.fixture.salvage() && found.report.wal_ignored == 0 && does_cut {
            for (row, values) in named(&found.rows) {
                prop_assert_eq!(killed.rows.get(&row), Some(&values));
            }
        }
    }

    #[test]
    fn a_plain_file_with_rubbish_in_it_is_read_to_its_end(
        file in strokes(), log in strokes(), whole_pages in any::<bool>(),
    ) {
        let killed = &*PLAIN;
        let mut bytes = killed.file.clone();
        apply(&mut bytes, &file, whole_pages);
        let mut log_bytes = killed.log.clone();
        apply(&mut log_bytes, &log, false);
        killed.write(&bytes, &log_bytes);
        let _ = killed.fixture.salvage();
        // The log has a checksum, the file has not: without the log, all of the rubbish is reached.
        killed.write(&bytes, &[]);
        let _ = killed.fixture.salvage();
    }

    #[test]
    fn a_file_of_rubbish_alone_is_read_to_its_end(
        bytes in prop::collection::vec(prop::sample::select(vec![0_u8, 1, 2, 3, 5, 10, 13, 16, 128, 255]), 0..40_000),
        has_magic in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("patrol.db");
        let mut bytes = bytes;
        if has_magic && bytes.len() > 100 {
            bytes[..16].copy_from_slice(b"SQLite format 3\0");
            bytes[16..18].copy_from_slice(&[16, 0]);
        }
        std::fs::write(&path, bytes).unwrap();
        let _ = salvage_at(&path, None);
    }
}
