//! One run of one target, and naming the file that breaks it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::build;
use crate::checkout::Checkout;

/// Seconds that one input may take, and megabytes that the program may: more is a finding too.
const LIMITS: [&str; 2] = ["-timeout=20", "-rss_limit_mb=1024"];

/// When a run ends that finds nothing.
pub(super) enum Bound {
    /// After so long; goes on from what earlier runs learnt.
    Time(Duration),
    /// After so many inputs; the same ones each time.
    Runs(u64),
}

/// A built target with its folders.
pub(super) struct Target {
    name: String,
    program: PathBuf,
    /// Inputs that are part of the project.
    seeds: PathBuf,
    /// Inputs that were learnt.
    corpus: PathBuf,
    /// Like the corpus, but thrown away.
    scratch: PathBuf,
    /// Inputs that break it.
    findings: PathBuf,
}

impl Target {
    /// A target by its name.
    pub(super) fn of(checkout: &Checkout, name: &str, programs: &Path) -> Self {
        let folder = build::folder(checkout);
        Self {
            name: name.to_owned(),
            program: programs.join(name),
            seeds: checkout.root().join("tests/fuzz/seeds").join(name),
            corpus: folder.join("corpus").join(name),
            scratch: folder.join("scratch").join(name),
            findings: folder.join("findings").join(name),
        }
    }

    /// Runs it. An error when it found something, with the file and how to look at it alone.
    pub(super) fn run(&self, checkout: &Checkout, bound: &Bound) -> Result<()> {
        for folder in [&self.corpus, &self.scratch, &self.findings] {
            make(folder)?;
        }
        let known = list(&self.findings)?;
        let call = checkout
            .call(&self.program.to_string_lossy())
            .args(LIMITS)
            .arg(self.prefix());
        let call = match bound {
            Bound::Time(time) => call
                .arg(format!("-max_total_time={}", time.as_secs()))
                .arg("-print_final_stats=1")
                .arg(&self.corpus),
            Bound::Runs(runs) => {
                empty(&self.scratch)?;
                call.arg(format!("-runs={runs}"))
                    .args(["-seed=1", "-verbosity=0", "-print_funcs=0", "-print_final_stats=1"])
                    .arg(&self.scratch)
            }
        };
        let call = if self.seeds.is_dir() {
            call.arg(&self.seeds)
        } else {
            call
        };
        let Err(error) = call.run() else { return Ok(()) };
        let fresh: Vec<_> = list(&self.findings)?.difference(&known).cloned().collect();
        match fresh.last() {
            Some(file) => bail!(
                "`{}` breaks on {}; alone: {} {}",
                self.name,
                file.display(),
                self.program.display(),
                file.display()
            ),
            None => Err(error),
        }
    }

    /// libFuzzer puts the name of a finding straight behind it.
    fn prefix(&self) -> OsString {
        let mut prefix = OsString::from("-artifact_prefix=");
        prefix.push(self.findings.join(""));
        prefix
    }
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

fn empty(folder: &Path) -> Result<()> {
    fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    make(folder)
}

fn list(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    Ok(paths.collect::<std::io::Result<_>>()?)
}
