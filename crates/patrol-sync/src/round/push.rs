//! Sending ops, and believing the answer only after its signature was checked.

use std::collections::BTreeSet;
use std::time::Duration;

use patrol_domain::op::OpenReason;
use patrol_domain::{Body, Head, LogId, Op, Seq};
use patrol_store::{Journal, SignedBefore, StoreError, StoredOp};
use patrol_wire::frame::{self, FrameOp};
use patrol_wire::push::head_message;
use patrol_wire::signature::SignatureBytes;
use patrol_wire::{ErrorCode, MAX_OPS_PER_PUSH, PushHead, PushReply, Receipt, Signed};

use super::{Round, SyncEvent};
use crate::backoff::LAST_IN_FRONT;
use crate::error::SyncError;
use crate::plan::{Backlog, Step, frame_op, plan};
use crate::transport::{Transport, TransportError};

/// A push that is ready to leave.
struct Batch {
    log: LogId,
    /// The journal's head before its first op.
    from: Head,
    /// The journal's head behind its last op.
    to: Head,
    ops: usize,
    body: Vec<u8>,
}

/// A receipt whose signature and hashes are right, and what belongs to it.
struct Believed {
    acked: Head,
    epoch: String,
    is_other_life: bool,
    safe_seq: Seq,
    receipt: Signed<Receipt>,
    /// How many ops the push brought.
    ops: usize,
    /// How many bytes it took.
    bytes: u64,
}

