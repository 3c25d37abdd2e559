//! docs/benchmarks.md: the figures with the machine they were measured on.

use std::fmt::Write;

use anyhow::{Context, Result};

use super::{Figure, number, shown};
use crate::checkout::Checkout;

const PLACE: &str = "docs/benchmarks.md";

/// Load averages now; "unknown" where the system does not say.
pub(super) fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().take(3).collect();
    if words.is_empty() {
        "unknown".to_owned()
    } else {
        words.join(" ")
    }
}

/// Rewrites the page.
pub(super) fn write(checkout: &Checkout, figures: &[Figure], before: &str, after: &str) -> Result<()> {
    let date = checkout
        .call("date")
        .args(["-u", "+%Y-%m-%d"])
        .silently()
        .ask()
        .unwrap_or_default();
    let facts = [
        ("Date", date.trim().to_owned()),
        ("Processor", format!("{}, {} cores", processor(), cores())),
        ("Memory", memory()),
        ("Kernel", kernel()),
        ("Load average before / after", format!("{before} / {after}")),
    ];
    let path = checkout.root().join(PLACE);
    std::fs::write(&path, page(&facts, figures)?).with_context(|| format!("cannot write {PLACE}"))?;
    println!("wrote {PLACE}");
    Ok(())
}

fn page(facts: &[(&str, String)], figures: &[Figure]) -> Result<String> {
    let mut text = String::from("# Benchmarks\n\nWritten by `cargo xtask bench --report`; do not edit by hand.\n\n");
    for (name, value) in facts {
        writeln!(text, "- {name}: {value}")?;
    }
    text.push_str("\n| figure | value | spread | runs | floor | ratio | bar | beside | within |\n");
    text.push_str("|---|---|---|---|---|---|---|---|---|\n");
    for one in figures {
        writeln!(
            text,
            "| {} | {} {} | {} | {} | {} | {} | {} | {} | {} |",
            cell(&one.name),
            number(one.value),
            cell(&one.unit),
            cell(&one.extra("spread")),
            cell(&one.extra("runs")),
            cell(&shown(&one.floor)),
            cell(&shown(&one.ratio)),
            cell(&shown(&one.bar)),
            cell(&one.beside()),
            if one.ok { "yes" } else { "**no**" }
        )?;
    }
    text.push_str(
        "\n*Floor* is what this machine needs for the unavoidable part alone; *ratio* is value over \
         floor; *beside* has a bar of its own.\n",
    );
    text.push_str("\n## What they mean\n\n");
    for one in figures {
        let means = one.extra("means");
        if !means.is_empty() {
            writeln!(text, "- **{}**: {means}", one.name)?;
        }
    }
    Ok(text)
}

/// A bar in a cell would begin another.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn processor() -> String {
    first_value("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn memory() -> String {
    let kib = first_value("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    kib.map_or_else(
        || "unknown".to_owned(),
        |kib| format!("{} GiB", (kib + (1 << 19)) >> 20),
    )
}

fn kernel() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{} {}", std::env::consts::OS, release.trim())
}

fn first_value(file: &str, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::testing::figure;
    use super::*;

    #[test]
    fn the_page_names_the_machine_the_figures_and_their_meaning() {
        let facts = [("Processor", "a slow one, 2 cores".to_owned())];
        let text = page(&facts, &[figure("save a case", 3.0, false)]).unwrap();
        assert!(text.contains("- Processor: a slow one, 2 cores\n"), "{text}");
        assert!(
            text.contains("| save a case | 3 ms | 2.90–3.20 | 30 | 2 | 1.50 | 3 | p95 4.50 ≤ 10 ms | **no** |"),
            "{text}"
        );
        assert!(text.contains("- **save a case**: how long the officer waits"), "{text}");
    }
}
