//! The district that a phone works in: its communities and streets, as data.

use serde::Deserialize;

use crate::error::AppError;
use crate::view::{DistrictView, StreetView};

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
            "../../../../assets/packs/demo-district.toml"
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
        let streets = self.street.iter().filter(is_like);
        streets.map(|street| street.id.clone()).collect()
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
