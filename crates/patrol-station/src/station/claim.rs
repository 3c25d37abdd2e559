//! The rights that one process at a time has in a station's folder, and what the serving one does with its own.

use std::fs::File;
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use patrol_sqlite::Disk;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::{Inner, Station};
use crate::config::TlsMode;
use crate::error::StationError;
use crate::http;
use crate::layout;
use crate::metrics::Metrics;
use crate::serve::Server;
use crate::sweep;
use crate::tls::{self, ServedCertificate};

/// How often the certificate is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_secs(24 * 60 * 60);

/// The right to import into a folder; ends when dropped, and with the process in any case.
pub(crate) struct ImportLock {
    pub(super) _file: File,
}

/// A lock on a file, unless another process or another holder in this one has it.
pub(super) fn lock(path: &Path) -> Result<Option<File>, StationError> {
    let failed = |source| StationError::File {
        path: path.to_owned(),
        source,
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// The right to serve a folder: only one process may write uploads. Ends when dropped, and with the process in any case.
pub struct Claim {
    pub(super) station: Station,
    pub(super) _file: File,
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
        self.prepare(listener).await?.run(shutdown).await;
        Ok(())
    }

    /// Everything that can fail before the first connection: certificate, counters, listener.
    ///
    /// # Errors
    /// As [`Claim::serve`].
    pub async fn prepare(self, listener: TcpListener) -> Result<PreparedServer, StationError> {
        let Inner {
            config,
            store,
            layout,
            ports,
            ..
        } = &*self.station.inner;
        let address = listener.local_addr().map_err(StationError::Network)?;
        config.may_listen(address)?;
        let facts = store.facts().await?;
        sweep::thumbnails(&*ports.disk, layout)?;
        make_shelves(&*ports.disk, &layout.photos()).map_err(|source| StationError::File {
            path: layout.photos(),
            source,
        })?;
        let (tls, certificate) = match config.tls.mode {
            TlsMode::On => Some(tls::server(config, layout, facts.station, ports)?).unzip(),
            TlsMode::OffOnLoopback => (None, None),
            TlsMode::OffInsecurely => {
                tracing::warn!(%address, "nothing is encrypted here");
                (None, None)
            }
        };
        let (work, metrics) = (TaskTracker::new(), Metrics::default());
        let routers = http::routers(self.station.clone(), work.clone(), metrics.clone(), certificate.clone());
        let watched = self.watch(routers.metrics).await?;
        tracing::info!(%address, station = %facts.station, epoch = %facts.epoch, "ready to serve");
        let server = Server {
            router: routers.station,
            doorkeeper: routers.doorkeeper,
            tls,
            limits: config.limits,
            work,
            metrics,
        };
        Ok(PreparedServer {
            server,
            listener,
            address,
            certificate,
            _watched: watched,
            _claim: self,
        })
    }

    /// Answers at the address of the counters for as long as what it gives back is held.
    async fn watch(&self, router: Router) -> Result<Option<DropGuard>, StationError> {
        let Some(listen) = &self.station.config().metrics.listen else {
            return Ok(None);
        };
        let listener = TcpListener::bind(listen)
            .await
            .map_err(|source| StationError::Metrics {
                listen: listen.clone(),
                source,
            })?;
        let address = listener.local_addr().map_err(StationError::Network)?;
        tracing::info!(%address, "counting at /metrics");
        // Whoever asks twice gets the first address: a station is served once.
        let _ = self.station.inner.metrics_address.set(address);
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
                tracing::error!(%error, "the counters cannot be read any more");
            }
        });
        Ok(Some(stop.drop_guard()))
    }
}

/// A station of which nothing but connections is missing: whoever connects waits in the listener's queue and is answered.
pub struct PreparedServer {
    server: Server,
    listener: TcpListener,
    address: SocketAddr,
    certificate: Option<Arc<ServedCertificate>>,
    _watched: Option<DropGuard>,
    _claim: Claim,
}

impl PreparedServer {
    /// Where it listens, with the port that it was given.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is ready and the requests that are running are done, or [`Limits::grace`](crate::Limits::grace) is over.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) {
        let _looking = self
            .certificate
            .map(|certificate| AbortOnDropHandle::new(tokio::spawn(look_daily(certificate))));
        self.server.run(self.listener, shutdown).await;
        tracing::info!("stopped");
    }
}

/// Makes what shelves of originals are not there, all at once: an original should not wait for one.
fn make_shelves(disk: &dyn Disk, photos: &Path) -> std::io::Result<()> {
    disk.make_folder(photos)?;
    if disk.list(photos)?.len() < layout::shelves().len() {
        disk.make_folders(photos, &layout::shelves())?;
    }
    Ok(())
}

/// Exchanges the certificate in time.
async fn look_daily(certificate: Arc<ServedCertificate>) {
    let mut days = tokio::time::interval(BETWEEN_LOOKS);
    loop {
        days.tick().await;
        let looking = Arc::clone(&certificate);
        match tokio::task::spawn_blocking(move || looking.look()).await {
            Ok(Ok(_)) | Err(_) => {}
            Ok(Err(error)) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the certificate cannot be renewed"
                );
            }
        }
    }
}
