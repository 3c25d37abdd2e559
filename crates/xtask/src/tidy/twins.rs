//! The workspace of the fuzz targets goes with the product's: same lints, same versions of what both are built from.
//!
//! Two workspaces have two lock files, and cargo lets them drift apart: a fuzzer would then search a decoder that no
//! phone has.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::Failure;
use crate::checkout::Source;

const LOCKS: [&str; 2] = ["Cargo.lock", "tests/fuzz/Cargo.lock"];
const MANIFESTS: [&str; 2] = ["Cargo.toml", "tests/fuzz/Cargo.toml"];

/// What has drifted apart. Where there are no two, nothing has.
pub(super) fn check(sources: &[Source]) -> Vec<Failure> {
    let mut failures = Vec::new();
    if let Some([ours, theirs]) = tables(sources, MANIFESTS)
        && lints(&ours) != lints(&theirs)
    {
        let [_, place] = MANIFESTS;
        let what = "its lints are not those of the root's Cargo.toml";
        failures.push(Failure::new(place, 1, what, "copy them"));
    }
    if let Some([ours, theirs]) = tables(sources, LOCKS) {
        let (ours, [_, place]) = (versions(&ours), LOCKS);
        for (name, versions) in versions(&theirs) {
            let Some(known) = ours.get(&name) else { continue };
            for version in versions.difference(known) {
                let shown: Vec<_> = known.iter().map(String::as_str).collect();
                let what = format!("{name} {version} is not what the product has ({})", shown.join(", "));
                let remedy = "copy Cargo.lock there and run `cargo xtask fuzz plate --seconds 1`";
                failures.push(Failure::new(place, 1, what, remedy));
            }
        }
    }
    failures
}

/// Both files, when both are there and sound; cargo itself complains of the others.
fn tables(sources: &[Source], paths: [&str; 2]) -> Option<[Table; 2]> {
    let table = |path| sources.iter().find(|source| source.path == path)?.text.parse().ok();
    let [first, second] = paths.map(table);
    Some([first?, second?])
}

fn lints(manifest: &Table) -> Option<&Value> {
    manifest.get("workspace")?.get("lints")
}

fn versions(lock: &Table) -> BTreeMap<String, BTreeSet<String>> {
    let mut versions = BTreeMap::<String, BTreeSet<String>>::new();
    for package in lock.get("package").and_then(Value::as_array).into_iter().flatten() {
        let text = |key| package.get(key).and_then(Value::as_str).map(str::to_owned);
        if let (Some(name), Some(version)) = (text("name"), text("version")) {
            versions.entry(name).or_default().insert(version);
        }
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::super::testing::{places, source};
    use super::*;

    fn lock(packages: &[(&str, &str)]) -> String {
        let entry =
            |(name, version): &(&str, &str)| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
        packages.iter().map(entry).collect()
    }

    #[test]
    fn another_version_of_the_same_library_is_refused() {
        let [ours, theirs] = LOCKS;
        let sources = [
            source(ours, &lock(&[("syn", "2.0.1"), ("syn", "3.0.1"), ("png", "0.18.1")])),
            source(
                theirs,
                &lock(&[("syn", "3.0.1"), ("png", "0.18.2"), ("arbitrary", "1.5.0")]),
            ),
        ];
        let failures = check(&sources);
        assert_eq!(places(&failures), ["tests/fuzz/Cargo.lock:1"]);
        assert!(failures[0].to_string().contains("png 0.18.2"));
    }

    #[test]
    fn other_lints_are_refused() {
        let [ours, theirs] = MANIFESTS;
        let lints = "[workspace.lints.rust]\nunsafe_code = \"forbid\"\n";
        let same = [source(ours, lints), source(theirs, &format!("[workspace]\n{lints}"))];
        assert!(check(&same).is_empty());
        let other = [source(ours, lints), source(theirs, "[workspace]\n")];
        assert_eq!(places(&check(&other)), ["tests/fuzz/Cargo.toml:1"]);
    }
}
