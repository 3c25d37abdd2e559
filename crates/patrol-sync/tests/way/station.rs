//! A station in memory that can be told to be another one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_domain::{Head, LogId, Seq, Sha256Hash, StationMs};
use patrol_sync::{Access, PhotoBody, Transport, TransportError, Trust, UploadState};
use patrol_testkit::op::FIRST_MS;
use patrol_wire::audit::Counter;
use patrol_wire::changes::{fold_checksum, row_hash};
use patrol_wire::signature::{SignatureError, SignedContent};
use patrol_wire::{
    AuditReply, Caps, Change, ChangesReply, Cursor, DeviceState, EnrolReply, EnrolRequest, ErrorCode, ErrorReply,
    HeadReply, JournalCount, LogStatus, OfficerReply, PhotoReply, PublicKey, PushHead, PushReply, ReadmitReply,
    ReadmitRequest, Receipt, RecoveryEnvelope, ScopeSum, Signed, frame,
};

fn key() -> SigningKey {
    SigningKey::from_slice(&[5; 32]).unwrap()
}

pub(crate) fn public_key() -> PublicKey {
    PublicKey::from_sec1(key().verifying_key().to_sec1_point(false).as_bytes()).unwrap()
}

pub(crate) fn sign<T: SignedContent>(content: T) -> Signed<T> {
    Signed::sign(content, &public_key().key_id(), |message| {
        let signature: Signature = key().sign(message);
        Ok::<[u8; 64], SignatureError>(signature.to_bytes().into())
    })
    .unwrap()
}

/// What it holds and how it behaves.
pub(crate) struct Setting {
    pub(crate) epoch: String,
    pub(crate) now: i64,
    /// Ops with the chain's value at each.
    pub(crate) logs: BTreeMap<LogId, Vec<(Vec<u8>, Sha256Hash)>>,
    pub(crate) heads: Vec<PushHead>,
    pub(crate) knows_phone: bool,
    pub(crate) readmits: bool,
    pub(crate) keeps_refusing: bool,
    pub(crate) forks_always: bool,
    pub(crate) safe: Option<Seq>,
    /// Originals that it says it lacks.
    pub(crate) missing: Vec<Sha256Hash>,
    pub(crate) caps: Option<Caps>,
    pub(crate) clock_synchronised: Option<bool>,
    /// So many pushes do not arrive.
    pub(crate) cut_pushes: usize,
    pub(crate) retry_after_ms: Option<u64>,
    pub(crate) device_state: Option<DeviceState>,
    pub(crate) changes: Vec<Change>,
    /// The line breaks at this page.
    pub(crate) cut_changes_at: Option<usize>,
    pub(crate) gone_below: u64,
    pub(crate) lies_about_sum: bool,
    pub(crate) miscounts: bool,
    pub(crate) recovery: Option<RecoveryEnvelope>,
    asked: HashMap<&'static str, usize>,
}

pub(crate) struct Station(Mutex<Setting>);

impl Station {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Setting {
            epoch: "K7Q2".into(),
            now: FIRST_MS,
            logs: BTreeMap::new(),
            heads: Vec::new(),
            knows_phone: true,
            readmits: true,
            keeps_refusing: false,
            forks_always: false,
            safe: None,
            missing: Vec::new(),
            caps: None,
            clock_synchronised: None,
            cut_pushes: 0,
            retry_after_ms: None,
            device_state: None,
            changes: Vec::new(),
            cut_changes_at: None,
            gone_below: 0,
            lies_about_sum: false,
            miscounts: false,
            recovery: None,
            asked: HashMap::new(),
        }))
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Setting) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }

    /// How often something was asked.
    pub(crate) fn asked(&self, what: &str) -> usize {
        self.with(|set| set.asked.get(what).copied().unwrap_or(0))
    }

    /// How many ops of the phone's one journal are here.
    pub(crate) fn held(&self) -> usize {
        self.with(|set| set.logs.values().map(Vec::len).next().unwrap_or(0))
    }

    fn ask<T>(
        &self,
        what: &'static str,
        answer: impl FnOnce(&mut Setting) -> Result<T, TransportError>,
    ) -> Result<T, TransportError> {
        self.with(|set| {
            *set.asked.entry(what).or_default() += 1;
            if !set.knows_phone && what != "readmit" {
                return refuse(401, ErrorCode::Unauthorised);
            }
            answer(set)
        })
    }
}

