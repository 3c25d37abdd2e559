//! A station that serves over TLS on loopback, inside this process or as the shipped program in one of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use patrol_station::{InitOptions, Place, Ports, Setting, Station, StationOptions, TlsMode, init};
use patrol_wire::{EnrolmentCode, Officer};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A folder where a sync costs nothing; the usual place where the machine has none.
pub(crate) fn quick_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// Makes a station in `data` and opens it.
pub(crate) fn make(data: &Path) -> Station {
    make_with(data, Vec::new())
}

fn make_with(data: &Path, settings: Vec<Setting>) -> Station {
    let options = InitOptions {
        data: data.to_owned(),
        name: "凤台中队".into(),
        listen: None,
        tls: TlsMode::On,
        district: Place::default(),
        street_office: Place::default(),
    };
    init(&options, &Ports::machine()).unwrap();
    let options = StationOptions {
        settings,
        ..StationOptions::new(data)
    };
    Station::open(options).unwrap()
}

/// A one-time code for a phone that calls the station at `address`.
pub(crate) async fn code(station: &Station, address: SocketAddr) -> EnrolmentCode {
    let officer = Officer {
        number: "0417".into(),
        name: "林晓".into(),
    };
    station.make_code(officer, &format!("https://{address}")).await.unwrap()
}

/// A station inside this process.
pub(crate) struct Serving {
    pub(crate) station: Station,
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Serving {
    /// Makes a station in `data` and serves it.
    pub(crate) async fn begin(data: &Path) -> Self {
        Self::serve(make(data)).await
    }

    /// As [`Serving::begin`], for one phone that calls more often than any phone may.
    pub(crate) async fn begin_for_a_hasty_phone(data: &Path) -> Self {
        let setting = |key: &str| Setting {
            key: key.to_owned(),
            value: "1000000".into(),
            said_by: "the figure".into(),
        };
        let settings = ["limits.requests_per_second", "limits.request_burst"].map(setting);
        Self::serve(make_with(data, settings.into())).await
    }

    async fn serve(station: Station) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serves = station.clone();
        let serving = tokio::spawn(async move {
            // Nobody sends: the other end is dropped.
            let stopped = async move {
                let _ = stopped.await;
            };
            serves.serve(listener, stopped).await.unwrap();
        });
        Self {
            station,
            address,
            stop,
            serving,
        }
    }

    pub(crate) async fn code(&self) -> EnrolmentCode {
        code(&self.station, self.address).await
    }

    pub(crate) async fn end(self) {
        drop(self.stop);
        self.serving.await.unwrap();
    }
}

/// The shipped program as a process of its own, so that its memory is its own.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Serves the station in `data`. Killed when this is dropped.
    pub(crate) async fn serve(data: &Path) -> Self {
        let program = program("patrol-station");
        let mut child = Command::new(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error} (cargo xtask bench builds it)", program.display()));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines
            .next_line()
            .await
            .unwrap()
            .expect("the station says where it listens");
        let address = line.strip_prefix("listening https://").unwrap().parse().unwrap();
        Self { child, address }
    }

    /// Memory that is backed by no file, in bytes (proc_pid_status(5), RssAnon).
    pub(crate) fn anonymous(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id().expect("it runs"));
        let text = std::fs::read_to_string(path).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
    }
}

/// Where the built programs lie: said by the environment, else beside this one.
pub(crate) fn program(name: &str) -> PathBuf {
    let folder = std::env::var_os("XUNGE_BIN_DIR").map(PathBuf::from).unwrap_or_else(|| {
        let bench = std::env::current_exe().unwrap();
        bench.parent().and_then(Path::parent).unwrap().to_owned()
    });
    folder.join(name)
}
