//! The TypeScript twins of the Rust view types: exported from Rust, kept in ui/shared/bindings, compared by `tidy`.
//!
//! They are kept in git so that the interface can be read and built without compiling Rust.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::checkout::Checkout;

/// Where they are kept, from the root.
pub(crate) const PLACE: &str = "ui/shared/bindings";

/// File name (with `/` when in a subfolder) → text.
pub(crate) type Bindings = BTreeMap<String, String>;

/// `cargo xtask gen-types`: writes them, and removes what Rust no longer has.
pub(crate) fn generate(checkout: &Checkout) -> Result<()> {
    let exported = export(checkout)?;
    let place = checkout.root().join(PLACE);
    for stale in kept(checkout)?.keys().filter(|name| !exported.contains_key(*name)) {
        std::fs::remove_file(place.join(stale)).with_context(|| format!("cannot remove {PLACE}/{stale}"))?;
        println!("removed {PLACE}/{stale}");
    }
    for (name, text) in &exported {
        let path = place.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == *text) {
            continue;
        }
        let folder = path.parent().context("a file has no folder")?;
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        std::fs::write(&path, text).with_context(|| format!("cannot write {PLACE}/{name}"))?;
        println!("wrote {PLACE}/{name}");
    }
    println!("{} types in {PLACE}", exported.len());
    Ok(())
}

/// Exports them from Rust.
pub(crate) fn export(checkout: &Checkout) -> Result<Bindings> {
    let folder = checkout.target_folder().join("xtask-bindings");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    checkout
        .cargo()
        .args(["test", "-p", "patrol-app", "--quiet", "--tests", "export_bindings"])
        .env("TS_RS_EXPORT_DIR", &folder)
        .env("TS_RS_LARGE_INT", "number")
        .capture()
        .context("the types could not be exported from patrol-app")?;
    read(&folder)
}

/// The ones in the checkout.
pub(crate) fn kept(checkout: &Checkout) -> Result<Bindings> {
    read(&checkout.root().join(PLACE))
}

fn read(folder: &Path) -> Result<Bindings> {
    let mut found = Bindings::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        if !next.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&next).with_context(|| format!("cannot list {}", next.display()))? {
            let path: PathBuf = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "ts") {
                let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
                let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                found.insert(name, text);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_in_subfolders_are_found_and_other_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("serde")).unwrap();
        std::fs::write(folder.path().join("Case.ts"), "a").unwrap();
        std::fs::write(folder.path().join("serde/Json.ts"), "b").unwrap();
        std::fs::write(folder.path().join("README.md"), "c").unwrap();
        let names: Vec<_> = read(folder.path()).unwrap().into_keys().collect();
        assert_eq!(names, ["Case.ts", "serde/Json.ts"]);
        assert!(read(&folder.path().join("absent")).unwrap().is_empty());
    }
}
