//! The keys that the station signs and has signed with, as the database lists them; the private halves lie in `keys/`.

use patrol_domain::StationMs;
use patrol_sqlite::Transaction;
use patrol_wire::station_journal::StationOpKind;
use patrol_wire::station_key::tied;
use patrol_wire::{KeyStatement, KeysReply, PublicKey, Signed, SignedContent};

use super::{Inner, epoch, journal};
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

/// The keys with the statements between them, as phones are told.
pub(super) fn told(tx: &Transaction<'_>) -> Result<KeysReply, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_station_keys.sql"))?;
    let rows = read.query_map([], |row| row.get::<_, Option<String>>(1))?;
    let texts = rows.collect::<Result<Vec<_>, _>>()?;
    let statements = texts.iter().flatten().map(|text| serde_json::from_str(text));
    Ok(KeysReply {
        keys: list(tx)?,
        statements: statements
            .collect::<Result<_, _>>()
            .map_err(|_| StoreError::Stored("key statement"))?,
    })
}

/// What was signed, by whichever of the station's keys, or by one that statements in `told` tie to them.
pub(super) fn verify<'signed, T: SignedContent>(
    tx: &Transaction<'_>,
    signed: &'signed Signed<T>,
    told: &KeysReply,
) -> Result<&'signed T, StoreError> {
    let keys = tied(list(tx)?, epoch::facts(tx)?.station, told);
    let said = keys.iter().find_map(|key| signed.verify(key).ok());
    said.ok_or(StoreError::Unauthorised)
}

/// Notes the first key, the one that phones pin at their enrolment.
pub(super) fn note_first(tx: &Transaction<'_>, key: &PublicKey, since: StationMs) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("sql/insert_station_key.sql"))?
        .execute((key.to_sec1(), None::<String>, since.0))?;
    Ok(())
}

impl Inner {
    /// Writes the statement down, says it in the station's journal, and tells all phones.
    pub(super) fn succeed_key(&self, statement: &KeyStatement) -> Result<(), StoreError> {
        let text = serde_json::to_string(statement).map_err(|_| StoreError::Stored("key statement"))?;
        let now = self.ports.clock.now();
        self.database.write(|tx| {
            let present = present(tx)?.ok_or(StoreError::Stored("station key"))?;
            let said = statement.verify(&present).map_err(|_| StoreError::Unauthorised)?;
            if said.station != self.station || list(tx)?.contains(&said.key) {
                return Err(StoreError::Unauthorised);
            }
            tx.prepare_cached(include_str!("sql/insert_station_key.sql"))?
                .execute((said.key.to_sec1(), Some(text), said.since_ms.0))?;
            let body = StationOpKind::KeySucceeded(Box::new(statement.clone()));
            let written = journal::append(tx, body, now)?;
            for device in journal::all_devices(tx)? {
                written.tell(tx, device, now)?;
            }
            Ok(())
        })
    }

    /// A database of before there was a list of keys notes the one that it has.
    pub(super) fn settle_keys(&self) -> Result<(), StoreError> {
        if self.database.read(present)?.is_some() {
            return Ok(());
        }
        let now = self.ports.clock.now();
        self.database.write(|tx| note_first(tx, self.key.public(), now))
    }
}
