//! Syncing as the officer sees it: what is where, what is under way, why it waits.

mod enrol;
mod host;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use patrol_store::{Audit, DeviceStanding, SetAside, Settings};
use patrol_sync::{Finished, HttpTransport, Phase, PhoneTime, Progress, SyncEvent, Transport, keep_syncing};
use tokio::sync::Notify;

use crate::app::App;
use crate::error::{AppError, ErrorReply, sync_code};
use crate::view::{
    AtStation, AuditView, OnPhone, PhoneStanding, ReceiptView, SendingView, SetAsideReason, SetAsideView, SyncPhase,
    SyncStatus,
};

pub(crate) use host::SyncHost;

/// How many waiting cases the sync screen lists.
const WAITING_SHOWN: usize = 50;

/// How long to wait before the sync begins anew after a defect of its own.
const AFTER_A_DEFECT: Duration = Duration::from_secs(30);

/// What the sync is doing, kept for the screen. Counters are not here: they are read from the store.
#[derive(Default)]
pub(crate) struct SyncState {
    wake: Notify,
    shown: Mutex<Shown>,
    /// The officer has said "send now": pause and price of the network do not count until the round is over.
    is_said: AtomicBool,
    /// Nobody has the app before them.
    is_behind: AtomicBool,
}

#[derive(Default)]
struct Shown {
    phase: Option<Phase>,
    waiting: bool,
    held: bool,
    current: Option<SendingView>,
    progress: Option<Progress>,
    next_try_ms: Option<i64>,
    last_error: Option<ErrorReply>,
}

impl SyncState {
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Whether the officer has said "send now".
    pub(crate) fn is_said(&self) -> bool {
        self.is_said.load(Ordering::SeqCst)
    }

    pub(crate) fn is_in_front(&self) -> bool {
        !self.is_behind.load(Ordering::SeqCst)
    }

    /// The round is over: what was said for it counts no more.
    fn forget_said(&self) {
        self.is_said.store(false, Ordering::SeqCst);
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn hear(&self, event: SyncEvent, wall_ms: i64) {
        if matches!(event, SyncEvent::Waiting { .. } | SyncEvent::Idle | SyncEvent::Held) {
            self.forget_said();
        }
        let mut shown = self.shown();
        match event {
            SyncEvent::Phase(phase) => {
                shown.phase = Some(phase);
                shown.waiting = false;
                shown.held = false;
                shown.next_try_ms = None;
            }
            SyncEvent::Acked { .. } | SyncEvent::Thumbnail(_) => shown.last_error = None,
            SyncEvent::Sending { sha256, sent, total } => {
                shown.current = Some(SendingView {
                    sha256: sha256.to_string(),
                    sent,
                    total,
                });
            }
            SyncEvent::Progress(progress) => shown.progress = Some(progress),
            SyncEvent::Succeeded(_) | SyncEvent::Audited(_) => {}
            SyncEvent::PhotoAcked(_) => {
                shown.current = None;
                shown.last_error = None;
            }
            SyncEvent::Waiting { error, wait_ms } => {
                let reply = AppError::Sync(error).reply();
                *shown = Shown {
                    waiting: true,
                    next_try_ms: Some(wall_ms.saturating_add(i64::try_from(wait_ms).unwrap_or(i64::MAX))),
                    last_error: Some(reply),
                    ..Shown::default()
                };
            }
            SyncEvent::Idle => *shown = Shown::default(),
            SyncEvent::Held => {
                *shown = Shown {
                    held: true,
                    ..Shown::default()
                };
            }
        }
    }
}

impl App {
    /// The way to the station. Certificates are held against the phone's clock and what the station has signed.
    pub(crate) fn transport(&self) -> HttpTransport {
        let (clock, store) = (Arc::clone(&self.ports.clock), Arc::clone(&self.store));
        HttpTransport::new(Arc::new(move || PhoneTime {
            wall: clock.wall(),
            // A database that cannot be read fails the round by itself, with its own error.
            station: store.latest_station_time().unwrap_or_default(),
        }))
    }

    /// Keeps syncing for as long as the program runs; the host spawns it.
    ///
    /// # Errors
    /// [`AppError`] when the system gives no network client.
    pub async fn keep_syncing(self: Arc<Self>) -> Result<(), AppError> {
        loop {
            let app = Arc::clone(&self);
            match tokio::spawn(async move { app.sync_for_ever().await }).await {
                Ok(outcome) => return outcome,
                Err(ended) if ended.is_panic() => {
                    // A defect in one round must not leave the officer's records on the phone until a restart.
                    tracing::error!(%ended, "the sync broke off; it begins anew");
                    tokio::time::sleep(AFTER_A_DEFECT).await;
                }
                Err(_) => return Ok(()),
            }
        }
    }

    async fn sync_for_ever(&self) -> Result<(), AppError> {
        let transport = self.transport();
        keep_syncing(&transport, &SyncHost::new(self, None), &self.sync.wake).await;
        Ok(())
    }

    /// One round, for programs without a window; `listen` hears what happens.
    ///
    /// # Errors
    /// [`AppError::Sync`]: why the round ended early.
    pub async fn sync_once(&self, listen: &(dyn Fn(&SyncEvent) + Send + Sync)) -> Result<Finished, AppError> {
        let transport = self.transport();
        self.sync_over(&transport, listen).await
    }

