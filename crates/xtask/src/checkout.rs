//! The checkout: where its root is, what belongs to it, where its programs are built.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::process::Call;

/// The feature with which the window's program carries its interface inside. Every cargo call uses the same one:
/// switching it rebuilds the whole window library.
pub(crate) const WINDOW_FEATURE: &str = "xunge/custom-protocol";

/// A checkout of the workspace.
pub(crate) struct Checkout {
    root: PathBuf,
    metadata: Metadata,
}

/// A text file of the project.
pub(crate) struct Source {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    /// Its whole text.
    pub(crate) text: String,
}

impl Checkout {
    /// The checkout this task was started from.
    pub(crate) fn find() -> Result<Self> {
        // Set anew by `cargo run`: right even when one target folder serves two checkouts.
        let own = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&own)
            .ancestors()
            .nth(2)
            .context("crates/xtask has no folder two levels up")?
            .to_path_buf();
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .no_deps()
            .exec()
            .context("cargo cannot say what the workspace holds")?;
        Ok(Self { root, metadata })
    }

    /// The folder with the workspace's Cargo.toml.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The packages of the workspace.
    pub(crate) fn packages(&self) -> Vec<&Package> {
        self.metadata.workspace_packages()
    }

    /// Whether a package has a test, bench … target of this name.
    pub(crate) fn has_target(&self, package: &str, target: &str) -> bool {
        self.packages()
            .iter()
            .filter(|candidate| candidate.name == package)
            .any(|candidate| candidate.targets.iter().any(|one| one.name == target))
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target_folder(&self) -> PathBuf {
        self.metadata.target_directory.clone().into()
    }

    /// Where the debug programs are.
    pub(crate) fn program_folder(&self) -> PathBuf {
        self.target_folder().join("debug")
    }

    /// A program of the workspace, built by an earlier call of cargo.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.program_folder().join(name)
    }

    /// A call of cargo in the root.
    pub(crate) fn cargo(&self) -> Call {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Call::named(cargo, "cargo").folder(&self.root)
    }

    /// A call of another program in the root.
    pub(crate) fn call(&self, program: &str) -> Call {
        Call::new(program).folder(&self.root)
    }

    /// Every text file that belongs to the project: what git knows or would add.
    pub(crate) fn sources(&self) -> Result<Vec<Source>> {
        let list = self
            .call("git")
            .args(["-c", "core.quotePath=false", "ls-files", "-co", "--exclude-standard"])
            .capture()
            .context("git cannot list the project's files")?;
        let mut sources = Vec::new();
        for path in list.lines() {
            let file = self.root.join(path);
            // Deleted but not yet committed, or a submodule: nothing to read.
            if !file.is_file() {
                continue;
            }
            let bytes = std::fs::read(&file).with_context(|| format!("cannot read {path}"))?;
            // Not UTF-8 = a picture, a font: no text to check.
            if let Ok(text) = String::from_utf8(bytes) {
                sources.push(Source {
                    path: path.to_owned(),
                    text,
                });
            }
        }
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(sources)
    }
}
