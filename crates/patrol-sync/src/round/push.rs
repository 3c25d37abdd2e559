//! Sending ops, and believing the answer only after its signature was checked.

use patrol_domain::{Head, Seq};
use patrol_store::StoredOp;
use patrol_wire::push::head_message;
use patrol_wire::signature::SignatureBytes;
use patrol_wire::{PushHead, PushReply, frame};

use super::{Round, SyncEvent};
use crate::error::SyncError;
use crate::plan::frame_op;
use crate::transport::Transport;

impl<T: Transport> Round<'_, T> {
    pub(super) async fn push(&self, ops: Vec<StoredOp>) -> Result<(), SyncError> {
        let store = self.host.store();
        let journal = store.journal()?.ok_or(patrol_store::StoreError::NoJournal)?;
        let progress = store.progress()?;
        // Durable outside the database before anything leaves: a copy that does not know these ops can then be told.
        let local = store.mark_leaving()?;
        let counts = store.counts()?;
        let Some(last) = ops.last() else { return Ok(()) };
        let head = Head {
            seq: last.seq,
            hash: last.hash,
        };
        let signature = self
            .host
            .sign(&head_message(journal.log, head))
            .map_err(SyncError::Key)?;
        let push = PushHead {
            from_seq: progress.acked.seq.next(),
            count: ops.len() as u64,
            prev_hash: progress.acked.hash,
            head_hash: head.hash,
            head_signature: SignatureBytes(signature),
            acked_seq: progress.epoch.is_some().then_some(progress.acked.seq),
            epoch: progress.epoch,
            local_seq: local.seq,
            waiting_photos: counts.photos_on_phone,
            waiting_bytes: counts.bytes_on_phone,
        };
        let body = frame::encode(&ops.iter().map(frame_op).collect::<Vec<_>>())?;
        let reply = self.transport.push(&self.access, journal.log, &push, body).await?;
        self.believe(reply, head.seq, ops.len())
    }

    fn believe(&self, reply: PushReply, pushed: Seq, ops: usize) -> Result<(), SyncError> {
        let store = self.host.store();
        let receipt = reply.receipt.verify(&self.station_key)?;
        let journal = store.journal()?.ok_or(patrol_store::StoreError::NoJournal)?;
        if receipt.log != journal.log || receipt.seq < pushed {
            return Err(SyncError::Receipt(
                "it speaks of another journal or of fewer records".into(),
            ));
        }
        match store.hash_at(receipt.seq)? {
            None => return Err(SyncError::RolledBack),
            Some(ours) if ours != receipt.head => {
                return Err(SyncError::Receipt("it speaks of other records than ours".into()));
            }
            Some(_) => {}
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
        self.host.hear(SyncEvent::Acked {
            seq: receipt.seq.0,
            ops,
        });
        Ok(())
    }
}
