//! Runs the benchmark program and keeps its figures.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Figure, Size};
use crate::checkout::{Checkout, WINDOW_FEATURE};
use crate::ui;

/// Measures; the figures in the order of the program.
pub(super) fn measure(checkout: &Checkout, names: &[String], size: Size) -> Result<Vec<Figure>> {
    if !checkout.has_target("acceptance", "figures") {
        bail!("tests/Cargo.toml has no bench `figures`: there is nothing to measure");
    }
    let out = checkout.target_folder().join("bench-out.json");
    if out.exists() {
        std::fs::remove_file(&out).with_context(|| format!("cannot remove {}", out.display()))?;
    }
    // Some figures are taken of station and phone as processes of their own: of the same build as everything else.
    let programs = [
        "build",
        "--profile",
        "bench",
        "-p",
        "patrol-station",
        "-p",
        "patrol-headless",
        "-p",
        "xunge",
        "--features",
        WINDOW_FEATURE,
        "--bins",
        "--example",
        "empty_window",
    ];
    // The window carries the interface inside.
    ui::install(checkout)?;
    ui::build_if_changed(checkout)?;
    checkout.cargo().args(programs).run()?;
    let call = checkout
        .cargo()
        .args(["bench", "-p", "acceptance", "--bench", "figures"]);
    let call = if names.is_empty() {
        call
    } else {
        call.arg("--").args(names)
    };
    let call = match size {
        Size::Full => call,
        Size::Small => call.env("XUNGE_BENCH_SMALL", "1"),
    };
    call.env("XUNGE_BENCH_OUT", &out).run()?;
    if !out.is_file() {
        bail!("the benchmark program ended well and wrote no figures (XUNGE_BENCH_OUT)");
    }
    read(&out)
}

/// Reads a list of figures; a file that does not exist holds none.
pub(super) fn read(path: &Path) -> Result<Vec<Figure>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no list of figures", path.display()))
}

/// Writes a list of figures.
pub(super) fn write(path: &Path, figures: &[Figure]) -> Result<()> {
    let folder = path.parent().context("a file has no folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let text = serde_json::to_string_pretty(figures)? + "\n";
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// The old list with the fresh figures in it: known names are replaced in their place, new ones come last.
pub(super) fn merge(mut old: Vec<Figure>, fresh: &[Figure]) -> Vec<Figure> {
    for figure in fresh {
        match old.iter_mut().find(|one| one.name == figure.name) {
            Some(place) => *place = figure.clone(),
            None => old.push(figure.clone()),
        }
    }
    old
}

#[cfg(test)]
mod tests {
    use super::super::testing::figure;
    use super::*;

    #[test]
    fn a_figure_measured_again_replaces_its_old_self_only() {
        let merged = merge(
            vec![figure("a", 1.0, true), figure("b", 2.0, true)],
            &[figure("b", 9.0, false)],
        );
        let values: Vec<_> = merged.iter().map(|one| (one.name.as_str(), one.value)).collect();
        assert_eq!(values, [("a", 1.0), ("b", 9.0)]);
    }

    #[test]
    fn figures_survive_being_written_and_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("target/bench.json");
        assert!(read(&path).unwrap().is_empty());
        write(&path, &[figure("a", 1.5, true)]).unwrap();
        let kept = read(&path).unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(
            kept.first().map(|one| one.extra("spread")),
            Some("2.90–3.20".to_owned())
        );
    }
}
