//! A photo by a camera that is another program, or the page's own: where it has to write is on disk before it opens.

use patrol_domain::PhotoSource;
use patrol_store::{Adoption, Shot};

use crate::app::App;
use crate::error::AppError;
use crate::photo::TakenIn;
use crate::seen::Seen;
use crate::view::{DraftView, ShotBegun};

impl App {
    /// Where the camera has to write the next photo of the draft in hand; `slot` is its name in the shot list. Survives
    /// whatever happens until [`App::finish_shot`]; what the camera wrote by then is found at the next start.
    ///
    /// # Errors
    /// [`AppError`] with `disk_full` when there is no room for the photo's case, with `draft_too_many_photos` when the case
    /// can hold no more: no camera may open then.
    pub fn begin_shot(&self, slot: Option<String>) -> Result<Shot, AppError> {
        self.refuse_too_many()?;
        let exposure = self.expose(slot)?;
        let draft = self.store.draft_id(self.recorder.new_draft())?;
        let name = format!("{}.photo", self.recorder.new_draft());
        Ok(self.store.begin_shot(&name, draft, &exposure, self.moment())?)
    }

    pub(crate) fn begin_draft_shot(&self, slot: Option<String>) -> Result<ShotBegun, AppError> {
        let Shot { name, .. } = self.begin_shot(slot)?;
        Ok(ShotBegun { name })
    }

    /// The camera has closed: takes in what it wrote. `None` when it wrote nothing.
    ///
    /// # Errors
    /// [`AppError::Photo`] when that is not one whole photo; the file is kept aside, and another can be taken. Any other
    /// error leaves file and target for the next start.
    pub fn finish_shot(&self, name: &str, source: PhotoSource) -> Result<Option<Adoption>, AppError> {
        self.take_shot(&self.find_shot(name)?, source, None)
    }

    /// The same, with the bytes of a camera that is part of the page and writes no file; without bytes, what the file says.
    pub(crate) fn finish_draft_shot(&self, name: &str, bytes: Option<&[u8]>) -> Result<DraftView, AppError> {
        match bytes {
            Some(bytes) => {
                let taken_in = TakenIn::read(bytes, PhotoSource::Camera)?;
                let seen = self.see_photo(&taken_in);
                self.keep_shot(&self.find_shot(name)?, bytes, taken_in, seen)?;
            }
            None => _ = self.take_shot(&self.find_shot(name)?, PhotoSource::Camera, None)?,
        }
        self.read_draft()
    }

    /// Takes in what an earlier run's camera left behind. When it was taken is not known: it lies between the opening of the
    /// camera and now, and is dated so that an interval comes out too short, never too long.
    pub(crate) fn take_left_shot(&self, shot: &Shot) -> Result<Option<Adoption>, AppError> {
        let draft = self.store.find_draft(shot.draft)?;
        let is_second = draft.is_some_and(|draft| !draft.photos.is_empty());
        let dated = shot.begun.filter(|_| is_second);
        self.take_shot(shot, PhotoSource::Camera, dated.map(|at| Seen { at, fix: None }))
    }

    fn find_shot(&self, name: &str) -> Result<Shot, AppError> {
        let shots = self.store.shots()?;
        let shot = shots.into_iter().find(|shot| shot.name == name);
        shot.ok_or_else(|| AppError::Arguments("a shot that was not begun".into()))
    }

    fn take_shot(&self, shot: &Shot, source: PhotoSource, dated: Option<Seen>) -> Result<Option<Adoption>, AppError> {
        let Some(bytes) = self.store.read_shot(shot)? else {
            self.store.give_up_shot(shot)?;
            return Ok(None);
        };
        match TakenIn::read(&bytes, source) {
            Ok(taken_in) => self.keep_shot(shot, &bytes, taken_in, dated).map(Some),
            Err(error) => {
                self.store.give_up_shot(shot)?;
                Err(error)
            }
        }
    }

    fn keep_shot(
        &self,
        shot: &Shot,
        bytes: &[u8],
        taken_in: TakenIn,
        dated: Option<Seen>,
    ) -> Result<Adoption, AppError> {
        let note = self.vault_note(&taken_in, Some(shot.draft), dated)?;
        let TakenIn { facts, thumbnail } = taken_in;
        let sha256 = facts.sha256;
        let adoption = self.store.finish_shot(shot, bytes, &note, &thumbnail, |_, _| facts)?;
        self.photo_is_stored(sha256);
        Ok(adoption)
    }
}
