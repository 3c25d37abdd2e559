//! The app behind the window: opened once it can be opened, and answering for itself until then.
//!
//! A window over a damaged database, missing keys or a full disk opens all the same, and every command answers with the
//! reason, for which the interface has a sentence. A failure is not remembered: the next command tries again, so that
//! freeing the disk or closing the other window is enough. Nothing is ever removed or replaced to get further.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use patrol_app::{App, AppError, ErrorReply, Options, Photo};
use serde_json::Value;
use tauri::async_runtime;
use tokio::sync::OnceCell;
use tokio::time::{sleep, timeout};

/// How long the window waits for the demo's enrolment, so that it opens enrolled when the station is there.
const ENROLMENT_PATIENCE: Duration = Duration::from_secs(2);
/// Pauses between tries to enrol: from, and at most.
const ENROLMENT_PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));

/// The app, or the reason why there is none yet.
#[derive(Debug)]
pub(crate) struct Shell {
    options: Options,
    /// Where files for others go: the system's folder for downloads, if it names one.
    outgoing: Option<PathBuf>,
    app: OnceCell<Arc<App>>,
}

impl Shell {
    /// A shell that has not opened anything yet.
    pub(crate) fn new(options: Options, outgoing: Option<PathBuf>) -> Self {
        Self {
            options,
            outgoing,
            app: OnceCell::new(),
        }
    }

    /// Opens the app before the first command asks for it, and enrols the phone with a code that the demo brought.
    pub(crate) async fn start(&self, enrol_code: Option<String>) {
        match (self.app().await, enrol_code) {
            (Ok(app), Some(code)) => {
                let enrolling = async_runtime::spawn(enrol(app, code));
                // Beyond its patience the window opens as it is; the task goes on.
                let _ = timeout(ENROLMENT_PATIENCE, enrolling).await;
            }
            (Ok(_), None) => {}
            (Err(reply), _) => tracing::error!(code = ?reply.code, reply.message, "the data cannot be opened"),
        }
    }

    /// Runs one command of the dispatch table.
    ///
    /// # Errors
    /// [`ErrorReply`]: the command's, or why the app cannot be opened.
    pub(crate) async fn dispatch(&self, command: &str, args: Value, photo: Option<Photo>) -> Result<Value, ErrorReply> {
        self.app().await?.dispatch(command, args, photo).await
    }

    /// The app.
    ///
    /// # Errors
    /// [`ErrorReply`]: why it cannot be opened.
    pub(crate) async fn app(&self) -> Result<Arc<App>, ErrorReply> {
        self.app
            .get_or_try_init(|| open(self.options.clone(), self.outgoing.clone()))
            .await
            .cloned()
    }

    /// Empties the write-ahead log when the window is closed. Without it nothing is lost either.
    pub(crate) fn close(&self) {
        if let Some(Err(error)) = self.app.get().map(|app| app.close()) {
            tracing::warn!(%error, "the write-ahead log stays as it is");
        }
    }
}

async fn open(options: Options, outgoing: Option<PathBuf>) -> Result<Arc<App>, ErrorReply> {
    let opened = async_runtime::spawn_blocking(move || {
        let ports = patrol_host::desktop_ports(&options.data)?;
        App::open(&options, ports)
    });
    let app = match opened.await {
        Ok(opened) => Arc::new(opened.map_err(|error| error.reply())?),
        Err(error) => return Err(AppError::Arguments(format!("opening did not end: {error}")).reply()),
    };
    if let Some(folder) = outgoing {
        app.set_outgoing_folder(folder);
    }
    app.set_log(Arc::new(|| patrol_host::log_ring().text()));
    let recovering = Arc::clone(&app);
    async_runtime::spawn_blocking(move || {
        if let Err(error) = recovering.recover() {
            tracing::warn!(%error, "what the last run left is looked at again at the next start");
        }
    });
    let syncing = Arc::clone(&app);
    async_runtime::spawn(async move {
        if let Err(error) = syncing.keep_syncing().await {
            tracing::error!(%error, "nothing will be synchronised");
        }
    });
    Ok(app)
}

/// Enrols a phone that belongs to no station yet; tries until the station is there, or says no for good.
async fn enrol(app: Arc<App>, code: String) {
    if !app.state().is_ok_and(|state| state.station.is_none()) {
        return;
    }
    let (mut pause, longest) = ENROLMENT_PAUSES;
    loop {
        match app.enrol(&code).await {
            Ok(_) => return,
            Err(error) => {
                let reply = error.reply();
                tracing::warn!(code = ?reply.code, reply.message, reply.retry, "not enrolled");
                if !reply.retry {
                    return;
                }
            }
        }
        sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}

#[cfg(test)]
mod tests {
    use patrol_app::ErrorCode;
    use tempfile::TempDir;

    use super::*;

    fn options(folder: &TempDir) -> Options {
        Options {
            data: folder.path().join("phone"),
            demo_photos: None,
        }
    }

    fn ask(shell: &Shell) -> Result<Value, ErrorReply> {
        async_runtime::block_on(shell.dispatch("app_state", Value::Null, None))
    }

    /// A phone's data, with nobody at work on them.
    fn lay_out(options: &Options) {
        let ports = patrol_host::desktop_ports(&options.data).unwrap();
        App::open(options, ports).unwrap().close().unwrap();
    }

    #[test]
    fn a_new_folder_becomes_a_phone() {
        let folder = tempfile::tempdir().unwrap();
        let shell = Shell::new(options(&folder), None);
        async_runtime::block_on(shell.start(None));
        assert!(ask(&shell).unwrap()["officer"].is_null());
        shell.close();
    }

    #[test]
    fn a_damaged_database_is_an_answer_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder);
        lay_out(&options);
        let database = options.data.join("patrol.db");
        let sound = std::fs::read(&database).unwrap();
        let damaged = vec![0x5A; sound.len()];
        std::fs::write(&database, &damaged).unwrap();

        let shell = Shell::new(options, None);
        async_runtime::block_on(shell.start(None));
        for _ in 0..2 {
            assert_eq!(ask(&shell).unwrap_err().code, ErrorCode::DatabaseDamaged);
        }
        shell.close();
        assert_eq!(std::fs::read(&database).unwrap(), damaged);

        std::fs::write(&database, &sound).unwrap();
        assert!(ask(&shell).is_ok(), "a repaired file needs no new start");
        shell.close();
    }

    #[test]
    fn data_without_their_keys_are_an_answer_and_get_no_new_keys() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder);
        lay_out(&options);
        let key = options.data.join("keys/root.key");
        std::fs::rename(&key, key.with_extension("away")).unwrap();

        let shell = Shell::new(options, None);
        async_runtime::block_on(shell.start(Some("ignored".into())));
        assert_eq!(ask(&shell).unwrap_err().code, ErrorCode::KeysUnreadable);
        assert!(!key.exists());
    }

    #[test]
    fn a_code_that_is_none_does_not_keep_the_window_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let shell = Shell::new(options(&folder), None);
        async_runtime::block_on(shell.start(Some("not a code".into())));
        assert!(ask(&shell).unwrap()["station"].is_null());
        shell.close();
    }
}
