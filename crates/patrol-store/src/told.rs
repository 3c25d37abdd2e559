//! What a damaged database cost is told at each start until an officer has understood it. A message that is shown once, by
//! a program that may be killed the moment after, is a message that nobody has read.

use patrol_domain::WallMs;
use patrol_sqlite::Transaction;

use crate::error::StoreError;
use crate::salvage::Salvaged;
use crate::store::Store;

/// What a damaged database cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalvageTold {
    /// When it was set aside.
    pub at: WallMs,
    /// Numbers of cases of which something is gone.
    pub lost_cases: Vec<String>,
    /// How many ops and words are gone for certain.
    pub lost_entries: u64,
    /// Whether the last ones may be gone without a trace.
    pub may_be_more: bool,
}

impl Store {
    /// What nobody has understood yet, the latest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn salvages_told(&self) -> Result<Vec<SalvageTold>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(include_str!("told/list.sql"))?;
            let rows = statement.query_map([], |row| {
                Ok(SalvageTold {
                    at: WallMs(row.get(0)?),
                    lost_cases: row.get::<_, String>(1)?.split_whitespace().map(str::to_owned).collect(),
                    lost_entries: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
                    may_be_more: row.get(3)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// An officer has understood all of it.
    ///
    /// # Errors
    /// [`StoreError`]; it is told again.
    pub fn understand_salvages(&self, at: WallMs) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.prepare_cached(include_str!("told/understand.sql"))?
                .execute([at.0])?;
            Ok::<_, StoreError>(())
        })
    }
}

/// Writes down what is to be told, into the database that takes the damaged one's place.
pub(crate) fn tell_later(tx: &Transaction<'_>, salvaged: &Salvaged, at: WallMs) -> Result<(), StoreError> {
    let lost = salvaged.lost_ops().saturating_add(salvaged.lost_words);
    tx.prepare_cached(include_str!("salvage/insert_told.sql"))?.execute((
        at.0,
        salvaged.lost_cases.join(" "),
        i64::try_from(lost).unwrap_or(i64::MAX),
        !salvaged.end_is_known,
        None::<i64>,
    ))?;
    Ok(())
}
