//! Station and phone inside this process: the same libraries, files and sockets as the programs, without the time that
//! starting programs takes, so that hundreds of broken connections are affordable.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use patrol_app::{App, AppError, Options, Photo, Ports, SyncEvent};
use patrol_domain::op::Step;
use patrol_domain::port::Clock;
use patrol_domain::{BootId, BootMs, CaseId, LogId, PhotoRole, PhotoSource, StationMs, TzMinutes, WallMs};
use patrol_station::{InitOptions, Overview, Station, StationOptions, TlsMode};
use patrol_testkit::FaultProxy;
use patrol_testkit::photo::PhotoBuilder;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A day, in milliseconds.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// A machine's clock that was set wrong by so many milliseconds.
pub(crate) struct SetWrong<C: ?Sized> {
    by_ms: AtomicI64,
    machine: Arc<C>,
}

impl<C: ?Sized> SetWrong<C> {
    fn new(machine: Arc<C>) -> Arc<Self> {
        Arc::new(Self {
            by_ms: AtomicI64::new(0),
            machine,
        })
    }

    /// Moves it further; back when negative.
    pub(crate) fn jump(&self, ms: i64) {
        self.by_ms.fetch_add(ms, Ordering::SeqCst);
    }

    fn by(&self) -> i64 {
        self.by_ms.load(Ordering::SeqCst)
    }
}

impl patrol_station::Clock for SetWrong<dyn patrol_station::Clock> {
    fn now(&self) -> StationMs {
        StationMs(self.machine.now().0 + self.by())
    }
}

impl Clock for SetWrong<dyn Clock> {
    fn wall(&self) -> WallMs {
        WallMs(self.machine.wall().0 + self.by())
    }

    fn boot(&self) -> BootMs {
        self.machine.boot()
    }

    fn boot_id(&self) -> BootId {
        self.machine.boot_id()
    }

    fn zone(&self) -> TzMinutes {
        self.machine.zone()
    }
}

/// How phone and station speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// HTTP on loopback.
    Plain,
    /// TLS, pinned by the enrolment code.
    Tls,
}

impl Line {
    /// Of the station's address.
    pub(crate) fn scheme(self) -> &'static str {
        match self {
            Self::Plain => "http",
            Self::Tls => "https",
        }
    }

    /// Where a station says that it listens.
    pub(crate) fn address(self, told: &str) -> SocketAddr {
        let front = format!("listening {}://", self.scheme());
        told.strip_prefix(&front)
            .and_then(|rest| rest.parse().ok())
            .expect(told)
    }

    fn mode(self) -> TlsMode {
        match self {
            Self::Plain => TlsMode::OffOnLoopback,
            Self::Tls => TlsMode::On,
        }
    }
}

struct Serving {
    stop: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

/// A station behind a proxy.
pub(crate) struct NearStation {
    pub(crate) station: Station,
    pub(crate) proxy: FaultProxy,
    pub(crate) clock: Arc<SetWrong<dyn patrol_station::Clock>>,
    pub(crate) data: PathBuf,
    line: Line,
    options: StationOptions,
    serving: Option<Serving>,
    _folder: TempDir,
}

impl NearStation {
    /// Made, and serving.
    pub(crate) async fn serving(line: Line) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("station");
        let mut options = StationOptions::new(&data);
        let clock = SetWrong::new(Arc::clone(&options.ports.clock));
        options.ports.clock = clock.clone();
        let init = InitOptions {
            data: data.clone(),
            name: "凤台中队".into(),
            listen: None,
            tls: line.mode(),
            district: patrol_station::Place::default(),
            street_office: patrol_station::Place::default(),
        };
        patrol_station::init(&init, &options.ports).unwrap();
        let station = Station::open(options.clone()).unwrap();
        let mut near = Self {
            station,
            proxy: FaultProxy::start("127.0.0.1:9".parse().unwrap()),
            clock,
            data,
            line,
            options,
            serving: None,
            _folder: folder,
        };
        near.serve().await;
        near
    }

    async fn serve(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.proxy.set_target(listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let station = self.station.clone();
        let done = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            station.serve(listener, shutdown).await.unwrap();
        });
        self.serving = Some(Serving { stop, done });
    }

    async fn stop(&mut self) {
        let Serving { stop, done } = self.serving.take().unwrap();
        stop.send(()).unwrap();
        done.await.unwrap();
    }

    /// Stops in order and opens the same folder again.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.station = Station::open(self.options.clone()).unwrap();
        self.serve().await;
    }

    /// Everything that lies in the station's folder now, its marker included.
    pub(crate) async fn snapshot(&mut self) -> TempDir {
        self.stop().await;
        let snapshot = tempfile::tempdir().unwrap();
        copy_folder(&self.data, &snapshot.path().join("station"));
        self.station = Station::open(self.options.clone()).unwrap();
        self.serve().await;
        snapshot
    }

    /// The machine as it was then.
    pub(crate) async fn put_back(&mut self, snapshot: &TempDir) {
        self.stop().await;
        std::fs::remove_dir_all(&self.data).unwrap();
        copy_folder(&snapshot.path().join("station"), &self.data);
        self.station = Station::open(self.options.clone()).unwrap();
        self.serve().await;
    }

    /// The epoch that this phone hears of.
    pub(crate) async fn epoch(&self, phone: &NearPhone) -> String {
        let log = phone.log();
        let journals = self.overview().await.journals;
        let device = journals.iter().find(|journal| journal.log == log).unwrap().device;
        self.station.store().log_status(device, log, None).await.unwrap().epoch
    }

    /// A one-time code for an officer.
    pub(crate) async fn code(&self) -> String {
        let officer = patrol_wire::Officer {
            number: "0417".into(),
            name: "林晓".into(),
        };
        let url = format!("{}://{}", self.line.scheme(), self.proxy.address());
        self.station.make_code(officer, &url).await.unwrap().to_string()
    }

    pub(crate) async fn overview(&self) -> Overview {
        self.station.store().overview().await.unwrap()
    }

    /// What its clock says.
    pub(crate) fn now_ms(&self) -> i64 {
        patrol_station::Clock::now(&*self.clock).0
    }

    /// What it holds of one journal, recomputed; nothing for a journal that it does not know.
    pub(crate) async fn digest(&self, log: LogId) -> String {
        match self.station.digest(Some(log)).await {
            Ok(digests) => digests.iter().map(ToString::to_string).collect(),
            Err(_) => String::new(),
        }
    }
}

