//! `status`: what is where, as a table or as JSON.

use std::path::Path;
use std::process::ExitCode;

use patrol_app::{App, CaseRow, PhoneStanding};
use patrol_host::local_text;
use serde_json::json;

use crate::host::{Problem, describe, open_existing};
use crate::terminal::say;

pub(crate) fn status(data: &Path, as_json: bool) -> Result<ExitCode, Problem> {
    let app = open_existing(data)?;
    let state = app.state().map_err(|error| describe(&error.reply()))?;
    let status = app.sync_status().map_err(|error| describe(&error.reply()))?;
    if as_json {
        let enrolled = state.station.is_some();
        say(format_args!(
            "{}",
            json!({ "enrolled": enrolled, "state": state, "sync": status, "cases": all_cases(&app)? })
        ));
        return Ok(ExitCode::SUCCESS);
    }
    match &state.station {
        Some(station) => say(format_args!("enrolled at {} ({})", station.name, station.url)),
        None => say(format_args!("not enrolled")),
    }
    say(format_args!(
        "{:<10} {:<6} {:<12} {:>6} {:>10}  where",
        "number", "matter", "plate", "photos", "bytes"
    ));
    for case in all_cases(&app)? {
        print_case(&case);
    }
    let (here, there) = (&status.on_phone, &status.at_station);
    say(format_args!(
        "on the phone: {} cases, {} photos, {} KB",
        here.cases,
        here.photos,
        here.bytes / 1000
    ));
    say(format_args!(
        "at the station: {} cases, {} photos",
        there.cases, there.photos
    ));
    if status.is_paused {
        say("paused: nothing is sent");
    }
    for aside in &status.set_aside {
        say(format_args!(
            "set aside by the station: record {} ({:?})",
            aside.seq, aside.reason
        ));
    }
    match status.standing {
        PhoneStanding::Active => {}
        PhoneStanding::Retired => say("this phone is retired: it sends what it has and is told nothing"),
        PhoneStanding::Refused => say("the station does not accept this phone any more"),
    }
    if let Some(audit) = &status.audit {
        say(format_args!(
            "audit: {} (journal up to {}, checked {} by the station's clock)",
            if audit.is_equal {
                "station = phone"
            } else {
                "station and phone differ"
            },
            audit.seq,
            local_text(audit.station_ms)
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn print_case(case: &CaseRow) {
    let plate = case.plate.as_ref().map_or("", |plate| plate.text.as_str());
    let bytes: u64 = case.photos.iter().map(|photo| photo.bytes).sum();
    let there = case.photos.iter().filter(|photo| photo.at_station).count();
    let place = match (case.at_station, case.record_at_station) {
        (true, _) => "at the station, signed for".to_owned(),
        (false, true) => format!("record at the station, {there} photos of {}", case.photos.len()),
        (false, false) => "on the phone".to_owned(),
    };
    // A Chinese character takes two columns.
    let wide = plate.chars().filter(|character| !character.is_ascii()).count();
    let width = 12usize.saturating_sub(wide);
    say(format_args!(
        "{:<10} {:<6} {plate:<width$} {:>6} {bytes:>10}  {place}",
        case.number,
        case.matter,
        case.photos.len()
    ));
}

/// Every case, oldest first.
pub(crate) fn all_cases(app: &App) -> Result<Vec<CaseRow>, Problem> {
    let mut cases = Vec::new();
    let mut before = None;
    loop {
        let page = app
            .cases(before.as_deref(), 200)
            .map_err(|error| describe(&error.reply()))?;
        cases.extend(page.rows);
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    cases.reverse();
    Ok(cases)
}
