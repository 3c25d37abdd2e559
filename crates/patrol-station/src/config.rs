//! `station.toml`: what people set. Every key is explained in the file that `init` writes, and each can be set over by
//! the environment or the command line.

mod limits;
mod setting;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use patrol_sqlite::Disk;
use serde::{Deserialize, Serialize};

use crate::durable;
use crate::error::StationError;

pub use limits::Limits;
pub use setting::Setting;

/// The address that a new station listens at.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8620";

/// A code of the national division table and what people call the place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// 6 digits for a district, 9 for a street office; may be empty.
    pub code: String,
    /// The name; may be empty.
    pub name: String,
}

/// Whether the station speaks TLS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// Always.
    #[default]
    On,
    /// Plain HTTP, and only at an address that no other machine can reach.
    OffOnLoopback,
    /// Plain HTTP wherever it listens: everybody on the way reads everything. For a proxy in front that speaks TLS.
    OffInsecurely,
}

/// How connections are made safe.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsConfig {
    /// Whether at all.
    pub mode: TlsMode,
    /// Names and addresses that phones call, beside those in `listen` and `public_url`.
    pub names: Vec<String>,
    /// A given certificate chain, PEM; the station's own when not set.
    pub certificate: Option<PathBuf>,
    /// The private key to it, PEM.
    pub key: Option<PathBuf>,
    /// The authority that the given certificate comes from, PEM: what phones pin.
    pub authority: Option<PathBuf>,
}

/// Where counters are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// Address and port for `/metrics`, over plain HTTP; nowhere when not set.
    pub listen: Option<String>,
}

/// How long backups are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BackupConfig {
    /// How many verified backups `backup` leaves; all when not set.
    pub keep: Option<NonZeroU32>,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object a line.
    Json,
}

/// What is written of what happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// How.
    pub format: LogFormat,
    /// How much: a level, or directives of `tracing`.
    pub filter: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".to_owned(),
        }
    }
}

/// What stands in `station.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// How connections are made safe.
    #[serde(default)]
    pub tls: TlsConfig,
    /// What bounds requests, phones and strangers.
    #[serde(default)]
    pub limits: Limits,
    /// Where counters are read.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// How long backups are kept.
    #[serde(default)]
    pub backup: BackupConfig,
    /// What is written of what happens.
    #[serde(default)]
    pub log: LogConfig,
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
    /// Reads the file, then sets `settings` over it in their order.
    ///
    /// # Errors
    /// [`StationError::NotInitialised`] when there is none, [`StationError::Config`] with the line when it is wrong,
    /// [`StationError::Setting`] with the name of the setting that is.
    pub fn load(disk: &dyn Disk, path: &Path, settings: &[Setting]) -> Result<Self, StationError> {
        let text = match durable::read_text(disk, path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StationError::NotInitialised { path: path.to_owned() });
            }
            other => other.map_err(|source| StationError::File {
                path: path.to_owned(),
                source,
            })?,
        };
        let config = Self::parse(path, &text)?;
        settings
            .iter()
            .try_fold(config, |config, setting| setting.over(&config))
    }

    /// Reads the text of the file at `path`.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, StationError> {
        toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            StationError::Config {
                path: path.to_owned(),
                line: before.matches('\n').count() + 1,
                reason: error.message().to_owned(),
            }
        })
    }

    /// What an address of this station begins with.
    pub fn scheme(&self) -> &'static str {
        match self.tls.mode {
            TlsMode::On => "https",
            TlsMode::OffOnLoopback | TlsMode::OffInsecurely => "http",
        }
    }

    /// The address that phones use unless told otherwise.
    pub fn url(&self) -> String {
        let scheme = self.scheme();
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("{scheme}://{}", self.listen),
        }
    }

    /// Where to listen.
    ///
    /// # Errors
    /// [`StationError::Address`] when it is no address, [`StationError::Unencrypted`] when other machines can reach it
    /// and nothing would be encrypted.
    pub fn address(&self) -> Result<SocketAddr, StationError> {
        let text = &self.listen;
        let address = text
            .parse()
            .map_err(|_| StationError::Address { text: text.to_owned() })?;
        self.may_listen(address).map(|()| address)
    }

    pub(crate) fn may_listen(&self, address: SocketAddr) -> Result<(), StationError> {
        match self.tls.mode {
            TlsMode::On | TlsMode::OffInsecurely => Ok(()),
            TlsMode::OffOnLoopback if address.ip().is_loopback() => Ok(()),
            TlsMode::OffOnLoopback => Err(StationError::Unencrypted { address }),
        }
    }
}

