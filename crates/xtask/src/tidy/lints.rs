//! Every package lives under the workspace's lints.
//!
//! Cargo says nothing when `[lints] workspace = true` is missing: the lints are silently off.

use super::Failure;
use crate::checkout::Source;

/// Has lints of its own: a file system that dies at every call cannot be written without `unsafe`.
const EXCEPT: &str = "crates/patrol-testkit/Cargo.toml";

/// Packages without the workspace's lints.
pub(super) fn check(sources: &[Source]) -> Vec<Failure> {
    let manifests = sources
        .iter()
        .filter(|one| one.path.ends_with("/Cargo.toml") && one.path != EXCEPT);
    manifests
        .filter_map(|source| judge(&source.text).err().map(|what| fail(source, what)))
        .collect()
}

fn fail(source: &Source, what: String) -> Failure {
    Failure::new(&source.path, 1, what, "write `[lints]` and `workspace = true`")
}

fn judge(manifest: &str) -> Result<(), String> {
    let table: toml::Table = manifest
        .parse()
        .map_err(|error| format!("is no sound TOML ({error})"))?;
    let inherits = table
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        .and_then(toml::Value::as_bool);
    if inherits == Some(true) {
        Ok(())
    } else {
        Err("the workspace's lints are off here".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{places, source};
    use super::*;

    #[test]
    fn a_package_without_lints_is_refused_except_one() {
        let without = "[package]\nname = \"a\"\n";
        let sources = [
            source("Cargo.toml", "[workspace]\n"),
            source("crates/a/Cargo.toml", without),
            source(
                "crates/b/Cargo.toml",
                "[package]\nname = \"b\"\n[lints]\nworkspace = true\n",
            ),
            source("crates/patrol-testkit/Cargo.toml", without),
        ];
        assert_eq!(places(&check(&sources)), ["crates/a/Cargo.toml:1"]);
    }
}
