//! A phone's database past the store: where a table's rows lie, and a phone of the program's first version.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::collections::BTreeMap;
use std::sync::Arc;

use patrol_domain::{Body, Head};
use patrol_sqlite::{Database, DatabaseError, DatabaseKey, Migration, SalvagedRow};
use patrol_store::{Disk as _, DraftFields, Vault};
use patrol_testkit::SeededRandomness;
use patrol_testkit::op::{case_opened, log_id, log_opened, person, photo_ref};

use crate::ledger::Written;
use crate::officer::Officer;
use crate::phone::{ROOT, derive, facts, note, thumbnail};

/// SQLCipher's pages here.
pub(crate) const PAGE: u64 = 4_096;

const FIRST: Migration = Migration {
    number: 1,
    sql: include_str!("../../src/migrations/0001_phone.sql"),
};

pub(crate) fn key() -> DatabaseKey {
    DatabaseKey::new(derive(ROOT, b"xunge database 1"))
}

/// All rows of the file as salvage reads them.
pub(crate) fn rows(officer: &Officer) -> Vec<SalvagedRow> {
    let mut rows = Vec::new();
    patrol_sqlite::salvage(&officer.disk, &officer.database(), Some(&key()), &mut |row| {
        rows.push(row)
    })
    .unwrap();
    rows
}

/// The leaves of a table with the number of rows on each.
pub(crate) fn leaves(officer: &Officer, table: &str) -> BTreeMap<u32, usize> {
    let mut leaves = BTreeMap::new();
    for row in rows(officer).iter().filter(|row| row.table.as_deref() == Some(table)) {
        *leaves.entry(row.page).or_default() += 1;
    }
    leaves
}

/// The first leaf of a table.
pub(crate) fn page_of(officer: &Officer, table: &str) -> u32 {
    *leaves(officer, table).keys().next().unwrap()
}

/// A phone as the program's first version left it: a journal with cases and their photos, a draft with a photo, and
/// neither marker nor history.
pub(crate) fn old_phone() -> Officer {
    let mut officer = Officer::new(4);
    officer.disk.make_folder(&officer.data()).unwrap();
    let database = Database::open(&officer.database(), Some(key()), &[FIRST]).unwrap();
    let disk = Arc::new(officer.disk.clone());
    let random = Arc::new(SeededRandomness::new(9));
    let vault = Vault::open(
        &officer.data().join("vault"),
        derive(ROOT, b"xunge vault 1"),
        random,
        disk,
    )
    .unwrap();
    let log = log_id(1);
    let known = &mut officer.ledger.known;
    known.log = Some(log);
    let mut head = Head::start(log);
    let put = |seed: u64| {
        let bytes = patrol_testkit::op::original(seed, 400);
        vault.put(&mut bytes.as_slice(), &note(seed)).unwrap();
        bytes
    };
    database
        .write(|tx| {
            let insert = "INSERT INTO journal_log (log, ordinal, author) VALUES (?1, 1, ?2)";
            tx.execute(insert, (log.as_bytes().as_slice(), person(1).as_bytes().as_slice()))?;
            for seed in 0..24 {
                let photo = put(seed);
                let (op, parts) = match seed {
                    0 => (log_opened(1, person(1)), Vec::new()),
                    _ => case_opened(seed, &[photo_ref(&photo)], Some("旧版的记录")),
                };
                let written = Written::new(&op, &parts);
                head = head.extend(&written.bytes);
                insert_op(tx, &written, head, log.as_bytes())?;
                insert_photo(tx, &photo)?;
                known.append(written);
                known.photos.insert(facts(&photo).sha256, Arc::new(photo));
            }
            let photo = put(99);
            insert_photo(tx, &photo)?;
            let insert = "INSERT INTO draft_photo (position, sha256) VALUES (1, ?1)";
            tx.execute(insert, [facts(&photo).sha256.as_bytes().as_slice()])?;
            let write = "UPDATE draft SET matter = 'PK02', plate = '苏A', note = '没写完', saved_ms = 5";
            tx.execute(write, [])?;
            known.draft.push(facts(&photo).sha256);
            known.photos.insert(facts(&photo).sha256, Arc::new(photo));
            Ok::<_, DatabaseError>(())
        })
        .unwrap();
    known.fields = DraftFields {
        matter: Some("PK02".into()),
        plate: "苏A".into(),
        street: None,
        note: "没写完".into(),
        ..DraftFields::default()
    };
    officer.disk.sync_folder(&officer.data()).unwrap();
    officer
}

fn insert_op(
    tx: &patrol_sqlite::Transaction<'_>,
    written: &Written,
    head: Head,
    log: &[u8; 16],
) -> Result<(), DatabaseError> {
    let Written { op, bytes, parts } = written;
    let seq = i64::try_from(head.seq.0).unwrap();
    let insert = "INSERT INTO journal_op (log, seq, op_id, bytes, hash) VALUES (?1, ?2, ?3, ?4, ?5)";
    let (id, hash) = (op.id.as_bytes().as_slice(), head.hash.as_bytes().as_slice());
    tx.execute(insert, (log.as_slice(), seq, id, bytes, hash))?;
    for part in parts {
        let insert = "INSERT INTO journal_part (log, seq, field, salt, value) VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = (log.as_slice(), seq, &part.field, part.salt.0.as_slice(), &part.value);
        tx.execute(insert, values)?;
    }
    if let (Some(case), Body::CaseOpened(body)) = (op.case, &op.body) {
        let insert = "INSERT INTO view_case (case_id, log, seq, place_order, number, matter, note, opened_ms, tz)
                      VALUES (?1, ?2, ?3, ?3, ?4, 'PK01', '', 1, 480)";
        tx.execute(insert, (case.as_bytes().as_slice(), log.as_slice(), seq, &body.number))?;
    }
    Ok(())
}

fn insert_photo(tx: &patrol_sqlite::Transaction<'_>, original: &[u8]) -> Result<(), DatabaseError> {
    let insert = "INSERT INTO photo (sha256, bytes, mime, source, width, height, taken, thumbnail)
                  VALUES (?1, ?2, 'image/jpeg', 'import', 4032, 3024, NULL, ?3)";
    let (sha256, length) = (facts(original).sha256, i64::try_from(original.len()).unwrap());
    tx.execute(insert, (sha256.as_bytes().as_slice(), length, thumbnail(original)))?;
    Ok(())
}

/// Makes the store believe that its views are of another program: they have to be made again.
pub(crate) fn forget_views(officer: &mut Officer) {
    officer.close();
    crate::phone::connect(&officer.database())
        .execute_batch(include_str!("../../src/views/forget_progress.sql"))
        .unwrap();
}
