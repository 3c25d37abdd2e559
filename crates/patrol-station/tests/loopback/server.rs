//! A station in this process, on port 0, with a clock that the test moves.

use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use patrol_domain::StationMs;
use patrol_sqlite::MachineDisk;
use patrol_station::{
    Clock, InitOptions, Ports, Randomness, RandomnessError, Setting, Station, StationOptions, Storage, TlsMode, init,
};
use patrol_wire::{EnrolmentCode, Officer};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const START_MS: i64 = 1_781_745_128_000;

/// Stands still until it is moved.
pub(crate) struct HandClock(AtomicI64, Mutex<Option<bool>>);

impl HandClock {
    pub(crate) fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// What is known of the reference that it follows.
    pub(crate) fn follow(&self, is_synchronised: Option<bool>) {
        *self.1.lock().unwrap() = is_synchronised;
    }
}

impl Clock for HandClock {
    fn now(&self) -> StationMs {
        StationMs(self.0.load(Ordering::Relaxed))
    }

    fn is_synchronised(&self) -> Option<bool> {
        *self.1.lock().unwrap()
    }
}

/// Never the same twice, always the same in each run.
struct CountedBytes(AtomicU8);

impl Randomness for CountedBytes {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        let run = self.0.fetch_add(1, Ordering::Relaxed);
        for (position, byte) in bytes.iter_mut().enumerate() {
            *byte = run.wrapping_mul(31).wrapping_add(u8::try_from(position % 251).unwrap()) | 1;
        }
        Ok(())
    }
}

/// A station that is being served.
pub(crate) struct Server {
    pub(crate) station: Station,
    pub(crate) url: String,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) folder: Arc<TempDir>,
    settings: Vec<Setting>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// `stall`: how long a body may bring no byte.
    pub(crate) async fn start_with_stall(stall: Duration) -> Self {
        Self::start_with(&[("limits.stall_ms", &stall.as_millis().to_string())]).await
    }

    /// `prepare` gets the data folder before it is opened.
    pub(crate) async fn start_prepared(prepare: impl FnOnce(&Path)) -> Self {
        // What lies there was made with the first bytes; the same code twice would be no code.
        RUN.fetch_add(60, Ordering::Relaxed);
        Self::start_of(&[], prepare).await
    }

    /// With keys set over its file.
    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_of(settings, |_| {}).await
    }

    async fn start_of(settings: &[(&str, &str)], prepare: impl FnOnce(&Path)) -> Self {
        let set = |(key, value): &(&str, &str)| Setting {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
            said_by: "test".to_owned(),
        };
        let mut settings: Vec<Setting> = settings.iter().map(set).collect();
        settings.push(set(&("limits.grace_ms", "5000")));
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let clock = Arc::new(HandClock(AtomicI64::new(START_MS), Mutex::new(None)));
        let ports = ports(&clock);
        let name = "江心洲中队 <b>".to_owned();
        init(
            &InitOptions {
                data: folder.path().join("data"),
                name,
                listen: None,
                tls: TlsMode::OffOnLoopback,
                district: patrol_station::Place::default(),
                street_office: patrol_station::Place::default(),
            },
            &ports,
        )
        .unwrap();
        prepare(&folder.path().join("data"));
        Self::serve(folder, clock, ports, settings).await
    }

    async fn serve(folder: Arc<TempDir>, clock: Arc<HandClock>, ports: Ports, settings: Vec<Setting>) -> Self {
        let data = folder.path().join("data");
        Self::serve_data(folder, &data, clock, ports, settings).await
    }

    /// Stops, and serves another folder instead.
    pub(crate) async fn serve_folder(mut self, data: &Path) -> Self {
        self.stop.take().unwrap().send(()).unwrap();
        self.serving.take().unwrap().await.unwrap();
        let (folder, clock) = (Arc::clone(&self.folder), Arc::clone(&self.clock));
        let settings = std::mem::take(&mut self.settings);
        drop(self);
        let ports = ports(&clock);
        Self::serve_data(folder, data, clock, ports, settings).await
    }

    async fn serve_data(
        folder: Arc<TempDir>,
        data: &Path,
        clock: Arc<HandClock>,
        ports: Ports,
        settings: Vec<Setting>,
    ) -> Self {
        let station = Station::open(StationOptions {
            storage: Storage::Threads,
            data: data.to_owned(),
            ports,
            settings: settings.clone(),
        })
        .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{}://{}", station.config().scheme(), listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let served = station.clone();
        let serving = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            served.serve(listener, shutdown).await.unwrap();
        });
        Self {
            station,
            url,
            clock,
            folder,
            settings,
            stop: Some(stop),
            serving: Some(serving),
        }
    }

    /// Stops serving; the station stays open.
    pub(crate) async fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.serving.take().unwrap().await.unwrap();
    }

    /// Stops, and opens the same folder again.
    pub(crate) async fn restart(self) -> Self {
        self.restart_after(|_| ()).await
    }

    /// Stops, does something to the data folder, and opens it again.
    pub(crate) async fn restart_after(mut self, between: impl FnOnce(&Path)) -> Self {
        self.stop.take().unwrap().send(()).unwrap();
        self.serving.take().unwrap().await.unwrap();
        let (folder, clock) = (Arc::clone(&self.folder), Arc::clone(&self.clock));
        let settings = std::mem::take(&mut self.settings);
        drop(self);
        between(&folder.path().join("data"));
        let ports = ports(&clock);
        Self::serve(folder, clock, ports, settings).await
    }

    pub(crate) async fn code(&self) -> EnrolmentCode {
        let officer = Officer {
            number: "N-017".into(),
            name: "王队员".into(),
        };
        self.station.make_code(officer, &self.url).await.unwrap()
    }

    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }
}

/// How many servers this process has had.
static RUN: AtomicU8 = AtomicU8::new(0);

pub(crate) fn ports(clock: &Arc<HandClock>) -> Ports {
    let first = RUN.fetch_add(60, Ordering::Relaxed);
    Ports {
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        random: Arc::new(CountedBytes(AtomicU8::new(first))),
        disk: Arc::new(MachineDisk),
    }
}

/// Copies a folder with all that is in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    for name in files(from) {
        let place = to.join(&name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::copy(from.join(&name), place).unwrap();
    }
}

/// All files under a folder, by path from there.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}
