//! `find_100k`: what the officer waits for while looking for a case among 100,000, against the bare query.
//!
//! The floor runs the same SQL on the same file by bare rusqlite, reads the same columns into owned values and the same
//! photo rows, in a transaction of its own. What is left over is ours: taking words apart, making cases of rows.

use std::path::Path;

use patrol_domain::Sha256Hash;
use patrol_sqlite::rusqlite::{Connection, ToSql, Transaction, named_params};
use patrol_store::{Bounds, CaseQuery, Opened, Store};
use patrol_testkit::op;

use crate::bare::{self, sql};
use crate::watch::{median, millis, p95};
use crate::{Figure, Limit, cases, phone};

const RUNS: usize = 9;
const QUERIES_PER_RUN: usize = 20;
const PAGE: usize = 50;
const POINTS: usize = 500;
const BAR: f64 = 1.5;
const P95_BAR_MS: f64 = 10.0;
/// Asked for by the sync and its screen, off the thread that draws: nobody waits for these.
const COUNTS_P95_BAR_MS: f64 = 150.0;
const WAITING_P95_BAR_MS: f64 = 60.0;
/// About 2 × 2 km.
const BOX_E7: (i64, i64) = (180_000, 213_000);

/// One thing to look for, drawn from a number: by us and by bare SQLite; both say how many rows came.
struct Search {
    name: &'static str,
    ours: fn(&Store, u64) -> usize,
    bare: fn(&Transaction<'_>, u64) -> usize,
    p95_bar: f64,
    means: &'static str,
}

const SEARCHES: &[Search] = &[
    Search {
        name: "find_100k_list",
        ours: |store, draw| page(store, &CaseQuery::default(), Some(mark(draw))),
        bare: |tx, draw| {
            let sql = sql!("case/list_cases");
            bare_page(tx, sql, &[("?1", &mark(draw)), ("?2", &51_i64)])
        },
        p95_bar: P95_BAR_MS,
        means: "50 of 100,000 cases from anywhere in the list, with their photos ÷ the bare query",
    },
    Search {
        name: "find_100k_plate",
        ours: |store, draw| page(store, &words(&op::plate(draw)), None),
        bare: |tx, draw| bare_words(tx, &pattern(&op::plate(draw))),
        p95_bar: P95_BAR_MS,
        means: "the cases of one plate, typed in full ÷ the bare query",
    },
    Search {
        name: "find_100k_words",
        ours: |store, draw| page(store, &words(&word(draw)), None),
        bare: |tx, draw| bare_words(tx, &pattern(&word(draw))),
        p95_bar: P95_BAR_MS,
        means: "the newest 50 cases with two Chinese characters in their note ÷ the bare query",
    },
    Search {
        name: "find_100k_box",
        ours: |store, draw| store.case_points(bounds(draw), POINTS).unwrap().len(),
        bare: |tx, draw| {
            let Edges {
                south,
                west,
                north,
                east,
            } = edges(draw);
            let limit = i64::try_from(POINTS).unwrap();
            let values = named_params! {
                ":limit": limit, ":south": south, ":west": west, ":north": north, ":east": east
            };
            bare::read(tx, sql!("find/list_points"), values)
        },
        p95_bar: P95_BAR_MS,
        means: "the newest 500 cases of a map box of 2 × 2 km as points ÷ the bare query",
    },
    Search {
        name: "find_100k_box_list",
        ours: |store, draw| {
            let within = CaseQuery {
                bounds: Some(bounds(draw)),
                ..CaseQuery::default()
            };
            page(store, &within, None)
        },
        bare: |tx, draw| {
            let Edges {
                south,
                west,
                north,
                east,
            } = edges(draw);
            let values = named_params! {
                ":before": i64::MAX, ":limit": 51, ":south": south, ":west": west, ":north": north, ":east": east
            };
            bare_page(tx, sql!("find/list_within"), values)
        },
        p95_bar: P95_BAR_MS,
        means: "the newest 50 cases of the same box with their photos ÷ the bare query",
    },
    Search {
        name: "find_100k_counts",
        ours: |store, _| {
            store.counts().unwrap();
            2
        },
        bare: |tx, _| bare::read(tx, sql!("case/count_cases"), &[]) + bare::read(tx, sql!("case/count_photos"), &[]),
        p95_bar: COUNTS_P95_BAR_MS,
        means: "how many cases and photos are where, all of 100,000 looked at ÷ the bare query",
    },
    Search {
        name: "find_100k_waiting",
        ours: |store, _| store.waiting_cases(PAGE).unwrap().len(),
        bare: |tx, _| bare_page(tx, sql!("case/list_waiting"), &[("?1", &i64::MAX), ("?2", &51_i64)]),
        p95_bar: WAITING_P95_BAR_MS,
        means: "the newest 50 of 1,000 cases that wait for the station ÷ the bare query",
    },
];

pub(crate) fn measure() -> Vec<Figure> {
    let data = cases::folder();
    let Opened { store, .. } = Store::open(&phone::options(&data, phone::on_machine())).unwrap();
    let mut bare = bare_reader(&phone::database(&data));
    SEARCHES
        .iter()
        .map(|search| compare(search, &store, &mut bare))
        .collect()
}

fn bare_reader(path: &Path) -> Connection {
    let connection = bare::connect(path);
    connection.pragma_update(None, "query_only", true).unwrap();
    connection
}

fn compare(search: &Search, store: &Store, bare: &mut Connection) -> Figure {
    let (mut values, mut floors, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let (mut ours_ms, mut bare_ms) = (Vec::new(), Vec::new());
        for query in 0..QUERIES_PER_RUN {
            let draw = draw(run * QUERIES_PER_RUN + query);
            let mut rows = [0, 0];
            ours_ms.push(millis(|| rows[0] = (search.ours)(store, draw)));
            bare_ms.push(millis(|| {
                let tx = bare.transaction().unwrap();
                rows[1] = (search.bare)(&tx, draw);
            }));
            assert_eq!(rows[0], rows[1], "{} {draw}", search.name);
            assert!(rows[0] > 0, "{} {draw} finds nothing", search.name);
        }
        // The first run fills the caches of both.
        if run > 0 {
            all.extend_from_slice(&ours_ms);
            values.push(median(&mut ours_ms));
            floors.push(median(&mut bare_ms));
        }
    }
    Figure::against(search.name, &values, &floors, "ms", BAR, search.means).with_limit(Limit {
        name: "p95",
        value: p95(&mut all),
        unit: "ms",
        bar: search.p95_bar,
    })
}

fn page(store: &Store, query: &CaseQuery, before: Option<i64>) -> usize {
    store.find_cases(query, before, PAGE).unwrap().cases.len()
}

/// Rows of cases and then the photos of each but the one that only tells of a next page.
fn bare_page(tx: &Transaction<'_>, sql: &str, values: &[(&str, &dyn ToSql)]) -> usize {
    let mut cases = Vec::new();
    let mut statement = tx.prepare_cached(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query(values).unwrap();
    while let Some(row) = rows.next().unwrap() {
        if cases.len() == PAGE {
            break;
        }
        for column in 1..columns {
            std::hint::black_box(row.get::<_, bare::Value>(column).unwrap());
        }
        cases.push(row.get::<_, Vec<u8>>(0).unwrap());
    }
    let mut photos = tx.prepare_cached(sql!("case/list_photos")).unwrap();
    for case in &cases {
        bare::read_all(&mut photos, &[("?1", case)]);
    }
    cases.len()
}

fn bare_words(tx: &Transaction<'_>, pattern: &str) -> usize {
    let values = named_params! {
        ":pattern": pattern, ":before": i64::MAX, ":limit": 51, ":bounded": false,
        ":south": i64::MIN, ":west": i64::MIN, ":north": i64::MAX, ":east": i64::MAX,
    };
    bare_page(tx, sql!("find/find_words"), values)
}

fn words(words: &str) -> CaseQuery {
    CaseQuery {
        words: words.into(),
        ..CaseQuery::default()
    }
}

/// The pattern of one run of letters, as patrol-store's pairs make it.
fn pattern(run: &str) -> String {
    let run: Vec<char> = run.to_lowercase().chars().collect();
    let pairs: Vec<String> = run
        .windows(2)
        .map(|pair| format!("{:x}z{:x}", u32::from(pair[0]), u32::from(pair[1])))
        .collect();
    format!("(\"{}\")", pairs.join(" "))
}

/// A number of its own for each query, the same in every run of the program.
fn draw(query: usize) -> u64 {
    let hash = Sha256Hash::of(&query.to_be_bytes());
    u64::from_be_bytes(*hash.as_bytes().first_chunk().unwrap()) % cases::CASES
}

fn mark(draw: u64) -> i64 {
    (1 << 40) + i64::try_from(draw).unwrap().max(100)
}

/// The first two characters of one of the words.
fn word(draw: u64) -> String {
    let words = op::WORDS;
    words[usize::try_from(draw).unwrap() % words.len()]
        .chars()
        .take(2)
        .collect()
}

struct Edges {
    south: i64,
    west: i64,
    north: i64,
    east: i64,
}

fn edges(draw: u64) -> Edges {
    let draw = i64::try_from(draw).unwrap();
    let (high, wide) = BOX_E7;
    let south = 322_500_000 + draw % 100 * 16_200;
    let west = 1_187_400_000 + draw / 100 % 100 * 19_170;
    Edges {
        south,
        west,
        north: south + high,
        east: west + wide,
    }
}

fn bounds(draw: u64) -> Bounds {
    let Edges {
        south,
        west,
        north,
        east,
    } = edges(draw);
    Bounds {
        south_e7: south,
        west_e7: west,
        north_e7: north,
        east_e7: east,
    }
}
