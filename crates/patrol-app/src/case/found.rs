//! Photos whose draft is gone: a killed camera, a damaged database. Somebody has to say where they belong; none is thrown
//! away.

use patrol_domain::op::{Body, PhotoAdded};
use patrol_domain::{CaseId, Mime, PhotoRole, Sha256Hash};
use patrol_store::{FoundPhoto, VaultError};

use crate::app::App;
use crate::draft::photo_ref;
use crate::error::{AppError, ErrorCode};
use crate::view::{FoundList, FoundTo, FoundView, PhotoCheck, PhotoState};

/// An original for the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Its format, by its first bytes.
    pub mime: Mime,
    /// The very bytes that were taken in.
    pub bytes: Vec<u8>,
}

impl App {
    /// The found photos.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn list_found(&self) -> Result<FoundList, AppError> {
        let photos = self.store.list_found()?;
        Ok(FoundList {
            photos: photos.iter().map(view_found).collect(),
        })
    }

    /// Puts a found photo where it belongs.
    ///
    /// # Errors
    /// [`AppError`]: no such photo, no such case, a database that refuses; the photo is found still.
    pub fn place_found(&self, sha256: &str, to: FoundTo, case: Option<CaseId>) -> Result<FoundList, AppError> {
        let sha256 = read_hash(sha256)?;
        match to {
            FoundTo::Draft => self.store.place_found_photo(sha256, self.ports.clock.wall())?,
            FoundTo::Aside => self.store.set_found_aside(sha256, true)?,
            FoundTo::Ask => self.store.set_found_aside(sha256, false)?,
            FoundTo::Case => {
                let case = case.ok_or_else(|| AppError::Arguments("which case".into()))?;
                self.place_on_case(case, sha256)?;
            }
        }
        self.list_found()
    }

    /// Reads an original again and compares its hash.
    ///
    /// # Errors
    /// [`AppError`] when the disk refuses.
    pub fn verify_photo(&self, sha256: &str) -> Result<PhotoCheck, AppError> {
        let sha256 = read_hash(sha256)?;
        let state = match self.store.vault().verify(sha256) {
            Ok(_) => PhotoState::Same,
            Err(VaultError::Missing(_)) => PhotoState::Missing,
            Err(VaultError::Damaged(_)) => PhotoState::Damaged,
            Err(error) => return Err(AppError::Store(error.into())),
        };
        Ok(PhotoCheck {
            sha256: sha256.to_string(),
            state,
            checked_ms: self.ports.clock.wall().0,
        })
    }

    /// An original as it was taken in, compared with its hash.
    ///
    /// # Errors
    /// [`AppError::Store`] for one that is damaged or not on this phone.
    pub fn original(&self, sha256: &str) -> Result<Original, AppError> {
        if self.is_locked() {
            return Err(AppError::Refused(ErrorCode::PhoneLocked));
        }
        let read = self.store.vault().read_all(read_hash(sha256)?);
        let bytes = read.map_err(|error| AppError::Store(error.into()))?;
        Ok(Original {
            mime: mime_of(&bytes),
            bytes,
        })
    }

    fn place_on_case(&self, case: CaseId, sha256: Sha256Hash) -> Result<(), AppError> {
        self.store.place_found_on_case(case, sha256, |to_change, facts| {
            let photos = vec![photo_ref(facts, PhotoRole::Scene)];
            let at = self.recorder.at(|boot_id, boot| to_change.moment(boot_id, boot))?;
            let body = Body::PhotoAdded(PhotoAdded {});
            let op = self.recorder.op_behind(at, case, &to_change.case.heads, photos, body);
            Ok::<_, AppError>((op, Vec::new(), ()))
        })?;
        self.sync.wake();
        Ok(())
    }
}

fn view_found(found: &FoundPhoto) -> FoundView {
    let FoundPhoto { facts, at, is_aside } = found;
    FoundView {
        sha256: facts.sha256.to_string(),
        bytes: facts.bytes,
        width: facts.width,
        height: facts.height,
        source: facts.source,
        taken: facts.taken.clone(),
        at_ms: at.0,
        is_aside: *is_aside,
    }
}

/// Only what passed as a JPEG, PNG or WebP is ever taken in; the first bytes tell the three apart.
fn mime_of(bytes: &[u8]) -> Mime {
    match bytes {
        [0x89, b'P', ..] => Mime::Png,
        [b'R', b'I', ..] => Mime::Webp,
        _ => Mime::Jpeg,
    }
}

fn read_hash(sha256: &str) -> Result<Sha256Hash, AppError> {
    let read = sha256.parse();
    read.map_err(|_| AppError::Arguments("not a photo's hash".into()))
}