/// The file of a new station.
pub(crate) fn template(name: &str, listen: &str, district: &Place, street_office: &Place, tls: TlsMode) -> String {
    let text = |value: &str| toml::Value::String(value.to_owned()).to_string();
    let mode = toml::Value::try_from(tls).map_or_else(|_| text("on"), |mode| mode.to_string());
    include_str!("config/station.toml")
        .replace("@NAME@", &text(name))
        .replace("@LISTEN@", &text(listen))
        .replace("@TLS_MODE@", &mode)
        .replace("@DISTRICT_CODE@", &text(&district.code))
        .replace("@DISTRICT_NAME@", &text(&district.name))
        .replace("@OFFICE_CODE@", &text(&street_office.code))
        .replace("@OFFICE_NAME@", &text(&street_office.name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn made(name: &str) -> String {
        let district = "320116=六合区".parse().unwrap();
        template(name, DEFAULT_LISTEN, &district, &Place::default(), TlsMode::On)
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
            assert_eq!(config.url(), "https://127.0.0.1:8620");
        }
    }

    #[test]
    fn a_misspelt_key_is_not_ignored() {
        let text = made("x").replace("listen =", "listne =");
        assert!(read(&text).is_err());
    }

    /// All keys as `section.key`.
    fn keys(table: &serde_json::Value) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for (name, value) in table.as_object().unwrap() {
            match value.as_object() {
                Some(section) => keys.extend(section.keys().map(|key| format!("{name}.{key}"))),
                None => drop(keys.insert(name.clone())),
            }
        }
        keys
    }

    #[test]
    fn every_key_stands_in_the_template_and_every_key_of_the_template_is_one() {
        let uncommented: String = made("x")
            .lines()
            .map(|line| match line.strip_prefix("# ").filter(|rest| is_key(rest)) {
                Some(key) => format!("{key}\n"),
                None => format!("{line}\n"),
            })
            .collect();
        let every: toml::Table = toml::from_str(&uncommented).unwrap();
        read(&uncommented).unwrap();
        let template = keys(&serde_json::to_value(every).unwrap());
        let known = keys(&serde_json::to_value(read(&made("x")).unwrap()).unwrap());
        assert_eq!(template, known);
        let page = include_str!("../../../docs/station.md");
        for key in known {
            let (section, name) = key.rsplit_once('.').unwrap_or(("(top)", &key));
            let row = page
                .lines()
                .find(|line| line.starts_with('|') && line.contains(section));
            assert!(
                row.is_some_and(|row| row.contains(&format!("`{name}`"))),
                "{key} is missing in docs/station.md"
            );
        }
    }

    fn is_key(line: &str) -> bool {
        line.split_once(" = ").is_some_and(|(key, _)| {
            !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
    }

    #[test]
    fn plain_http_is_for_loopback_unless_its_insecurity_is_named() {
        let at = |mode, listen: &str| {
            let mut config = read(&made("x")).unwrap();
            config.tls.mode = mode;
            config.listen = listen.to_owned();
            config.address().is_ok()
        };
        for mode in [TlsMode::On, TlsMode::OffOnLoopback, TlsMode::OffInsecurely] {
            assert!(at(mode, "127.0.0.1:8620") && at(mode, "[::1]:0"));
            assert_eq!(at(mode, "192.0.2.1:8620"), mode != TlsMode::OffOnLoopback);
            assert_eq!(at(mode, "0.0.0.0:8620"), mode != TlsMode::OffOnLoopback);
            assert!(!at(mode, "somewhere:80"));
        }
    }
}
