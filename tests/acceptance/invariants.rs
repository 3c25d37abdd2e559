//! The invariants of docs/PROTOCOL.md, each with the tests that show it: every test that is named there exists, once,
//! and every invariant names at least one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How many invariants there are.
const INVARIANTS: usize = 16;

/// From one mark of the document to the next.
fn section(document: &str) -> &str {
    let (_, rest) = document
        .split_once("<!-- invariants -->")
        .expect("the document has the list");
    rest.split_once("<!-- end -->").expect("and its end").0
}

/// Invariant → the tests that stand below it.
fn named(section: &str) -> BTreeMap<usize, Vec<&str>> {
    let mut named: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    let mut last = None;
    for line in section
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("```"))
    {
        if let Some(test) = line.strip_prefix("    ") {
            let tests = named.get_mut(&last.expect("a test stands below an invariant")).unwrap();
            tests.push(test.trim());
        } else {
            let number = line.strip_prefix('I').and_then(|rest| rest.split(' ').next());
            last = number.and_then(|number| number.parse().ok());
            named.insert(last.unwrap_or_else(|| panic!("no invariant: {line}")), Vec::new());
        }
    }
    named
}

/// Every test function below a folder, as often as it is there.
fn tests_below(folder: &Path, found: &mut BTreeMap<String, usize>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                tests_below(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                let name = line.trim_start_matches("async ").strip_prefix("fn ");
                if let Some(name) = name.and_then(|rest| rest.split('(').next()) {
                    if is_test {
                        *found.entry(name.to_owned()).or_default() += 1;
                    }
                    is_test = false;
                }
            }
        }
    }
}

#[test]
fn every_invariant_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = std::fs::read_to_string(root.join("docs/PROTOCOL.md")).unwrap();
    let named = named(section(&document));
    assert_eq!(
        named.keys().copied().collect::<BTreeSet<_>>(),
        (1..=INVARIANTS).collect::<BTreeSet<_>>()
    );
    let mut found = BTreeMap::new();
    for folder in ["crates", "tests", "src-tauri"] {
        tests_below(&root.join(folder), &mut found);
    }
    for (invariant, tests) in named {
        assert!(!tests.is_empty(), "I{invariant} is shown by nothing");
        for test in tests {
            assert_eq!(found.get(test), Some(&1), "I{invariant}: {test}");
        }
    }
}
