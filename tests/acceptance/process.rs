//! The programs under test, started and ended as processes.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use patrol_testkit::FaultProxy;
use patrol_testkit::photo::PhotoBuilder;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

use crate::near::Line;

/// Where the built programs lie: said by the environment, else beside this test.
pub(crate) fn program(name: &str) -> PathBuf {
    let folder = std::env::var_os("XUNGE_BIN_DIR").map(PathBuf::from).unwrap_or_else(|| {
        let test = std::env::current_exe().unwrap();
        test.parent().and_then(Path::parent).unwrap().to_owned()
    });
    folder.join(name)
}

/// A program with its output as lines. It is killed when this is dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    pub(crate) fn start(name: &str, args: &[&str]) -> Self {
        let mut child = Command::new(program(name))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    pub(crate) async fn line(&mut self) -> Option<String> {
        self.lines.next_line().await.unwrap()
    }

    /// Lets a program that waits for a word go on.
    pub(crate) async fn go(&mut self) {
        if let Some(stdin) = self.child.stdin.as_mut() {
            // A program that has ended needs no word.
            let _ = stdin.write_all(b"\n").await;
        }
    }

    /// `kill -9`, and what was still in the pipe.
    pub(crate) async fn kill(&mut self) -> Vec<String> {
        self.child.kill().await.unwrap();
        let mut rest = Vec::new();
        while let Some(line) = self.line().await {
            rest.push(line);
        }
        rest
    }
}

pub(crate) async fn run(name: &str, args: &[&str]) -> Output {
    Command::new(program(name))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap()
}

/// Runs a program that must succeed and gives its output.
pub(crate) async fn succeed(name: &str, args: &[&str]) -> String {
    let output = run(name, args).await;
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} {args:?}: {}\n{stderr}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// A station process behind a proxy: its address stays while the process comes and goes.
pub(crate) struct Station {
    pub(crate) data: PathBuf,
    pub(crate) proxy: FaultProxy,
    running: Option<Running>,
    line: Line,
    _folder: TempDir,
}

impl Station {
    /// Initialised, not serving; it speaks TLS.
    pub(crate) async fn initialised() -> Self {
        Self::initialised_on(Line::Tls).await
    }

