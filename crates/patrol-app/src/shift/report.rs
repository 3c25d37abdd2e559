//! What a shift came to: numbers, and the same as a text to read out, to send or to keep.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset};
use patrol_domain::{ShiftId, WallMs};
use patrol_store::{ShiftCase, ShiftRecord};

use super::{gaps, shares};
use crate::app::App;
use crate::error::{AppError, ErrorCode};
use crate::view::{GapView, MatterCountView, ShiftReport, WrittenFileView};

/// How many gaps the text names one by one.
const GAPS_NAMED: usize = 5;

const MINUTE_MS: i64 = 60_000;

impl App {
    /// The report of a shift: the named one, or the one that runs, or the last.
    ///
    /// # Errors
    /// [`AppError`] with `shift_not_running` when there was none.
    pub fn shift_report(&self, shift: Option<&str>) -> Result<ShiftReport, AppError> {
        let record = self.find_shift(shift)?;
        let walk = self.walk(&record)?;
        let ended = record.ended.unwrap_or_else(|| self.ports.clock.wall());
        let cases = self.store.shift_cases(record.shift)?;
        let cases: Vec<_> = cases.into_iter().filter(|case| case.author == record.author).collect();
        let sum = |of: fn(&ShiftCase) -> u32| cases.iter().map(of).fold(0, u32::saturating_add);
        let mut report = ShiftReport {
            shift: record.shift.to_string(),
            officer: self.owner(record.author)?,
            started_ms: record.started.0,
            ended_ms: record.ended.map(|ended| ended.0),
            metres: walk.metres(),
            gaps: gaps(&walk, record.started, ended),
            grids: shares(&record, &walk),
            cases: u32::try_from(cases.len()).unwrap_or(u32::MAX),
            photos: sum(|case| case.photos),
            matters: self.count_matters(&cases),
            cases_wait: sum(|case| u32::from(case.record_waits || case.photos_wait > 0)),
            photos_wait: sum(|case| case.photos_wait),
            text_zh: String::new(),
            text_en: String::new(),
        };
        report.text_zh = chinese(&report, ended, record.tz_minutes);
        report.text_en = english(&report, ended, record.tz_minutes);
        Ok(report)
    }

    /// Writes the report into a text file beside the exports.
    ///
    /// # Errors
    /// As [`App::shift_report`], and what the disk says.
    pub fn save_shift_report(&self, shift: Option<&str>, language: &str) -> Result<WrittenFileView, AppError> {
        let report = self.shift_report(shift)?;
        let text = if language == "en" {
            report.text_en
        } else {
            report.text_zh
        };
        self.write_outgoing("shift", "txt", text.as_bytes())
    }

    fn find_shift(&self, shift: Option<&str>) -> Result<ShiftRecord, AppError> {
        let author = self.recorder.author();
        let found = match shift {
            Some(shift) => {
                let shift: ShiftId = shift.parse().map_err(|_| AppError::Arguments("not a shift".into()))?;
                self.store.shift(shift)?
            }
            None => self
                .store
                .shifts(super::RECENT)?
                .into_iter()
                .find(|shift| shift.author == author),
        };
        found.ok_or(AppError::Refused(ErrorCode::ShiftNotRunning))
    }

    fn count_matters(&self, cases: &[ShiftCase]) -> Vec<MatterCountView> {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for case in cases {
            *counts.entry(&case.matter).or_default() += 1;
        }
        let mut matters: Vec<_> = counts
            .into_iter()
            .map(|(code, count)| {
                let (zh, en) = self.catalogue.names(code);
                MatterCountView {
                    zh: zh.to_owned(),
                    en: en.to_owned(),
                    count,
                }
            })
            .collect();
        matters.sort_by_key(|matter| std::cmp::Reverse(matter.count));
        matters
    }
}

