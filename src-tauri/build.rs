//! Declares the window's commands to Tauri.
//!
//! Only what is declared here is subject to Tauri's access list; without this call every command would be open to
//! every page. The names come from the same file as the test that compares them with the dispatch table.

use std::error::Error;

#[path = "src/names.rs"]
mod names;

fn main() -> Result<(), Box<dyn Error>> {
    let commands = tauri_build::AppManifest::new().commands(names::NAMES);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    Ok(())
}
