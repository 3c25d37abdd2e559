//! The demo's scenes and the scripted patrol.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::AppError;
use crate::view::DemoPhotoView;

/// The demo's scenes and the scripted patrol, read from the folder that holds the pictures.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Patrol {
    #[serde(default)]
    scene: Vec<Scene>,
    /// The cases that the scripted patrol records.
    #[serde(default)]
    pub case: Vec<PatrolCase>,
}

#[derive(Debug, Clone, Deserialize)]
struct Scene {
    file: String,
    zh: String,
    en: String,
}

/// One case of the scripted patrol.
#[derive(Debug, Clone, Deserialize)]
pub struct PatrolCase {
    /// The matter's code.
    pub matter: String,
    /// The plate as an officer would type it.
    #[serde(default)]
    pub plate: String,
    /// The street's id.
    pub street: Option<String>,
    /// The note.
    #[serde(default)]
    pub note: String,
    /// The answers to the matter's form.
    #[serde(default)]
    pub form: BTreeMap<String, toml::Value>,
    /// The pictures, relative to the folder.
    pub photos: Vec<String>,
    /// Which picture of the shot list each is, in the same order; what is missing is none of the list's.
    #[serde(default)]
    pub slots: Vec<String>,
}

impl Patrol {
    /// Reads `patrol.toml` in `folder`.
    ///
    /// # Errors
    /// [`AppError::File`] when there is none, [`AppError::Pack`] when it cannot be read.
    pub fn read(folder: &Path) -> Result<Self, AppError> {
        Ok(toml::from_str(&std::fs::read_to_string(folder.join("patrol.toml"))?)?)
    }

    pub(crate) fn views(&self) -> Vec<DemoPhotoView> {
        let view = |scene: &Scene| DemoPhotoView {
            name: scene.file.clone(),
            zh: scene.zh.clone(),
            en: scene.en.clone(),
        };
        self.scene.iter().map(view).collect()
    }

    pub(crate) fn has_scene(&self, name: &str) -> bool {
        self.scene.iter().any(|scene| scene.file == name)
    }
}