fn chinese(report: &ShiftReport, ended: WallMs, tz: i32) -> String {
    let mut text = String::from("巡查班次小结\n");
    // Writing to a string cannot fail.
    if !report.officer.is_empty() {
        let _ = writeln!(text, "{}", report.officer);
    }
    let _ = writeln!(
        text,
        "{}—{}（{}{}）",
        stamp(report.started_ms, tz, "%Y 年 %-m 月 %-d 日 %H:%M"),
        end(report.started_ms, ended.0, tz, "%-m 月 %-d 日 %H:%M"),
        minutes_zh(ended.0 - report.started_ms),
        if report.ended_ms.is_none() {
            "，还没下班"
        } else {
            ""
        },
    );
    let _ = writeln!(text, "巡查 {:.1} 公里", report.metres / 1000.0);
    for grid in &report.grids {
        if let Some(percent) = grid.percent {
            let _ = writeln!(text, "网格 {} 走到 {percent} %", grid.code);
        }
    }
    if !report.gaps.is_empty() {
        let _ = writeln!(
            text,
            "没有轨迹 {} 段，共 {}：{}",
            report.gaps.len(),
            minutes_zh(gap_ms(&report.gaps)),
            named(&report.gaps, tz, "、"),
        );
    }
    let _ = write!(text, "上报 {} 件，照片 {} 张", report.cases, report.photos);
    let matters: Vec<_> = report
        .matters
        .iter()
        .map(|matter| format!("{} {}", matter.zh, matter.count))
        .collect();
    if !matters.is_empty() {
        let _ = write!(text, "：{}", matters.join("、"));
    }
    if report.cases_wait > 0 {
        let _ = write!(
            text,
            "\n还在手机 {} 件，照片 {} 张",
            report.cases_wait, report.photos_wait
        );
    }
    text.push('\n');
    text
}

fn english(report: &ShiftReport, ended: WallMs, tz: i32) -> String {
    let mut text = String::from("Shift report\n");
    if !report.officer.is_empty() {
        let _ = writeln!(text, "{}", report.officer);
    }
    let _ = writeln!(
        text,
        "{} – {} ({}{})",
        stamp(report.started_ms, tz, "%-d %b %Y %H:%M"),
        end(report.started_ms, ended.0, tz, "%-d %b %H:%M"),
        minutes_en(ended.0 - report.started_ms),
        if report.ended_ms.is_none() { ", still on" } else { "" },
    );
    let _ = writeln!(text, "Walked {:.1} km", report.metres / 1000.0);
    for grid in &report.grids {
        if let Some(percent) = grid.percent {
            let _ = writeln!(text, "Grid {}: {percent}% walked", grid.code);
        }
    }
    if !report.gaps.is_empty() {
        let _ = writeln!(
            text,
            "No track {} times, {} in all: {}",
            report.gaps.len(),
            minutes_en(gap_ms(&report.gaps)),
            named(&report.gaps, tz, ", "),
        );
    }
    let _ = write!(text, "Cases {}, photos {}", report.cases, report.photos);
    let matters: Vec<_> = report
        .matters
        .iter()
        .map(|matter| format!("{} {}", matter.en, matter.count))
        .collect();
    if !matters.is_empty() {
        let _ = write!(text, ": {}", matters.join(", "));
    }
    if report.cases_wait > 0 {
        let _ = write!(
            text,
            "\nStill on the phone: cases {}, photos {}",
            report.cases_wait, report.photos_wait
        );
    }
    text.push('\n');
    text
}

fn stamp(ms: i64, tz: i32, form: &str) -> String {
    let zone = FixedOffset::east_opt(tz.saturating_mul(60));
    let local = DateTime::from_timestamp_millis(ms)
        .zip(zone)
        .map(|(utc, zone)| utc.with_timezone(&zone));
    // A clock beyond all calendars still gives a report.
    local.map_or_else(|| "?".to_owned(), |local| local.format(form).to_string())
}

/// The end of a shift, with its day when that is another one.
fn end(started: i64, ended: i64, tz: i32, with_day: &str) -> String {
    let is_same_day = stamp(started, tz, "%Y%m%d") == stamp(ended, tz, "%Y%m%d");
    stamp(ended, tz, if is_same_day { "%H:%M" } else { with_day })
}

fn gap_ms(gaps: &[GapView]) -> i64 {
    gaps.iter()
        .map(|gap| gap.to_ms.saturating_sub(gap.from_ms))
        .fold(0, i64::saturating_add)
}

fn named(gaps: &[GapView], tz: i32, between: &str) -> String {
    let name = |gap: &GapView| format!("{}–{}", stamp(gap.from_ms, tz, "%H:%M"), stamp(gap.to_ms, tz, "%H:%M"));
    let mut names: Vec<_> = gaps.iter().take(GAPS_NAMED).map(name).collect();
    if gaps.len() > GAPS_NAMED {
        names.push("…".into());
    }
    names.join(between)
}

fn minutes_zh(ms: i64) -> String {
    match hours_and_minutes(ms) {
        (0, minutes) => format!("{minutes} 分钟"),
        (hours, 0) => format!("{hours} 小时"),
        (hours, minutes) => format!("{hours} 小时 {minutes} 分"),
    }
}

fn minutes_en(ms: i64) -> String {
    match hours_and_minutes(ms) {
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

fn hours_and_minutes(ms: i64) -> (i64, i64) {
    let minutes = ms.max(0) / MINUTE_MS;
    (minutes / 60, minutes % 60)
}
