//! An officer with a phone whose disk can lose its power: what is done goes through the store's public API, as the app
//! does it, and what was acknowledged goes into a ledger beside.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::path::PathBuf;
use std::sync::Arc;

use patrol_domain::id::IdMint;
use patrol_domain::op::{Body, LogOpened, OpenReason};
use patrol_domain::port::random;
use patrol_domain::seal::Salt;
use patrol_domain::{CaseId, DraftId, LogId, Op, OpId, Sha256Hash, WallMs};
use patrol_store::{
    Adoption, Beginning, Disk as _, Journal, Opened, Orphan, RootKey, Salvaged, Shot, Standing, Store, StoreError,
    StoreOptions, VaultNote,
};
use patrol_testkit::op::{at, original, person};
use patrol_testkit::{CrashDisk, SeededRandomness};

use crate::ledger::{Ledger, Written};
use crate::phone::{ROOT, facts, thumbnail};

/// An officer and a phone.
pub(crate) struct Officer {
    pub(crate) disk: CrashDisk,
    pub(crate) store: Option<Store>,
    pub(crate) ledger: Ledger,
    /// The seed of the next op, photo or start.
    pub(crate) seed: u64,
    /// How far the wall clock is off, in milliseconds.
    pub(crate) off_ms: i64,
    /// Why the next start has to begin a journal, if it has to.
    pub(crate) due: Option<OpenReason>,
    /// Why the last start began one.
    pub(crate) began: Option<Beginning>,
    /// The journal that the station has signed for.
    pub(crate) signed: Option<LogId>,
    /// What the last start saved from a damaged file.
    pub(crate) salvaged: Option<Salvaged>,
}

impl Officer {
    /// An empty phone.
    pub(crate) fn new(seed: u64) -> Self {
        Self::on(CrashDisk::new(seed), Ledger::default(), 1)
    }

    fn on(disk: CrashDisk, ledger: Ledger, seed: u64) -> Self {
        Self {
            disk,
            store: None,
            ledger,
            seed,
            off_ms: 0,
            due: None,
            began: None,
            signed: None,
            salvaged: None,
        }
    }

    /// The same phone once more, with the program not running; its files as they are now.
    pub(crate) fn fork(&self, seed: u64) -> Self {
        let fork = Self::on(self.disk.fork(seed), self.ledger.clone(), self.seed);
        Self {
            due: self.due,
            signed: self.signed,
            ..fork
        }
    }

    pub(crate) fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    /// Ends the program.
    pub(crate) fn close(&mut self) {
        self.store = None;
    }

    /// Ends the program, and nothing is left to the disk's chance.
    pub(crate) fn close_for_good(&mut self) {
        self.close();
        self.disk.sync_folder(&self.data()).unwrap();
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.disk.root().join("phone")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data().join("patrol.db")
    }

    pub(crate) fn marker(&self) -> PathBuf {
        self.disk.root().join("keys").join("marker.json")
    }

    pub(crate) fn options(&mut self) -> StoreOptions {
        let seed = self.next();
        StoreOptions {
            data: self.data(),
            marker: self.marker(),
            root: RootKey::new(ROOT),
            random: Arc::new(SeededRandomness::new(0x5eed_0000 + seed)),
            disk: Arc::new(self.disk.clone()),
            now: at(seed).wall_ms,
        }
    }

    /// Starts the program, which begins a journal where it has to.
    pub(crate) fn start(&mut self) -> Result<(), StoreError> {
        self.close();
        let Opened {
            store,
            standing,
            salvaged,
        } = Store::open(&self.options())?;
        self.store = Some(store);
        self.salvaged = salvaged;
        self.began = None;
        if let Standing::Begins(beginning) = standing {
            self.began = Some(beginning.clone());
            self.ledger.refused();
            self.begin(beginning)?;
        }
        Ok(())
    }

