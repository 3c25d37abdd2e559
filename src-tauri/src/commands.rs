//! The dispatch table's commands as Tauri's: each hands its arguments on and the answer back.
//!
//! A page calls `invoke(name, { args })`. Only a photo comes otherwise: its bytes are the request's body, because as JSON
//! four megabytes take half a second.

use patrol_app::{AppError, ErrorReply, Photo};
use serde_json::{Value, json};
use tauri::ipc::{Invoke, InvokeBody, Request};
use tauri::{State, Wry};

use crate::shell::Shell;

/// How a photo came to the page; `x-photo-source: camera` or `import`.
const SOURCE: &str = "x-photo-source";

/// The recorded case that a photo belongs to.
const CASE: &str = "x-photo-case";
/// Which picture of the shot list it is.
const SLOT: &str = "x-photo-slot";

/// The shot that `draft_begin_shot` began.
const SHOT: &str = "x-shot-name";

macro_rules! commands {
    ($($name:ident),+ $(,)?) => {
        $(
            #[tauri::command]
            async fn $name(shell: State<'_, Shell>, args: Option<Value>) -> Result<Value, ErrorReply> {
                shell.dispatch(stringify!($name), args.unwrap_or_default(), None).await
            }
        )+

        /// What the window listens to.
        pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![draft_add_photo, draft_finish_shot, case_add_photo, $($name),+]
        }

        #[cfg(test)]
        const HANDLED: &[&str] = &["draft_add_photo", "draft_finish_shot", "case_add_photo", $(stringify!($name)),+];
    };
}

commands![
    app_state,
    enrol,
    draft_read,
    draft_write,
    draft_add_demo_photo,
    draft_remove_photo,
    draft_discard,
    draft_save,
    case_find,
    case_read,
    case_amend,
    case_void,
    case_step,
    case_type,
    photo_verify,
    found_list,
    found_place,
    salvage_understood,
    draft_pin,
    draft_here,
    draft_begin_shot,
    draft_park,
    draft_list,
    draft_take,
    timer_start,
    timer_list,
    timer_take,
    timer_drop,
    plate_known,
    plate_recent,
    case_list,
    sync_status,
    sync_start,
    sync_configure,
    sync_audit,
    sync_wait,
    sync_receipts,
    station_read,
    host_network,
    people_list,
    people_add,
    people_choose,
    people_set_pin,
    people_lock,
    people_front,
    shift_state,
    shift_start,
    shift_end,
    shift_track,
    shift_report,
    shift_save_report,
    track_add,
    budget_read,
    preference_read,
    preference_write,
    export_sealed,
    export_state,
    log_export,
    map_state,
    map_cases,
    map_case,
    grid_list,
    here_grid,
];

/// A photo's bytes. On a phone, where a body cannot be handed over, a path will come as JSON; until then that is refused.
#[tauri::command]
async fn draft_add_photo(request: Request<'_>, shell: State<'_, Shell>) -> Result<Value, ErrorReply> {
    let Some(photo) = photo_of(&request) else {
        return Err(AppError::Arguments("a photo's bytes as the request's body".into()).reply());
    };
    shell.dispatch("draft_add_photo", Value::Null, Some(photo)).await
}

/// As [`draft_add_photo`], for a recorded case.
#[tauri::command]
async fn case_add_photo(request: Request<'_>, shell: State<'_, Shell>) -> Result<Value, ErrorReply> {
    let Some(photo) = photo_of(&request) else {
        return Err(AppError::Arguments("a photo's bytes as the request's body".into()).reply());
    };
    let case = request.headers().get(CASE).and_then(|value| value.to_str().ok());
    let args = json!({ "case_id": case.unwrap_or_default() });
    shell.dispatch("case_add_photo", args, Some(photo)).await
}

/// The bytes of the page's own camera, or the name of a shot that another program has written.
#[tauri::command]
async fn draft_finish_shot(request: Request<'_>, shell: State<'_, Shell>) -> Result<Value, ErrorReply> {
    let photo = photo_of(&request);
    let args = match request.body() {
        InvokeBody::Json(body) => body.get("args").cloned().unwrap_or_default(),
        InvokeBody::Raw(_) => Value::Null,
    };
    shell.dispatch("draft_finish_shot", args, photo).await
}

fn photo_of(request: &Request<'_>) -> Option<Photo> {
    let InvokeBody::Raw(bytes) = request.body() else {
        return None;
    };
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    Some(Photo {
        bytes: bytes.clone(),
        source: header(SOURCE).unwrap_or("import").to_owned(),
        slot: header(SLOT).map(str::to_owned),
        shot: header(SHOT).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use patrol_app::COMMANDS;

    use super::*;
    use crate::names::NAMES;

    fn sorted<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        names.into_iter().collect()
    }

    #[test]
    fn what_is_handled_and_declared_is_the_dispatch_table() {
        let table = sorted(COMMANDS.iter().copied());
        assert_eq!(sorted(HANDLED.iter().copied()), table);
        assert_eq!(sorted(NAMES.iter().copied()), table);
        assert_eq!(
            (HANDLED.len(), NAMES.len()),
            (table.len(), table.len()),
            "nothing twice"
        );
    }

    #[test]
    fn the_window_may_call_the_dispatch_table_and_nothing_else() {
        let capability: Value = serde_json::from_str(include_str!("../capabilities/main.json")).unwrap();
        let granted: BTreeSet<String> = serde_json::from_value(capability["permissions"].clone()).unwrap();
        let wanted: BTreeSet<String> = COMMANDS
            .iter()
            .map(|name| format!("allow-{}", name.replace('_', "-")))
            .collect();
        assert_eq!(granted, wanted);
        assert_eq!(capability["windows"], serde_json::json!(["main"]));
        assert!(capability.get("remote").is_none());

        let config: Value = serde_json::from_str(include_str!("../tauri.conf.json")).unwrap();
        assert_eq!(config["app"]["security"]["capabilities"], serde_json::json!(["main"]));
    }
}
