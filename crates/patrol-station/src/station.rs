//! An open station, and serving it.

mod claim;

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use patrol_domain::digest::JournalDigest;
use patrol_domain::hash::encode_hex;
use patrol_domain::{DeviceId, LogId, Sha256Hash};
use patrol_wire::signature::SignatureError;
use patrol_wire::{EnrolmentCode, KeyStatement, KeySuccession, Officer, PublicKey, Signed, SignedContent};
use tokio::net::TcpListener;

use crate::bounds;
use crate::config::{Config, Limits, Setting};
use crate::durable;
use crate::error::StationError;
use crate::init;
use crate::key::ReceiptKey;
use crate::layout::Layout;
use crate::ports::Ports;
use crate::recovery::{RecoveryError, RecoveryKey};
use crate::store::sqlite::SqliteStore;
use crate::store::{Replayed, Store, StoreError};
use crate::tls::{self, Authority, TlsError};
pub use claim::{Claim, PreparedServer};
use claim::{ImportLock, lock};

/// How to open a station.
#[derive(Clone)]
pub struct StationOptions {
    /// The data folder.
    pub data: PathBuf,
    /// Time, randomness and the disk.
    pub ports: Ports,
    /// Where storage's blocking work is done.
    pub storage: Storage,
    /// Set over the file, in this order.
    pub settings: Vec<Setting>,
}

/// Where work that waits for the disk is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Storage {
    /// On tokio's blocking threads: a slow disk holds up nobody else.
    #[default]
    Threads,
    /// Where it is asked for, at once and to its end: a test that runs in one thread is the same every time.
    Inline,
}

impl StationOptions {
    /// The machine's clock, and the file as it stands.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            ports: Ports::machine(),
            storage: Storage::default(),
            settings: Vec::new(),
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
    authority: Option<Authority>,
    key: Arc<ReceiptKey>,
    /// All keys at the opening, the present one last.
    keys: Vec<PublicKey>,
    store: Arc<dyn Store>,
    ports: Ports,
    layout: Layout,
    metrics_address: OnceLock<SocketAddr>,
}

