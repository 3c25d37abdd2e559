//! SQL lives in .sql files, where an editor colours it, a reviewer finds it, and a test can prepare every statement.

use super::{Failure, ends_with};
use crate::checkout::Source;

const STARTS: [&str; 5] = ["SELECT", "INSERT", "UPDATE", "DELETE FROM", "CREATE TABLE"];
/// Crates that ship nothing.
const FREE: [&str; 2] = ["crates/patrol-testkit/", "crates/xtask/"];

/// Statements in string literals.
pub(super) fn check(sources: &[Source]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for source in sources.iter().filter(|one| is_product(one)) {
        for number in statements(&source.text) {
            let remedy = "move it to a .sql file and take it in with include_str!";
            failures.push(Failure::new(&source.path, number, "SQL in a string", remedy));
        }
    }
    failures
}

fn is_product(source: &Source) -> bool {
    let path = source.path.as_str();
    let shipped = path.starts_with("src-tauri/") || (path.starts_with("crates/") && path.contains("/src/"));
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with("_tests.rs");
    ends_with(source, &["rs"]) && shipped && !is_test && !FREE.iter().any(|free| path.starts_with(free))
}

/// Line numbers of the literals that begin with a statement, up to the file's tests.
fn statements(text: &str) -> Vec<usize> {
    let product = text.split_once("#[cfg(test)]\nmod ").map_or(text, |(before, _)| before);
    let opens_one = |quote: usize| {
        let before = product.get(..quote).unwrap_or_default();
        let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
        let body = product.get(quote + 1..).unwrap_or_default();
        let is_comment = line.trim_start().starts_with("//");
        (!is_comment && begins_statement(body)).then(|| before.matches('\n').count() + 1)
    };
    product
        .match_indices('"')
        .filter_map(|(quote, _)| opens_one(quote))
        .collect()
}

/// Also after a line break, escaped or not.
fn begins_statement(literal: &str) -> bool {
    let body = literal.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\\');
    let rest = STARTS.into_iter().find_map(|start| body.strip_prefix(start));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{places, source};
    use super::*;

    #[test]
    fn statements_in_strings_are_found_however_they_are_broken() {
        let text = "//! Store.\nfn f() {\n    run(\"SELECT id FROM op\");\n    run(\n        r#\"\n  DELETE FROM op\"#);\n    \
                    run(\"\\\n   UPDATE op SET a = 1\");\n}\n";
        let failures = check(&[source("crates/patrol-store/src/case/open.rs", text)]);
        assert_eq!(places(&failures).len(), 3, "{failures:?}");
        assert_eq!(
            places(&failures).first().map(String::as_str),
            Some("crates/patrol-store/src/case/open.rs:3")
        );
    }

    #[test]
    fn words_tests_comments_and_crates_for_tests_are_free() {
        let statement = "fn f() { run(\"SELECT 1\"); }";
        let sources = [
            source(
                "crates/patrol-app/src/a.rs",
                "let a = \"SELECTED\"; let b = \"Update\"; let c = \"select\";",
            ),
            source("crates/patrol-app/src/b.rs", "// not \"SELECT 1\"\nfn g() {}"),
            source(
                "crates/patrol-store/src/c.rs",
                &format!("//! C.\n#[cfg(test)]\nmod tests {{ {statement} }}"),
            ),
            source("crates/patrol-store/tests/d.rs", statement),
            source("crates/patrol-testkit/src/e.rs", statement),
        ];
        let failures = check(&sources);
        assert!(failures.is_empty(), "{failures:?}");
    }

    #[test]
    fn the_shell_is_watched_too() {
        assert_eq!(
            check(&[source("src-tauri/src/main.rs", "run(\"INSERT INTO a VALUES (1)\")")]).len(),
            1
        );
    }
}
