//! Taking what has changed at the station, and proving that nothing is missing.
//!
//! The last page says how many rows the scope has and their checksum. If ours differ, or the station does not know our
//! cursor any more, everything is read anew beside what is shown, and swapped when its sum fits. Each page and its cursor
//! are one transaction, so a cut goes on where it happened.

use patrol_domain::{Sha256Hash, canonical};
use patrol_store::{DeviceStanding, Mirror, MirrorChange};
use patrol_wire::changes::{fold_checksum, row_hash};
use patrol_wire::{Change, ChangesReply, Cursor, ErrorCode, ScopeSum};

use super::Round;
use crate::error::SyncError;
use crate::transport::{Transport, TransportError};

/// How many rows a page may have.
const PAGE: usize = 200;

/// How often everything is read anew in one round.
const MOST_READINGS: usize = 2;

impl<T: Transport> Round<'_, T> {
    /// Reads until the last page.
    pub(super) async fn pull(&self) -> Result<(), SyncError> {
        let store = self.host.store();
        let mut readings = 0;
        loop {
            let cursors = store.mirror_cursors()?;
            let (mirror, cursor) = match cursors.shadow {
                Some(shadow) => (Mirror::Shadow, Some(shadow).filter(|shadow| !shadow.is_empty())),
                None => (Mirror::Shown, cursors.shown),
            };
            let reply = match self.transport.changes(&self.access, cursor.as_deref(), PAGE).await {
                Ok(reply) => reply,
                Err(TransportError::Refused { status, reply }) => match reply.code {
                    ErrorCode::CursorGone if readings < MOST_READINGS => {
                        readings += 1;
                        store.begin_shadow()?;
                        continue;
                    }
                    // A station that hands nothing out yet.
                    ErrorCode::NotFound => return Ok(()),
                    ErrorCode::Retired => return Ok(store.record_device_standing(DeviceStanding::Retired)?),
                    _ => return Err(TransportError::Refused { status, reply }.into()),
                },
                Err(error) => return Err(error.into()),
            };
            let scope = reply.scope;
            self.take_page(mirror, cursor.as_deref(), reply)?;
            let Some(scope) = scope else { continue };
            match (self.fits(mirror, scope)?, mirror) {
                (true, Mirror::Shown) => return Ok(()),
                (true, Mirror::Shadow) => return Ok(store.swap_mirror()?),
                (false, _) if readings < MOST_READINGS => {
                    tracing::warn!(
                        ?mirror,
                        "the mirror is not what the station says it is; reading everything anew"
                    );
                    readings += 1;
                    store.begin_shadow()?;
                }
                (false, _) => return Err(SyncError::Mirror("the checksum differs".into())),
            }
        }
    }

    fn take_page(&self, mirror: Mirror, cursor: Option<&str>, reply: ChangesReply) -> Result<(), SyncError> {
        let ChangesReply {
            changes,
            next,
            scope,
            server_ms: _,
        } = reply;
        let from = cursor.and_then(|cursor| cursor.parse::<Cursor>().ok());
        let mut last = from.as_ref().map_or(0, |from| from.seq);
        for change in &changes {
            if change.seq <= last {
                return Err(SyncError::Mirror("changes out of their order".into()));
            }
            last = change.seq;
        }
        if next.seq < last || (scope.is_none() && from.as_ref() == Some(&next)) {
            return Err(SyncError::Mirror("pages that lead nowhere".into()));
        }
        self.hear_keys(&changes)?;
        let rows = changes.into_iter().map(mirror_change).collect::<Result<Vec<_>, _>>()?;
        Ok(self.host.store().apply_changes(mirror, &rows, &next.to_string())?)
    }

    fn fits(&self, mirror: Mirror, scope: ScopeSum) -> Result<bool, SyncError> {
        let hashes = self.host.store().mirror_hashes(mirror)?;
        let rows = hashes.len() as u64;
        let checksum = hashes.into_iter().fold(Sha256Hash::from_bytes([0; 32]), fold_checksum);
        Ok(scope == ScopeSum { rows, checksum })
    }
}

fn mirror_change(change: Change) -> Result<MirrorChange, SyncError> {
    let Change { seq: _, kind, id, body } = change;
    let foreign = |error: canonical::CanonicalError| SyncError::Mirror(error.to_string());
    let body = match body {
        Some(body) => {
            let hash = row_hash(&kind, &id, &body).map_err(foreign)?;
            let bytes = canonical::encode(&body).map_err(foreign)?;
            let text = String::from_utf8(bytes).map_err(|error| SyncError::Mirror(error.to_string()))?;
            Some((text, hash))
        }
        None => None,
    };
    Ok(MirrorChange { kind, id, body })
}
