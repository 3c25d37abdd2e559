//! A phone of the demo, through its program without a window.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::ChildStdout;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::process::Call;

/// A phone's program, data folder and the scenes its camera sees.
pub(super) struct Phone {
    program: PathBuf,
    data: PathBuf,
    photos: PathBuf,
    /// Stands before its lines.
    name: &'static str,
}

/// The fields of its status that decide what we do.
#[derive(Deserialize)]
struct Status {
    enrolled: bool,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    case_id: String,
}

impl Phone {
    pub(super) fn at(checkout: &Checkout, data: &Path, name: &'static str) -> Self {
        Self {
            program: checkout.program("patrol-headless"),
            data: data.to_path_buf(),
            photos: checkout.root().join("assets/demo"),
            name,
        }
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    pub(super) fn photos(&self) -> &Path {
        &self.photos
    }

    fn call(&self, task: &str) -> Call {
        Call::new(&self.program).arg(task).arg("--data").arg(&self.data)
    }

    fn record_call(&self, cases: usize) -> Call {
        self.call("record")
            .arg("--photos")
            .arg(&self.photos)
            .args(["--cases", &cases.to_string(), "--acts"])
    }

    /// Records so many cases, and what comes after them; there is no network.
    pub(super) fn record(&self, cases: usize) -> Result<()> {
        let (mut running, stdout) = self.record_call(cases).start_piped()?;
        self.repeat(stdout, |line| line.starts_with("saved "), |_| false)?;
        let status = running.wait()?;
        ensure!(status.success(), "recording on phone {} failed ({status})", self.name);
        Ok(())
    }

    /// Records until so many cases are saved, and is killed there (SIGKILL), in the middle of whatever it does.
    pub(super) fn record_and_be_killed(&self, after: usize) -> Result<()> {
        let before = self.status()?.map_or(0, |status| status.cases.len());
        let (running, stdout) = self.record_call(after + 4).start_piped()?;
        let mut saved = BTreeSet::new();
        self.repeat(
            stdout,
            |line| line.starts_with("saved "),
            |line| {
                saved.extend(case_of(line));
                saved.len() >= after
            },
        )?;
        running.kill();
        println!("{} │ killed (SIGKILL)", self.name);
        let status = self.status()?.context("the killed phone has no database")?;
        let there: BTreeSet<String> = status.cases.into_iter().map(|case| case.case_id).collect();
        if let Some(lost) = saved.iter().find(|case| !there.contains(*case)) {
            bail!("phone {} said that it saved {lost}, and has lost it", self.name);
        }
        println!(
            "{} │ started again: all {} cases that it had called saved are there, {} before them",
            self.name,
            saved.len(),
            before
        );
        Ok(())
    }

    /// What it says of itself; nothing when it was never switched on: asking would make its database.
    fn status(&self) -> Result<Option<Status>> {
        if !self.data.join("patrol.db").is_file() {
            return Ok(None);
        }
        let said = self.call("status").arg("--json").silently().capture()?;
        let status = serde_json::from_str(&said).context("`patrol-headless status --json` says no sound JSON")?;
        Ok(Some(status))
    }

    /// Whether a station knows it.
    pub(super) fn is_enrolled(&self) -> Result<bool> {
        Ok(self.status()?.is_some_and(|status| status.enrolled))
    }

    /// Enrols it at the station that made the code.
    pub(super) fn enrol(&self, code: &str) -> Result<()> {
        self.call("enrol").args(["--code", code]).run()
    }

    /// Signs another officer in.
    pub(super) fn sign_in(&self, code: &str) -> Result<()> {
        self.call("officer").args(["--code", code]).run()
    }

    /// Hands it to one of its officers.
    pub(super) fn hand_to(&self, number: &str) -> Result<()> {
        self.call("officer").args(["--choose", number]).run()
    }

    /// Carries everything to the station, telling how far it is. With `killed_after`, it is killed after so many lines and
    /// starts again.
    pub(super) fn sync(&self, killed_after: Option<usize>) -> Result<()> {
        if let Some(most) = killed_after {
            let (running, stdout) = self.call("sync").start_piped()?;
            let mut lines = 0;
            self.repeat(
                stdout,
                |_| true,
                |_| {
                    lines += 1;
                    lines >= most
                },
            )?;
            running.kill();
            println!("{} │ killed (SIGKILL) while sending", self.name);
        }
        let (mut running, stdout) = self.call("sync").start_piped()?;
        self.repeat(stdout, |_| true, |_| false)?;
        let status = running.wait()?;
        ensure!(
            status.success(),
            "phone {} could not bring everything ({status})",
            self.name
        );
        Ok(())
    }

    /// Compares its counts with the station's.
    pub(super) fn audit(&self) -> Result<()> {
        self.call("audit").run()
    }

    /// Its journal.
    pub(super) fn log(&self) -> Result<String> {
        let digest = self.call("digest").silently().capture()?;
        let mut words = digest.split_whitespace();
        ensure!(words.next() == Some("log"), "phone {} has no journal", self.name);
        words
            .next()
            .map(str::to_owned)
            .context("a digest begins with its journal")
    }

    /// Hands out everything it holds, in one file.
    pub(super) fn export(&self, out: &Path) -> Result<()> {
        self.call("export").arg("--out").arg(out).run()
    }

    /// Passes on the lines that somebody wants to read, with the phone's name before them, until `enough`.
    fn repeat(
        &self,
        stdout: ChildStdout,
        wanted: impl Fn(&str) -> bool,
        mut enough: impl FnMut(&str) -> bool,
    ) -> Result<()> {
        for line in BufReader::new(stdout).lines() {
            let line = line.with_context(|| format!("cannot read what phone {} says", self.name))?;
            if wanted(&line) {
                println!("{} │ {line}", self.name);
                if enough(&line) {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// `saved <case id> …`.
fn case_of(line: &str) -> Option<String> {
    line.strip_prefix("saved ")?
        .split_whitespace()
        .next()
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_saved_case_names_it() {
        assert_eq!(case_of("saved 0190-a 1123-001 3 photos").as_deref(), Some("0190-a"));
        assert_eq!(case_of("phase save"), None);
    }
}
