//! The network as a list of messages. A phone puts a question in and waits; whoever runs the world decides what becomes
//! of it.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use bytes::Bytes;
use futures_util::StreamExt as _;
use patrol_domain::{LogId, Seq, Sha256Hash};
use patrol_sync::{Access, PhotoBody, Transport, TransportError, Trust, UploadState};
use patrol_wire::{
    AuditReply, ChangesReply, EnrolReply, EnrolRequest, HeadReply, JournalCount, LogStatus, OfficerReply, PhotoReply,
    PushHead, PushReply, ReadmitReply, ReadmitRequest, RecoveryEnvelope,
};

/// How many bytes of an original are one message.
const PIECE: usize = 2_000;

/// What a phone asks.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    Enrol(EnrolRequest),
    Status(LogId),
    Push {
        log: LogId,
        head: PushHead,
        body: Vec<u8>,
    },
    Thumbnail {
        sha256: Sha256Hash,
        jpeg: Vec<u8>,
    },
    Upload(Sha256Hash),
    Photo {
        sha256: Sha256Hash,
        from: u64,
        length: u64,
        pieces: Vec<Bytes>,
        /// The line breaks behind the pieces.
        breaks: bool,
    },
    Receipt(Sha256Hash),
    Officer(String),
    Head(LogId, Seq),
    Readmit(ReadmitRequest),
    Changes {
        cursor: Option<String>,
        limit: u64,
    },
    Audit(LogId, JournalCount),
    Recovery(RecoveryEnvelope),
}

impl Question {
    /// For the trace.
    pub(crate) fn name(&self) -> String {
        let short = |sha256: &Sha256Hash| sha256.to_string().chars().take(6).collect::<String>();
        match self {
            Self::Enrol(_) => "enrol".into(),
            Self::Status(_) => "status".into(),
            Self::Push { head, .. } => format!("push {}+{}", head.from_seq.0, head.count),
            Self::Thumbnail { sha256, .. } => format!("thumbnail {}", short(sha256)),
            Self::Upload(sha256) => format!("upload? {}", short(sha256)),
            Self::Photo {
                sha256, from, breaks, ..
            } => {
                let end = if *breaks { ", broken" } else { "" };
                format!("photo {} from {from}{end}", short(sha256))
            }
            Self::Receipt(sha256) => format!("receipt {}", short(sha256)),
            Self::Officer(_) => "officer".into(),
            Self::Head(_, seq) => format!("head {}", seq.0),
            Self::Readmit(_) => "readmit".into(),
            Self::Changes { cursor, .. } => format!("changes {}", if cursor.is_some() { "on" } else { "anew" }),
            Self::Audit(_, count) => format!("audit {}", count.seq.0),
            Self::Recovery(_) => "recovery".into(),
        }
    }
}

/// What the station answers.
#[derive(Debug)]
pub(crate) enum Answer {
    Enrolled(Box<EnrolReply>),
    Status(Box<LogStatus>),
    Pushed(Box<PushReply>),
    Kept,
    Upload(UploadState),
    Photo(Box<PhotoReply>),
    Officer(Box<OfficerReply>),
    Head(Box<HeadReply>),
    Readmitted(Box<ReadmitReply>),
    Changes(Box<ChangesReply>),
    Audited(Box<AuditReply>),
}

/// A question on its way.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) number: u64,
    pub(crate) phone: usize,
    pub(crate) access: Option<Access>,
    pub(crate) question: Question,
}

/// What lies between phones and station.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    next: u64,
    /// Questions that have not reached the station.
    pub(crate) questions: Vec<Letter>,
    /// Answers that have reached their phone.
    answers: BTreeMap<u64, Result<Answer, TransportError>>,
    /// Who waits for which.
    waiting: BTreeMap<u64, Waker>,
}

/// All of it, shared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Network(Arc<Mutex<Mail>>);

impl Network {
    pub(crate) fn mail(&self) -> MutexGuard<'_, Mail> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The end of the line at a phone.
    pub(crate) fn line(&self, phone: usize) -> Line {
        let network = self.clone();
        Line { network, phone }
    }

    /// Brings an answer to its phone.
    pub(crate) fn bring(&self, number: u64, answer: Result<Answer, TransportError>) {
        let mut mail = self.mail();
        mail.answers.insert(number, answer);
        if let Some(waker) = mail.waiting.remove(&number) {
            waker.wake();
        }
    }
}

/// One phone's end of the line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    network: Network,
    phone: usize,
}

/// An answer to another question than the one that was asked.
fn stray() -> TransportError {
    TransportError::NotOurs { status: 200 }
}

