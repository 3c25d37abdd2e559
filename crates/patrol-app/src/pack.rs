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

    /// Codes of the matters of a class.
    pub(crate) fn of_class(&self, class: &str) -> Vec<String> {
        let items = self.item.iter().filter(|item| item.class == class);
        items.map(|item| item.code.clone()).collect()
    }

    /// Codes of the matters whose name contains `small`, a word in small letters, or is shortened to it.
    pub(crate) fn named_like(&self, small: &str) -> Vec<String> {
        let is_like = |item: &&Item| {
            item.zh.contains(small) || item.en.to_lowercase().contains(small) || is_short_for(small, &item.zh)
        };
        self.item.iter().filter(is_like).map(|item| item.code.clone()).collect()
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

/// Whether a word is what people make of a long Chinese name: two to four of its characters in their order, 违停 for
/// 机动车违法停放.
fn is_short_for(word: &str, name: &str) -> bool {
    let is_han = |character: char| ('\u{4e00}'..='\u{9fff}').contains(&character);
    let mut rest = name.chars();
    (2..=4).contains(&word.chars().count()) && word.chars().all(|one| is_han(one) && rest.any(|other| other == one))
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

    /// Chinese and English name of a community.
    pub(crate) fn community(&self, code: &str) -> Option<(&str, &str)> {
        let found = self.community.iter().find(|community| community.code == code);
        found.map(|community| (community.zh.as_str(), community.en.as_str()))
    }

    /// Ids of the streets whose name contains `small`, a word in small letters.
    pub(crate) fn named_like(&self, small: &str) -> Vec<String> {
        let is_like = |street: &&Street| street.zh.contains(small) || street.en.to_lowercase().contains(small);
        self.street
            .iter()
            .filter(is_like)
            .map(|street| street.id.clone())
            .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_word_is_some_characters_of_the_name_in_their_order() {
        assert!(is_short_for("违停", "机动车违法停放"));
        assert!(!is_short_for("停违", "机动车违法停放"));
        assert!(!is_short_for("停", "机动车违法停放"));
        assert!(!is_short_for("违法停放机", "机动车违法停放"));
        assert!(!is_short_for("AB", "AAB"));
    }
}
