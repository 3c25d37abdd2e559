//! A phone as the station sees it, and what the station has answered it for.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt as _;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_domain::digest::JournalDigest;
use patrol_domain::hash::encode_hex;
use patrol_domain::op::{Body, OpenReason, Step, StepTaken};
use patrol_domain::{Head, LogId, Op, Part, Seq, Sha256Hash};
use patrol_station::{BodyFault, Device, Enrolled, PhotoBody, Received, Station, StoreError, UploadStart};
use patrol_testkit::op::{case_opened, log_id, log_opened, original, person, photo_ref};
use patrol_wire::frame::FrameOp;
use patrol_wire::push::head_message;
use patrol_wire::{EnrolRequest, PhotoReply, PublicKey, PushHead, Receipt, SignatureBytes, Signed};

use crate::scene::at_once;

/// How many bytes the network brings at a time.
const PIECE: usize = 3000;

/// An original on the phone.
#[derive(Debug, Clone)]
pub(crate) struct Photo {
    pub(crate) bytes: Arc<Vec<u8>>,
    /// The station's receipt.
    pub(crate) reply: Option<PhotoReply>,
    /// How many bytes the station has said are durable.
    pub(crate) durable: u64,
    /// A power cut has left wrong bytes in the part: whatever its length, the station drops it when its last byte comes.
    pub(crate) is_torn: bool,
    pub(crate) thumb: Vec<u8>,
    pub(crate) thumb_is_kept: bool,
}

impl Photo {
    /// Nothing of it is at the station any more.
    fn begin_anew(&mut self) {
        self.durable = 0;
        self.is_torn = false;
    }
}

/// A phone, and what it was told.
#[derive(Debug, Clone)]
pub(crate) struct Phone {
    key: SigningKey,
    number: u64,
    pub(crate) request: EnrolRequest,
    pub(crate) enrolled: Option<Enrolled>,
    pub(crate) log: LogId,
    pub(crate) ops: Vec<FrameOp>,
    pub(crate) acked: usize,
    /// The end of a push that was not answered.
    pub(crate) wanted: Option<usize>,
    /// Receipts by position, as text.
    pub(crate) receipts: BTreeMap<u64, String>,
    pub(crate) photos: BTreeMap<Sha256Hash, Photo>,
    last_case: Option<Op>,
}

/// The station's key with this id, the present one or an earlier one.
fn key_of(station: &Station, key_id: &str) -> PublicKey {
    let keys = at_once(station.store().station_keys()).unwrap().keys;
    keys.into_iter().find(|key| key.key_id() == key_id).unwrap()
}

fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_sec1(key.verifying_key().to_sec1_point(false).as_bytes()).unwrap()
}

impl Phone {
    pub(crate) fn new(number: u8, code: String) -> Self {
        let key = SigningKey::from_slice(&[number; 32]).unwrap();
        let log = log_id(u64::from(number));
        let request = EnrolRequest {
            code,
            secret: encode_hex(&[number; 32]),
            device_key: public(&key),
            log,
        };
        let mut first = log_opened(u64::from(number), person(1));
        if let Body::LogOpened(body) = &mut first.body {
            body.device_key_thumbprint = request.device_key.thumbprint();
            body.reason = OpenReason::First;
        }
        let mut phone = Self {
            key,
            number: u64::from(number) * 1000,
            request,
            enrolled: None,
            log,
            ops: Vec::new(),
            acked: 0,
            wanted: None,
            receipts: BTreeMap::new(),
            photos: BTreeMap::new(),
            last_case: None,
        };
        phone.append(&first, Vec::new());
        phone
    }

    fn append(&mut self, op: &Op, parts: Vec<Part>) {
        let op = op.encode().unwrap().into_vec();
        self.ops.push(FrameOp { op, parts });
    }

    /// Records a case with so many photos of the given length.
    pub(crate) fn record(&mut self, photos: usize, length: usize) {
        self.number += 1;
        let originals: Vec<_> = (0..photos)
            .map(|photo| original(self.number * 10 + photo as u64, length))
            .collect();
        self.record_with(originals);
    }

