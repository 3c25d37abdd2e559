//! The phone as the sync sees it.

use std::sync::Arc;

use patrol_domain::op::{Body, OpenReason, OriginalDamaged, OriginalLost};
use patrol_domain::port::{Clock, random};
use patrol_domain::{LogId, Seq, Sha256Hash};
use patrol_store::{PhotoProblem, Settings, Store, StoreError};
use patrol_sync::{Host, Policy, SealedRoot, SyncError, SyncEvent};

use crate::app::{App, opening_ops};
use crate::port::Network;

/// The app behind the sync's port.
pub(crate) struct SyncHost<'app> {
    app: &'app App,
    listen: Option<&'app (dyn Fn(&SyncEvent) + Send + Sync)>,
}

impl<'app> SyncHost<'app> {
    pub(crate) fn new(app: &'app App, listen: Option<&'app (dyn Fn(&SyncEvent) + Send + Sync)>) -> Self {
        Self { app, listen }
    }
}

impl Host for SyncHost<'_> {
    fn store(&self) -> &Arc<Store> {
        &self.app.store
    }

    fn clock(&self) -> &dyn Clock {
        &*self.app.ports.clock
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], String> {
        self.app.ports.keys.sign(message).map_err(|error| error.to_string())
    }

    fn report_problem(&self, sha256: Sha256Hash, problem: PhotoProblem) -> Result<(), StoreError> {
        let body = match problem {
            PhotoProblem::Damaged => Body::OriginalDamaged(OriginalDamaged { sha256 }),
            PhotoProblem::Lost => Body::OriginalLost(OriginalLost { sha256 }),
        };
        let recorder = &self.app.recorder;
        let op = recorder.op(recorder.now(&self.app.store)?, None, Vec::new(), body);
        self.app.store.record_problem(sha256, problem, &op)
    }

    fn succeed_journal(&self, from: LogId, reason: OpenReason, confirmed: Seq) -> Result<(), SyncError> {
        let App {
            store, ports, recorder, ..
        } = self.app;
        let at = recorder.now(store)?;
        store.succeed_journal(recorder.new_log(), from, reason, confirmed, |beginning| {
            opening_ops(recorder, ports, &at, beginning).map_err(|error| SyncError::Key(error.to_string()))
        })
    }

    fn adopt_again(&self, log: LogId, confirmed: Seq) -> Result<bool, SyncError> {
        let App { store, recorder, .. } = self.app;
        let at = recorder.now(store)?;
        store.adopt_again(log, confirmed, |adopted| {
            Ok(recorder.op(at.clone(), None, Vec::new(), Body::Adopted(adopted)))
        })
    }

    fn device_key(&self) -> Result<Vec<u8>, String> {
        self.app.ports.keys.device_key().map_err(|error| error.to_string())
    }

    fn seal_root(&self, recovery_key: &[u8], info: &[u8]) -> Result<SealedRoot, String> {
        let keys = &self.app.ports.keys;
        keys.seal_root(recovery_key, info).map_err(|error| error.to_string())
    }

    fn policy(&self) -> Result<Policy, StoreError> {
        let Settings {
            is_paused,
            only_unmetered,
        } = self.app.store.settings()?;
        let is_said = self.app.sync.is_said();
        let costs = self.app.network() == Network::Metered;
        Ok(Policy {
            is_paused: is_paused && !is_said,
            originals: !(only_unmetered && costs) || is_said,
            ..Policy::OPEN
        })
    }

    fn is_in_front(&self) -> bool {
        self.app.sync.is_in_front()
    }

    fn hear(&self, event: SyncEvent) {
        if let Some(listen) = self.listen {
            listen(&event);
        }
        let clock = &self.app.ports.clock;
        self.app.sync.hear(event, clock.wall().0);
    }

    fn chance(&self) -> u64 {
        u64::from_be_bytes(random(&*self.app.ports.random))
    }
}
