//! `cargo xtask fuzz`: bytes from elsewhere, made up by a machine that watches which code they reach.
//!
//! The targets are in tests/fuzz. What was learnt stays in the target folder (`fuzz/corpus`), so the next run goes on
//! from there; the stage of `cargo xtask test` begins each time from the seeds alone, with a fixed number of runs and a
//! fixed seed: the same code gets the same verdict. A file that broke a target joins the seeds (tests/fuzz/seeds) once
//! the fault is mended, beside a plain test of it.

mod build;
mod run;

use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::process::interrupted;
use crate::setup;
use crate::stages::Outcome;
use run::{Bound, Target};

/// The workspace of the targets, from the root.
pub(crate) const MANIFEST: &str = "tests/fuzz/Cargo.toml";

/// Runs of each target in the stage: some seconds for the slowest.
const STAGE_RUNS: u64 = 20_000;

/// The named targets, or all, each for so long. An error when one found something.
pub(crate) fn run(checkout: &Checkout, names: &[String], each: Duration) -> Result<()> {
    setup::for_fuzz(checkout)?;
    attack(checkout, &choose(&known(checkout)?, names)?, &Bound::Time(each))
}

/// All targets, shortly and always the same.
pub(crate) fn shortly(checkout: &Checkout) -> Result<Outcome> {
    attack(checkout, &known(checkout)?, &Bound::Runs(STAGE_RUNS))?;
    Ok(Outcome::Passed)
}

/// A finding of one target does not keep the others from running.
fn attack(checkout: &Checkout, names: &[String], bound: &Bound) -> Result<()> {
    let programs = build::build(checkout, names)?;
    let mut found = Vec::new();
    for name in names {
        let target = Target::of(checkout, name, &programs);
        if let Err(error) = target.run(checkout, bound) {
            if interrupted() {
                bail!("stopped");
            }
            eprintln!("{error:#}");
            found.push(format!("{error:#}"));
        }
    }
    if !found.is_empty() {
        bail!("{} of {} targets broke: {}", found.len(), names.len(), found.join("; "));
    }
    Ok(())
}

/// The targets, as their Cargo.toml names them.
fn known(checkout: &Checkout) -> Result<Vec<String>> {
    let text =
        std::fs::read_to_string(checkout.root().join(MANIFEST)).with_context(|| format!("cannot read {MANIFEST}"))?;
    let names = names_in(&text).with_context(|| format!("cannot understand {MANIFEST}"))?;
    if names.is_empty() {
        bail!("{MANIFEST} names no target");
    }
    Ok(names)
}

fn names_in(manifest: &str) -> Result<Vec<String>> {
    let table: toml::Table = manifest.parse()?;
    let bins = table.get("bin").and_then(toml::Value::as_array);
    let name = |bin: &toml::Value| bin.get("name")?.as_str().map(str::to_owned);
    Ok(bins.into_iter().flatten().filter_map(name).collect())
}

fn choose(known: &[String], names: &[String]) -> Result<Vec<String>> {
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        bail!("there is no target `{unknown}`; there are: {}", known.join(" "));
    }
    let is_wanted = |name: &&String| names.is_empty() || names.contains(name);
    Ok(known.iter().filter(is_wanted).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn targets_are_the_programs_of_the_manifest() {
        let manifest = "[package]\nname = \"fuzz\"\n[[bin]]\nname = \"op\"\n[[bin]]\nname = \"exif\"\n";
        assert_eq!(names_in(manifest).unwrap(), ["op", "exif"]);
        assert!(names_in("[[bin]").is_err());
    }

    #[test]
    fn none_means_all_and_unknown_ones_are_refused() {
        let known = names(&["op", "exif"]);
        assert_eq!(choose(&known, &[]).unwrap(), ["op", "exif"]);
        assert_eq!(choose(&known, &names(&["exif"])).unwrap(), ["exif"]);
        assert!(choose(&known, &names(&["heif"])).is_err());
    }
}