    async fn initialised_on(line: Line) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("station");
        succeed("patrol-station", &["init", "--data", text(&data), "--name", "凤台中队"]).await;
        let nowhere: SocketAddr = "127.0.0.1:9".parse().unwrap();
        let proxy = FaultProxy::start(nowhere);
        Self {
            data,
            proxy,
            running: None,
            line,
            _folder: folder,
        }
    }

    pub(crate) async fn serving() -> Self {
        let mut station = Self::initialised().await;
        station.start().await;
        station
    }

    /// Without TLS, on loopback: then the proxy can tell one request from another.
    pub(crate) async fn serving_plain() -> Self {
        let mut station = Self::initialised_on(Line::Plain).await;
        station.start().await;
        station
    }

    pub(crate) async fn start(&mut self) {
        let mut running = self.start_unheard();
        let line = running.line().await.expect("the station says where it listens");
        self.proxy.set_target(self.line.address(&line));
        self.running = Some(running);
    }

    /// Starts it and does not wait until it listens.
    pub(crate) fn start_unheard(&self) -> Running {
        let mut args = vec!["serve", "--data", text(&self.data), "--listen", "127.0.0.1:0"];
        if self.line == Line::Plain {
            args.push("--plain");
        }
        Running::start("patrol-station", &args)
    }

    pub(crate) async fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.kill().await;
        }
    }

    pub(crate) async fn code(&self) -> String {
        self.code_for("0417", "林晓").await
    }

    pub(crate) async fn code_for(&self, number: &str, name: &str) -> String {
        let url = format!("{}://{}", self.line.scheme(), self.proxy.address());
        self.code_at(number, name, &url).await
    }

    /// A code for a phone that calls the station at another address.
    pub(crate) async fn code_at(&self, number: &str, name: &str, url: &str) -> String {
        let args = [
            "enrol-code",
            "--data",
            text(&self.data),
            "--officer",
            number,
            "--name",
            name,
            "--url",
            url,
        ];
        succeed("patrol-station", &args).await.trim().to_owned()
    }

    /// The station's page, as a browser gets it.
    pub(crate) async fn page(&self) -> String {
        let url = self.proxy.url();
        let host = url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).await.unwrap();
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).await.unwrap();
        page
    }

    pub(crate) async fn digest(&self, log: &str) -> String {
        succeed("patrol-station", &["digest", "--data", text(&self.data), "--log", log]).await
    }

    /// The digest of a journal that may not have reached the station yet: then there is nothing of it.
    pub(crate) async fn digest_so_far(&self, log: &str) -> String {
        let args = ["digest", "--data", text(&self.data), "--log", log];
        let output = run("patrol-station", &args).await;
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() || stderr.contains("not found"), "{stderr}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// A phone's data folder and a folder of pictures to record.
pub(crate) struct Phone {
    pub(crate) data: PathBuf,
    pub(crate) scenes: PathBuf,
    _folder: TempDir,
    made: u64,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scenes = folder.path().join("scenes");
        std::fs::create_dir(&scenes).unwrap();
        Self {
            data: folder.path().join("phone"),
            scenes,
            _folder: folder,
            made: 0,
        }
    }

    pub(crate) async fn enrolled(station: &Station) -> Self {
        let phone = Self::new();
        phone.enrol(&station.code().await).await;
        phone
    }

    pub(crate) async fn enrol(&self, code: &str) {
        succeed("patrol-headless", &["enrol", "--data", self.data(), "--code", code]).await;
    }

    pub(crate) fn data(&self) -> &str {
        text(&self.data)
    }

    /// Writes a picture that no other call gives, as the camera would.
    pub(crate) fn picture(&mut self, width: u32, height: u32) -> String {
        self.made += 1;
        let name = format!("{:04}.jpg", self.made);
        let photo = PhotoBuilder::new(self.made + u64::from(std::process::id()) * 1000)
            .size(width, height)
            .taken("2026:06:18 09:12:08", Some("+08:00"))
            .gps(32.341_258_6, 118.840_317_2)
            .build();
        std::fs::write(self.scenes.join(&name), photo).unwrap();
        name
    }

    /// Writes `patrol.toml`: one case for each list of pictures.
    pub(crate) fn script(&self, cases: &[Vec<String>]) {
        let toml: String = cases
            .iter()
            .map(|photos| {
                format!("[[case]]\nmatter = \"PK01\"\nplate = \"苏A·8K3R7\"\nstreet = \"liuye\"\nnote = \"车主不在场\"\nphotos = {photos:?}\n")
            })
            .collect();
        std::fs::write(self.scenes.join("patrol.toml"), toml).unwrap();
    }

    /// Records one case for each list of pictures, through to the end.
    pub(crate) async fn record(&self, cases: &[Vec<String>]) {
        self.script(cases);
        let count = cases.len().to_string();
        succeed(
            "patrol-headless",
            &[
                "record",
                "--data",
                self.data(),
                "--photos",
                text(&self.scenes),
                "--cases",
                &count,
            ],
        )
        .await;
    }

    pub(crate) async fn sync(&self) -> String {
        succeed("patrol-headless", &["sync", "--data", self.data()]).await
    }

    /// One round; whether everything arrived.
    pub(crate) async fn sync_once(&self) -> (bool, String) {
        let output = run("patrol-headless", &["sync", "--data", self.data(), "--once"]).await;
        let told = String::from_utf8(output.stdout).unwrap();
        match output.status.code() {
            Some(0) => (true, told),
            Some(3) => (false, told),
            other => panic!("sync --once ended with {other:?}: {told}"),
        }
    }

    pub(crate) async fn status(&self) -> Value {
        serde_json::from_str(&succeed("patrol-headless", &["status", "--data", self.data(), "--json"]).await).unwrap()
    }

    pub(crate) async fn digest(&self) -> String {
        succeed("patrol-headless", &["digest", "--data", self.data()]).await
    }

    /// Starts and finishes what the last run left unfinished: then no picture lies where the camera wrote it.
    pub(crate) async fn recover(&self) {
        let scenes = text(&self.scenes);
        let args = ["record", "--data", self.data(), "--photos", scenes, "--cases", "0"];
        succeed("patrol-headless", &args).await;
        let camera = std::fs::read_dir(self.data.join("camera")).unwrap();
        let left: Vec<_> = camera
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }

    /// Everything is as it was written.
    pub(crate) async fn verify(&self) {
        succeed("patrol-headless", &["verify", "--data", self.data()]).await;
    }

    pub(crate) async fn history(&self) -> String {
        succeed("patrol-headless", &["history", "--data", self.data()]).await
    }
}

/// Phone and station hold the same journal and the same originals, byte for byte, and nothing waits.
pub(crate) async fn assert_equal(phone: &Phone, station: &Station) {
    let here = phone.digest().await;
    let log = here.split_whitespace().nth(1).unwrap();
    assert_eq!(station.digest(log).await, here);
    let status = phone.status().await;
    assert_eq!(status["sync"]["on_phone"]["cases"], 0);
    assert_eq!(status["sync"]["on_phone"]["photos"], 0);
    let cases = status["cases"].as_array().unwrap();
    assert_eq!(status["sync"]["at_station"]["cases"], cases.len());
    let numbers: std::collections::BTreeSet<_> = cases.iter().map(|case| case["number"].as_str().unwrap()).collect();
    assert_eq!(numbers.len(), cases.len(), "a number was given twice");
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
