//! The commands about officers, shifts, preferences, room and files for others.

use std::sync::Arc;

use patrol_store::Preference;
use serde::Deserialize;
use serde_json::Value;

use super::{answer, none, read};
use crate::app::App;
use crate::error::AppError;
use crate::shift::ReceivedPoint;

/// What a locked phone answers: what a sign-in needs, and the end of what was begun before.
const OPEN_TO_ALL: &[&str] = &[
    "app_state",
    "people_list",
    "people_add",
    "people_choose",
    "people_lock",
    "people_front",
    "host_network",
    "preference_read",
    // A camera that opened before the lock hands its photo over; the track of the shift goes on.
    "draft_finish_shot",
    "track_add",
];

pub(super) fn is_open_to_all(command: &str) -> bool {
    OPEN_TO_ALL.contains(&command)
}

#[derive(Deserialize)]
struct CodeArguments {
    code: String,
}

#[derive(Deserialize)]
struct SignInArguments {
    number: String,
    pin: String,
}

#[derive(Deserialize)]
struct PinArguments {
    number: String,
    old: String,
    pin: String,
}

#[derive(Deserialize)]
struct FrontArguments {
    is_front: bool,
}

#[derive(Deserialize)]
struct GridsArguments {
    grids: Vec<String>,
}

#[derive(Deserialize)]
struct ShiftArguments {
    shift: Option<String>,
}

#[derive(Deserialize)]
struct SaveArguments {
    shift: Option<String>,
    language: String,
}

#[derive(Deserialize)]
struct TrackArguments {
    points: Vec<ReceivedPoint>,
}

#[derive(Deserialize)]
struct PreferenceArguments {
    language: String,
    text_size: String,
    theme: String,
    hand: String,
    lock_minutes: u32,
    welcomed: bool,
}

impl App {
    pub(super) async fn run_people_add(self: &Arc<Self>, args: Value) -> Result<Value, AppError> {
        self.add_officer(&read::<CodeArguments>(args)?.code).await?;
        answer(self.people()?)
    }

    pub(super) fn run_people(&self, command: &str, args: &Value) -> Option<Result<Value, AppError>> {
        let args = args.clone();
        Some(match command {
            "people_list" => none(args).and_then(|()| answer(self.people()?)),
            "people_choose" => read(args)
                .and_then(|SignInArguments { number, pin }| self.sign_in(&number, &pin))
                .and_then(answer),
            "people_set_pin" => read(args)
                .and_then(|PinArguments { number, old, pin }| self.set_pin(&number, &old, &pin))
                .and_then(answer),
            "people_lock" => none(args).and_then(|()| answer(self.lock()?)),
            "people_front" => read(args).and_then(|FrontArguments { is_front }| {
                self.set_in_front(is_front);
                answer(self.people()?)
            }),
            "preference_read" => none(args).and_then(|()| answer(self.preference()?)),
            "preference_write" => read(args).and_then(|chosen| answer(self.write_preference(preference(chosen))?)),
            "budget_read" => none(args).and_then(|()| answer(self.budget()?)),
            "export_sealed" => none(args).and_then(|()| answer(self.export_to_outgoing()?)),
            "export_state" => none(args).and_then(|()| answer(self.export_state()?)),
            "log_export" => none(args).and_then(|()| answer(self.export_log()?)),
            _ => return self.run_shift(command, args),
        })
    }

    fn run_shift(&self, command: &str, args: Value) -> Option<Result<Value, AppError>> {
        Some(match command {
            "shift_state" => none(args).and_then(|()| answer(self.shift_state()?)),
            "shift_start" => read(args).and_then(|GridsArguments { grids }| answer(self.start_shift(grids)?)),
            "shift_end" => none(args).and_then(|()| answer(self.end_shift()?)),
            "shift_track" => none(args).and_then(|()| answer(self.shift_track()?)),
            "shift_report" => {
                read(args).and_then(|ShiftArguments { shift }| answer(self.shift_report(shift.as_deref())?))
            }
            "shift_save_report" => read(args).and_then(|SaveArguments { shift, language }| {
                answer(self.save_shift_report(shift.as_deref(), &language)?)
            }),
            "track_add" => read(args).and_then(|TrackArguments { points }| answer(self.add_to_track(&points)?)),
            _ => return None,
        })
    }
}

fn preference(chosen: PreferenceArguments) -> Preference {
    let PreferenceArguments {
        language,
        text_size,
        theme,
        hand,
        lock_minutes,
        welcomed,
    } = chosen;
    Preference {
        language,
        text_size,
        theme,
        hand,
        lock_minutes,
        welcomed,
    }
}
