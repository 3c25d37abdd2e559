//! `audit`: counts the records of phone and station and compares.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use patrol_app::App;

use crate::host::{Problem, describe, open_existing};
use crate::terminal::say;

/// What a difference exits with.
const DIFFERS: u8 = 4;

pub(crate) async fn audit(data: &Path) -> Result<ExitCode, Problem> {
    compare(&open_existing(data)?).await
}

/// Counts, compares, and says what came of it.
pub(crate) async fn compare(app: &Arc<App>) -> Result<ExitCode, Problem> {
    let Some(audit) = app.audit().await.map_err(|error| describe(&error.reply()))? else {
        say("audit: this station does not count");
        return Ok(ExitCode::SUCCESS);
    };
    if audit.is_equal {
        say(format_args!("audit: station = phone, journal up to {}", audit.seq.0));
        return Ok(ExitCode::SUCCESS);
    }
    let days = if audit.days.is_empty() {
        "in the journal or its originals".to_owned()
    } else {
        format!("on {}", audit.days.join(", "))
    };
    say(format_args!("audit: station and phone differ {days}"));
    Ok(ExitCode::from(DIFFERS))
}
