//! The app, open on one data folder.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use patrol_domain::op::{Adopted, Body, LogOpened, OpenReason};
use patrol_domain::{At, LogId, Op, Sha256Hash, digest::JournalDigest};
use patrol_store::{Beginning, Opened, SalvageTold, Standing, Store};

use crate::budget::Outgoing;
use crate::error::{AppError, ErrorCode};
use crate::grid::Ground;
use crate::here::Here;
use crate::officer::Lock;
use crate::pack::{Catalogue, District, Patrol};
use crate::port::{KeyError, Ports};
use crate::record::Recorder;
use crate::seen::Unstored;
use crate::shift::Patrolling;
use crate::sync::SyncState;
use crate::tile::Tiles;
use crate::view::{AppState, OfficerView, SalvageView, StationView};

/// Where the app keeps its data and what stands in for a camera.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder: database and vault.
    pub data: PathBuf,
    /// A folder of rendered scenes, in the demo.
    pub demo_photos: Option<PathBuf>,
}

/// The app.
pub struct App {
    pub(crate) store: Arc<Store>,
    pub(crate) ports: Ports,
    pub(crate) recorder: Recorder,
    pub(crate) catalogue: Catalogue,
    pub(crate) district: District,
    pub(crate) ground: Ground,
    pub(crate) tiles: Tiles,
    pub(crate) demo: Option<(PathBuf, Patrol)>,
    /// Where the phone was lately.
    pub(crate) here: Mutex<Here>,
    /// Photos that were handed over and found no room yet.
    pub(crate) unstored: Unstored,
    pub(crate) sync: SyncState,
    /// Held while the app recovers.
    pub(crate) recovering: Mutex<()>,
    /// The program is about to end: nothing long begins any more.
    pub(crate) is_ending: AtomicBool,
    /// Who may look at the phone.
    pub(crate) lock: Lock,
    /// The walk of the shift under way.
    pub(crate) patrol: Mutex<Option<Patrolling>>,
    /// Where files for others go.
    pub(crate) outgoing: Outgoing,
    /// One enrolment at a time.
    pub(crate) enrol_gate: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

impl App {
    /// Opens the app, making journal and folders when they are new.
    ///
    /// # Errors
    /// [`AppError`]: keys that cannot be read, a damaged or newer database, a full disk. Nothing is ever replaced.
    pub fn open(options: &Options, ports: Ports) -> Result<Self, AppError> {
        let Options { data, demo_photos } = options;
        let Opened {
            store,
            standing,
            salvaged: _,
        } = Store::open(&crate::verify::options(data, &ports)?)?;
        let store = Arc::new(store);
        let recorder = match standing {
            Standing::Continues(journal) => Recorder::resume(ports.clone(), journal, store.head()?.1),
            Standing::Begins(beginning) => begin_journal(&store, &ports, beginning)?,
        };
        let lock = Lock::default();
        if let Some(active) = store.people()?.into_iter().find(|person| person.is_active) {
            recorder.set_author(active.person);
            lock.set(store.pin(active.person)?.is_some());
        }
        let tiles = Tiles::new(data, Arc::clone(&ports.disk));
        let demo = match demo_photos {
            Some(folder) => Some((folder.clone(), Patrol::read(folder)?)),
            None => None,
        };
        Ok(Self {
            store,
            ports,
            recorder,
            catalogue: Catalogue::open(data)?,
            district: District::shipped()?,
            ground: Ground::shipped()?,
            tiles,
            demo,
            here: Mutex::default(),
            unstored: Unstored::default(),
            sync: SyncState::default(),
            recovering: Mutex::new(()),
            is_ending: AtomicBool::new(false),
            lock,
            patrol: Mutex::new(None),
            outgoing: Outgoing::beside(data),
            enrol_gate: tokio::sync::Mutex::new(()),
        })
    }

