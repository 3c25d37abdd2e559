//! Every page of a file, one after the other, is flipped, zeroed and cut off: what was on the others all comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use patrol_sqlite::rusqlite::types::Value;
use patrol_sqlite::{
    DatabaseError, DatabaseKey, Disk, DiskRead, DiskWrite, GoneRange, MachineDisk, SalvageReport, SalvagedRow,
    Transaction, salvage,
};

use crate::fixture::{
    Fixture, PAGE, Rows, Salvaged, Use, named, overflows, rows_by_sql, salvage_at, text_of, unusable, uses,
};

/// A sound file and what is in it.
struct Sound {
    fixture: Fixture,
    bytes: Vec<u8>,
    rows: Rows,
    /// Row to the page of its leaf.
    leaf: BTreeMap<(String, i64), u32>,
    /// Row to its overflow pages.
    overflow: BTreeMap<(String, i64), BTreeSet<u32>>,
    uses: BTreeMap<u32, Use>,
}

impl Sound {
    fn new(fixture: Fixture) -> Self {
        let database = fixture.open();
        fixture.fill(&database, 200);
        database.checkpoint().unwrap();
        let rows = rows_by_sql(&database);
        let (uses, overflows) = (uses(&database), overflows(&database));
        drop(database);
        let found = fixture.salvage().unwrap();
        assert_eq!(named(&found.rows), rows, "a sound file comes back whole");
        let key = |row: &SalvagedRow| (row.table.clone().unwrap(), row.rowid);
        let leaf: BTreeMap<_, _> = found.rows.iter().map(|row| (key(row), row.page)).collect();
        let mut overflow: BTreeMap<_, BTreeSet<u32>> = BTreeMap::new();
        for (page, (leaf, cell)) in overflows {
            let row = found.rows.iter().filter(|row| row.page == leaf).nth(cell).unwrap();
            overflow.entry(key(row)).or_default().insert(page);
        }
        Self {
            bytes: std::fs::read(fixture.path()).unwrap(),
            fixture,
            rows,
            leaf,
            overflow,
            uses,
        }
    }

    fn pages(&self) -> u32 {
        u32::try_from(self.bytes.len() / PAGE).unwrap()
    }

    fn salvage(&self, bytes: &[u8]) -> Option<Salvaged> {
        std::fs::write(self.fixture.path(), bytes).unwrap();
        self.fixture.salvage()
    }

    /// The rows that are whole without these pages.
    fn without(&self, damaged: &BTreeSet<u32>) -> Rows {
        let is_whole = |row: &(String, i64)| {
            !damaged.contains(&self.leaf[row]) && self.overflow.get(row).is_none_or(|pages| pages.is_disjoint(damaged))
        };
        self.rows
            .iter()
            .filter(|(row, _)| is_whole(row))
            .map(|(row, values)| (row.clone(), values.clone()))
            .collect()
    }

    /// Everything that the pages left whole came back exactly once. Returns how many rows came without a table.
    fn check(&self, found: &Salvaged, damaged: &BTreeSet<u32>, what: &str) -> usize {
        let expected = self.without(damaged);
        let mut left = named(&found.rows);
        let mut wanted: BTreeMap<(i64, String), usize> = BTreeMap::new();
        for (row, values) in &expected {
            match left.remove(row) {
                Some(came) => assert_eq!(&came, values, "{what}: {row:?}"),
                None => *wanted.entry((row.1, values.clone())).or_default() += 1,
            }
        }
        assert!(left.is_empty(), "{what}: nothing comes that was not there: {left:?}");
        let nameless = found.rows.iter().filter(|row| row.table.is_none());
        let mut count = 0;
        for row in nameless.filter(|row| !is_schema(row)) {
            let values = text_of(&row.values);
            match wanted.get_mut(&(row.rowid, values)).filter(|times| **times > 0) {
                Some(times) => {
                    *times -= 1;
                    count += 1;
                }
                None => assert!(
                    !found.report.free_pages_known,
                    "{what}: {} came back from the dead",
                    row.rowid
                ),
            }
        }
        let missing: usize = wanted.values().sum();
        assert_eq!(missing, 0, "{what}: rows of sound pages are missing");
        count
    }