impl<T: Transport> Round<'_, T> {
    /// Sends ops until none wait. On the line there is one batch at a time, because each has to chain to what the station
    /// holds; while it is on its way and made durable there, the receipt of the one before is stored, and the next is
    /// read, compressed and hashed. A phone killed in between has a receipt less than it was given, as after a lost reply.
    pub(super) async fn push(&self, ops: Vec<StoredOp>) -> Result<(), SyncError> {
        let progress = self.host.store().progress()?;
        let mut epoch = progress.epoch;
        // What the station once signed for and does not hold any more: the first push tells it so.
        let mut before = self.host.store().signed_before()?;
        let mut next = self.pack(progress.acked, ops)?;
        let mut believed = None;
        while let Some(mut batch) = next {
            let head = self.head_of_push(&batch, epoch.take(), before.take())?;
            let bytes = batch.body.len() as u64;
            let body = std::mem::take(&mut batch.body);
            let meanwhile = async {
                // The request goes first: it has a way to go.
                tokio::task::yield_now().await;
                self.keep(believed.take())?;
                self.pack_behind(batch.to)
            };
            let (sent, packed) = tokio::join!(self.transport.push(&self.access, batch.log, &head, body), meanwhile);
            let reply = match sent {
                Err(TransportError::Refused { reply, .. }) if reply.code == ErrorCode::NotFound => {
                    return self.leave_journal(batch.log);
                }
                other => other?,
            };
            let wait = reply.retry_after_ms;
            let heard = self.believe(reply, &batch, head.epoch, bytes)?;
            epoch = Some(heard.epoch.clone());
            believed = Some(heard);
            next = packed?;
            if let Some(wait) = wait {
                self.keep(believed.take())?;
                tokio::time::sleep(Duration::from_millis(wait).min(LAST_IN_FRONT)).await;
            }
        }
        self.keep(believed)
    }

    /// The next batch, when ops wait behind `head` and may go.
    fn pack_behind(&self, head: Head) -> Result<Option<Batch>, SyncError> {
        let backlog = Backlog {
            ops: self.host.store().ops_after(head.seq, MAX_OPS_PER_PUSH)?,
            ..Backlog::default()
        };
        match plan(backlog, &BTreeSet::new(), &self.policy()?) {
            Step::Push(ops) => self.pack(head, ops),
            Step::Thumbnails(_) | Step::Originals(_) | Step::Held | Step::Done => Ok(None),
        }
    }

    fn pack(&self, from: Head, ops: Vec<StoredOp>) -> Result<Option<Batch>, SyncError> {
        let Some(to) = ops.last().map(|last| Head {
            seq: last.seq,
            hash: last.hash,
        }) else {
            return Ok(None);
        };
        let Journal { log, .. } = self.host.store().journal()?.ok_or(StoreError::NoJournal)?;
        let count = ops.len();
        let framed: Vec<FrameOp> = ops.into_iter().map(frame_op).collect();
        Ok(Some(Batch {
            log,
            from,
            to,
            ops: count,
            body: frame::encode(&framed)?,
        }))
    }

    /// The station knows this journal as another device's: the phone was set back to before its enrolment and enrolled anew,
    /// or it is a copy that did. Everything goes on in a journal of its own, once: a station that has no place for that one
    /// either is not followed.
    fn leave_journal(&self, log: LogId) -> Result<(), SyncError> {
        let store = self.host.store();
        let first = store.ops_after(Seq(0), 1)?.into_iter().next();
        let opened = first.and_then(|op| Op::decode(&op.bytes).ok()).map(|op| op.body);
        let is_of_its_own = matches!(opened, Some(Body::LogOpened(opened)) if opened.reason == OpenReason::Fork);
        if is_of_its_own {
            return Err(SyncError::Forked);
        }
        tracing::warn!(%log, "the station knows this journal as another phone's; a new one begins");
        self.host.succeed_journal(log, OpenReason::Fork, Seq(0))?;
        self.host.hear(SyncEvent::Succeeded(OpenReason::Fork));
        Ok(())
    }

    fn head_of_push(
        &self,
        batch: &Batch,
        epoch: Option<String>,
        before: Option<SignedBefore>,
    ) -> Result<PushHead, SyncError> {
        let store = self.host.store();
        // Durable outside the database before anything leaves: a copy that does not know these ops can then be told.
        let local = store.mark_leaving()?;
        let signature = self
            .host
            .sign(&head_message(batch.log, batch.to))
            .map_err(SyncError::Key)?;
        let left = self.left();
        Ok(PushHead {
            from_seq: batch.from.seq.next(),
            count: batch.ops as u64,
            prev_hash: batch.from.hash,
            head_hash: batch.to.hash,
            head_signature: SignatureBytes(signature),
            acked_seq: before.as_ref().map(|before| before.seq),
            signed: before
                .as_ref()
                .and_then(|before| serde_json::from_str(&before.receipt).ok()),
            epoch: before.map(|before| before.epoch).or(epoch),
            local_seq: local.seq,
            waiting_photos: left.photos_left,
            waiting_bytes: left.bytes_left,
        })
    }

    fn believe(
        &self,
        reply: PushReply,
        batch: &Batch,
        epoch: Option<String>,
        bytes: u64,
    ) -> Result<Believed, SyncError> {
        let receipt = self.check(&reply.receipt)?;
        if receipt.log != batch.log || receipt.seq < batch.to.seq {
            return Err(SyncError::Receipt(
                "it speaks of another journal or of fewer records".into(),
            ));
        }
        let acked = Head {
            seq: receipt.seq,
            hash: receipt.head,
        };
        // Signed, and more or something else than this phone has: a copy of it has gone on there.
        if acked != batch.to && self.host.store().hash_at(acked.seq)? != Some(acked.hash) {
            return Err(SyncError::Forked);
        }
        for quarantined in &reply.quarantined {
            tracing::warn!(
                seq = quarantined.seq.0,
                code = quarantined.code,
                "the station keeps a record it cannot read"
            );
        }
        Ok(Believed {
            acked,
            is_other_life: epoch.is_some_and(|epoch| epoch != reply.epoch),
            epoch: reply.epoch,
            safe_seq: reply.safe_seq,
            receipt: reply.receipt,
            ops: batch.ops,
            bytes,
        })
    }

    /// Stores a receipt; only now do the counters move.
    fn keep(&self, believed: Option<Believed>) -> Result<(), SyncError> {
        let Some(Believed {
            acked,
            epoch,
            is_other_life,
            safe_seq,
            receipt,
            ops,
            bytes,
        }) = believed
        else {
            return Ok(());
        };
        let store = self.host.store();
        let stored = serde_json::to_string(&receipt).map_err(StoreError::from)?;
        let Receipt { station_ms, beacon, .. } = &receipt.content;
        store.record_receipt(acked, &epoch, safe_seq, station_ms.0, beacon, &stored)?;
        if is_other_life {
            // Between its status and this push; the comparison at the end of the round asks for the rest.
            store.forget_thumbnails()?;
            store.record_recovery(false)?;
            self.heard().must_compare = true;
        }
        self.count_sent(bytes);
        self.host.hear(SyncEvent::Acked {
            seq: acked.seq.0,
            ops,
            bytes,
        });
        self.tell_records_left()?;
        Ok(())
    }
}
