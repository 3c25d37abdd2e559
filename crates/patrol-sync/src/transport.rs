//! The protocol in verbs. HTTP is one way to carry them ([`http`](crate::http)); a simulation can be another.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream;
use patrol_domain::{DeviceId, LogId, Seq, Sha256Hash};
use patrol_store::{VaultError, VaultReader};
use patrol_wire::{
    AuditReply, ChangesReply, EnrolReply, EnrolRequest, ErrorReply, HeadReply, JournalCount, KeysReply, LogStatus,
    OfficerReply, PhotoReply, PushHead, PushReply, ReadmitReply, ReadmitRequest, RecoveryEnvelope,
};

/// By what a phone knows its station.
#[derive(Clone, PartialEq, Eq)]
pub enum Trust {
    /// By its being on this very machine: plain HTTP.
    Loopback,
    /// By the fingerprint of its certificate authority, as the enrolment code has it.
    Fingerprint(Sha256Hash),
    /// By its certificate authority, DER.
    Authority(Arc<[u8]>),
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Loopback => f.write_str("Loopback"),
            Self::Fingerprint(pinned) => write!(f, "Fingerprint({pinned})"),
            Self::Authority(der) => write!(f, "Authority({})", Sha256Hash::of(der)),
        }
    }
}

impl From<Option<Sha256Hash>> for Trust {
    /// What an enrolment code names; a code without an authority is for this machine only.
    fn from(fingerprint: Option<Sha256Hash>) -> Self {
        fingerprint.map_or(Self::Loopback, Self::Fingerprint)
    }
}

impl From<Option<Vec<u8>>> for Trust {
    /// What the phone has kept of its enrolment.
    fn from(authority: Option<Vec<u8>>) -> Self {
        authority.map_or(Self::Loopback, |der| Self::Authority(der.into()))
    }
}

/// Where the station is and as whom the phone speaks.
#[derive(Clone)]
pub struct Access {
    /// The station's address without a slash at the end.
    pub url: String,
    /// By what it is known.
    pub trust: Trust,
    /// The station's name for this phone.
    pub device: DeviceId,
    /// The phone's secret.
    pub secret: String,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access")
            .field("url", &self.url)
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// How much of an original the station holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadState {
    /// Bytes from the start that are durable there.
    pub offset: u64,
    /// Whether it is whole, verified and signed for.
    pub complete: bool,
}

/// Why a request brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// No connection, or it broke, or nothing moved for too long.
    #[error("the station cannot be reached: {0}")]
    Unreachable(String),
    /// The network's sign-in page answered (a captive portal): somebody has to sign in first.
    #[error("a sign-in page answers in the station's place (status {status})")]
    Portal {
        /// The HTTP status.
        status: u16,
    },
    /// Somebody else answered: another server at this address.
    #[error("{}", not_ours(*status))]
    NotOurs {
        /// The HTTP status; 0 when it did not even come to HTTP.
        status: u16,
    },
    /// It is a station, and it speaks a version of the protocol that this program does not know.
    #[error("the station speaks version {0:?} of the protocol")]
    OtherVersion(String),
    /// Whoever answered has a certificate, and it is not the pinned station's. Nothing was sent.
    #[error("the certificate is not the station's: {0}")]
    WrongStation(String),
    /// The station refused.
    #[error("the station refused: {}", reply.message)]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Its reasons.
        reply: Box<ErrorReply>,
    },
}

fn not_ours(status: u16) -> String {
    if status == 0 {
        let why = "check address and port; a station that was started with --plain speaks no TLS";
        return format!("whoever answers at the station's address does not speak TLS: {why}");
    }
    format!("the answer is not the station's (status {status})")
}

/// An original on its way: its pieces from some position, and room for what goes wrong while reading them.
pub struct PhotoBody {
    reader: VaultReader,
    sent: u64,
    length: u64,
    failure: Arc<Mutex<Option<VaultError>>>,
    progress: Arc<dyn Fn(u64) + Send + Sync>,
}

