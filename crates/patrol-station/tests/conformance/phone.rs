//! A phone below the network: a journal, a key, and the store's verbs.

use bytes::Bytes;
use futures_util::StreamExt as _;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_domain::hash::{decode_hex, encode_hex};
use patrol_domain::op::{CaseOpened, PackVersion, Place, Step, StepTaken};
use patrol_domain::seal::Salt;
use patrol_domain::{
    At, Body, BootId, BootMs, Head, LogId, Mime, Op, Part, PhotoRef, PhotoRole, PhotoSource, Seq, Sha256Hash,
    TzMinutes, WallMs,
};
use patrol_station::{Device, PhotoBody, Received, StoreError, UploadStart};
use patrol_wire::frame::FrameOp;
use patrol_wire::push::head_message;
use patrol_wire::{
    Change, ChangesReply, Cursor, EnrolRequest, Officer, PublicKey, PushHead, PushReply, SignatureBytes,
};

use crate::Stage;

/// An id whose last digits are `number`.
pub(crate) fn id<T: std::str::FromStr>(number: u64) -> T {
    format!("01978123-4567-7abc-8def-{number:012x}").parse().ok().unwrap()
}

pub(crate) fn photo_ref(bytes: &[u8]) -> PhotoRef {
    PhotoRef {
        sha256: Sha256Hash::of(bytes),
        bytes: bytes.len() as u64,
        mime: Mime::Jpeg,
        role: PhotoRole::Scene,
        source: PhotoSource::Camera,
        slot: None,
        shot: None,
    }
}

pub(crate) fn step(step: Step) -> Body {
    Body::StepTaken(StepTaken { step, note: None })
}

pub(crate) struct Phone {
    pub(crate) device: Device,
    pub(crate) log: LogId,
    pub(crate) ops: Vec<FrameOp>,
    key: SigningKey,
    station_key: PublicKey,
    number: u64,
}

/// How the phone `number` asks to be enrolled.
pub(crate) fn request(code: String, number: u8) -> EnrolRequest {
    EnrolRequest {
        code,
        secret: encode_hex(&[number; 32]),
        device_key: public(&key(number)),
        log: id(u64::from(number) << 32),
    }
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).unwrap()
}

fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_sec1(key.verifying_key().to_sec1_point(false).as_bytes()).unwrap()
}

pub(crate) fn officer() -> Officer {
    Officer {
        number: "N-017".into(),
        name: "王队员".into(),
    }
}

impl Phone {
    /// Enrols; `number` keeps phones apart.
    pub(crate) async fn enrol(stage: &Stage, number: u8) -> Self {
        let request = request(stage.store.make_code(officer()).await.unwrap(), number);
        let secret: [u8; 32] = decode_hex(&request.secret).unwrap();
        let log = request.log;
        let enrolled = stage.store.enrol(request).await.unwrap();
        Self {
            device: stage
                .store
                .admit(enrolled.device, Sha256Hash::of(&secret))
                .await
                .unwrap(),
            log,
            ops: Vec::new(),
            key: key(number),
            station_key: stage.key.clone(),
            number: u64::from(number) << 16,
        }
    }

    /// The next id of this phone.
    pub(crate) fn id<T: std::str::FromStr>(&mut self) -> T {
        self.number += 1;
        id(self.number)
    }

    pub(crate) fn add(&mut self, op: &Op, parts: Vec<Part>) {
        self.add_bytes(op.encode().unwrap().into_vec(), parts);
    }

    pub(crate) fn add_bytes(&mut self, op: Vec<u8>, parts: Vec<Part>) {
        self.ops.push(FrameOp { op, parts });
    }

    /// The chain behind the first `count` ops.
    pub(crate) fn head(&self, count: usize) -> Head {
        let start = Head::start(self.log);
        self.ops[..count].iter().fold(start, |head, op| head.extend(&op.op))
    }

    /// An op that belongs to no case and is not in the journal yet.
    pub(crate) fn op(&mut self, body: Body) -> Op {
        Op {
            id: self.id(),
            at: At {
                wall_ms: WallMs(1_781_745_000_000),
                boot_ms: BootMs(1),
                boot_id: BootId("5f2c1d0e-8c3b-4f6e-9a7d-0b1c2d3e4f50".parse().unwrap()),
                gnss_ms: None,
                offset: None,
                tz: TzMinutes(480),
                beacon: None,
            },
            author: id(7),
            case: None,
            after: vec![],
            photos: vec![],
            body,
        }
    }