    /// Records a case with these photos.
    pub(crate) fn record_with(&mut self, originals: Vec<Vec<u8>>) {
        self.number += 1;
        let named: Vec<_> = originals.iter().map(|bytes| photo_ref(bytes)).collect();
        let (op, parts) = case_opened(self.number, &named, Some("占道经营，已劝离。"));
        self.append(&op, parts);
        self.last_case = Some(op);
        for bytes in originals {
            let sha256 = Sha256Hash::of(&bytes);
            let photo = Photo {
                thumb: [b"\xff\xd8\xff thumbnail of ".as_slice(), sha256.as_bytes()].concat(),
                thumb_is_kept: false,
                bytes: Arc::new(bytes),
                reply: None,
                durable: 0,
                is_torn: false,
            };
            self.photos.insert(sha256, photo);
        }
    }

    /// Does something about the last case.
    pub(crate) fn act(&mut self) {
        self.number += 1;
        let (like, _) = case_opened(self.number, &[], None);
        let opened = self.last_case.clone().unwrap();
        let op = Op {
            case: opened.case,
            after: vec![opened.id],
            body: Body::StepTaken(StepTaken {
                step: Step::Corrected,
                note: None,
            }),
            ..like
        };
        self.append(&op, Vec::new());
    }

    /// The chain behind the first `count` ops.
    pub(crate) fn head(&self, count: usize) -> Head {
        let ops = self.ops.iter().take(count);
        ops.fold(Head::start(self.log), |head, op| head.extend(&op.op))
    }

    pub(crate) fn device(&self) -> Device {
        let enrolled = self.enrolled.as_ref().unwrap();
        Device {
            id: enrolled.device,
            key: self.request.device_key.clone(),
        }
    }

    /// The hashes of its originals, in a fixed order.
    pub(crate) fn originals(&self) -> Vec<Sha256Hash> {
        self.photos.keys().copied().collect()
    }

    pub(crate) fn enrol(&mut self, station: &Station) -> Result<(), StoreError> {
        let enrolled = at_once(station.store().enrol(self.request.clone()))?;
        self.enrolled = Some(enrolled);
        Ok(())
    }

    /// Pushes ops `from..=to`, counted from 1, and believes the answer only when it is right.
    pub(crate) fn push(&mut self, station: &Station, from: usize, to: usize) -> Result<(), StoreError> {
        self.push_after(station, from, to, None)
    }

    /// The same, showing what the station has signed before.
    pub(crate) fn push_after(
        &mut self,
        station: &Station,
        from: usize,
        to: usize,
        signed: Option<Signed<Receipt>>,
    ) -> Result<(), StoreError> {
        let (before, last) = (self.head(from - 1), self.head(to));
        let signature: Signature = self.key.sign(&head_message(self.log, last));
        let head = PushHead {
            from_seq: Seq(from as u64),
            count: (to + 1 - from) as u64,
            prev_hash: before.hash,
            head_hash: last.hash,
            head_signature: SignatureBytes(signature.to_bytes().into()),
            acked_seq: None,
            signed,
            epoch: None,
            local_seq: Seq(self.ops.len() as u64),
            waiting_photos: 0,
            waiting_bytes: 0,
        };
        self.wanted = Some(to.max(self.acked));
        let ops = self.ops[from - 1..to].to_vec();
        let reply = at_once(station.store().append(self.device(), self.log, head, ops))?;
        let receipt = reply.receipt.verify(&key_of(station, &reply.receipt.key_id)).unwrap();
        let acked = usize::try_from(reply.acked_seq.0).unwrap();
        assert_eq!((receipt.seq, receipt.head), (reply.acked_seq, self.head(acked).hash));
        assert!(acked >= to);
        let text = serde_json::to_string(&reply.receipt).unwrap();
        let first = self.receipts.entry(reply.acked_seq.0).or_insert_with(|| text.clone());
        assert_eq!(*first, text, "one head has one receipt");
        self.acked = acked;
        self.wanted = None;
        Ok(())
    }

    /// Pushes whatever has not been answered for.
    pub(crate) fn push_all(&mut self, station: &Station) -> Result<(), StoreError> {
        self.push(station, (self.acked + 1).min(self.ops.len()), self.ops.len())
    }

