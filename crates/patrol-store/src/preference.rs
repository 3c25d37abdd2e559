//! How the screens look and when they lock: the phone's, not an officer's, because it stands before the sign-in too.

use patrol_sqlite::rusqlite::OptionalExtension as _;

use crate::error::StoreError;
use crate::store::Store;

/// What was chosen, by the names that the screens use; which there are is theirs to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// `zh` or `en`.
    pub language: String,
    /// `m`, `l` or `xl`.
    pub text_size: String,
    /// `auto`, `light`, `dark` or `outdoor`.
    pub theme: String,
    /// `right` or `left`.
    pub hand: String,
    /// After how many minutes behind other apps the phone locks.
    pub lock_minutes: u32,
    /// The officer has left the screen of the first start.
    pub welcomed: bool,
}

impl Store {
    /// What was chosen; `None` on a phone on which nobody has chosen yet.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn preference(&self) -> Result<Option<Preference>, StoreError> {
        self.read(|tx| {
            let found = tx
                .prepare_cached(include_str!("preference/find.sql"))?
                .query_row([], |row| {
                    Ok(Preference {
                        language: row.get(0)?,
                        text_size: row.get(1)?,
                        theme: row.get(2)?,
                        hand: row.get(3)?,
                        lock_minutes: row.get(4)?,
                        welcomed: row.get(5)?,
                    })
                })
                .optional()?;
            Ok(found)
        })
    }

    /// Writes what was chosen.
    ///
    /// # Errors
    /// [`StoreError`]; the former choice stands.
    pub fn write_preference(&self, preference: &Preference) -> Result<(), StoreError> {
        self.write(|tx| {
            let Preference {
                language,
                text_size,
                theme,
                hand,
                lock_minutes,
                welcomed,
            } = preference;
            tx.prepare_cached(include_str!("preference/write.sql"))?.execute((
                language,
                text_size,
                theme,
                hand,
                lock_minutes,
                welcomed,
            ))?;
            Ok(())
        })
    }
}
