//! `officer`: who shares this phone, and who of them records.

use std::path::Path;
use std::process::ExitCode;

use patrol_app::{AppError, Person};

use crate::host::{Problem, describe, open_existing};
use crate::terminal::say;

/// Signs another officer in; they record from now on.
pub(crate) async fn add(data: &Path, code: &str) -> Result<ExitCode, Problem> {
    let app = open_existing(data)?;
    show(app.add_officer(code).await)
}

/// Hands the phone to another of its officers.
pub(crate) fn choose(data: &Path, number: &str) -> Result<ExitCode, Problem> {
    let app = open_existing(data)?;
    show(app.choose_officer(number))
}

/// Lists them; `*` stands before the one who records.
pub(crate) fn list(data: &Path) -> Result<ExitCode, Problem> {
    show(open_existing(data)?.officers())
}

fn show(people: Result<Vec<Person>, AppError>) -> Result<ExitCode, Problem> {
    for Person {
        person: _,
        number,
        name,
        is_active,
    } in people.map_err(|error| describe(&error.reply()))?
    {
        say(format_args!("{} {number} {name}", if is_active { "*" } else { " " }));
    }
    Ok(ExitCode::SUCCESS)
}
