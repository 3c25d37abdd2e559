//! The station of a run: what stands between a question and the store, in place of HTTP.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::StreamExt as _;
use patrol_domain::hash::decode_hex;
use patrol_domain::port::Randomness as _;
use patrol_domain::{DeviceId, Head, LogId, Sha256Hash, StationMs};
use patrol_station::{
    BodyFault, Clock, Device, InitOptions, Layout, Place, Ports, Randomness, RandomnessError, Received, Revoked,
    Station, StationOptions, Storage, StoreError, TlsMode, UploadStart, init,
};
use patrol_sync::{TransportError, UploadState};
use patrol_testkit::{CrashDisk, SeededRandomness};
use patrol_wire::{EnrolReply, ErrorCode, ErrorReply, Officer, OfficerReply, ReadmitReply, StationKey, frame};

use crate::network::{Answer, Letter, Question};

/// 18 June 2026, in the morning.
pub(crate) const START_MS: i64 = 1_781_745_128_000;

/// Where phones believe the station to be.
const URL: &str = "http://127.0.0.1:8620";

struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> StationMs {
        StationMs(self.0.load(Ordering::Relaxed))
    }
}

struct Drawn(SeededRandomness);

impl Randomness for Drawn {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        self.0.fill(bytes);
        Ok(())
    }
}

/// Inline storage never waits, so one look at a future is its end.
pub(crate) fn at_once<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("inline storage waits for something"),
    }
}

/// A station that can lose its power and be put back.
pub(crate) struct Post {
    pub(crate) disk: CrashDisk,
    open: Option<Station>,
    clock: Arc<HandClock>,
    seed: u64,
    openings: u64,
    /// How far journals were signed for since the station was last put back.
    pub(crate) acked: BTreeMap<LogId, Head>,
    /// How often a phone was let in again by its certificate.
    pub(crate) readmitted: u64,
    /// Who was shut out since the station was last put back.
    pub(crate) revoked: BTreeMap<DeviceId, Revoked>,
}

impl Post {
    /// A station on an empty disk, open.
    pub(crate) fn made() -> Self {
        let mut post = Self::on(CrashDisk::new(1), 0xba5e);
        let options = InitOptions {
            data: post.layout().data().to_owned(),
            name: "江心洲中队".into(),
            listen: None,
            tls: TlsMode::OffOnLoopback,
            district: Place::default(),
            street_office: Place::default(),
        };
        init(&options, &post.ports()).unwrap();
        post.start();
        post
    }

    /// The same station with another fate, open.
    pub(crate) fn fork(&self, seed: u64) -> Self {
        let mut post = Self::on(self.disk.fork(seed), seed);
        post.start();
        post
    }

    fn on(disk: CrashDisk, seed: u64) -> Self {
        Self {
            disk,
            open: None,
            clock: Arc::new(HandClock(AtomicI64::new(START_MS))),
            seed,
            openings: 0,
            acked: BTreeMap::new(),
            readmitted: 0,
            revoked: BTreeMap::new(),
        }
    }

    pub(crate) fn layout(&self) -> Layout {
        Layout::new(self.disk.root().join("data"))
    }

    fn ports(&mut self) -> Ports {
        self.openings += 1;
        let seed = self.seed.wrapping_mul(1_000_003).wrapping_add(self.openings);
        Ports {
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            random: Arc::new(Drawn(SeededRandomness::new(seed))),
            disk: Arc::new(self.disk.clone()),
        }
    }

    /// Opens the station.
    pub(crate) fn start(&mut self) {
        self.open = None;
        let options = StationOptions {
            data: self.layout().data().to_owned(),
            ports: self.ports(),
            storage: Storage::Inline,
            settings: Vec::new(),
        };
        self.open = Some(Station::open(options).unwrap());
    }

    /// The power goes, if it has not gone already, and comes back.
    pub(crate) fn restart(&mut self) {
        self.disk.cut();
        self.open = None;
        self.disk.reboot();
        self.start();
    }

    /// Another disk takes the place of this one.
    pub(crate) fn put_back(&mut self, copy: CrashDisk) {
        self.open = None;
        self.disk = copy;
        self.acked.clear();
        self.revoked.clear();
        self.start();
    }