fn refuse<T>(status: u16, code: ErrorCode) -> Result<T, TransportError> {
    let reply = Box::new(ErrorReply::new(code, "no"));
    Err(TransportError::Refused { status, reply })
}

impl Setting {
    fn head(&self, log: LogId) -> Head {
        let ops = self.logs.get(&log).map_or(&[][..], Vec::as_slice);
        let hash = ops.last().map_or(Head::start(log).hash, |(_, hash)| *hash);
        Head {
            seq: Seq(ops.len() as u64),
            hash,
        }
    }
}

impl Transport for Station {
    async fn enrol(&self, _: &str, _: &Trust, _: &EnrolRequest) -> Result<EnrolReply, TransportError> {
        refuse(403, ErrorCode::CodeUnknown)
    }

    async fn add_officer(&self, _: &Access, _: &str) -> Result<OfficerReply, TransportError> {
        refuse(403, ErrorCode::CodeUnknown)
    }

    async fn log_status(&self, _: &Access, log: LogId) -> Result<LogStatus, TransportError> {
        self.ask("status", |set| {
            let head = set.head(log);
            let forked = (Seq(1), Sha256Hash::of(b"another"));
            let (acked_seq, head_hash) = if set.forks_always {
                forked
            } else {
                (head.seq, head.hash)
            };
            Ok(LogStatus {
                epoch: set.epoch.clone(),
                acked_seq,
                head_hash,
                missing_photos: set.missing.clone(),
                safe_seq: set.safe,
                caps: set.caps,
                device_state: set.device_state,
                clock_synchronised: set.clock_synchronised,
                server_ms: StationMs(set.now),
            })
        })
    }

    async fn push(&self, _: &Access, log: LogId, head: &PushHead, body: Vec<u8>) -> Result<PushReply, TransportError> {
        self.ask("push", |set| {
            if let Some(left) = set.cut_pushes.checked_sub(1) {
                set.cut_pushes = left;
                return Err(TransportError::Unreachable("cut".into()));
            }
            set.heads.push(head.clone());
            let mut at = set.head(log);
            if head.from_seq > at.seq.next() {
                return refuse(409, ErrorCode::Gap);
            }
            let known = at.seq.0 + 1 - head.from_seq.0;
            for op in frame::decode(&body)
                .unwrap()
                .into_iter()
                .skip(usize::try_from(known).unwrap())
            {
                at = at.extend(&op.op);
                set.logs.entry(log).or_default().push((op.op, at.hash));
            }
            let receipt = Receipt {
                log,
                seq: at.seq,
                head: at.hash,
                station_ms: StationMs(set.now),
                beacon: "beacon".into(),
                epoch: Some(set.epoch.clone()),
            };
            Ok(PushReply {
                epoch: set.epoch.clone(),
                acked_seq: at.seq,
                head_hash: at.hash,
                quarantined: Vec::new(),
                missing_parts: Vec::new(),
                missing_photos: Vec::new(),
                safe_seq: Seq(0),
                receipt: sign(receipt),
                server_ms: StationMs(set.now),
                retry_after_ms: set.retry_after_ms,
            })
        })
    }

    async fn put_thumbnail(&self, _: &Access, _: Sha256Hash, _: Vec<u8>) -> Result<(), TransportError> {
        refuse(404, ErrorCode::NotFound)
    }

    async fn upload_state(&self, _: &Access, _: Sha256Hash) -> Result<UploadState, TransportError> {
        refuse(404, ErrorCode::NotFound)
    }

