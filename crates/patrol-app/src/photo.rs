//! Taking a photo in: what its bytes say, and the picture for lists.

use patrol_domain::{PhotoSource, Sha256Hash};
use patrol_photo::{ExifPlace, Inspection, Limits, TakenAt};
use patrol_store::PhotoFacts;

use crate::error::AppError;

/// A photo that was looked at and found whole.
pub(crate) struct TakenIn {
    pub(crate) facts: PhotoFacts,
    pub(crate) thumbnail: Vec<u8>,
}

impl TakenIn {
    /// Looks at a photo's bytes.
    ///
    /// # Errors
    /// [`AppError::Photo`] when they are not one whole photo.
    pub(crate) fn read(bytes: &[u8], source: PhotoSource) -> Result<Self, AppError> {
        let (inspection, thumbnail) = patrol_photo::take_in(bytes, &Limits::default())?;
        let Inspection {
            mime,
            width,
            height,
            orientation: _,
            taken,
            place,
        } = inspection;
        let (fix, place_problem) = match place {
            ExifPlace::Absent => (None, None),
            ExifPlace::Fix(fix) => (Some(fix), None),
            ExifPlace::Refused(problem) => (None, Some(problem)),
        };
        let taken = taken.map(
            |TakenAt {
                 local,
                 offset_minutes: _,
             }| local,
        );
        Ok(Self {
            facts: PhotoFacts {
                sha256: Sha256Hash::of(bytes),
                bytes: bytes.len() as u64,
                mime,
                source,
                width,
                height,
                taken,
                fix,
                place_problem,
            },
            thumbnail,
        })
    }
}