    /// Sends an original from the first byte, or from where the station says that it stands, up to byte `until`.
    pub(crate) fn send(
        &mut self,
        station: &Station,
        sha256: Sha256Hash,
        resumes: bool,
        until: usize,
    ) -> Result<(), StoreError> {
        let device = self.device().id;
        let bytes = Arc::clone(&self.photos[&sha256].bytes);
        let length = Some(bytes.len() as u64);
        let mut from = 0;
        if resumes {
            let state = at_once(station.store().upload_state(device, sha256))?;
            if state.complete {
                let reply = at_once(station.store().photo_receipt(device, sha256))?;
                return self.believe(station, sha256, reply);
            }
            let photo = self.photos.get_mut(&sha256).unwrap();
            photo.durable = if photo.is_torn { 0 } else { state.offset };
            from = usize::try_from(state.offset).unwrap();
        }
        if from == 0 {
            self.photos.get_mut(&sha256).unwrap().begin_anew();
        }
        let start = if from == 0 {
            UploadStart::Whole { length }
        } else {
            let offset = from as u64;
            UploadStart::Resume { offset, length }
        };
        let sent = bytes.get(from..until.min(bytes.len())).unwrap_or_default();
        let mut pieces: Vec<_> = sent
            .chunks(PIECE)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        if until < bytes.len() {
            pieces.push(Err(BodyFault::Gone));
        }
        let mut body: PhotoBody = futures_util::stream::iter(pieces).boxed();
        match at_once(station.store().receive(device, sha256, start, &mut body)) {
            Ok(Received::Complete(reply)) => self.believe(station, sha256, reply),
            Ok(Received::Part { .. }) => unreachable!("the body ends with the original or with a fault"),
            Err(StoreError::Body(BodyFault::Gone)) => Ok(()),
            Err(StoreError::HashMismatch) => {
                self.photos.get_mut(&sha256).unwrap().begin_anew();
                Err(StoreError::HashMismatch)
            }
            Err(other) => Err(other),
        }
    }

    fn believe(&mut self, station: &Station, sha256: Sha256Hash, reply: PhotoReply) -> Result<(), StoreError> {
        let device = self.device().id;
        let photo = self.photos.get_mut(&sha256).unwrap();
        let receipt = reply.receipt.verify(&key_of(station, &reply.receipt.key_id)).unwrap();
        assert_eq!(
            (receipt.sha256, receipt.bytes, receipt.device),
            (sha256, photo.bytes.len() as u64, device)
        );
        if let Some(before) = &photo.reply {
            assert_eq!(*before, reply, "one original has one receipt");
        }
        photo.reply = Some(reply);
        Ok(())
    }

    pub(crate) fn send_thumb(&mut self, station: &Station, sha256: Sha256Hash) -> Result<(), StoreError> {
        let thumb = Bytes::from(self.photos[&sha256].thumb.clone());
        at_once(station.store().keep_thumb(self.device().id, sha256, thumb))?;
        self.photos.get_mut(&sha256).unwrap().thumb_is_kept = true;
        Ok(())
    }

    /// Brings everything that was not answered for, as a phone does round after round: an original whose part turns out
    /// wrong is begun anew, once.
    pub(crate) fn complete(&mut self, station: &Station) -> Result<(), StoreError> {
        if self.enrolled.is_none() {
            self.enrol(station)?;
        }
        if self.acked < self.ops.len() {
            self.push_all(station)?;
        }
        for sha256 in self.originals() {
            if !self.photos[&sha256].thumb_is_kept {
                self.send_thumb(station, sha256)?;
            }
            if self.photos[&sha256].reply.is_none() {
                match self.send(station, sha256, true, usize::MAX) {
                    Err(StoreError::HashMismatch) => self.send(station, sha256, true, usize::MAX)?,
                    other => other?,
                }
            }
        }
        Ok(())
    }

    /// What a station that holds the first `count` ops and these originals says of this journal.
    pub(crate) fn digest(&self, count: usize, photos: &[Sha256Hash]) -> JournalDigest {
        let mut digest = JournalDigest::new(self.log);
        for op in self.ops.iter().take(count) {
            digest.add_op(&op.op, &op.parts);
        }
        for sha256 in photos {
            digest.add_photo(*sha256, self.photos[sha256].bytes.len() as u64);
        }
        digest
    }
}
