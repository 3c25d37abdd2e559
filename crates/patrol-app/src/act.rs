//! What an officer does about a case that is already recorded.
//!
//! Nothing that was recorded is changed: a mistake is amended or voided with a reason, and both stand in the journal.

use std::collections::BTreeMap;
use std::io::Cursor;

use patrol_domain::case::Case;
use patrol_domain::op::{Body, CaseAmended, CaseVoided, Emptied, MatterChoice, PackVersion, PhotoAdded, StepTaken};
use patrol_domain::op::{Place, PlateRecord, Step, VoidCause};
use patrol_domain::{CaseId, Fix, Op, Part, PhotoRole, PhotoSource, Plate, Provider, Sealed};
use patrol_store::{ActKind, CaseToChange};
use serde_json::Value;

use crate::app::App;
use crate::draft::{MAX_NOTE_CHARACTERS, photo_ref};
use crate::error::{AppError, ErrorCode};
use crate::pack::form;
use crate::photo::TakenIn;

/// What is to be put right. What is `None` stays as it was.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Amendment {
    /// Another matter's code.
    pub matter: Option<String>,
    /// Another plate as typed; an empty text means that there is none.
    pub plate: Option<String>,
    /// Other words; an empty text means none.
    pub note: Option<String>,
    /// Other answers to the form, all of them.
    pub form: Option<BTreeMap<String, Value>>,
    /// Another street's id; an empty text means none.
    pub street: Option<String>,
    /// Another pin: latitude and longitude, 1e-7 degree, WGS-84. What the phone found stays beside it.
    pub pin: Option<(i64, i64)>,
}

/// Every answer was taken back.
const NO_ANSWERS: &str = "{}";

impl App {
    /// Puts a mistake right, with a reason.
    ///
    /// # Errors
    /// [`AppError`]: no reason, an unknown matter, a note, plate or answer that is too long, a point that is
    /// none, an unknown case.
    pub fn amend_case(&self, case: CaseId, amendment: &Amendment, reason: &str) -> Result<(), AppError> {
        let Amendment {
            matter,
            plate,
            note,
            form,
            street,
            pin,
        } = amendment;
        if *amendment == Amendment::default() {
            return Err(AppError::Refused(ErrorCode::NothingChanged));
        }
        if reason.trim().is_empty() {
            return Err(AppError::Refused(ErrorCode::ReasonMissing));
        }
        check_words(reason)?;
        check_words(note.as_deref().unwrap_or(""))?;
        let matter = matter.as_ref().map(|code| self.choose_matter(code)).transpose()?;
        let said = |text: &&String| !text.trim().is_empty();
        let new_plate = plate
            .as_ref()
            .filter(said)
            .map(|typed| Plate::parse(typed))
            .transpose()?;
        let emptied = [(plate, Emptied::Plate), (note, Emptied::Note)]
            .into_iter()
            .filter(|(text, _)| text.as_ref().is_some_and(|text| text.trim().is_empty()))
            .map(|(_, field)| field)
            .collect::<Vec<_>>();
        let note = note.as_ref().filter(said);
        let answers = form.clone().map(form::write).transpose()?;
        let unusable = |_| AppError::Refused(ErrorCode::LocationUnusable);
        let pin = pin.map(|(lat_e7, lon_e7)| Fix::from_e7(lat_e7, lon_e7, Provider::Manual).map_err(unusable));
        let pin = pin.transpose()?;
        self.change_case(case, ActKind::Amend, |to_change| {
            let mut parts = Vec::new();
            let code = matter
                .as_ref()
                .or(to_change.case.matter.as_ref())
                .map(|matter| matter.code.as_str());
            let answers = self.other_answers(&to_change.case, code, matter.is_some(), answers.as_deref());
            let is_elsewhere = street.is_some() || pin.is_some();
            let body = CaseAmended {
                matter: matter.clone(),
                plate: new_plate.as_ref().map(PlateRecord::from),
                place: is_elsewhere.then(|| self.other_place(&to_change.case.place, street.as_deref(), pin)),
                form: answers.map(|answers| self.seal_into(&mut parts, "form", &answers)),
                note: note.map(|note| self.seal_into(&mut parts, "note", note)),
                emptied: emptied.clone(),
                reason: self.seal_into(&mut parts, "reason", reason),
            };
            (Body::CaseAmended(body), parts)
        })
    }

    /// The answers of an amendment; `None` when they stay as they were. Another matter takes its own answers along and leaves
    /// the others; the same matter keeps also those that today's catalogue does not ask for any more.
    fn other_answers(&self, case: &Case, code: Option<&str>, is_other: bool, typed: Option<&str>) -> Option<String> {
        let was = Self::answers_of(case);
        if typed.is_none() && (!is_other || was.is_empty()) {
            return None;
        }
        let answers = typed.map_or_else(|| was.clone(), form::read);
        let mut own = self.catalogue.own_answers(code.unwrap_or_default(), answers.clone());
        if is_other && typed.is_none() {
            let units = self.catalogue.units(code.unwrap_or_default());
            own.retain(|name, answer| name != form::UNIT || units.iter().any(|unit| answer == unit));
        }
        if !is_other {
            own.extend(answers.into_iter().filter(|(name, _)| was.contains_key(name)));
        }
        if typed.is_none() && own == was {
            return None;
        }
        Some(form::seal_text(own).unwrap_or_else(|| NO_ANSWERS.to_owned()))
    }