    /// What does not change while the app runs.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn state(&self) -> Result<AppState, AppError> {
        let station = self.store.station()?;
        let active = self.store.people()?.into_iter().find(|person| person.is_active);
        Ok(AppState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            officer: active.map(|officer| OfficerView {
                number: officer.number,
                name: officer.name,
            }),
            station: station.map(|station| StationView {
                name: station.name,
                url: station.url,
                enrolled_ms: station.enrolled.0,
            }),
            is_locked: self.is_locked(),
            preference: self.preference()?,
            district: self.district.view(),
            streets: self.district.streets(),
            grids: self.ground.names().to_vec(),
            matters: self.catalogue.views(),
            tiles: self.catalogue.tiles(),
            pack_problem: self.catalogue.problem,
            drafts: self.count_drafts()?,
            salvage: view_told(self.store.salvages_told()?),
            demo_photos: self.demo.as_ref().map(|(_, patrol)| patrol.views()).unwrap_or_default(),
        })
    }

    /// The officer has understood what a damaged database cost.
    ///
    /// # Errors
    /// [`AppError`] when that cannot be written down; it is told again then.
    pub(crate) fn understand_salvage(&self) -> Result<AppState, AppError> {
        self.store.understand_salvages(self.ports.clock.wall())?;
        self.state()
    }

    /// A photo's thumbnail: JPEG, at most 20 KB.
    ///
    /// # Errors
    /// [`AppError::Store`] for a photo that this phone does not have; a locked phone shows none.
    pub fn thumbnail(&self, sha256: &str) -> Result<Vec<u8>, AppError> {
        if self.is_locked() {
            return Err(AppError::Refused(ErrorCode::PhoneLocked));
        }
        let sha256: Sha256Hash = sha256
            .parse()
            .map_err(|_| AppError::Arguments("not a photo's hash".into()))?;
        Ok(self.store.thumbnail(sha256)?)
    }

    /// The journal, its seals and every original, recomputed from stored bytes.
    ///
    /// # Errors
    /// [`AppError::Store`] at the first thing that is not as it was written.
    pub fn digest(&self) -> Result<JournalDigest, AppError> {
        Ok(self.store.digest()?)
    }

    /// Empties the write-ahead log; before the program ends. Waits for [`App::recover`], which ends early then: a thread
    /// that is still in the database while the program takes its libraries down would crash it.
    ///
    /// # Errors
    /// [`AppError`] when the disk refuses; nothing is lost then either.
    pub fn close(&self) -> Result<(), AppError> {
        self.is_ending.store(true, Ordering::SeqCst);
        drop(self.recovering.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(self.store.checkpoint()?)
    }

    /// Whether a phone's data lie in this folder, whole or in part.
    pub fn exists(data: &Path) -> bool {
        data.join("patrol.db").exists() || data.join("vault").exists()
    }
}

/// Everything that nobody has understood yet, as one message.
fn view_told(told: Vec<SalvageTold>) -> Option<SalvageView> {
    let view = |told: SalvageTold| SalvageView {
        lost_cases: told.lost_cases,
        lost_entries: told.lost_entries,
        may_be_more: told.may_be_more,
    };
    told.into_iter().map(view).reduce(|mut all, more| {
        all.lost_cases.extend(more.lost_cases);
        all.lost_entries = all.lost_entries.saturating_add(more.lost_entries);
        all.may_be_more |= more.may_be_more;
        all
    })
}

/// Two letters or digits that follow from a journal's id: 1,024 of them, without those that look alike.
pub(crate) fn mark(log: &LogId) -> String {
    const LETTERS: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz0";
    let [.., high, low] = *log.as_bytes();
    [high, low]
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect()
}

fn begin_journal(store: &Store, ports: &Ports, beginning: Beginning) -> Result<Recorder, AppError> {
    let (journal, recorder) = Recorder::begin(ports.clone(), beginning.author);
    let at = recorder.now(store)?;
    let (first, taken_over) = opening_ops(&recorder, ports, &at, &beginning)?;
    store.begin_journal(journal, &first, &taken_over)?;
    Ok(recorder)
}

/// The first op of a journal, and for each piece that it takes over the op that says so.
pub(crate) fn opening_ops(
    recorder: &Recorder,
    ports: &Ports,
    at: &At,
    beginning: &Beginning,
) -> Result<(Op, Vec<(Op, Adopted)>), KeyError> {
    let Beginning {
        reason,
        predecessor,
        adopted,
        author: _,
    } = beginning;
    if *reason != OpenReason::First {
        tracing::warn!(?reason, ?predecessor, "a new journal begins");
    }
    let body = LogOpened {
        device_key_thumbprint: Sha256Hash::of(&ports.keys.device_key()?),
        app: concat!("xunge ", env!("CARGO_PKG_VERSION")).to_owned(),
        station: None,
        reason: *reason,
        predecessor: predecessor.clone(),
    };
    let op = |body| recorder.op(at.clone(), None, Vec::new(), body);
    let first = op(Body::LogOpened(body));
    let taken_over = adopted.iter().map(|adopted| (op(Body::Adopted(*adopted)), *adopted));
    Ok((first, taken_over.collect()))
}