impl Line {
    async fn ask(&self, access: Option<&Access>, question: Question) -> Result<Answer, TransportError> {
        let number = {
            let mut mail = self.network.mail();
            mail.next += 1;
            let letter = Letter {
                number: mail.next,
                phone: self.phone,
                access: access.cloned(),
                question,
            };
            mail.questions.push(letter);
            mail.next
        };
        poll_fn(|context| {
            let mut mail = self.network.mail();
            if let Some(answer) = mail.answers.remove(&number) {
                return Poll::Ready(answer);
            }
            // Of several questions at once, a phone looks only at that which was woken.
            mail.waiting.insert(number, context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

impl Transport for Line {
    async fn enrol(&self, _url: &str, _trust: &Trust, request: &EnrolRequest) -> Result<EnrolReply, TransportError> {
        match self.ask(None, Question::Enrol(request.clone())).await? {
            Answer::Enrolled(reply) => Ok(*reply),
            _ => Err(stray()),
        }
    }

    async fn log_status(&self, access: &Access, log: LogId) -> Result<LogStatus, TransportError> {
        match self.ask(Some(access), Question::Status(log)).await? {
            Answer::Status(status) => Ok(*status),
            _ => Err(stray()),
        }
    }

    async fn push(
        &self,
        access: &Access,
        log: LogId,
        head: &PushHead,
        body: Vec<u8>,
    ) -> Result<PushReply, TransportError> {
        let head = head.clone();
        match self.ask(Some(access), Question::Push { log, head, body }).await? {
            Answer::Pushed(reply) => Ok(*reply),
            _ => Err(stray()),
        }
    }

    async fn put_thumbnail(&self, access: &Access, sha256: Sha256Hash, jpeg: Vec<u8>) -> Result<(), TransportError> {
        match self.ask(Some(access), Question::Thumbnail { sha256, jpeg }).await? {
            Answer::Kept => Ok(()),
            _ => Err(stray()),
        }
    }

    async fn upload_state(&self, access: &Access, sha256: Sha256Hash) -> Result<UploadState, TransportError> {
        match self.ask(Some(access), Question::Upload(sha256)).await? {
            Answer::Upload(state) => Ok(state),
            _ => Err(stray()),
        }
    }

    async fn send_photo(
        &self,
        access: &Access,
        sha256: Sha256Hash,
        body: PhotoBody,
    ) -> Result<PhotoReply, TransportError> {
        let (from, length) = (body.offset(), body.length());
        let read: Vec<_> = body.into_pieces().collect().await;
        let breaks = read.iter().any(Result::is_err);
        let bytes: Vec<u8> = read.into_iter().flatten().flatten().collect();
        let pieces = bytes.chunks(PIECE).map(Bytes::copy_from_slice).collect();
        let question = Question::Photo {
            sha256,
            from,
            length,
            pieces,
            breaks,
        };
        match self.ask(Some(access), question).await? {
            Answer::Photo(reply) => Ok(*reply),
            _ => Err(stray()),
        }
    }

    async fn photo_receipt(&self, access: &Access, sha256: Sha256Hash) -> Result<PhotoReply, TransportError> {
        match self.ask(Some(access), Question::Receipt(sha256)).await? {
            Answer::Photo(reply) => Ok(*reply),
            _ => Err(stray()),
        }
    }

    async fn add_officer(&self, access: &Access, code: &str) -> Result<OfficerReply, TransportError> {
        match self.ask(Some(access), Question::Officer(code.to_owned())).await? {
            Answer::Officer(reply) => Ok(*reply),
            _ => Err(stray()),
        }
    }

    async fn head(&self, access: &Access, log: LogId, seq: Seq) -> Result<HeadReply, TransportError> {
        match self.ask(Some(access), Question::Head(log, seq)).await? {
            Answer::Head(reply) => Ok(*reply),
            _ => Err(stray()),
        }
    }

    async fn readmit(&self, access: &Access, request: &ReadmitRequest) -> Result<ReadmitReply, TransportError> {
        match self.ask(Some(access), Question::Readmit(request.clone())).await? {
            Answer::Readmitted(reply) => Ok(*reply),
            _ => Err(stray()),
        }
    }

    async fn changes(
        &self,
        access: &Access,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<ChangesReply, TransportError> {
        let question = Question::Changes {
            cursor: cursor.map(str::to_owned),
            limit: limit as u64,
        };
        match self.ask(Some(access), question).await? {
            Answer::Changes(reply) => Ok(*reply),
            _ => Err(stray()),
        }
    }

    async fn audit(&self, access: &Access, log: LogId, count: &JournalCount) -> Result<AuditReply, TransportError> {
        match self.ask(Some(access), Question::Audit(log, count.clone())).await? {
            Answer::Audited(reply) => Ok(*reply),
            _ => Err(stray()),
        }
    }

    async fn put_recovery(&self, access: &Access, envelope: &RecoveryEnvelope) -> Result<(), TransportError> {
        match self.ask(Some(access), Question::Recovery(envelope.clone())).await? {
            Answer::Kept => Ok(()),
            _ => Err(stray()),
        }
    }
}
