//! What the last run left unfinished: views, photos without a place, a file that may be damaged.
//!
//! A host runs this once, in the background, as soon as the app is open. Recording does not wait for it.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use patrol_domain::PhotoSource;
use patrol_store::{Adoption, DatabaseError, Orphan, StoreError, VaultNote};

use crate::app::App;
use crate::error::AppError;
use crate::photo::TakenIn;

/// What was found and done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Photos that are on the draft again.
    pub on_draft: usize,
    /// Photos whose draft is gone: somebody has to say where they belong.
    pub found: usize,
    /// Photos of cases whose facts were made again.
    pub known: usize,
    /// Camera files that are no photo; kept under `camera/unreadable`.
    pub unreadable: usize,
    /// Whether the database's file was found damaged: the next start sets it aside and saves what can be read.
    pub is_damaged: bool,
}

impl App {
    /// Finishes what the last run left unfinished. Blocks; doing it twice changes nothing.
    ///
    /// # Errors
    /// [`AppError`] when disk or database refuse; the rest is left for the next start.
    pub fn recover(&self) -> Result<Recovered, AppError> {
        let _until_done = self.recovering.lock().unwrap_or_else(PoisonError::into_inner);
        let mut recovered = Recovered::default();
        let finished = self.finish(&mut recovered);
        if self.is_ending.load(Ordering::SeqCst) {
            return finished.map(|()| recovered);
        }
        // Whatever stopped the rest: a damaged file has to be known before the next start.
        recovered.is_damaged = self.store.check_file()?;
        finished?;
        if recovered != Recovered::default() {
            tracing::warn!(?recovered, "the last run left something behind");
            self.sync.wake();
        }
        Ok(recovered)
    }

    /// Makes the views whole, where a salvage or another version left that to be done.
    ///
    /// # Errors
    /// [`AppError`] when the database refuses.
    pub fn finish_views(&self) -> Result<(), AppError> {
        while !self.store.rebuild_step()? {}
        Ok(())
    }

    fn finish(&self, recovered: &mut Recovered) -> Result<(), AppError> {
        let is_ending = || self.is_ending.load(Ordering::SeqCst);
        while !is_ending() && !self.store.rebuild_step()? {}
        if is_ending() {
            return Ok(());
        }
        for orphan in self.store.orphans()? {
            if is_ending() {
                return Ok(());
            }
            let adoption = match &orphan {
                Orphan::Shot(shot) => self.take_left_shot(shot),
                Orphan::Original(sha256, note) => match self.store.vault().read_all(*sha256) {
                    Ok(bytes) => self.adopt_original(&bytes, note.as_ref()),
                    Err(error) => Err(AppError::Store(error.into())),
                },
            };
            match adoption {
                Ok(Some(Adoption::OnDraft)) => recovered.on_draft += 1,
                Ok(Some(Adoption::Found)) => recovered.found += 1,
                Ok(Some(Adoption::Known)) => recovered.known += 1,
                // The camera was opened and no photo was taken.
                Ok(None) => {}
                Err(AppError::Photo(_)) => recovered.unreadable += 1,
                // One that cannot be read does not keep the others back; `verify` names it.
                Err(error) => {
                    tracing::warn!(%error, "something that was left behind cannot be taken in");
                    self.note_damage(&error);
                }
            }
        }
        Ok(())
    }

    /// A damaged page was met: the next start sets the file aside and saves what can be read.
    pub(crate) fn note_damage(&self, error: &AppError) {
        if !matches!(error, AppError::Store(StoreError::Database(DatabaseError::Damaged))) {
            return;
        }
        if let Err(error) = self.store.check_file() {
            tracing::warn!(%error, "the damaged file could not be looked at");
        }
    }

    fn adopt_original(&self, bytes: &[u8], note: Option<&VaultNote>) -> Result<Option<Adoption>, AppError> {
        let source = note.map_or(PhotoSource::Import, |note| note.source);
        let taken_in = TakenIn::read(bytes, source)?;
        let now = self.ports.clock.wall();
        Ok(Some(self.store.adopt_original(
            &taken_in.facts,
            note,
            &taken_in.thumbnail,
            now,
        )?))
    }
}
