//! The demo's phone, through its program without a window.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::process::Call;

/// Cases in a scripted patrol.
const CASES: &str = "12";

/// A phone's program, data folder and the scenes its camera sees.
pub(super) struct Phone {
    program: PathBuf,
    data: PathBuf,
    photos: PathBuf,
}

/// The one field of its status that decides what we do.
#[derive(Deserialize)]
struct Status {
    enrolled: bool,
}

impl Phone {
    pub(super) fn at(checkout: &Checkout, data: &Path) -> Self {
        Self {
            program: checkout.program("patrol-headless"),
            data: data.to_path_buf(),
            photos: checkout.root().join("assets/demo"),
        }
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    pub(super) fn photos(&self) -> &Path {
        &self.photos
    }

    fn call(&self, task: &str) -> Call {
        Call::new(&self.program).arg(task).arg("--data").arg(&self.data)
    }

    /// Records a patrol; there is no network.
    pub(super) fn record(&self) -> Result<()> {
        self.call("record")
            .arg("--photos")
            .arg(&self.photos)
            .args(["--cases", CASES])
            .run()
    }

    /// Whether a station knows it.
    pub(super) fn is_enrolled(&self) -> Result<bool> {
        // A phone that was never switched on: asking would make its database before the window does.
        if !self.data.join("patrol.db").is_file() {
            return Ok(false);
        }
        let said = self.call("status").arg("--json").silently().capture()?;
        let status: Status =
            serde_json::from_str(&said).context("`patrol-headless status --json` says no sound JSON")?;
        Ok(status.enrolled)
    }

    /// Enrols it at the station that made the code.
    pub(super) fn enrol(&self, code: &str) -> Result<()> {
        self.call("enrol").args(["--code", code]).run()
    }

    /// Carries everything to the station.
    pub(super) fn sync(&self) -> Result<()> {
        self.call("sync").run()
    }

    /// Shows what is where.
    pub(super) fn show_status(&self) -> Result<()> {
        self.call("status").run()
    }

    /// What it holds, as text.
    pub(super) fn digest(&self) -> Result<String> {
        self.call("digest").silently().capture()
    }
}
