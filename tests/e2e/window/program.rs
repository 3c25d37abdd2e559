//! The built programs, and what they say on a call.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// The path of one of our programs.
pub(crate) fn program(name: &str) -> PathBuf {
    let folder = std::env::var_os("XUNGE_BIN_DIR").map_or_else(beside_this_test, PathBuf::from);
    let path = folder.join(name);
    assert!(path.is_file(), "{} is not built", path.display());
    path
}

/// `target/debug/deps/window-…` lies one folder below the programs.
fn beside_this_test() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().to_owned()
}

/// A file of the checkout.
pub(crate) fn checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Runs a program to its end and gives what it printed.
pub(crate) async fn said(name: &str, arguments: &[&str], data: &Path) -> String {
    let output = Command::new(program(name))
        .args(arguments)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} {arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
