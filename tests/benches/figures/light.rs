//! A phone without a memory of its own: it enrols, pushes and sends over the product's own transport, and that is all.
//!
//! A hundred of them fit into one process, where a hundred true phones would measure their own files. Originals come
//! from a vault, decrypted on the way as on a phone; every receipt is read.

use futures_util::StreamExt as _;
use futures_util::stream;
use patrol_domain::hash::encode_hex;
use patrol_domain::port::random;
use patrol_domain::{Head, LogId, Sha256Hash};
use patrol_host::SystemRandomness;
use patrol_store::Vault;
use patrol_sync::{Access, EnrolmentCode, HttpTransport, PhotoBody, Transport as _, TransportError, Trust};
use patrol_wire::frame::{self, FrameOp};
use patrol_wire::push::head_message;
use patrol_wire::signature::SignatureBytes;
use patrol_wire::{EnrolRequest, ErrorCode, PushHead};
use std::sync::Arc;
use std::time::Duration;

use crate::caller;

/// The phone.
pub(crate) struct Light {
    pub(crate) transport: HttpTransport,
    pub(crate) access: Access,
    log: LogId,
    head: Head,
    epoch: Option<String>,
}

impl Light {
    /// Makes it a device of the station that the code is of.
    pub(crate) async fn enrol(transport: HttpTransport, code: &EnrolmentCode, log: LogId) -> Self {
        let secret = encode_hex(&random::<32>(&SystemRandomness));
        let request = EnrolRequest {
            code: code.code.clone(),
            secret: secret.clone(),
            device_key: caller::public(&caller::key()),
            log,
        };
        let trust = Trust::from(code.authority);
        let reply = transport.enrol(&code.station_url, &trust, &request).await.unwrap();
        let access = Access {
            url: code.station_url.clone(),
            trust,
            device: reply.device,
            secret,
        };
        Self {
            transport,
            access,
            log,
            head: Head::start(log),
            epoch: None,
        }
    }

    /// Pushes ops in one request.
    pub(crate) async fn push(&mut self, ops: &[FrameOp]) {
        let head = ops.iter().fold(self.head, |head, op| head.extend(&op.op));
        let push = PushHead {
            from_seq: self.head.seq.next(),
            count: ops.len() as u64,
            prev_hash: self.head.hash,
            head_hash: head.hash,
            head_signature: SignatureBytes(caller::sign(&caller::key(), &head_message(self.log, head))),
            acked_seq: None,
            signed: None,
            epoch: self.epoch.clone(),
            local_seq: head.seq,
            waiting_photos: 0,
            waiting_bytes: 0,
        };
        let body = frame::encode(ops).unwrap();
        loop {
            let sent = self.transport.push(&self.access, self.log, &push, body.clone()).await;
            if let Some(reply) = unless_later(sent).await {
                assert_eq!((reply.acked_seq, reply.head_hash), (head.seq, head.hash));
                (self.head, self.epoch) = (head, Some(reply.epoch));
                return;
            }
        }
    }

    /// Sends originals, two at a time.
    pub(crate) async fn send(&self, vault: &Vault, originals: &[Sha256Hash]) {
        let mut running = stream::iter(originals.to_vec())
            .map(|sha256| self.send_one(vault, sha256))
            .buffer_unordered(2);
        while running.next().await.is_some() {}
    }

    async fn send_one(&self, vault: &Vault, sha256: Sha256Hash) {
        let mut offset = 0;
        loop {
            let body = PhotoBody::new(vault.read(sha256).unwrap(), offset, Arc::new(|_| ()));
            let sent = self.transport.send_photo(&self.access, sha256, body).await;
            if let Some(reply) = unless_later(sent).await {
                assert_eq!(reply.receipt.content.sha256, sha256);
                return;
            }
            // As the phone goes on: where the station is.
            let state = loop {
                let state = self.transport.upload_state(&self.access, sha256).await;
                if let Some(state) = unless_later(state).await {
                    break state;
                }
            };
            if state.complete {
                return;
            }
            offset = state.offset;
        }
    }
}

/// The answer; nothing when the line broke or the station asked to come again, which has then been waited for.
async fn unless_later<T>(sent: Result<T, TransportError>) -> Option<T> {
    match sent {
        Ok(reply) => Some(reply),
        Err(TransportError::Refused { reply, .. }) if matches!(reply.code, ErrorCode::Busy | ErrorCode::Locked) => {
            wait(reply.retry_after_ms.unwrap_or_default()).await;
            None
        }
        Err(TransportError::Unreachable(_)) => {
            wait(0).await;
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// As the phone waits after a first failure: at least what was asked, and not all at the same moment.
async fn wait(asked_ms: u64) {
    let chance = u64::from_be_bytes(random(&SystemRandomness)) % 1_000;
    tokio::time::sleep(Duration::from_millis(chance.max(asked_ms))).await;
}
