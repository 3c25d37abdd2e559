//! Recording a case: a draft that is always on disk, and one tap that makes it a case.

use std::io::Cursor;

use chrono::{DateTime, FixedOffset};
use patrol_domain::op::{Body, CaseOpened, PackVersion, Place, PlateRecord};
use patrol_domain::{DraftId, Fix, Op, Part, PhotoRef, PhotoRole, PhotoSource, Plate, Provider, Sha256Hash};
use patrol_store::{Draft, DraftFields, DraftPhoto, DraftToSave, PhotoFacts, VaultNote};

use crate::app::{App, mark};
use crate::error::{AppError, ErrorCode};
use crate::photo::TakenIn;
use crate::view::{DraftPhotoView, DraftView, PlaceView, PlateView, SavedView};

/// A note's longest form, in characters.
pub(crate) const MAX_NOTE_CHARACTERS: usize = 2000;

/// The longest code of a matter or id of a street, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// How many photos a case can hold: their names must fit into one op (64 KiB), with room for the rest.
const MAX_PHOTOS: usize = 40;

impl App {
    pub(crate) fn read_draft(&self) -> Result<DraftView, AppError> {
        Ok(self.view_draft(&self.store.draft()?))
    }

    /// Writes what was typed. Anything may be written down, also what cannot be saved as a case yet.
    pub(crate) fn write_draft(&self, fields: DraftFields) -> Result<DraftView, AppError> {
        let named = [&fields.matter, &fields.street].into_iter().flatten();
        if named.into_iter().any(|name| name.len() > MAX_NAME_BYTES) {
            return Err(AppError::Arguments("a matter's code or a street's id".into()));
        }
        if fields.note.chars().count() > MAX_NOTE_CHARACTERS {
            return Err(AppError::Refused(ErrorCode::NoteTooLong));
        }
        if !fields.plate.trim().is_empty() {
            match Plate::parse(&fields.plate) {
                Ok(_) | Err(patrol_domain::plate::PlateError::Empty) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.store.write_draft(&fields, self.ports.clock.wall())?;
        self.read_draft()
    }

    /// Takes a photo in: checked, hashed, encrypted and durable before it is on the draft.
    pub(crate) fn add_draft_photo(&self, bytes: &[u8], source: PhotoSource) -> Result<DraftView, AppError> {
        if self.store.draft()?.photos.len() >= MAX_PHOTOS {
            return Err(AppError::Refused(ErrorCode::DraftTooManyPhotos));
        }
        let taken_in = TakenIn::read(bytes, source)?;
        let draft = Some(self.store.draft_id(self.recorder.new_draft())?);
        let note = self.vault_note(&taken_in, draft)?;
        self.store
            .add_draft_photo(&mut Cursor::new(bytes), &note, &taken_in.thumbnail, |_, _| {
                taken_in.facts.clone()
            })?;
        self.read_draft()
    }

    /// What is noted in the vault beside an original.
    pub(crate) fn vault_note(&self, taken_in: &TakenIn, draft: Option<DraftId>) -> Result<VaultNote, AppError> {
        Ok(VaultNote {
            at: self.recorder.now(&self.store)?,
            fix: taken_in.facts.fix,
            source: taken_in.facts.source,
            draft,
        })
    }

    /// Takes one of the demo's rendered scenes, read from its file: photo bytes do not pass through the UI.
    pub(crate) fn add_demo_photo(&self, name: &str) -> Result<DraftView, AppError> {
        let Some((folder, patrol)) = &self.demo else {
            return Err(AppError::Refused(ErrorCode::PhotoNotFound));
        };
        if !patrol.has_scene(name) {
            return Err(AppError::Refused(ErrorCode::PhotoNotFound));
        }
        self.add_draft_photo(&std::fs::read(folder.join(name))?, PhotoSource::Import)
    }

    pub(crate) fn remove_draft_photo(&self, sha256: &str) -> Result<DraftView, AppError> {
        let sha256: Sha256Hash = sha256
            .parse()
            .map_err(|_| AppError::Arguments("not a photo's hash".into()))?;
        self.store.remove_draft_photo(sha256)?;
        self.read_draft()
    }

    pub(crate) fn discard_draft(&self) -> Result<DraftView, AppError> {
        self.store.discard_draft()?;
        self.read_draft()
    }

    /// Makes the draft a case: one op, one transaction, one sync of the disk.
    pub(crate) fn save_draft(&self) -> Result<SavedView, AppError> {
        let (_, saved) = self.store.save_draft(|to_save| self.build_case(to_save))?;
        self.sync.wake();
        Ok(saved)
    }

    fn build_case(&self, to_save: &DraftToSave<'_, '_>) -> Result<(Op, Vec<Part>, SavedView), AppError> {
        let Draft {
            fields,
            photos,
            saved: _,
        } = &to_save.draft;
        let DraftFields {
            matter,
            plate,
            street,
            note,
        } = fields;
        let matter = matter.clone().filter(|matter| self.catalogue.contains(matter));
        let matter = matter.ok_or(AppError::Refused(ErrorCode::DraftNoMatter))?;
        if photos.is_empty() {
            return Err(AppError::Refused(ErrorCode::DraftNoPhoto));
        }
        let at = self.recorder.at(|boot_id, boot| to_save.moment(boot_id, boot))?;
        let series = to_save.later_journal()?.map(|log| mark(&log)).unwrap_or_default();
        let day = day_prefix(at.wall_ms.0, at.tz.0, &series);
        let number = format!("{day}{:03}", to_save.next_number(&day)?);
        let sealed_note = (!note.is_empty()).then(|| self.recorder.seal("note", note));
        let body = CaseOpened {
            number: number.clone(),
            matter,
            pack: PackVersion {
                name: "catalogue".into(),
                version: self.catalogue.version.clone(),
            },
            plate: Plate::parse(plate).ok().as_ref().map(PlateRecord::from),
            place: self.place(photos, street.as_deref()),
            note: sealed_note.as_ref().map(|(_, sealed)| *sealed),
        };
        let case = self.recorder.new_case();
        let op = self.recorder.op(
            at,
            Some(case),
            photos.iter().map(|photo| photo_ref(&photo.facts, photo.role)).collect(),
            Body::CaseOpened(body),
        );
        let parts: Vec<_> = sealed_note.map(|(part, _)| part).into_iter().collect();
        let photos = u32::try_from(photos.len()).unwrap_or(u32::MAX);
        Ok((
            op,
            parts,
            SavedView {
                case_id: case.to_string(),
                number,
                photos,
            },
        ))
    }

    /// The first photo that knows where it was taken, else the middle of the chosen street.
    fn place(&self, photos: &[DraftPhoto], street: Option<&str>) -> Place {
        let street = street.and_then(|id| self.district.street(id));
        let fix = photos.iter().find_map(|photo| photo.facts.fix).or_else(|| {
            street.and_then(|street| Fix::from_degrees(street.lat, street.lon, Provider::Street, None).ok())
        });
        Place {
            fix,
            community: street.map(|street| street.community.clone()),
            street: street.map(|street| street.id.clone()),
        }
    }

    fn view_draft(&self, draft: &Draft) -> DraftView {
        let Draft { fields, photos, saved } = draft;
        DraftView {
            matter: fields.matter.clone(),
            plate: Plate::parse(&fields.plate).ok().as_ref().map(view_plate),
            plate_typed: fields.plate.clone(),
            street: fields.street.clone(),
            note: fields.note.clone(),
            place: self
                .place(photos, fields.street.as_deref())
                .fix
                .as_ref()
                .map(view_place),
            photos: photos.iter().map(|photo| view_photo(&photo.facts)).collect(),
            saved_ms: saved.map(|saved| saved.0),
        }
    }
}

/// `1123-`, month and day: a case's number is that and the phone's count of the day, `1123-014`.
/// A phone that goes on in another journal than its first has a mark of its own in between, `1123k7-014`: what it took
/// over may be numbered by another phone at the same time.
fn day_prefix(wall_ms: i64, tz_minutes: i32, series: &str) -> String {
    let zone = FixedOffset::east_opt(tz_minutes.saturating_mul(60));
    let local = DateTime::from_timestamp_millis(wall_ms)
        .zip(zone)
        .map(|(utc, zone)| utc.with_timezone(&zone));
    // A clock beyond all calendars still gets its case a number.
    let day = local.map_or_else(|| "0000".to_owned(), |local| local.format("%m%d").to_string());
    format!("{day}{series}-")
}

pub(crate) fn photo_ref(photo: &PhotoFacts, role: PhotoRole) -> PhotoRef {
    let PhotoFacts {
        sha256,
        bytes,
        mime,
        source,
        width: _,
        height: _,
        taken: _,
        fix: _,
        place_problem: _,
    } = photo;
    PhotoRef {
        sha256: *sha256,
        bytes: *bytes,
        mime: *mime,
        role,
        source: *source,
    }
}

fn view_photo(photo: &PhotoFacts) -> DraftPhotoView {
    let PhotoFacts {
        sha256,
        bytes,
        mime: _,
        source,
        width,
        height,
        taken,
        fix: _,
        place_problem,
    } = photo;
    DraftPhotoView {
        sha256: sha256.to_string(),
        bytes: *bytes,
        width: *width,
        height: *height,
        taken: taken.clone(),
        source: *source,
        place_problem: *place_problem,
    }
}

pub(crate) fn view_plate(plate: &Plate) -> PlateView {
    PlateView {
        text: plate.text().to_owned(),
        display: plate.display(),
        kind: plate.kind(),
        hint: plate.hint(),
    }
}

pub(crate) fn view_place(fix: &Fix) -> PlaceView {
    PlaceView {
        lat_e7: fix.lat_e7,
        lon_e7: fix.lon_e7,
        accuracy_mm: fix.accuracy_mm,
        provider: fix.provider,
    }
}
