//! Syncing as the officer sees it: what is where, what is under way, why it waits.

mod enrol;
mod host;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use patrol_sync::{HttpTransport, Phase, PhoneTime, SyncEvent, keep_syncing};
use tokio::sync::Notify;

use crate::app::App;
use crate::error::{AppError, ErrorReply, sync_code};
use crate::view::{AtStation, OnPhone, ReceiptView, SendingView, SyncPhase, SyncStatus};

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
}

#[derive(Default)]
struct Shown {
    phase: Option<Phase>,
    waiting: bool,
    current: Option<SendingView>,
    speed: Speed,
    next_try_ms: Option<i64>,
    last_error: Option<ErrorReply>,
}

/// Bytes over the last seconds, by the boot clock.
#[derive(Default)]
struct Speed {
    began_ms: Option<i64>,
    bytes: u64,
    last_sent: Option<(String, u64)>,
}

impl SyncState {
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn hear(&self, event: SyncEvent, wall_ms: i64, boot_ms: i64) {
        let mut shown = self.shown();
        match event {
            SyncEvent::Phase(phase) => {
                shown.phase = Some(phase);
                shown.waiting = false;
                shown.next_try_ms = None;
            }
            SyncEvent::Acked { .. } | SyncEvent::Thumbnail(_) => shown.last_error = None,
            SyncEvent::Sending { sha256, sent, total } => {
                shown.speed.add(&sha256.to_string(), sent, boot_ms);
                shown.current = Some(SendingView {
                    sha256: sha256.to_string(),
                    sent,
                    total,
                });
            }
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
        }
    }
}

impl Speed {
    fn add(&mut self, sha256: &str, sent: u64, boot_ms: i64) {
        let before = match &self.last_sent {
            Some((last, before)) if last == sha256 => *before,
            _ => sent,
        };
        self.bytes += sent.saturating_sub(before);
        self.last_sent = Some((sha256.to_owned(), sent));
        self.began_ms.get_or_insert(boot_ms);
    }

    fn per_second(&self, boot_ms: i64) -> Option<u64> {
        let elapsed = u64::try_from(boot_ms.saturating_sub(self.began_ms?)).ok()?;
        // Below half a second the figure would only flicker.
        if elapsed < 500 {
            None
        } else {
            Some(self.bytes.saturating_mul(1000) / elapsed)
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
    pub async fn sync_once(&self, listen: &(dyn Fn(&SyncEvent) + Send + Sync)) -> Result<(), AppError> {
        let transport = self.transport();
        Ok(patrol_sync::run_round(&transport, &SyncHost::new(self, Some(listen))).await?)
    }

    /// What is where, and what the sync is doing.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn sync_status(&self) -> Result<SyncStatus, AppError> {
        let counts = self.store.counts()?;
        let receipt = self.store.progress()?.receipt;
        let waiting = self.store.waiting_cases(WAITING_SHOWN)?;
        let shown = self.sync.shown();
        let phase = match (shown.waiting, shown.phase) {
            (true, _) => SyncPhase::Waiting,
            (false, None) => SyncPhase::Idle,
            (false, Some(Phase::Ops)) => SyncPhase::Records,
            (false, Some(Phase::Thumbnails)) => SyncPhase::Thumbnails,
            (false, Some(Phase::Originals)) => SyncPhase::Originals,
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
            bytes_per_second: shown.speed.per_second(self.ports.clock.boot().0),
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
        self.sync.wake();
        self.sync_status()
    }
}
