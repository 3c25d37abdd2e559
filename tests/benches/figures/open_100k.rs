//! `open_100k`: from nothing to a memory that can record, with 100,000 cases in it.
//!
//! Ours checks key, schema and standing, cleans the vault's side folder and reads the chain's head; the floor opens the
//! same file by bare SQLite and counts the cases.

use patrol_store::Store;

use crate::watch::millis;
use crate::{Figure, Limit, bare, cases, phone};

const RUNS: usize = 15;
const LIMIT_MS: f64 = 300.0;

pub(crate) fn measure() -> Figure {
    let data = cases::folder();
    let options = phone::options(&data, phone::on_machine());
    let database = phone::database(&data);
    let (mut values, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let mut opened = None;
        values.push(millis(|| {
            let store = Store::open(&options).unwrap().store;
            assert_eq!(store.head().unwrap().0.seq.0, cases::CASES + 1);
            opened = Some(store);
        }));
        drop(opened);
        floors.push(millis(|| {
            let connection = bare::connect(&database);
            let count = connection.query_row("SELECT count(*) FROM view_case", [], |row| row.get::<_, i64>(0));
            assert_eq!(count.unwrap().unsigned_abs(), cases::CASES);
        }));
    }
    let slowest = values.iter().copied().fold(0.0, f64::max);
    Figure::against(
        "open_100k",
        &values,
        &floors,
        "ms",
        f64::INFINITY,
        "opening the memory until the chain's head is read, 100,000 cases in it ÷ bare open and one count(*) of them",
    )
    .with_limit(Limit {
        name: "slowest",
        value: slowest,
        unit: "ms",
        bar: LIMIT_MS,
    })
}