    /// Opens a case; the op is in the journal.
    pub(crate) fn open_case(&mut self, photos: Vec<PhotoRef>) -> Op {
        let note = Part {
            field: "note".into(),
            salt: Salt([9; 32]),
            value: "车主不在场".into(),
        };
        let body = CaseOpened {
            number: format!("0618-{:03}", self.ops.len()),
            matter: "PK01".into(),
            pack: PackVersion {
                name: "catalogue".into(),
                version: "2026.11.1".into(),
            },
            plate: None,
            place: Place::default(),
            note: Some(note.seal()),
            form: None,
            interval: None,
        };
        let op = Op {
            case: Some(self.id()),
            photos,
            ..self.op(Body::CaseOpened(body))
        };
        self.add(&op, vec![note]);
        op
    }

    /// Does something about a case, behind another op of it; the op is in the journal.
    pub(crate) fn act(&mut self, after: &Op, body: Body, photos: Vec<PhotoRef>) -> Op {
        let op = Op {
            case: after.case,
            after: vec![after.id],
            photos,
            ..self.op(body)
        };
        self.add(&op, vec![]);
        op
    }

    /// The headers for ops `from..=to`, counted from 1.
    pub(crate) fn push_head(&self, from: usize, to: usize) -> PushHead {
        let (before, last) = (self.head(from - 1), self.head(to));
        let signature: Signature = self.key.sign(&head_message(self.log, last));
        PushHead {
            from_seq: Seq(from as u64),
            count: (to + 1 - from) as u64,
            prev_hash: before.hash,
            head_hash: last.hash,
            head_signature: SignatureBytes(signature.to_bytes().into()),
            acked_seq: None,
            signed: None,
            epoch: None,
            local_seq: Seq(self.ops.len() as u64),
            waiting_photos: 0,
            waiting_bytes: 0,
        }
    }

    pub(crate) async fn try_push(&self, stage: &Stage, from: usize, to: usize) -> Result<PushReply, StoreError> {
        let ops = self.ops[from - 1..to].to_vec();
        let head = self.push_head(from, to);
        stage.store.append(self.device.clone(), self.log, head, ops).await
    }

    /// Pushes and checks the receipt.
    pub(crate) async fn push(&self, stage: &Stage, from: usize, to: usize) -> PushReply {
        let reply = self.try_push(stage, from, to).await.unwrap();
        let receipt = reply.receipt.verify(&self.station_key).unwrap();
        assert_eq!(
            (receipt.log, receipt.seq, receipt.head),
            (self.log, reply.acked_seq, reply.head_hash)
        );
        reply
    }

    pub(crate) async fn push_all(&self, stage: &Stage) -> PushReply {
        self.push(stage, 1, self.ops.len()).await
    }

    pub(crate) async fn changes(
        &self,
        stage: &Stage,
        cursor: Option<Cursor>,
        limit: u64,
    ) -> Result<ChangesReply, StoreError> {
        stage.store.changes(self.device.id, cursor, limit).await
    }

    /// Pulls everything behind `cursor` in pages of `limit`.
    pub(crate) async fn pull(&self, stage: &Stage, cursor: Option<Cursor>, limit: u64) -> (Vec<Change>, ChangesReply) {
        let (mut changes, mut cursor) = (Vec::new(), cursor);
        loop {
            let reply = self.changes(stage, cursor, limit).await.unwrap();
            changes.extend(reply.changes.clone());
            if reply.scope.is_some() {
                return (changes, reply);
            }
            cursor = Some(reply.next);
        }
    }

    /// Sends bytes as the original `sha256`.
    pub(crate) async fn send(
        &self,
        stage: &Stage,
        sha256: Sha256Hash,
        start: UploadStart,
        bytes: &[u8],
    ) -> Result<Received, StoreError> {
        let pieces: Vec<_> = bytes
            .chunks(1000)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let mut body: PhotoBody = futures_util::stream::iter(pieces).boxed();
        stage.store.receive(self.device.id, sha256, start, &mut body).await
    }

    /// Brings a whole original.
    pub(crate) async fn bring(&self, stage: &Stage, bytes: &[u8]) -> Result<Received, StoreError> {
        let start = UploadStart::Whole {
            length: Some(bytes.len() as u64),
        };
        self.send(stage, Sha256Hash::of(bytes), start, bytes).await
    }
}
