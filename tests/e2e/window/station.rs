//! A station as its own process.

use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::program::{program, said};
use crate::wait::PATIENCE;

/// The data of a station.
pub(crate) struct Station {
    folder: TempDir,
}

/// A station at work, until it is dropped.
pub(crate) struct Serving {
    /// Where it listens: `https://…`.
    pub(crate) url: String,
    /// Read no further, but kept open: a program that prints into a closed pipe ends.
    _words: Lines<BufReader<ChildStdout>>,
    process: Child,
}

impl Serving {
    /// Ends it, and waits until it has ended.
    pub(crate) async fn stop(mut self) {
        self.process.kill().await.unwrap();
    }
}

impl Station {
    /// Makes one; it does not serve yet.
    pub(crate) async fn init() -> Self {
        let station = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let arguments = ["init", "--name", "窗口测试中队", "--listen", "127.0.0.1:0"];
        said("patrol-station", &arguments, station.data()).await;
        station
    }

    fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Starts it at any free port.
    pub(crate) async fn serve(&self) -> Serving {
        self.serve_at("127.0.0.1:0").await
    }

    /// Starts it at an address.
    pub(crate) async fn serve_at(&self, address: &str) -> Serving {
        let mut process = Command::new(program("patrol-station"))
            .args(["serve", "--listen", address, "--data"])
            .arg(self.data())
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut words = BufReader::new(process.stdout.take().unwrap()).lines();
        let listens = async {
            while let Some(line) = words.next_line().await.unwrap() {
                if let Some(url) = line.strip_prefix("listening ") {
                    return url.trim().to_owned();
                }
            }
            panic!("the station ended before it listened")
        };
        let url = timeout(PATIENCE, listens).await.expect("the station does not listen");
        Serving {
            url,
            _words: words,
            process,
        }
    }

    /// A one-time code for an officer's phone.
    pub(crate) async fn enrol_code(&self, url: &str) -> String {
        let arguments = ["enrol-code", "--officer", "0417", "--name", "林晓", "--url", url];
        said("patrol-station", &arguments, self.data()).await
    }

    /// What it holds, as text.
    pub(crate) async fn digest(&self) -> String {
        said("patrol-station", &["digest"], self.data()).await
    }
}
