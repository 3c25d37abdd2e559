//! The project speaks of itself alone: no path of the machine it was written on, no private package mirror.
//!
//! Either makes a build work here and nowhere else. A lock file with a mirror's address is the usual way in.

use super::{Failure, numbered};
use crate::checkout::Source;

/// Folders that only somebody's own machine has; from pieces, or this file would be refused by itself.
const HOMES: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
const NPM: &str = "https://registry.npmjs.org/";
const CRATES: [&str; 2] = [
    "registry+https://github.com/rust-lang/crates.io-index",
    "sparse+https://index.crates.io/",
];

/// Words about somebody's machine.
pub(super) fn check(sources: &[Source]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for source in sources {
        for (number, line) in numbered(&source.text) {
            if let Some(home) = HOMES.iter().find(|home| names_path(line, home)) {
                let what = format!("names a path of one machine ({home}…)");
                failures.push(Failure::new(
                    &source.path,
                    number,
                    what,
                    "name it from the project's root",
                ));
            }
            if is_mirrored(&source.path, line) {
                let remedy = "lock it against the public registry";
                failures.push(Failure::new(
                    &source.path,
                    number,
                    "names a private package mirror",
                    remedy,
                ));
            }
        }
    }
    failures
}

/// Only where a path begins: behind a letter, a dot or a host name the same word is a folder of something else.
fn names_path(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || "._-/~$}*@)]".contains(letter))
    })
}

fn is_mirrored(path: &str, line: &str) -> bool {
    let line = line.trim();
    let value = |key: &str| {
        line.strip_prefix(key)
            .map(|rest| rest.trim_start_matches([' ', '"', ':', '=']))
    };
    if path.ends_with("package-lock.json") {
        return value("\"resolved\"").is_some_and(|from| from.starts_with("http") && !from.starts_with(NPM));
    }
    if path.ends_with("Cargo.lock") {
        let is_public = |from: &str| CRATES.iter().any(|known| from.starts_with(known));
        return value("source")
            .is_some_and(|from| from.contains("+http") && !from.starts_with("git+") && !is_public(from));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::testing::{places, source};
    use super::*;

    #[test]
    fn a_path_of_one_machine_is_refused() {
        let [work, root, home] = HOMES;
        let sources = [
            source("README.md", &format!("cd {work}main")),
            source("a.toml", &format!("target = \"{root}target\"")),
            source("b.ts", &format!("open('{home}lin/a.jpg')")),
        ];
        assert_eq!(places(&check(&sources)), ["README.md:1", "a.toml:1", "b.ts:1"]);
    }

    #[test]
    fn a_like_named_folder_elsewhere_is_not() {
        let [work, _, home] = HOMES;
        let text = format!("ui/src{work}list.ts .{work}a https://example.org{home} $HOME/.local ~{work}");
        assert!(check(&[source("a.md", &text)]).is_empty());
    }

    #[test]
    fn a_lock_file_made_against_a_mirror_is_refused() {
        let npm = "\"resolved\": \"https://mirror.example/npm/vue.tgz\",\n\"resolved\": \"https://registry.npmjs.org/vue.tgz\"";
        let cargo = "source = \"sparse+https://mirror.example/\"\n\
                     source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        let sources = [source("ui/package-lock.json", npm), source("Cargo.lock", cargo)];
        assert_eq!(places(&check(&sources)), ["ui/package-lock.json:1", "Cargo.lock:1"]);
    }
}
