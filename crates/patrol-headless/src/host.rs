//! Opening the app for a command.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use patrol_app::{App, ErrorReply, Network, Options, Ports};
use patrol_host::{FilledDisk, MovedClock};
use serde_json::Value;

use crate::words;

/// Names the file that moves the clocks of this program, for tests.
const CLOCK: &str = "XUNGE_HEADLESS_CLOCK";

/// Names the file that says how much room this program's disk has, for tests.
const ROOM: &str = "XUNGE_HEADLESS_ROOM";

/// Why a command came to nothing: one sentence.
pub(crate) type Problem = String;

pub(crate) fn open(data: &Path, photos: Option<PathBuf>) -> Result<Arc<App>, Problem> {
    open_on(data, photos, Network::Unknown)
}

fn open_on(data: &Path, photos: Option<PathBuf>, network: Network) -> Result<Arc<App>, Problem> {
    let mut ports = Ports {
        network: Arc::new(network),
        ..patrol_host::desktop_ports(data).map_err(|error| error.to_string())?
    };
    if let Some(file) = std::env::var_os(CLOCK) {
        ports.clock = Arc::new(MovedClock::new(ports.clock, file.into()));
    }
    if let Some(file) = std::env::var_os(ROOM) {
        ports.disk = Arc::new(FilledDisk::new(ports.disk, file.into()));
    }
    let options = Options {
        data: data.to_owned(),
        demo_photos: photos,
    };
    let app = App::open(&options, ports).map_err(|error| describe(&error.reply()))?;
    app.set_log(Arc::new(|| patrol_host::log_ring().text()));
    Ok(Arc::new(app))
}

/// A phone that exists; opening one that does not would make it.
pub(crate) fn open_existing(data: &Path) -> Result<Arc<App>, Problem> {
    open_existing_on(data, Network::Unknown)
}

/// The same, on a network that costs what was said. Its views are whole: what a salvage or a newer program left to be made
/// again would else be missing in what is sent and shown.
pub(crate) fn open_existing_on(data: &Path, network: Network) -> Result<Arc<App>, Problem> {
    if !App::exists(data) {
        return Err(format!("no phone data in {}", data.display()));
    }
    let app = open_on(data, None, network)?;
    app.finish_views().map_err(|error| describe(&error.reply()))?;
    Ok(app)
}

/// Finishes what the last run left unfinished, beside whatever the command does.
pub(crate) fn recover_beside(app: &Arc<App>) {
    let app = Arc::clone(app);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = app.recover() {
            tracing::warn!(%error, "what the last run left is looked at again at the next start");
        }
    });
}

pub(crate) async fn call(app: &Arc<App>, command: &str, args: Value) -> Result<Value, Problem> {
    app.dispatch(command, args, None)
        .await
        .map_err(|reply| describe(&reply))
}

pub(crate) fn describe(reply: &ErrorReply) -> Problem {
    let code = format!("{:?}", reply.code);
    let sentence = words::sentence(reply.code, words::is_chinese());
    // A refusal by the app's own rules has nothing to say beyond its code.
    if reply.message == code {
        return format!("{code}: {sentence}");
    }
    format!("{code}: {sentence} ({})", reply.message)
}
