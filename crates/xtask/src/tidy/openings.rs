//! Each file says at its head what it is; and there is no mod.rs, because an editor full of tabs of one name is no map.

use super::{Failure, ends_with};
use crate::checkout::Source;

/// Files that begin without a word, and files of the old naming.
pub(super) fn check(sources: &[Source]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for source in sources {
        if source.path == "mod.rs" || source.path.ends_with("/mod.rs") {
            let remedy = "name it after its folder, beside it: case/mod.rs becomes case.rs";
            failures.push(Failure::new(&source.path, 1, "is a mod.rs", remedy));
        }
        if ends_with(source, &["rs", "ts", "vue", "sql"]) && !is_opened(source) {
            let remedy = "say in its first lines what it is and why";
            failures.push(Failure::new(&source.path, 1, "does not open with a comment", remedy));
        }
    }
    failures
}

fn is_opened(source: &Source) -> bool {
    let text = source.text.trim_start_matches('\u{feff}').trim_start();
    let begins = |marks: &[&str]| marks.iter().any(|mark| text.starts_with(mark));
    match source.path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("rs") => begins(&["//!"]),
        Some("ts") => begins(&["//", "/*"]),
        Some("sql") => begins(&["--", "/*"]),
        // A component may open with a comment of its own or with one at the head of its script.
        Some("vue") => begins(&["<!--"]) || script_opens_with_comment(text),
        _ => true,
    }
}

fn script_opens_with_comment(text: &str) -> bool {
    let Some(body) = text.strip_prefix("<script").and_then(|rest| rest.split_once('>')) else {
        return false;
    };
    let body = body.1.trim_start();
    body.starts_with("//") || body.starts_with("/*")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{places, source};
    use super::*;

    #[test]
    fn files_without_a_word_at_their_head_are_refused() {
        let sources = [
            source("a.rs", "use std::fs;\n//! late"),
            source("b.ts", "export {}"),
            source("c.vue", "<script setup lang=\"ts\">\nimport x\n</script>"),
            source("d.sql", "SELECT 1;"),
            source("e.rs", ""),
        ];
        assert_eq!(
            places(&check(&sources)),
            ["a.rs:1", "b.ts:1", "c.vue:1", "d.sql:1", "e.rs:1"]
        );
    }

    #[test]
    fn files_with_a_word_at_their_head_pass() {
        let sources = [
            source("a.rs", "//! What it is."),
            source("b.ts", "/** What it is. */"),
            source("c.vue", "<!-- What it is. -->\n<template/>"),
            source("d.vue", "<script setup lang=\"ts\">\n// What it is.\n</script>"),
            source("e.sql", "-- What it is.\nSELECT 1;"),
            source("f.json", "{}"),
        ];
        assert!(check(&sources).is_empty());
    }

    #[test]
    fn a_mod_rs_is_refused() {
        assert_eq!(
            places(&check(&[source("crates/a/src/case/mod.rs", "//! Cases.")])).len(),
            1
        );
    }
}