    async fn send_photo(&self, _: &Access, _: Sha256Hash, _: PhotoBody) -> Result<PhotoReply, TransportError> {
        refuse(404, ErrorCode::NotFound)
    }

    async fn photo_receipt(&self, _: &Access, _: Sha256Hash) -> Result<PhotoReply, TransportError> {
        refuse(404, ErrorCode::NotFound)
    }

    async fn head(&self, _: &Access, log: LogId, seq: Seq) -> Result<HeadReply, TransportError> {
        self.ask("head", |set| {
            let index = usize::try_from(seq.0).unwrap().checked_sub(1);
            match index.and_then(|index| set.logs.get(&log)?.get(index)) {
                Some((_, hash)) => Ok(HeadReply {
                    epoch: set.epoch.clone(),
                    seq,
                    head_hash: *hash,
                }),
                None => refuse(404, ErrorCode::NotFound),
            }
        })
    }

    async fn readmit(&self, _: &Access, request: &ReadmitRequest) -> Result<ReadmitReply, TransportError> {
        request.certificate.verify(&public_key()).unwrap();
        self.ask("readmit", |set| {
            if !set.readmits {
                return refuse(401, ErrorCode::Unauthorised);
            }
            set.knows_phone = !set.keeps_refusing;
            Ok(ReadmitReply {
                epoch: set.epoch.clone(),
                server_ms: StationMs(set.now),
            })
        })
    }

    async fn changes(&self, _: &Access, cursor: Option<&str>, limit: usize) -> Result<ChangesReply, TransportError> {
        self.ask("changes", |set| {
            let page = set.asked["changes"];
            if set.cut_changes_at == Some(page) {
                return Err(TransportError::Unreachable("cut".into()));
            }
            let from = cursor.map_or(0, |cursor| cursor.parse::<Cursor>().unwrap().seq);
            if cursor.is_some() && from < set.gone_below {
                set.gone_below = 0;
                return refuse(410, ErrorCode::CursorGone);
            }
            let changes: Vec<Change> = set
                .changes
                .iter()
                .filter(|change| change.seq > from)
                .take(limit)
                .cloned()
                .collect();
            let last = changes.last().map_or(from, |change| change.seq);
            let is_last = set.changes.last().is_none_or(|change| change.seq == last);
            let hashes = set
                .changes
                .iter()
                .map(|row| row_hash(&row.kind, &row.id, row.body.as_ref().unwrap()).unwrap());
            let checksum = hashes.fold(Sha256Hash::from_bytes([0; 32]), fold_checksum);
            let rows = set.changes.len() as u64 + u64::from(set.lies_about_sum);
            Ok(ChangesReply {
                changes,
                next: Cursor {
                    epoch: set.epoch.clone(),
                    seq: last,
                    hash: Sha256Hash::of(&last.to_be_bytes()),
                },
                scope: is_last.then_some(ScopeSum { rows, checksum }),
                server_ms: StationMs(set.now),
            })
        })
    }

    async fn audit(&self, _: &Access, log: LogId, count: &JournalCount) -> Result<AuditReply, TransportError> {
        self.ask("audit", |set| {
            let mut counter = Counter::new(log);
            for (op, _) in set.logs.get(&log).into_iter().flatten() {
                counter.add_op(op);
            }
            let mut station = counter.finish();
            if set.miscounts
                && let Some(day) = station.days.iter_mut().find(|day| day.kind == "case_opened")
            {
                day.ops += 1;
            }
            Ok(AuditReply {
                equal: station == *count,
                station,
                server_ms: StationMs(set.now),
            })
        })
    }

    async fn put_recovery(&self, _: &Access, envelope: &RecoveryEnvelope) -> Result<(), TransportError> {
        self.ask("recovery", |set| {
            set.recovery = Some(envelope.clone());
            Ok(())
        })
    }
}
