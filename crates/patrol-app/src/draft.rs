//! Recording a case: drafts that are always on disk, and one tap that makes one of them a case.

use std::io::Cursor;

use chrono::{DateTime, FixedOffset};
use patrol_domain::op::{Body, CaseOpened, PackVersion, Place, PlateRecord};
use patrol_domain::{
    At, DraftId, Fix, Op, Part, PhotoRef, PhotoRole, PhotoSource, Plate, Provider, Sha256Hash, ShotAt,
};
use patrol_store::{Draft, DraftFields, DraftPhoto, DraftToSave, Exposure, PhotoFacts, VaultNote};

use crate::app::{App, mark};
use crate::error::{AppError, ErrorCode};
use crate::here::aged;
use crate::pack::form;
use crate::photo::TakenIn;
use crate::seen::Seen;
use crate::timer::interval;
use crate::view::{DraftPhotoView, DraftView, PlaceView, PlateView, SavedView};

/// A note's longest form, in characters.
pub(crate) const MAX_NOTE_CHARACTERS: usize = 2000;

/// The longest code of a matter, id of a street, name of a screen or of a picture, in bytes.
pub(crate) const MAX_NAME_BYTES: usize = 64;

/// How many photos a case can hold: their names must fit into one op (64 KiB), with room for the rest.
const MAX_PHOTOS: usize = 40;

impl App {
    pub(crate) fn read_draft(&self) -> Result<DraftView, AppError> {
        Ok(self.view_draft(&self.store.draft()?))
    }

