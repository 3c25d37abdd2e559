//! The officers who share this phone.
//!
//! A person is made on the phone, so that recording needs no station; `person_bound` says later which officer it is. One
//! of them records at a time, and each op names its author.

use patrol_domain::{Op, Part, PersonId};
use patrol_sqlite::Transaction;

use crate::draft::hand_over;
use crate::error::StoreError;
use crate::journal::append;
use crate::store::Store;

/// An officer on this phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The author of this officer's ops.
    pub person: PersonId,
    /// The officer's number at the station.
    pub number: String,
    /// The officer's name.
    pub name: String,
    /// Whether this one records at the moment.
    pub is_active: bool,
}

impl Store {
    /// The officers of this phone, by number.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn people(&self) -> Result<Vec<Person>, StoreError> {
        self.read(list)
    }

    /// Writes an officer down, with the op that ties the person to the officer; the officer records from now on.
    ///
    /// # Errors
    /// [`StoreError`]; nothing changed.
    pub fn add_person(&self, person: &Person, bound: &Op, parts: &[Part]) -> Result<(), StoreError> {
        self.write(|tx| {
            insert(tx, person)?;
            append(tx, bound, parts)?;
            Ok(())
        })
    }

    /// Lets another officer record. What the one before has begun is laid aside, and stays theirs.
    ///
    /// # Errors
    /// [`StoreError::NoPerson`] for one who has not signed in here; nothing changed.
    pub fn choose_person(&self, person: PersonId) -> Result<(), StoreError> {
        self.write(|tx| {
            if !list(tx)?.iter().any(|known| known.person == person) {
                return Err(StoreError::NoPerson);
            }
            choose(tx, person)
        })
    }
}

pub(crate) fn insert(tx: &Transaction<'_>, person: &Person) -> Result<(), StoreError> {
    let Person {
        person,
        number,
        name,
        is_active,
    } = person;
    tx.prepare_cached(include_str!("person/upsert.sql"))?
        .execute((person.as_bytes().as_slice(), number, name))?;
    if *is_active { choose(tx, *person) } else { Ok(()) }
}

fn choose(tx: &Transaction<'_>, person: PersonId) -> Result<(), StoreError> {
    let before = list(tx)?.into_iter().find(|known| known.is_active);
    if before.is_some_and(|before| before.person != person) {
        hand_over(tx)?;
    }
    tx.prepare_cached(include_str!("person/choose.sql"))?
        .execute([person.as_bytes().as_slice()])?;
    Ok(())
}

fn list(tx: &Transaction<'_>) -> Result<Vec<Person>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("person/list.sql"))?;
    let mut rows = statement.query([])?;
    let mut people = Vec::new();
    while let Some(row) = rows.next()? {
        let person: Vec<u8> = row.get(0)?;
        people.push(Person {
            person: PersonId::from_slice(&person).ok_or(StoreError::Column("person.person"))?,
            number: row.get(1)?,
            name: row.get(2)?,
            is_active: row.get(3)?,
        });
    }
    Ok(people)
}
