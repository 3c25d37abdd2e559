//! The phone's memory: opening it in one folder, and the one gate through which it is written.

mod reserve;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use patrol_domain::op::Adopted;
use patrol_domain::port::{Randomness, random};
use patrol_domain::{Head, Op, WallMs};
use patrol_sqlite::{Database, DatabaseError, Disk, MachineDisk, Migration, Transaction};

use crate::error::StoreError;
use crate::journal::{Journal, adopt, append};
use crate::key::RootKey;
use crate::marker::{Standing, write_nonce};
use crate::salvage::{Salvaged, is_known_damaged, mark_damaged, open_as_it_is, open_or_salvage};
use crate::shot::Shot;
use crate::vault::Vault;
use crate::views::begin_whole;

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        sql: include_str!("migrations/0001_phone.sql"),
    },
    Migration {
        number: 2,
        sql: include_str!("migrations/0002_memory.sql"),
    },
    Migration {
        number: 3,
        sql: include_str!("migrations/0003_station.sql"),
    },
    Migration {
        number: 4,
        sql: include_str!("migrations/0004_proof.sql"),
    },
    Migration {
        number: 5,
        sql: include_str!("migrations/0005_station_key.sql"),
    },
    Migration {
        number: 6,
        sql: include_str!("migrations/0006_hand.sql"),
    },
    Migration {
        number: 7,
        sql: include_str!("migrations/0007_draft_author.sql"),
    },
];

/// Where the memory lies and what the host brings.
#[derive(Clone)]
pub struct StoreOptions {
    /// The folder of database, vault and camera files.
    pub data: PathBuf,
    /// The marker's file: outside the database and of whatever copies it (a backup, a move to another phone).
    pub marker: PathBuf,
    /// The root of all keys.
    pub root: RootKey,
    /// Bytes that nobody can foretell.
    pub random: Arc<dyn Randomness>,
    /// The file system.
    pub disk: Arc<dyn Disk>,
    /// The wall clock at the start; only for the name under which a damaged file is set aside.
    pub now: WallMs,
}

impl std::fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreOptions")
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}

impl StoreOptions {
    /// The memory in `data` on the machine's own file system, with the marker beside the keys.
    pub fn new(data: &Path, root: RootKey, random: Arc<dyn Randomness>, now: WallMs) -> Self {
        Self {
            data: data.to_owned(),
            marker: data.join("keys").join("marker.json"),
            root,
            random,
            disk: Arc::new(MachineDisk),
            now,
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data.join("patrol.db")
    }
}

/// The phone's memory: `patrol.db`, `vault/` and `camera/` in one folder.
#[derive(Debug)]
pub struct Store {
    pub(crate) database: Database,
    pub(crate) vault: Vault,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) folder: PathBuf,
    pub(crate) marker: PathBuf,
    random: RandomSource,
    /// Opened to look: nothing is marked.
    only_looks: bool,
    /// What cameras of earlier runs left behind.
    pub(crate) left_shots: Vec<Shot>,
    /// One reserve is laid out at a time.
    reserve_gate: Mutex<()>,
}

/// What opening found.
#[derive(Debug)]
pub struct Opened {
    /// The memory.
    pub store: Store,
    /// Whether a journal goes on or has to begin.
    pub standing: Standing,
    /// What was saved from a damaged file, if the file was one.
    pub salvaged: Option<Salvaged>,
}

/// Who refused a write. SQLite writes at the commit, so a full disk shows there.
enum Refused<E> {
    ByWork(E),
    ByDisk(DatabaseError),
}

impl<E> From<DatabaseError> for Refused<E> {
    fn from(error: DatabaseError) -> Self {
        Self::ByDisk(error)
    }
}

struct RandomSource(Arc<dyn Randomness>);

impl std::fmt::Debug for RandomSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RandomSource")
    }
}

impl Store {
    /// Opens the memory, making it if it is new. A damaged database is set aside under a dated name, and everything that
    /// can be read of it goes into a new one.
    ///
    /// # Errors
    /// [`StoreError::Database`] with `Damaged` when not one page can be read (above all: with a wrong key), with `Newer`
    /// for the file of a later program; both leave the file as it is. [`StoreError::Folder`] when the folder cannot be
    /// used.
    pub fn open(options: &StoreOptions) -> Result<Opened, StoreError> {
        match Self::open_once(options) {
            // A page that only the comparison with the marker needed; it is noted by now.
            Err(StoreError::Database(DatabaseError::Damaged)) if is_known_damaged(options)? => Self::open_once(options),
            // The reserve is for this: what is on the phone must be seen, and saved, on a full disk too.
            Err(error) if error.is_disk_full() && reserve::give_up(&*options.disk, &options.data)? => {
                Self::open_once(options)
            }
            other => other,
        }
    }

