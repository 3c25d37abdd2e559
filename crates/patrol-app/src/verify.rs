//! Checking a phone's data, and telling what could be saved of damaged ones. Neither changes anything.

use std::path::Path;
use std::sync::Arc;

use patrol_store::{RootKey, Salvaged, Store, StoreOptions, Verification};

use crate::app::App;
use crate::error::AppError;
use crate::port::Ports;

impl App {
    /// Recomputes everything in a data folder from stored bytes: chains, words, originals, views.
    ///
    /// # Errors
    /// [`AppError`] with `database_damaged` when the database cannot be read as it is; see [`App::survey`].
    pub fn verify(data: &Path, ports: &Ports) -> Result<Verification, AppError> {
        Ok(Store::open_to_look(&options(data, ports)?)?.verify()?)
    }

    /// What could be saved from the database in a data folder; `None` when not one page can be read with this key.
    ///
    /// # Errors
    /// [`AppError`] when there is no database or the disk gives nothing of it.
    pub fn survey(data: &Path, ports: &Ports) -> Result<Option<Salvaged>, AppError> {
        Ok(patrol_store::survey(&options(data, ports)?)?)
    }
}

pub(crate) fn options(data: &Path, ports: &Ports) -> Result<StoreOptions, AppError> {
    let root = RootKey::new(ports.keys.root()?);
    Ok(StoreOptions {
        disk: Arc::clone(&ports.disk),
        ..StoreOptions::new(data, root, Arc::clone(&ports.random), ports.clock.wall())
    })
}
