//! `station.toml`: what people set. Every key is explained in the file that `init` writes.

use std::path::Path;

use patrol_sqlite::Disk;
use serde::Deserialize;

use crate::durable;
use crate::error::StationError;

/// The address that a new station listens at.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8620";

/// A code of the national division table and what people call the place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// 6 digits for a district, 9 for a street office; may be empty.
    pub code: String,
    /// The name; may be empty.
    pub name: String,
}

/// What stands in `station.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What people call the station.
    pub name: String,
    /// Address and port to listen at.
    pub listen: String,
    /// The address that phones use, when it is another one.
    #[serde(default)]
    pub public_url: Option<String>,
    /// The folder of the epoch marker, when it is not `marker` in the data folder: best a disk of its own, so that what
    /// sets the database back does not set the marker back.
    #[serde(default)]
    pub marker: Option<std::path::PathBuf>,
    /// The district.
    #[serde(default)]
    pub district: Place,
    /// The street office.
    #[serde(default)]
    pub street_office: Place,
}

impl std::str::FromStr for Place {
    type Err = String;

    /// `320116=六合区`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (code, name) = text
            .split_once('=')
            .ok_or("write it as code=name, e.g. 320116=六合区")?;
        if !code.chars().all(|character| character.is_ascii_digit()) {
            return Err("the code in front of = has digits only".to_owned());
        }
        Ok(Self {
            code: code.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// [`StationError::NotInitialised`] when there is none, [`StationError::Config`] with the line when it is wrong.
    pub fn load(disk: &dyn Disk, path: &Path) -> Result<Self, StationError> {
        let text = match durable::read_text(disk, path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StationError::NotInitialised { path: path.to_owned() });
            }
            other => other.map_err(|source| StationError::File {
                path: path.to_owned(),
                source,
            })?,
        };
        toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            StationError::Config {
                path: path.to_owned(),
                line: before.matches('\n').count() + 1,
                reason: error.message().to_owned(),
            }
        })
    }

    /// The address that phones use unless told otherwise.
    pub fn url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }
}

/// The file of a new station.
pub(crate) fn template(name: &str, listen: &str, district: &Place, street_office: &Place) -> String {
    let text = |value: &str| toml::Value::String(value.to_owned()).to_string();
    include_str!("config/station.toml")
        .replace("@NAME@", &text(name))
        .replace("@LISTEN@", &text(listen))
        .replace("@DISTRICT_CODE@", &text(&district.code))
        .replace("@DISTRICT_NAME@", &text(&district.name))
        .replace("@OFFICE_CODE@", &text(&street_office.code))
        .replace("@OFFICE_NAME@", &text(&street_office.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: &str) -> String {
        let district = "320116=六合区".parse().unwrap();
        template(name, DEFAULT_LISTEN, &district, &Place::default())
    }

    fn read(text: &str) -> Result<Config, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn a_place_is_a_code_and_a_name() {
        let config = read(&made("x")).unwrap();
        assert_eq!(
            (config.district.code.as_str(), config.district.name.as_str()),
            ("320116", "六合区")
        );
        assert_eq!(config.street_office, Place::default());
        assert!("六合区".parse::<Place>().is_err());
        assert!("六=合".parse::<Place>().is_err());
    }

    #[test]
    fn the_template_reads_back_whatever_the_name() {
        for name in ["江心洲中队", "a\"b\\c\n[x]", ""] {
            let config = read(&made(name)).unwrap();
            assert_eq!((config.name.as_str(), config.listen.as_str()), (name, DEFAULT_LISTEN));
            assert_eq!(config.url(), "http://127.0.0.1:8620");
        }
    }

    #[test]
    fn a_misspelt_key_is_not_ignored() {
        let text = made("x").replace("listen =", "listne =");
        assert!(read(&text).is_err());
    }
}
