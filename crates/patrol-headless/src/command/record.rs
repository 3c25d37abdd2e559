//! `record`: the scripted patrol, case by case, without any network.
//!
//! Each line that says "saved" is printed after the save returned: what it names must be there after any kill.

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use patrol_app::{App, Patrol, PatrolCase, Photo, Recovered};
use serde_json::json;

use crate::host::{Problem, call, describe, open};
use crate::terminal::say;

pub(crate) async fn record(data: &Path, photos: &Path, cases: usize, step: bool) -> Result<ExitCode, Problem> {
    let script = photos.join("patrol.toml");
    let patrol = Patrol::read(photos).map_err(|error| format!("{}: {error}", script.display()))?;
    if patrol.case.is_empty() {
        return Err(format!("{} names no case", script.display()));
    }
    let app = open(data, Some(photos.to_owned()))?;
    let recovered = app.recover().map_err(|error| describe(&error.reply()))?;
    if recovered != Recovered::default() {
        say(format_args!("recovered {recovered:?}"));
    }
    for case in patrol.case.iter().cycle().take(cases) {
        record_case(&app, photos, case, step).await?;
    }
    app.close().map_err(|error| describe(&error.reply()))?;
    Ok(ExitCode::SUCCESS)
}

async fn record_case(app: &Arc<App>, folder: &Path, case: &PatrolCase, step: bool) -> Result<(), Problem> {
    let PatrolCase {
        matter,
        plate,
        street,
        note,
        photos,
    } = case;
    call(app, "draft_discard", json!({})).await?;
    for name in photos {
        enter(format_args!("phase photo {name}"), step);
        let bytes = std::fs::read(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        let photo = Photo {
            bytes,
            source: "import".into(),
        };
        app.dispatch("draft_add_photo", json!(null), Some(photo))
            .await
            .map_err(|reply| describe(&reply))?;
    }
    enter("phase draft", step);
    let fields = json!({ "matter": matter, "plate": plate, "street": street, "note": note });
    call(app, "draft_write", fields).await?;
    enter("phase save", step);
    let saved = call(app, "draft_save", json!({})).await?;
    let text = |name: &str| {
        saved
            .get(name)
            .and_then(|value| value.as_str())
            .unwrap_or("?")
            .to_owned()
    };
    say(format_args!(
        "saved {} {} {} photos {matter} {plate}",
        text("case_id"),
        text("number"),
        photos.len()
    ));
    Ok(())
}

/// Says which phase begins; with `step` the phase begins when somebody answers with a line.
fn enter(phase: impl Display, step: bool) {
    say(phase);
    if step {
        // Nobody there to answer any more: the phase begins all the same.
        let _ = std::io::stdin().read_line(&mut String::new());
    }
}
