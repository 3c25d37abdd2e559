//! The keys of the station that this phone believes: the one that was pinned at the enrolment, and those that statements
//! tie to it, whether they came after it or before.

use patrol_domain::StationId;
use patrol_store::{Store, StoreError, TiedKey};
use patrol_wire::station_key::tied;
use patrol_wire::{KeysReply, PublicKey};

use crate::error::SyncError;

/// All keys of the station that this phone believes; `pinned`, a SEC 1 point, first.
///
/// # Errors
/// [`SyncError`] when the database cannot be read.
pub fn believed_keys(store: &Store, pinned: &[u8]) -> Result<Vec<PublicKey>, SyncError> {
    let mut keys = vec![PublicKey::from_sec1(pinned)?];
    for other in store.tied_keys()? {
        keys.push(PublicKey::from_sec1(&other.key)?);
    }
    Ok(keys)
}

/// The believed keys with their statements, as a station is shown them that may know fewer.
pub(crate) fn known_keys(store: &Store, pinned: &[u8]) -> Result<KeysReply, SyncError> {
    let others = store.tied_keys()?;
    let statements = others.iter().map(|other| serde_json::from_str(&other.statement));
    Ok(KeysReply {
        statements: statements.collect::<Result<_, _>>().map_err(StoreError::from)?,
        keys: believed_keys(store, pinned)?,
    })
}

/// Keeps the keys that `told` ties to the believed ones; says whether there was any.
pub(crate) fn believe(
    store: &Store,
    station: StationId,
    believed: &[PublicKey],
    told: &KeysReply,
) -> Result<bool, SyncError> {
    let all = tied(believed.to_vec(), station, told);
    let mut fresh = Vec::new();
    let mut before: Vec<&PublicKey> = Vec::new();
    for key in &all {
        // What ties it to those in front of it: together these statements tie all of them.
        let why = told.statements.iter().find(|one| {
            let leads_here = before
                .iter()
                .any(|old| one.verify(old).is_ok_and(|said| said.key == *key));
            leads_here || one.verify(key).is_ok_and(|said| before.contains(&&said.key))
        });
        before.push(key);
        if believed.contains(key) {
            continue;
        }
        let Some(why) = why else { continue };
        tracing::warn!(key_id = key.key_id(), "a key is the station's too");
        fresh.push(TiedKey {
            key: key.to_sec1(),
            statement: serde_json::to_string(why).map_err(StoreError::from)?,
        });
    }
    store.believe_keys(&fresh)?;
    Ok(!fresh.is_empty())
}
