//! Packs: the catalogue and the district, as data.
//!
//! The two shipped ones are compiled in, so that a phone works before it has ever met a station.

use std::path::Path;

use serde::Deserialize;

use crate::error::AppError;
use crate::view::{DemoPhotoView, DistrictView, MatterView, StreetView};

/// The matters that an officer can record.
#[derive(Debug, Deserialize)]
pub(crate) struct Catalogue {
    pub version: String,
    item: Vec<Item>,
}

#[derive(Debug, Deserialize)]
struct Item {
    code: String,
    zh: String,
    en: String,
    class: String,
    subject: String,
}

impl Catalogue {
    pub(crate) fn shipped() -> Result<Self, AppError> {
        Ok(toml::from_str(include_str!("../../../assets/packs/catalogue.toml"))?)
    }

    pub(crate) fn views(&self) -> Vec<MatterView> {
        let view = |item: &Item| MatterView {
            code: item.code.clone(),
            zh: item.zh.clone(),
            en: item.en.clone(),
            class: item.class.clone(),
            plate: item.subject == "vehicle",
        };
        self.item.iter().map(view).collect()
    }

    pub(crate) fn contains(&self, code: &str) -> bool {
        self.item.iter().any(|item| item.code == code)
    }

    /// Chinese and English name; the code itself for a matter that this catalogue does not have (any more).
    pub(crate) fn names<'a>(&'a self, code: &'a str) -> (&'a str, &'a str) {
        self.item
            .iter()
            .find(|item| item.code == code)
            .map_or((code, code), |item| (&item.zh, &item.en))
    }
}

/// The district that the phone works in.
#[derive(Debug, Deserialize)]
pub(crate) struct District {
    invented_streets: bool,
    district: Area,
    office: Area,
    community: Vec<Area>,
    street: Vec<Street>,
}

#[derive(Debug, Deserialize)]
struct Area {
    code: String,
    zh: String,
    en: String,
}

/// One street.
#[derive(Debug, Deserialize)]
pub(crate) struct Street {
    pub id: String,
    pub zh: String,
    pub en: String,
    pub community: String,
    pub lat: f64,
    pub lon: f64,
}

impl District {
    pub(crate) fn shipped() -> Result<Self, AppError> {
        Ok(toml::from_str(include_str!(
            "../../../assets/packs/demo-district.toml"
        ))?)
    }

    pub(crate) fn view(&self) -> DistrictView {
        DistrictView {
            name_zh: self.district.zh.clone(),
            name_en: self.district.en.clone(),
            office_zh: self.office.zh.clone(),
            office_en: self.office.en.clone(),
            invented: self.invented_streets,
        }
    }

    pub(crate) fn streets(&self) -> Vec<StreetView> {
        let view = |street: &Street| {
            let community = self
                .community
                .iter()
                .find(|community| community.code == street.community);
            StreetView {
                id: street.id.clone(),
                zh: street.zh.clone(),
                en: street.en.clone(),
                community_zh: community.map(|community| community.zh.clone()).unwrap_or_default(),
                community_en: community.map(|community| community.en.clone()).unwrap_or_default(),
            }
        };
        self.street.iter().map(view).collect()
    }

    /// Id, latitude and longitude of each street's middle, in degrees.
    pub(crate) fn points(&self) -> impl Iterator<Item = (&str, f64, f64)> {
        self.street
            .iter()
            .map(|street| (street.id.as_str(), street.lat, street.lon))
    }

    pub(crate) fn street(&self, id: &str) -> Option<&Street> {
        self.street.iter().find(|street| street.id == id)
    }
}

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
    /// The pictures, relative to the folder.
    pub photos: Vec<String>,
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
