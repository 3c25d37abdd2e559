//! Asking whether the station holds what this phone has brought: both sides count, and the counts are compared.

use std::collections::BTreeSet;

use patrol_domain::Seq;
use patrol_store::Audit;
use patrol_wire::audit::Counter;
use patrol_wire::{DayCount, ErrorCode, JournalCount};

use super::{Round, SyncEvent};
use crate::error::SyncError;
use crate::transport::{Transport, TransportError};

/// How many ops are read at once.
const STRIDE: usize = 500;

/// How long an audit stands before the next comes by itself, in milliseconds.
const INTERVAL: i64 = 24 * 60 * 60 * 1000;

impl<T: Transport> Round<'_, T> {
    /// Whether the last audit is a day old, by the station's clock.
    pub(super) fn audit_is_due(&self) -> Result<bool, SyncError> {
        let store = self.host.store();
        if store.progress()?.acked.seq == Seq(0) {
            return Ok(false);
        }
        let last = store.last_audit()?;
        let now = self.heard().station_ms;
        Ok(last.is_none_or(|last| now.saturating_sub(last.station_ms) >= INTERVAL))
    }

    /// Counts what the station has signed for, and compares. `None` at a station that does not count.
    pub(super) async fn audit(&self) -> Result<Option<Audit>, SyncError> {
        let store = self.host.store();
        let journal = store.journal()?.ok_or(patrol_store::StoreError::NoJournal)?;
        let ours = self.count(journal.log)?;
        let reply = match self.transport.audit(&self.access, journal.log, &ours).await {
            Ok(reply) => reply,
            Err(TransportError::Refused { reply, .. }) if reply.code == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let audit = Audit {
            seq: ours.seq,
            // Looked at here too: whose word it is does not matter then.
            is_equal: reply.equal && reply.station == ours,
            days: differing_days(&ours.days, &reply.station.days),
            station_ms: reply.server_ms.0,
        };
        if !audit.is_equal {
            tracing::error!(?audit, station = ?reply.station, phone = ?ours, "phone and station differ");
        }
        store.record_audit(journal.log, &audit)?;
        self.host.hear(SyncEvent::Audited(audit.clone()));
        Ok(Some(audit))
    }

    fn count(&self, log: patrol_domain::LogId) -> Result<JournalCount, SyncError> {
        let store = self.host.store();
        let acked = store.progress()?.acked.seq;
        let mut counter = Counter::new(log);
        while counter.head().seq < acked {
            let ops = store.ops_after(counter.head().seq, STRIDE)?;
            if ops.is_empty() {
                break;
            }
            for op in ops.iter().take_while(|op| op.seq <= acked) {
                counter.add_op(&op.bytes);
            }
        }
        for (sha256, bytes) in store.signed_photos()? {
            counter.add_photo(sha256, bytes);
        }
        Ok(counter.finish())
    }
}

fn differing_days(ours: &[DayCount], theirs: &[DayCount]) -> Vec<String> {
    let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) = (ours.iter().collect(), theirs.iter().collect());
    let days: BTreeSet<String> = ours
        .symmetric_difference(&theirs)
        .map(|count| count.day.clone())
        .collect();
    days.into_iter().collect()
}
