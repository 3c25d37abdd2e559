//! What the last run left unfinished: views, photos without a place, a file that may be damaged.
//!
//! A host runs this once, in the background, as soon as the app is open. Recording does not wait for it.

use patrol_domain::PhotoSource;
use patrol_store::{Adoption, DatabaseError, Orphan, StoreError, VaultError, VaultNote};

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
        while !self.store.rebuild_step()? {}
        let mut recovered = Recovered::default();
        for orphan in self.store.orphans()? {
            let adoption = match &orphan {
                Orphan::Shot(shot) => match self.take_shot(shot, PhotoSource::Camera) {
                    // The camera was opened and no photo was taken.
                    Ok(None) => continue,
                    Err(AppError::Photo(_)) => None,
                    other => other?,
                },
                Orphan::Original(sha256, note) => match self.store.vault().read_all(*sha256) {
                    Ok(bytes) => self.adopt_original(&bytes, note.as_ref())?,
                    // Nothing that could be adopted; `verify` names it.
                    Err(VaultError::Damaged(_) | VaultError::Missing(_)) => None,
                    Err(error) => return Err(AppError::Store(error.into())),
                },
            };
            match adoption {
                Some(Adoption::OnDraft) => recovered.on_draft += 1,
                Some(Adoption::Found) => recovered.found += 1,
                Some(Adoption::Known) => recovered.known += 1,
                None => recovered.unreadable += 1,
            }
        }
        recovered.is_damaged = self.store.check_file()?;
        if recovered != Recovered::default() {
            tracing::warn!(?recovered, "the last run left something behind");
        }
        Ok(recovered)
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
        let Ok(taken_in) = TakenIn::read(bytes, source) else {
            return Ok(None);
        };
        let now = self.ports.clock.wall();
        Ok(Some(self.store.adopt_original(
            &taken_in.facts,
            note,
            &taken_in.thumbnail,
            now,
        )?))
    }
}
