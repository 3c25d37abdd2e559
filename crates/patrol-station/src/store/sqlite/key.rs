//! The keys that the station signs and has signed with, as the database lists them; the private halves lie in `keys/`.

use patrol_domain::StationMs;
use patrol_sqlite::Transaction;
use patrol_wire::PublicKey;

use super::Inner;
use crate::store::StoreError;

/// All keys, the first one first.
pub(super) fn list(tx: &Transaction<'_>) -> Result<Vec<PublicKey>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_station_keys.sql"))?;
    let rows = read.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    let points = rows.collect::<Result<Vec<_>, _>>()?;
    let keys = points.iter().map(|point| PublicKey::from_sec1(point));
    keys.collect::<Result<_, _>>()
        .map_err(|_| StoreError::Stored("station key"))
}

/// The key that signs; nothing in a database of before there was a list.
pub(super) fn present(tx: &Transaction<'_>) -> Result<Option<PublicKey>, StoreError> {
    Ok(list(tx)?.pop())
}

/// Notes the first key, the one that phones pin at their enrolment.
pub(super) fn note_first(tx: &Transaction<'_>, key: &PublicKey, since: StationMs) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("sql/insert_station_key.sql"))?
        .execute((key.to_sec1(), None::<String>, since.0))?;
    Ok(())
}

impl Inner {
    /// A database of before there was a list of keys notes the one that it has.
    pub(super) fn settle_keys(&self) -> Result<(), StoreError> {
        if self.database.read(present)?.is_some() {
            return Ok(());
        }
        let now = self.ports.clock.now();
        self.database.write(|tx| note_first(tx, self.key.public(), now))
    }
}
