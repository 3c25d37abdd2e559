//! The phone as the sync sees it.

use std::sync::Arc;

use patrol_domain::Sha256Hash;
use patrol_domain::op::{Body, OriginalDamaged, OriginalLost};
use patrol_domain::port::{Clock, random};
use patrol_store::{PhotoProblem, Store, StoreError};
use patrol_sync::{Host, SyncEvent};

use crate::app::App;

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

    fn hear(&self, event: SyncEvent) {
        if let Some(listen) = self.listen {
            listen(&event);
        }
        let clock = &self.app.ports.clock;
        self.app.sync.hear(event, clock.wall().0, clock.boot().0);
    }

    fn chance(&self) -> u64 {
        u64::from_be_bytes(random(&*self.app.ports.random))
    }
}
