//! One key set over the file: by the environment, or by an option of the command line.

use serde::Deserialize as _;
use toml::{Table, Value};

use super::Config;
use crate::error::StationError;

/// What an environment variable that sets a key begins with.
const PREFIX: &str = "XUNGE_STATION_";

/// The tables of the file; a variable's name runs a table and a key together.
const SECTIONS: [&str; 7] = ["district", "street_office", "tls", "limits", "metrics", "backup", "log"];

/// A key and what it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// `key` or `section.key`, as in the file.
    pub key: String,
    /// The value as people write it: text without quotes, or TOML.
    pub value: String,
    /// The variable or the option, for whoever has to correct it.
    pub said_by: String,
}

impl Setting {
    /// Of a variable `XUNGE_STATION_<SECTION>_<KEY>`; nothing for any other.
    pub fn from_variable(name: &str, value: &str) -> Option<Self> {
        let key = name.strip_prefix(PREFIX)?.to_ascii_lowercase();
        let section = SECTIONS.iter().find_map(|section| {
            let rest = key.strip_prefix(section)?.strip_prefix('_')?;
            Some(format!("{section}.{rest}"))
        });
        Some(Self {
            key: section.unwrap_or(key),
            value: value.to_owned(),
            said_by: name.to_owned(),
        })
    }

    /// The settings with this one in place.
    pub(super) fn over(&self, config: &Config) -> Result<Config, StationError> {
        let refused = |reason: &toml::de::Error| StationError::Setting {
            said_by: self.said_by.clone(),
            reason: reason.message().to_owned(),
        };
        let table = Table::try_from(config).map_err(|error| StationError::Setting {
            said_by: self.said_by.clone(),
            reason: error.to_string(),
        })?;
        // A number or a list reads as TOML; a name that looks like one is taken for a word when that fits better.
        let written = toml::from_str::<Table>(&format!("value = {}", self.value)).ok();
        let written = written.and_then(|mut table| table.remove("value"));
        if let Some(written) = written
            && let Ok(config) = Config::deserialize(self.set(table.clone(), written))
        {
            return Ok(config);
        }
        let word = Value::String(self.value.clone());
        Config::deserialize(self.set(table, word)).map_err(|error| refused(&error))
    }

    fn set(&self, mut table: Table, value: Value) -> Table {
        match self.key.split_once('.') {
            None => drop(table.insert(self.key.clone(), value)),
            Some((section, key)) => {
                let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
                if let Value::Table(section) = section {
                    section.insert(key.to_owned(), value);
                }
            }
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DEFAULT_LISTEN, Place, TlsMode, template};
    use super::*;

    fn over(name: &str, value: &str) -> Result<Config, String> {
        let text = template("x", DEFAULT_LISTEN, &Place::default(), &Place::default(), TlsMode::On);
        let config = toml::from_str(&text).map_err(|error| error.to_string())?;
        let setting = Setting::from_variable(name, value).ok_or("not ours")?;
        setting.over(&config).map_err(|error| error.to_string())
    }

    #[test]
    fn a_variable_sets_a_key_of_any_kind() {
        assert_eq!(over("XUNGE_STATION_LISTEN", "[::1]:1").unwrap().listen, "[::1]:1");
        assert_eq!(over("XUNGE_STATION_NAME", "007").unwrap().name, "007");
        assert_eq!(
            over("XUNGE_STATION_STREET_OFFICE_CODE", "320116006")
                .unwrap()
                .street_office
                .code,
            "320116006"
        );
        assert_eq!(
            over("XUNGE_STATION_TLS_MODE", "off-on-loopback").unwrap().tls.mode,
            TlsMode::OffOnLoopback
        );
        assert_eq!(
            over("XUNGE_STATION_TLS_NAMES", "[\"a\", \"b\"]").unwrap().tls.names,
            ["a", "b"]
        );
        assert!(Setting::from_variable("PATH", "/bin").is_none());
    }

    #[test]
    fn what_is_wrong_is_named_by_its_variable() {
        for (name, value) in [
            ("XUNGE_STATION_TLS_MODE", "perhaps"),
            ("XUNGE_STATION_TLS_NAMES", "one"),
            ("XUNGE_STATION_LISTNE", "127.0.0.1:1"),
            ("XUNGE_STATION_TLS_COLOUR", "red"),
        ] {
            let said = over(name, value).unwrap_err();
            assert!(said.starts_with(name) && !said.contains('\n'), "{said}");
        }
    }
}
