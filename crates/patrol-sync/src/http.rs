//! The protocol over HTTP: the one place that knows reqwest.
//!
//! No total time-out, because a photo over a bad network takes as long as it takes; but 30 seconds without a byte in
//! either direction end a request (reqwest's own `read_timeout` also counts the time that a body takes to go out, so it
//! is not used). Redirects are not followed: the station never redirects, a captive portal does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use patrol_domain::{LogId, Seq, Sha256Hash};
use patrol_wire::photo::{UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET};
use patrol_wire::{
    AuditReply, ChangesReply, EnrolReply, EnrolRequest, ErrorReply, HeadReply, JournalCount, KeysReply, LogStatus,
    OfficerReply, OfficerRequest, PROTOCOL_HEADER, PROTOCOL_VERSION, PhotoReply, PushHead, PushReply, ReadmitReply,
    ReadmitRequest, RecoveryEnvelope,
};
use reqwest::{Client, Method, RequestBuilder, Response};

use crate::tls::{Stranger, TimeSource, client_config, stranger};
use crate::transport::{Access, PhotoBody, Transport, TransportError, Trust, UploadState};

/// How long a request may stand without a byte moving.
const STALL: Duration = Duration::from_secs(30);

/// A push goes out in one piece, so each of its bytes is given this long: 1 kB/s is the slowest line that counts.
const SLOWEST_BYTE: Duration = Duration::from_millis(1);

/// How long a connection is kept for the next request: shorter than the 30 seconds after which the station closes it.
const IDLE: Duration = Duration::from_secs(20);

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// The largest answer that is read: no reply of the station comes near it.
const MAX_REPLY_BYTES: usize = 1 << 20;

/// The station over HTTP, TLS below it wherever the station is not on this very machine.
#[derive(Clone)]
pub struct HttpTransport {
    time: TimeSource,
    /// The client for whom was trusted last: a phone has one station.
    client: Arc<Mutex<Option<(Trust, Client)>>>,
}

impl std::fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HttpTransport")
    }
}

impl HttpTransport {
    /// Certificates are held against the time that `time` tells.
    pub fn new(time: TimeSource) -> Self {
        Self {
            time,
            client: Arc::default(),
        }
    }

    fn client(&self, trust: &Trust) -> Result<Client, TransportError> {
        let mut kept = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, client)) = &*kept
            && known == trust
        {
            return Ok(client.clone());
        }
        let tls = client_config(trust, Arc::clone(&self.time))
            .map_err(|error| TransportError::Unreachable(error.to_string()))?;
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .https_only(*trust != Trust::Loopback)
            .tls_backend_preconfigured(tls)
            .build()
            .map_err(failed)?;
        *kept = Some((trust.clone(), client.clone()));
        Ok(client)
    }

    fn request(&self, access: &Access, method: Method, path: &str) -> Result<RequestBuilder, TransportError> {
        let Access {
            url,
            trust,
            device,
            secret,
        } = access;
        let request = self.client(trust)?.request(method, format!("{url}{path}"));
        Ok(request.bearer_auth(format!("{device}.{secret}")))
    }
}

