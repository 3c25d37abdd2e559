//! A phone that writes what no phone of today writes: rubbish, kinds of the future, an op of nearly 64 KiB.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_domain::hash::encode_hex;
use patrol_domain::{Head, LogId, Seq};
use patrol_station::{Device, StoreError};
use patrol_testkit::op::{log_id, original};
use patrol_wire::frame::FrameOp;
use patrol_wire::push::head_message;
use patrol_wire::{EnrolRequest, EnrolmentCode, PublicKey, PushHead, SignatureBytes};

use crate::chance::Chance;
use crate::station::{Post, at_once};

/// How many ops it pushes at once.
const BATCH: usize = 20;

/// A device that the station knows, with a strange journal.
#[derive(Clone)]
pub(crate) struct Stranger {
    key: SigningKey,
    device: Device,
    pub(crate) log: LogId,
    pub(crate) ops: Vec<FrameOp>,
}

impl Stranger {
    pub(crate) fn enrolled(post: &Post) -> Self {
        let key = SigningKey::from_slice(&[0x77; 32]).unwrap();
        let public = PublicKey::from_sec1(key.verifying_key().to_sec1_point(false).as_bytes()).unwrap();
        let code: EnrolmentCode = post.code(900).unwrap().parse().unwrap();
        let log = log_id(0x5_7a_9e);
        let request = EnrolRequest {
            code: code.code,
            secret: encode_hex(&[0x77; 32]),
            device_key: public.clone(),
            log,
        };
        let enrolled = at_once(post.station().store().enrol(request)).unwrap();
        let device = Device {
            id: enrolled.device,
            key: public,
        };
        let ops = Vec::new();
        Self { key, device, log, ops }
    }

    /// Writes one more op.
    pub(crate) fn rave(&mut self, chance: &Chance) {
        let op = match chance.below(5) {
            0 => original(chance.next(), 1 + chance.below(300)),
            1 => original(chance.next(), 60_000),
            2 => b"{".repeat(1 + chance.below(500)),
            3 => format!(r#"{{"kind":"dream","n":{}}}"#, chance.below(1_000)).into_bytes(),
            _ => b"null".to_vec(),
        };
        let parts = Vec::new();
        self.ops.push(FrameOp { op, parts });
    }

    fn head(&self, count: usize) -> Head {
        let ops = self.ops.iter().take(count);
        ops.fold(Head::start(self.log), |head, op| head.extend(&op.op))
    }

    /// Brings what the station does not hold; up to where it does then.
    pub(crate) fn push(&self, post: &Post) -> Result<u64, StoreError> {
        let store = post.station().store();
        loop {
            let held = at_once(store.log_status(self.device.id, self.log, None))?.acked_seq;
            let from = usize::try_from(held.0).unwrap();
            if from == self.ops.len() {
                return Ok(held.0);
            }
            let to = self.ops.len().min(from + BATCH);
            let (before, last) = (self.head(from), self.head(to));
            let signature: Signature = self.key.sign(&head_message(self.log, last));
            let head = PushHead {
                from_seq: Seq(held.0 + 1),
                count: (to - from) as u64,
                prev_hash: before.hash,
                head_hash: last.hash,
                head_signature: SignatureBytes(signature.to_bytes().into()),
                epoch: None,
                acked_seq: None,
                signed: None,
                local_seq: Seq(self.ops.len() as u64),
                waiting_photos: 0,
                waiting_bytes: 0,
            };
            let ops = self.ops[from..to].to_vec();
            let reply = at_once(store.append(self.device.clone(), self.log, head, ops))?;
            assert_eq!((reply.acked_seq.0, reply.head_hash), (to as u64, last.hash));
        }
    }
}