    /// The rows that are gone are named by page, table and number.
    fn check_names(&self, report: &SalvageReport, page: u32, what: &str) {
        match self.uses.get(&page).unwrap_or(&Use::Other) {
            Use::Leaf { table } if table != "sqlite_schema" => {
                let gone = report.gone.iter().find(|gone| gone.page == page).unwrap();
                assert_eq!(gone.table.as_ref(), Some(table), "{what}");
                for ((_, rowid), leaf) in self.leaf.iter().filter(|((of, _), _)| of == table) {
                    assert_eq!(
                        covers(gone, *rowid),
                        *leaf == page,
                        "{what}: {table} {rowid} in {gone:?}"
                    );
                }
            }
            Use::Overflow { table } => {
                let (row, _) = self.overflow.iter().find(|(_, pages)| pages.contains(&page)).unwrap();
                let lost = report.lost.iter().find(|lost| lost.overflow == Some(page)).unwrap();
                assert_eq!((lost.table.as_ref(), lost.rowid), (Some(table), Some(row.1)), "{what}");
                assert_eq!((report.lost_cells, lost.page), (1, self.leaf[row]), "{what}");
            }
            _ => assert_eq!(report.lost_cells, 0, "{what}"),
        }
    }
}

fn covers(gone: &GoneRange, rowid: i64) -> bool {
    gone.after.is_none_or(|after| rowid > after) && gone.up_to.is_none_or(|up_to| rowid <= up_to)
}

fn is_schema(row: &SalvagedRow) -> bool {
    matches!(
        row.values.as_slice(),
        [
            Value::Text(_),
            Value::Text(_),
            Value::Text(_),
            Value::Integer(_),
            Value::Text(_) | Value::Null
        ]
    )
}

/// Flips a bit somewhere on the page, elsewhere on each; on the first page behind the salt, which nothing needs.
fn flip(bytes: &mut [u8], page: u32) {
    let start = (page as usize - 1) * PAGE;
    let at = start + 16 + (page as usize * 577) % (PAGE - 16);
    bytes[at] ^= 1 << (page % 8);
}

fn zero(bytes: &mut [u8], page: u32) {
    let start = (page as usize - 1) * PAGE;
    bytes[start..start + PAGE].fill(0);
}

#[test]
fn with_any_one_page_flipped_or_zeroed_everything_else_comes_back_and_what_is_gone_is_named() {
    let sound = Sound::new(Fixture::encrypted());
    println!("{} pages, {} rows", sound.pages(), sound.rows.len());
    assert!(sound.pages() >= 100);
    for page in 1..=sound.pages() {
        for (how, damage) in [("flip", flip as fn(&mut [u8], u32)), ("zero", zero)] {
            let what = format!("{how} {page}");
            let mut bytes = sound.bytes.clone();
            damage(&mut bytes, page);
            let found = sound.salvage(&bytes).unwrap();
            let damaged = BTreeSet::from([page]);
            assert_eq!(unusable(&found.report), damaged, "{what}");
            assert_eq!(found.report.authentic + 1, sound.pages(), "{what}");
            let nameless = sound.check(&found, &damaged, &what);
            sound.check_names(&found.report, page, &what);
            let is_way = page == 1 || matches!(sound.uses.get(&page), Some(Use::Interior { .. }));
            if is_way {
                let came = sound.without(&damaged).len();
                println!(
                    "{what}, {:?}: {came} of {} rows, {nameless} without a table, {} leaves unreachable",
                    sound.uses[&page],
                    sound.rows.len(),
                    found.report.unreachable_leaves
                );
                assert_eq!(came, sound.rows.len(), "{what}: a way is no row");
            } else if !matches!(&sound.uses.get(&page), Some(Use::Leaf { table }) if table == "sqlite_schema") {
                assert_eq!(nameless, 0, "{what}");
                assert_eq!(found.report.unreachable_leaves, 0, "{what}");
            }
        }
    }
}

