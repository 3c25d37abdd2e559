//! An open station, and serving it.

use std::fs::File;
use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use patrol_domain::digest::JournalDigest;
use patrol_domain::hash::encode_hex;
use patrol_domain::{DeviceId, LogId};
use patrol_wire::signature::SignatureError;
use patrol_wire::{EnrolmentCode, Officer, PublicKey, Signed, SignedContent};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::bounds;
use crate::config::Config;
use crate::durable;
use crate::error::StationError;
use crate::http;
use crate::key::ReceiptKey;
use crate::layout::Layout;
use crate::ports::Ports;
use crate::recovery::{RecoveryError, RecoveryKey};
use crate::store::Store;
use crate::store::sqlite::SqliteStore;

/// What keeps one request from taking all there is.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a body may bring no byte; there is no limit on how long it takes altogether.
    pub stall: Duration,
    /// How long requests may go on after the station was asked to stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            stall: Duration::from_secs(30),
            grace: Duration::from_secs(10),
        }
    }
}

/// How to open a station.
#[derive(Clone)]
pub struct StationOptions {
    /// The data folder.
    pub data: PathBuf,
    /// Time and randomness.
    pub ports: Ports,
    /// Limits.
    pub limits: Limits,
}

impl StationOptions {
    /// The machine's clock and the usual limits.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            ports: Ports::machine(),
            limits: Limits::default(),
        }
    }
}

/// An open station. Clones are the same station.
#[derive(Clone)]
pub struct Station {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    key: Arc<ReceiptKey>,
    store: Arc<dyn Store>,
    ports: Ports,
    limits: Limits,
    layout: Layout,
}

