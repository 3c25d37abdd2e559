//! The map under the cases: which pack is used, and a tile by its path.
//!
//! A pack that the station has put into `packs/` wins over the shipped one. One that cannot be read is said so and not
//! replaced by the shipped one: an invented district under real cases would be worse than none.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use patrol_store::{Disk, TileAt, TilePack, TilePackError};

use crate::app::App;

/// The invented district, see `assets/map/README.md`.
const SHIPPED: &[u8] = include_bytes!("../../../assets/map/demo.mbtiles");
/// The name under which it lies in `packs/`: SQLite reads files, not memory.
const SHIPPED_NAME: &str = "shipped.mbtiles";

/// The map pack, opened when the first tile is wanted.
#[derive(Debug)]
pub(crate) struct Tiles {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    pack: OnceLock<Option<TilePack>>,
    is_damaged: AtomicBool,
}

impl Tiles {
    pub(crate) fn new(data: &Path, disk: Arc<dyn Disk>) -> Self {
        Self {
            folder: data.join("packs"),
            disk,
            pack: OnceLock::new(),
            is_damaged: AtomicBool::new(false),
        }
    }

    /// The pack; none when there is none that can be read.
    pub(crate) fn pack(&self) -> Option<&TilePack> {
        self.pack
            .get_or_init(|| self.open().map_err(|error| self.note(&error)).ok())
            .as_ref()
    }

    /// Whether the pack could not be read, or a part of it.
    pub(crate) fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }

    fn open(&self) -> Result<TilePack, PackProblem> {
        if let Some(own) = self.newest_own() {
            return Ok(TilePack::open(&own)?);
        }
        let path = self.folder.join(SHIPPED_NAME);
        self.lay_out_shipped(&path)?;
        Ok(TilePack::open(&path)?)
    }

    /// The station's pack; of several the last by name, in which its date stands.
    fn newest_own(&self) -> Option<PathBuf> {
        let is_own = |path: &PathBuf| {
            path.extension().is_some_and(|end| end == "mbtiles")
                && path.file_name().is_some_and(|name| name != SHIPPED_NAME)
        };
        self.disk.list(&self.folder).ok()?.into_iter().rfind(is_own)
    }

    /// Nothing is lost with this file, so it is compared with the program's own at each start and not trusted.
    fn lay_out_shipped(&self, path: &Path) -> std::io::Result<()> {
        if self.disk.length(path)?.is_some() {
            let mut laid_out = Vec::new();
            self.disk.open(path)?.read_to_end(&mut laid_out)?;
            if laid_out == SHIPPED {
                return Ok(());
            }
            self.disk.remove(path)?;
        }
        self.disk.make_folder(&self.folder)?;
        let mut file = self.disk.create(path)?;
        file.write_all(SHIPPED)?;
        file.sync()
    }

    fn note(&self, error: &PackProblem) {
        self.is_damaged.store(true, Ordering::Relaxed);
        tracing::warn!(%error, "the map goes without streets");
    }
}

#[derive(Debug, thiserror::Error)]
enum PackProblem {
    #[error(transparent)]
    Pack(#[from] TilePackError),
    #[error("the map pack cannot be laid out: {0}")]
    Disk(#[from] std::io::Error),
}

impl App {
    /// A tile by its path `z/x/y` (XYZ, rows from the north): Mapbox Vector Tile, not compressed. `None` for a path that
    /// is none. Where the pack has nothing, or is damaged ([`App::map_state`] says so), a tile without layers, which is a
    /// tile of no bytes: a map asks for its neighbours all the time, and that is no failure.
    pub fn tile(&self, path: &str) -> Option<Vec<u8>> {
        let at = TileAt::parse(path)?;
        let Some(pack) = self.tiles.pack() else {
            return Some(Vec::new());
        };
        let tile = pack.tile(at).unwrap_or_else(|error| {
            self.tiles.note(&error.into());
            None
        });
        Some(tile.unwrap_or_default())
    }
}