    /// Shuts out the phone that was enrolled for this officer, if there is one.
    pub(crate) fn revoke(&mut self, phone: usize, state: Revoked) {
        let store = Arc::clone(self.station().store());
        let Ok(devices) = at_once(store.list_devices()) else {
            return;
        };
        let number = officer_number(phone);
        let device = devices.iter().find(|row| row.officer.number == number);
        let Some(device) = device.map(|row| row.device) else {
            return;
        };
        if at_once(store.revoke(device, state)).is_ok() && !self.disk.is_off() {
            let known = self.revoked.entry(device).or_insert(state);
            *known = state.max(*known);
        }
    }

    /// How a phone is shut out; nothing for an active one and for one that is not known.
    pub(crate) fn standing_of(&self, device: DeviceId) -> Option<Revoked> {
        let devices = at_once(self.station().store().list_devices()).unwrap();
        devices.iter().find(|row| row.device == device)?.revoked
    }

    pub(crate) fn advance(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) fn station(&self) -> &Station {
        self.open.as_ref().unwrap()
    }

    /// A code as it is handed to an officer.
    pub(crate) fn code(&self, phone: usize) -> Option<String> {
        let officer = Officer {
            number: officer_number(phone),
            name: format!("队员{phone}"),
        };
        let code = at_once(self.station().make_code(officer, URL)).ok()?;
        Some(code.to_string())
    }

    /// Answers as the HTTP layer would.
    pub(crate) fn answer(&mut self, letter: &Letter) -> Result<Answer, TransportError> {
        let answer = self.try_answer(letter);
        if self.disk.is_off() {
            return Err(TransportError::Unreachable("the station has no power".into()));
        }
        if let (Ok(Answer::Pushed(reply)), Question::Push { log, .. }) = (&answer, &letter.question) {
            let signed = Head {
                seq: reply.acked_seq,
                hash: reply.head_hash,
            };
            let acked = self.acked.entry(*log).or_insert(signed);
            if signed.seq > acked.seq {
                *acked = signed;
            }
        }
        self.readmitted += u64::from(matches!(answer, Ok(Answer::Readmitted(_))));
        answer.map_err(refusal)
    }

    fn try_answer(&self, letter: &Letter) -> Result<Answer, StoreError> {
        let station = self.station();
        let store = station.store();
        if let Question::Enrol(request) = &letter.question {
            let enrolled = at_once(store.enrol(request.clone()))?;
            let facts = at_once(store.facts())?;
            return Ok(Answer::Enrolled(Box::new(EnrolReply {
                device: enrolled.device,
                station: facts.station,
                station_name: station.config().name.clone(),
                officer: enrolled.officer,
                key: StationKey {
                    public: station.public_key().clone(),
                },
                keys: at_once(store.station_keys())?,
                certificate: enrolled.certificate,
                authority: None,
                epoch: facts.epoch,
                server_ms: self.clock.now(),
            })));
        }
        if let Question::Readmit(request) = &letter.question {
            let (device, secret_hash) = bearer(letter)?;
            let facts = at_once(store.readmit(device, secret_hash, request.clone()))?;
            return Ok(Answer::Readmitted(Box::new(ReadmitReply {
                epoch: facts.epoch,
                server_ms: self.clock.now(),
            })));
        }
        let device = self.admit(letter)?;
        Ok(match &letter.question {
            Question::Enrol(_) | Question::Readmit(_) => unreachable!("answered above"),
            Question::Officer(code) => Answer::Officer(Box::new(OfficerReply {
                officer: at_once(store.add_officer(device.id, code.clone()))?,
                server_ms: self.clock.now(),
            })),
            Question::Head(log, seq) => Answer::Head(Box::new(at_once(store.head(device.id, *log, *seq))?)),
            Question::Changes { cursor, limit } => {
                let cursor = cursor.as_deref().map(str::parse).transpose();
                let cursor = cursor.map_err(|_| StoreError::Malformed("no cursor"))?;
                Answer::Changes(Box::new(at_once(store.changes(device.id, cursor, *limit))?))
            }
            Question::Audit(log, count) => {
                Answer::Audited(Box::new(at_once(store.audit(device.id, *log, count.clone()))?))
            }
            Question::Recovery(envelope) => {
                at_once(store.keep_recovery(device.id, envelope.clone()))?;
                Answer::Kept
            }
            Question::Status(log) => Answer::Status(Box::new(at_once(store.log_status(device.id, *log, None))?)),
            Question::Push { log, head, body } => {
                let ops = frame::decode(body).map_err(|_| StoreError::Malformed("no frame"))?;
                Answer::Pushed(Box::new(at_once(store.append(device, *log, head.clone(), ops))?))
            }
            Question::Thumbnail { sha256, jpeg } => {
                at_once(store.keep_thumb(device.id, *sha256, Bytes::from(jpeg.clone())))?;
                Answer::Kept
            }
            Question::Upload(sha256) => {
                let state = at_once(store.upload_state(device.id, *sha256))?;
                Answer::Upload(UploadState {
                    offset: state.offset,
                    complete: state.complete,
                })
            }
            Question::Photo { .. } => self.receive(&device, &letter.question)?,
            Question::Receipt(sha256) => Answer::Photo(Box::new(at_once(store.photo_receipt(device.id, *sha256))?)),
        })
    }