#[test]
fn a_file_that_is_cut_anywhere_gives_what_stands_before_the_cut() {
    let sound = Sound::new(Fixture::encrypted());
    for page in 1..=sound.pages() {
        let what = format!("cut {page}");
        let cut = (page as usize - 1) * PAGE + page as usize * 41 % PAGE;
        let damaged: BTreeSet<u32> = (page..=sound.pages()).collect();
        let Some(found) = sound.salvage(&sound.bytes[..cut]) else {
            assert_eq!(page, 1, "less than a page is nothing");
            continue;
        };
        assert_eq!(
            found.report.pages,
            sound.pages(),
            "{what}: the first page says how many there were"
        );
        assert_eq!(unusable(&found.report), damaged, "{what}");
        sound.check(&found, &damaged, &what);
    }
}

#[test]
fn several_damaged_pages_take_only_their_own_rows() {
    let sound = Sound::new(Fixture::encrypted());
    for step in [2, 3, 5, 9, 17] {
        let damaged: BTreeSet<u32> = (1..=sound.pages()).filter(|page| page % step == 0).collect();
        let mut bytes = sound.bytes.clone();
        damaged.iter().for_each(|&page| flip(&mut bytes, page));
        let found = sound.salvage(&bytes).unwrap();
        assert_eq!(unusable(&found.report), damaged);
        sound.check(&found, &damaged, &format!("each {step}th"));
    }
}

#[test]
fn a_destroyed_salt_costs_nothing_and_a_destroyed_first_page_no_row_and_no_name() {
    let sound = Sound::new(Fixture::encrypted());
    let mut bytes = sound.bytes.clone();
    bytes[..16].fill(0xff);
    let found = sound.salvage(&bytes).unwrap();
    assert!(found.report.damaged.is_empty());
    assert_eq!(named(&found.rows), sound.rows);

    assert_eq!(
        sound.uses[&1],
        Use::Interior {
            table: "sqlite_schema".to_owned()
        }
    );
    bytes[..PAGE].fill(0);
    let found = sound.salvage(&bytes).unwrap();
    assert_eq!(
        named(&found.rows),
        sound.rows,
        "the list of tables is found by its shape"
    );
    assert!(!found.report.free_pages_known);
}

#[test]
fn a_plain_file_gives_what_is_on_its_sound_pages_and_a_zeroed_page_is_named() {
    let sound = Sound::new(Fixture::plain());
    for page in 2..=sound.pages() {
        let Some(Use::Leaf { table }) = sound.uses.get(&page) else {
            continue;
        };
        let what = format!("zero {page} of {table}");
        let mut bytes = sound.bytes.clone();
        zero(&mut bytes, page);
        let found = sound.salvage(&bytes).unwrap();
        let damaged = BTreeSet::from([page]);
        assert_eq!(unusable(&found.report), damaged, "{what}");
        sound.check(&found, &damaged, &what);
        sound.check_names(&found.report, page, &what);
    }
    let mut bytes = sound.bytes.clone();
    zero(&mut bytes, 1);
    let found = sound.salvage(&bytes).unwrap();
    assert_eq!(named(&found.rows), sound.rows);
}

#[test]
fn a_wrong_key_and_a_foreign_file_give_nothing_and_no_file_is_an_error() {
    let sound = Sound::new(Fixture::encrypted());
    let path = sound.fixture.path();
    let wrong = DatabaseKey::new([3; 48]);
    assert!(salvage_at(&path, Some(&wrong)).is_none());
    assert!(salvage_at(&path, None).is_none(), "an encrypted file is no plain one");
    std::fs::write(&path, "图书馆".repeat(5000)).unwrap();
    assert!(salvage_at(&path, None).is_none());
    std::fs::remove_file(&path).unwrap();
    let salvaged = salvage(&MachineDisk, &path, None, &mut |_| ());
    assert!(matches!(salvaged, Err(DatabaseError::Disk(_))));
}

