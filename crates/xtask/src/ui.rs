//! The interface: fetching its libraries and building it, each only when something changed.
//!
//! Stamps lie in `ui/node_modules`, which goes when the libraries go: then everything is done again, rightly.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::digest;
use crate::process::Call;

const LOCK_STAMP: &str = ".xunge-lock";
const BUILD_STAMP: &str = ".xunge-build";

/// The folder of the interface's npm workspace; an error that says what is missing.
fn folder(checkout: &Checkout) -> Result<PathBuf> {
    let folder = checkout.root().join("ui");
    for name in ["package.json", "package-lock.json"] {
        if !folder.join(name).is_file() {
            bail!("ui/{name} is missing: there is no interface to build in this checkout");
        }
    }
    Ok(folder)
}

/// A call of npm in ui/.
pub(crate) fn npm(checkout: &Checkout) -> Result<Call> {
    Ok(Call::new("npm").folder(&folder(checkout)?))
}

/// `npm ci`, when the lock file is not the one the libraries were fetched for.
pub(crate) fn install(checkout: &Checkout) -> Result<()> {
    let folder = folder(checkout)?;
    let lock = std::fs::read(folder.join("package-lock.json")).context("cannot read ui/package-lock.json")?;
    let wanted = digest::of_bytes(&lock);
    let complete = folder.join("node_modules/.package-lock.json").is_file();
    if complete && stamp(&folder, LOCK_STAMP).as_deref() == Some(&wanted) {
        return Ok(());
    }
    println!("Fetching the interface's libraries (as ui/package-lock.json names them).");
    npm(checkout)?.args(["ci", "--no-audit", "--no-fund"]).run()?;
    set_stamp(&folder, LOCK_STAMP, &wanted)
}

/// `npm run build`, when a source changed since the last time.
pub(crate) fn build_if_changed(checkout: &Checkout) -> Result<()> {
    let folder = folder(checkout)?;
    let wanted = inputs(checkout, &folder)?;
    if is_built(&folder)? && stamp(&folder, BUILD_STAMP).as_deref() == Some(&wanted) {
        return Ok(());
    }
    build(checkout)
}

/// `npm run build`, in any case.
pub(crate) fn build(checkout: &Checkout) -> Result<()> {
    let folder = folder(checkout)?;
    // Before the build, so that a file saved meanwhile means another build.
    let built = inputs(checkout, &folder)?;
    npm(checkout)?.args(["run", "build"]).run()?;
    set_stamp(&folder, BUILD_STAMP, &built)
}

/// The window's program takes the built interface in when it is compiled: builds it if there is none at all yet.
pub(crate) fn build_if_absent(checkout: &Checkout) -> Result<()> {
    let folder = folder(checkout)?;
    if is_built(&folder)? {
        return Ok(());
    }
    install(checkout)?;
    build(checkout)
}

fn inputs(checkout: &Checkout, folder: &Path) -> Result<String> {
    let assets = checkout.root().join("assets");
    digest::of_folders(&[folder, &assets], &|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !matches!(&*name, "node_modules" | "dist" | "demo") && !name.starts_with('.') && !name.ends_with(".tsbuildinfo")
    })
}

fn is_built(folder: &Path) -> Result<bool> {
    for entry in std::fs::read_dir(folder).context("cannot list ui/")? {
        if entry?.path().join("dist/index.html").is_file() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn stamp(folder: &Path, name: &str) -> Option<String> {
    std::fs::read_to_string(folder.join("node_modules").join(name)).ok()
}

fn set_stamp(folder: &Path, name: &str, value: &str) -> Result<()> {
    let path = folder.join("node_modules").join(name);
    std::fs::write(&path, value).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_counts_as_built_when_one_app_has_its_page() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_built(folder.path()).unwrap());
        std::fs::create_dir_all(folder.path().join("officer/dist")).unwrap();
        assert!(!is_built(folder.path()).unwrap());
        std::fs::write(folder.path().join("officer/dist/index.html"), "<!doctype html>").unwrap();
        assert!(is_built(folder.path()).unwrap());
    }
}
