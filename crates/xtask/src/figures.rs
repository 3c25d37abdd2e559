//! `cargo xtask bench`: measures, compares each figure with its bar, and keeps the result in target/bench.json.
//!
//! The benchmark program (tests/benches) decides what a figure, its floor and its bar are; this only runs it, keeps the
//! list and shows it. `floor` is what the machine itself needs for the unavoidable part, so that a ratio says something on
//! any machine.

mod measure;
mod report;

use std::path::PathBuf;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::checkout::Checkout;
use crate::setup;

/// One figure, as the benchmark program writes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    /// What is measured.
    name: String,
    /// The measured value.
    value: f64,
    /// Its unit.
    unit: String,
    /// What the machine needs at least for it, in the same unit.
    #[serde(default)]
    floor: Value,
    /// Value over floor.
    #[serde(default)]
    ratio: Value,
    /// What it must keep to.
    #[serde(default)]
    bar: Value,
    /// Whether it does.
    ok: bool,
    /// What has to hold beside the ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<Limit>,
    /// What else the program says: `spread`, `runs`, `means` …
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// A number with a bar of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Limit {
    name: String,
    value: f64,
    unit: String,
    /// None: stated for its own sake.
    bar: Option<f64>,
}

impl Figure {
    /// The number beside the ratio and its bar; empty when there is none.
    fn beside(&self) -> String {
        self.limit.as_ref().map_or_else(String::new, |limit| {
            let Limit { name, value, unit, bar } = limit;
            match bar {
                Some(bar) => format!("{name} {} ≤ {} {unit}", number(*value), number(*bar)),
                None => format!("{name} {} {unit}", number(*value)),
            }
        })
    }

    fn extra(&self, name: &str) -> String {
        self.rest.get(name).map(shown).unwrap_or_default()
    }
}

/// Measures the named figures (all when none is named), shows them, and writes the report if wished. An error when one
/// misses its bar.
pub(crate) fn run(checkout: &Checkout, names: &[String], write_report: bool) -> Result<()> {
    setup::for_bench(checkout)?;
    let load_before = report::load();
    let fresh = measure::measure(checkout, names, Size::Full)?;
    let load_after = report::load();
    if fresh.is_empty() {
        bail!("nothing was measured: is there a figure of that name?");
    }
    let kept = kept_file(checkout);
    let figures = if names.is_empty() {
        fresh.clone()
    } else {
        measure::merge(measure::read(&kept)?, &fresh)
    };
    measure::write(&kept, &figures)?;
    for line in table(&fresh) {
        println!("{line}");
    }
    if write_report {
        report::write(checkout, &figures, &load_before, &load_after)?;
    }
    let missed: Vec<&str> = fresh
        .iter()
        .filter(|one| !one.ok)
        .map(|one| one.name.as_str())
        .collect();
    if !missed.is_empty() {
        bail!(
            "{} of {} figures miss their bar: {}",
            missed.len(),
            fresh.len(),
            missed.join(", ")
        );
    }
    Ok(())
}

/// How much is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    /// As much as a figure needs.
    Full,
    /// As little as shows that it runs.
    Small,
}

/// Sees the named figures run (all when none is named) and shows what came out, which says nothing about any bar.
pub(crate) fn run_small(checkout: &Checkout, names: &[String]) -> Result<()> {
    setup::for_bench(checkout)?;
    for line in table(&measure::measure(checkout, names, Size::Small)?) {
        println!("{line}");
    }
    Ok(())
}

/// In the checkout's own target folder, whatever cargo uses: other programs look for it there.
fn kept_file(checkout: &Checkout) -> PathBuf {
    checkout.root().join("target/bench.json")
}

fn table(figures: &[Figure]) -> Vec<String> {
    let widest = figures
        .iter()
        .map(|one| one.name.chars().count())
        .max()
        .unwrap_or_default()
        .max(6);
    let head = format!(
        "{:<widest$} {:>12} {:<8} {:>10} {:>8} {:>10}  within",
        "figure", "value", "unit", "floor", "ratio", "bar"
    );
    let line = |one: &Figure| {
        format!(
            "{:<widest$} {:>12} {:<8} {:>10} {:>8} {:>10}  {:<3}  {}",
            one.name,
            number(one.value),
            one.unit,
            shown(&one.floor),
            shown(&one.ratio),
            shown(&one.bar),
            if one.ok { "yes" } else { "NO" },
            one.beside()
        )
        .trim_end()
        .to_owned()
    };
    std::iter::once(head).chain(figures.iter().map(line)).collect()
}

/// Four meaningful digits at most: more would pretend.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 || value == value.trunc() => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(one) => one.as_f64().map(number).unwrap_or_default(),
        Value::Array(list) => list.iter().map(shown).collect::<Vec<_>>().join("–"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod testing {
    use super::Figure;

    pub(super) fn figure(name: &str, value: f64, ok: bool) -> Figure {
        let text = format!(
            r#"{{"name":"{name}","value":{value},"unit":"ms","floor":2.0,"ratio":1.5,"bar":3,"ok":{ok},
                "spread":[2.9,3.2],"runs":30,
                "limit":{{"name":"p95","value":4.5,"unit":"ms","bar":10}},"means":"how long the officer waits"}}"#
        );
        serde_json::from_str(&text).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::figure;
    use super::*;

    #[test]
    fn a_figure_keeps_what_it_does_not_know() {
        let kept = serde_json::to_value(figure("save", 3.0, true)).unwrap();
        assert_eq!(kept.get("runs"), Some(&Value::from(30)));
        assert_eq!(kept.get("bar"), Some(&Value::from(3)));
        assert!(serde_json::from_str::<Figure>(r#"{"name":"a","value":1,"unit":"s","ok":true}"#).is_ok());
    }

    #[test]
    fn the_table_says_which_figure_misses_its_bar() {
        let lines = table(&[figure("save", 3.0, true), figure("sync", 1234.5, false)]);
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("save") && line.ends_with("yes  p95 4.50 ≤ 10 ms"))
        );
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("sync") && line.contains("1234") && line.contains("  NO "))
        );
    }

    #[test]
    fn numbers_are_shown_with_the_digits_they_deserve() {
        assert_eq!(
            [0.01234, 1.234, 12.34, 1234.5, 7.0].map(number),
            ["0.0123", "1.23", "12.3", "1234", "7"]
        );
    }
}
