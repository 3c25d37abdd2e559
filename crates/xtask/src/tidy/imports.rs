//! Two doors: the window's JavaScript is imported in ui/shared/platform only, HTTP is spoken in http.rs only.
//!
//! The first lets the same interface run in a plain browser; the second keeps the plan of a synchronisation pure.

use super::{Failure, ends_with, has_word, numbered};
use crate::checkout::Source;

const PLATFORM: &str = "ui/shared/platform/";
const SYNC: &str = "crates/patrol-sync/src/";
const HTTP: &str = "crates/patrol-sync/src/http.rs";

/// Imports through the wall.
pub(super) fn check(sources: &[Source]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for source in sources {
        if source.path.starts_with("ui/") && !source.path.starts_with(PLATFORM) && is_script(source) {
            for (number, _) in numbered(&source.text).filter(|(_, line)| imports_the_window(line)) {
                let remedy = "let ui/shared/platform offer it";
                failures.push(Failure::new(
                    &source.path,
                    number,
                    "imports from @tauri-apps outside platform",
                    remedy,
                ));
            }
        }
        if source.path.starts_with(SYNC) && source.path != HTTP && ends_with(source, &["rs"]) {
            for (number, _) in numbered(&source.text).filter(|(_, line)| speaks_http(line)) {
                let remedy = "speak to the station through http.rs";
                failures.push(Failure::new(
                    &source.path,
                    number,
                    "uses reqwest outside http.rs",
                    remedy,
                ));
            }
        }
    }
    failures
}

fn is_script(source: &Source) -> bool {
    ends_with(source, &["ts", "mts", "js", "mjs", "vue"])
}

/// `from '@tauri-apps/…'`, `import '…'`, `import('…')`, `require('…')`; a lint rule that names the package is none.
fn imports_the_window(line: &str) -> bool {
    line.match_indices("@tauri-apps/").any(|(start, _)| {
        let before = line.get(..start).unwrap_or_default();
        let Some(before) = before.strip_suffix(['\'', '"', '`']) else {
            return false;
        };
        let before = before.trim_end().trim_end_matches('(').trim_end();
        ["from", "import", "require"].iter().any(|word| before.ends_with(word))
    })
}

fn speaks_http(line: &str) -> bool {
    !line.trim_start().starts_with("//") && has_word(line, "reqwest")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{places, source};
    use super::*;

    #[test]
    fn a_component_that_imports_the_window_is_refused() {
        let bad = [
            source(
                "ui/officer/src/Save.vue",
                "<script>\nimport { invoke } from '@tauri-apps/api/core'\n",
            ),
            source(
                "ui/shared/widgets/a.ts",
                "const api = await import(\"@tauri-apps/api\")",
            ),
            source("ui/station/b.ts", "import '@tauri-apps/plugin-fs'"),
        ];
        let failures = check(&bad);
        assert_eq!(
            places(&failures),
            [
                "ui/officer/src/Save.vue:2",
                "ui/shared/widgets/a.ts:1",
                "ui/station/b.ts:1"
            ]
        );
    }

    #[test]
    fn platform_may_and_a_lint_rule_may_name_it() {
        let good = [
            source(
                "ui/shared/platform/window.ts",
                "import { invoke } from '@tauri-apps/api/core'",
            ),
            source(
                "ui/eslint.config.js",
                "'no-restricted-imports': ['error', '@tauri-apps/*']",
            ),
            source("ui/officer/main.ts", "import { invoke } from '@shared/platform'"),
        ];
        assert!(check(&good).is_empty());
    }

    #[test]
    fn http_is_spoken_in_one_file() {
        let sources = [
            source("crates/patrol-sync/src/http.rs", "use reqwest::Client;"),
            source(
                "crates/patrol-sync/src/plan.rs",
                "//! Knows no reqwest.\nuse reqwest::Client;",
            ),
        ];
        assert_eq!(places(&check(&sources)), ["crates/patrol-sync/src/plan.rs:2"]);
    }
}
