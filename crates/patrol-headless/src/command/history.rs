//! `history`: every op of every case, oldest case first, a line each: case, op, kind, what came of it.

use std::path::Path;
use std::process::ExitCode;

use crate::command::status::all_cases;
use crate::host::{Problem, describe, open_existing};
use crate::terminal::say;

pub(crate) fn history(data: &Path) -> Result<ExitCode, Problem> {
    let app = open_existing(data)?;
    for case in all_cases(&app)? {
        let id = case
            .case_id
            .parse()
            .map_err(|_| format!("{} is no case", case.case_id))?;
        let history = app.case_history(id).map_err(|error| describe(&error.reply()))?;
        for entry in &history.case.history {
            let op = history.ops.iter().find(|op| op.op.id == entry.op);
            let kind = op.map_or("?", |op| op.op.body.kind());
            say(format_args!("{} {} {kind} {:?}", case.case_id, entry.op, entry.effect));
        }
    }
    Ok(ExitCode::SUCCESS)
}
