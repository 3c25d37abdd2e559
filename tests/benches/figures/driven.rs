//! A window under its WebDriver on a screen that nobody looks at, and how long its start took.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process_group};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

/// The usual advice for WebKit without a graphics card; here they keep a window from painting at all.
const HARMFUL: [&str; 2] = ["WEBKIT_DISABLE_DMABUF_RENDERER", "WEBKIT_DISABLE_COMPOSITING_MODE"];
/// Between two looks, and how many: half a minute.
const GLANCE: Duration = Duration::from_millis(20);
const GLANCES: u32 = 1_500;
/// About one start in 65 fails in the driver before the window is asked for anything.
const TRIES: usize = 3;

/// A display.
pub(crate) struct Display {
    server: Child,
    name: String,
}

impl Display {
    pub(crate) fn open() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1024x1024x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb (Debian: xvfb)");
        let mut number = String::new();
        let mut said = BufReader::new(server.stdout.take().unwrap());
        said.read_line(&mut number).unwrap();
        Self {
            server,
            name: format!(":{}", number.trim()),
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A window that was started cold: as a process of its own, by a driver of its own.
pub(crate) struct Driven {
    pub(crate) client: Client,
    driver: Child,
    window: i32,
}

impl Driven {
    pub(crate) async fn start(binary: &Path, data: &Path, display: &Display) -> Self {
        let mut problem = String::new();
        for _ in 0..TRIES {
            match Self::try_start(binary, data, display).await {
                Ok(driven) => return driven,
                Err(error) => problem = error,
            }
        }
        panic!("{}: {problem}", binary.display())
    }

    async fn try_start(binary: &Path, data: &Path, display: &Display) -> Result<Self, String> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut command = Command::new("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .env("DISPLAY", &display.name)
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("XUNGE_DATA_DIR", data.join("data"))
            .env(
                "XUNGE_DEMO_PHOTOS",
                Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo"),
            )
            .env("XDG_DATA_HOME", data.join("xdg-data"))
            .env("XDG_CACHE_HOME", data.join("xdg-cache"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        for name in HARMFUL {
            command.env_remove(name);
        }
        let mut driver = command.spawn().expect("WebKitWebDriver (Debian: webkit2gtk-driver)");
        look(|| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()).await;
        let wish = json!({ "webkitgtk:browserOptions": { "binary": binary, "args": [] } });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wish.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await;
        match client {
            Ok(client) => {
                let window = children_of(&driver.id().to_string());
                let window = *window.first().expect("the driver started a window");
                Ok(Self { client, driver, window })
            }
            Err(error) => {
                end(&mut driver);
                Err(error.to_string())
            }
        }
    }

    /// Runs a script in the page until it answers something.
    pub(crate) async fn until(&self, script: &str) -> Value {
        for _ in 0..GLANCES {
            let said = self.client.execute(script, Vec::new()).await.unwrap();
            if !said.is_null() {
                return said;
            }
            tokio::time::sleep(GLANCE).await;
        }
        panic!("{script}\nnever came: {}", self.client.source().await.unwrap())
    }

    /// Bytes that the window and its helpers hold, what they share counted once (proc_pid_smaps(5), Pss).
    pub(crate) fn memory(&self) -> u64 {
        let mut held = 0;
        let mut found = vec![self.window];
        while let Some(process) = found.pop() {
            let path = format!("/proc/{process}/smaps_rollup");
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
            let kib: Option<u64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            held += kib.unwrap_or_default() * 1024;
            found.extend(children_of(&process.to_string()));
        }
        held
    }

    /// From the start of the process to the page's mark `capture-ready`, ms.
    pub(crate) async fn ready_ms(&self) -> f64 {
        let script = "const [mark] = performance.getEntriesByName('capture-ready');
                      return mark ? performance.timeOrigin + mark.startTime : null;";
        self.until(script).await.as_f64().unwrap() - started_ms(self.window)
    }

    /// Ends the window and waits until it is gone: its data are free for the next one.
    pub(crate) async fn close(mut self) {
        self.client.clone().close().await.unwrap();
        end(&mut self.driver);
        look(|| (!is_alive(self.window)).then_some(())).await;
    }
}

fn end(driver: &mut Child) {
    let leader = i32::try_from(driver.id()).ok().and_then(Pid::from_raw).unwrap();
    let _ = kill_process_group(leader, Signal::KILL);
    driver.wait().unwrap();
}

async fn look<T>(mut glance: impl FnMut() -> Option<T>) -> T {
    for _ in 0..GLANCES {
        if let Some(seen) = glance() {
            return seen;
        }
        tokio::time::sleep(GLANCE).await;
    }
    panic!("nothing happened for {:?}", GLANCE * GLANCES)
}

fn stat(process: i32) -> Option<Vec<String>> {
    let line = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, which may hold blanks and brackets: state, parent … (proc_pid_stat(5)).
    let words = line.rsplit_once(')')?.1.split_whitespace();
    Some(words.map(str::to_owned).collect())
}

fn is_alive(process: i32) -> bool {
    stat(process).is_some_and(|words| words[0] != "Z")
}

fn children_of(parent: &str) -> Vec<i32> {
    let processes = std::fs::read_dir("/proc").unwrap();
    let numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    numbers
        .filter(|process| stat(*process).is_some_and(|words| words[1] == parent))
        .collect()
}

/// When a process began, ms since 1970: to a tick of the kernel, 10 ms.
#[allow(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn started_ms(process: i32) -> f64 {
    // The 22nd word of the line, the third being the first here.
    let ticks: f64 = stat(process).expect("it runs")[19].parse().unwrap();
    let since_boot = ticks / rustix::param::clock_ticks_per_second() as f64;
    let up = clock_gettime(ClockId::Boottime);
    let up = up.tv_sec as f64 + up.tv_nsec as f64 / 1e9;
    (wall_seconds() - up + since_boot) * 1_000.0
}

#[allow(
    clippy::disallowed_methods,
    reason = "a bench compares a page's clock with the machine's"
)]
fn wall_seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}
