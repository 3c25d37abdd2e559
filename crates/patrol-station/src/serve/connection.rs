//! One connection, from its handshake to its end.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::config::Limits;

/// The most bytes that a connection reads ahead; a request's head must fit in.
const READ_AHEAD: usize = 64 * 1024;

/// The most fields of a head that are read at all; fewer are allowed, and that refusal is ours to word.
const MOST_FIELDS: usize = 256;

/// How connections are served.
pub(super) struct Way {
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) limits: Limits,
    /// No further request is begun.
    pub(super) stop: CancellationToken,
    /// Everything ends now.
    pub(super) cut: CancellationToken,
}

impl Way {
    /// Serves a connection until it ends.
    pub(super) async fn serve(&self, stream: TcpStream, router: Router) {
        tokio::select! {
            () = self.cut.cancelled() => {}
            () = self.shake_and_speak(stream, router) => {}
        }
    }

    async fn shake_and_speak(&self, stream: TcpStream, router: Router) {
        let Some(tls) = &self.tls else {
            return self.speak(stream, router).await;
        };
        match tokio::time::timeout(self.limits.handshake, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.speak(stream, router).await,
            Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    }

    async fn speak(&self, stream: impl AsyncRead + AsyncWrite + Unpin, router: Router) {
        let service = TowerToHyperService::new(router);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // From the end of one answer to the end of the next head: it bounds slow heads and idle connections alike.
            .header_read_timeout(self.limits.head)
            .max_buf_size(READ_AHEAD)
            .max_headers(MOST_FIELDS)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = self.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke off");
        }
    }
}