    /// A recorded place with another street or pin. A point that was only the former street's middle goes with it.
    fn other_place(&self, was: &Place, street: Option<&str>, pin: Option<Fix>) -> Place {
        let mut place = was.clone();
        if let Some(id) = street {
            let street = self.district.street(id);
            if place.fix.is_none_or(|fix| fix.provider == Provider::Street) {
                place.fix =
                    street.and_then(|street| Fix::from_degrees(street.lat, street.lon, Provider::Street, None).ok());
            }
            place.community = street.map(|street| street.community.clone());
            place.street = street.map(|street| street.id.clone());
        }
        place.pin = pin.or(place.pin);
        place
    }

    /// Makes a case void, with a reason.
    ///
    /// # Errors
    /// [`AppError`]: no reason for a cause that needs one, words that are too long, an unknown case.
    pub fn void_case(&self, case: CaseId, cause: VoidCause, reason: &str) -> Result<(), AppError> {
        if cause == VoidCause::Other && reason.trim().is_empty() {
            return Err(AppError::Refused(ErrorCode::ReasonMissing));
        }
        check_words(reason)?;
        self.change_case(case, ActKind::Void, |_| {
            let mut parts = Vec::new();
            let reason = (!reason.is_empty()).then(|| self.seal_into(&mut parts, "reason", reason));
            (Body::CaseVoided(CaseVoided { cause, reason }), parts)
        })
    }

    /// Writes down what was done about a case.
    ///
    /// # Errors
    /// [`AppError`]: words that are too long, an unknown case.
    pub fn take_step(&self, case: CaseId, step: Step, note: &str) -> Result<(), AppError> {
        check_words(note)?;
        self.change_case(case, ActKind::Step, |_| {
            let mut parts = Vec::new();
            let note = (!note.is_empty()).then(|| self.seal_into(&mut parts, "note", note));
            (Body::StepTaken(StepTaken { step, note }), parts)
        })
    }

    /// Adds a photo to a case that is already recorded.
    ///
    /// # Errors
    /// [`AppError`]: bytes that are no whole photo, no room, an unknown case.
    pub fn add_case_photo(
        &self,
        case: CaseId,
        bytes: &[u8],
        source: PhotoSource,
        role: PhotoRole,
    ) -> Result<(), AppError> {
        let taken_in = TakenIn::read(bytes, source)?;
        let seen = self.see_photo(&taken_in);
        let note = self.vault_note(&taken_in, None, seen)?;
        let facts = taken_in.facts;
        let sha256 = facts.sha256;
        self.store.add_case_photo(
            case,
            &mut Cursor::new(bytes),
            &note,
            &taken_in.thumbnail,
            |_, _| facts,
            |to_change, facts| {
                let photos = vec![photo_ref(facts, role)];
                let at = self.recorder.at(|boot_id, boot| to_change.moment(boot_id, boot))?;
                let body = Body::PhotoAdded(PhotoAdded {});
                let op = self.recorder.op_behind(at, case, &to_change.case.heads, photos, body);
                Ok::<_, AppError>((op, Vec::new(), ()))
            },
        )?;
        self.photo_is_stored(sha256);
        self.sync.wake();
        Ok(())
    }

    fn change_case(
        &self,
        case: CaseId,
        act: ActKind,
        mut body: impl FnMut(&CaseToChange<'_, '_>) -> (Body, Vec<Part>),
    ) -> Result<(), AppError> {
        self.store.change_case(case, |to_change| {
            let at = self.recorder.at(|boot_id, boot| to_change.moment(boot_id, boot))?;
            to_change.forget_typed(act)?;
            let (body, parts) = body(to_change);
            let op: Op = self
                .recorder
                .op_behind(at, case, &to_change.case.heads, Vec::new(), body);
            Ok::<_, AppError>((op, parts, ()))
        })?;
        self.sync.wake();
        Ok(())
    }

    fn choose_matter(&self, code: &str) -> Result<MatterChoice, AppError> {
        if !self.catalogue.contains(code) {
            return Err(AppError::Refused(ErrorCode::DraftNoMatter));
        }
        Ok(MatterChoice {
            code: code.to_owned(),
            pack: PackVersion {
                name: "catalogue".into(),
                version: self.catalogue.version().to_owned(),
            },
        })
    }

    pub(crate) fn seal_into(&self, parts: &mut Vec<Part>, field: &str, words: &str) -> Sealed {
        let (part, sealed) = self.recorder.seal(field, words);
        parts.push(part);
        sealed
    }
}

pub(crate) fn check_words(words: &str) -> Result<(), AppError> {
    if words.chars().count() > MAX_NOTE_CHARACTERS {
        return Err(AppError::Refused(ErrorCode::NoteTooLong));
    }
    Ok(())
}
