//! Released migrations are never edited.
//!
//! A database in the field has run the old text and will never run the new one: from then on two phones of the same
//! version differ. Released files are listed with their SHA-256 in `migrations.sha256` beside them, in the form
//! `sha256sum` writes.

use super::{Failure, numbered};
use crate::checkout::Source;
use crate::digest;

const LIST: &str = "/migrations/migrations.sha256";

/// Released migrations that changed or are gone.
pub(super) fn check(sources: &[Source]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for list in sources
        .iter()
        .filter(|one| one.path.starts_with("crates/") && one.path.ends_with(LIST))
    {
        let folder = list.path.trim_end_matches("migrations.sha256");
        for (number, line) in numbered(&list.text).filter(|(_, line)| !line.trim().is_empty()) {
            let mut words = line.split_whitespace();
            let (Some(sum), Some(name)) = (words.next(), words.next()) else {
                failures.push(Failure::new(
                    &list.path,
                    number,
                    "is not `sha256  file`",
                    "write it as sha256sum does",
                ));
                continue;
            };
            let path = format!("{folder}{}", name.trim_start_matches('*'));
            match sources.iter().find(|one| one.path == path) {
                None => {
                    let what = format!("{path} was released and is gone");
                    failures.push(Failure::new(&list.path, number, what, "bring it back"));
                }
                Some(file) if digest::of_bytes(file.text.as_bytes()) != sum => {
                    let what = "this migration was released and has changed since";
                    let remedy = "undo that, and write the next numbered migration";
                    failures.push(Failure::new(path, 1, what, remedy));
                }
                Some(_) => {}
            }
        }
    }
    failures
}

#[cfg(test)]
mod tests {
    use super::super::testing::{places, source};
    use super::*;

    #[test]
    fn a_changed_and_a_missing_migration_are_seen_and_a_new_one_is_free() {
        let folder = "crates/patrol-store/src/migrations";
        let first = "CREATE TABLE a (id INTEGER) STRICT;";
        let second = "CREATE TABLE b (id INTEGER) STRICT;";
        let list = format!(
            "{}  0001_a.sql\n{}  0002_b.sql\n{}  0003_c.sql\n",
            digest::of_bytes(first.as_bytes()),
            digest::of_bytes(second.as_bytes()),
            digest::of_bytes(b"gone")
        );
        let sources = [
            source(&format!("{folder}/0001_a.sql"), first),
            source(&format!("{folder}/0002_b.sql"), "CREATE TABLE b (id TEXT) STRICT;"),
            source(&format!("{folder}/0004_d.sql"), "-- new"),
            source(&format!("{folder}/migrations.sha256"), &list),
        ];
        let expected = [
            format!("{folder}/0002_b.sql:1"),
            format!("{folder}/migrations.sha256:3"),
        ];
        assert_eq!(places(&check(&sources)), expected);
    }
}
