//! Syncing as the officer sees it: what is where, what is under way, why it waits.

mod enrol;
mod host;
mod station;
mod status;
mod wait;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use patrol_store::{Audit, Settings};
use patrol_sync::{Finished, HttpTransport, Phase, PhoneTime, Progress, SyncEvent, Transport, keep_syncing};
use tokio::sync::{Notify, watch};

use crate::app::App;
use crate::error::{AppError, ErrorReply, sync_code};
use crate::port::Network;
use crate::view::{SendingView, SyncStatus};

pub(crate) use host::SyncHost;

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
    /// What the page has seen of the network, where the host itself cannot tell.
    told: Mutex<Network>,
    /// Grows with everything that the sync page may have to show.
    version: watch::Sender<u64>,
}

#[derive(Default)]
struct Shown {
    phase: Option<Phase>,
    waiting: bool,
    held: bool,
    /// Originals under way.
    sending: Vec<SendingView>,
    progress: Option<Progress>,
    next_try_ms: Option<i64>,
    last_error: Option<ErrorReply>,
    /// When the station last answered with anything at all: wall clock.
    contact_ms: Option<i64>,
}

impl SyncState {
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
        self.changed();
    }

    /// The page may have something new to show.
    pub(crate) fn changed(&self) {
        self.version.send_modify(|version| *version = version.wrapping_add(1));
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
        self.shown().hear(event, wall_ms);
        self.changed();
    }
}

impl Shown {
    fn hear(&mut self, event: SyncEvent, wall_ms: i64) {
        match event {
            SyncEvent::Phase(phase) => {
                self.phase = Some(phase);
                self.waiting = false;
                self.held = false;
                self.next_try_ms = None;
            }
            SyncEvent::Acked { .. } | SyncEvent::Thumbnail(_) => {
                self.contact_ms = Some(wall_ms);
                self.last_error = None;
            }
            SyncEvent::Sending { sha256, sent, total } => self.show_sending(SendingView {
                sha256: sha256.to_string(),
                sent,
                total,
            }),
            SyncEvent::Progress(progress) => self.progress = Some(progress),
            SyncEvent::Succeeded(_) | SyncEvent::Audited(_) => self.contact_ms = Some(wall_ms),
            SyncEvent::PhotoAcked(sha256) => {
                let landed = sha256.to_string();
                self.sending.retain(|photo| photo.sha256 != landed);
                self.contact_ms = Some(wall_ms);
                self.last_error = None;
            }
            SyncEvent::Waiting { error, wait_ms } => {
                let has_answered = error.refusal().is_some();
                *self = Self {
                    waiting: true,
                    next_try_ms: Some(wall_ms.saturating_add(i64::try_from(wait_ms).unwrap_or(i64::MAX))),
                    last_error: Some(AppError::Sync(error).reply()),
                    contact_ms: if has_answered { Some(wall_ms) } else { self.contact_ms },
                    ..Self::default()
                };
            }
            SyncEvent::Idle => self.rest(false),
            SyncEvent::Held => self.rest(true),
        }
    }

    fn show_sending(&mut self, photo: SendingView) {
        match self.sending.iter_mut().find(|known| known.sha256 == photo.sha256) {
            Some(known) => *known = photo,
            None => self.sending.push(photo),
        }
    }

    /// A round came to its end without trouble.
    fn rest(&mut self, held: bool) {
        *self = Self {
            held,
            contact_ms: self.contact_ms,
            ..Self::default()
        };
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

    /// The network has changed, or came back: what waits need not wait any longer. `told` is what the page can see of it.
    pub fn network_changed(&self, told: Network) {
        *self.sync.told.lock().unwrap_or_else(PoisonError::into_inner) = told;
        self.sync.wake();
    }

    /// What the network costs: the host's word, and where it has none the page's.
    pub(crate) fn network(&self) -> Network {
        match self.ports.network.network() {
            Network::Unknown => *self.sync.told.lock().unwrap_or_else(PoisonError::into_inner),
            known => known,
        }
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
        if settings.is_paused {
            // The later word counts.
            self.sync.forget_said();
        }
        self.sync.wake();
        self.sync_status()
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
