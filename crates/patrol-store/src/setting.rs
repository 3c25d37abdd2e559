//! What the officer has set about syncing, what the station said last of the phone, and the last audit.

use patrol_domain::{LogId, Seq};
use patrol_sqlite::rusqlite::OptionalExtension as _;

use crate::error::StoreError;
use crate::journal::{Journal, find_journal, from_column, to_column};
use crate::store::Store;

/// What the officer has set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// Nothing is sent until the officer says so.
    pub is_paused: bool,
    /// Originals wait for a network that costs nothing.
    pub only_unmetered: bool,
}

/// Where the station says that this phone stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// All may be done.
    #[default]
    Active,
    /// It may bring what it has and is told nothing.
    Retired,
    /// The station does not let it in any more. Nothing is deleted, and recording goes on.
    Refused,
}

impl Standing {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Refused => "refused",
        }
    }
}

/// What came of comparing the counts of phone and station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// Up to which position was counted.
    pub seq: Seq,
    /// Whether both counts are the same.
    pub is_equal: bool,
    /// The days that differ, each once.
    pub days: Vec<String>,
    /// When, by the station's clock.
    pub station_ms: i64,
}

impl Store {
    /// What the officer has set.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn settings(&self) -> Result<Settings, StoreError> {
        self.read(|tx| {
            let found = tx
                .prepare_cached(include_str!("setting/find_settings.sql"))?
                .query_row([], |row| {
                    Ok(Settings {
                        is_paused: row.get(0)?,
                        only_unmetered: row.get(1)?,
                    })
                })
                .optional()?;
            Ok(found.unwrap_or_default())
        })
    }

    /// Writes what the officer has set.
    ///
    /// # Errors
    /// [`StoreError`]; the former settings stand.
    pub fn write_settings(&self, settings: Settings) -> Result<(), StoreError> {
        self.database.write(|tx| {
            let Settings {
                is_paused,
                only_unmetered,
            } = settings;
            tx.prepare_cached(include_str!("setting/write_settings.sql"))?
                .execute((is_paused, only_unmetered))?;
            Ok(())
        })
    }

    /// Where the station said last that this phone stands.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn device_standing(&self) -> Result<Standing, StoreError> {
        self.read(|tx| {
            let found: Option<String> = tx
                .prepare_cached(include_str!("setting/find_state.sql"))?
                .query_row([], |row| row.get(0))
                .optional()?;
            Ok(match found.as_deref() {
                Some("retired") => Standing::Retired,
                Some("refused") => Standing::Refused,
                _ => Standing::Active,
            })
        })
    }

    /// Writes down where the station says that this phone stands, if it says something new.
    ///
    /// # Errors
    /// [`StoreError`]; the former word stands.
    pub fn record_device_standing(&self, standing: Standing) -> Result<(), StoreError> {
        if self.device_standing()? == standing {
            return Ok(());
        }
        self.database.write(|tx| {
            tx.prepare_cached(include_str!("setting/write_state.sql"))?
                .execute([standing.as_str()])?;
            Ok(())
        })
    }

    /// Whether the station has still to be given the sealed root key.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn recovery_waits(&self) -> Result<bool, StoreError> {
        self.read(|tx| {
            let found = tx
                .prepare_cached(include_str!("setting/find_recovery.sql"))?
                .query_row([], |row| row.get(0))
                .optional()?;
            Ok(found.unwrap_or(false))
        })
    }

    /// The station holds the sealed root key, or (after a restore) does not any more.
    ///
    /// # Errors
    /// [`StoreError`]; it is sent again then.
    pub fn record_recovery(&self, is_sent: bool) -> Result<(), StoreError> {
        self.database.write(|tx| {
            tx.prepare_cached(include_str!("setting/write_recovery.sql"))?
                .execute([is_sent])?;
            Ok(())
        })
    }

    /// The last audit of the journal in use.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn last_audit(&self) -> Result<Option<Audit>, StoreError> {
        self.read(|tx| {
            let Journal { log, .. } = find_journal(tx)?.ok_or(StoreError::NoJournal)?;
            let mut statement = tx.prepare_cached(include_str!("setting/find_audit.sql"))?;
            let mut rows = statement.query([log.as_bytes().as_slice()])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let days: String = row.get(2)?;
            Ok(Some(Audit {
                seq: from_column(row.get(0)?)?,
                is_equal: row.get(1)?,
                days: days
                    .split(',')
                    .filter(|day| !day.is_empty())
                    .map(str::to_owned)
                    .collect(),
                station_ms: row.get(3)?,
            }))
        })
    }

    /// Writes down what an audit of a journal came to.
    ///
    /// # Errors
    /// [`StoreError`]; the former one stands.
    pub fn record_audit(&self, log: LogId, audit: &Audit) -> Result<(), StoreError> {
        self.database.write(|tx| {
            let Audit {
                seq,
                is_equal,
                days,
                station_ms,
            } = audit;
            tx.prepare_cached(include_str!("setting/write_audit.sql"))?.execute((
                log.as_bytes().as_slice(),
                to_column(*seq),
                is_equal,
                days.join(","),
                station_ms,
            ))?;
            Ok(())
        })
    }
}