fn failed(error: reqwest::Error) -> TransportError {
    // The innermost cause says most: "Connection refused" and not "error sending request".
    let mut cause: &(dyn std::error::Error + 'static) = &error;
    loop {
        if let Some(stranger) = handshake(cause).and_then(stranger) {
            return match stranger {
                Stranger::Certificate(why) => TransportError::WrongStation(why),
                Stranger::Speech => TransportError::NotOurs { status: 0 },
            };
        }
        match cause.source() {
            Some(inner) => cause = inner,
            None => return TransportError::Unreachable(cause.to_string()),
        }
    }
}

/// The failure of TLS in an error. An I/O error does not name what it was made of as its source, and there may be one
/// inside another.
fn handshake<'error>(cause: &'error (dyn std::error::Error + 'static)) -> Option<&'error rustls::Error> {
    let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match inner {
        Some(inner) => handshake(inner),
        None => cause.downcast_ref(),
    }
}

fn stalled() -> TransportError {
    TransportError::Unreachable("nothing moved for too long".into())
}

/// Waits for `work` at most `limit`.
async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, TransportError> {
    tokio::time::timeout(limit, work).await.map_err(|_| stalled())
}

/// Sends a request with a small body or none.
async fn send(request: RequestBuilder) -> Result<Response, TransportError> {
    within(STALL, send_slowly(request)).await?
}

/// Sends, and makes sure that it is the station that answered; how long that may take is the caller's to say.
async fn send_slowly(request: RequestBuilder) -> Result<Response, TransportError> {
    let response = request.send().await.map_err(failed)?;
    let status = response.status();
    is_ours(&response)?;
    if status.is_success() {
        return Ok(response);
    }
    let reply = read_json::<ErrorReply>(response).await?;
    Err(TransportError::Refused {
        status: status.as_u16(),
        reply: Box::new(reply),
    })
}

/// Every answer of a station says in which version it speaks.
fn is_ours(response: &Response) -> Result<(), TransportError> {
    let version = response.headers().get(PROTOCOL_HEADER);
    match version.ok_or_else(|| foreign(response))?.to_str() {
        Ok(PROTOCOL_VERSION) => Ok(()),
        other => Err(TransportError::OtherVersion(other.unwrap_or_default().to_owned())),
    }
}

/// Who answers without our header: a network's sign-in page sends elsewhere or shows a page; anything else is no station.
fn foreign(response: &Response) -> TransportError {
    let status = response.status();
    let kind = response
        .headers()
        .get("content-type")
        .and_then(|kind| kind.to_str().ok());
    let shows_page = status.is_success() && kind.is_some_and(|kind| kind.starts_with("text/html"));
    let status = status.as_u16();
    // 511 says so itself (RFC 6585 §6).
    if (300..400).contains(&status) || status == 511 || shows_page {
        TransportError::Portal { status }
    } else {
        TransportError::NotOurs { status }
    }
}

async fn read_json<T: serde::de::DeserializeOwned>(response: Response) -> Result<T, TransportError> {
    let status = response.status().as_u16();
    let mut bytes = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = within(STALL, pieces.next()).await? {
        bytes.extend_from_slice(&piece.map_err(failed)?);
        if bytes.len() > MAX_REPLY_BYTES {
            return Err(TransportError::NotOurs { status });
        }
    }
    serde_json::from_slice(&bytes).map_err(|_| TransportError::NotOurs { status })
}

/// Ends `work` when `moved` stands still for [`STALL`]: reqwest's own timer watches answers, not bodies on their way out.
async fn unless_stalled<T>(
    moved: Arc<AtomicU64>,
    work: impl Future<Output = Result<T, TransportError>>,
) -> Result<T, TransportError> {
    let watch = async {
        let mut seen = moved.load(Ordering::Relaxed);
        loop {
            tokio::time::sleep(STALL).await;
            let now = moved.load(Ordering::Relaxed);
            if now == seen {
                return;
            }
            seen = now;
        }
    };
    tokio::select! {
        done = work => done,
        () = watch => Err(stalled()),
    }
}

impl Transport for HttpTransport {
    async fn enrol(&self, url: &str, trust: &Trust, request: &EnrolRequest) -> Result<EnrolReply, TransportError> {
        read_json(send(self.client(trust)?.post(format!("{url}/v1/enrol")).json(request)).await?).await
    }

    async fn add_officer(&self, access: &Access, code: &str) -> Result<OfficerReply, TransportError> {
        let request = OfficerRequest { code: code.to_owned() };
        read_json(send(self.request(access, Method::POST, "/v1/officers")?.json(&request)).await?).await
    }

    async fn station_keys(&self, access: &Access) -> Result<KeysReply, TransportError> {
        read_json(send(self.request(access, Method::GET, "/v1/keys")?).await?).await
    }

    async fn log_status(&self, access: &Access, log: LogId) -> Result<LogStatus, TransportError> {
        read_json(send(self.request(access, Method::GET, &format!("/v1/logs/{log}"))?).await?).await
    }

    async fn push(
        &self,
        access: &Access,
        log: LogId,
        head: &PushHead,
        body: Vec<u8>,
    ) -> Result<PushReply, TransportError> {
        let mut request = self.request(access, Method::POST, &format!("/v1/logs/{log}/ops"))?;
        for (name, value) in head.to_headers() {
            request = request.header(name, value);
        }
        let limit = STALL + SLOWEST_BYTE.saturating_mul(u32::try_from(body.len()).unwrap_or(u32::MAX));
        let request = request.header("content-type", "application/zstd").body(body);
        read_json(within(limit, send_slowly(request)).await??).await
    }

    async fn put_thumbnail(&self, access: &Access, sha256: Sha256Hash, jpeg: Vec<u8>) -> Result<(), TransportError> {
        let request = self.request(access, Method::PUT, &format!("/v1/photos/{sha256}/thumb"))?;
        send(request.header("content-type", "image/jpeg").body(jpeg))
            .await
            .map(drop)
    }

    async fn upload_state(&self, access: &Access, sha256: Sha256Hash) -> Result<UploadState, TransportError> {
        let request = self.request(access, Method::HEAD, &format!("/v1/photos/{sha256}"))?;
        let response = within(STALL, request.send()).await?.map_err(failed)?;
        let status = response.status().as_u16();
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        is_ours(&response)?;
        match status {
            200..300 => {
                let offset = header(UPLOAD_OFFSET).and_then(|value| value.parse().ok());
                let offset = offset.ok_or(TransportError::NotOurs { status })?;
                Ok(UploadState {
                    offset,
                    complete: header(UPLOAD_COMPLETE) == Some("?1"),
                })
            }
            // An answer to HEAD has no body, so the status has to say why.
            _ => {
                let code = match status {
                    401 => patrol_wire::ErrorCode::Unauthorised,
                    404 => patrol_wire::ErrorCode::NotFound,
                    423 => patrol_wire::ErrorCode::Locked,
                    429 | 503 => patrol_wire::ErrorCode::Busy,
                    507 => patrol_wire::ErrorCode::DiskFull,
                    _ => patrol_wire::ErrorCode::Unknown,
                };
                let seconds: Option<u64> = header("retry-after").and_then(|value| value.parse().ok());
                let reply = ErrorReply {
                    retry_after_ms: seconds.map(|seconds| seconds.saturating_mul(1000)),
                    ..ErrorReply::new(code, format!("HEAD answered {status}"))
                };
                let reply = Box::new(reply);
                Err(TransportError::Refused { status, reply })
            }
        }
    }

    async fn send_photo(
        &self,
        access: &Access,
        sha256: Sha256Hash,
        body: PhotoBody,
    ) -> Result<PhotoReply, TransportError> {
        let (offset, length) = (body.offset(), body.length());
        let method = if offset == 0 { Method::PUT } else { Method::PATCH };
        let moved = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&moved);
        let pieces = body.into_pieces().inspect(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let request = self
            .request(access, method, &format!("/v1/photos/{sha256}"))?
            .header(UPLOAD_OFFSET, offset)
            .header(UPLOAD_LENGTH, length)
            .header(UPLOAD_COMPLETE, "?1")
            .header("content-length", length.saturating_sub(offset))
            .header("content-type", "application/octet-stream")
            .body(reqwest::Body::wrap_stream(pieces));
        unless_stalled(moved, async { read_json(send_slowly(request).await?).await }).await
    }

    async fn photo_receipt(&self, access: &Access, sha256: Sha256Hash) -> Result<PhotoReply, TransportError> {
        read_json(send(self.request(access, Method::GET, &format!("/v1/photos/{sha256}/receipt"))?).await?).await
    }

    async fn head(&self, access: &Access, log: LogId, seq: Seq) -> Result<HeadReply, TransportError> {
        let path = format!("/v1/logs/{log}/head?seq={seq}", seq = seq.0);
        read_json(send(self.request(access, Method::GET, &path)?).await?).await
    }

    async fn readmit(&self, access: &Access, request: &ReadmitRequest) -> Result<ReadmitReply, TransportError> {
        let sent = self
            .request(access, Method::POST, "/v1/enrol/certificate")?
            .json(request);
        read_json(send(sent).await?).await
    }

    async fn changes(
        &self,
        access: &Access,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<ChangesReply, TransportError> {
        // A cursor is of letters, digits and dots.
        let path = match cursor {
            Some(cursor) => format!("/v1/changes?cursor={cursor}&limit={limit}"),
            None => format!("/v1/changes?limit={limit}"),
        };
        read_json(send(self.request(access, Method::GET, &path)?).await?).await
    }

    async fn audit(&self, access: &Access, log: LogId, count: &JournalCount) -> Result<AuditReply, TransportError> {
        let path = format!("/v1/logs/{log}/audit");
        read_json(send(self.request(access, Method::POST, &path)?.json(count)).await?).await
    }

    async fn put_recovery(&self, access: &Access, envelope: &RecoveryEnvelope) -> Result<(), TransportError> {
        let sent = self.request(access, Method::PUT, "/v1/recovery")?.json(envelope);
        send(sent).await.map(drop)
    }
}
