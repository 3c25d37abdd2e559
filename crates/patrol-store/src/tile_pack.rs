//! Map tiles out of an MBTiles file (<https://github.com/mapbox/mbtiles-spec/blob/master/1.3/spec.md>).
//!
//! The file comes from outside and is nobody's record: it is opened read-only, without a key, and its damage is never the
//! phone's. Hence an error of its own, which nothing takes for damage of the journal. Only vector tiles are read: a picture
//! of streets cannot be drawn in the colours of the night or of the noon sun.

use std::io::Read as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use flate2::read::GzDecoder;
use patrol_sqlite::rusqlite::{Connection, OpenFlags, OptionalExtension as _, named_params};

/// The closest zoom that is asked for; web maps end there.
const MAX_ZOOM: u8 = 24;
/// The largest tile, unpacked. Real ones stay below half a megabyte; a small file must not unpack into all memory.
const MAX_TILE: u64 = 8 << 20;
/// The first bytes of gzip (RFC 1952 §2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Why a pack or a tile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TilePackError {
    /// The file is none, or is damaged.
    #[error("the map pack cannot be read")]
    Unreadable(#[from] patrol_sqlite::rusqlite::Error),
    /// Its tiles are pictures or something else.
    #[error("the map pack holds {0:?} and no vector tiles")]
    NotVector(String),
    /// A tile cannot be unpacked.
    #[error("a tile cannot be unpacked")]
    Unpack(#[source] std::io::Error),
    /// A tile unpacks into more than 8 MiB.
    #[error("a tile is larger than any map's")]
    TooLarge,
}

/// What a pack says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct TileFacts {
    /// Its name.
    pub name: String,
    /// Whom it owes thanks: shown on the map.
    pub attribution: String,
    /// The furthest zoom that it has.
    pub min_zoom: u8,
    /// The closest zoom that it has.
    pub max_zoom: u8,
    /// West, south, east, north in degrees, when it says so.
    pub bounds: Option<[f64; 4]>,
}

/// An MBTiles file.
#[derive(Debug)]
pub struct TilePack {
    connection: Mutex<Connection>,
    facts: TileFacts,
}

/// A tile's place in the XYZ scheme: `y` counts from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileAt {
    /// Zoom.
    pub z: u8,
    /// Column, from the west.
    pub x: u32,
    /// Row, from the north.
    pub y: u32,
}

impl TileAt {
    /// Reads `z/x/y`: three plain numbers on the map, nothing else.
    pub fn parse(path: &str) -> Option<Self> {
        let mut parts = path.split('/').map(number);
        let (Some(z), Some(x), Some(y), None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
            return None;
        };
        let z = u8::try_from(z).ok().filter(|z| *z <= MAX_ZOOM)?;
        let side = 1_u32 << z;
        (x < side && y < side).then_some(Self { z, x, y })
    }

    /// The row as MBTiles counts it, from the south.
    fn row(self) -> u32 {
        (1_u32 << self.z) - 1 - self.y
    }
}

/// Digits only: no sign, no space, nothing that `parse` would forgive.
fn number(text: &str) -> Option<u32> {
    let is_plain = (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

impl TilePack {
    /// Opens the file.
    ///
    /// # Errors
    /// [`TilePackError`] when it is no pack of vector tiles.
    pub fn open(path: &Path) -> Result<Self, TilePackError> {
        let connection =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        let facts = read_facts(&connection)?;
        Ok(Self {
            connection: Mutex::new(connection),
            facts,
        })
    }

    /// What it says about itself.
    pub fn facts(&self) -> &TileFacts {
        &self.facts
    }

    /// A tile, unpacked: Mapbox Vector Tile. `None` where the pack has none.
    ///
    /// # Errors
    /// [`TilePackError`] when the file is damaged there.
    pub fn tile(&self, at: TileAt) -> Result<Option<Vec<u8>>, TilePackError> {
        let packed: Option<Vec<u8>> = {
            let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
            let mut statement = connection.prepare_cached(include_str!("tile_pack/find_tile.sql"))?;
            let place = named_params! { ":zoom": at.z, ":column": at.x, ":row": at.row() };
            statement.query_row(place, |row| row.get(0)).optional()?
        };
        packed.map(unpack).transpose()
    }
}

fn read_facts(connection: &Connection) -> Result<TileFacts, TilePackError> {
    let fact = |name: &str| -> Result<Option<String>, TilePackError> {
        let mut statement = connection.prepare_cached(include_str!("tile_pack/find_fact.sql"))?;
        Ok(statement
            .query_row(named_params! { ":name": name }, |row| row.get(0))
            .optional()?)
    };
    let format = fact("format")?.unwrap_or_default();
    if format != "pbf" {
        return Err(TilePackError::NotVector(format));
    }
    let (lowest, highest) = connection.query_row(include_str!("tile_pack/find_zooms.sql"), [], |row| {
        Ok((row.get::<_, Option<u8>>(0)?, row.get::<_, Option<u8>>(1)?))
    })?;
    Ok(TileFacts {
        name: fact("name")?.unwrap_or_default(),
        attribution: fact("attribution")?.unwrap_or_default(),
        min_zoom: lowest.unwrap_or(0),
        max_zoom: highest.unwrap_or(0),
        bounds: fact("bounds")?.as_deref().and_then(read_bounds),
    })
}

fn read_bounds(text: &str) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = text
        .split(',')
        .map(|number| number.trim().parse().ok())
        .collect::<Option<_>>()?;
    let bounds: [f64; 4] = numbers.try_into().ok()?;
    bounds.iter().all(|degrees| degrees.is_finite()).then_some(bounds)
}

fn unpack(packed: Vec<u8>) -> Result<Vec<u8>, TilePackError> {
    if !packed.starts_with(&GZIP) {
        return Ok(packed);
    }
    let mut tile = Vec::new();
    let mut reader = GzDecoder::new(packed.as_slice()).take(MAX_TILE + 1);
    reader.read_to_end(&mut tile).map_err(TilePackError::Unpack)?;
    if tile.len() as u64 > MAX_TILE {
        return Err(TilePackError::TooLarge);
    }
    Ok(tile)
}