    /// One round over a network of the caller's choosing.
    ///
    /// # Errors
    /// As [`App::sync_once`].
    pub async fn sync_over<T: Transport>(
        &self,
        transport: &T,
        listen: &(dyn Fn(&SyncEvent) + Send + Sync),
    ) -> Result<Finished, AppError> {
        Ok(patrol_sync::run_round(transport, &SyncHost::new(self, Some(listen))).await?)
    }

    /// Compares the counts of phone and station, now. `None` at a station that does not count.
    ///
    /// # Errors
    /// [`AppError::Sync`] when the station cannot be asked.
    pub async fn audit(&self) -> Result<Option<Audit>, AppError> {
        let transport = self.transport();
        Ok(patrol_sync::run_audit(&transport, &SyncHost::new(self, None)).await?)
    }

    /// The network has changed, or came back: what waits need not wait any longer.
    pub fn network_changed(&self) {
        self.sync.wake();
    }

    /// Whether somebody has the app before them: behind other apps it tries more rarely.
    pub fn set_in_front(&self, is_in_front: bool) {
        self.sync.is_behind.store(!is_in_front, Ordering::SeqCst);
        self.note_absence(!is_in_front);
        if is_in_front {
            self.sync.wake();
        }
    }

    /// Writes what the officer has set about syncing.
    ///
    /// # Errors
    /// [`AppError`] when it cannot be written; what was set before stands.
    pub fn configure_sync(&self, settings: Settings) -> Result<SyncStatus, AppError> {
        self.store.write_settings(settings)?;
        self.sync.wake();
        self.sync_status()
    }

    /// What is where, and what the sync is doing.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn sync_status(&self) -> Result<SyncStatus, AppError> {
        let counts = self.store.counts()?;
        let receipt = self.store.progress()?.receipt;
        let waiting = self.store.waiting_cases(WAITING_SHOWN)?;
        let settings = self.store.settings()?;
        let standing = self.store.device_standing()?;
        let audit = self.store.last_audit()?;
        let set_aside = self.store.set_aside()?;
        let shown = self.sync.shown();
        let phase = match shown.phase {
            _ if shown.waiting => SyncPhase::Waiting,
            None if settings.is_paused => SyncPhase::Paused,
            _ if shown.held => SyncPhase::Held,
            None => SyncPhase::Idle,
            Some(Phase::Ops) => SyncPhase::Records,
            Some(Phase::Thumbnails) => SyncPhase::Thumbnails,
            Some(Phase::Originals) => SyncPhase::Originals,
        };
        Ok(SyncStatus {
            phase,
            on_phone: OnPhone {
                cases: counts.cases_on_phone,
                photos: counts.photos_on_phone,
                bytes: counts.bytes_on_phone,
            },
            at_station: AtStation {
                cases: counts.cases_at_station,
                photos: counts.photos_at_station,
            },
            current: shown.current.clone(),
            bytes_per_second: shown.progress.and_then(|progress| progress.bytes_per_second),
            bytes_left: shown
                .progress
                .map_or(counts.bytes_on_phone, |progress| progress.bytes_left),
            is_paused: settings.is_paused,
            only_unmetered: settings.only_unmetered,
            standing: match standing {
                DeviceStanding::Active => PhoneStanding::Active,
                DeviceStanding::Retired => PhoneStanding::Retired,
                DeviceStanding::Refused => PhoneStanding::Refused,
            },
            audit: audit.map(|audit| AuditView {
                is_equal: audit.is_equal,
                days: audit.days,
                seq: audit.seq.0,
                station_ms: audit.station_ms,
            }),
            set_aside: set_aside.into_iter().map(view_set_aside).collect(),
            next_try_ms: shown.next_try_ms,
            last_error: shown.last_error.clone(),
            last_receipt: receipt.map(|receipt| ReceiptView {
                seq: receipt.seq.0,
                head: receipt.head.to_string(),
                station_ms: receipt.station_ms,
                beacon: receipt.beacon,
            }),
            waiting: waiting.iter().map(|case| self.view_case(case)).collect(),
        })
    }

    pub(crate) fn start_sync(&self) -> Result<SyncStatus, AppError> {
        if self.store.station()?.is_none() {
            return Err(AppError::Refused(sync_code(&patrol_sync::SyncError::NotEnrolled)));
        }
        // Once, whatever is set: the officer is looking at it.
        self.sync.is_said.store(true, Ordering::SeqCst);
        self.sync.wake();
        self.sync_status()
    }
}

pub(crate) fn view_set_aside(aside: SetAside) -> SetAsideView {
    let SetAside {
        log: _,
        seq,
        code,
        case,
    } = aside;
    SetAsideView {
        case_id: case.map(|case| case.to_string()),
        seq: seq.0,
        reason: match code.as_str() {
            "unreadable" => SetAsideReason::Unreadable,
            "unknown_kind" => SetAsideReason::UnknownKind,
            "id_conflict" => SetAsideReason::IdConflict,
            "unlawful" => SetAsideReason::Unlawful,
            "depends_on" => SetAsideReason::DependsOn,
            _ => SetAsideReason::Other,
        },
    }
}
