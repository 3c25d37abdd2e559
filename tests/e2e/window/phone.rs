//! An officer's phone: a data folder, and what its camera has made.

use std::path::{Path, PathBuf};

use patrol_testkit::photo::PhotoBuilder;
use tempfile::TempDir;

use crate::program::said;
use crate::screen::Screen;
use crate::session::Session;

/// The data of a phone. Its window can be opened again and again.
pub(crate) struct Phone {
    folder: TempDir,
    enrol_code: String,
}

impl Phone {
    /// A phone out of its box.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            enrol_code: String::new(),
        }
    }

    /// A phone whose window is started with a code, as the demo does it.
    pub(crate) fn with_code(code: String) -> Self {
        Self {
            enrol_code: code,
            ..Self::new()
        }
    }

    /// Empty unless there is one.
    pub(crate) fn enrol_code(&self) -> &str {
        &self.enrol_code
    }

    /// Where the app keeps its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Everything of this phone: data, the webview's own files, the camera's.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Opens the window.
    pub(crate) async fn open(&self) -> Screen {
        Screen::of(Session::start(self).await)
    }

    /// A file as the camera, or somebody else, left it.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let folder = self.folder.path().join("camera");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// A photo of its own for each seed, with time and place.
    pub(crate) fn photo(&self, seed: u64) -> PathBuf {
        let bytes = PhotoBuilder::new(seed)
            .size(1600, 1200)
            .taken("2026:06:18 09:12:08", Some("+08:00"))
            .gps(32.341_258_6, 118.840_317_2)
            .gps_accuracy(4.8)
            .camera_thumbnail()
            .build();
        self.file(&format!("IMG_{seed:04}.jpg"), &bytes)
    }

    /// What it holds, as text; the window must be closed.
    pub(crate) async fn digest(&self) -> String {
        said("patrol-headless", &["digest"], &self.data()).await
    }
}
