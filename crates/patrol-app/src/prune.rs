//! Making room: originals that the station is certain to keep are cleared away, when somebody asks for it.

use patrol_store::Pruned;

use crate::app::App;
use crate::error::AppError;

impl App {
    /// Clears away originals older than `days` days that are signed for and in a verified backup of the station's present
    /// epoch. Never by itself.
    ///
    /// # Errors
    /// [`AppError`] when database or disk refuse.
    pub fn prune_originals(&self, days: u32) -> Result<Pruned, AppError> {
        let Some(epoch) = self.store.progress()?.epoch else {
            return Ok(Pruned::default());
        };
        let pruned = self.store.prune_originals(days, self.ports.clock.wall(), &epoch)?;
        if pruned != Pruned::default() {
            tracing::info!(?pruned, "originals that the station keeps were cleared away");
        }
        Ok(pruned)
    }
}
