//! The commands of capture: drafts, their photos and forms, timers, plates.

use patrol_domain::{DraftId, PhotoSource, Wgs84};
use patrol_store::DraftFields;
use serde::Deserialize;
use serde_json::Value;

use super::{Photo, answer, none, read};
use crate::app::App;
use crate::error::{AppError, ErrorCode};
use crate::here::Report;
use crate::pack::form::{self, Answers};
use crate::timer::DropCause;

#[derive(Deserialize)]
struct DraftArguments {
    matter: Option<String>,
    plate: String,
    street: Option<String>,
    note: String,
    /// `None` leaves the answers as they are.
    form: Option<Answers>,
    /// `None` leaves it as it is.
    screen: Option<String>,
}

#[derive(Deserialize)]
struct SceneArguments {
    name: String,
    slot: Option<String>,
}

#[derive(Deserialize)]
struct SlotArguments {
    slot: Option<String>,
}

#[derive(Deserialize)]
struct NameArguments {
    name: String,
}

#[derive(Deserialize)]
pub(super) struct HashArguments {
    pub(super) sha256: String,
}

#[derive(Deserialize)]
struct PinArguments {
    lat_e7: Option<i64>,
    lon_e7: Option<i64>,
    #[serde(default)]
    clear: bool,
}

#[derive(Deserialize)]
struct PointArguments {
    lat_e7: Option<i64>,
    lon_e7: Option<i64>,
}

#[derive(Deserialize)]
struct DraftIdArguments {
    id: DraftId,
}

#[derive(Deserialize)]
struct DropArguments {
    id: DraftId,
    cause: DropCause,
}

#[derive(Deserialize)]
struct TypedArguments {
    typed: String,
}

impl App {
    pub(super) fn run_draft(
        &self,
        command: &str,
        args: &Value,
        photo: Option<&Photo>,
    ) -> Option<Result<Value, AppError>> {
        Some(match command {
            "draft_read" => none(args.clone()).and_then(|()| answer(self.read_draft()?)),
            "draft_write" => self.run_write(args.clone()),
            "draft_pin" => self.run_pin(args.clone()),
            "draft_here" => read::<Report>(args.clone()).and_then(|report| answer(self.report_here(report)?)),
            "draft_add_photo" => self.run_draft_photo(photo),
            "draft_add_demo_photo" => {
                read(args.clone()).and_then(|SceneArguments { name, slot }| answer(self.add_demo_photo(&name, slot)?))
            }
            "draft_remove_photo" => {
                read(args.clone()).and_then(|HashArguments { sha256 }| answer(self.remove_draft_photo(&sha256)?))
            }
            "draft_begin_shot" => {
                read(args.clone()).and_then(|SlotArguments { slot }| answer(self.begin_draft_shot(slot)?))
            }
            "draft_finish_shot" => self.run_finish_shot(args.clone(), photo),
            "draft_discard" => none(args.clone()).and_then(|()| answer(self.discard_draft()?)),
            "draft_save" => none(args.clone()).and_then(|()| answer(self.save_draft()?)),
            "draft_park" => none(args.clone()).and_then(|()| answer(self.park_draft()?)),
            "draft_list" => none(args.clone()).and_then(|()| answer(self.parked_drafts()?)),
            "draft_take" | "timer_take" => {
                read(args.clone()).and_then(|DraftIdArguments { id }| answer(self.take_draft(id)?))
            }
            "timer_start" => none(args.clone()).and_then(|()| answer(self.start_timer()?)),
            "timer_list" => self.run_timers(args.clone()),
            "timer_drop" => {
                read(args.clone()).and_then(|DropArguments { id, cause }| answer(self.drop_timer(id, cause)?))
            }
            "plate_known" => read(args.clone()).and_then(|TypedArguments { typed }| answer(self.plate_known(&typed)?)),
            "plate_recent" => none(args.clone()).and_then(|()| answer(self.plate_recent()?)),
            _ => return None,
        })
    }

    fn run_write(&self, args: Value) -> Result<Value, AppError> {
        let DraftArguments {
            matter,
            plate,
            street,
            note,
            form,
            screen,
        } = read(args)?;
        let before = self.store.draft()?.fields;
        answer(self.write_draft(DraftFields {
            matter,
            plate,
            street,
            note,
            form: form.map_or(Ok(before.form), form::write)?,
            screen: screen.unwrap_or(before.screen),
        })?)
    }

    fn run_pin(&self, args: Value) -> Result<Value, AppError> {
        let PinArguments { lat_e7, lon_e7, clear } = read(args)?;
        let point = lat_e7.zip(lon_e7).filter(|_| !clear);
        if point.is_none() && !clear {
            return Err(AppError::Arguments("a point, or clear".into()));
        }
        answer(self.pin_draft(point)?)
    }

    fn run_draft_photo(&self, photo: Option<&Photo>) -> Result<Value, AppError> {
        let photo = photo.ok_or_else(|| AppError::Arguments("a photo's bytes".into()))?;
        let Photo {
            bytes,
            source,
            slot,
            shot: _,
        } = photo;
        let source = PhotoSource::from_name(source).unwrap_or(PhotoSource::Import);
        answer(self.add_draft_photo(bytes, source, slot.clone())?)
    }

    fn run_finish_shot(&self, args: Value, photo: Option<&Photo>) -> Result<Value, AppError> {
        let Some(Photo { bytes, shot, .. }) = photo else {
            let NameArguments { name } = read(args)?;
            return answer(self.finish_draft_shot(&name, None)?);
        };
        let name = shot.as_ref();
        let name = name.ok_or_else(|| AppError::Arguments("the shot that these bytes are of".into()))?;
        answer(self.finish_draft_shot(name, Some(bytes))?)
    }

    fn run_timers(&self, args: Value) -> Result<Value, AppError> {
        let PointArguments { lat_e7, lon_e7 } = read(args)?;
        let unusable = |_| AppError::Refused(ErrorCode::LocationUnusable);
        let from = lat_e7
            .zip(lon_e7)
            .map(|(lat_e7, lon_e7)| Wgs84::from_e7(lat_e7, lon_e7).map_err(unusable));
        answer(self.timers(from.transpose()?)?)
    }
}
