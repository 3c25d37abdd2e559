//! Makes a station: folders, keys, certificate authority, database, settings.
//!
//! The settings come last, so that a folder with `station.toml` is a whole station. Whatever is there already is never
//! touched: overwriting a receipt key would make every receipt that a phone holds unverifiable.

use std::path::{Path, PathBuf};

use patrol_domain::id::IdMint;
use patrol_domain::{StationId, WallMs};

use crate::config::{Config, DEFAULT_LISTEN, Place, TlsMode, template};
use crate::durable;
use crate::error::StationError;
use crate::key::ReceiptKey;
use crate::layout::Layout;
use crate::ports::Ports;
use crate::recovery::RecoveryKey;
use crate::store::sqlite::SqliteStore;
use crate::{StationFacts, base32, bounds, tls};

/// What a new station needs to know.
#[derive(Debug, Clone)]
pub struct InitOptions {
    /// The data folder; made when it is not there.
    pub data: PathBuf,
    /// What people call the station.
    pub name: String,
    /// Where it listens; `None` for the usual address.
    pub listen: Option<String>,
    /// Whether it speaks TLS.
    pub tls: TlsMode,
    /// The district.
    pub district: Place,
    /// The street office.
    pub street_office: Place,
}

/// Makes a station.
///
/// # Errors
/// [`StationError::Exists`] when the folder holds any part of a station; a name that phones could not show; whatever
/// the disk refuses.
pub fn init(options: &InitOptions, ports: &Ports) -> Result<(), StationError> {
    let InitOptions {
        data,
        name,
        listen,
        tls: mode,
        district,
        street_office,
    } = options;
    bounds::station_name(name)?;
    let layout = Layout::new(data);
    let disk = &*ports.disk;
    let listen = listen.as_deref().unwrap_or(DEFAULT_LISTEN);
    let settings = template(name, listen, district, street_office, *mode);
    Config::parse(&layout.config(), &settings)?.address()?;
    for path in [
        layout.config(),
        layout.database(),
        layout.receipt_key(),
        layout.recovery_public(),
        layout.authority(),
        layout.restoring(),
    ] {
        if disk
            .length(&path)
            .map_err(|source| file_error(&path, source))?
            .is_some()
        {
            return Err(StationError::Exists { path });
        }
    }
    for folder in [layout.keys(), layout.photos(), layout.thumbs(), layout.incoming()] {
        disk.make_folder(&folder)
            .map_err(|source| file_error(&folder, source))?;
    }
    let key = ReceiptKey::make(&layout.receipt_key(), ports)?;
    RecoveryKey::make(&layout, ports)?;
    let now = ports.clock.now();
    let id = StationId::new(IdMint::default().next(WallMs(now.0), ports.random()?));
    let facts = StationFacts {
        station: id,
        epoch: base32::encode(&ports.random::<10>()?),
    };
    SqliteStore::create(&layout, &facts, key.public(), now, ports)?;
    tls::make_authority(disk, &layout, id, now)?;
    let path = layout.config();
    durable::write_whole(disk, &path, settings.as_bytes()).map_err(|source| file_error(&path, source))
}

fn file_error(path: &Path, source: std::io::Error) -> StationError {
    StationError::File {
        path: path.to_owned(),
        source,
    }
}