    /// As `patrol-app` does it.
    fn begin(&mut self, beginning: Beginning) -> Result<(), StoreError> {
        let Beginning {
            reason,
            predecessor,
            adopted,
            author,
        } = beginning;
        let log = LogId::from_slice(&self.id()).unwrap();
        let body = LogOpened {
            device_key_thumbprint: Sha256Hash::of(b"key"),
            app: "xunge 0.1.0".into(),
            station: None,
            reason,
            predecessor,
        };
        let first = self.op(None, Body::LogOpened(body));
        let taken_over: Vec<_> = adopted
            .into_iter()
            .map(|adopted| (self.op(None, Body::Adopted(adopted)), adopted))
            .collect();
        assert!(
            taken_over.len() <= 1,
            "what an earlier journal took over is in the last one"
        );
        self.ledger.want(|known| {
            let says_so = taken_over
                .first()
                .map(|(op, adopted)| (Written::new(op, &[]), *adopted));
            known.begin(log, Written::new(&first, &[]), says_so);
        });
        let journal = Journal {
            log,
            author: author.unwrap_or_else(|| person(1)),
        };
        self.store().begin_journal(journal, &first, &taken_over)?;
        self.ledger.done();
        self.due = None;
        Ok(())
    }

    /// Finishes what the last run left unfinished, as `patrol-app` does it; whether the file is damaged.
    pub(crate) fn recover(&mut self) -> Result<bool, StoreError> {
        while !self.store().rebuild_step()? {}
        for orphan in self.store().orphans()? {
            match orphan {
                Orphan::Shot(shot) => match self.store().read_shot(&shot)? {
                    Some(bytes) if is_whole(&bytes) => _ = self.finish(&shot, &bytes)?,
                    _ => self.store().give_up_shot(&shot)?,
                },
                Orphan::Original(sha256, note) => {
                    let bytes = self.store().vault().read_all(sha256)?;
                    self.store()
                        .adopt_original(&facts(&bytes), note.as_ref(), &thumbnail(&bytes), WallMs(1))?;
                }
            }
        }
        self.store().check_file()
    }

    pub(crate) fn finish(&self, shot: &Shot, bytes: &[u8]) -> Result<Adoption, StoreError> {
        let note = self.note(Some(shot.draft));
        self.store()
            .finish_shot(shot, bytes, &note, &thumbnail(bytes), |_, _| facts(bytes))
    }

    pub(crate) fn draft_id(&mut self) -> Result<DraftId, StoreError> {
        let fresh = DraftId::from_slice(&self.id()).unwrap();
        self.store().draft_id(fresh)
    }

    pub(crate) fn note(&self, draft: Option<DraftId>) -> VaultNote {
        VaultNote {
            draft,
            ..crate::phone::note(self.seed)
        }
    }

    pub(crate) fn op(&mut self, case: Option<CaseId>, body: Body) -> Op {
        Op {
            id: OpId::from_slice(&self.id()).unwrap(),
            at: at(self.next()),
            author: person(1),
            case,
            after: Vec::new(),
            photos: Vec::new(),
            body,
        }
    }

    /// Bytes of which anybody can tell whether they are whole.
    pub(crate) fn photo(&mut self, length: usize) -> Arc<Vec<u8>> {
        let body = original(self.next(), length);
        Arc::new([body.as_slice(), Sha256Hash::of(&body).as_bytes()].concat())
    }

    pub(crate) fn salt(&mut self) -> Salt {
        Salt(random(&SeededRandomness::new(0x5a17_0000 + self.next())))
    }

    pub(crate) fn id(&mut self) -> [u8; 16] {
        let seed = self.next();
        *IdMint::default()
            .next(at(seed).wall_ms, random(&SeededRandomness::new(0x1d00_0000 + seed)))
            .as_bytes()
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.seed += 1;
        self.seed
    }
}

/// Whether a photo has its end.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let (body, end) = bytes.split_at(bytes.len().saturating_sub(32));
    Sha256Hash::of(body).as_bytes() == end
}
