//! Comparing the views with what the journal gives, in a transaction that is given up.

use patrol_domain::Sha256Hash;
use patrol_domain::hash::Sha256Stream;
use patrol_sqlite::rusqlite::types::ValueRef;
use patrol_sqlite::{DatabaseError, Transaction};

use crate::error::StoreError;
use crate::store::Store;
use crate::views::rebuild_within;

/// Each view and the rows by which it is compared.
const VIEWS: [(&str, &str); 6] = [
    ("view_case", include_str!("dump_case.sql")),
    ("view_case_op", include_str!("dump_case_op.sql")),
    ("view_case_photo", include_str!("dump_case_photo.sql")),
    ("view_shift", include_str!("dump_shift.sql")),
    ("view_track", include_str!("dump_track.sql")),
    ("view_search", include_str!("dump_search.sql")),
];

/// Leaves the transaction with its result and without its changes.
enum Abandoned {
    Views(Vec<&'static str>),
    Store(StoreError),
}

impl From<DatabaseError> for Abandoned {
    fn from(error: DatabaseError) -> Self {
        Self::Store(error.into())
    }
}

impl From<StoreError> for Abandoned {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// The views that are not what the journal says.
    pub(super) fn compare_views(&self) -> Result<Vec<&'static str>, StoreError> {
        let given_up: Result<(), Abandoned> = self.database.write(|tx| {
            tx.execute_batch(include_str!("create_search_words.sql"))
                .map_err(StoreError::from)?;
            let before = digests(tx)?;
            rebuild_within(tx)?;
            let after = digests(tx)?;
            let different = VIEWS.iter().zip(before.iter().zip(&after));
            let names = different.filter(|(_, (before, after))| before != after);
            Err(Abandoned::Views(names.map(|((name, _), _)| *name).collect()))
        });
        match given_up {
            Err(Abandoned::Views(names)) => Ok(names),
            Err(Abandoned::Store(error)) => Err(error),
            Ok(()) => Ok(Vec::new()),
        }
    }
}

fn digests(tx: &Transaction<'_>) -> Result<Vec<Sha256Hash>, StoreError> {
    VIEWS.iter().map(|(_, sql)| digest(tx, sql)).collect()
}

fn digest(tx: &Transaction<'_>, sql: &str) -> Result<Sha256Hash, StoreError> {
    let mut hash = Sha256Stream::new();
    let mut statement = tx.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            let (kind, bytes): (u8, Vec<u8>) = match row.get_ref(column)? {
                ValueRef::Null => (0, Vec::new()),
                ValueRef::Integer(number) => (1, number.to_be_bytes().to_vec()),
                ValueRef::Real(number) => (2, number.to_be_bytes().to_vec()),
                ValueRef::Text(text) => (3, text.to_vec()),
                ValueRef::Blob(blob) => (4, blob.to_vec()),
            };
            hash.update(&[kind]);
            hash.update(&(bytes.len() as u64).to_be_bytes());
            hash.update(&bytes);
        }
    }
    Ok(hash.finish())
}
