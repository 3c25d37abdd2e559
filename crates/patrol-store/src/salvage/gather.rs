//! Reading everything that is left of a damaged file into memory, and deciding what of it counts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use patrol_domain::{Head, LogId, Op, Seq, Sha256Hash};
use patrol_sqlite::rusqlite::types::Value;
use patrol_sqlite::{GoneRange, SalvageReport, SalvagedRow, Standing, salvage};

use super::row::{self, Row};
use super::{Rows, Salvaged, SalvagedLog, gaps};
use crate::error::StoreError;
use crate::marker::read_marker;
use crate::store::StoreOptions;

/// An op as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundOp {
    pub(super) op_id: Vec<u8>,
    pub(super) bytes: Vec<u8>,
    pub(super) hash: Sha256Hash,
}

/// Everything that counts.
pub(super) struct Harvest {
    pub(super) ops: BTreeMap<LogId, BTreeMap<u64, FoundOp>>,
    /// All other rows, by table.
    pub(super) rows: Rows,
    /// How far each journal went by other witnesses: the marker, receipts.
    pub(super) known_ends: BTreeMap<LogId, u64>,
    unplaced: u64,
    report: SalvageReport,
}

/// What the walk delivers, before it is judged.
#[derive(Default)]
struct Sieve {
    certain: Vec<(&'static row::Kind, Row)>,
    /// Rows without a table, of tables whose rows change: they count only if the table itself is gone.
    stray: Vec<(&'static row::Kind, Row)>,
    /// Rows that may never have been committed.
    uncertain: Vec<(&'static row::Kind, Row)>,
    unplaced: u64,
}

impl Sieve {
    fn take(&mut self, row: SalvagedRow) {
        let Some(kind) = row::tell(&row) else {
            // A row of a view or of SQLite's own tables is known by its table's name.
            self.unplaced += u64::from(row.table.is_none());
            return;
        };
        let pile = match (row.standing, &row.table) {
            (Standing::Uncertain, _) => &mut self.uncertain,
            (Standing::Committed, None) if !kind.is_kept_for_ever => &mut self.stray,
            (Standing::Committed, _) => &mut self.certain,
        };
        pile.push((kind, row::values(kind, row)));
    }
}

impl Harvest {
    /// Reads the file; `None` when not one page of it authenticates.
    pub(super) fn gather(options: &StoreOptions) -> Result<Option<Self>, StoreError> {
        let mut sieve = Sieve::default();
        let key = options.root.database();
        let path = options.database();
        let report = salvage(&*options.disk, &path, Some(&key), &mut |row| sieve.take(row))?;
        let Some(report) = report else { return Ok(None) };
        let mut harvest = Self {
            ops: BTreeMap::new(),
            rows: Rows::new(),
            known_ends: BTreeMap::new(),
            unplaced: sieve.unplaced,
            report,
        };
        for (kind, row) in sieve.certain {
            harvest.keep(kind.table, row);
        }
        harvest.take_strays(sieve.stray);
        harvest.take_proven(sieve.uncertain);
        if let Some(marker) = read_marker(&*options.disk, &options.marker)? {
            harvest.know_end(marker.log, marker.seq.0);
        }
        harvest.know_ends();
        Ok(Some(harvest))
    }

    fn keep(&mut self, table: &'static str, row: Row) {
        if table == "journal_op" {
            if let Some((log, seq, op)) = read_op(&row) {
                self.ops.entry(log).or_default().entry(seq).or_insert(op);
            }
        } else {
            self.rows.entry(table).or_default().push(row);
        }
    }

    /// A table whose own tree could be read has all its rows; of one that is gone, what lies about is all there is.
    fn take_strays(&mut self, strays: Vec<(&'static row::Kind, Row)>) {
        let gone = self.report.gone.iter().filter_map(|gone| gone.table.clone());
        let seen: BTreeSet<String> = self.report.tables_seen.iter().cloned().collect();
        let gone: BTreeSet<String> = gone.collect();
        for (kind, row) in strays {
            if !seen.contains(kind.table) || gone.contains(kind.table) {
                self.keep(kind.table, row);
            }
        }
    }

    /// An op that continues the chain proves itself, wherever it lay; with it come its words and its photos' facts. What
    /// an officer typed last is taken if nothing better is there.
    fn take_proven(&mut self, uncertain: Vec<(&'static row::Kind, Row)>) {
        let (ops, others): (Vec<_>, Vec<_>) = uncertain.into_iter().partition(|(kind, _)| kind.table == "journal_op");
        let mut candidates: Vec<_> = ops.iter().filter_map(|(_, row)| read_op(row)).collect();
        candidates.sort_by_key(|(log, seq, _)| (*log, *seq));
        for (log, seq, op) in candidates {
            let known = self.ops.entry(log).or_default();
            let before = match seq.checked_sub(1) {
                Some(0) => Some(Head::start(log).hash),
                Some(before) => known.get(&before).map(|op| op.hash),
                None => None,
            };
            let continues = |hash| {
                Head {
                    seq: Seq(seq - 1),
                    hash,
                }
                .extend(&op.bytes)
                .hash
                    == op.hash
            };
            if before.is_some_and(continues) {
                known.entry(seq).or_insert(op);
            }
        }
        let present: BTreeSet<&str> = self.rows.keys().copied().collect();
        for (kind, row) in others {
            if kind.is_kept_for_ever || !present.contains(kind.table) {
                self.keep(kind.table, row);
            }
        }
    }

    /// Receipts, words and cases each tell of an op, which may be gone itself.
    fn know_ends(&mut self) {
        let mut told = Vec::new();
        for Row(values) in ["sync_log", "journal_part"].iter().flat_map(|table| self.of(table)) {
            if let [Value::Blob(log), Value::Integer(seq), ..] = values.as_slice() {
                told.push((LogId::from_slice(log), u64::try_from(*seq)));
            }
        }
        for Row(values) in self.of("journal_gap") {
            if let [Value::Blob(log), _, Value::Integer(to)] = values.as_slice() {
                told.push((LogId::from_slice(log), u64::try_from(*to)));
            }
        }
        for Row(values) in self.of("journal_log") {
            // A journal that was begun has at least its first op.
            if let [Value::Blob(log), ..] = values.as_slice() {
                told.push((LogId::from_slice(log), Ok(1)));
            }
        }
        told.extend(
            self.of("view_case")
                .filter_map(case_op)
                .map(|(log, seq, _)| (Some(log), Ok(seq))),
        );
        for (log, seq) in told {
            if let (Some(log), Ok(seq)) = (log, seq) {
                self.know_end(log, seq);
            }
        }
    }

    fn of(&self, table: &str) -> impl Iterator<Item = &Row> {
        self.rows.get(table).into_iter().flatten()
    }

    fn know_end(&mut self, log: LogId, seq: u64) {
        let end = self.known_ends.entry(log).or_default();
        *end = seq.max(*end);
    }

    /// Every journal that had ops, also one of which nothing is left.
    pub(super) fn logs(&self) -> BTreeSet<LogId> {
        let ended = self.known_ends.iter().filter(|(_, end)| **end > 0);
        self.ops.keys().chain(ended.map(|(log, _)| log)).copied().collect()
    }

    /// The positions of a journal that are gone.
    pub(super) fn gaps(&self, log: LogId) -> Vec<(u64, u64)> {
        let seqs = self.ops.get(&log).into_iter().flat_map(|ops| ops.keys().copied());
        gaps(seqs, self.known_ends.get(&log).copied().unwrap_or(0))
    }

    /// Sealed words of which only the seal is left.
    fn lost_words(&self) -> u64 {
        let parts = self
            .of("journal_part")
            .filter_map(|Row(values)| match values.as_slice() {
                [Value::Blob(log), Value::Integer(seq), Value::Text(field), ..] => {
                    Some((LogId::from_slice(log)?, u64::try_from(*seq).ok()?, field.clone()))
                }
                _ => None,
            });
        let parts: BTreeSet<(LogId, u64, String)> = parts.collect();
        let mut lost = 0;
        for (log, ops) in &self.ops {
            for (seq, op) in ops {
                let sealed = Op::decode(&op.bytes).map(|op| op.body.sealed()).unwrap_or_default();
                let is_lost = |(field, _): &&(&str, _)| !parts.contains(&(*log, *seq, (*field).to_owned()));
                lost += sealed.iter().filter(is_lost).count() as u64;
            }
        }
        lost
    }

    /// Numbers of cases, by their view.
    pub(super) fn case_numbers(&self) -> Vec<String> {
        self.of("view_case")
            .filter_map(case_op)
            .map(|(_, _, number)| number)
            .collect()
    }

    /// Numbers of cases of which an op is gone.
    fn lost_cases(&self) -> Vec<String> {
        let is_gone = |(log, seq, _): &(LogId, u64, String)| {
            let ops = self.ops.get(log);
            !ops.is_some_and(|ops| ops.contains_key(seq))
        };
        let lost = self.of("view_case").filter_map(case_op).filter(is_gone);
        let numbers: BTreeSet<String> = lost.map(|(_, _, number)| number).collect();
        numbers.into_iter().collect()
    }

    /// Whether ops may be gone of which nothing tells: the end of their table was damaged, or of the file.
    fn is_end_open(&self) -> bool {
        let takes_the_end =
            |gone: &GoneRange| gone.up_to.is_none() && gone.table.as_deref().is_none_or(|table| table == "journal_op");
        !self.report.absent.is_empty() || self.report.gone.iter().any(takes_the_end)
    }

    /// How the file's pages stand.
    pub(super) fn report(&self) -> &SalvageReport {
        &self.report
    }

    /// Whether every page is as it was written and every commit is there.
    pub(super) fn is_whole(&self) -> bool {
        let report = &self.report;
        report.damaged.is_empty()
            && report.absent.is_empty()
            && report.gone.is_empty()
            && report.lost_cells == 0
            && report.wal_lost_commits == 0
    }

    /// What was found, for people.
    pub(super) fn tell(&self, set_aside: Option<PathBuf>) -> Salvaged {
        let count = |table| self.rows.get(table).map_or(0, |rows| rows.len() as u64);
        Salvaged {
            set_aside,
            logs: self
                .logs()
                .into_iter()
                .map(|log| SalvagedLog {
                    log,
                    ops: self.ops.get(&log).map_or(0, |ops| ops.len() as u64),
                    gaps: self.gaps(log),
                })
                .collect(),
            lost_words: self.lost_words(),
            parts: count("journal_part"),
            photos: count("photo"),
            draft: count("draft") + count("draft_case") > 0,
            lost_cases: self.lost_cases(),
            end_is_known: !self.is_end_open(),
            unplaced: self.unplaced,
            report: self.report.clone(),
        }
    }
}

/// The last op of a case by its view, and the case's number.
fn case_op(row: &Row) -> Option<(LogId, u64, String)> {
    let [_, _, Value::Blob(log), Value::Integer(seq), _, Value::Text(number), ..] = row.0.as_slice() else {
        return None;
    };
    Some((LogId::from_slice(log)?, u64::try_from(*seq).ok()?, number.clone()))
}

fn read_op(row: &Row) -> Option<(LogId, u64, FoundOp)> {
    let [
        Value::Blob(log),
        Value::Integer(seq),
        Value::Blob(op_id),
        Value::Blob(bytes),
        Value::Blob(hash),
    ] = row.0.as_slice()
    else {
        return None;
    };
    let op = FoundOp {
        op_id: op_id.clone(),
        bytes: bytes.clone(),
        hash: Sha256Hash::from_slice(hash)?,
    };
    Some((LogId::from_slice(log)?, u64::try_from(*seq).ok()?, op))
}
