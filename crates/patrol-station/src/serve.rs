//! The station at its address: takes connections, makes them safe, bounds them, and ends in order.
//!
//! hyper's own connection and not `axum::serve`, because a station on an open network has to bound what a stranger can
//! hold: how many connections there are, how long a handshake or a request's head may take, how large a head may be. A
//! connection too many is still told so, in the protocol's words, by one of a few doorkeepers.

mod connection;
mod slots;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Limits;
use crate::http;
use crate::metrics::Metrics;
use connection::Way;
use slots::Slots;

/// How many connections too many are told so at once; the others are only closed.
const DOORKEEPERS: usize = 32;

/// How long the next connection is not taken after the system refused one: it has no more files, most likely.
const AFTER_A_REFUSED_ACCEPT: Duration = Duration::from_millis(200);

/// How long work without its connection may take to settle at the very end.
const SETTLING: Duration = Duration::from_secs(5);

/// What is served, and how.
pub(crate) struct Server {
    /// The station's answers.
    pub(crate) router: Router,
    /// What everybody is answered when there are too many.
    pub(crate) doorkeeper: Router,
    /// None = plain HTTP.
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// What bounds a connection.
    pub(crate) limits: Limits,
    /// Work that outlives its connection.
    pub(crate) work: TaskTracker,
    /// Where connections are counted.
    pub(crate) metrics: Metrics,
}

impl Server {
    /// Serves until `shutdown` is ready and what runs is done, or the grace is over.
    /// A listener whose accept fails is tried again.
    pub(crate) async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) {
        let Self {
            router,
            doorkeeper,
            tls,
            limits,
            work,
            metrics,
        } = self;
        let way = Arc::new(Way {
            tls: tls.map(TlsAcceptor::from),
            limits,
            stop: CancellationToken::new(),
            cut: CancellationToken::new(),
        });
        let slots = Slots::new(limits.connections, limits.connections_per_peer);
        let doorkeepers = Slots::new(DOORKEEPERS, DOORKEEPERS);
        let connections = TaskTracker::new();
        tokio::pin!(shutdown);
        loop {
            let (stream, peer) = tokio::select! {
                () = &mut shutdown => break,
                taken = take(&listener) => taken,
            };
            let (slot, router) = match slots.take(peer.ip()) {
                Some(slot) => (slot, router.clone()),
                None => {
                    metrics.refuse_connection();
                    match doorkeepers.take(peer.ip()) {
                        Some(slot) => (slot, doorkeeper.clone()),
                        None => continue,
                    }
                }
            };
            let open = metrics.connection();
            let router = router.layer(Extension(http::Peer(peer.ip())));
            let way = Arc::clone(&way);
            connections.spawn(async move {
                way.serve(stream, router).await;
                drop((slot, open));
            });
        }
        drop(listener);
        way.stop.cancel();
        connections.close();
        if tokio::time::timeout(limits.grace, connections.wait()).await.is_err() {
            tracing::warn!("requests were cut off at shutdown");
            way.cut.cancel();
        }
        work.close();
        // An upload that was cut off keeps what came, and fsyncs it.
        if tokio::time::timeout(limits.grace.min(SETTLING), work.wait())
            .await
            .is_err()
        {
            tracing::warn!("work was cut off at shutdown");
        }
    }
}

/// The next connection.
async fn take(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Small answers leave at once; a socket that refuses only makes them slower.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot take a connection");
                tokio::time::sleep(AFTER_A_REFUSED_ACCEPT).await;
            }
        }
    }
}

/// A connection that was gone before it was taken says nothing about the listener.
fn is_the_peers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}