impl Station {
    /// Opens a station that `init` made.
    ///
    /// # Errors
    /// [`StationError`] when a part of it is missing or cannot be read.
    pub fn open(options: StationOptions) -> Result<Self, StationError> {
        let StationOptions {
            data,
            ports,
            storage,
            settings,
        } = options;
        let layout = Layout::new(data);
        let restoring = layout.restoring();
        if matches!(ports.disk.length(&restoring), Ok(Some(_))) {
            return Err(StationError::Restoring { path: restoring });
        }
        let config = Config::load(&*ports.disk, &layout.config(), &settings)?;
        init::whole(&*ports.disk, &layout)?;
        let layout = layout.with_marker(config.marker.as_deref());
        let path = layout.database();
        match ports.disk.length(&path) {
            Ok(Some(_)) => {}
            Ok(None) => return Err(StationError::NotInitialised { path }),
            Err(source) => return Err(StationError::File { path, source }),
        }
        let authority = tls::authority(&*ports.disk, &config, &layout)?;
        let opened = SqliteStore::open(layout.clone(), ports.clone(), storage);
        let store = opened.map_err(|error| match error {
            StoreError::Key(error) => StationError::Key(error),
            other => StationError::Store(other),
        })?;
        let key = store.key();
        let keys = store.keys()?;
        let store: Arc<dyn Store> = Arc::new(store);
        let inner = Inner {
            config,
            authority,
            key,
            keys,
            store,
            ports,
            layout,
            metrics_address: OnceLock::new(),
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

    /// Makes a key to sign with from the next opening on, and announces it. The key's file is durable before the database
    /// names it: a cut in between leaves the old key in force and a file that nobody asks for.
    ///
    /// # Errors
    /// [`StationError`]; the old key then signs on. [`StoreError::Unauthorised`] when another key was announced since
    /// this station was opened.
    pub async fn rotate_key(&self) -> Result<PublicKey, StationError> {
        let Inner {
            key,
            store,
            ports,
            layout,
            ..
        } = &*self.inner;
        let next = key.make_next(layout, ports)?;
        let said = KeySuccession {
            station: store.facts().await?.station,
            key: next.public().clone(),
            before: key.public().thumbprint(),
            since_ms: ports.clock.now(),
        };
        let signed = |by: &ReceiptKey| by.sign(said.clone()).map_err(StoreError::from);
        let (by_old, by_new) = (signed(key)?, signed(&next)?);
        store.succeed_key(KeyStatement { by_old, by_new }).await?;
        tracing::info!(
            key_id = next.public().key_id(),
            "another key signs from the next start on"
        );
        Ok(next.public().clone())
    }

    /// The key that phones pin.
    pub fn public_key(&self) -> &PublicKey {
        self.inner.key.public()
    }

    /// Whether this is, or was when the station was opened, one of its keys.
    pub(crate) fn has_signed_with(&self, key: &PublicKey) -> bool {
        self.inner.keys.contains(key)
    }

    /// Where the counters are read, once the station is served and when an address for them is set.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.inner.metrics_address.get().copied()
    }

    /// What phones pin of the station's TLS; nothing over plain HTTP.
    pub fn authority(&self) -> Option<&Authority> {
        self.inner.authority.as_ref()
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

    pub(crate) fn data(&self) -> &Path {
        self.inner.layout.data()
    }

    pub(crate) fn limits(&self) -> Limits {
        self.inner.config.limits
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
        let authority = self.authority_at(&station_url)?;
        let code = self.inner.store.make_code(officer).await?;
        let key_thumbprint = self.public_key().thumbprint();
        Ok(EnrolmentCode {
            station_url,
            code,
            key_thumbprint,
            authority,
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
        let disk = &*self.inner.ports.disk;
        durable::write_new(disk, to, text.as_bytes()).map_err(|source| StationError::File {
            path: to.to_owned(),
            source,
        })
    }

    /// The fingerprint that a phone pins when it calls this address.
    fn authority_at(&self, url: &str) -> Result<Option<Sha256Hash>, StationError> {
        if !url.starts_with("https://") {
            return Ok(None);
        }
        let Inner {
            config,
            layout,
            authority,
            ports,
            ..
        } = &*self.inner;
        let authority = authority.as_ref().ok_or(TlsError::NoAuthority)?;
        tls::is_callable(&*ports.disk, config, layout, url)?;
        Ok(Some(authority.fingerprint()))
    }

    /// All journals or one, recomputed from stored bytes.
    ///
    /// # Errors
    /// [`StationError`] when a journal cannot be read.
    pub async fn digest(&self, log: Option<LogId>) -> Result<Vec<JournalDigest>, StationError> {
        Ok(self.inner.store.digest(log).await?)
    }

    /// Reads all journals again; what was set aside is tried again. A station that a newer program opens does so by itself.
    ///
    /// # Errors
    /// [`StationError`] when a journal cannot be read; everything then stands as it was.
    pub async fn replay(&self) -> Result<Replayed, StationError> {
        Ok(self.inner.store.replay().await?)
    }

    /// Serves until `shutdown` is ready and the requests that are running are done, or [`Limits::grace`] is over.
    ///
    /// # Errors
    /// [`StationError::Unencrypted`] for a listener that other machines can reach without TLS, [`StationError::Served`] when
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
        let file = lock(&self.inner.layout.serve_lock())?.ok_or(StationError::Served)?;
        Ok(Claim {
            station: self.clone(),
            _file: file,
        })
    }

    /// The same station's memory for an import, beside the process that serves or without one.
    ///
    /// The database takes writers from several processes one behind the other. Only the parts of uploads know one process's
    /// turns alone, so an import has its own, and what an earlier one left of them goes.
    pub(crate) fn for_import(&self) -> Result<(Arc<dyn Store>, ImportLock), StationError> {
        let Inner { ports, layout, .. } = &*self.inner;
        let held = ImportLock {
            _file: lock(&layout.import_lock())?.ok_or(StationError::Importing)?,
        };
        let layout = layout.clone().for_import();
        match std::fs::remove_dir_all(layout.incoming()) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                let path = layout.incoming();
                return Err(StationError::File { path, source });
            }
            Ok(()) | Err(_) => {}
        }
        let folder = layout.incoming();
        ports.disk.make_folder(&folder).map_err(|source| StationError::File {
            path: folder.clone(),
            source,
        })?;
        let store = SqliteStore::open(layout, ports.clone(), Storage::Threads)?;
        Ok((Arc::new(store), held))
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
