//! `station.toml`: what people set. Every key is explained in the file that `init` writes.

use std::path::Path;

use serde::Deserialize;

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
    /// The district.
    #[serde(default)]
    pub district: Place,
    /// The street office.
    #[serde(default)]
    pub street_office: Place,
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// [`StationError::NotInitialised`] when there is none, [`StationError::Config`] with the line when it is wrong.
    pub fn load(path: &Path) -> Result<Self, StationError> {
        let text = match std::fs::read_to_string(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StationError::NotInitialised { path: path.to_owned() });
            }
            other => other.map_err(|source| StationError::File {
                path: path.to_owned(),
                source,
            })?,
        };
        toml::from_str(&text).map_err(|source| StationError::Config {
            path: path.to_owned(),
            source: Box::new(source),
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
pub(crate) fn template(name: &str, listen: &str) -> String {
    let text = |value: &str| toml::Value::String(value.to_owned()).to_string();
    include_str!("config/station.toml")
        .replace("@NAME@", &text(name))
        .replace("@LISTEN@", &text(listen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_reads_back_whatever_the_name() {
        for name in ["江心洲中队", "a\"b\\c\n[x]", ""] {
            let config: Config = toml::from_str(&template(name, DEFAULT_LISTEN)).unwrap();
            assert_eq!((config.name.as_str(), config.listen.as_str()), (name, DEFAULT_LISTEN));
            assert_eq!(config.url(), "http://127.0.0.1:8620");
        }
    }

    #[test]
    fn a_misspelt_key_is_not_ignored() {
        let text = template("x", DEFAULT_LISTEN).replace("listen =", "listne =");
        assert!(toml::from_str::<Config>(&text).is_err());
    }
}