    fn admit(&self, letter: &Letter) -> Result<Device, StoreError> {
        let (device, secret_hash) = bearer(letter)?;
        at_once(self.station().store().admit(device, secret_hash))
    }

    fn receive(&self, device: &Device, question: &Question) -> Result<Answer, StoreError> {
        let Question::Photo {
            sha256,
            from,
            length,
            pieces,
            breaks,
        } = question
        else {
            unreachable!("only photos are received")
        };
        let length = Some(*length);
        let start = match *from {
            0 => UploadStart::Whole { length },
            offset => UploadStart::Resume { offset, length },
        };
        let whole = pieces.iter().cloned().map(Ok);
        let end = breaks.then_some(Err(BodyFault::Gone));
        let mut body = futures_util::stream::iter(whole.chain(end).collect::<Vec<_>>()).boxed();
        match at_once(self.station().store().receive(device.id, *sha256, start, &mut body))? {
            Received::Complete(reply) => Ok(Answer::Photo(Box::new(reply))),
            Received::Part { .. } => Err(StoreError::Body(BodyFault::Gone)),
        }
    }
}

fn officer_number(phone: usize) -> String {
    format!("N-{phone:03}")
}

/// As whom a phone speaks, and the hash of its secret.
fn bearer(letter: &Letter) -> Result<(DeviceId, Sha256Hash), StoreError> {
    let access = letter.access.as_ref().ok_or(StoreError::Unauthorised)?;
    let secret: [u8; 32] = decode_hex(&access.secret).ok_or(StoreError::Unauthorised)?;
    Ok((access.device, Sha256Hash::of(&secret)))
}

fn refusal(error: StoreError) -> TransportError {
    let message = error.to_string();
    let (status, code, head) = match error {
        StoreError::NotFound => (404, ErrorCode::NotFound, None),
        StoreError::Unauthorised => (401, ErrorCode::Unauthorised, None),
        StoreError::Gap { head } => (409, ErrorCode::Gap, Some(head)),
        StoreError::Forked { head } => (409, ErrorCode::Forked, Some(head)),
        StoreError::OffsetMismatch { .. } => (409, ErrorCode::OffsetMismatch, None),
        StoreError::TooLarge => (413, ErrorCode::TooLarge, None),
        StoreError::HashMismatch => (422, ErrorCode::HashMismatch, None),
        StoreError::Locked => (423, ErrorCode::Locked, None),
        StoreError::Retired => (403, ErrorCode::Retired, None),
        StoreError::CursorGone => (410, ErrorCode::CursorGone, None),
        StoreError::CodeUnknown => (403, ErrorCode::CodeUnknown, None),
        StoreError::Body(_) => return TransportError::Unreachable("the body ended early".into()),
        StoreError::DiskFull => (507, ErrorCode::DiskFull, None),
        StoreError::Busy => (503, ErrorCode::Busy, None),
        StoreError::Malformed(_) => (400, ErrorCode::Malformed, None),
        _ => (500, ErrorCode::Internal, None),
    };
    let reply = ErrorReply {
        acked_seq: head.map(|head| head.seq),
        head_hash: head.map(|head| head.hash),
        ..ErrorReply::new(code, message)
    };
    let reply = Box::new(reply);
    TransportError::Refused { status, reply }
}
