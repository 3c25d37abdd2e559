//! Sending ops, and believing the answer only after its signature was checked.

use std::time::Duration;

use patrol_domain::op::OpenReason;
use patrol_domain::{Body, Head, LogId, Op, Seq};
use patrol_store::StoredOp;
use patrol_wire::push::head_message;
use patrol_wire::signature::SignatureBytes;
use patrol_wire::{ErrorCode, PushHead, PushReply, frame};

use super::{Round, SyncEvent};
use crate::backoff::LAST_IN_FRONT;
use crate::error::SyncError;
use crate::plan::frame_op;
use crate::transport::{Transport, TransportError};

impl<T: Transport> Round<'_, T> {
    pub(super) async fn push(&self, ops: Vec<StoredOp>) -> Result<(), SyncError> {
        let store = self.host.store();
        let journal = store.journal()?.ok_or(patrol_store::StoreError::NoJournal)?;
        let Some(last) = ops.last() else { return Ok(()) };
        let head = Head {
            seq: last.seq,
            hash: last.hash,
        };
        let push = self.head_of_push(journal.log, head, ops.len())?;
        let body = frame::encode(&ops.iter().map(frame_op).collect::<Vec<_>>())?;
        let bytes = body.len() as u64;
        let reply = match self.transport.push(&self.access, journal.log, &push, body).await {
            Err(TransportError::Refused { reply, .. }) if reply.code == ErrorCode::NotFound => {
                return self.leave_journal(journal.log);
            }
            other => other?,
        };
        let asked_wait = reply.retry_after_ms;
        let is_other_life = push.epoch.is_some_and(|epoch| epoch != reply.epoch);
        self.believe(reply, head.seq)?;
        if is_other_life {
            // Between its status and this push; the comparison at the end of the round asks for the rest.
            store.forget_thumbnails()?;
            store.record_recovery(false)?;
        }
        self.heard().signed_before = None;
        self.count_sent(bytes);
        self.host.hear(SyncEvent::Acked {
            seq: head.seq.0,
            ops: ops.len(),
            bytes,
        });
        self.tell_left()?;
        if let Some(wait) = asked_wait {
            tokio::time::sleep(Duration::from_millis(wait).min(LAST_IN_FRONT)).await;
        }
        Ok(())
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

    fn head_of_push(&self, log: LogId, head: Head, ops: usize) -> Result<PushHead, SyncError> {
        let store = self.host.store();
        let progress = store.progress()?;
        // Durable outside the database before anything leaves: a copy that does not know these ops can then be told.
        let local = store.mark_leaving()?;
        let counts = store.counts()?;
        let signature = self.host.sign(&head_message(log, head)).map_err(SyncError::Key)?;
        // What the station once signed for, also where it does not hold it any more.
        let signed = self.heard().signed_before.clone();
        let signed = signed.or(progress.epoch.map(|epoch| (progress.acked.seq, epoch)));
        let (acked_seq, epoch) = signed.unzip();
        Ok(PushHead {
            from_seq: progress.acked.seq.next(),
            count: ops as u64,
            prev_hash: progress.acked.hash,
            head_hash: head.hash,
            head_signature: SignatureBytes(signature),
            acked_seq,
            epoch,
            local_seq: local.seq,
            waiting_photos: counts.photos_on_phone,
            waiting_bytes: counts.bytes_on_phone,
        })
    }

    fn believe(&self, reply: PushReply, pushed: Seq) -> Result<(), SyncError> {
        let store = self.host.store();
        let receipt = self.check(&reply.receipt)?;
        let journal = store.journal()?.ok_or(patrol_store::StoreError::NoJournal)?;
        if receipt.log != journal.log || receipt.seq < pushed {
            return Err(SyncError::Receipt(
                "it speaks of another journal or of fewer records".into(),
            ));
        }
        // Signed, and more or something else than this phone has: a copy of it has gone on there.
        if store.hash_at(receipt.seq)? != Some(receipt.head) {
            return Err(SyncError::Forked);
        }
        for quarantined in &reply.quarantined {
            tracing::warn!(
                seq = quarantined.seq.0,
                code = quarantined.code,
                "the station keeps a record it cannot read"
            );
        }
        let acked = Head {
            seq: receipt.seq,
            hash: receipt.head,
        };
        let stored = serde_json::to_string(&reply.receipt).map_err(patrol_store::StoreError::from)?;
        store.record_receipt(
            acked,
            &reply.epoch,
            reply.safe_seq,
            receipt.station_ms.0,
            &receipt.beacon,
            &stored,
        )?;
        Ok(())
    }
}
