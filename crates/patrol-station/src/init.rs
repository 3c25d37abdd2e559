//! Makes a station: folders, keys, certificate authority, database, settings.
//!
//! The settings come last, so that a folder with `station.toml` is a whole station. Whatever is there already is never
//! touched: overwriting a receipt key would make every receipt that a phone holds unverifiable.
//!
//! A file `initialising` stands there from before the first key until after the settings. Where it stands without settings,
//! an `init` was cut: nobody was ever answered from there, and the next one starts over. An opened station has none.

use std::path::{Path, PathBuf};

use patrol_domain::id::IdMint;
use patrol_domain::{StationId, WallMs};
use patrol_sqlite::Disk;

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
/// [`StationError::Exists`] when the folder holds any part of a station that is not left of a cut `init`; a name that phones could not show; whatever
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
    begin(disk, &layout)?;
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
    durable::write_whole(disk, &path, settings.as_bytes()).map_err(|source| file_error(&path, source))?;
    whole(disk, &layout)
}

/// Marks the folder as not a station yet; refuses one that holds anything of a station, and clears what a cut `init` left.
fn begin(disk: &dyn Disk, layout: &Layout) -> Result<(), StationError> {
    let is_there = |path: &Path| {
        let length = disk.length(path).map_err(|source| file_error(path, source))?;
        Ok::<_, StationError>(length.is_some())
    };
    let exists = |path: PathBuf| Err(StationError::Exists { path });
    for path in [layout.config(), layout.restoring()] {
        if is_there(&path)? {
            return exists(path);
        }
    }
    let mark = layout.initialising();
    if is_there(&mark)? {
        // Written by a process that was killed, perhaps, and not on the disk yet.
        durable::sync(disk, &mark).map_err(|source| file_error(&mark, source))?;
        return clear(disk, layout);
    }
    for path in parts(layout) {
        if is_there(&path)? {
            return exists(path);
        }
    }
    disk.make_folder(layout.data())
        .map_err(|source| file_error(layout.data(), source))?;
    durable::write_new(disk, &mark, b"patrol-station init\n").map_err(|source| file_error(&mark, source))
}

/// Everything that `init` makes in front of the settings.
fn parts(layout: &Layout) -> Vec<PathBuf> {
    let mut parts = vec![
        layout.receipt_key(),
        layout.recovery_key(),
        layout.recovery_public(),
        layout.authority(),
        layout.authority_key(),
        layout.database(),
    ];
    parts.extend(["-wal", "-shm", "-journal"].map(|suffix| {
        let mut path = layout.database().into_os_string();
        path.push(suffix);
        PathBuf::from(path)
    }));
    parts
}

fn clear(disk: &dyn Disk, layout: &Layout) -> Result<(), StationError> {
    tracing::warn!(path = %layout.data().display(), "an init was cut here; it starts over");
    for path in parts(layout) {
        durable::remove(disk, &path).map_err(|source| file_error(&path, source))?;
    }
    Ok(())
}

/// The folder is a whole station from now on.
pub(crate) fn whole(disk: &dyn Disk, layout: &Layout) -> Result<(), StationError> {
    let mark = layout.initialising();
    durable::remove(disk, &mark).map_err(|source| file_error(&mark, source))
}

fn file_error(path: &Path, source: std::io::Error) -> StationError {
    StationError::File {
        path: path.to_owned(),
        source,
    }
}
