//! Opening the app for a command.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use patrol_app::{App, ErrorReply, Options};
use serde_json::Value;

/// Why a command came to nothing: one sentence.
pub(crate) type Problem = String;

pub(crate) fn open(data: &Path, photos: Option<PathBuf>) -> Result<Arc<App>, Problem> {
    let ports = patrol_host::desktop_ports(data).map_err(|error| error.to_string())?;
    let options = Options {
        data: data.to_owned(),
        demo_photos: photos,
    };
    App::open(&options, ports)
        .map(Arc::new)
        .map_err(|error| describe(&error.reply()))
}

/// A phone that exists; opening one that does not would make it.
pub(crate) fn open_existing(data: &Path) -> Result<Arc<App>, Problem> {
    if !App::exists(data) {
        return Err(format!("no phone data in {}", data.display()));
    }
    open(data, None)
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
    format!("{:?}: {}", reply.code, reply.message)
}
