//! Leafing through the list: filters, a mark to go on from, a number of cases to leave out, and how many there are.
//!
//! A list of 100,000 rows has a scroll bar only if somebody can say how long it is and what stands in the middle of it.
//! Both are answered from an index that holds what the filters look at; no row is read that is not shown.

use patrol_domain::WallMs;
use patrol_domain::case::CaseState;
use patrol_sqlite::rusqlite::{ToSql, types::Null};

use super::grams;
use crate::case::{CasePage, collect_page, rows_wanted};
use crate::error::StoreError;
use crate::store::Store;

const LEAF_ORDER: &str = concat!(
    include_str!("leaf_head.sql"),
    include_str!("leaf_only_order.sql"),
    include_str!("leaf_tail.sql")
);
const LEAF_FILTERED: &str = concat!(
    include_str!("leaf_head.sql"),
    include_str!("leaf_filtered.sql"),
    include_str!("filters.sql"),
    include_str!("end_filtered.sql"),
    include_str!("leaf_tail.sql")
);
const LEAF_WORDS: &str = concat!(
    include_str!("leaf_head.sql"),
    include_str!("leaf_only_words.sql"),
    include_str!("leaf_tail.sql")
);
const LEAF_WORDS_FILTERED: &str = concat!(
    include_str!("leaf_head.sql"),
    include_str!("leaf_words.sql"),
    include_str!("filters.sql"),
    include_str!("end_words.sql"),
    include_str!("leaf_tail.sql")
);
const COUNT_ORDER: &str = concat!(
    include_str!("count_head.sql"),
    include_str!("leaf_only_order.sql"),
    include_str!("count_tail.sql")
);
const COUNT_FILTERED: &str = concat!(
    include_str!("count_head.sql"),
    include_str!("leaf_filtered.sql"),
    include_str!("filters.sql"),
    include_str!("end_filtered.sql"),
    include_str!("count_tail.sql")
);
const COUNT_WORDS: &str = concat!(
    include_str!("count_head.sql"),
    include_str!("leaf_only_words.sql"),
    include_str!("count_tail.sql")
);
const COUNT_WORDS_FILTERED: &str = concat!(
    include_str!("count_head.sql"),
    include_str!("leaf_words.sql"),
    include_str!("filters.sql"),
    include_str!("end_words.sql"),
    include_str!("count_tail.sql")
);

/// Where the parts of a case lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    /// Something of it has no receipt yet.
    OnPhone,
    /// The station has signed for all of it.
    AtStation,
    /// An original is damaged or gone, and the station does not have it.
    Lost,
}

impl Lies {
    const fn as_str(self) -> &'static str {
        match self {
            Self::OnPhone => "on_phone",
            Self::AtStation => "at_station",
            Self::Lost => "lost",
        }
    }
}

/// What a case must be to stand in the list; all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Where the case stands.
    pub state: Option<CaseState>,
    /// Where its parts lie.
    pub lies: Option<Lies>,
    /// One of these matters.
    pub matters: Option<Vec<String>>,
    /// Opened at this time or later.
    pub from: Option<WallMs>,
    /// Opened before this time.
    pub to: Option<WallMs>,
}

/// Which piece of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// The mark of the page before; `None` begins at the newest.
    pub before: Option<i64>,
    /// How many cases behind the mark to leave out.
    pub skip: usize,
    /// How many to give.
    pub limit: usize,
}

/// One word of a search: what was typed, or what it may mean. All words of a search have to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Term {
    /// A word, a plate, a number or a piece of one.
    pub words: String,
    /// Codes of matters that it may also mean (their names stand in the catalogue, not in the case).
    pub matters: Vec<String>,
    /// Ids of streets that it may also mean.
    pub streets: Vec<String>,
}

/// What a search comes to.
enum Search {
    All,
    Pattern(String),
    /// Nothing but signs that no index holds.
    Nothing,
}