/// A phone.
pub(crate) struct NearPhone {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<SetWrong<dyn Clock>>,
    made: u64,
    ports: Ports,
    data: PathBuf,
    _folder: TempDir,
}

impl NearPhone {
    /// New; `seed` keeps the pictures of phones apart.
    pub(crate) fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("phone");
        let mut ports = patrol_host::desktop_ports(&data).unwrap();
        let clock = SetWrong::new(Arc::clone(&ports.clock));
        ports.clock = clock.clone();
        let app = open(&data, &ports);
        Self {
            app,
            clock,
            made: seed << 32,
            ports,
            data,
            _folder: folder,
        }
    }

    /// New, and enrolled.
    pub(crate) async fn enrolled(station: &NearStation, seed: u64) -> Self {
        let phone = Self::new(seed);
        phone.app.enrol(&station.code().await).await.unwrap();
        phone
    }

    /// Another phone with all that this one has: database, vault, keys, marker.
    pub(crate) fn clone_with_everything(&self, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("phone");
        copy_folder(&self.data, &data);
        let mut ports = patrol_host::desktop_ports(&data).unwrap();
        let clock = SetWrong::new(Arc::clone(&ports.clock));
        ports.clock = clock.clone();
        Self {
            app: open(&data, &ports),
            clock,
            made: seed << 32,
            ports,
            data,
            _folder: folder,
        }
    }

    /// Ends the app and starts it again.
    pub(crate) fn restart(&mut self) {
        self.app = open(&self.data, &self.ports);
    }

    /// A picture that no other call gives.
    pub(crate) fn picture(&mut self, width: u32, height: u32) -> Vec<u8> {
        self.made += 1;
        PhotoBuilder::new(self.made)
            .size(width, height)
            .gps(32.341_258_6, 118.840_317_2)
            .build()
    }

    /// Records a case with one small photo.
    pub(crate) async fn record(&mut self) -> CaseId {
        let photo = Photo {
            bytes: self.picture(96, 72),
            source: "import".into(),
            ..Photo::default()
        };
        self.dispatch("draft_add_photo", Value::Null, Some(photo)).await;
        let fields = json!({ "matter": "PK01", "plate": "苏A8K3R7", "street": "liuye", "note": "车主不在场" });
        self.dispatch("draft_write", fields, None).await;
        let saved = self.dispatch("draft_save", json!({}), None).await;
        saved["case_id"].as_str().unwrap().parse().unwrap()
    }

    async fn dispatch(&self, command: &str, args: Value, photo: Option<Photo>) -> Value {
        let answer = self.app.dispatch(command, args, photo).await;
        answer.unwrap_or_else(|error| panic!("{command}: {error:?}"))
    }

    /// One more op on a case, without a photo.
    pub(crate) fn act(&self, case: CaseId) {
        self.app
            .take_step(case, Step::NoticePosted, "当场贴单，已告知。")
            .unwrap();
    }

    /// One more photo on a case.
    pub(crate) fn add_photo(&mut self, case: CaseId, width: u32, height: u32) -> u64 {
        let picture = self.picture(width, height);
        self.app
            .add_case_photo(case, &picture, PhotoSource::Import, PhotoRole::After)
            .unwrap();
        picture.len() as u64
    }

    /// One round over connections of its own.
    pub(crate) async fn sync(&self) -> Result<(), AppError> {
        self.app.sync_once(&|_: &SyncEvent| {}).await.map(drop)
    }

    /// Rounds until one comes to its end; how many it took. I15: a healed network needs few.
    pub(crate) async fn settle(&self, most: usize) -> usize {
        let mut last = None;
        for round in 1..=most {
            match self.sync().await {
                Ok(()) => return round,
                Err(error) => last = Some(error),
            }
        }
        panic!("something still waits after {most} rounds: {last:?}");
    }

    pub(crate) fn log(&self) -> LogId {
        let digest = self.app.digest().unwrap().to_string();
        digest.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Whether anything waits, by the phone's own counting.
    pub(crate) fn waits(&self) -> bool {
        let here = self.app.sync_status().unwrap().on_phone;
        (here.cases, here.photos) != (0, 0)
    }

    /// Phone and station hold the same journal and the same originals, byte for byte, and nothing waits.
    pub(crate) async fn assert_equal(&self, station: &NearStation) {
        assert!(!self.waits());
        assert_eq!(
            station.digest(self.log()).await,
            self.app.digest().unwrap().to_string(),
            "station on the left, phone on the right"
        );
    }
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn open(data: &Path, ports: &Ports) -> Arc<App> {
    let options = Options {
        data: data.to_owned(),
        demo_photos: None,
    };
    Arc::new(App::open(&options, ports.clone()).unwrap())
}
