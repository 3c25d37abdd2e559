//! The way out of a fork and of a rollback: find the last position that both sides hold, and go on behind it in a new
//! journal.
//!
//! What the station confirms *now* counts, not what it once signed for: it may have been restored, and the other phone of
//! a pair of copies may have gone on there since. Everything behind is taken over, byte-identical; the station stores ops
//! that it knows by their id and applies nothing twice.

use patrol_domain::op::OpenReason;
use patrol_domain::{LogId, Seq};
use patrol_wire::{ErrorCode, LogStatus};

use super::{Round, SyncEvent};
use crate::error::SyncError;
use crate::transport::{Transport, TransportError};

impl<T: Transport> Round<'_, T> {
    /// Goes on in a new journal.
    pub(super) async fn succeed(&self, log: LogId, status: &LogStatus) -> Result<(), SyncError> {
        let store = self.host.store();
        let (acked, head) = (store.progress()?.acked.seq, store.head()?.0.seq);
        let confirmed = self.last_common(log, status, acked).await?;
        // A station that holds all of this journal and more has it from this phone before it was put back.
        let reason = if confirmed == head {
            OpenReason::Rollback
        } else {
            OpenReason::Fork
        };
        tracing::warn!(%log, ?reason, confirmed = confirmed.0, "the station holds something else; a new journal begins");
        self.host.succeed_journal(log, reason, confirmed)?;
        self.host.hear(SyncEvent::Succeeded(reason));
        Ok(())
    }

    /// The last position at which the station holds what this phone holds; `likely` is tried first. Few round trips: what
    /// differs is usually little and at the end, so the search goes back from there in growing steps until something is
    /// common, from there on in growing steps, then by halves.
    pub(super) async fn last_common(&self, log: LogId, status: &LogStatus, likely: Seq) -> Result<Seq, SyncError> {
        let store = self.host.store();
        let theirs = status.acked_seq;
        let mut beyond = match store.hash_in(log, theirs)? {
            Some(hash) if hash == status.head_hash => return Ok(theirs),
            Some(_) => theirs,
            None => self.end_of(log, theirs)?.next(),
        };
        let mut common = Seq(0);
        let (mut probe, mut step, mut back) = (likely, 1, 1);
        while common.next() < beyond {
            if probe <= common || probe >= beyond {
                probe = if common == Seq(0) {
                    Seq(beyond.0.saturating_sub(back).max(1))
                } else {
                    Seq(common.0.midpoint(beyond.0))
                };
                back = back.saturating_mul(4);
            }
            if self.is_common(log, probe).await? {
                common = probe;
                probe = Seq(common.0.saturating_add(step));
                step = step.saturating_mul(4);
            } else {
                beyond = probe;
            }
        }
        Ok(common)
    }

    async fn is_common(&self, log: LogId, seq: Seq) -> Result<bool, SyncError> {
        let Some(ours) = self.host.store().hash_in(log, seq)? else {
            return Ok(false);
        };
        match self.transport.head(&self.access, log, seq).await {
            Ok(reply) => Ok(reply.seq == seq && reply.head_hash == ours),
            Err(TransportError::Refused { reply, .. }) if reply.code == ErrorCode::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The last position of a journal that this phone has, at or below `most`.
    fn end_of(&self, log: LogId, most: Seq) -> Result<Seq, SyncError> {
        let store = self.host.store();
        let (mut there, mut beyond) = (Seq(0), most);
        while there.next() < beyond {
            let middle = Seq(there.0.midpoint(beyond.0));
            match store.hash_in(log, middle)? {
                Some(_) => there = middle,
                None => beyond = middle,
            }
        }
        Ok(there)
    }
}
