//! `record`: the scripted patrol, case by case, without any network.
//!
//! Each line that says "saved" is printed after the save returned: what it names must be there after any kill.

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use patrol_app::domain::op::{Step, VoidCause};
use patrol_app::domain::{CaseId, PhotoRole, PhotoSource};
use patrol_app::{Amendment, App, AppError, Patrol, PatrolCase, Photo, Recovered};
use serde_json::json;

use crate::command::sync::Beside;
use crate::host::{Problem, call, describe, open};
use crate::terminal::say;

/// How a patrol is walked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// Whether cases are acted upon after they were saved.
    pub(crate) acts: bool,
    /// Whether photos come as from a camera: written to a target that was on disk before.
    pub(crate) camera: bool,
    /// Whether each phase waits for a line.
    pub(crate) step: bool,
    /// Whether what was recorded goes to the station meanwhile.
    pub(crate) sync: bool,
}

pub(crate) async fn record(data: &Path, photos: &Path, cases: usize, manner: Manner) -> Result<ExitCode, Problem> {
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
    let syncing = manner.sync.then(|| Beside::start(&app)).transpose()?;
    for (index, case) in patrol.case.iter().cycle().take(cases).enumerate() {
        let saved = record_case(&app, photos, case, manner).await?;
        if manner.acts {
            // Another case's picture: the same one again would be one photo.
            let other = patrol
                .case
                .iter()
                .cycle()
                .nth(index + 1)
                .and_then(|other| other.photos.last());
            act(&app, photos, (case, other), saved, index, manner.step)?;
        }
    }
    if let Some(syncing) = syncing {
        syncing.finish().await?;
    }
    app.close().map_err(|error| describe(&error.reply()))?;
    Ok(ExitCode::SUCCESS)
}

/// What may happen to a case after it was saved. Each line that says "done" is printed after the op is durable.
fn act(
    app: &App,
    folder: &Path,
    (script, picture): (&PatrolCase, Option<&String>),
    case: CaseId,
    index: usize,
    step: bool,
) -> Result<(), Problem> {
    let done = |what: &str, outcome: Result<(), AppError>| {
        outcome.map_err(|error| describe(&error.reply()))?;
        say(format_args!("done {what} {case}"));
        Ok::<_, Problem>(())
    };
    enter("phase step", step);
    done("step", app.take_step(case, Step::Corrected, "当场改正，已复查。"))?;
    if let Some(name) = picture {
        let bytes = std::fs::read(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        enter("phase add", step);
        done(
            "add",
            app.add_case_photo(case, &bytes, PhotoSource::Import, PhotoRole::After),
        )?;
    }
    enter("phase amend", step);
    let amendment = Amendment {
        note: Some(format!("{}（更正）", script.note)),
        ..Amendment::default()
    };
    done("amend", app.amend_case(case, &amendment, "说明写漏了"))?;
    if index % 4 == 3 {
        enter("phase void", step);
        done("void", app.void_case(case, VoidCause::Duplicate, "同一辆车登记了两次"))?;
    }
    Ok(())
}

/// Plays the camera: a program of its own that writes where it was told to, and may outlive the one that told it.
fn shoot(app: &App, folder: &Path, (name, slot): (&str, Option<&String>), step: bool) -> Result<(), Problem> {
    let problem = |error: AppError| describe(&error.reply());
    enter(format_args!("phase target {name}"), step);
    let shot = app.begin_shot(slot.cloned()).map_err(problem)?;
    enter(format_args!("phase camera {name}"), step);
    std::fs::copy(folder.join(name), &shot.path).map_err(|error| format!("{name}: {error}"))?;
    say(format_args!("shot {}", shot.name));
    enter(format_args!("phase photo {name}"), step);
    // The script's pictures are files, whoever plays the camera: the record says so.
    app.finish_shot(&shot.name, PhotoSource::Import).map_err(problem)?;
    Ok(())
}

async fn record_case(app: &Arc<App>, folder: &Path, case: &PatrolCase, manner: Manner) -> Result<CaseId, Problem> {
    let step = manner.step;
    let PatrolCase {
        matter,
        plate,
        street,
        note,
        form,
        photos,
        slots,
    } = case;
    call(app, "draft_discard", json!({})).await?;
    for (position, name) in photos.iter().enumerate() {
        let slot = slots.get(position);
        if manner.camera {
            shoot(app, folder, (name, slot), step)?;
            continue;
        }
        enter(format_args!("phase photo {name}"), step);
        let bytes = std::fs::read(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        let photo = Photo {
            bytes,
            source: "import".into(),
            slot: slot.cloned(),
            shot: None,
        };
        app.dispatch("draft_add_photo", json!(null), Some(photo))
            .await
            .map_err(|reply| describe(&reply))?;
    }
    enter("phase draft", step);
    let fields = json!({ "matter": matter, "plate": plate, "street": street, "note": note, "form": form });
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
    let id = text("case_id");
    id.parse().map_err(|_| format!("{id} is no case"))
}

/// Says which phase begins; with `step` the phase begins when somebody answers with a line.
fn enter(phase: impl Display, step: bool) {
    say(phase);
    if step {
        // Nobody there to answer any more: the phase begins all the same.
        let _ = std::io::stdin().read_line(&mut String::new());
    }
}