impl Store {
    /// A piece of the list of all cases that fit every term and the filters, newest first. Without terms all cases fit.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn leaf_cases(&self, terms: &[Term], filter: &CaseFilter, leaf: Leaf) -> Result<CasePage, StoreError> {
        let sql = [LEAF_ORDER, LEAF_FILTERED, LEAF_WORDS, LEAF_WORDS_FILTERED];
        let search = search(terms);
        let Some(sql) = choose(&search, filter, sql) else {
            return Ok(CasePage::default());
        };
        let bounds = (leaf.before.unwrap_or(i64::MAX), rows_wanted(leaf.limit), leaf.skip);
        self.read(|tx| {
            let mut statement = tx.prepare_cached(sql)?;
            let values = Values::new(&search, filter, bounds)?;
            collect_page(tx, statement.query(values.named().as_slice())?, leaf.limit)
        })
    }

    /// How many cases fit words and filters.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn count_found(&self, terms: &[Term], filter: &CaseFilter) -> Result<u64, StoreError> {
        let sql = [COUNT_ORDER, COUNT_FILTERED, COUNT_WORDS, COUNT_WORDS_FILTERED];
        let search = search(terms);
        let Some(sql) = choose(&search, filter, sql) else {
            return Ok(0);
        };
        self.read(|tx| {
            let values = Values::new(&search, filter, (i64::MAX, -1, 0))?;
            let count: i64 = tx
                .prepare_cached(sql)?
                .query_row(values.named().as_slice(), |row| row.get(0))?;
            Ok(u64::try_from(count).unwrap_or(0))
        })
    }
}

fn search(terms: &[Term]) -> Search {
    let patterns: Vec<String> = terms
        .iter()
        .filter_map(|term| grams::pattern(&term.words, &term.matters, &term.streets))
        .map(|pattern| format!("({pattern})"))
        .collect();
    match (patterns.is_empty(), terms.is_empty()) {
        (true, true) => Search::All,
        (true, false) => Search::Nothing,
        (false, _) => Search::Pattern(patterns.join(" AND ")),
    }
}

/// Of the statements for all, filtered, words, words and filtered, the cheapest that answers.
fn choose(search: &Search, filter: &CaseFilter, sql: [&'static str; 4]) -> Option<&'static str> {
    let [all, filtered, words, words_filtered] = sql;
    match (search, *filter == CaseFilter::default()) {
        (Search::Nothing, _) => None,
        (Search::All, true) => Some(all),
        (Search::All, false) => Some(filtered),
        (Search::Pattern(_), true) => Some(words),
        (Search::Pattern(_), false) => Some(words_filtered),
    }
}

/// Owned values of a statement's parameters; one that the statement does not have is left out.
struct Values {
    named: Vec<(&'static str, Box<dyn ToSql>)>,
}

impl Values {
    fn new(search: &Search, filter: &CaseFilter, (before, limit, skip): (i64, i64, usize)) -> Result<Self, StoreError> {
        let mut named: Vec<(&'static str, Box<dyn ToSql>)> = vec![
            (":before", Box::new(before)),
            (":limit", Box::new(limit)),
            (":skip", Box::new(i64::try_from(skip).unwrap_or(i64::MAX))),
        ];
        if let Search::Pattern(pattern) = search {
            named.push((":pattern", Box::new(pattern.clone())));
        }
        if *filter != CaseFilter::default() {
            let CaseFilter {
                state,
                lies,
                matters,
                from,
                to,
            } = filter;
            let matters = matters.as_ref().map(serde_json::to_string).transpose()?;
            named.push((":state", or_null(state.map(CaseState::number))));
            named.push((":lies", or_null(lies.map(Lies::as_str))));
            named.push((":matters", or_null(matters)));
            named.push((":from", Box::new(from.map_or(i64::MIN, |from| from.0))));
            named.push((":to", Box::new(to.map_or(i64::MAX, |to| to.0))));
        }
        Ok(Self { named })
    }

    fn named(&self) -> Vec<(&'static str, &dyn ToSql)> {
        self.named.iter().map(|(name, value)| (*name, &**value)).collect()
    }
}

fn or_null(value: Option<impl ToSql + 'static>) -> Box<dyn ToSql> {
    match value {
        Some(value) => Box::new(value),
        None => Box::new(Null),
    }
}