    /// Writes what was typed. Anything may be written down, also what cannot be saved as a case yet.
    pub(crate) fn write_draft(&self, fields: DraftFields) -> Result<DraftView, AppError> {
        let named = [&fields.matter, &fields.street].into_iter().flatten();
        let mut named = named.chain([&fields.screen]);
        if named.any(|name| name.len() > MAX_NAME_BYTES) {
            return Err(AppError::Arguments(
                "a matter's code, a street's id or a screen's name".into(),
            ));
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

    /// Puts the pin of the draft somewhere by hand, or takes it away; what the phone measured stays beside it.
    pub(crate) fn pin_draft(&self, point: Option<(i64, i64)>) -> Result<DraftView, AppError> {
        let unusable = |_| AppError::Refused(ErrorCode::LocationUnusable);
        let pin = point.map(|(lat_e7, lon_e7)| Fix::from_e7(lat_e7, lon_e7, Provider::Manual).map_err(unusable));
        self.store
            .pin_draft(pin.transpose()?.as_ref(), self.ports.clock.wall())?;
        self.read_draft()
    }

    /// Takes a photo in: checked, hashed, encrypted and durable before it is on the draft.
    pub(crate) fn add_draft_photo(
        &self,
        bytes: &[u8],
        source: PhotoSource,
        slot: Option<String>,
    ) -> Result<DraftView, AppError> {
        let taken_in = TakenIn::read(bytes, source)?;
        let seen = self.see_photo(&taken_in);
        self.refuse_too_many()?;
        let exposure = self.expose(slot)?;
        let draft = Some(self.store.draft_id(self.recorder.new_draft())?);
        let note = self.vault_note(&taken_in, draft, seen)?;
        self.store.add_draft_photo(
            &exposure,
            &mut Cursor::new(bytes),
            &note,
            &taken_in.thumbnail,
            |_, _| taken_in.facts.clone(),
        )?;
        self.photo_is_stored(taken_in.facts.sha256);
        self.read_draft()
    }

    /// # Errors
    /// [`ErrorCode::DraftTooManyPhotos`] when the draft in hand can take no further photo.
    pub(crate) fn refuse_too_many(&self) -> Result<(), AppError> {
        if self.store.draft()?.photos.len() >= MAX_PHOTOS {
            return Err(AppError::Refused(ErrorCode::DraftTooManyPhotos));
        }
        Ok(())
    }

    /// Which picture a name of the shot lists is; a name that no list has is kept, and shows the scene.
    pub(crate) fn expose(&self, slot: Option<String>) -> Result<Exposure, AppError> {
        let slot = slot.filter(|slot| !slot.is_empty());
        if slot.as_ref().is_some_and(|slot| slot.len() > MAX_NAME_BYTES) {
            return Err(AppError::Arguments("a picture's name".into()));
        }
        let rule = slot.as_deref().and_then(|slot| self.catalogue.shot(slot));
        Ok(Exposure {
            role: rule.map_or(PhotoRole::Scene, |rule| rule.role),
            slot,
        })
    }

    /// What is noted in the vault beside an original. A camera's photo was taken where the phone is; of an import only its
    /// own file says where.
    /// What goes beside a photo's bytes; `seen` says when and where it was taken, for one that comes later than that.
    pub(crate) fn vault_note(
        &self,
        taken_in: &TakenIn,
        draft: Option<DraftId>,
        seen: Option<Seen>,
    ) -> Result<VaultNote, AppError> {
        let mut at = self.recorder.now(&self.store)?;
        let PhotoFacts { fix, source, .. } = &taken_in.facts;
        let here = match (seen, source) {
            (Some(seen), _) => {
                at = At {
                    wall_ms: seen.at.wall_ms,
                    boot_ms: seen.at.boot_ms,
                    boot_id: seen.at.boot_id,
                    offset: None,
                    ..at
                };
                // Where the phone is now is not where it was then.
                seen.fix
            }
            (None, PhotoSource::Camera) => self.find_here(&ShotAt::from(&at)),
            (None, PhotoSource::Import) => None,
        };
        Ok(VaultNote {
            fix: here.or(*fix),
            at,
            source: *source,
            draft,
        })
    }

    /// Takes one of the demo's rendered scenes, read from its file: photo bytes do not pass through the UI.
    pub(crate) fn add_demo_photo(&self, name: &str, slot: Option<String>) -> Result<DraftView, AppError> {
        let Some((folder, patrol)) = &self.demo else {
            return Err(AppError::Refused(ErrorCode::PhotoNotFound));
        };
        if !patrol.has_scene(name) {
            return Err(AppError::Refused(ErrorCode::PhotoNotFound));
        }
        self.add_draft_photo(&std::fs::read(folder.join(name))?, PhotoSource::Import, slot)
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

    pub(crate) fn build_case(&self, to_save: &DraftToSave<'_, '_>) -> Result<(Op, Vec<Part>, SavedView), AppError> {
        let draft = &to_save.draft;
        let DraftFields {
            matter,
            plate,
            street: _,
            note,
            form: answers,
            screen: _,
        } = &draft.fields;
        let matter = matter.clone().filter(|matter| self.catalogue.contains(matter));
        let matter = matter.ok_or(AppError::Refused(ErrorCode::DraftNoMatter))?;
        if draft.photos.is_empty() {
            return Err(AppError::Refused(ErrorCode::DraftNoPhoto));
        }
        let at = self.recorder.at(|boot_id, boot| to_save.moment(boot_id, boot))?;
        let series = to_save.later_journal()?.map(|log| mark(&log)).unwrap_or_default();
        let day = day_prefix(at.wall_ms.0, at.tz.0, &series);
        let number = format!("{day}{:03}", to_save.next_number(&day)?);
        let photos: Vec<PhotoRef> = draft.photos.iter().map(draft_photo_ref).collect();
        let mut parts = Vec::new();
        let answers = form::seal_text(self.catalogue.own_answers(&matter, form::read(answers)));
        let body = CaseOpened {
            number: number.clone(),
            pack: PackVersion {
                name: "catalogue".into(),
                version: self.catalogue.version().to_owned(),
            },
            plate: Plate::parse(plate).ok().as_ref().map(PlateRecord::from),
            place: self.place_at(draft, &at),
            note: (!note.is_empty()).then(|| self.seal_into(&mut parts, "note", note)),
            form: answers.map(|answers| self.seal_into(&mut parts, "form", &answers)),
            interval: match self.catalogue.interval_s(&matter) {
                0 => None,
                _ => interval(&photos),
            },
            matter,
        };
        let case = self.recorder.new_case();
        let saved = SavedView {
            case_id: case.to_string(),
            number,
            photos: u32::try_from(photos.len()).unwrap_or(u32::MAX),
        };
        let op = self.recorder.op(at, Some(case), photos, Body::CaseOpened(body));
        Ok((op, parts, saved))
    }

    /// Where a draft is: the first photo that knows where it was taken, else the middle of the chosen street; and the pin.
    pub(crate) fn place(&self, draft: &Draft) -> Place {
        let street = draft.fields.street.as_deref();
        let street = street.and_then(|id| self.district.street(id));
        let fix = place_fix(draft).or_else(|| {
            street.and_then(|street| Fix::from_degrees(street.lat, street.lon, Provider::Street, None).ok())
        });
        Place {
            fix,
            pin: draft.pin,
            community: street.map(|street| street.community.clone()),
            street: street.map(|street| street.id.clone()),
        }
    }

    /// The same, with the fix as old as it is when the op is made; unknown when the phone was restarted since.
    fn place_at(&self, draft: &Draft, at: &At) -> Place {
        let place = self.place(draft);
        let Some(Fix { age_ms: Some(age), .. }) = place.fix else {
            return place;
        };
        let came = draft.photos.iter().find(|photo| photo_fix(photo).is_some());
        let since = came
            .and_then(|photo| photo.came)
            .and_then(|came| came.boot_until(&at.into()));
        let fix = place.fix.map(|fix| match since {
            Some(since) => aged(fix, age.saturating_add(since)),
            None => Fix { age_ms: None, ..fix },
        });
        Place { fix, ..place }
    }

    pub(crate) fn view_draft(&self, draft: &Draft) -> DraftView {
        let fields = &draft.fields;
        let place = self.place(draft);
        let form = form::read(&fields.form);
        let doubts = self.catalogue.doubt(fields.matter.as_deref(), &form);
        DraftView {
            id: draft.id.map(|id| id.to_string()),
            matter: fields.matter.clone(),
            plate: Plate::parse(&fields.plate).ok().as_ref().map(view_plate),
            plate_typed: fields.plate.clone(),
            street: fields.street.clone(),
            note: fields.note.clone(),
            form,
            missing: doubts.missing,
            odd: doubts.odd,
            fix: place.fix.as_ref().map(view_place),
            pin: place.pin.as_ref().map(view_place),
            place: place.point().as_ref().map(view_place),
            timer: self.view_timer(draft, &self.moment()),
            screen: fields.screen.clone(),
            photos: draft.photos.iter().map(view_photo).collect(),
            saved_ms: draft.saved.map(|saved| saved.0),
        }
    }
}

/// Where the first photo of a draft that knows it was taken.
pub(crate) fn place_fix(draft: &Draft) -> Option<Fix> {
    draft.photos.iter().find_map(photo_fix)
}

fn photo_fix(photo: &DraftPhoto) -> Option<Fix> {
    photo.fix.or(photo.facts.fix)
}

/// A draft's photo as the op names it. When it was taken is known of this phone's camera alone.
fn draft_photo_ref(photo: &DraftPhoto) -> PhotoRef {
    let DraftPhoto {
        facts,
        exposure,
        came,
        fix: _,
    } = photo;
    PhotoRef {
        slot: exposure.slot.clone(),
        shot: came.filter(|_| facts.source == PhotoSource::Camera),
        ..photo_ref(facts, exposure.role)
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
        slot: None,
        shot: None,
    }
}

pub(crate) fn view_photo(photo: &DraftPhoto) -> DraftPhotoView {
    let DraftPhoto {
        facts,
        exposure,
        came,
        fix: _,
    } = photo;
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
    } = facts;
    let by_camera = came.filter(|_| *source == PhotoSource::Camera);
    DraftPhotoView {
        sha256: sha256.to_string(),
        bytes: *bytes,
        width: *width,
        height: *height,
        role: exposure.role,
        slot: exposure.slot.clone(),
        shot_ms: by_camera.map(|came| came.wall_ms.0),
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
        is_mock: fix.mock == Some(true),
    }
}
