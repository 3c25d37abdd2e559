//! A photo by a camera that is another program: where it has to write is on disk before it opens.

use patrol_domain::{PhotoRole, PhotoSource};
use patrol_store::{Adoption, Shot};

use crate::app::App;
use crate::error::AppError;
use crate::photo::TakenIn;

impl App {
    /// Where the camera has to write the next photo of the draft. Survives whatever happens until
    /// [`App::finish_shot`]; what the camera wrote by then is found at the next start.
    ///
    /// # Errors
    /// [`AppError`] with `disk_full` when there is no room for the photo's case: no camera may open then.
    pub fn begin_shot(&self, role: PhotoRole) -> Result<Shot, AppError> {
        let draft = self.store.draft_id(self.recorder.new_draft())?;
        let name = format!("{}.photo", self.recorder.new_draft());
        Ok(self.store.begin_shot(&name, draft, role, self.ports.clock.wall())?)
    }

    /// The camera has closed: takes in what it wrote. `None` when it wrote nothing.
    ///
    /// # Errors
    /// [`AppError::Photo`] when that is not one whole photo; the file is kept aside, and another can be taken. Any other
    /// error leaves file and target for the next start.
    pub fn finish_shot(&self, name: &str, source: PhotoSource) -> Result<Option<Adoption>, AppError> {
        let shots = self.store.shots()?;
        let shot = shots.iter().find(|shot| shot.name == name);
        let shot = shot.ok_or_else(|| AppError::Arguments("a shot that was not begun".into()))?;
        self.take_shot(shot, source)
    }

    pub(crate) fn take_shot(&self, shot: &Shot, source: PhotoSource) -> Result<Option<Adoption>, AppError> {
        let Some(bytes) = self.store.read_shot(shot)? else {
            self.store.give_up_shot(shot)?;
            return Ok(None);
        };
        let taken_in = match TakenIn::read(&bytes, source) {
            Ok(taken_in) => taken_in,
            Err(error) => {
                self.store.give_up_shot(shot)?;
                return Err(error);
            }
        };
        let note = self.vault_note(&taken_in, Some(shot.draft))?;
        let TakenIn { facts, thumbnail } = taken_in;
        let adoption = self.store.finish_shot(shot, &bytes, &note, &thumbnail, |_, _| facts)?;
        Ok(Some(adoption))
    }
}
