//! A file as the program writes it, what SQLite itself says is in it, and ways to damage it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use patrol_sqlite::rusqlite::types::Value;
use patrol_sqlite::rusqlite::{self, Connection};
use patrol_sqlite::{
    Database, DatabaseError, DatabaseKey, MachineDisk, Migration, SalvageReport, SalvagedRow, Standing, salvage,
};

/// Bytes of a page.
pub(crate) const PAGE: usize = 4096;

/// Tables of many shapes: a journal with long blobs, short rows, rows without values, real numbers, deleted rows, a
/// table without row numbers (which is not salvaged), and enough of them that the list of tables has pages of its own.
pub(crate) const SCHEMA: Migration = Migration {
    number: 1,
    sql: include_str!("schema.sql"),
};

/// A database in a folder of its own.
pub(crate) struct Fixture {
    folder: tempfile::TempDir,
    key: Option<[u8; 48]>,
}

/// A row as SQLite gives it: table and number to values.
pub(crate) type Rows = BTreeMap<(String, i64), String>;

/// What a page is for, by `dbstat`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Use {
    Leaf {
        table: String,
    },
    Interior {
        table: String,
    },
    Overflow {
        table: String,
    },
    /// Pages of indexes, of a table without row numbers, and free ones.
    Other,
}

pub(crate) struct Salvaged {
    pub(crate) report: SalvageReport,
    pub(crate) rows: Vec<SalvagedRow>,
}

impl Fixture {
    pub(crate) fn new(key: Option<[u8; 48]>) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            key,
        }
    }

    pub(crate) fn encrypted() -> Self {
        Self::new(Some(std::array::from_fn(|index| index as u8 ^ 0x5a)))
    }

    pub(crate) fn plain() -> Self {
        Self::new(None)
    }

    /// An empty folder for a file under the same key.
    pub(crate) fn like(other: &Self) -> Self {
        Self::new(other.key)
    }

    /// A connection past `Database`.
    pub(crate) fn connect(&self) -> Connection {
        let connection = Connection::open(self.path()).unwrap();
        if let Some(key) = self.key {
            let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            connection.pragma_update(None, "key", format!("x'{digits}'")).unwrap();
        }
        connection
    }

    /// A checkpoint that leaves the log as it is, as SQLite does by itself every thousand pages.
    pub(crate) fn copy_log_into_file(&self) {
        let busy: i64 = self
            .connect()
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(0))
            .unwrap();
        assert_eq!(busy, 0);
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("patrol.db")
    }

    pub(crate) fn log_path(&self) -> PathBuf {
        self.folder.path().join("patrol.db-wal")
    }

    pub(crate) fn key(&self) -> Option<DatabaseKey> {
        self.key.map(DatabaseKey::new)
    }

    pub(crate) fn open(&self) -> Database {
        Database::open(&self.path(), self.key(), &[SCHEMA]).unwrap()
    }

    /// Fills the tables: `ops` rows of journal, ten times as many notes.
    pub(crate) fn fill(&self, database: &Database, ops: i64) {
        database
            .write(|tx| {
                for number in 1..=ops {
                    let length = match (number % 50, number % 100) {
                        (7, _) => 20_000,
                        (_, 19) => 65_536,
                        _ => 200 + number * 13 % 300,
                    };
                    insert_op(tx, number, usize::try_from(length).unwrap())?;
                }
                for number in 1..=ops * 10 {
                    tx.execute(
                        "INSERT INTO note (id, words, weight, blank) VALUES (?1, ?2, ?3, NULL)",
                        (number * 3, format!("第{number}条，路边"), number as f64 / 4.0),
                    )?;
                }
                for number in 1..=ops {
                    tx.execute("INSERT INTO scratch (words) VALUES (?1)", ["x".repeat(300)])?;
                    tx.execute("INSERT INTO unnumbered (name) VALUES (?1)", [format!("n{number}")])?;
                }
                Ok::<_, DatabaseError>(())
            })
            .unwrap();
        database
            .write(|tx| {
                tx.execute("DELETE FROM scratch WHERE rowid % 20 != 0", [])?;
                tx.execute("DELETE FROM note WHERE id % 21 = 0", [])?;
                Ok::<_, DatabaseError>(())
            })
            .unwrap();
    }

    /// The salvaged rows of the file as it is.
    pub(crate) fn salvage(&self) -> Option<Salvaged> {
        salvage_at(&self.path(), self.key().as_ref())
    }
}

fn insert_op(tx: &patrol_sqlite::Transaction<'_>, number: i64, length: usize) -> Result<(), DatabaseError> {
    let bytes: Vec<u8> = (0..length).map(|at| (at as i64 * 31 + number) as u8).collect();
    tx.execute(
        "INSERT INTO op (log, seq, bytes) VALUES (?1, ?2, ?3)",
        ([7_u8; 16], number, bytes),
    )?;
    Ok(())
}

/// One commit an op, as the product saves.
pub(crate) fn save(database: &Database, ops: impl IntoIterator<Item = i64>) {
    for number in ops {
        database.write(|tx| insert_op(tx, number, 500)).unwrap();
    }
}