/// Gives an error in place of one page of the file, as a worn-out card does.
#[derive(Debug)]
struct WornDisk {
    page: u64,
}

struct WornFile {
    file: Box<dyn DiskRead>,
    page: u64,
}

impl Read for WornFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = self.file.stream_position()?;
        if at / PAGE as u64 + 1 == self.page {
            return Err(io::Error::other("worn out"));
        }
        self.file.read(buffer)
    }
}

impl Seek for WornFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}

impl Disk for WornDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskRead>> {
        let file = MachineDisk.open(path)?;
        Ok(Box::new(WornFile { file, page: self.page }))
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        MachineDisk.length(path)
    }

    fn make_folder(&self, _: &Path) -> io::Result<()> {
        unreachable!("salvage only reads")
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        unreachable!("salvage only reads")
    }

    fn list(&self, _: &Path) -> io::Result<Vec<PathBuf>> {
        unreachable!("salvage only reads")
    }

    fn create(&self, _: &Path) -> io::Result<Box<dyn DiskWrite>> {
        unreachable!("salvage only reads")
    }

    fn append(&self, _: &Path) -> io::Result<(Box<dyn DiskWrite>, u64)> {
        unreachable!("salvage only reads")
    }

    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        unreachable!("salvage only reads")
    }

    fn remove(&self, _: &Path) -> io::Result<()> {
        unreachable!("salvage only reads")
    }
}

#[test]
fn a_page_that_the_disk_does_not_give_is_a_damaged_page() {
    let sound = Sound::new(Fixture::encrypted());
    let key = sound.fixture.key();
    for page in [1, 5, 40, 90] {
        let mut rows = Vec::new();
        let disk = WornDisk { page: u64::from(page) };
        let report = salvage(&disk, &sound.fixture.path(), key.as_ref(), &mut |row| rows.push(row));
        let found = Salvaged {
            report: report.unwrap().unwrap(),
            rows,
        };
        let damaged = BTreeSet::from([page]);
        assert_eq!(unusable(&found.report), damaged);
        sound.check(&found, &damaged, &format!("worn {page}"));
    }
}

/// A tree of three floors: the first page, interior pages and leaves of a table with a million bytes of short rows.
#[test]
fn a_tall_tree_without_one_of_its_inner_pages_keeps_every_row() {
    let fixture = Fixture::encrypted();
    let database = fixture.open();
    let insert = |tx: &Transaction<'_>| {
        for number in 1..=24_000 {
            tx.execute(
                "INSERT INTO note (id, words, weight) VALUES (?1, ?2, 0.5)",
                (number, "路".repeat(30)),
            )?;
        }
        Ok::<_, DatabaseError>(())
    };
    database.write(insert).unwrap();
    database.checkpoint().unwrap();
    let uses = uses(&database);
    drop(database);
    let bytes = std::fs::read(fixture.path()).unwrap();
    let is_inner = |(_, purpose): &(&u32, &Use)| {
        **purpose
            == Use::Interior {
                table: "note".to_owned(),
            }
    };
    let inner: Vec<u32> = uses.iter().filter(is_inner).map(|(page, _)| *page).collect();
    assert!(inner.len() > 2, "{inner:?}");
    for page in inner {
        let mut damaged = bytes.clone();
        zero(&mut damaged, page);
        std::fs::write(fixture.path(), damaged).unwrap();
        let found = fixture.salvage().unwrap();
        let notes = |row: &&SalvagedRow| row.table.as_ref().is_none_or(|table| table == "note");
        let came: Vec<i64> = found.rows.iter().filter(notes).map(|row| row.rowid).collect();
        let each: BTreeSet<i64> = came.iter().copied().collect();
        assert_eq!((came.len(), each.len()), (24_000, 24_000));
        println!(
            "inner page {page} of {}: 24000 rows, {} leaves unreachable",
            found.report.pages, found.report.unreachable_leaves
        );
    }
}
