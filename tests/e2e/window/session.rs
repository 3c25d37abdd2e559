//! One window, started by its own WebDriver.
//!
//! Driver, window and WebKit's helpers share a process group that ends with the session, also after a panic: a window
//! that outlives its driver keeps the test's pipes open, and whoever reads them waits for ever.

use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::phone::Phone;
use crate::program::{checkout, program};
use crate::wait::look_for;

/// About one start in 65 fails in the driver before the window is asked for anything.
const TRIES: usize = 3;

/// The usual advice for WebKit without a graphics card; here they make a picture of the window hang for ever.
const HARMFUL: [&str; 2] = ["WEBKIT_DISABLE_DMABUF_RENDERER", "WEBKIT_DISABLE_COMPOSITING_MODE"];

/// A window and the line to it.
pub(crate) struct Session {
    /// The line.
    pub(crate) client: Client,
    window: Pid,
    lock: PathBuf,
    _group: Group,
}

/// The driver's process group; ends when it is dropped.
struct Group(Child);

impl Group {
    fn leader(&self) -> Option<Pid> {
        self.0
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.leader() {
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Session {
    /// Opens a phone's window.
    pub(crate) async fn start(phone: &Phone) -> Self {
        let mut last = String::new();
        for _ in 0..TRIES {
            match Self::try_start(phone).await {
                Ok(session) => return session,
                Err(problem) => last = problem,
            }
        }
        let log = std::fs::read_to_string(driver_log(phone)).unwrap_or_default();
        panic!("no session: {last}\n{log}")
    }

    async fn try_start(phone: &Phone) -> Result<Self, String> {
        let port = free_port().await;
        let group = Group(start_driver(phone, port));
        let listens = look_for(async || TcpStream::connect(("127.0.0.1", port)).await.ok()).await;
        listens.ok_or("the driver does not listen")?;
        let window = json!({ "webkitgtk:browserOptions": { "binary": program("xunge"), "args": [] } });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(window.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .map_err(|error| error.to_string())?;
        let window = group
            .leader()
            .and_then(child_of)
            .ok_or("the driver started no window")?;
        Ok(Self {
            client,
            window,
            lock: phone.data().join("phone.lock"),
            _group: group,
        })
    }

    /// As the system does when it needs memory: without a word.
    pub(crate) async fn kill(self) {
        kill_process(self.window, Signal::KILL).unwrap();
        self.has_ended().await;
    }

    /// Ends the session, and the window with it.
    pub(crate) async fn close(self) {
        self.client.clone().close().await.unwrap();
        self.has_ended().await;
    }

    /// A process that nobody has waited for yet counts as ended; but while its last threads go, it still holds the data.
    async fn has_ended(&self) {
        let status = format!("/proc/{}/stat", self.window);
        let ended = look_for(async || match std::fs::read_to_string(&status) {
            Ok(line) => (parent_and_state(&line)?.1 == "Z").then_some(()),
            Err(_) => Some(()),
        });
        ended.await.expect("the window does not end");
        let free = look_for(async || File::open(&self.lock).ok()?.try_lock().ok());
        free.await.expect("the window's data stay taken");
    }
}

fn driver_log(phone: &Phone) -> PathBuf {
    phone.folder().join("driver.log")
}

/// The driver starts the window and hands its own environment on.
fn start_driver(phone: &Phone, port: u16) -> Child {
    let mut command = Command::new("WebKitWebDriver");
    command
        .arg(format!("--port={port}"))
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .env("XUNGE_DATA_DIR", phone.data())
        .env("XUNGE_DEMO_PHOTOS", checkout("assets/demo"))
        .env("XUNGE_ENROL_CODE", phone.enrol_code())
        .env("XDG_DATA_HOME", phone.folder().join("xdg-data"))
        .env("XDG_CACHE_HOME", phone.folder().join("xdg-cache"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(driver_log(phone)).unwrap())
        .process_group(0);
    for name in HARMFUL {
        command.env_remove(name);
    }
    command.spawn().expect("WebKitWebDriver (Debian: webkit2gtk-driver)")
}

async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

/// The one process that another has started.
fn child_of(parent: Pid) -> Option<Pid> {
    std::fs::read_dir("/proc").ok()?.find_map(|entry| {
        let entry = entry.ok()?;
        let id = entry.file_name().to_str()?.parse().ok()?;
        let line = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let (of, _) = parent_and_state(&line)?;
        (of == parent.as_raw_nonzero().get()).then_some(Pid::from_raw(id)?)
    })
}

/// From `pid (name) state parent …`; the name may hold blanks and brackets.
fn parent_and_state(line: &str) -> Option<(i32, &str)> {
    let mut words = line.rsplit_once(')')?.1.split_whitespace();
    let state = words.next()?;
    Some((words.next()?.parse().ok()?, state))
}
