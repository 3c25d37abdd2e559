//! Handing the phone's records over in a file: for a court, for a check, or because the station lets the phone in no more.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use patrol_sync::{DeviceSigner, ExportFile};

use crate::app::App;
use crate::error::AppError;

impl App {
    /// Writes everything that this phone holds to a file that must not be there yet; durable when it returns. Sealed, only
    /// the holder of the station's recovery key can read it.
    ///
    /// # Errors
    /// [`AppError`]: the file exists, the disk is full, or there is no recovery key to seal it to. What was written of it
    /// is removed.
    pub fn export(&self, path: &Path, sealed: bool) -> Result<ExportFile, AppError> {
        let file = File::create_new(path)?;
        let written = self.write_export(file, sealed);
        if written.is_err() {
            // The first error is the one worth reporting.
            let _ = std::fs::remove_file(path);
            return written;
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        written
    }

    fn write_export(&self, file: File, sealed: bool) -> Result<ExportFile, AppError> {
        let keys = &self.ports.keys;
        let sign = |message: &[u8]| keys.sign(message).map_err(|error| error.to_string());
        let device = DeviceSigner {
            public: keys.device_key()?,
            sign: &sign,
        };
        let chance = sealed.then_some(&*self.ports.random);
        let (exported, out) = patrol_sync::export(
            &self.store,
            &device,
            self.ports.clock.wall(),
            chance.map(|chance| chance as _),
            BufWriter::new(file),
        )?;
        let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(exported)
    }
}
