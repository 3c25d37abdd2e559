//! Writing what was saved into a new database, all of it in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::{Body, LogId, Op, WallMs};
use patrol_sqlite::rusqlite::{params_from_iter, types::Value};
use patrol_sqlite::{Database, Transaction};

use super::gather::{FoundOp, Harvest};
use super::row::Row;
use crate::error::StoreError;
use crate::told::tell_later;
use crate::views::rebuild_within;

/// Tables that are written as they were found, in this order, each with its statement. Where two rows have the same key,
/// the first counts, unless the statement says better.
const TABLES: [(&str, &str); 20] = [
    ("photo", include_str!("insert_photo.sql")),
    ("journal_gap", include_str!("insert_gap.sql")),
    ("case_number", include_str!("insert_number.sql")),
    ("draft_case", include_str!("write_draft.sql")),
    ("draft_case_photo", include_str!("write_draft_photo.sql")),
    ("draft", include_str!("write_first_draft.sql")),
    ("draft_photo", include_str!("write_first_draft_photo.sql")),
    ("shot", include_str!("insert_shot.sql")),
    ("photo_found", include_str!("insert_found.sql")),
    ("act_draft", include_str!("insert_act.sql")),
    ("salvage_told", include_str!("insert_told.sql")),
    ("sync_station", include_str!("insert_station.sql")),
    ("sync_enrolment", include_str!("insert_enrolment.sql")),
    ("sync_log", include_str!("insert_progress.sql")),
    ("sync_photo", include_str!("insert_photo_progress.sql")),
    ("sync_setting", include_str!("insert_setting.sql")),
    ("person", include_str!("insert_person.sql")),
    ("person_pin", include_str!("insert_pin.sql")),
    ("preference", include_str!("insert_preference.sql")),
    ("track_pending", include_str!("insert_pending.sql")),
];

impl Harvest {
    /// Writes everything into a database that was just made. Photos whose case or place on the draft is gone lie among the
    /// found ones then, since `now`.
    pub(super) fn write(&self, database: &Database, now: WallMs) -> Result<(), StoreError> {
        database.write(|tx| {
            tx.execute_batch(include_str!("defer_foreign_keys.sql"))?;
            tell_later(tx, &self.tell(None), now)?;
            self.write_logs(tx)?;
            for (log, ops) in &self.ops {
                write_ops(tx, *log, ops)?;
            }
            for log in self.logs() {
                for (from, to) in self.gaps(log) {
                    let gap = [Value::Blob(log.as_bytes().to_vec()), seq(from), seq(to)];
                    tx.prepare_cached(include_str!("insert_gap.sql"))?
                        .execute(params_from_iter(gap))?;
                }
            }
            self.write_parts(tx)?;
            for (table, insert) in TABLES {
                for Row(values) in self.rows.get(table).into_iter().flatten() {
                    tx.prepare_cached(insert)?.execute(params_from_iter(values))?;
                }
            }
            self.write_numbers(tx)?;
            tx.execute_batch(include_str!("mend_drafts.sql"))?;
            tx.execute_batch(include_str!("drop_strays.sql"))?;
            rebuild_within(tx)?;
            if self.has_lost_places() {
                tx.execute(include_str!("insert_unplaced.sql"), [now.0])?;
            }
            Ok(())
        })
    }

    /// Whether photos may have lost what named them. Else an original that nothing names is one that the officer took off a
    /// draft.
    fn has_lost_places(&self) -> bool {
        let report = self.report();
        let is_whole = |table: &str| {
            let seen = report.tables_seen.iter().any(|seen| seen == table);
            seen && report.gone.iter().all(|gone| gone.table.as_deref() != Some(table))
        };
        let drafts_are_whole = is_whole("draft_case_photo") || is_whole("draft_photo");
        !drafts_are_whole || self.logs().into_iter().any(|log| !self.gaps(log).is_empty())
    }

    /// Journals in the order in which they were begun; one whose row is gone comes behind, with its first op's author.
    fn write_logs(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        let mut ordinals: BTreeMap<LogId, (i64, Vec<u8>)> = BTreeMap::new();
        for Row(values) in self.rows.get("journal_log").into_iter().flatten() {
            if let [Value::Blob(log), Value::Integer(ordinal), Value::Blob(author)] = values.as_slice()
                && let Some(log) = LogId::from_slice(log)
            {
                ordinals.entry(log).or_insert_with(|| (*ordinal, author.clone()));
            }
        }
        let mut last = ordinals.values().map(|(ordinal, _)| *ordinal).max().unwrap_or(0);
        for (log, ops) in &self.ops {
            let author = ops
                .values()
                .find_map(|op| Op::decode(&op.bytes).ok())
                .map(|op| op.author);
            if let (false, Some(author)) = (ordinals.contains_key(log), author) {
                last += 1;
                ordinals.insert(*log, (last, author.as_bytes().to_vec()));
            }
        }
        for (log, (ordinal, author)) in ordinals {
            let id = log.as_bytes().as_slice();
            tx.prepare_cached(include_str!("insert_log.sql"))?
                .execute((id, ordinal, author))?;
            tx.prepare_cached(include_str!("insert_salvage.sql"))?.execute([id])?;
        }
        Ok(())
    }

    /// Words whose op is gone are kept out: nothing says any more whose they were.
    fn write_parts(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        for Row(values) in self.rows.get("journal_part").into_iter().flatten() {
            let [Value::Blob(log), Value::Integer(at), ..] = values.as_slice() else {
                continue;
            };
            let ops = LogId::from_slice(log).and_then(|log| self.ops.get(&log));
            let has_op = ops.is_some_and(|ops| u64::try_from(*at).is_ok_and(|at| ops.contains_key(&at)));
            if has_op {
                tx.prepare_cached(include_str!("insert_part.sql"))?
                    .execute(params_from_iter(values))?;
            }
        }
        Ok(())
    }

    /// No number that a saved case has is given out again, whatever became of the counters.
    fn write_numbers(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        let mut seen = BTreeSet::new();
        let opened = self
            .ops
            .values()
            .flat_map(BTreeMap::values)
            .filter_map(|op| match Op::decode(&op.bytes) {
                Ok(Op {
                    body: Body::CaseOpened(body),
                    ..
                }) => Some(body.number),
                _ => None,
            });
        for number in opened.chain(self.case_numbers()) {
            if let Some((prefix, number)) = number.rsplit_once('-')
                && let Ok(number) = number.parse::<i64>()
            {
                seen.insert((format!("{prefix}-"), number));
            }
        }
        for number in seen {
            tx.prepare_cached(include_str!("insert_number.sql"))?.execute(number)?;
        }
        Ok(())
    }
}

fn write_ops(tx: &Transaction<'_>, log: LogId, ops: &BTreeMap<u64, FoundOp>) -> Result<(), StoreError> {
    for (at, op) in ops {
        let FoundOp { op_id, bytes, hash } = op;
        tx.prepare_cached(include_str!("insert_op.sql"))?.execute((
            log.as_bytes().as_slice(),
            i64::try_from(*at).unwrap_or(i64::MAX),
            op_id,
            bytes,
            hash.as_bytes().as_slice(),
        ))?;
    }
    Ok(())
}

fn seq(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