pub(crate) fn salvage_at(path: &Path, key: Option<&DatabaseKey>) -> Option<Salvaged> {
    let mut rows = Vec::new();
    let report = salvage(&MachineDisk, path, key, &mut |row| rows.push(row)).unwrap()?;
    let count = |standing| rows.iter().filter(|row| row.standing == standing).count() as u64;
    assert_eq!(report.rows, count(Standing::Committed));
    assert_eq!(report.uncertain_rows, count(Standing::Uncertain));
    Some(Salvaged { report, rows })
}

/// All rows that SQLite reads, less those of the table without row numbers.
pub(crate) fn rows_by_sql(database: &Database) -> Rows {
    database.read(|tx| Ok::<_, DatabaseError>(rows_of(tx)?)).unwrap()
}

/// The same through any connection; a table that is not there has no rows.
pub(crate) fn rows_of(connection: &Connection) -> rusqlite::Result<Rows> {
    let mut rows = Rows::new();
    // The second is the column that stands for the row's number.
    for (table, alias) in [
        ("op", None),
        ("note", Some(0)),
        ("scratch", None),
        ("schema_migration", Some(0)),
    ] {
        if !connection.table_exists(None, table)? {
            continue;
        }
        let mut statement = connection.prepare(&format!("SELECT rowid, * FROM {table}"))?;
        let columns = statement.column_count();
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let mut values: Vec<Value> = (1..columns).map(|at| row.get_unwrap(at)).collect();
            if let Some(alias) = alias {
                values[alias] = Value::Null;
            }
            rows.insert((table.to_owned(), row.get(0)?), text_of(&values));
        }
    }
    Ok(rows)
}

/// Values as they are compared: a real number without fraction is stored as an integer; long bytes by their hash.
pub(crate) fn text_of(values: &[Value]) -> String {
    let text = |value: &Value| match value {
        Value::Real(real) if real.fract() == 0.0 => format!("{:?}", Value::Integer(*real as i64)),
        Value::Blob(bytes) => {
            let mut hasher = DefaultHasher::new();
            bytes.hash(&mut hasher);
            format!("Blob({}, {:x})", bytes.len(), hasher.finish())
        }
        other => format!("{other:?}"),
    };
    values.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// The rows that are committed and have a table. Fails on a row that came twice.
pub(crate) fn named(rows: &[SalvagedRow]) -> Rows {
    let mut named = Rows::new();
    for row in rows.iter().filter(|row| row.standing == Standing::Committed) {
        if let Some(table) = &row.table {
            let twice = named.insert((table.clone(), row.rowid), text_of(&row.values));
            assert_eq!(twice, None, "{table} {} came twice", row.rowid);
        }
    }
    named
}

/// What each page is for, by SQLite's own `dbstat`.
pub(crate) fn uses(database: &Database) -> BTreeMap<u32, Use> {
    let mut uses = BTreeMap::new();
    database
        .read(|tx| {
            let mut statement = tx.prepare("SELECT pageno, name, pagetype FROM dbstat")?;
            let mut found = statement.query([])?;
            while let Some(row) = found.next()? {
                let table: String = row.get(1)?;
                let kind: String = row.get(2)?;
                let is_table = !table.starts_with("sqlite_autoindex") && table != "unnumbered";
                let purpose = match kind.as_str() {
                    "leaf" if is_table => Use::Leaf { table },
                    "internal" if is_table => Use::Interior { table },
                    "overflow" if is_table => Use::Overflow { table },
                    _ => Use::Other,
                };
                uses.insert(row.get(0)?, purpose);
            }
            Ok::<_, DatabaseError>(())
        })
        .unwrap();
    uses
}

/// A row's overflow pages, by `dbstat`: page of the overflow to page of the leaf and place of the row in it.
pub(crate) fn overflows(database: &Database) -> BTreeMap<u32, (u32, usize)> {
    let mut leaves = BTreeMap::new();
    let mut found = Vec::new();
    database
        .read(|tx| {
            let mut statement = tx.prepare("SELECT pageno, name, path, pagetype FROM dbstat WHERE name = 'op'")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (page, path, kind): (u32, String, String) = (row.get(0)?, row.get(2)?, row.get(3)?);
                match kind.as_str() {
                    "leaf" => drop(leaves.insert(path, page)),
                    "overflow" => found.push((page, path)),
                    _ => {}
                }
            }
            Ok::<_, DatabaseError>(())
        })
        .unwrap();
    // The path of an overflow page: that of its leaf, three digits of cell, `+`, six digits of position; hexadecimal.
    let place = |(page, path): (u32, String)| {
        let (cell, _) = path.rsplit_once('+').unwrap();
        let (leaf, cell) = cell.rsplit_once('/').unwrap();
        let leaf = leaves[&format!("{leaf}/")];
        (page, (leaf, usize::from_str_radix(cell, 16).unwrap()))
    };
    found.into_iter().map(place).collect()
}

/// Numbers of the pages named in a report as damaged or absent.
pub(crate) fn unusable(report: &SalvageReport) -> BTreeSet<u32> {
    let absent = report.absent.iter().cloned().flatten();
    report.damaged.iter().copied().chain(absent).collect()
}
