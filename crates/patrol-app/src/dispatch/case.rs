//! The commands about recorded cases and found photos.

use std::collections::BTreeMap;

use patrol_domain::op::{Step, VoidCause};
use patrol_domain::{CaseId, PhotoRole, PhotoSource};
use serde::Deserialize;
use serde_json::Value;

use super::draft::HashArguments;
use super::{Photo, answer, none, read};
use crate::act::Amendment;
use crate::app::App;
use crate::case::Find;
use crate::error::AppError;
use crate::view::{ActFields, ActName, CaseLies, CaseStanding, FoundTo, PinFields};

#[derive(Deserialize)]
struct FindArguments {
    words: String,
    state: Option<CaseStanding>,
    lies: Option<CaseLies>,
    matter_class: Option<String>,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
    before: Option<String>,
    skip: usize,
    limit: usize,
    count: bool,
}

#[derive(Deserialize)]
struct CaseArguments {
    case_id: CaseId,
}

#[derive(Deserialize)]
struct AmendArguments {
    case_id: CaseId,
    matter: Option<String>,
    plate: Option<String>,
    note: Option<String>,
    #[serde(default)]
    form: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    street: Option<String>,
    #[serde(default)]
    pin: Option<PinFields>,
    reason: String,
}

#[derive(Deserialize)]
struct VoidArguments {
    case_id: CaseId,
    cause: VoidCause,
    reason: String,
}

#[derive(Deserialize)]
struct StepArguments {
    case_id: CaseId,
    step: Step,
    note: String,
}

#[derive(Deserialize)]
struct TypeArguments {
    case_id: CaseId,
    act: ActName,
    fields: Option<ActFields>,
}

#[derive(Deserialize)]
struct FoundArguments {
    sha256: String,
    to: FoundTo,
    case_id: Option<CaseId>,
}

impl App {
    /// Runs a command about recorded cases; `None` for any other.
    pub(super) fn run_case(
        &self,
        command: &str,
        args: &Value,
        photo: Option<&Photo>,
    ) -> Option<Result<Value, AppError>> {
        Some(match command {
            "case_find" => self.run_find(args),
            "case_read" => read_case(args).and_then(|case| answer(self.read_case(case)?)),
            "case_amend" => self.run_amend(args),
            "case_void" => self.run_void(args),
            "case_step" => self.run_step(args),
            "case_add_photo" => self.run_add_case_photo(args, photo),
            "case_type" => self.run_type(args),
            "photo_verify" => {
                read::<HashArguments>(args.clone()).and_then(|args| answer(self.verify_photo(&args.sha256)?))
            }
            "found_list" => none(args.clone()).and_then(|()| answer(self.list_found()?)),
            "found_place" => self.run_found(args),
            "salvage_understood" => none(args.clone()).and_then(|()| answer(self.understand_salvage()?)),
            _ => return None,
        })
    }

    fn run_find(&self, args: &Value) -> Result<Value, AppError> {
        let FindArguments {
            words,
            state,
            lies,
            matter_class,
            from_ms,
            to_ms,
            before,
            skip,
            limit,
            count,
        } = read(args.clone())?;
        answer(self.find_cases(&Find {
            words,
            state,
            lies,
            matter_class,
            from_ms,
            to_ms,
            before,
            skip,
            limit,
            count,
        })?)
    }

    fn run_amend(&self, args: &Value) -> Result<Value, AppError> {
        let AmendArguments {
            case_id,
            matter,
            plate,
            note,
            form,
            street,
            pin,
            reason,
        } = read(args.clone())?;
        let amendment = Amendment {
            matter,
            plate,
            note,
            form,
            street,
            pin: pin.map(|PinFields { lat_e7, lon_e7 }| (lat_e7, lon_e7)),
        };
        self.amend_case(case_id, &amendment, &reason)?;
        answer(self.read_case(case_id)?)
    }

    fn run_void(&self, args: &Value) -> Result<Value, AppError> {
        let VoidArguments { case_id, cause, reason } = read(args.clone())?;
        self.void_case(case_id, cause, &reason)?;
        answer(self.read_case(case_id)?)
    }

    fn run_step(&self, args: &Value) -> Result<Value, AppError> {
        let StepArguments { case_id, step, note } = read(args.clone())?;
        self.take_step(case_id, step, &note)?;
        answer(self.read_case(case_id)?)
    }

    fn run_add_case_photo(&self, args: &Value, photo: Option<&Photo>) -> Result<Value, AppError> {
        let case = read_case(args)?;
        let photo = photo.ok_or_else(|| AppError::Arguments("a photo's bytes".into()))?;
        let source = PhotoSource::from_name(&photo.source).unwrap_or(PhotoSource::Import);
        self.add_case_photo(case, &photo.bytes, source, PhotoRole::Scene)?;
        answer(self.read_case(case)?)
    }

    fn run_type(&self, args: &Value) -> Result<Value, AppError> {
        let TypeArguments { case_id, act, fields } = read(args.clone())?;
        self.type_act(case_id, act, fields.as_ref())?;
        Ok(Value::Null)
    }

    fn run_found(&self, args: &Value) -> Result<Value, AppError> {
        let FoundArguments { sha256, to, case_id } = read(args.clone())?;
        answer(self.place_found(&sha256, to, case_id)?)
    }
}

fn read_case(args: &Value) -> Result<CaseId, AppError> {
    read::<CaseArguments>(args.clone()).map(|CaseArguments { case_id }| case_id)
}
