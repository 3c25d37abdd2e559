//! The dispatch table: one list of commands for every host.
//!
//! The window wraps each as a Tauri command, the development server as an HTTP path; a test holds both against
//! [`COMMANDS`].

mod case;
mod draft;
mod map;
mod people;
mod sync;

use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::app::App;
use crate::error::{AppError, ErrorCode, ErrorReply};

/// Every command, by name.
pub const COMMANDS: &[&str] = &[
    "app_state",
    "enrol",
    "draft_read",
    "draft_write",
    "draft_add_photo",
    "draft_add_demo_photo",
    "draft_remove_photo",
    "draft_discard",
    "draft_save",
    "case_find",
    "case_read",
    "case_amend",
    "case_void",
    "case_step",
    "case_add_photo",
    "case_type",
    "photo_verify",
    "found_list",
    "found_place",
    "salvage_understood",
    "draft_pin",
    "draft_here",
    "draft_begin_shot",
    "draft_finish_shot",
    "draft_park",
    "draft_list",
    "draft_take",
    "timer_start",
    "timer_list",
    "timer_take",
    "timer_drop",
    "plate_known",
    "plate_recent",
    "case_list",
    "sync_status",
    "sync_start",
    "sync_configure",
    "sync_audit",
    "sync_wait",
    "sync_receipts",
    "station_read",
    "host_network",
    "people_list",
    "people_add",
    "people_choose",
    "people_set_pin",
    "people_lock",
    "people_front",
    "shift_state",
    "shift_start",
    "shift_end",
    "shift_track",
    "shift_report",
    "shift_save_report",
    "track_add",
    "budget_read",
    "preference_read",
    "preference_write",
    "export_sealed",
    "export_state",
    "log_export",
    "map_state",
    "map_cases",
    "map_case",
    "grid_list",
    "here_grid",
];

/// A photo's bytes as the host got them, for `draft_add_photo`, `draft_finish_shot` and `case_add_photo`.
#[derive(Debug, Clone, Default)]
pub struct Photo {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// `camera` or `import`, as the host was told; anything else counts as `import`.
    pub source: String,
    /// Its name in the shot list (`x-photo-slot`).
    pub slot: Option<String>,
    /// The shot that `draft_begin_shot` began (`x-shot-name`).
    pub shot: Option<String>,
}

#[derive(Deserialize)]
struct Nothing {}

#[derive(Deserialize)]
struct PageArguments {
    before: Option<String>,
    limit: usize,
}

impl App {
    /// Runs one command: its JSON arguments and, for `draft_add_photo`, a photo. The answer is JSON as in `view.rs`.
    ///
    /// # Errors
    /// [`ErrorReply`], ready for the UI.
    pub async fn dispatch(
        self: &Arc<Self>,
        command: &str,
        args: Value,
        photo: Option<Photo>,
    ) -> Result<Value, ErrorReply> {
        if self.is_locked() && !people::is_open_to_all(command) {
            return Err(AppError::Refused(ErrorCode::PhoneLocked).reply());
        }
        if command == "people_add" {
            return self.run_people_add(args).await.map_err(|error| error.reply());
        }
        if let Some(answered) = self.run_waiting(command, &args).await {
            return answered.map_err(|error| error.reply());
        }
        // Disk and pictures: off the threads that keep the network and the window alive.
        let (app, command) = (Arc::clone(self), command.to_owned());
        let work = tokio::task::spawn_blocking(move || {
            app.run(&command, args, photo)
                .inspect_err(|error| app.note_damage(error))
        });
        match work.await {
            Ok(answer) => answer.map_err(|error| error.reply()),
            Err(error) => Err(AppError::Arguments(format!("the command did not end: {error}")).reply()),
        }
    }

    fn run(&self, command: &str, args: Value, photo: Option<Photo>) -> Result<Value, AppError> {
        if let Some(answered) = self.run_sync(command, &args) {
            return answered;
        }
        if let Some(answer) = self.run_case(command, &args, photo.as_ref()) {
            return answer;
        }
        if let Some(done) = self.run_map(command, &args) {
            return done;
        }
        if let Some(answer) = self.run_draft(command, &args, photo.as_ref()) {
            return answer;
        }
        match command {
            "app_state" => none(args).and_then(|()| answer(self.state()?)),
            "case_list" => {
                let PageArguments { before, limit } = read(args)?;
                answer(self.cases(before.as_deref(), limit)?)
            }
            other => self
                .run_people(other, &args)
                .unwrap_or_else(|| Err(AppError::Arguments(format!("no command {other}")))),
        }
    }
}

fn read<T: DeserializeOwned>(args: Value) -> Result<T, AppError> {
    serde_json::from_value(args).map_err(|error| AppError::Arguments(error.to_string()))
}

fn none(args: Value) -> Result<(), AppError> {
    let args = if args.is_null() {
        Value::Object(serde_json::Map::new())
    } else {
        args
    };
    read::<Nothing>(args).map(|Nothing {}| ())
}

fn answer(view: impl serde::Serialize) -> Result<Value, AppError> {
    serde_json::to_value(view).map_err(|error| AppError::Arguments(error.to_string()))
}
