//! `cargo xtask tidy`: what no compiler and no lint checks.
//!
//! Each checker is a function from texts to failures, so that its tests can show it something bad and see it refuse.

mod arrows;
mod imports;
mod leftovers;
mod lints;
mod migrations;
mod openings;
mod paths;
mod statements;
mod twins;
mod types;

use std::fmt;

use anyhow::{Result, bail};

use crate::checkout::{Checkout, Source};

/// Something that is not as agreed.
#[derive(Debug)]
pub(crate) struct Failure {
    place: String,
    line: usize,
    what: String,
    remedy: String,
}

impl Failure {
    /// `line` counts from 1; 0 stands for the file as a whole.
    fn new(place: impl Into<String>, line: usize, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            line,
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}; {}", self.place, self.line.max(1), self.what, self.remedy)
    }
}

/// Checks everything and says everything. An error when something failed.
pub(crate) fn run(checkout: &Checkout) -> Result<()> {
    let sources = checkout.sources()?;
    let mut failures = Vec::new();
    failures.extend(arrows::check(&arrows::packages(checkout)));
    failures.extend(imports::check(&sources));
    failures.extend(leftovers::check(&sources));
    failures.extend(lints::check(&sources));
    failures.extend(migrations::check(&sources));
    failures.extend(openings::check(&sources));
    failures.extend(paths::check(&sources));
    failures.extend(statements::check(&sources));
    failures.extend(twins::check(&sources));
    failures.extend(types::check(checkout));
    for failure in &failures {
        println!("{failure}");
    }
    if !failures.is_empty() {
        bail!("{} things are not tidy", failures.len());
    }
    println!("tidy: {} files, nothing to say", sources.len());
    Ok(())
}

/// Whether a file has this ending.
fn ends_with(source: &Source, endings: &[&str]) -> bool {
    let ending = source.path.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| endings.contains(&ending))
}

/// Lines with their numbers from 1.
fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

/// Where `needle` stands in `line` as a word of its own: not inside a longer word or number.
fn has_word(line: &str, needle: &str) -> bool {
    let part_of_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    line.match_indices(needle).any(|(start, found)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line.get(start + found.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(part_of_word) && !after.is_some_and(part_of_word)
    })
}

#[cfg(test)]
mod testing {
    use super::{Failure, Source};

    /// A source for a checker to look at.
    pub(super) fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// `path:line` of each failure.
    pub(super) fn places(failures: &[Failure]) -> Vec<String> {
        failures
            .iter()
            .map(|one| format!("{}:{}", one.place, one.line))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_alone_and_not_within_another() {
        assert!(has_word("// FIX this", "FIX"));
        assert!(has_word("FIX", "FIX"));
        assert!(has_word("城FIX管", "FIX"));
        assert!(!has_word("PREFIX", "FIX"));
        assert!(!has_word("FIXTURES", "FIX"));
        assert!(has_word("FIXTURES FIX", "FIX"));
    }

    #[test]
    fn a_failure_reads_as_place_what_remedy() {
        let failure = Failure::new("a/b.rs", 3, "bad", "mend it");
        assert_eq!(failure.to_string(), "a/b.rs:3: bad; mend it");
    }
}