    fn open_once(options: &StoreOptions) -> Result<Opened, StoreError> {
        options.disk.make_folder(&options.data).map_err(StoreError::Folder)?;
        let (database, salvaged) = open_or_salvage(options)?;
        let vault = Vault::open(
            &options.data.join("vault"),
            options.root.vault(),
            Arc::clone(&options.random),
            Arc::clone(&options.disk),
        )?;
        let mut store = Self::with(database, vault, options);
        let standing = store.find_standing()?;
        // Before any camera opens: what comes later is not left behind but under way.
        store.left_shots = store.find_left_shots()?;
        Ok(Opened {
            store,
            standing,
            salvaged,
        })
    }

    /// Opens the memory to look at it: nothing is set aside, saved, marked or adopted.
    ///
    /// # Errors
    /// As [`Store::open`]; [`StoreError::Database`] with `Damaged` also for a file of which something could be saved.
    pub fn open_to_look(options: &StoreOptions) -> Result<Self, StoreError> {
        let folder = options.data.join("vault");
        let (random, disk) = (Arc::clone(&options.random), Arc::clone(&options.disk));
        let vault = Vault::look(&folder, options.root.vault(), random, disk);
        let mut store = Self::with(open_as_it_is(options)?, vault, options);
        store.only_looks = true;
        Ok(store)
    }

    fn with(database: Database, vault: Vault, options: &StoreOptions) -> Self {
        Self {
            database,
            vault,
            disk: Arc::clone(&options.disk),
            folder: options.data.clone(),
            marker: options.marker.clone(),
            random: RandomSource(Arc::clone(&options.random)),
            only_looks: false,
            left_shots: Vec::new(),
            reserve_gate: Mutex::new(()),
        }
    }

    /// Begins a journal with `first`, its op 1, and takes over what former journals left, each behind the op that says so.
    ///
    /// The marker is made durable first: if the power goes in between, the next start finds a marker that is not its own,
    /// and begins again.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written; nothing is kept then.
    pub fn begin_journal(&self, journal: Journal, first: &Op, adopted: &[(Op, Adopted)]) -> Result<Head, StoreError> {
        let install: [u8; 16] = self.random();
        self.write_marker(journal.log, &install, Head::start(journal.log))?;
        self.write(|tx| {
            begin_within(tx, &install, journal, first, adopted)?;
            Ok(crate::journal::find_head(tx, journal.log)?.0)
        })
    }

    /// The photo vault.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Empties the write-ahead log; for idle moments and before the program ends.
    ///
    /// # Errors
    /// [`StoreError`] when the disk refuses.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        Ok(self.database.checkpoint()?)
    }

    /// Asks the database whether its file is sound; if not, the next start sets it aside and saves what can be read.
    /// Reads the whole file: for the background.
    ///
    /// # Errors
    /// [`StoreError`] when the disk refuses.
    pub fn check_file(&self) -> Result<bool, StoreError> {
        let messages = self.database.check()?;
        if messages.is_empty() {
            return Ok(false);
        }
        tracing::error!(?messages, "the database's file is damaged");
        mark_damaged(self)?;
        Ok(true)
    }

    /// Reads one state. A damaged page that is met is noted: else a phone that stumbles over it at each start, before
    /// [`Store::check_file`] gets its turn, would never be saved.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let read = self.database.read(work);
        if matches!(read, Err(StoreError::Database(DatabaseError::Damaged))) && !self.only_looks {
            tracing::error!("a page of the database's file is damaged");
            if let Err(error) = mark_damaged(self) {
                tracing::error!(?error, "and that cannot be noted");
            }
        }
        read
    }

    /// The officer's writes. On a full disk the reserve is given up and the write tried once more: what was shot and
    /// typed must still become a case, although no further photo can be taken.
    pub(crate) fn write<T, E>(&self, mut work: impl FnMut(&Transaction<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError> + From<DatabaseError>,
    {
        match self.database.write(|tx| work(tx).map_err(Refused::ByWork)) {
            Ok(value) => Ok(value),
            Err(Refused::ByWork(error)) => Err(error),
            Err(Refused::ByDisk(DatabaseError::DiskFull)) if self.give_up_reserve()? => self.database.write(work),
            Err(Refused::ByDisk(error)) => Err(error.into()),
        }
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        random(&*self.random.0)
    }
}

/// Begins a journal inside a transaction of the write gate.
pub(crate) fn begin_within(
    tx: &Transaction<'_>,
    install: &[u8; 16],
    journal: Journal,
    first: &Op,
    adopted: &[(Op, Adopted)],
) -> Result<(), StoreError> {
    write_nonce(tx, install)?;
    let is_first = crate::journal::find_current(tx)?.is_none();
    tx.execute(
        include_str!("journal/insert_log.sql"),
        (journal.log.as_bytes().as_slice(), journal.author.as_bytes().as_slice()),
    )?;
    if is_first {
        begin_whole(tx)?;
    }
    append(tx, first, &[])?;
    for (says_so, adopted) in adopted {
        adopt(tx, says_so, *adopted)?;
    }
    Ok(())
}
