//! `verify`: whether a phone's data are as they were written; with `--salvage`, what could be saved of damaged ones.
//!
//! Exits with 0 only when nothing differs.

use std::path::Path;
use std::process::ExitCode;

use patrol_app::{App, Salvaged, Verification};

use crate::host::{Problem, describe};
use crate::terminal::say;

pub(crate) fn verify(data: &Path, salvage: bool) -> Result<ExitCode, Problem> {
    if !App::exists(data) {
        return Err(format!("no phone data in {}", data.display()));
    }
    let ports = patrol_host::desktop_ports(data).map_err(|error| error.to_string())?;
    if salvage {
        let found = App::survey(data, &ports).map_err(|error| describe(&error.reply()))?;
        return Ok(found.map_or_else(
            || {
                say("nothing can be read with this key: a wrong key, or a file that is none of ours");
                ExitCode::FAILURE
            },
            |salvaged| tell_salvage(&salvaged),
        ));
    }
    let found = App::verify(data, &ports).map_err(|error| {
        format!(
            "{}\n`verify --salvage` tells what could be saved.",
            describe(&error.reply())
        )
    })?;
    Ok(tell(&found))
}

fn tell(found: &Verification) -> ExitCode {
    let Verification {
        logs,
        ops,
        originals,
        bytes,
        pruned,
        known_lost,
        differences,
    } = found;
    for (log, last) in logs {
        say(format_args!("journal {log}: up to op {}", last.0));
    }
    say(format_args!(
        "{ops} ops, {originals} originals of {bytes} bytes read whole"
    ));
    if *pruned > 0 {
        say(format_args!(
            "{pruned} originals were cleared away; the station holds them"
        ));
    }
    if *known_lost > 0 {
        say(format_args!(
            "{known_lost} ops, words or originals are gone, and it is known"
        ));
    }
    for difference in differences {
        say(format_args!("differs: {difference}"));
    }
    if differences.is_empty() {
        say("everything is as it was written");
        ExitCode::SUCCESS
    } else {
        say(format_args!("{} differences", differences.len()));
        ExitCode::FAILURE
    }
}

/// Success means that nothing is gone.
fn tell_salvage(salvaged: &Salvaged) -> ExitCode {
    let report = &salvaged.report;
    say(format_args!(
        "pages: {} of {} as they were written; damaged {:?}, absent {:?}",
        report.authentic, report.pages, report.damaged, report.absent
    ));
    for log in &salvaged.logs {
        say(format_args!("journal {}: {} ops can be saved", log.log, log.ops));
        for (from, to) in &log.gaps {
            say(format_args!("journal {}: ops {from} to {to} are gone", log.log));
        }
    }
    say(format_args!(
        "{} sealed words ({} gone), {} photos' facts, draft: {}",
        salvaged.parts,
        salvaged.lost_words,
        salvaged.photos,
        if salvaged.draft { "yes" } else { "no" }
    ));
    if !salvaged.lost_cases.is_empty() {
        say(format_args!(
            "cases that lost something: {}",
            salvaged.lost_cases.join(" ")
        ));
    }
    for gone in &report.gone {
        let table = gone.table.as_deref().unwrap_or("?");
        say(format_args!("page {} took rows of {table} with it", gone.page));
    }
    let is_whole =
        report.damaged.is_empty() && report.absent.is_empty() && salvaged.lost_ops() + salvaged.lost_words == 0;
    if is_whole && report.wal_ignored > 0 {
        say("nothing is known to be gone; the last save may be");
        ExitCode::FAILURE
    } else if is_whole {
        say("nothing is gone");
        ExitCode::SUCCESS
    } else {
        let more = if salvaged.end_is_known {
            ""
        } else {
            ", and perhaps some behind the last one"
        };
        say(format_args!("{} ops are gone{more}", salvaged.lost_ops()));
        ExitCode::FAILURE
    }
}