impl std::fmt::Debug for PhotoBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PhotoBody")
            .field("sent", &self.sent)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl PhotoBody {
    /// From `offset` to the end; `progress` hears how many bytes of the whole have been handed to the network.
    pub fn new(mut reader: VaultReader, offset: u64, progress: Arc<dyn Fn(u64) + Send + Sync>) -> Self {
        reader.seek(offset);
        let length = reader.length();
        Self {
            reader,
            sent: offset,
            length,
            failure: Arc::default(),
            progress,
        }
    }

    /// Where this body begins in the original.
    pub fn offset(&self) -> u64 {
        self.sent
    }

    /// The original's length.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Where a failure to read the original will be found, once the request has come to nothing.
    pub fn failure(&self) -> Arc<Mutex<Option<VaultError>>> {
        Arc::clone(&self.failure)
    }

    /// The pieces, decrypted one at a time as the network takes them: memory stays at 64 KiB.
    pub fn into_pieces(self) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
        stream::unfold(self, |mut body| async move {
            let piece = body.reader.next_piece();
            match piece {
                Ok(Some(piece)) => {
                    body.sent += piece.len() as u64;
                    (body.progress)(body.sent);
                    Some((Ok(Bytes::from(piece)), body))
                }
                Ok(None) => None,
                Err(error) => {
                    let message = error.to_string();
                    *body.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    // What follows would be asked for again: a body without pieces ends the stream.
                    body.reader.seek(u64::MAX);
                    Some((Err(std::io::Error::other(message)), body))
                }
            }
        })
    }
}

/// The station, as the phone can speak to it.
pub trait Transport: Send + Sync {
    /// `POST /v1/enrol`.
    fn enrol(
        &self,
        url: &str,
        trust: &Trust,
        request: &EnrolRequest,
    ) -> impl Future<Output = Result<EnrolReply, TransportError>> + Send;

    /// `POST /v1/officers`.
    fn add_officer(
        &self,
        access: &Access,
        code: &str,
    ) -> impl Future<Output = Result<OfficerReply, TransportError>> + Send;

    /// `GET /v1/keys`. A line that knows no such question answers that there are none.
    fn station_keys(&self, access: &Access) -> impl Future<Output = Result<KeysReply, TransportError>> + Send {
        let _ = access;
        std::future::ready(Ok(KeysReply::default()))
    }

    /// `GET /v1/logs/{log}`.
    fn log_status(&self, access: &Access, log: LogId)
    -> impl Future<Output = Result<LogStatus, TransportError>> + Send;

    /// `POST /v1/logs/{log}/ops`.
    fn push(
        &self,
        access: &Access,
        log: LogId,
        head: &PushHead,
        body: Vec<u8>,
    ) -> impl Future<Output = Result<PushReply, TransportError>> + Send;

    /// `PUT /v1/photos/{sha256}/thumb`.
    fn put_thumbnail(
        &self,
        access: &Access,
        sha256: Sha256Hash,
        jpeg: Vec<u8>,
    ) -> impl Future<Output = Result<(), TransportError>> + Send;

    /// `HEAD /v1/photos/{sha256}`.
    fn upload_state(
        &self,
        access: &Access,
        sha256: Sha256Hash,
    ) -> impl Future<Output = Result<UploadState, TransportError>> + Send;

    /// `PUT` (from the first byte) or `PATCH` (further on) `/v1/photos/{sha256}`.
    fn send_photo(
        &self,
        access: &Access,
        sha256: Sha256Hash,
        body: PhotoBody,
    ) -> impl Future<Output = Result<PhotoReply, TransportError>> + Send;

    /// `GET /v1/photos/{sha256}/receipt`.
    fn photo_receipt(
        &self,
        access: &Access,
        sha256: Sha256Hash,
    ) -> impl Future<Output = Result<PhotoReply, TransportError>> + Send;

    /// `GET /v1/logs/{log}/head?seq=`; 404 when the station does not hold the journal that far.
    fn head(
        &self,
        access: &Access,
        log: LogId,
        seq: Seq,
    ) -> impl Future<Output = Result<HeadReply, TransportError>> + Send;

    /// `POST /v1/enrol/certificate`.
    fn readmit(
        &self,
        access: &Access,
        request: &ReadmitRequest,
    ) -> impl Future<Output = Result<ReadmitReply, TransportError>> + Send;

    /// `GET /v1/changes?cursor=&limit=`; without a cursor from the start.
    fn changes(
        &self,
        access: &Access,
        cursor: Option<&str>,
        limit: usize,
    ) -> impl Future<Output = Result<ChangesReply, TransportError>> + Send;

    /// `POST /v1/logs/{log}/audit`.
    fn audit(
        &self,
        access: &Access,
        log: LogId,
        count: &JournalCount,
    ) -> impl Future<Output = Result<AuditReply, TransportError>> + Send;

    /// `PUT /v1/recovery`.
    fn put_recovery(
        &self,
        access: &Access,
        envelope: &RecoveryEnvelope,
    ) -> impl Future<Output = Result<(), TransportError>> + Send;
}