impl Station {
    /// Opens a station that `init` made.
    ///
    /// # Errors
    /// [`StationError`] when a part of it is missing or cannot be read.
    pub fn open(options: StationOptions) -> Result<Self, StationError> {
        let StationOptions { data, ports, limits } = options;
        let layout = Layout::new(data);
        if layout.restoring().exists() {
            return Err(StationError::Restoring {
                path: layout.restoring(),
            });
        }
        let config = Config::load(&layout.config())?;
        let layout = layout.with_marker(config.marker.as_deref());
        if !layout.database().exists() {
            return Err(StationError::NotInitialised {
                path: layout.database(),
            });
        }
        let key = Arc::new(ReceiptKey::load(&layout.receipt_key())?);
        let store = SqliteStore::open(layout.clone(), Arc::clone(&key), ports.clone())?;
        let store: Arc<dyn Store> = Arc::new(store);
        let inner = Inner {
            config,
            key,
            store,
            ports,
            limits,
            layout,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What people have set.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// What the station remembers.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    /// The key that phones pin.
    pub fn public_key(&self) -> &PublicKey {
        self.inner.key.public()
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.inner.layout
    }

    /// Signs with the key that phones pin.
    pub(crate) fn sign<T: SignedContent>(&self, content: T) -> Result<Signed<T>, SignatureError> {
        self.inner.key.sign(content)
    }

    pub(crate) fn ports(&self) -> &Ports {
        &self.inner.ports
    }

    pub(crate) fn limits(&self) -> Limits {
        self.inner.limits
    }

    /// Makes a one-time code for an officer; `url` is the address that the phone will use.
    ///
    /// # Errors
    /// [`StationError`] when a phone could not show the officer or read the address back, or when the code cannot be
    /// stored.
    pub async fn make_code(&self, officer: Officer, url: &str) -> Result<EnrolmentCode, StationError> {
        let station_url = url.trim_end_matches('/').to_owned();
        // Before anything is stored: a code that nobody can use is not made.
        bounds::officer(&officer)?;
        bounds::url(&station_url)?;
        let code = self.inner.store.make_code(officer).await?;
        let key_thumbprint = self.public_key().thumbprint();
        Ok(EnrolmentCode {
            station_url,
            code,
            key_thumbprint,
            authority: None,
        })
    }

    /// Opens what a phone sealed and writes its root to a file that must not be there, as 64 hexadecimal digits: the form
    /// of a phone's `keys/root.key`. It is written nowhere else.
    ///
    /// # Errors
    /// [`StationError`] when the phone sealed nothing, the key is another one, or the file cannot be written.
    pub async fn recover(&self, device: DeviceId, key: Option<&Path>, to: &Path) -> Result<(), StationError> {
        let envelope = self.inner.store.recovery_of(device).await?;
        let usual = self.inner.layout.recovery_key();
        let key = RecoveryKey::load(key.unwrap_or(&usual)).map_err(RecoveryError::Key)?;
        let root = key.open(device, &envelope)?;
        let text = format!("{}\n", encode_hex(&root));
        durable::write_new(to, text.as_bytes(), true).map_err(|source| StationError::File {
            path: to.to_owned(),
            source,
        })
    }

    /// All journals or one, recomputed from stored bytes.
    ///
    /// # Errors
    /// [`StationError`] when a journal cannot be read.
    pub async fn digest(&self, log: Option<LogId>) -> Result<Vec<JournalDigest>, StationError> {
        Ok(self.inner.store.digest(log).await?)
    }

    /// Serves until `shutdown` is ready and the requests that are running are done, or [`Limits::grace`] is over.
    ///
    /// # Errors
    /// [`StationError::NotLoopback`] for a listener that other machines can reach, [`StationError::Served`] when
    /// another process serves the same folder, [`StationError::Network`] when the listener fails.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), StationError> {
        self.claim()?.serve(listener, shutdown).await
    }

    /// Takes the right to serve this folder, before anything is said to the outside.
    ///
    /// # Errors
    /// [`StationError::Served`] when another process or another claim has it.
    pub fn claim(&self) -> Result<Claim, StationError> {
        let path = self.inner.layout.serve_lock();
        let failed = |source| StationError::File {
            path: path.clone(),
            source,
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Claim {
                station: self.clone(),
                _file: file,
            }),
            Err(std::fs::TryLockError::WouldBlock) => Err(StationError::Served),
            Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

/// The right to serve a folder: only one process may write uploads. Ends when dropped, and with the process in any case.
pub struct Claim {
    station: Station,
    _file: File,
}

impl Claim {
    /// As [`Station::serve`].
    ///
    /// # Errors
    /// As there, but never [`StationError::Served`].
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), StationError> {
        let address = listener.local_addr().map_err(StationError::Network)?;
        if !address.ip().is_loopback() {
            return Err(StationError::NotLoopback { address });
        }
        let Inner { store, limits, .. } = &*self.station.inner;
        let facts = store.facts().await?;
        tracing::info!(%address, station = %facts.station, epoch = %facts.epoch, "serving");
        let (stop, mut stopping) = watch::channel(false);
        let graceful = async move {
            shutdown.await;
            let _ = stop.send(true);
        };
        let work = TaskTracker::new();
        let router = http::router(self.station.clone(), work.clone());
        let serving = async move {
            axum::serve(listener, router).with_graceful_shutdown(graceful).await?;
            work.close();
            work.wait().await;
            Ok(())
        };
        let grace = limits.grace;
        let late = async move {
            // An error means that the sender is gone, and with it the server.
            let _ = stopping.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(grace).await;
        };
        tokio::select! {
            ended = serving => ended.map_err(StationError::Network)?,
            () = late => tracing::warn!("requests were cut off at shutdown"),
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// Opens a station and serves it: [`Station::open`], then [`Station::serve`].
///
/// # Errors
/// As those two.
pub async fn serve(
    options: StationOptions,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StationError> {
    Station::open(options)?.serve(listener, shutdown).await
}

/// Reads an address to listen at and refuses one that other machines can reach.
///
/// # Errors
/// [`StationError::Address`] when it is none, [`StationError::NotLoopback`] when other machines can reach it.
pub fn loopback_address(text: &str) -> Result<SocketAddr, StationError> {
    let address: SocketAddr = text
        .parse()
        .map_err(|_| StationError::Address { text: text.to_owned() })?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(StationError::NotLoopback { address })
    }
}
