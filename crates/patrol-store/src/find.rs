//! Finding cases: by words, by plate, by number, by place.
//!
//! Two-character words are most of what an officer looks for (占道, 违停), and SQLite's trigram index cannot find them at
//! all; so pairs of neighbouring characters are indexed instead ([`grams`]), and a search is a phrase of pairs.

pub(crate) mod grams;
mod leaf;

use patrol_domain::CaseId;
use patrol_domain::case::CaseState;
use patrol_sqlite::rusqlite::named_params;

use crate::case::{CasePage, CaseRecord, collect_page, rows_wanted};
use crate::error::StoreError;
use crate::store::Store;

pub use leaf::{CaseFilter, Leaf, Lies, Term};

/// A box on the map, in 1e-7 degree; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Southern edge.
    pub south_e7: i64,
    /// Western edge.
    pub west_e7: i64,
    /// Northern edge.
    pub north_e7: i64,
    /// Eastern edge.
    pub east_e7: i64,
}

/// What to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseQuery {
    /// Words, a plate, a number or pieces of them; every word has to be there.
    pub words: String,
    /// Codes of matters that the words may also mean (their names stand in the catalogue, not in the case).
    pub matters: Vec<String>,
    /// Ids of streets that the words may also mean.
    pub streets: Vec<String>,
    /// Only cases in this box.
    pub bounds: Option<Bounds>,
}

/// A case as a point on the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePoint {
    /// The case.
    pub case: CaseId,
    /// Where it stands.
    pub state: CaseState,
    /// Whether everything of it is at the station, signed for.
    pub at_station: bool,
    /// The matter's code.
    pub matter: String,
    /// Latitude in 1e-7 degree.
    pub lat_e7: i64,
    /// Longitude in 1e-7 degree.
    pub lon_e7: i64,
}

impl Store {
    /// Cases that fit, newest first, before the mark `before`, at most `limit`. Without words all cases fit.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn find_cases(&self, query: &CaseQuery, before: Option<i64>, limit: usize) -> Result<CasePage, StoreError> {
        let CaseQuery {
            words,
            matters,
            streets,
            bounds,
        } = query;
        let Some(pattern) = grams::pattern(words, matters, streets) else {
            return if words.trim().is_empty() {
                self.list_within(*bounds, before, limit)
            } else {
                // Nothing but signs that no index holds: no case has them.
                Ok(CasePage::default())
            };
        };
        let [south, west, north, east] = edges(*bounds);
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("find/find_words.sql"))?;
            let rows = statement.query(named_params! {
                ":pattern": pattern, ":before": before.unwrap_or(i64::MAX), ":limit": rows_wanted(limit),
                ":bounded": bounds.is_some(), ":south": south, ":west": west, ":north": north, ":east": east,
            })?;
            collect_page(tx, rows, limit)
        })
    }

    fn list_within(&self, bounds: Option<Bounds>, before: Option<i64>, limit: usize) -> Result<CasePage, StoreError> {
        if bounds.is_none() {
            return self.cases(before, limit);
        }
        let [south, west, north, east] = edges(bounds);
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("find/list_within.sql"))?;
            let rows = statement.query(named_params! {
                ":before": before.unwrap_or(i64::MAX), ":limit": rows_wanted(limit),
                ":south": south, ":west": west, ":north": north, ":east": east,
            })?;
            collect_page(tx, rows, limit)
        })
    }

    /// One case as the lists show it.
    ///
    /// # Errors
    /// [`StoreError::NoSuchCase`] for a case that this phone does not know.
    pub fn case_record(&self, case: CaseId) -> Result<CaseRecord, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("find/find_case.sql"))?;
            let page = collect_page(tx, statement.query((case.as_bytes(),))?, 1)?;
            page.cases.into_iter().next().ok_or(StoreError::NoSuchCase(case))
        })
    }

    /// Cases in a box as points, at most `limit`, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn case_points(&self, bounds: Bounds, limit: usize) -> Result<Vec<CasePoint>, StoreError> {
        let [south, west, north, east] = edges(Some(bounds));
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("find/list_points.sql"))?;
            let mut rows = statement.query(named_params! {
                ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
                ":south": south, ":west": west, ":north": north, ":east": east,
            })?;
            let mut points = Vec::new();
            while let Some(row) = rows.next()? {
                let case: Vec<u8> = row.get(0)?;
                points.push(CasePoint {
                    case: CaseId::from_slice(&case).ok_or(StoreError::Column("view_case.case_id"))?,
                    state: CaseState::from_number(row.get(1)?).ok_or(StoreError::Column("view_case.state"))?,
                    matter: row.get(2)?,
                    lat_e7: row.get(3)?,
                    lon_e7: row.get(4)?,
                    at_station: row.get(5)?,
                });
            }
            Ok(points)
        })
    }
}

fn edges(bounds: Option<Bounds>) -> [i64; 4] {
    let Bounds {
        south_e7,
        west_e7,
        north_e7,
        east_e7,
    } = bounds.unwrap_or(Bounds {
        south_e7: i64::MIN,
        west_e7: i64::MIN,
        north_e7: i64::MAX,
        east_e7: i64::MAX,
    });
    [south_e7, west_e7, north_e7, east_e7]
}
