//! `enrol`: ties the phone to a station.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use crate::host::{Problem, call, open};
use crate::terminal::say;

pub(crate) async fn enrol(data: &Path, code: &str) -> Result<ExitCode, Problem> {
    let app = open(data, None)?;
    let state = call(&app, "enrol", json!({ "code": code })).await?;
    let text = |pointer: &str| {
        state
            .pointer(pointer)
            .and_then(|value| value.as_str())
            .unwrap_or("?")
            .to_owned()
    };
    say(format_args!(
        "enrolled at {} as {} {}",
        text("/station/name"),
        text("/officer/number"),
        text("/officer/name")
    ));
    Ok(ExitCode::SUCCESS)
}
