//! Notes to oneself and unfinished places: they belong in an issue, not in the product.

use super::{Failure, ends_with, has_word, numbered};
use crate::checkout::Source;

// Put together from pieces, or this file would be refused by itself.
const MACROS: [&str; 3] = [concat!("to", "do!"), concat!("unimple", "mented!"), concat!("db", "g!")];
const WORDS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

/// Unfinished places.
pub(super) fn check(sources: &[Source]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for source in sources.iter().filter(|one| ends_with(one, &["rs", "ts", "vue", "sql"])) {
        for (number, line) in numbered(&source.text) {
            let calls = MACROS
                .into_iter()
                .filter(|name| source.path.ends_with(".rs") && calls(line, name));
            let notes = WORDS.into_iter().filter(|word| has_word(line, word));
            for needle in calls.chain(notes) {
                let what = format!("`{needle}` was left behind");
                failures.push(Failure::new(
                    &source.path,
                    number,
                    what,
                    "finish it, or open an issue and remove it",
                ));
            }
        }
    }
    failures
}

/// `name` ends in `!`, so only what stands before it matters.
fn calls(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        !before.is_some_and(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{places, source};
    use super::*;

    #[test]
    fn each_kind_of_leftover_is_found() {
        let [unfinished, missing, debug] = MACROS;
        let [note, broken, marker] = WORDS;
        let sources = [
            source(
                "crates/a/src/lib.rs",
                &format!("//! A.\nfn f() {{ {unfinished}() }}\nfn g() {{ {missing}() }}"),
            ),
            source("crates/a/src/b.rs", &format!("let x = {debug}(1);")),
            source("ui/officer/a.vue", &format!("<!-- {note}: later -->")),
            source("crates/a/src/c.sql", &format!("-- {broken}\n-- {marker}")),
        ];
        let expected = [
            "crates/a/src/lib.rs:2",
            "crates/a/src/lib.rs:3",
            "crates/a/src/b.rs:1",
            "ui/officer/a.vue:1",
            "crates/a/src/c.sql:1",
            "crates/a/src/c.sql:2",
        ];
        assert_eq!(places(&check(&sources)), expected);
    }

    #[test]
    fn like_sounding_words_and_prose_are_left_alone() {
        let sources = [
            source("a.rs", "let todos = my_todo; // 苏AXXXX1, MAXXXX"),
            source("b.ts", "const dbg = 1"),
            source("notes.md", concat!("TO", "DO: write")),
        ];
        assert!(check(&sources).is_empty());
    }
}
